"""`spreadsheets.create`: a spreadsheet made from a whole Spreadsheet message.

What lies on the sheets is added by the same handlers that a batchUpdate uses, so it is checked the same way.

Source: https://developers.google.com/workspace/sheets/api/reference/rest/v4/spreadsheets/create
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sheets_agent.emulator.documents import new_workbook, sheet_properties
from sheets_agent.emulator.errors import Refusal, Unsupported, invalid
from sheets_agent.emulator.requests import HANDLERS
from sheets_agent.emulator.requests.objects import fill_chart_sheet
from sheets_agent.emulator.requests.sizing import resize
from sheets_agent.emulator.workbook import JSON, Sheet, Workbook

_ADDED_BY = {
    "conditionalFormats": ("addConditionalFormatRule", "rule"),
    "filterViews": ("addFilterView", "filter"),
    "protectedRanges": ("addProtectedRange", "protectedRange"),
    "basicFilter": ("setBasicFilter", "filter"),
    "charts": ("addChart", "chart"),
    "bandedRanges": ("addBanding", "bandedRange"),
    "slicers": ("addSlicer", "slicer"),
    "tables": ("addTable", "table"),
    "developerMetadata": ("createDeveloperMetadata", "developerMetadata"),
}
"""The request that adds one item of a Sheet's list, and the field of it that holds the item."""

_FILLED = ("properties", "data", "merges")


def create(request: JSON) -> Workbook:
    """A new spreadsheet from a Spreadsheet message.

    Raises:
        ApiError: two sheets share a title or an id, or the request is otherwise refused.
        Refusal: cells or resources that Sheets would refuse.
        Unsupported: resources that this method does not take over.
    """
    properties = request.get("properties", {})
    workbook = new_workbook(properties.get("title", "Untitled spreadsheet"))
    if properties:
        fields = ",".join(properties)
        HANDLERS["updateSpreadsheetProperties"](workbook, {"properties": properties, "fields": fields})
    if sheets := request.get("sheets"):
        workbook.sheets = _new_sheets(sheets)
        for sheet in workbook.grids:  # only now: the limit of cells is the spreadsheet's
            resize(workbook, sheet, sheet.row_count, sheet.column_count)
        for sheet, asked in zip(workbook.sheets, sheets, strict=True):
            _fill(workbook, sheet, asked)
    for named in request.get("namedRanges", []):
        HANDLERS["addNamedRange"](workbook, {"namedRange": named})
    for item in request.get("developerMetadata", []):
        HANDLERS["createDeveloperMetadata"](workbook, {"developerMetadata": item})
    if sheets := request.get("sheets"):  # only now: charts and rules may name any sheet, and any named range
        for sheet, asked in zip(workbook.sheets, sheets, strict=True):
            _add_resources(workbook, sheet, asked)
    workbook.restructured()
    return workbook


def _new_sheets(asked: Sequence[JSON]) -> list[Sheet]:
    sheets: list[Sheet] = []
    taken = {one.get("properties", {}).get("sheetId") for one in asked}
    for index, one in enumerate(asked):
        given = one.get("properties", {})
        kind = given.get("sheetType", "GRID")
        if kind not in ("GRID", "OBJECT"):
            raise Unsupported("The local Sheets API creates no sheets of connected data.")
        sheet_id = given.get("sheetId", index)
        while "sheetId" not in given and sheet_id in taken:
            sheet_id += 1
        taken.add(sheet_id)
        if sheet_id < 0:
            raise Refusal("The sheet ID must be non-negative.")
        defaults = sheet_properties(sheet_id, f"Sheet{index + 1}", index)
        properties = {**defaults, **given, "index": index}
        grid = {**defaults["gridProperties"], **properties.pop("gridProperties")}
        sheets.append(Sheet(properties if kind == "OBJECT" else {**properties, "gridProperties": grid}))
    for names in ([sheet.sheet_id for sheet in sheets], [sheet.title.casefold() for sheet in sheets]):
        if len(set(names)) < len(names):
            raise invalid("Two sheets of a new spreadsheet cannot share a title or an id.")
    return sheets


def _fill(workbook: Workbook, sheet: Sheet, asked: JSON) -> None:
    for data in asked.get("data", []):
        start = {
            "sheetId": sheet.sheet_id,
            "rowIndex": data.get("startRow", 0),
            "columnIndex": data.get("startColumn", 0),
        }
        if rows := data.get("rowData"):
            HANDLERS["updateCells"](workbook, {"start": start, "rows": rows, "fields": "*"})
        sheet.row_metadata.update(_numbered(data.get("rowMetadata", []), data.get("startRow", 0)))
        sheet.column_metadata.update(_numbered(data.get("columnMetadata", []), data.get("startColumn", 0)))
    for area in asked.get("merges", []):
        placed = {**area, "sheetId": sheet.sheet_id}
        HANDLERS["mergeCells"](workbook, {"range": placed, "mergeType": "MERGE_ALL"})


def _numbered(items: Iterable[JSON], start: int) -> dict[int, JSON]:
    return {index: item for index, item in enumerate(items, start) if item}


def _add_resources(workbook: Workbook, sheet: Sheet, asked: JSON) -> None:
    if not sheet.is_grid:
        fill_chart_sheet(workbook, sheet, asked.get("charts", []))
        asked = {name: items for name, items in asked.items() if name != "charts"}
    for name, items in asked.items():
        if name in _FILLED:
            continue
        if name in ("rowGroups", "columnGroups"):
            for group in items:
                for _ in range(max(1, int(group.get("depth", 1)))):
                    placed = {**group.get("range", {}), "sheetId": sheet.sheet_id}
                    HANDLERS["addDimensionGroup"](workbook, {"range": placed})
            continue
        if name not in _ADDED_BY:
            raise Unsupported(f"The local Sheets API creates no sheets with {name}; add them in a batch.")
        kind, field = _ADDED_BY[name]
        for index, item in enumerate(items if isinstance(items, list) else [items]):
            extra = {"index": index} if name == "conditionalFormats" else {}
            HANDLERS[kind](workbook, {field: item, **extra})
