"""The `spreadsheets.*` methods that read a spreadsheet, make one, or copy a sheet.

Source: https://developers.google.com/workspace/sheets/api/reference/rest/v4/spreadsheets and recorded answers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from sheets_agent.a1 import GridRange
from sheets_agent.emulator.answers import without_defaults
from sheets_agent.emulator.data_filters import filtered_ranges, matching_metadata_of_any
from sheets_agent.emulator.documents import new_spreadsheet_id, new_workbook, sheet_properties
from sheets_agent.emulator.errors import ApiError, Unsupported, invalid, not_found
from sheets_agent.emulator.grid_data import grid_data
from sheets_agent.emulator.masks import FieldMask, select
from sheets_agent.emulator.ranges import in_grid, resolve
from sheets_agent.emulator.requests import HANDLERS
from sheets_agent.emulator.schema import Call
from sheets_agent.emulator.workbook import JSON, Sheet, Workbook

OWNER = "owner@example.com"
"""Who owns every local spreadsheet."""

_SHEET_LISTS = {
    "conditionalFormats": "ConditionalFormatRule",
    "filterViews": "FilterView",
    "protectedRanges": "ProtectedRange",
    "charts": "EmbeddedChart",
    "bandedRanges": "BandedRange",
    "rowGroups": "DimensionGroup",
    "columnGroups": "DimensionGroup",
    "slicers": "Slicer",
    "tables": "Table",
}
"""The lists of a Sheet message, in Google's order, and the messages in them."""


class Answer(dict[str, Any]):
    """An answer that was made to the call's mask and needs no more cutting."""


def get(workbook: Workbook, call: Call) -> Answer:
    """The spreadsheet: everything but grid data, or what the mask names."""
    areas = [in_grid(workbook, resolve(workbook, text)) for text in call.get("ranges", [])]
    included = call.masked or bool(call.get("includeGridData"))
    hidden = call.get("excludeTablesInBandedRanges") is True
    return body(workbook, call.mask, areas or None, grid_included=included, without_table_bands=hidden)


def get_by_data_filter(workbook: Workbook, call: Call) -> Answer:
    """The spreadsheet, cut down to what data filters pick."""
    picked = filtered_ranges(workbook, call.body.get("dataFilters", []))
    areas = [in_grid(workbook, area) for area, _ in picked]
    included = call.masked or bool(call.body.get("includeGridData"))
    hidden = call.body.get("excludeTablesInBandedRanges") is True
    return body(workbook, call.mask, areas or None, grid_included=included, without_table_bands=hidden)


def body(
    workbook: Workbook,
    mask: FieldMask,
    areas: Sequence[tuple[Sheet, GridRange]] | None,
    *,
    grid_included: bool,
    without_table_bands: bool = False,
) -> Answer:
    """A Spreadsheet message.

    Args:
        workbook: the spreadsheet.
        mask: what to put into it.
        areas: bounded ranges that grid data is limited to; only their sheets are listed. None for all of it.
        grid_included: whether grid data goes in where the mask allows it.
        without_table_bands: leave out the banded ranges that belong to tables.
    """
    answer = Answer()
    _put(answer, mask, "spreadsheetId", lambda below: workbook.spreadsheet_id)
    _put(answer, mask, "properties", lambda below: select(workbook.properties, below))
    if below := mask.below("sheets"):
        listed = [sheet for sheet in workbook.sheets if areas is None or any(sheet is one for one, _ in areas)]
        answer["sheets"] = [
            _sheet(workbook, sheet, below, _areas_of(sheet, areas) if grid_included else None, without_table_bands)
            for sheet in listed
        ]
    named = without_defaults("NamedRange", workbook.named_ranges)
    _put(answer, mask, "namedRanges", lambda below: select(named, below))
    url = f"https://docs.google.com/spreadsheets/d/{workbook.spreadsheet_id}/edit"
    _put(answer, mask, "spreadsheetUrl", lambda below: url)
    _put(answer, mask, "developerMetadata", lambda below: select(_metadata(workbook, None), below))
    return answer


