"""Requests about filters: the basic filter of a sheet, which hides rows, and filter views, which are kept.

Source: https://developers.google.com/workspace/sheets/api/reference/rest/v4/spreadsheets/request
"""

from __future__ import annotations

from collections.abc import Callable

from sheets_agent.a1 import GridRange
from sheets_agent.emulator.conditions import FILTERS_AND_FORMATS, check_condition, criteria_column
from sheets_agent.emulator.errors import Refusal
from sheets_agent.emulator.masks import merge
from sheets_agent.emulator.number_format import render
from sheets_agent.emulator.placed_conditions import Beside, placed_test
from sheets_agent.emulator.requests.colours import mask_of, normalised
from sheets_agent.emulator.requests.lookup import (
    backing_range,
    bounded_range,
    chosen_id,
    every,
    grid_of,
    put,
    resource,
    swap,
    taken_ids,
    with_one_backing,
)
from sheets_agent.emulator.requests.sorting import sort_rows
from sheets_agent.emulator.workbook import JSON, Sheet, Workbook

Shown = Callable[[int], bool]
"""Whether a row is shown."""


def setBasicFilter(workbook: Workbook, request: JSON) -> JSON:
    """Put a filter on a sheet, in place of the one it has: its rows are sorted, and hidden by its criteria."""
    sheet, basic = _stored(workbook, normalised(workbook, request.get("filter", {})))
    area = GridRange.from_api(basic["range"])
    data = GridRange(sheet.sheet_id, (area.start_row or 0) + 1, area.end_row, area.start_column, area.end_column)
    if basic.get("sortSpecs") and data.rows > 0:
        sort_rows(workbook, sheet, data, basic["sortSpecs"])
    _show_all(sheet)
    sheet.basic_filter = basic
    tests = [_shown(workbook, sheet, spec, data) for spec in basic.get("filterSpecs", [])]
    for row in range(data.start_row or 0, data.end_row or 0):
        if not all(shown(row) for shown in tests):
            sheet.row_metadata[row] = {**sheet.row_metadata.get(row, {}), "hiddenByFilter": True}
    workbook.hid()
    return {}


def _show_all(sheet: Sheet) -> None:
    for row, properties in list(sheet.row_metadata.items()):
        if "hiddenByFilter" in properties:
            kept = {key: value for key, value in properties.items() if key != "hiddenByFilter"}
            if kept:
                sheet.row_metadata[row] = kept
            else:
                del sheet.row_metadata[row]


def _stored(workbook: Workbook, given: JSON) -> tuple[Sheet, JSON]:
    """A filter as Google keeps it: a bounded range, criteria in both forms.

    Raises:
        Refusal: a range outside the grid, or a condition filters do not take.
    """
    sheet, area = bounded_range(workbook, backing_range(workbook, given))
    specs = given.get("filterSpecs") or [
        {"columnIndex": criteria_column(column), "filterCriteria": criteria}
        for column, criteria in (given.get("criteria") or {}).items()
    ]
    for spec in specs:
        if condition := spec.get("filterCriteria", {}).get("condition"):
            check_condition(condition, FILTERS_AND_FORMATS, "filters", workbook.locale)
        if not (area.start_column or 0) <= int(spec.get("columnIndex", 0)) < (area.end_column or 0):
            raise Refusal(f"Column index {spec.get('columnIndex', 0)} is outside of the range being filtered.")
    kept = {key: value for key, value in given.items() if key not in ("filterSpecs", "criteria", "range")}
    result = {"range": area.to_api(), **kept}
    if specs:
        result["filterSpecs"] = specs
        result["criteria"] = {str(spec.get("columnIndex", 0)): spec.get("filterCriteria", {}) for spec in specs}
    return sheet, result


