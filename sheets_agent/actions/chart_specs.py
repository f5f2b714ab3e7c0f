"""ChartSpecs: what a chart shows, from the columns of a table.

Source: the ChartSpec message of the v4 discovery document.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from sheets_agent.a1 import GridRange
from sheets_agent.errors import ActionError

JSON = dict[str, Any]

ChartType = Literal[
    "line", "column", "area", "bar", "pie", "donut", "scatter", "combo", "histogram",
    "stacked_column", "stacked_bar", "stacked_area", "percent_column", "percent_bar", "percent_area",
]  # fmt: skip

Legend = Literal["bottom", "right", "top", "left", "none"]

_STACKED = {"stacked": "STACKED", "percent": "PERCENT_STACKED"}


@dataclass(frozen=True, slots=True)
class Series:
    """A column that is drawn.

    Attributes:
        column: zero-based on the sheet.
        drawn_as: LINE, COLUMN or AREA in a combo chart, None for what is usual.
        on_right: whether it belongs to the right axis.
        labelled: whether its values are written beside it.
    """

    column: int
    drawn_as: str | None = None
    on_right: bool = False
    labelled: bool = False


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
            "legendPosition": "LABELED_LEGEND" if series[0].labelled else "RIGHT_LEGEND",
            "domain": _column_data(_below(source, headers), domain),
            "series": _column_data(_below(source, headers), series[0].column),
        }
        return {"pieChart": {**pie, "pieHole": 0.5} if kind == "donut" else pie}
    if kind == "histogram":
        data = _below(source, headers)
        bars = [{"data": _column_data(data, one.column)} for one in series]
        return {"histogramChart": {"legendPosition": "BOTTOM_LEGEND", "series": bars}}
    return {"basicChart": _basic(kind, source, domain, series, headers)}


def _basic(kind: ChartType, source: GridRange, domain: int, series: Sequence[Series], headers: int) -> JSON:
    how, _, shape = kind.rpartition("_")
    chart: JSON = {
        "chartType": shape.upper(),
        "legendPosition": "BOTTOM_LEGEND" if len(series) > 1 else "NO_LEGEND",
        "headerCount": headers,
        "domains": [{"domain": _column_data(source, domain)}],
        "series": [_one_series(shape, source, one, last=one is series[-1] and len(series) > 1) for one in series],
    }
    return {**chart, "stackedType": _STACKED[how]} if how else chart


def _one_series(shape: str, source: GridRange, series: Series, *, last: bool) -> JSON:
    spec: JSON = {
        "series": _column_data(source, series.column),
        "targetAxis": "BOTTOM_AXIS" if shape == "bar" else "RIGHT_AXIS" if series.on_right else "LEFT_AXIS",
    }
    if series.labelled:
        spec["dataLabel"] = {"type": "DATA"}
    if shape == "combo":
        return {**spec, "type": series.drawn_as or ("LINE" if last else "COLUMN")}
    if series.drawn_as and series.drawn_as != shape.upper():
        other = series.drawn_as.lower()
        raise ActionError(f"A {shape} chart cannot draw one series as a {other}. Take chart_type=combo.")
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


def with_legend(spec: JSON, legend: Legend | None) -> JSON:
    """A ChartSpec with its legend elsewhere; None leaves it."""
    shape = next((name for name in ("basicChart", "pieChart", "histogramChart") if name in spec), None)
    if legend is None or shape is None:
        return spec
    position = "NO_LEGEND" if legend == "none" else f"{legend.upper()}_LEGEND"
    return {**spec, shape: {**spec[shape], "legendPosition": position}}


def retyped(spec: JSON, kind: ChartType) -> JSON:
    """The same data drawn as another kind.

    Raises:
        ActionError: when the chart is of a kind that cannot be redrawn.
    """
    kept = {name: value for name, value in spec.items() if name not in ("basicChart", "pieChart", "histogramChart")}
    basic, pie = spec.get("basicChart"), spec.get("pieChart")
    if basic and kind not in ("pie", "donut", "histogram"):
        return {**kept, "basicChart": _reshaped(basic, kind)}
    try:
        if basic:
            data = [basic["domains"][0]["domain"], *(one["series"] for one in basic["series"])]
        elif pie:
            data = [pie["domain"], pie["series"]]
        else:
            raise KeyError("basicChart")
        areas = [GridRange.from_api(one["sourceRange"]["sources"][0]) for one in data]
    except (KeyError, IndexError) as error:
        raise ActionError("This chart is of a kind that cannot be redrawn. Delete it and create another.") from error
    series = [Series(area.start_column or 0) for area in areas[1:]]
    headers = basic.get("headerCount", 1) if basic else 0
    return {**kept, **spec_of(kind, areas[0], areas[0].start_column or 0, series, headers=headers)}


def _reshaped(basic: JSON, kind: ChartType) -> JSON:
    """A BasicChartSpec of another type; its ranges, axes and labels stay."""
    how, _, shape = kind.rpartition("_")
    series = []
    for one in basic.get("series", ()):
        bare = {name: value for name, value in one.items() if name != "type"}
        if shape == "bar" or bare.get("targetAxis") == "BOTTOM_AXIS":
            bare["targetAxis"] = "BOTTOM_AXIS" if shape == "bar" else "LEFT_AXIS"
        series.append({**bare, "type": "COLUMN"} if shape == "combo" else bare)
    if shape == "combo" and len(series) > 1:
        series[-1]["type"] = "LINE"
    kept = {name: value for name, value in basic.items() if name != "stackedType"}
    new = {**kept, "chartType": shape.upper(), "series": series}
    return {**new, "stackedType": _STACKED[how]} if how else new
