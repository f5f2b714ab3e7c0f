"""Charts as native charts of an .xlsx file."""

from __future__ import annotations

from typing import Any

from sheets_agent.a1 import GridRange, cell_name, quote_title
from sheets_agent.emulator.losses import Losses
from sheets_agent.emulator.workbook import Workbook
from sheets_agent.emulator.xlsx_write.styles import excel_pattern
from sheets_agent.formulas.values import Value
from sheets_agent.sheets.chart_spec import PALETTE, Chart, Series, Source, UnsupportedChart, read_chart

JSON = dict[str, Any]

_TYPES = {
    "LINE": "line", "COLUMN": "column", "BAR": "bar", "AREA": "area", "STEPPED_AREA": "area", "SCATTER": "scatter",
}  # fmt: skip
_STACKED = {"STACKED": "stacked", "PERCENT_STACKED": "percent_stacked"}
_GREY = "#757575"
_WIDTH, _HEIGHT = 600, 371  # what Sheets gives a new chart
_LOOKED_AT = 20
"""Cells of a series in which its number format is looked for."""


def insert_chart(
    embedded: JSON, workbook: Workbook, book: Any, target: Any, titles: dict[int, str], losses: Losses
) -> None:
    """Put one EmbeddedChart onto a worksheet; what cannot be drawn becomes a loss."""
    drawn = drawn_chart(embedded, workbook, book, titles, losses, target.get_name())
    if drawn is None:
        return
    position = embedded.get("position", {}).get("overlayPosition", {})
    drawn.set_size({"width": position.get("widthPixels", _WIDTH), "height": position.get("heightPixels", _HEIGHT)})
    anchor = position.get("anchorCell", {})
    target.insert_chart(
        anchor.get("rowIndex", 0),
        anchor.get("columnIndex", 0),
        drawn,
        {"x_offset": position.get("offsetXPixels", 0), "y_offset": position.get("offsetYPixels", 0)},
    )


def drawn_chart(
    embedded: JSON, workbook: Workbook, book: Any, titles: dict[int, str], losses: Losses, title: str
) -> Any | None:
    """XlsxWriter's chart for an EmbeddedChart on the tab with a title; None, and a loss, when it cannot be drawn."""
    place = quote_title(title)
    try:
        chart = read_chart(embedded.get("spec", {}), lambda area: _values(workbook, area))
    except UnsupportedChart as reason:
        losses.add(
            f"chart is left out: {reason} is not written", f"charts are left out: {reason} is not written", place
        )
        return None
    if chart.kind == "STEPPED_AREA" or any(series.kind == "STEPPED_AREA" for series in chart.series):
        losses.add("stepped area chart is drawn without steps", "stepped area charts are drawn without steps", place)
    return _Drawing(chart, workbook, book, titles, losses, place).draw()


def _values(workbook: Workbook, area: GridRange) -> list[list[Value]]:
    sheet = workbook.sheet(area.sheet_id)
    if sheet is None:
        return []
    bounded = area.clipped(*workbook.extent(sheet))
    return [
        [workbook.value(sheet, row, column) for column in range(bounded.start_column or 0, bounded.end_column or 0)]
        for row in range(bounded.start_row or 0, bounded.end_row or 0)
    ]


