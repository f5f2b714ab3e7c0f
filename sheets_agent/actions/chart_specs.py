"""ChartSpecs: what a chart shows, from the columns of a table.

Source: the ChartSpec message of the v4 discovery document.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

from sheets_agent.a1 import GridRange
from sheets_agent.errors import ActionError

JSON = dict[str, Any]

ChartType = Literal[
    "line", "column", "area", "bar", "pie", "donut", "scatter", "combo", "histogram",
    "stacked_column", "stacked_bar", "stacked_area", "percent_column", "percent_bar", "percent_area",
]  # fmt: skip

_STACKED = {"stacked": "STACKED", "percent": "PERCENT_STACKED"}

Series = tuple[int, str | None, bool]
"""A column, the type it is drawn as in a combo chart, and whether it belongs to the right axis."""


def spec_of(kind: ChartType, source: GridRange, domain: int, series: Sequence[Series], *, headers: int) -> JSON:
    """A ChartSpec without titles.

    Args:
        kind: what is drawn.
        source: the bounded table.
        domain: the column along the axis, zero-based on the sheet.
        series: the columns that are drawn.
        headers: how many header rows the table has, 0 or 1.

    Raises:
        ActionError: when the columns do not make such a chart.
    """
    if not series:
        raise ActionError("The chart has no series. Name the columns to draw, such as series=Revenue.")
    if kind in ("pie", "donut"):
        if len(series) > 1:
            raise ActionError("A pie shows one series. Name one column in series, or take a stacked_column chart.")
        pie: JSON = {
            "legendPosition": "RIGHT_LEGEND",
            "domain": _column_data(_below(source, headers), domain),
            "series": _column_data(_below(source, headers), series[0][0]),
        }
        return {"pieChart": {**pie, "pieHole": 0.5} if kind == "donut" else pie}
    if kind == "histogram":
        data = _below(source, headers)
        bars = [{"data": _column_data(data, column)} for column, _, _ in series]
        return {"histogramChart": {"legendPosition": "BOTTOM_LEGEND", "series": bars}}
    return {"basicChart": _basic(kind, source, domain, series, headers)}


def _basic(kind: ChartType, source: GridRange, domain: int, series: Sequence[Series], headers: int) -> JSON:
    how, _, shape = kind.rpartition("_")
    chart: JSON = {
        "chartType": shape.upper(),
        "legendPosition": "BOTTOM_LEGEND" if len(series) > 1 else "NO_LEGEND",
        "headerCount": headers,
        "domains": [{"domain": _column_data(source, domain)}],
        "series": [_one_series(shape, source, style, last=style is series[-1] and len(series) > 1) for style in series],
    }
    return {**chart, "stackedType": _STACKED[how]} if how else chart


def _one_series(shape: str, source: GridRange, style: Series, *, last: bool) -> JSON:
    column, drawn_as, on_right = style
    value_axis = "BOTTOM_AXIS" if shape == "bar" else "RIGHT_AXIS" if on_right else "LEFT_AXIS"
    spec: JSON = {"series": _column_data(source, column), "targetAxis": value_axis}
    if shape == "combo":
        return {**spec, "type": drawn_as or ("LINE" if last else "COLUMN")}
    if drawn_as and drawn_as != shape.upper():
        raise ActionError(f"A {shape} chart cannot draw one series as a {drawn_as.lower()}. Take chart_type=combo.")
    return spec


def with_axis_labels(spec: JSON, x_label: str | None, y_label: str | None) -> JSON:
    """A ChartSpec with other titles of its axes; None leaves a title as it is."""
    if x_label is None and y_label is None:
        return spec
    if "basicChart" not in spec:
        return spec  # pies and histograms have no axis titles
    basic = spec["basicChart"]
    wanted = {"BOTTOM_AXIS": x_label, "LEFT_AXIS": y_label}
    axes = {axis["position"]: axis for axis in basic.get("axis", ())}
    for position, label in wanted.items():
        if label is not None:
            axes[position] = {**axes.get(position, {}), "position": position, "title": label}
    return {**spec, "basicChart": {**basic, "axis": list(axes.values())}}


def _below(source: GridRange, headers: int) -> GridRange:
    top = (source.start_row or 0) + headers
    return GridRange(source.sheet_id, top, source.end_row, source.start_column, source.end_column)


def _column_data(source: GridRange, column: int) -> JSON:
    area = GridRange(source.sheet_id, source.start_row, source.end_row, column, column + 1)
    return {"sourceRange": {"sources": [area.to_api()]}}


def retyped(spec: JSON, kind: ChartType) -> JSON:
    """The same data drawn as another kind.

    Raises:
        ActionError: when the chart is of a kind that cannot be redrawn.
    """
    basic = spec.get("basicChart")
    pie = spec.get("pieChart")
    try:
        if basic:
            domains, series, headers = basic["domains"], basic["series"], basic.get("headerCount", 1)
            sources = [domains[0]["domain"], *(one["series"] for one in series)]
        elif pie:
            sources, headers = [pie["domain"], pie["series"]], 0
        else:
            raise KeyError("basicChart")
        areas = [GridRange.from_api(data["sourceRange"]["sources"][0]) for data in sources]
    except (KeyError, IndexError) as error:
        raise ActionError("This chart is of a kind that cannot be redrawn. Delete it and create another.") from error
    columns: list[Series] = [(area.start_column or 0, None, False) for area in areas[1:]]
    new = spec_of(kind, areas[0], areas[0].start_column or 0, columns, headers=headers)
    kept = {name: value for name, value in spec.items() if name not in ("basicChart", "pieChart", "histogramChart")}
    if basic and "basicChart" in new and "axis" in basic:
        new = {"basicChart": {**new["basicChart"], "axis": basic["axis"]}}
    return {**kept, **new}
