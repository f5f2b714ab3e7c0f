"""Charts: create, change, delete.

Source: the EmbeddedChart and EmbeddedObjectPosition messages of the v4 discovery document.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field
from typing_extensions import override

from sheets_agent.a1 import GridRange
from sheets_agent.actions.base import (
    Action,
    RangeSource,
    RangeTarget,
    Request,
    Risk,
    Role,
    first_cell,
    new_id,
    place,
    room_for,
)
from sheets_agent.actions.cells import coordinate
from sheets_agent.actions.chart_specs import ChartType, Legend, Series, retyped, spec_of, with_axis_labels, with_legend
from sheets_agent.actions.headers import Header, header_row
from sheets_agent.errors import ActionError
from sheets_agent.sheets.book import Book

JSON = dict[str, Any]


_SERIES_STYLE = re.compile(
    r"(?P<name>.+?)(?: as (?:an? )?(?P<shape>line|column|area)s?)?(?P<right> on (?:the )?right(?: axis)?)?"
    r"(?P<labels> with (?:data )?labels)?",
    re.IGNORECASE,
)
_SIZE = {"widthPixels": 600, "heightPixels": 371}


def charts_of(book: Book, sheet_id: int | None = None) -> list[JSON]:
    """The charts of one sheet, or of all."""
    sheets = book.sheets if sheet_id is None else [book.sheet_by_id(sheet_id)]
    return [chart for sheet in sheets for chart in sheet.resources.get("charts", ())]


class CreateChart(Action):
    """Create a chart of a table or a pivot table.

    Columns are named by the header row of the source (or by their letters); without names the first column is the
    horizontal axis and the others are the series.
    """

    kind: Literal["create_chart"] = "create_chart"
    hint: ClassVar[str] = "target: its top left cell; x=Region, series=Margin as line on right axis with labels"
    contents: ClassVar[bool] = False
    target: RangeTarget = Field(
        description="The cell where the top left corner of the chart lies, on free space, such as Summary!H2."
    )
    source: RangeSource = Field(description="The table with its header row, such as 'My orders'!A1:F61.")
    chart_type: Annotated[ChartType, Role.OPTION] = Field(
        description="The kind of chart, such as line for values over time or column to compare groups."
    )
    x: Annotated[str | None, Role.OPTION] = Field(
        None, description="The column along the axis (the slices of a pie), such as Region; the first when absent."
    )
    series: Annotated[list[str], Role.OPTION] = Field(
        default=[],
        description='The columns that are drawn, such as ["Revenue with labels", "Margin as line on right axis"]; all '
        "others when absent.",
    )
    heading: Annotated[str | None, Role.OPTION] = Field(
        None, description="The title above the chart, such as Revenue by region."
    )
    x_label: Annotated[str | None, Role.OPTION] = Field(
        None, description="The title of the horizontal axis, such as Month."
    )
    y_label: Annotated[str | None, Role.OPTION] = Field(
        None, description="The title of the vertical axis, such as Revenue, USD."
    )
    example: ClassVar[dict[str, Any]] = {
        "kind": "create_chart",
        "target": "Pivot!F2",
        "source": "Pivot!A1:B5",
        "chart_type": "column",
        "x": "Region",
        "series": ["Revenue"],
        "heading": "Revenue by region",
        "y_label": "USD",
    }

    def requests(self, book: Book) -> list[Request]:
        """One addChart over the grid, with an id derived from what it shows."""
        anchor = self._anchor(book)
        taken = [int(chart["chartId"]) for chart in charts_of(book) if "chartId" in chart]
        name = f"chart {self.target} {self.source} {self.chart_type} {self.heading}"
        chart = {
            "chartId": new_id(name, taken),
            "spec": self._spec(book),
            "position": {"overlayPosition": {"anchorCell": coordinate(anchor), **_SIZE}},
        }
        return [*room_for(book, anchor), {"addChart": {"chart": chart}}]

    def reads(self, book: Book) -> Sequence[GridRange]:
        """The source."""
        return (book.range(self.source),)

    def looks(self, book: Book) -> Sequence[GridRange]:
        """The header row of the source."""
        return (header_row(book, book.range(self.source)),)

    def _anchor(self, book: Book) -> GridRange:
        return first_cell(place(book, self.target))

    def _spec(self, book: Book) -> JSON:
        source = book.clipped(book.range(self.source))
        header = Header.of(book, source)
        domain = header.start if self.x is None else header.column(self.x)
        chosen = [_series_style(text, header) for text in self.series]
        if not chosen:
            columns = range(header.start, header.start + len(header.names))
            chosen = [Series(column) for column in columns if column != domain or len(columns) == 1]
        titled = {"title": self.heading} if self.heading else {}
        spec = spec_of(self.chart_type, source, domain, chosen, headers=_headers(book, source, chosen))
        return with_axis_labels({**titled, **spec}, self.x_label, self.y_label)

    @override
    def sentence(self) -> str:
        named = f" “{self.heading}”" if self.heading else ""
        return f"Create a {self.chart_type.replace('_', ' ')} chart{named} of {self.source} at {self.target}."


def _series_style(text: str, header: Header) -> Series:
    match = _SERIES_STYLE.fullmatch(text.strip())
    if match is None or header.has(text):
        return Series(header.column(text))
    shape = match["shape"]
    return Series(
        header.column(match["name"]),
        drawn_as=shape.upper() if shape else None,
        on_right=bool(match["right"]),
        labelled=bool(match["labels"]),
    )


def _headers(book: Book, source: GridRange, series: Sequence[Series]) -> int:
    """1 where the first row names the series, 0 where it holds numbers already."""
    top = source.start_row or 0
    first = [book.cell(source.sheet_id, top, one.column).value for one in series]
    return 0 if first and all(isinstance(value, float) for value in first) else 1


def find_chart(book: Book, target: str, name: str | None) -> JSON:
    """The chart of a sheet by its title, or the only one.

    Raises:
        ActionError: when there is none, or it is not clear which; the text lists them.
    """
    sheet = book.sheet_by_id(place(book, target).sheet_id)
    charts = charts_of(book, sheet.sheet_id)
    titles = [str(chart.get("spec", {}).get("title", "")) for chart in charts]
    if name is None and len(charts) == 1:
        return charts[0]
    matching = [
        chart
        for chart, known in zip(charts, titles, strict=True)
        if name is not None and known.casefold() == name.strip().casefold()
    ]
    if len(matching) == 1:
        return matching[0]
    listed = ", ".join(f"“{known}”" if known else "one without a title" for known in titles) or "none"
    wanted = f"no single chart “{name}”" if name is not None else "more than one chart, or none"
    raise ActionError(f"“{sheet.title}” has {wanted}. Its charts: {listed}.")


def _quoted(name: str | None) -> str:
    return f"“{name}” " if name else ""


class UpdateChart(Action):
    """Change a chart that exists: its type, its titles, its legend, its place."""

    kind: Literal["update_chart"] = "update_chart"
    contents: ClassVar[bool] = False
    target: RangeTarget = Field(description="The sheet the chart is on, such as Summary.")
    chart: Annotated[str | None, Role.OPTION] = Field(
        None, description="The present title of the chart, such as Revenue; not needed when it is the only one."
    )
    chart_type: Annotated[ChartType | None, Role.OPTION] = Field(
        None, description="The new kind of chart, such as line; unchanged when absent."
    )
    heading: Annotated[str | None, Role.OPTION] = Field(
        None, description="The new title, such as Revenue 2024; unchanged when absent."
    )
    x_label: Annotated[str | None, Role.OPTION] = Field(
        None, description="The new title of the horizontal axis, such as Month; unchanged when absent."
    )
    y_label: Annotated[str | None, Role.OPTION] = Field(
        None, description="The new title of the vertical axis, such as USD; unchanged when absent."
    )
    legend: Annotated[Legend | None, Role.OPTION] = Field(
        None, description="Where the legend stands, such as right, or none to hide it; unchanged when absent."
    )
    position: Annotated[str | None, Role.OPTION] = Field(
        None, description="The cell to move the chart to, such as Summary!H20; unchanged when absent."
    )
    example: ClassVar[dict[str, Any]] = {
        "kind": "update_chart",
        "target": "Pivot",
        "chart": "Revenue by region",
        "chart_type": "line",
        "heading": "Revenue",
    }

    def requests(self, book: Book) -> list[Request]:
        """An updateChartSpec with the whole new specification, and an updateEmbeddedObjectPosition when it moves."""
        wanted = self.model_dump(exclude={"kind", "target", "chart"}, exclude_none=True)
        if not wanted:
            raise ActionError("Nothing of the chart changes. Say what to change, such as chart_type=line.")
        chart = find_chart(book, self.target, self.chart)
        spec = chart["spec"]
        if self.heading is not None:
            spec = {**spec, "title": self.heading}
        if self.chart_type is not None:
            spec = retyped(spec, self.chart_type)
        spec = with_legend(with_axis_labels(spec, self.x_label, self.y_label), self.legend)
        requests: list[Request] = []
        if spec != chart["spec"]:
            requests.append({"updateChartSpec": {"chartId": chart["chartId"], "spec": spec}})
        if self.position is not None:
            anchor = first_cell(place(book, self.position))
            position = {"overlayPosition": {"anchorCell": coordinate(anchor)}}
            move = {"objectId": chart["chartId"], "newPosition": position, "fields": "anchorCell"}
            requests += [*room_for(book, anchor), {"updateEmbeddedObjectPosition": move}]
        return requests

    @override
    def sentence(self) -> str:
        return f"Change the chart {_quoted(self.chart)}on {self.target}."


class DeleteChart(Action):
    """Delete a chart."""

    kind: Literal["delete_chart"] = "delete_chart"
    risk: ClassVar[Risk] = Risk.DELETE
    contents: ClassVar[bool] = False
    target: RangeTarget = Field(description="The sheet the chart is on, such as Summary.")
    chart: Annotated[str | None, Role.OPTION] = Field(
        None, description="The title of the chart, such as Revenue; not needed when it is the only one."
    )
    example: ClassVar[dict[str, Any]] = {"kind": "delete_chart", "target": "Pivot", "chart": "Revenue by region"}

    def requests(self, book: Book) -> list[Request]:
        """One deleteEmbeddedObject."""
        return [{"deleteEmbeddedObject": {"objectId": find_chart(book, self.target, self.chart)["chartId"]}}]

    @override
    def sentence(self) -> str:
        return f"Delete the chart {_quoted(self.chart)}on {self.target}."
