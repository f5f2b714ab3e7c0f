"""A sheet copied, with everything on it."""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import Any

from sheets_agent.emulator.requests.lookup import RESOURCE_IDS, taken_ids
from sheets_agent.emulator.workbook import JSON, Sheet, Workbook


def copied_sheet(workbook: Workbook, source: Sheet, sheet_id: int, title: str) -> Sheet:
    """A copy of a sheet under another id and title, not yet among the spreadsheet's sheets.

    What pointed at the source by its id points at the copy; what lies on it gets new ids. Formulas stay as typed:
    those that name no sheet mean the copy's cells.
    """
    copy = source.fork()
    copy.properties = {**source.properties, "sheetId": sheet_id, "title": title}
    copy.merges = [replace(merge, sheet_id=sheet_id) for merge in source.merges]
    taken = taken_ids(workbook) | {sheet_id}
    copy.resources.pop("commentAnchors", None)  # comments stay with the original
    for name, items in source.resources.items():
        if name == "commentAnchors":
            continue
        copied = [_on_sheet(item, source.sheet_id, sheet_id) for item in items]
        key = RESOURCE_IDS.get(name)
        if key is not None:
            for item in copied:
                item[key] = workbook.new_id(taken)
                taken.add(item[key])
        if name == "tables":
            _name_anew(workbook, copied, taken)
        copy.resources[name] = copied
    if source.basic_filter is not None:
        copy.basic_filter = _on_sheet(source.basic_filter, source.sheet_id, sheet_id)
    for row, cells in source.rows.items() if source.has_pivots else ():
        pivots = {
            column: replace(cell, pivot=_on_sheet(cell.pivot, source.sheet_id, sheet_id))
            for column, cell in cells.items()
            if cell.pivot is not None
        }
        if pivots:
            copy.rows[row] = {**cells, **pivots}
    return copy


def _name_anew(workbook: Workbook, tables: list[JSON], taken: set[int]) -> None:
    """Tables have names, unique in the spreadsheet, besides their ids."""
    names = {table["name"].casefold() for sheet in workbook.sheets for table in sheet.list("tables")}
    for table in tables:
        table["tableId"] = str(workbook.new_id(taken))
        free = (f"{table['name']}_{number}" for number in itertools.count(2))
        table["name"] = next(name for name in free if name.casefold() not in names)
        names.add(table["name"].casefold())


def _on_sheet(body: JSON, old: int, new: int) -> JSON:
    result: JSON = _replaced(body, old, new)
    return result


def _replaced(body: Any, old: int, new: int) -> Any:
    if isinstance(body, list):
        return [_replaced(item, old, new) for item in body]
    if not isinstance(body, dict):
        return body
    return {
        key: new if key == "sheetId" and value == old else _replaced(value, old, new) for key, value in body.items()
    }