def _shown(workbook: Workbook, sheet: Sheet, spec: JSON, data: GridRange) -> Shown:
    """The test that one column's criteria put on a row."""
    column, criteria = int(spec.get("columnIndex", 0)), spec.get("filterCriteria", {})
    hidden = {str(text) for text in criteria.get("hiddenValues", [])}
    background = criteria.get("visibleBackgroundColorStyle", {}).get("rgbColor")
    foreground = criteria.get("visibleForegroundColorStyle", {}).get("rgbColor")
    condition = criteria.get("condition")
    by_condition = None if condition is None else _by_condition(workbook, sheet, condition, column, data)

    def shown(row: int) -> bool:
        style = sheet.cell(row, column).format or {}
        own_background = style.get("backgroundColorStyle", {}).get("rgbColor", {"red": 1, "green": 1, "blue": 1})
        own_foreground = style.get("textFormat", {}).get("foregroundColorStyle", {}).get("rgbColor", {})
        return (
            text_of(workbook, sheet, row, column) not in hidden
            and (background is None or background == own_background)
            and (foreground is None or foreground == own_foreground)
            and (by_condition is None or by_condition(row))
        )

    return shown


def text_of(workbook: Workbook, sheet: Sheet, row: int, column: int) -> str:
    """What a cell shows."""
    value = workbook.value(sheet, row, column)
    if value is None:
        return ""
    return render(value, workbook.number_format(sheet, row, column), workbook.locale)


def _by_condition(workbook: Workbook, sheet: Sheet, condition: JSON, column: int, data: GridRange) -> Shown:
    """The rows for which a condition holds; its formulas are written for the first row of data."""
    first = data.start_row or 0
    places = [(row, column) for row in range(first, data.end_row or 0)]
    holds = placed_test(Beside(workbook, sheet), workbook, sheet, condition, (first, column), places)
    return lambda row: holds(row, column)


def clearBasicFilter(workbook: Workbook, request: JSON) -> JSON:
    """Take a sheet's basic filter away; the rows it hid show again."""
    sheet = grid_of(workbook, int(request.get("sheetId", 0)))
    sheet.basic_filter = None
    _show_all(sheet)
    workbook.hid()
    return {}


def addFilterView(workbook: Workbook, request: JSON) -> JSON:
    """Add a filter view. Views hide rows only for whoever looks through them, so no row changes."""
    given = normalised(workbook, request.get("filter", {}))
    identifier = chosen_id(workbook, "filterViews", given.get("filterViewId"), "A filter view")
    sheet, stored = _stored(workbook, given)
    title = given.get("title") or f"Filter {len(list(every(workbook, 'filterViews'))) + 1}"
    view = {**stored, "filterViewId": identifier, "title": title}
    put(sheet, "filterViews", [*sheet.list("filterViews"), view])
    return {"filter": view}


def updateFilterView(workbook: Workbook, request: JSON) -> JSON:
    """Change a filter view."""
    given = normalised(workbook, request.get("filter", {}))
    sheet, old = resource(workbook, "filterViews", int(given.get("filterViewId", 0)), "filter view")
    mask = mask_of(request)
    merged = with_one_backing(merge(old, given, mask), given)
    if mask.wants("criteria") and not given.get("filterSpecs"):
        merged.pop("filterSpecs", None)
    home, stored = _stored(workbook, {**merged, "filterViewId": old["filterViewId"]})
    if home is not sheet:
        raise Refusal("A filter view cannot be moved to another sheet.")
    swap(sheet, "filterViews", old, stored)
    return {}


def duplicateFilterView(workbook: Workbook, request: JSON) -> JSON:
    """Copy a filter view."""
    sheet, old = resource(workbook, "filterViews", int(request.get("filterId", 0)), "filter view")
    view = {**old, "filterViewId": workbook.new_id(taken_ids(workbook)), "title": f"Copy of {old['title']}"}
    put(sheet, "filterViews", [*sheet.list("filterViews"), view])
    return {"filter": view}


def deleteFilterView(workbook: Workbook, request: JSON) -> JSON:
    """Remove a filter view."""
    sheet, old = resource(workbook, "filterViews", int(request.get("filterId", 0)), "filter view")
    swap(sheet, "filterViews", old, None)
    return {}
