"""Charts of the Sheets API as PNG pictures."""

from __future__ import annotations

import io
import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sheets_agent.a1 import GridRange
from sheets_agent.errors import UsageError
from sheets_agent.formulas.values import ErrorValue, Value
from sheets_agent.sheets.book import Book
from sheets_agent.sheets.chart_spec import Chart, Read, Series, Source, UnsupportedChart, read_chart

JSON = dict[str, Any]
ReadTexts = Callable[[GridRange], Sequence[Sequence[str]]]
"""The texts a range shows, row by row, in the shape of its values."""

_WIDTH, _HEIGHT = 600, 371  # pixels; what Sheets gives a new chart
_SHARPNESS = 2  # picture pixels per pixel of the chart


@dataclass(frozen=True, slots=True)
class Picture:
    """A drawn chart. `png` is empty and `problem` a sentence when it could not be drawn."""

    title: str
    png: bytes
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Points:
    """One series with its numbers, None where there is nothing to draw."""

    name: str
    numbers: tuple[float | None, ...]
    series: Series


@dataclass(frozen=True, slots=True)
class Plot:
    """A chart with everything read: what the drawing functions take.

    Attributes:
        labels: one text per category.
        positions: the numbers behind the categories, for scatter charts; None where a category is not a number.
    """

    chart: Chart
    labels: tuple[str, ...]
    positions: tuple[float | None, ...]
    points: tuple[Points, ...]


def chart_png(
    spec: JSON, read: Read, read_texts: ReadTexts | None = None, *, width: int = _WIDTH, height: int = _HEIGHT
) -> bytes:
    """Draw a ChartSpec.

    Args:
        spec: the API's ChartSpec: basicChart of any type, or pieChart.
        read: gives the effective values of a range, row by row.
        read_texts: gives the texts a range shows; names categories such as dates. Values are used when None.
        width: of the chart in pixels; the picture has twice as many, to be sharp.
        height: of the chart in pixels.

    Returns:
        A PNG file.

    Raises:
        UnsupportedChart: a kind of chart that is not drawn here.
        UsageError: matplotlib is not installed.
    """
    try:
        from sheets_agent.pictures.drawing import draw
    except ImportError as error:
        raise UsageError(
            "Charts as pictures need matplotlib, which is not installed.", "pip install 'sheets-agent[pictures]'"
        ) from error
    figure = draw(_plot(read_chart(spec, read), read, read_texts), width, height)
    picture = io.BytesIO()
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph .* missing from")  # an emoji in a title is no reason to fail
        warnings.filterwarnings("ignore", message=".*layout not applied.*")  # tiny charts have no room for margins
        figure.savefig(picture, format="png", dpi=100 * _SHARPNESS)
    return picture.getvalue()


def chart_pictures(charts: Iterable[JSON], read: Read, read_texts: ReadTexts | None = None) -> tuple[Picture, ...]:
    """Draw EmbeddedCharts, each in its own size.

    Raises:
        UsageError: matplotlib is not installed.
    """
    return tuple(_picture(chart, read, read_texts) for chart in charts)


def _picture(chart: JSON, read: Read, read_texts: ReadTexts | None) -> Picture:
    spec = chart.get("spec", {})
    title = str(spec.get("title") or f"chart {chart.get('chartId', '')}".strip())
    overlay = chart.get("position", {}).get("overlayPosition", {})
    size = {"width": overlay.get("widthPixels", _WIDTH), "height": overlay.get("heightPixels", _HEIGHT)}
    try:
        return Picture(title, chart_png(spec, read, read_texts, **size))
    except UnsupportedChart as reason:
        return Picture(title, b"", f"“{title}” is not shown: {reason} cannot be drawn.")


def chart_ranges(spec: JSON) -> tuple[GridRange, ...]:
    """The ranges a ChartSpec reads: what has to be loaded before it can be drawn."""
    return tuple(dict.fromkeys(_sources(spec)))


