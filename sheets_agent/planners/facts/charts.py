"""What a chart shows, and what it lies over."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sheets_agent.a1 import GridRange
from sheets_agent.actions.base import Request
from sheets_agent.planners.facts.ground import Ground, Table, one_kind
from sheets_agent.planners.facts.report import doubt
from sheets_agent.planners.facts.targets import source
from sheets_agent.state.planned import Fact

ROW_PIXELS, COLUMN_PIXELS = 21, 100
"""The sizes Google gives rows and columns."""


def chart_of(requests: tuple[Request, ...]) -> Mapping[str, Any] | None:
    """The EmbeddedChart that a step's requests make."""
    return next((dict(one["addChart"]["chart"]) for one in requests if "addChart" in one), None)


def drawn(spec: Mapping[str, Any]) -> tuple[list[GridRange], list[GridRange]]:
    """The ranges along the axis, and those of the series."""
    basic, pie, bars = (spec.get(name, {}) for name in ("basicChart", "pieChart", "histogramChart"))
    domains = [*(one.get("domain", {}) for one in basic.get("domains", ())), pie.get("domain", {})]
    series = [
        *(one.get("series", {}) for one in basic.get("series", ())),
        pie.get("series", {}),
        *(one.get("data", {}) for one in bars.get("series", ())),
    ]
    return _sources(domains), _sources(series)


def _sources(data: list[Any]) -> list[GridRange]:
    return [GridRange.from_api(one) for item in data for one in item.get("sourceRange", {}).get("sources", ())]


def charts(step: int, requests: tuple[Request, ...], area: GridRange | None, ground: Ground) -> Iterator[Fact]:
    """Facts on a step that makes a chart of a range."""
    chart = chart_of(requests)
    if chart is None or area is None:
        return
    yield from source(step, "chart", area, ground)
    domains, series = drawn(chart.get("spec", {}))
    table = ground.table(area)
    if table is not None:
        for one in series:
            yield from _series(step, one, table, ground)
        yield from _axis(step, domains, series, table, ground)
    yield from _covered(step, chart, ground)


def _series(step: int, area: GridRange, table: Table, ground: Ground) -> Iterator[Fact]:
    column = area.start_column or 0
    kind = one_kind(table.column(column)) if column in table.columns else "blank"
    if kind in ("text", "blank"):
        what = "is blank" if kind == "blank" else "holds texts only"
        where = ground.book.a1(area)
        yield doubt("chart_series", step, f"The chart draws {table.name(column)}, which {what}.", where)


def _axis(step: int, domains: list[GridRange], series: list[GridRange], table: Table, ground: Ground) -> Iterator[Fact]:
    for domain in domains:
        where = ground.book.a1(domain)
        if any(domain == one for one in series):
            yield doubt("chart_series", step, f"The chart draws {where} over itself.", where)
        if domain.bounded and any(one.bounded and one.rows != domain.rows for one in series):
            yield doubt("chart_series", step, f"The axis {where} of the chart is not as long as its series.", where)
        column = domain.start_column or 0
        if column in table.columns and table.kind(column) == "blank":
            yield doubt("chart_series", step, f"The axis of the chart is {table.name(column)}, which is blank.", where)


def _covered(step: int, chart: Mapping[str, Any], ground: Ground) -> Iterator[Fact]:
    """What the chart lies over, rows and columns taken to be of the usual size."""
    place = chart.get("position", {}).get("overlayPosition", {})
    anchor = place.get("anchorCell", {})
    row, column = int(anchor.get("rowIndex", 0)), int(anchor.get("columnIndex", 0))
    down = max(1, int(place.get("heightPixels", 371)) // ROW_PIXELS)
    right = max(1, int(place.get("widthPixels", 600)) // COLUMN_PIXELS)
    area = GridRange(int(anchor.get("sheetId", 0)), row, row + down, column, column + right)
    for table in ground.tables(area.sheet_id):
        common = table.area.intersection(area)
        if common is not None and any(value != "" for value in ground.values(common)):
            where = ground.book.a1(common)
            sentence = f"The chart lies over the filled cells {where}. Put it on free space."
            yield doubt("chart_over_cells", step, sentence, where)
            return
