"""Requests about looks: borders, conditional formats, alternating colours.

Source: https://developers.google.com/workspace/sheets/api/reference/rest/v4/spreadsheets/request
"""

from __future__ import annotations

from dataclasses import replace

from sheets_agent.a1 import GridRange
from sheets_agent.emulator.conditions import FILTERS_AND_FORMATS, check_condition
from sheets_agent.emulator.errors import Refusal
from sheets_agent.emulator.masks import merge
from sheets_agent.emulator.requests.cell_data import border, tidy_format
from sheets_agent.emulator.requests.colours import mask_of, normalised
from sheets_agent.emulator.requests.lookup import (
    bounded_range,
    chosen_id,
    grid_of,
    put,
    resource,
    swap,
)
from sheets_agent.emulator.requests.placing import Change, change_alike
from sheets_agent.emulator.workbook import JSON, Cell, Sheet, Workbook

_SIDES = ("top", "bottom", "left", "right")


def updateBorders(workbook: Workbook, request: JSON) -> JSON:
    """Draw lines around a range and between its cells; a line that is not named stays, a style of NONE clears it."""
    sheet, area = bounded_range(workbook, request.get("range"))
    lines = {
        key: normalised(workbook, request[key])
        for key in (*_SIDES, "innerHorizontal", "innerVertical")
        if request.get(key)
    }
    if any("style" not in line and "width" not in line for line in lines.values()):
        raise Refusal("No border style specified.")
    top, bottom = area.start_row or 0, area.end_row or 0
    inner = (top + 1, bottom - 1)
    for start, end in ((top, top + 1), inner, (bottom - 1, bottom) if bottom - top > 1 else inner):
        if start < end:
            rows = replace(area, start_row=start, end_row=end)
            change_alike(workbook, sheet, rows, _draw(lines, area, start))
    return {}


def _draw(lines: JSON, area: GridRange, row: int) -> Change:
    """Gives the cells of a row their lines; where a range has more rows inside, each is like any other."""

    def change(cell: Cell, column: int) -> Cell:
        sides = _sides(lines, area, row, column)
        return _bordered(cell, sides) if sides else cell

    return change


def _sides(lines: JSON, area: GridRange, row: int, column: int) -> JSON:
    """The lines of one cell of a range."""
    names = {
        "top": "top" if row == area.start_row else "innerHorizontal",
        "bottom": "bottom" if row + 1 == area.end_row else "innerHorizontal",
        "left": "left" if column == area.start_column else "innerVertical",
        "right": "right" if column + 1 == area.end_column else "innerVertical",
    }
    return {side: lines[name] for side, name in names.items() if name in lines}


def _bordered(cell: Cell, sides: JSON) -> Cell:
    own = cell.format or {}
    borders = {**own.get("borders", {}), **{side: _line(line) for side, line in sides.items()}}
    return replace(cell, format=tidy_format({**own, "borders": borders}) or None)


def _line(line: JSON) -> JSON:
    styled = {"style": "SOLID", **line}
    return styled if styled["style"] == "NONE" else border(styled)


def addConditionalFormatRule(workbook: Workbook, request: JSON) -> JSON:
    """Insert a conditional format at a place in its sheet's list; the first that applies wins."""
    sheet, rule = _checked_rule(workbook, request.get("rule"))
    rules = list(sheet.list("conditionalFormats"))
    index = int(request.get("index", 0))
    if not 0 <= index <= len(rules):
        raise Refusal(f"Invalid index: {index}. There are only {len(rules)} conditional format rules on the sheet.")
    rules.insert(index, rule)
    put(sheet, "conditionalFormats", rules)
    return {}


def _checked_rule(workbook: Workbook, given: JSON | None) -> tuple[Sheet, JSON]:
    """A rule and its sheet.

    Raises:
        Refusal: no ranges or ranges of several sheets, neither or both kinds of rule, or an incomplete one.
    """
    rule = normalised(workbook, given or {})
    if not rule.get("ranges"):
        raise Refusal("At least one range must be specified.")
    placed = [bounded_range(workbook, body) for body in rule["ranges"]]
    sheet = placed[0][0]
    if any(other is not sheet for other, _ in placed):
        raise Refusal("All ranges in a conditional format rule must be on the same sheet.")
    if ("booleanRule" in rule) == ("gradientRule" in rule):
        raise Refusal("Exactly one of booleanRule or gradientRule must be specified.")
    if "booleanRule" in rule:
        condition = rule["booleanRule"].get("condition", {})
        check_condition(condition, FILTERS_AND_FORMATS, "conditional formatting", workbook.locale)
    else:
        _check_gradient(rule["gradientRule"])
    return sheet, {**rule, "ranges": [area.to_api() for _, area in placed]}


