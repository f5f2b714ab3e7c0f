"""What a pivot table is made of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sheets_agent.a1 import GridRange
from sheets_agent.actions.base import Request
from sheets_agent.planners.facts.ground import Ground, Table, kind_of, one_kind
from sheets_agent.planners.facts.report import doubt
from sheets_agent.planners.facts.targets import source
from sheets_agent.state.planned import Fact

NUMBERS_ONLY = frozenset(
    {"SUM", "AVERAGE", "COUNT", "MAX", "MIN", "MEDIAN", "PRODUCT", "STDEV", "STDEVP", "VAR", "VARP"}
)
DATES = range(10_000, 80_000)
"""Whole numbers that may well be dates: from 1927 to 2118."""
MANY = 8


def spec_of(requests: tuple[Request, ...]) -> Mapping[str, Any] | None:
    """The PivotTable that a step's requests make."""
    for request in requests:
        for row in request.get("updateCells", {}).get("rows", ()):
            for cell in row.get("values", ()):
                if "pivotTable" in cell:
                    return dict(cell["pivotTable"])
    return None


def fields(spec: Mapping[str, Any]) -> Iterator[int]:
    """The columns a pivot table uses, zero-based on the sheet."""
    left = int(spec["source"].get("startColumnIndex", 0))
    for name in ("rows", "columns", "values"):
        for one in spec.get(name, ()):
            if "sourceColumnOffset" in one:
                yield left + int(one["sourceColumnOffset"])
    for one in spec.get("filterSpecs", ()):
        if "columnOffsetIndex" in one:
            yield left + int(one["columnOffsetIndex"])


def pivots(step: int, requests: tuple[Request, ...], ground: Ground) -> Iterator[Fact]:
    """Facts on a step that makes a pivot table."""
    spec = spec_of(requests)
    if spec is None:
        return
    area = ground.book.clipped(GridRange.from_api(spec["source"]))
    yield from source(step, "pivot table", area, ground)
    table = ground.table(area)
    if table is None:
        return
    where = ground.book.a1(area)
    for value in spec.get("values", ()):
        if "sourceColumnOffset" in value:
            yield from _value(step, value, table, area, where)
    for group in (*spec.get("rows", ()), *spec.get("columns", ())):
        column = (area.start_column or 0) + int(group["sourceColumnOffset"])
        if column in table.columns and "groupRule" not in group and _is_a_measure(table.column(column)):
            sentence = f"The pivot table groups by {table.name(column)}, a number that differs from row to row."
            yield doubt("pivot_groups", step, sentence, where)


def _value(step: int, value: Mapping[str, Any], table: Table, area: GridRange, where: str) -> Iterator[Fact]:
    column = (area.start_column or 0) + int(value["sourceColumnOffset"])
    function = str(value.get("summarizeFunction", ""))
    if column not in table.columns or function not in NUMBERS_ONLY:
        return
    if one_kind(table.column(column)) in ("text", "blank"):
        sentence = f"The pivot table takes the {function} of {table.name(column)}, which holds no numbers."
        yield doubt("text_as_numbers", step, sentence, where)


def _is_a_measure(values: list[object]) -> bool:
    """Whether values are numbers, nearly all distinct, and no dates or counts."""
    numbers = [value for value in values if kind_of(value) == "number"]
    if len(numbers) < MANY or len(numbers) < len(values) * 0.9 or len(set(numbers)) < 0.8 * len(numbers):
        return False
    return not all(isinstance(one, int | float) and one == int(one) and int(one) in DATES for one in numbers)
