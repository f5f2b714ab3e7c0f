"""The API's ChartSpec in one plain form: what to draw, from which ranges.

The API says where the numbers are; what is a heading, which way a series runs and which axis it belongs to has to be
worked out. That is done here once, for every drawing of a chart: as a picture, and in an .xlsx file.

Source: the ChartSpec, BasicChartSpec and PieChartSpec messages of the v4 discovery document.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from sheets_agent.a1 import GridRange
from sheets_agent.formulas.values import Value

JSON = dict[str, Any]
Read = Callable[[GridRange], Sequence[Sequence[Value]]]
"""The values of a range, row by row; rows and cells after the last filled one may be missing."""

_KINDS = ("LINE", "COLUMN", "BAR", "AREA", "SCATTER", "STEPPED_AREA", "COMBO")
_LEGENDS = {
    "BOTTOM_LEGEND": "bottom", "TOP_LEGEND": "top", "LEFT_LEGEND": "left", "RIGHT_LEGEND": "right",
    "INSIDE_LEGEND": "inside", "LABELED_LEGEND": "labels", "NO_LEGEND": None,
}  # fmt: skip
_THEME = {
    "TEXT": "#000000", "BACKGROUND": "#FFFFFF", "ACCENT1": "#4285F4", "ACCENT2": "#EA4335", "ACCENT3": "#FBBC04",
    "ACCENT4": "#34A853", "ACCENT5": "#FF6D01", "ACCENT6": "#46BDC6", "LINK": "#1155CC",
}  # fmt: skip
PALETTE = ("#4285F4", "#EA4335", "#FBBC04", "#34A853", "#FF6D01", "#46BDC6", "#7BAAF7", "#F07B72", "#FCD04F", "#71C287")
"""Google's colours of the first series, the second, and so on."""


class UnsupportedChart(Exception):
    """A kind of chart that is not drawn here; the text names it."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where values come from.

    Attributes:
        heading: the cell with the name, None when there is none.
        ranges: the values, in order, without the heading.
    """

    heading: GridRange | None
    ranges: tuple[GridRange, ...]