def _put(answer: JSON, mask: FieldMask, name: str, make: Callable[[FieldMask], Any]) -> None:
    """Add a field that is wanted and not empty."""
    below = mask.below(name)
    if below is not None:
        value = make(below)
        if value not in (None, []):
            answer[name] = value


def _areas_of(sheet: Sheet, areas: Sequence[tuple[Sheet, GridRange]] | None) -> list[GridRange]:
    if areas is None:
        return [GridRange(sheet.sheet_id).clipped(sheet.row_count, sheet.column_count)]
    return [area for one, area in areas if one is sheet]


def _sheet(
    workbook: Workbook, sheet: Sheet, mask: FieldMask, areas: list[GridRange] | None, without_table_bands: bool
) -> JSON:
    answer: JSON = {}
    _put(answer, mask, "properties", lambda below: select(sheet.properties, below))
    if areas is not None and "gridProperties" in sheet.properties:
        _put(answer, mask, "data", lambda below: [grid_data(workbook, sheet, area, below) for area in areas])
    merges = [area.to_api() for area in sheet.merges]
    _put(answer, mask, "merges", lambda below: select(without_defaults("GridRange", merges), below))
    for name, message in _SHEET_LISTS.items():
        items = sheet.list(name)
        if name == "bandedRanges" and without_table_bands:
            tables = {str(table.get("tableId")) for table in sheet.list("tables")}
            items = [item for item in items if str(item.get("bandedRangeId")) not in tables]
        if name == "protectedRanges":
            items = [_with_owner(item) for item in items]
        if items:
            written = without_defaults(message, items)
            _put(answer, mask, name, lambda below, written=written: select(written, below))  # type: ignore[misc]
    if sheet.basic_filter is not None:
        basic = without_defaults("BasicFilter", sheet.basic_filter)
        _put(answer, mask, "basicFilter", lambda below: select(basic, below))
    _put(answer, mask, "developerMetadata", lambda below: select(_metadata(workbook, sheet), below))
    return answer


def _with_owner(protected: JSON) -> JSON:
    """A protected range as it reads back: the owner can always edit."""
    editors = protected.get("editors", {})
    return {**protected, "editors": {**editors, "users": editors.get("users") or [OWNER]}}


def _metadata(workbook: Workbook, sheet: Sheet | None) -> list[JSON]:
    """Developer metadata of the spreadsheet itself, or of a sheet as a whole."""
    found = []
    for item in workbook.developer_metadata:
        location = item.get("location", {})
        if "dimensionRange" in location:
            continue
        if location.get("sheetId") == (sheet.sheet_id if sheet else None):
            found.append(item)
    written: list[JSON] = without_defaults("DeveloperMetadata", found)
    return written


# -------------------------------------------------------------------------------------------------- developer metadata


def developer_metadata_get(workbook: Workbook, call: Call) -> JSON:
    """One developer metadata by its id."""
    for item in workbook.developer_metadata:
        if item["metadataId"] == call["metadataId"]:
            found: JSON = without_defaults("DeveloperMetadata", item)
            return found
    raise not_found()


def developer_metadata_search(workbook: Workbook, call: Call) -> JSON:
    """The developer metadata that data filters pick, with the filters."""
    matched = matching_metadata_of_any(workbook, call.body.get("dataFilters", []))
    found = [
        {"developerMetadata": without_defaults("DeveloperMetadata", item), "dataFilters": filters}
        for item, filters in matched
    ]
    return {"matchedDeveloperMetadata": found} if found else {}


# -------------------------------------------------------------------------------------------------------------- create


