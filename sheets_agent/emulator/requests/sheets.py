"""Requests about whole sheets and the spreadsheet.

addSheet, updateSheetProperties, duplicateSheet, deleteSheet, updateSpreadsheetProperties.

Source: https://developers.google.com/workspace/sheets/api/reference/rest/v4/spreadsheets/request
"""

from __future__ import annotations

import itertools
from collections.abc import Callable

from sheets_agent.emulator.errors import Refusal, Unsupported
from sheets_agent.emulator.locales import supported
from sheets_agent.emulator.masks import merge
from sheets_agent.emulator.requests.colours import mask_of, normalised
from sheets_agent.emulator.requests.copies import copied_sheet
from sheets_agent.emulator.requests.lookup import sheet_of, taken_ids
from sheets_agent.emulator.requests.moving import cut_grid, rename_sheet, sheet_gone
from sheets_agent.emulator.requests.sizing import resize
from sheets_agent.emulator.time_zones import time_zone
from sheets_agent.emulator.workbook import JSON, Sheet, Workbook

_DEFAULT_GRID = {"rowCount": 1000, "columnCount": 26}
_FIXED = ("sheetId", "sheetType", "dataSourceSheetProperties")


def addSheet(workbook: Workbook, request: JSON) -> JSON:
    """Add an empty sheet; its place, id, title and size may be given."""
    given = normalised(workbook, request.get("properties", {}))
    if given.get("sheetType", "GRID") != "GRID":
        raise Unsupported("The local Sheets API adds grid sheets only; position.newSheet gives a chart one of its own.")
    title = given.get("title") or free_title(workbook, lambda n: f"Sheet{n}", len(workbook.sheets) + 1)
    check_title(workbook, title)
    grid = {**_DEFAULT_GRID, **{key: value for key, value in given.get("gridProperties", {}).items() if value}}
    properties = {
        "sheetId": sheet_id_for(workbook, given.get("sheetId")),
        "title": title,
        "index": len(workbook.sheets),
        "sheetType": "GRID",
        "gridProperties": {"rowCount": 1, "columnCount": 1},
        **{key: given[key] for key in ("hidden", "tabColor", "tabColorStyle", "rightToLeft") if given.get(key)},
    }
    sheet = Sheet(properties)
    resize(workbook, sheet, int(grid["rowCount"]), int(grid["columnCount"]))
    sheet.properties = {**sheet.properties, "gridProperties": grid}
    _check_frozen(sheet)
    place_sheet(workbook, sheet, given.get("index"))
    return {"properties": sheet.properties}


def sheet_id_for(workbook: Workbook, wanted: int | None) -> int:
    """The id of a new sheet: the client's own, or a random free one.

    Raises:
        Refusal: the client's id is negative or taken.
    """
    if wanted is None:
        return workbook.new_id(taken_ids(workbook))
    if wanted < 0:
        raise Refusal("The sheet ID must be non-negative.")
    if workbook.sheet(int(wanted)) is not None:
        raise Refusal(f"A sheet with the ID {wanted} already exists. Please choose another ID.")
    return int(wanted)


def check_title(workbook: Workbook, title: str, of: Sheet | None = None) -> None:
    """Whether a sheet may have a title; `of` is the sheet that is being renamed.

    Raises:
        Refusal: empty, longer than 100 characters, or another sheet's.
    """
    if not title:
        raise Refusal("The sheet name cannot be empty.")
    if len(title) > 100:
        raise Refusal("The sheet name cannot be greater than 100 characters.")
    other = workbook.sheet_titled(title)
    if other is not None and other is not of:
        raise Refusal(f'A sheet with the name "{title}" already exists. Please enter another name.')


def free_title(workbook: Workbook, name: Callable[[int], str], first: int) -> str:
    """The first title that no sheet has, of those made from the numbers from `first` on."""
    return next(name(n) for n in itertools.count(first) if workbook.sheet_titled(name(n)) is None)


def place_sheet(workbook: Workbook, sheet: Sheet, index: int | None) -> None:
    """Put a new sheet among the others, at the end when no index is given, and number them anew.

    Raises:
        Refusal: the index is beyond the end.
    """
    count = len(workbook.sheets)
    if index is not None and not 0 <= index <= count:
        raise Refusal(f"Invalid sheet index: {index}. It must be between 0 and {count}.")
    workbook.sheets.insert(count if index is None else index, sheet)
    renumber(workbook)
    workbook.restructured()


def renumber(workbook: Workbook) -> None:
    """Make every sheet's index its place."""
    for index, sheet in enumerate(workbook.sheets):
        if sheet.properties.get("index") != index:
            sheet.properties = {**sheet.properties, "index": index}