def _sources(node: Any) -> Iterator[GridRange]:
    if isinstance(node, dict):
        for name, inner in node.items():
            if name == "sources" and isinstance(inner, list):
                yield from map(GridRange.from_api, inner)
            else:
                yield from _sources(inner)
    elif isinstance(node, list):
        for inner in node:
            yield from _sources(inner)


def values_of(book: Book) -> tuple[Read, ReadTexts]:
    """Readers of a book's loaded cells, for `chart_png`.

    They raise `NotLoaded` for a range that was not loaded (see `chart_ranges`).
    """

    def read(area: GridRange) -> list[list[Value]]:
        bounded = _filled(book, area)
        return [[book.cell(area.sheet_id, row, column).value for column in _columns(bounded)] for row in _rows(bounded)]

    def read_texts(area: GridRange) -> list[list[str]]:
        bounded = _filled(book, area)
        return [[book.cell(area.sheet_id, row, column).text for column in _columns(bounded)] for row in _rows(bounded)]

    return read, read_texts


def _filled(book: Book, area: GridRange) -> GridRange:
    """The range down to its last filled cell where its end is open, so that empty rows are not drawn."""
    bounded = book.clipped(area)
    if area.end_row is not None and area.end_column is not None:
        return bounded
    filled = [(row, column) for row, column, _ in book.filled(area)]
    last_row = max((row + 1 for row, _ in filled), default=bounded.start_row or 0)
    last_column = max((column + 1 for _, column in filled), default=bounded.start_column or 0)
    return GridRange(
        area.sheet_id,
        bounded.start_row,
        bounded.end_row if area.end_row is not None else last_row,
        bounded.start_column,
        bounded.end_column if area.end_column is not None else last_column,
    )


def _rows(area: GridRange) -> range:
    return range(area.start_row or 0, area.end_row or 0)


def _columns(area: GridRange) -> range:
    return range(area.start_column or 0, area.end_column or 0)


def _plot(chart: Chart, read: Read, read_texts: ReadTexts | None) -> Plot:
    points = tuple(
        Points(
            _heading(series.source, read) or (f"Series {index}" if len(chart.series) > 1 else ""),
            tuple(_number(value) for value in _flat(series.source, read)),
            series,
        )
        for index, series in enumerate(chart.series, 1)
    )
    length = max((len(one.numbers) for one in points), default=0)
    categories = [] if chart.categories is None else _flat(chart.categories, read)
    texts: Sequence[Value] = categories
    if chart.categories is not None and read_texts is not None:
        texts = _flat(chart.categories, read_texts)
    labels = [_text(value) for value in texts] or [str(index) for index in range(1, length + 1)]
    length = max(length, len(labels))
    labels += [""] * (length - len(labels))
    positions = [_number(value) for value in categories]
    positions += [None] * (length - len(positions))
    filled = tuple(Points(one.name, _padded(one.numbers, length), one.series) for one in points)
    return Plot(chart, tuple(labels), tuple(positions), filled)


def _padded(numbers: tuple[float | None, ...], length: int) -> tuple[float | None, ...]:
    return numbers + (None,) * (length - len(numbers))


def _flat(source: Source, read: Callable[[GridRange], Sequence[Sequence[Any]]]) -> list[Any]:
    """The values of a source, one after another; missing ends of rows are blanks."""
    values: list[Any] = []
    for area in source.ranges:
        across = area.end_row is not None and area.end_row - (area.start_row or 0) == 1
        for row in read(area):
            values += row if across else [row[0] if row else None]
    return values


def _heading(source: Source, read: Read) -> str:
    if source.heading is None:
        return ""
    block = read(source.heading)
    return _text(block[0][0]) if block and block[0] else ""


def _number(value: Value) -> float | None:
    if isinstance(value, bool) or value is None or isinstance(value, str | ErrorValue):
        return None
    return float(value)


def _text(value: Value) -> str:
    if value is None:
        return ""
    if isinstance(value, float) and not isinstance(value, bool):
        return f"{value:.10g}"
    return str(value)