def create(request: JSON) -> Workbook:
    """A new spreadsheet from a Spreadsheet message.

    Raises:
        Refusal: cells or names that Sheets would refuse.
        Unsupported: resources that this method does not take over.
    """
    properties = request.get("properties", {})
    workbook = new_workbook(properties.get("title", "Untitled spreadsheet"))
    workbook.properties = {**workbook.properties, **properties}
    if sheets := request.get("sheets"):
        workbook.sheets = _new_sheets(sheets)
        for sheet, asked in zip(workbook.sheets, sheets, strict=True):
            _fill(workbook, sheet, asked)
    for named in request.get("namedRanges", []):
        HANDLERS["addNamedRange"](workbook, {"namedRange": named})
    for item in request.get("developerMetadata", []):
        HANDLERS["createDeveloperMetadata"](workbook, {"developerMetadata": item})
    workbook.restructured()
    return workbook


def _new_sheets(asked: Sequence[JSON]) -> list[Sheet]:
    sheets: list[Sheet] = []
    taken = {one.get("properties", {}).get("sheetId") for one in asked}
    for index, one in enumerate(asked):
        given = one.get("properties", {})
        sheet_id = given.get("sheetId", index)
        while "sheetId" not in given and sheet_id in taken:
            sheet_id += 1
        taken.add(sheet_id)
        defaults = sheet_properties(sheet_id, f"Sheet{index + 1}", index)
        grid = {**defaults["gridProperties"], **given.get("gridProperties", {})}
        sheets.append(Sheet({**defaults, **given, "index": index, "gridProperties": grid}))
    for names in ([sheet.sheet_id for sheet in sheets], [sheet.title.casefold() for sheet in sheets]):
        if len(set(names)) < len(names):
            raise invalid("Two sheets of a new spreadsheet cannot share a title or an id.")
    return sheets


def _fill(workbook: Workbook, sheet: Sheet, asked: JSON) -> None:
    extra = set(asked) - {"properties", "data", "merges"}
    if extra:
        raise Unsupported(
            f"The local Sheets API creates no sheets with {', '.join(sorted(extra))}; add them in a batch."
        )
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


# ---------------------------------------------------------------------------------------------------------------- copy


def copy_to(source: Workbook, sheet_id: int, destination: Workbook) -> JSON:
    """Copy a sheet into another spreadsheet (or the same one), behind its last.

    Cells, formats, sizes, merges and conditional formats go along; resources with ids of their own do not.

    Returns:
        The SheetProperties of the copy.

    Raises:
        ApiError: 400 when there is no such sheet.
        Unsupported: the sheet holds charts, filters or other resources with ids.
    """
    sheet = source.sheet(sheet_id)
    if sheet is None:
        raise ApiError(400, f"Invalid sheetId: {sheet_id}")
    left = [name for name in sheet.resources if sheet.list(name) and name != "conditionalFormats"]
    if left:
        raise Unsupported(f"The local Sheets API does not copy {', '.join(left)} to another spreadsheet.")
    copy = sheet.fork()
    title = f"Copy of {sheet.title}"
    number = 2
    while destination.sheet_titled(title):
        title, number = f"Copy of {sheet.title} {number}", number + 1
    new_id = destination.new_id({one.sheet_id for one in destination.sheets})
    copy.properties = {**sheet.properties, "sheetId": new_id, "title": title, "index": len(destination.sheets)}
    copy.merges = [GridRange(new_id, *_bounds(area)) for area in sheet.merges]
    copy.resources = {"conditionalFormats": [_moved(rule, new_id) for rule in sheet.list("conditionalFormats")]}
    copy.basic_filter = None
    destination.sheets.append(copy)
    destination.restructured()
    return copy.properties


def _bounds(area: GridRange) -> tuple[int | None, int | None, int | None, int | None]:
    return area.start_row, area.end_row, area.start_column, area.end_column


def _moved(rule: JSON, sheet_id: int) -> JSON:
    return {**rule, "ranges": [{**area, "sheetId": sheet_id} for area in rule.get("ranges", [])]}


def copy_of(workbook: Workbook, title: str) -> Workbook:
    """A whole spreadsheet under a new id and title."""
    copy = workbook.fork()
    copy.spreadsheet_id = new_spreadsheet_id()
    copy.properties = {**workbook.properties, "title": title}
    return copy