@dataclass(frozen=True, slots=True)
class Series:
    """One series.

    Attributes:
        kind: LINE, COLUMN, …
        right: whether it belongs to the right axis.
        color: `#RRGGBB`, None for the palette's.
        labelled: whether its values are written beside it.
    """

    source: Source
    kind: str
    right: bool = False
    color: str | None = None
    labelled: bool = False


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart. `kind` is a BasicChartType or PIE.

    Attributes:
        axis_titles: by BOTTOM_AXIS, LEFT_AXIS, RIGHT_AXIS.
        legend: bottom, top, left, right, inside, labels (of a pie), or None.
        stacked: None, STACKED or PERCENT_STACKED.
        hole: the size of a pie's hole, 0 to 1.
    """

    kind: str
    title: str
    subtitle: str
    categories: Source | None
    series: tuple[Series, ...]
    axis_titles: dict[str, str] = field(default_factory=dict)
    legend: str | None = None
    stacked: str | None = None
    smooth: bool = False
    hole: float = 0.0


def read_chart(spec: JSON, read: Read) -> Chart:
    """A ChartSpec in plain form.

    Args:
        spec: the API's ChartSpec.
        read: gives the values of a range; asked only where the spec leaves open what is a heading.

    Raises:
        UnsupportedChart: a kind other than basic and pie charts, or a chart without series.
    """
    titles = (spec.get("title", ""), spec.get("subtitle", ""))
    if "pieChart" in spec:
        return _pie(spec["pieChart"], titles, read)
    if "basicChart" in spec:
        return _basic(spec["basicChart"], titles, read)
    kinds = [name for name in spec if name.endswith("Chart")]
    raise UnsupportedChart(f"a chart of the kind {kinds[0] if kinds else 'unknown'}")


def _basic(body: JSON, titles: tuple[str, str], read: Read) -> Chart:
    kind = body.get("chartType", "COLUMN")
    if kind not in _KINDS:
        raise UnsupportedChart(f"a chart of the kind {kind}")
    bare = [_ranges(one.get("series", {})) for one in body.get("series", [])]
    if not bare:
        raise UnsupportedChart("a chart without series")
    heading_count = _heading_count(body.get("headerCount"), bare, read)
    series = tuple(
        Series(
            _source(ranges, heading_count),
            one.get("type") or _part_kind(kind, index),
            one.get("targetAxis") == "RIGHT_AXIS",
            _color(one),
            one.get("dataLabel", {}).get("type") == "DATA",
        )
        for index, (one, ranges) in enumerate(zip(body["series"], bare, strict=True))
    )
    domains = body.get("domains", [])
    categories = _source(_ranges(domains[0].get("domain", {})), heading_count) if domains else None
    stacked = body.get("stackedType")
    return Chart(
        kind,
        *titles,
        categories,
        series,
        {axis.get("position", ""): axis["title"] for axis in body.get("axis", []) if axis.get("title")},
        _LEGENDS.get(body.get("legendPosition", "RIGHT_LEGEND"), "right"),
        stacked if stacked in ("STACKED", "PERCENT_STACKED") else None,
        bool(body.get("lineSmoothing")),
    )


def _part_kind(kind: str, index: int) -> str:
    """The kind of a series that names none: in a combo chart, columns first and then lines."""
    return ("COLUMN" if index == 0 else "LINE") if kind == "COMBO" else kind


def _pie(body: JSON, titles: tuple[str, str], read: Read) -> Chart:
    values = _ranges(body.get("series", {}))
    if not values:
        raise UnsupportedChart("a chart without series")
    heading_count = _heading_count(None, [values], read)
    domain = _ranges(body.get("domain", {}))
    return Chart(
        "PIE",
        *titles,
        _source(domain, heading_count) if domain else None,
        (Series(_source(values, heading_count), "PIE"),),
        {},
        _LEGENDS.get(body.get("legendPosition", "RIGHT_LEGEND"), "right"),
        hole=float(body.get("pieHole", 0)),
    )


def _ranges(data: JSON) -> tuple[GridRange, ...]:
    return tuple(GridRange.from_api(source) for source in data.get("sourceRange", {}).get("sources", []))


def _heading_count(given: int | None, series: Sequence[tuple[GridRange, ...]], read: Read) -> int:
    """How many cells at the start of each series are headings; Sheets guesses it when the spec leaves it open."""
    if given is not None:
        return int(given)
    firsts = [_first_values(ranges[0], read) for ranges in series if ranges]
    named = any(isinstance(first, str) and isinstance(second, float | int) for first, second in firsts)
    return 1 if named else 0


def _first_values(area: GridRange, read: Read) -> tuple[Value, Value]:
    row, column = area.start_row or 0, area.start_column or 0
    down = 0 if _runs_across(area) else 1
    across = 1 - down
    block = read(GridRange(area.sheet_id, row, row + 1 + down, column, column + 1 + across))
    flat = [value for line in block for value in line]
    return (flat[0] if flat else None), (flat[1] if len(flat) > 1 else None)


def _runs_across(area: GridRange) -> bool:
    """Whether a series lies in a row."""
    one_row = area.end_row is not None and area.end_row - (area.start_row or 0) == 1
    return one_row and (area.end_column is None or area.end_column - (area.start_column or 0) > 1)


def _source(ranges: tuple[GridRange, ...], heading_count: int) -> Source:
    if not ranges or not heading_count:
        return Source(None, ranges)
    first, *rest = ranges
    row, column = first.start_row or 0, first.start_column or 0
    if _runs_across(first):
        last = column + heading_count
        heading = GridRange(first.sheet_id, row, row + 1, last - 1, last)
        values = GridRange(first.sheet_id, row, first.end_row, last, first.end_column)
    else:
        last = row + heading_count
        heading = GridRange(first.sheet_id, last - 1, last, column, column + 1)
        values = GridRange(first.sheet_id, last, first.end_row, column, first.end_column)
    empty = (values.end_row is not None and values.end_row <= (values.start_row or 0)) or (
        values.end_column is not None and values.end_column <= (values.start_column or 0)
    )
    return Source(heading, tuple(rest) if empty else (values, *rest))


def _color(series: JSON) -> str | None:
    style = series.get("colorStyle", {})
    if "themeColor" in style:
        return _THEME.get(style["themeColor"])
    color = style.get("rgbColor") if "rgbColor" in style else series.get("color")
    if color is None:
        return None
    return "#" + "".join(f"{round(float(color.get(name, 0)) * 255):02X}" for name in ("red", "green", "blue"))