def _check_gradient(gradient: JSON) -> None:
    points = [gradient.get("minpoint", {}), gradient.get("maxpoint", {})]
    if "midpoint" in gradient:
        points.insert(1, gradient["midpoint"])
    for point in points:
        kind = point.get("type")
        if kind in (None, "INTERPOLATION_POINT_TYPE_UNSPECIFIED"):
            raise Refusal("No interpolationPointType specified.")
        if kind in ("NUMBER", "PERCENT", "PERCENTILE") and not point.get("value"):
            raise Refusal("InterpolationPoint.value is required.")


def updateConditionalFormatRule(workbook: Workbook, request: JSON) -> JSON:
    """Replace a conditional format, or move it to another place in its sheet's list."""
    index = int(request.get("index", 0))
    if "newIndex" in request:
        sheet = grid_of(workbook, int(request.get("sheetId", 0)))
        rules = list(sheet.list("conditionalFormats"))
        moved = rules.pop(_rule_at(rules, index))
        new_index = int(request["newIndex"])
        if not 0 <= new_index <= len(rules):
            raise Refusal(f"No conditional format on sheet: {sheet.sheet_id} at index: {new_index}")
        rules.insert(new_index, moved)
        put(sheet, "conditionalFormats", rules)
        return {"oldIndex": index, "newIndex": new_index, "newRule": moved}
    sheet, rule = _checked_rule(workbook, request.get("rule"))
    rules = list(sheet.list("conditionalFormats"))
    old = rules[_rule_at(rules, index, sheet)]
    rules[index] = rule
    put(sheet, "conditionalFormats", rules)
    return {"oldRule": old, "newIndex": index, "newRule": rule}


def _rule_at(rules: list[JSON], index: int, sheet: Sheet | None = None) -> int:
    if not 0 <= index < len(rules):
        where = "" if sheet is None else f" on sheet: {sheet.sheet_id}"
        raise Refusal(f"No conditional format{where} at index: {index}")
    return index


def deleteConditionalFormatRule(workbook: Workbook, request: JSON) -> JSON:
    """Remove a conditional format from its sheet's list."""
    sheet = grid_of(workbook, int(request.get("sheetId", 0)))
    rules = list(sheet.list("conditionalFormats"))
    rule = rules.pop(_rule_at(rules, int(request.get("index", 0)), sheet))
    put(sheet, "conditionalFormats", rules)
    return {"rule": rule}


def addBanding(workbook: Workbook, request: JSON) -> JSON:
    """Give a range alternating colours."""
    given = normalised(workbook, request.get("bandedRange", {}))
    identifier = chosen_id(workbook, "bandedRanges", given.get("bandedRangeId"), "A banded range")
    sheet, banded = _checked_banding(workbook, {**given, "bandedRangeId": identifier})
    put(sheet, "bandedRanges", [*sheet.list("bandedRanges"), banded])
    return {"bandedRange": banded}


def _checked_banding(workbook: Workbook, given: JSON) -> tuple[Sheet, JSON]:
    sheet, area = bounded_range(workbook, given.get("range"))
    if not (given.get("rowProperties") or given.get("columnProperties")):
        raise Refusal("At least one of rowProperties or columnProperties must be specified.")
    for name in ("rowProperties", "columnProperties"):
        for band in ("firstBandColor", "secondBandColor"):
            if given.get(name) and band + "Style" not in given[name]:
                raise Refusal(f"{band} must be specified.")
    for other in sheet.list("bandedRanges"):
        overlaps = GridRange.from_api(other["range"]).intersection(area) is not None
        if overlaps and other["bandedRangeId"] != given["bandedRangeId"]:
            raise Refusal(
                "You cannot add alternating background colors to a range "
                "that already has alternating background colors."
            )
    return sheet, {**given, "range": area.to_api()}


def updateBanding(workbook: Workbook, request: JSON) -> JSON:
    """Change alternating colours or the range that has them."""
    given = normalised(workbook, request.get("bandedRange", {}))
    sheet, old = resource(workbook, "bandedRanges", int(given.get("bandedRangeId", 0)), "banded range")
    merged = {**merge(old, given, mask_of(request)), "bandedRangeId": old["bandedRangeId"]}
    home, new = _checked_banding(workbook, merged)
    if home is not sheet:
        raise Refusal("A banded range cannot be moved to another sheet.")
    swap(sheet, "bandedRanges", old, new)
    return {}


def deleteBanding(workbook: Workbook, request: JSON) -> JSON:
    """Take alternating colours away."""
    sheet, old = resource(workbook, "bandedRanges", int(request.get("bandedRangeId", 0)), "banded range")
    swap(sheet, "bandedRanges", old, None)
    return {}