def updateSheetProperties(workbook: Workbook, request: JSON) -> JSON:
    """Change a sheet's title, place, size, frozen rows and columns, colour or visibility."""
    mask = mask_of(request)
    given = normalised(workbook, request.get("properties", {}))
    sheet = sheet_of(workbook, int(given.get("sheetId", 0)))
    old = sheet.properties
    merged = {**merge(old, given, mask), **{key: old[key] for key in _FIXED if key in old}}
    new = {key: value for key, value in merged.items() if key != "hidden" or value}
    title = str(new.get("title", ""))
    check_title(workbook, title, of=sheet)
    if new.get("hidden") and not any(
        other is not sheet and not other.properties.get("hidden") for other in workbook.sheets
    ):
        raise Refusal("You can't hide all the sheets in a document.")
    index = new.get("index")
    grid = new.pop("gridProperties", {})
    sheet.properties = {**new, **{key: old[key] for key in ("index", "title", "gridProperties") if key in old}}
    if sheet.is_grid:
        _update_grid(workbook, sheet, grid)
    elif grid:
        raise Refusal(f"No grid with id: {sheet.sheet_id}")
    if title != old["title"]:
        rename_sheet(workbook, sheet, title)
    if mask.wants("index"):
        _move_sheet(workbook, sheet, index)
    workbook.restructured()
    return {}


def _update_grid(workbook: Workbook, sheet: Sheet, grid: JSON) -> None:
    rows, columns = int(grid.get("rowCount", 0)), int(grid.get("columnCount", 0))
    if (rows, columns) != (sheet.row_count, sheet.column_count):
        smaller = rows < sheet.row_count or columns < sheet.column_count
        if smaller and rows > 0 and columns > 0:
            cut_grid(workbook, sheet, rows, columns)
        resize(workbook, sheet, rows, columns)
    kept = {key: value for key, value in grid.items() if value or key in ("rowCount", "columnCount")}
    sheet.properties = {**sheet.properties, "gridProperties": kept}
    _check_frozen(sheet)


def _check_frozen(sheet: Sheet) -> None:
    grid = sheet.properties["gridProperties"]
    for frozen, count, noun in (
        ("frozenRowCount", sheet.row_count, "rows"),
        ("frozenColumnCount", sheet.column_count, "columns"),
    ):
        if grid.get(frozen, 0) >= count:
            raise Refusal(f"You can't freeze all visible {noun} on the sheet.")
        if grid.get(frozen, 0) < 0:
            raise Refusal(f"{frozen} cannot be negative.")


def _move_sheet(workbook: Workbook, sheet: Sheet, index: int | None) -> None:
    """Move a sheet; the index counts the sheets as they stood before the move."""
    count = len(workbook.sheets)
    place = count if index is None else int(index)
    if not 0 <= place <= count:
        raise Refusal(f"Invalid sheet index: {place}. It must be between 0 and {count}.")
    old = workbook.sheets.index(sheet)
    workbook.sheets.remove(sheet)
    workbook.sheets.insert(place - 1 if place > old else place, sheet)
    renumber(workbook)


def duplicateSheet(workbook: Workbook, request: JSON) -> JSON:
    """Copy a sheet with everything on it; formulas that name no sheet mean the copy's cells."""
    source = sheet_of(workbook, int(request.get("sourceSheetId", 0)))
    new_id = sheet_id_for(workbook, request.get("newSheetId"))
    title = request.get("newSheetName") or _copy_title(workbook, source.title)
    check_title(workbook, title)
    copy = copied_sheet(workbook, source, new_id, title)
    place_sheet(workbook, copy, int(request.get("insertSheetIndex", 0)))
    return {"properties": copy.properties}


def _copy_title(workbook: Workbook, title: str) -> str:
    first = f"Copy of {title}"
    if workbook.sheet_titled(first) is None:
        return first
    return free_title(workbook, lambda n: f"Copy {n} of {title}", 2)


def deleteSheet(workbook: Workbook, request: JSON) -> JSON:
    """Remove a sheet; references to it become #REF!, and names, charts and pivot tables on it go."""
    remove_sheet(workbook, sheet_of(workbook, int(request.get("sheetId", 0))))
    return {}


def remove_sheet(workbook: Workbook, sheet: Sheet) -> None:
    """Take a sheet out, and everything that was about it.

    Raises:
        Refusal: no other one could be seen.
    """
    visible = [other for other in workbook.sheets if not other.properties.get("hidden")]
    if visible == [sheet] or len(workbook.sheets) == 1:
        raise Refusal("You can't remove all the sheets in a document.")
    workbook.sheets.remove(sheet)
    renumber(workbook)
    sheet_gone(workbook, sheet)
    workbook.restructured()


def updateSpreadsheetProperties(workbook: Workbook, request: JSON) -> JSON:
    """Change the spreadsheet's title, locale, time zone, recalculation, default format or theme."""
    mask = mask_of(request)
    given = normalised(workbook, request.get("properties", {}))
    new = merge(workbook.properties, given, mask)
    if not new.get("title"):
        raise Refusal("The spreadsheet title cannot be empty.")
    if mask.wants("locale") and not supported(str(new.get("locale", ""))):
        raise Refusal(f"Unsupported locale: {new.get('locale', '')}")
    if mask.wants("timeZone") and new.get("timeZone") and time_zone(str(new["timeZone"])) is None:
        raise Refusal(f"Invalid time zone: {new['timeZone']}")
    for key in ("locale", "timeZone", "autoRecalc", "defaultFormat", "spreadsheetTheme"):
        if key in workbook.properties:
            new.setdefault(key, workbook.properties[key])
    workbook.properties = new
    workbook.restructured()
    return {}
