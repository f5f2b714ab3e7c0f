"""Drawing with matplotlib: no global state, no windows. Imported only when a chart is drawn."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from sheets_agent.sheets.chart_spec import PALETTE

if TYPE_CHECKING:
    from sheets_agent.pictures.charts import Plot, Points

_GREY = "#757575"
_PALE = "#E0E0E0"
_MOST_LABELS = 16
_LONGEST_LABEL = 22
_PIXELS_PER_LETTER = 7
_BARS = 0.75  # of the room a category has
_OUTSIDE: dict[str, Any] = {
    "bottom": "outside lower center", "top": "outside upper center", "left": "outside left center",
    "right": "outside right center", "labels": "outside right center",
}  # fmt: skip


def draw(plot: Plot, width: int, height: int) -> Figure:
    """A figure of the chart, `width` by `height` pixels at 100 dots per inch."""
    figure = Figure(figsize=(max(width, 120) / 100, max(height, 90) / 100), layout="constrained", facecolor="white")
    axes = figure.add_subplot()
    _title(axes, plot)
    if plot.chart.kind == "PIE":
        handles, labels = _pie(axes, plot)
    else:
        handles, labels = _basic(axes, plot)
    _legend(figure, axes, plot, handles, labels)
    return figure


def _plain(text: str, longest: int = 200) -> str:
    """Text as it is: a dollar sign is no formula here."""
    shortened = text if len(text) <= longest else text[: longest - 1] + "…"
    return shortened.replace("$", r"\$")


def _title(axes: Any, plot: Plot) -> None:
    text = "\n".join(line for line in (plot.chart.title, plot.chart.subtitle) if line)
    if text:
        axes.set_title(_plain(text), loc="left", color=_GREY, fontsize=13)


def _legend(figure: Figure, axes: Any, plot: Plot, handles: list[Any], labels: list[str]) -> None:
    place = plot.chart.legend
    if place is None or not any(labels):
        return
    shown = [_plain(label, 40) for label in labels]
    style: dict[str, Any] = {"frameon": False, "fontsize": 9, "labelcolor": _GREY}
    if place == "inside":
        axes.legend(handles, shown, **style)
        return
    columns = min(5, len(shown)) if place in ("bottom", "top") else 1
    figure.legend(handles, shown, loc=_OUTSIDE[place], ncols=columns, **style)


def _pie(axes: Any, plot: Plot) -> tuple[list[Any], list[str]]:
    parts = [
        (number, plot.labels[index], PALETTE[index % len(PALETTE)])
        for index, number in enumerate(plot.points[0].numbers)
        if number is not None and number > 0
    ]
    if not parts:
        axes.set_axis_off()
        return [], []
    hole = plot.chart.hole
    drawn = axes.pie(
        [number for number, _, _ in parts],
        colors=[color for _, _, color in parts],
        startangle=90,
        counterclock=False,
        autopct=lambda share: f"{share:.1f}%" if share >= 4 else "",
        pctdistance=(1 + hole) / 2 if hole else 0.65,
        wedgeprops={"edgecolor": "white", "linewidth": 1, **({"width": 1 - hole} if hole else {})},
        textprops={"color": "white", "fontsize": 9},
    )
    return list(drawn[0]), [label for _, label, _ in parts]


def _basic(axes: Any, plot: Plot) -> tuple[list[Any], list[str]]:
    across = plot.chart.kind == "BAR"
    right = axes.twinx() if any(one.series.right for one in plot.points) and not across else None
    handles: list[Any] = []
    stacks = _Stacks(plot)
    for index, one in enumerate(plot.points):
        target = right if right is not None and one.series.right else axes
        color = one.series.color or PALETTE[index % len(PALETTE)]
        handles.append(_DRAW.get(one.series.kind, _line)(target, plot, one, color, stacks))
        if one.series.labelled:
            _write_values(target, one, handles[-1], stacked=plot.chart.stacked is not None)
    _axes(axes, right, plot, across)
    return handles, [one.name for one in plot.points]


def _write_values(axes: Any, one: Points, drawn: Any, *, stacked: bool) -> None:
    """The numbers of a series beside what was drawn of it."""
    style: dict[str, Any] = {"color": _GREY, "fontsize": 8}
    if one.series.kind in ("COLUMN", "BAR"):
        texts = ["" if number is None else _tick(number, False) for number in one.numbers]
        axes.bar_label(drawn, texts, label_type="center" if stacked else "edge", padding=0 if stacked else 2, **style)
        return
    numbers = list(one.numbers)
    if one.series.kind == "SCATTER":
        numbers, places = [number for number in numbers if number is not None], drawn.get_offsets()
    else:
        places = axes.lines[-1].get_xydata()  # an area's edge is drawn last
    for number, (x, y) in zip(numbers, places, strict=True):
        if number is not None:
            text = _tick(number, False)
            axes.annotate(text, (x, y), (0, 4), textcoords="offset points", ha="center", va="bottom", **style)


class _Stacks:
    """Where each series starts: beside the others, or on top of them."""

    def __init__(self, plot: Plot) -> None:
        self._stacked = plot.chart.stacked
        length = len(plot.labels)
        self._above = [0.0] * length
        self._below = [0.0] * length
        self._totals = [sum(abs(one.numbers[index] or 0.0) for one in plot.points) or 1.0 for index in range(length)]
        bars = [id(one) for one in plot.points if one.series.kind in ("COLUMN", "BAR")]
        self._places = {key: place for place, key in enumerate(bars)}
        self._count = max(1, len(bars))

    def heights(self, one: Points) -> list[float]:
        """The numbers as drawn: shares of the whole in a chart stacked to 100 %; gaps are nan, or 0 in a stack."""
        if self._stacked is None:
            return [math.nan if number is None else number for number in one.numbers]
        share = self._totals if self._stacked == "PERCENT_STACKED" else [1.0] * len(one.numbers)
        return [(number or 0.0) / whole for number, whole in zip(one.numbers, share, strict=True)]

    def bottoms(self, heights: list[float]) -> list[float]:
        """Where these heights start; they count as laid from now on."""
        if self._stacked is None:
            return [0.0] * len(heights)
        starts = []
        for index, height in enumerate(heights):
            stack = self._below if height < 0 else self._above
            starts.append(stack[index])
            stack[index] += height
        return starts

    def slot(self, one: Points) -> tuple[float, float]:
        """The offset and the width of a series' bars around the category."""
        if self._stacked is not None:
            return 0.0, _BARS
        width = _BARS / self._count
        return (self._places[id(one)] - (self._count - 1) / 2) * width, width


