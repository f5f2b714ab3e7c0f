"""The `spreadsheets.*` methods that read.

Source: https://developers.google.com/workspace/sheets/api/reference/rest/v4/spreadsheets and recorded answers.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sheets_agent.a1 import GridRange
from sheets_agent.emulator.answers import without_defaults
from sheets_agent.emulator.data_filters import filtered_ranges, matching_metadata_of_any
from sheets_agent.emulator.effort import Shown
from sheets_agent.emulator.errors import not_found
from sheets_agent.emulator.grid_data import grid_data, shown_with
from sheets_agent.emulator.masks import EVERYTHING, FieldMask, select
from sheets_agent.emulator.ranges import in_grid, resolve
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
    "commentAnchors": "CommentAnchor",
}
"""The lists of a Sheet message, in Google's order, and the messages in them."""


_COMMENTS_SHOWN = ("COMMENTS_VIEW_MODE_INCLUDED", "COMMENTS_VIEW_MODE_DEFAULT_FOR_CURRENT_ACCESS")


@dataclass(frozen=True, slots=True)
class View:
    """Which optional parts of a spreadsheet an answer shows."""

    table_bands: bool = True
    comments: bool = False

    @classmethod
    def asked(cls, options: Mapping[str, Any]) -> View:
        """What a request asks for, from its parameters or its body."""
        return cls(
            table_bands=options.get("excludeTablesInBandedRanges") is not True,
            comments=options.get("commentsViewMode") in _COMMENTS_SHOWN,
        )


class Answer(dict[str, Any]):
    """An answer that was made to the call's mask and needs no more cutting."""


def get(workbook: Workbook, call: Call) -> Answer:
    """The spreadsheet: everything but grid data, or what the mask names."""
    areas = [in_grid(workbook, resolve(workbook, text)) for text in call.get("ranges", [])]
    included = call.masked or bool(call.get("includeGridData"))
    return body(workbook, call.mask, areas or None, View.asked(call.parameters), grid_included=included)


def get_by_data_filter(workbook: Workbook, call: Call) -> Answer:
    """The spreadsheet, cut down to what data filters pick."""
    picked = filtered_ranges(workbook, call.body.get("dataFilters", []))
    areas = [in_grid(workbook, area) for area, _ in picked]
    included = call.masked or bool(call.body.get("includeGridData"))
    return body(workbook, call.mask, areas or None, View.asked(call.body), grid_included=included)


def body(
    workbook: Workbook,
    mask: FieldMask,
    areas: Sequence[tuple[Sheet, GridRange]] | None,
    view: View,
    *,
    grid_included: bool,
) -> Answer:
    """A Spreadsheet message.

    Args:
        workbook: the spreadsheet.
        mask: what to put into it.
        areas: bounded ranges that grid data is limited to; only their sheets are listed. None for all of it.
        view: which optional parts go in.
        grid_included: whether grid data goes in where the mask allows it.
    """
    answer = Answer()
    _put(answer, mask, "spreadsheetId", lambda below: workbook.spreadsheet_id)
    _put(answer, mask, "properties", lambda below: select(workbook.properties, below))
    if below := mask.below("sheets"):
        listed = [sheet for sheet in workbook.sheets if areas is None or any(sheet is one for one, _ in areas)]
        shown = shown_with(below.below("data") or EVERYTHING)
        answer["sheets"] = [
            _sheet(workbook, sheet, below, _areas_of(sheet, areas) if grid_included else None, view, shown)
            for sheet in listed
        ]
    named = without_defaults("NamedRange", workbook.named_ranges)
    _put(answer, mask, "namedRanges", lambda below: select(named, below))
    url = f"https://docs.google.com/spreadsheets/d/{workbook.spreadsheet_id}/edit"
    _put(answer, mask, "spreadsheetUrl", lambda below: url)
    _put(answer, mask, "developerMetadata", lambda below: select(_metadata(workbook, None), below))
    if view.comments:
        _put(answer, mask, "comments", lambda below: select(workbook.comments, below))
        _put(answer, mask, "commentsViewMode", lambda below: "COMMENTS_VIEW_MODE_INCLUDED")
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
    workbook: Workbook, sheet: Sheet, mask: FieldMask, areas: list[GridRange] | None, view: View, shown: Shown
) -> JSON:
    answer: JSON = {}
    _put(answer, mask, "properties", lambda below: select(sheet.properties, below))
    if areas is not None and sheet.is_grid:
        _put(answer, mask, "data", lambda below: [grid_data(workbook, sheet, area, below, shown) for area in areas])
    merges = [area.to_api() for area in sheet.merges]
    _put(answer, mask, "merges", lambda below: select(without_defaults("GridRange", merges), below))
    for name, message in _SHEET_LISTS.items():
        if items := _shown_items(sheet, name, view):
            written = without_defaults(message, items)
            _put(answer, mask, name, lambda below, written=written: select(written, below))  # type: ignore[misc]
    if sheet.basic_filter is not None:
        basic = without_defaults("BasicFilter", sheet.basic_filter)
        _put(answer, mask, "basicFilter", lambda below: select(basic, below))
    _put(answer, mask, "developerMetadata", lambda below: select(_metadata(workbook, sheet), below))
    return answer


def _shown_items(sheet: Sheet, name: str, view: View) -> list[JSON]:
    """The items of one of a sheet's lists as an answer shows them."""
    items = sheet.list(name)
    if name == "bandedRanges" and not view.table_bands:
        tables = {str(table.get("tableId")) for table in sheet.list("tables")}
        return [item for item in items if str(item.get("bandedRangeId")) not in tables]
    if name == "commentAnchors" and not view.comments:
        return []
    return [_with_owner(item) for item in items] if name == "protectedRanges" else items


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
