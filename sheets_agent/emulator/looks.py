"""What a sheet's alternating colours and conditional formats make of its cells, over their own formats.

Alternating colours lie under a cell's own format, conditional formats over it. Of the rules that hold for a cell the
first one has the say, property by property.

Source: the BandingProperties, ConditionalFormatRule and CellData messages of the v4 discovery document.
"""

from __future__ import annotations

from collections.abc import Callable, Collection

from sheets_agent.a1 import GridRange
from sheets_agent.emulator.gradients import Gradient, gradient
from sheets_agent.emulator.placed_conditions import Beside, placed_test
from sheets_agent.emulator.requests.colours import theme
from sheets_agent.emulator.workbook import JSON, Sheet, Workbook

_TEXT = ("bold", "italic", "strikethrough", "underline")
_BANDS = ("rowProperties", "columnProperties")

Place = tuple[int, int]
Layer = Callable[[int, int], JSON | None]
"""The format that a rule gives the cell at a row and a column, None where it gives none."""


class Looks:
    """The formats that rules of a sheet give to some of its cells."""

    def __init__(self, workbook: Workbook, sheet: Sheet, places: Collection[Place]) -> None:
        """Take the rules of a sheet; `places` are the cells that will be asked for."""
        beside = Beside(workbook, sheet)
        self._rules = [_rule(workbook, sheet, beside, rule, places) for rule in sheet.list("conditionalFormats")]
        self._bands = [_banding(workbook, sheet, banded) for banded in sheet.list("bandedRanges")]

    def under(self, row: int, column: int) -> JSON | None:
        """What lies under a cell's own format."""
        return next((found for band in self._bands if (found := band(row, column)) is not None), None)

    def over(self, row: int, column: int) -> JSON | None:
        """What lies over a cell's own format."""
        found = [one for rule in self._rules if (one := rule(row, column)) is not None]
        if len(found) < 2:
            return found[0] if found else None
        merged: JSON = {}
        for one in reversed(found):
            merged = laid_over(merged, one)
        return merged


def laid_over(below: JSON, above: JSON) -> JSON:
    """A CellFormat with another over it."""
    merged = {**below, **above}
    if "textFormat" in below and "textFormat" in above:
        merged["textFormat"] = {**below["textFormat"], **above["textFormat"]}
    return merged


def _rule(workbook: Workbook, sheet: Sheet, beside: Beside, rule: JSON, places: Collection[Place]) -> Layer:
    areas = [GridRange.from_api(body).clipped(sheet.row_count, sheet.column_count) for body in rule.get("ranges", [])]
    inside = [place for place in places if _inside(areas, *place)]
    if not areas:
        return lambda row, column: None
    first = (areas[0].start_row or 0, areas[0].start_column or 0)
    if "gradientRule" in rule:
        scale = gradient(workbook, sheet, beside, rule["gradientRule"], areas)
        return _shaded(workbook, sheet, areas, scale)
    boolean = rule.get("booleanRule", {})
    holds = placed_test(beside, workbook, sheet, boolean.get("condition", {}), first, inside)
    shown = _allowed(workbook, boolean.get("format", {}))
    return lambda row, column: shown if _inside(areas, row, column) and holds(row, column) else None


def _shaded(workbook: Workbook, sheet: Sheet, areas: list[GridRange], scale: Gradient) -> Layer:
    def layer(row: int, column: int) -> JSON | None:
        if not _inside(areas, row, column):
            return None
        value = workbook.value(sheet, row, column)
        if isinstance(value, bool) or not isinstance(value, int | float):
            return None
        colour = scale(value)
        return None if colour is None else {"backgroundColor": colour, "backgroundColorStyle": {"rgbColor": colour}}

    return layer


def _allowed(workbook: Workbook, given: JSON) -> JSON:
    """The parts of a format that a conditional format can have."""
    shown = _colour(workbook, given, "backgroundColor", "backgroundColor")
    own = given.get("textFormat", {})
    text = {name: own[name] for name in _TEXT if name in own} | _colour(
        workbook, own, "foregroundColor", "foregroundColor"
    )
    return {**shown, "textFormat": text} if text else shown


def _colour(workbook: Workbook, body: JSON, name: str, field: str) -> JSON:
    """A colour that is called `name` in a body, as a field in both its forms; empty when there is none."""
    style, plain = body.get(name + "Style"), body.get(name)
    if style is None and plain is None:
        return {}
    style = {"rgbColor": plain} if style is None else style
    if plain is None:
        plain = style.get("rgbColor", theme(workbook).get(style.get("themeColor", ""), {}))
    return {field: plain, field + "Style": style}


def _inside(areas: list[GridRange], row: int, column: int) -> bool:
    return any(
        (area.start_row or 0) <= row < (area.end_row or 0)
        and (area.start_column or 0) <= column < (area.end_column or 0)
        for area in areas
    )


def _banding(workbook: Workbook, sheet: Sheet, banded: JSON) -> Layer:
    """Headers and footers before bands, the first band before the second, rows before columns."""
    area = GridRange.from_api(banded["range"]).clipped(sheet.row_count, sheet.column_count)
    colours = {
        (side, part): _colour(workbook, banded.get(side, {}), f"{part}Color", "backgroundColor")
        for side in _BANDS
        for part in ("header", "footer", "firstBand", "secondBand")
    }

    def layer(row: int, column: int) -> JSON | None:
        if not _inside([area], row, column):
            return None
        places = (
            (row - (area.start_row or 0), area.rows),
            (column - (area.start_column or 0), area.columns),
        )
        parts = [(side, _part(colours, side, *place)) for side, place in zip(_BANDS, places, strict=True)]
        for wanted in (("header", "footer"), ("firstBand",), ("secondBand",)):
            for side, part in parts:
                if part in wanted and colours[side, part]:
                    return colours[side, part]
        return None

    return layer


def _part(colours: dict[tuple[str, str], JSON], side: str, index: int, count: int) -> str:
    """Which part of alternating colours the row or column at an index of a range is."""
    headed = bool(colours[side, "header"])
    if headed and index == 0:
        return "header"
    if colours[side, "footer"] and index == count - 1:
        return "footer"
    return "secondBand" if (index - headed) % 2 else "firstBand"