def _column(axes: Any, plot: Plot, one: Points, color: str, stacks: _Stacks) -> Any:
    offset, width = stacks.slot(one)
    heights = stacks.heights(one)
    return axes.bar(
        [index + offset for index in range(len(heights))],
        heights,
        width,
        stacks.bottoms(heights),
        color=color,
        zorder=2,
    )


def _bar(axes: Any, plot: Plot, one: Points, color: str, stacks: _Stacks) -> Any:
    offset, width = stacks.slot(one)
    widths = stacks.heights(one)
    places = [index + offset for index in range(len(widths))]
    return axes.barh(places, widths, width, stacks.bottoms(widths), color=color, zorder=2)


def _line(axes: Any, plot: Plot, one: Points, color: str, stacks: _Stacks) -> Any:
    heights = stacks.heights(one)
    tops = [bottom + height for bottom, height in zip(stacks.bottoms(heights), heights, strict=True)]
    marker = "o" if sum(not math.isnan(top) for top in tops) == 1 else None
    return axes.plot(range(len(tops)), tops, color=color, linewidth=2, marker=marker, zorder=3)[0]


def _area(axes: Any, plot: Plot, one: Points, color: str, stacks: _Stacks, step: str | None = None) -> Any:
    heights = stacks.heights(one)
    bottoms = stacks.bottoms(heights)
    tops = [bottom + height for bottom, height in zip(bottoms, heights, strict=True)]
    places = range(len(tops))
    filled = axes.fill_between(places, bottoms, tops, color=color, alpha=0.35, linewidth=0, step=step, zorder=2)
    axes.plot(places, tops, color=color, linewidth=2, drawstyle="steps-mid" if step else "default", zorder=3)
    return filled