class _Drawing:
    def __init__(
        self, chart: Chart, workbook: Workbook, book: Any, titles: dict[int, str], losses: Losses, place: str
    ) -> None:
        self._chart = chart
        self._workbook = workbook
        self._book = book
        self._titles = titles
        self._losses = losses
        self._place = place

    def draw(self) -> Any:
        drawn = self._pie() if self._chart.kind == "PIE" else self._basic()
        title = "\n".join(text for text in (self._chart.title, self._chart.subtitle) if text)
        font = {"size": 14, "bold": False, "color": _GREY}
        drawn.set_title({"name": title, "name_font": font} if title else {"none": True})
        if self._chart.legend is None:
            drawn.set_legend({"none": True})
        else:
            drawn.set_legend(
                {"position": {"inside": "overlay_right", "labels": "right"}.get(self._chart.legend, self._chart.legend)}
            )
        return drawn

    def _pie(self) -> Any:
        drawn = self._book.add_chart({"type": "doughnut" if self._chart.hole else "pie"})
        options = self._series(self._chart.series[0], None)
        options["points"] = [{"fill": {"color": color}} for color in PALETTE]
        options["data_labels"] = {"percentage": True}
        if self._chart.legend == "labels":
            options["data_labels"]["category"] = True
        drawn.add_series(options)
        if self._chart.hole:
            drawn.set_hole_size(min(90, max(10, round(self._chart.hole * 100))))
        return drawn

    def _basic(self) -> Any:
        kinds = list(dict.fromkeys(_TYPES.get(series.kind, "line") for series in self._chart.series))
        if len(kinds) > 2:
            self._losses.add(
                "combined chart is written with two of its kinds",
                "combined charts are written with two kinds",
                self._place,
            )
            kinds = kinds[:2]
        charts = {kind: self._new(kind) for kind in kinds}
        for index, series in enumerate(self._chart.series):
            kind = _TYPES.get(series.kind, "line")
            charts.get(kind, charts[kinds[-1]]).add_series(self._series(series, PALETTE[index % len(PALETTE)], kind))
        first = charts[kinds[0]]
        if len(kinds) > 1:
            first.combine(charts[kinds[1]])
        self._axes(first, charts)
        return first

    def _new(self, kind: str) -> Any:
        stacked = _STACKED.get(self._chart.stacked or "") if kind in ("column", "bar", "area", "line") else None
        return self._book.add_chart({"type": kind, **({"subtype": stacked} if stacked else {})})

    def _axes(self, first: Any, charts: dict[str, Any]) -> None:
        titles = self._chart.axis_titles
        bars = self._chart.kind == "BAR"
        left, right = (
            None if self._chart.stacked == "PERCENT_STACKED" else self._pattern(side)
            for side in ([one.source for one in self._chart.series if one.right is right] for right in (False, True))
        )
        below = self._pattern([] if self._chart.categories is None else [self._chart.categories])
        if bars:
            left, below = below, left
        options: dict[str, JSON] = {"BOTTOM_AXIS": _axis(titles.get("BOTTOM_AXIS"), bars, below)}
        options["LEFT_AXIS"] = _axis(titles.get("LEFT_AXIS"), not bars, left)
        if bars:  # Sheets puts the first category on top, and the numbers below all the same
            options["LEFT_AXIS"] |= {"reverse": True}
            options["BOTTOM_AXIS"] |= {"label_position": "high"}
        first.set_x_axis(options["BOTTOM_AXIS"])
        first.set_y_axis(options["LEFT_AXIS"])
        if any(series.right for series in self._chart.series):
            other = charts[_TYPES.get(next(series.kind for series in self._chart.series if series.right), "line")]
            other.set_y2_axis(_axis(titles.get("RIGHT_AXIS"), False, right))

    def _pattern(self, sources: list[Source]) -> str | None:
        """The number format of the first cell of an axis that has one; LibreOffice does not look for it itself."""
        for area in sources[0].ranges[:1] if sources else ():
            sheet = self._workbook.sheet(area.sheet_id)
            if sheet is None:
                continue
            column, top = area.start_column or 0, area.start_row or 0
            for row in range(top, min(top + _LOOKED_AT, sheet.row_count if area.end_row is None else area.end_row)):
                found = self._workbook.number_format(sheet, row, column)
                if found is not None:
                    return None if found.get("type") == "TEXT" else excel_pattern(found, self._workbook.locale)
        return None

    def _series(self, series: Series, color: str | None, kind: str = "pie") -> JSON:
        options: JSON = {"values": self._reference(series.source)}
        if self._chart.categories is not None and self._chart.categories.ranges:
            options["categories"] = self._reference(self._chart.categories)
        heading = series.source.heading
        if heading is not None:
            name = cell_name(heading.start_row or 0, heading.start_column or 0)
            options["name"] = f"={quote_title(self._titles.get(heading.sheet_id, ''))}!{_fixed(name)}"
        color = series.color or color
        if kind == "line":
            options["line"] = {"color": color, "width": 2}
            options["smooth"] = self._chart.smooth
        elif kind == "scatter":
            options["marker"] = {"type": "circle", "size": 6, "fill": {"color": color}, "border": {"color": color}}
        elif color is not None:
            options["fill"] = {"color": color}
        if series.right:
            options["y2_axis"] = True
        if series.labelled:
            options["data_labels"] = {"value": True}
        return options

    def _reference(self, source: Source) -> str:
        parts = []
        for area in source.ranges:
            sheet = self._workbook.sheet(area.sheet_id)
            if sheet is None:
                continue
            rows, columns = self._workbook.extent(sheet)
            bounded = area.clipped(
                sheet.row_count if area.end_row is not None else max(rows, (area.start_row or 0) + 1),
                sheet.column_count if area.end_column is not None else max(columns, (area.start_column or 0) + 1),
            )
            first = _fixed(cell_name(bounded.start_row or 0, bounded.start_column or 0))
            last = _fixed(cell_name((bounded.end_row or 1) - 1, (bounded.end_column or 1) - 1))
            parts.append(f"{quote_title(self._titles[area.sheet_id])}!{first}:{last}")
        return f"={parts[0]}" if len(parts) == 1 else f"=({','.join(parts)})"


def _axis(title: str | None, grid: bool, pattern: str | None) -> JSON:
    options: JSON = {"num_font": {"size": 9, "color": _GREY}, "line": {"color": "#CCCCCC"}}
    if pattern is not None:
        options["num_format"] = pattern
    options["major_gridlines"] = {"visible": grid, "line": {"color": "#E0E0E0"}}
    if title:
        options |= {"name": title, "name_font": {"size": 10, "bold": False, "color": _GREY}}
    return options


def _fixed(name: str) -> str:
    letters = name.rstrip("0123456789")
    return f"${letters}${name[len(letters) :]}"
