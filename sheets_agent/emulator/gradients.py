"""The colour scales of conditional formats.

Source: the GradientRule and InterpolationPoint messages of the v4 discovery document.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import pairwise

from sheets_agent.a1 import GridRange
from sheets_agent.emulator.conditions import formula_of
from sheets_agent.emulator.entry import parse
from sheets_agent.emulator.placed_conditions import Beside
from sheets_agent.emulator.requests.colours import channel, theme
from sheets_agent.emulator.workbook import JSON, Sheet, Workbook
from sheets_agent.formulas.values import Value

_CHANNELS = ("red", "green", "blue")

Gradient = Callable[[float], JSON | None]
"""The Color of a number; None when the scale has no points to tell it by."""


def gradient(workbook: Workbook, sheet: Sheet, beside: Beside, rule: JSON, areas: list[GridRange]) -> Gradient:
    """The colour scale of a rule over ranges of a sheet."""
    named = [name for name in ("minpoint", "midpoint", "maxpoint") if name in rule]
    places = [_place(workbook, beside, rule[name], areas[0]) for name in named]
    colours = [_colour(workbook, rule[name]) for name in named]
    known: list[list[float]] = []

    def shade(value: float) -> JSON | None:
        if not known:
            known.append(_points(sorted(_numbers(workbook, sheet, areas)), places))
        return _between(known[0], colours, value) if known[0] else None

    return shade


_Point = Callable[[list[float]], float | None]
"""The number that a point stands for among the sorted numbers of the ranges."""


def _points(numbers: list[float], places: list[_Point]) -> list[float]:
    """The numbers of all points; none where one has no number."""
    if not numbers:
        return []
    found = [place(numbers) for place in places]
    known = [number for number in found if number is not None]
    return known if len(known) == len(found) else []


def _place(workbook: Workbook, beside: Beside, point: JSON, area: GridRange) -> _Point:
    kind = point.get("type")
    if kind == "MIN":
        return lambda numbers: numbers[0]
    if kind == "MAX":
        return lambda numbers: numbers[-1]
    given = _given(workbook, beside, point, area)

    def place(numbers: list[float]) -> float | None:
        value = given()
        if isinstance(value, bool) or not isinstance(value, int | float):
            return None
        if kind == "NUMBER":
            return value
        share = value / 100
        if kind == "PERCENT":
            return numbers[-1] * share + numbers[0] * (1 - share)
        return _percentile(numbers, share) if kind == "PERCENTILE" else None

    return place


def _given(workbook: Workbook, beside: Beside, point: JSON, area: GridRange) -> Callable[[], Value]:
    """The value of a point, which may be a formula."""
    formula = formula_of({"userEnteredValue": point.get("value", "")})
    if formula is None:
        value = parse(str(point.get("value", "")), workbook.locale, None, workbook.today()).value
        return lambda: value
    first = (area.start_row or 0, area.start_column or 0)
    answer = beside.ask(formula, first, [first])
    return lambda: answer(*first)


def _percentile(numbers: list[float], share: float) -> float | None:
    """As PERCENTILE does: between the two nearest of the sorted numbers."""
    if not 0 <= share <= 1:
        return None
    at = share * (len(numbers) - 1)
    low, high = numbers[math.floor(at)], numbers[math.ceil(at)]
    return low + (high - low) * (at - math.floor(at))


def _numbers(workbook: Workbook, sheet: Sheet, areas: list[GridRange]) -> list[float]:
    rows, columns = workbook.extent(sheet)
    found: dict[tuple[int, int], float] = {}
    for area in areas:
        down = range(area.start_row or 0, min(area.end_row or 0, rows))
        across = range(area.start_column or 0, min(area.end_column or 0, columns))
        for row, values in zip(down, workbook.values(sheet, down, across), strict=True):
            for column, value in zip(across, values, strict=True):
                if isinstance(value, int | float) and not isinstance(value, bool):
                    found[row, column] = value
    return list(found.values())


def _between(points: list[float], colours: list[JSON], value: float) -> JSON:
    """The colour of a number: that of the end it lies beyond, or a blend of its two neighbours."""
    if value <= points[0]:
        return colours[0]
    for (low, high), (one, two) in zip(pairwise(points), pairwise(colours), strict=True):
        if value < high:
            return _blend(one, two, (value - low) / (high - low))
    return colours[-1]


def _blend(one: JSON, two: JSON, share: float) -> JSON:
    channels = {name: one.get(name, 0) * (1 - share) + two.get(name, 0) * share for name in _CHANNELS}
    rounded = {name: channel(round(value * 255) / 255) for name, value in channels.items()}
    return {name: value for name, value in rounded.items() if value}


def _colour(workbook: Workbook, point: JSON) -> JSON:
    """The Color of a point."""
    style = point.get("colorStyle", {})
    if "themeColor" in style:
        return theme(workbook).get(style["themeColor"], {})
    found: JSON = style.get("rgbColor", point.get("color", {}))
    return found