def _stepped_area(axes: Any, plot: Plot, one: Points, color: str, stacks: _Stacks) -> Any:
    return _area(axes, plot, one, color, stacks, step="mid")


def _scatter(axes: Any, plot: Plot, one: Points, color: str, stacks: _Stacks) -> Any:
    pairs = [
        (float(index) if position is None else position, number)
        for index, (position, number) in enumerate(zip(plot.positions, one.numbers, strict=True))
        if number is not None
    ]
    return axes.scatter([x for x, _ in pairs], [y for _, y in pairs], color=color, s=28, zorder=3)


_DRAW = {
    "COLUMN": _column,
    "BAR": _bar,
    "LINE": _line,
    "AREA": _area,
    "STEPPED_AREA": _stepped_area,
    "SCATTER": _scatter,
}


def _axes(axes: Any, right: Any, plot: Plot, across: bool) -> None:
    numbers, categories = (axes.xaxis, axes.yaxis) if across else (axes.yaxis, axes.xaxis)
    percent = plot.chart.stacked == "PERCENT_STACKED"
    for axis in (numbers, *([right.yaxis] if right is not None else [])):
        axis.set_major_formatter(FuncFormatter(lambda number, _: _tick(number, percent)))
    axes.grid(visible=True, axis="x" if across else "y", color=_PALE, linewidth=0.8, zorder=0)
    for each in (axes, right):
        if each is not None:
            each.tick_params(colors=_GREY, labelsize=9, length=0)
            each.spines[:].set_visible(False)
    zero = axes.axvline if across else axes.axhline
    zero(0, color=_GREY, linewidth=0.8, zorder=1)
    if plot.chart.kind == "SCATTER":
        axes.xaxis.set_major_formatter(FuncFormatter(lambda number, _: _tick(number, False)))
    else:
        _category_labels(axes, categories, plot, across)
    titles = plot.chart.axis_titles
    axes.set_xlabel(_plain(titles.get("BOTTOM_AXIS", "")), color=_GREY, fontsize=10)
    axes.set_ylabel(_plain(titles.get("LEFT_AXIS", "")), color=_GREY, fontsize=10)
    if right is not None:
        right.set_ylabel(_plain(titles.get("RIGHT_AXIS", "")), color=_GREY, fontsize=10)


def _category_labels(axes: Any, axis: Any, plot: Plot, across: bool) -> None:
    count = len(plot.labels)
    step = max(1, math.ceil(count / _MOST_LABELS))
    shown = range(0, count, step)
    texts = [_plain(plot.labels[index], _LONGEST_LABEL) for index in shown]
    axis.set_ticks(list(shown), texts)
    if across:
        axes.invert_yaxis()
        axes.xaxis.set_major_locator(MaxNLocator(6))
    elif texts and max(map(len, texts)) * _PIXELS_PER_LETTER > 0.8 * axes.figure.bbox.width / len(texts):
        for label in axis.get_ticklabels():
            label.set(rotation=40, ha="right", rotation_mode="anchor")


def _tick(number: float, percent: bool) -> str:
    if percent:
        return f"{number:.0%}"
    large = number == 0 or abs(number) >= 1
    written = f"{number:,.2f}".rstrip("0").rstrip(".") if large else f"{number:.6g}"
    return written.replace(",", "\u202f")  # a narrow space between thousands reads the same everywhere
