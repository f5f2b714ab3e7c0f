"""Sheets and whole spreadsheets copied: `spreadsheets.sheets.copyTo`, and Drive's copy.

Source: https://developers.google.com/workspace/sheets/api/reference/rest/v4/spreadsheets.sheets/copyTo
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sheets_agent.emulator.documents import new_spreadsheet_id
from sheets_agent.emulator.errors import ApiError
from sheets_agent.emulator.requests.copies import copied_sheet
from sheets_agent.emulator.requests.lookup import taken_ids
from sheets_agent.emulator.workbook import JSON, Sheet, Workbook


def copy_to(source: Workbook, sheet_id: int, destination: Workbook) -> JSON:
    """Copy a sheet into another spreadsheet (or the same one), behind its last.

    Everything on the sheet goes along; what has an id gets a new one. Names for its ranges go along where the
    destination has no such name yet. Formulas keep their text, so those that name other sheets mean the destination's.
    Charts, filters and pivot tables keep only their ranges on the sheet itself.

    Returns:
        The SheetProperties of the copy.

    Raises:
        ApiError: 400 when there is no such sheet.
    """
    sheet = source.sheet(sheet_id)
    if sheet is None:
        raise ApiError(400, f"Invalid sheetId: {sheet_id}")
    title = f"Copy of {sheet.title}"
    number = 2
    while destination.sheet_titled(title):
        title, number = f"Copy of {sheet.title} {number}", number + 1
    new_id = destination.new_id(taken_ids(destination))
    copy = copied_sheet(destination, sheet, new_id, title)
    if source.spreadsheet_id != destination.spreadsheet_id:
        _cut_off(copy, new_id)
        _take_names(source, sheet, destination, new_id)
    copy.properties = {**copy.properties, "index": len(destination.sheets)}
    destination.sheets.append(copy)
    destination.restructured()
    return copy.properties


def _take_names(source: Workbook, sheet: Sheet, destination: Workbook, new_id: int) -> None:
    names = {named["name"].casefold() for named in destination.named_ranges}
    taken = {named["namedRangeId"] for named in destination.named_ranges}
    for named in source.named_ranges:
        if named["range"].get("sheetId", 0) != sheet.sheet_id or named["name"].casefold() in names:
            continue
        identifier = str(destination.new_id(taken_ids(destination)))
        while identifier in taken:
            identifier = str(destination.new_id(taken_ids(destination)))
        taken.add(identifier)
        moved = {**named, "namedRangeId": identifier, "range": {**named["range"], "sheetId": new_id}}
        destination.named_ranges = [*destination.named_ranges, moved]


def _cut_off(copy: Sheet, sheet_id: int) -> None:
    """Drop what points at sheets, or at named ranges, of the spreadsheet that the copy came from."""
    for name, items in copy.resources.items():
        copy.resources[name] = [_without_foreign(item, sheet_id) for item in items if "namedRangeId" not in item]
    for row, cells in list(copy.rows.items()):
        pivots = {
            column: replace(cell, pivot=None)
            for column, cell in cells.items()
            if cell.pivot is not None and cell.pivot.get("source", {}).get("sheetId", 0) != sheet_id
        }
        if pivots:
            copy.rows[row] = {**cells, **pivots}


def _without_foreign(body: Any, sheet_id: int) -> Any:
    """A resource without the ranges in its lists that are on other sheets."""
    if isinstance(body, list):
        kept = [item for item in body if not (isinstance(item, dict) and item.get("sheetId", sheet_id) != sheet_id)]
        return [_without_foreign(item, sheet_id) for item in kept]
    if isinstance(body, dict):
        return {key: _without_foreign(value, sheet_id) for key, value in body.items()}
    return body


def copy_of(workbook: Workbook, title: str) -> Workbook:
    """A whole spreadsheet under a new id and title; comments stay with the original."""
    copy = workbook.fork()
    copy.spreadsheet_id = new_spreadsheet_id()
    copy.properties = {**workbook.properties, "title": title}
    copy.comments = []
    for sheet in copy.sheets:
        sheet.resources.pop("commentAnchors", None)
    return copy
