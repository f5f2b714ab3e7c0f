"""Chart sheets of an .xlsx file: tabs that are one chart."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sheets_agent.emulator.losses import Losses
from sheets_agent.emulator.workbook import Sheet
from sheets_agent.emulator.xlsx_read.charts import read_charts
from sheets_agent.emulator.xlsx_read.drawings import Drawn
from sheets_agent.emulator.xlsx_read.styles import Styles, styled_color


def chart_sheet(
    source: Any,
    index: int,
    *,
    hidden: bool,
    drawn: Iterable[Drawn],
    styles: Styles,
    sheet_ids: Mapping[str, int],
    losses: Losses,
) -> Sheet:
    """A tab that is one chart. Where the chart cannot be kept, a tab with cells stands in its place.

    Args:
        source: openpyxl's chart sheet.
        index: its place among the tabs and its sheet id.
        hidden: whether its tab is hidden, which openpyxl does not say.
        drawn: the charts on it.
        styles: the styles of the file.
        sheet_ids: the ids of all sheets by their titles.
        losses: where what is not kept is told.
    """
    sheet = Sheet({"sheetId": index, "title": source.title, "index": index, "sheetType": "OBJECT"})
    if hidden:
        sheet.properties["hidden"] = True
    color = styles.palette.hexadecimal(source.sheetPr.tabColor) if source.sheetPr is not None else None
    if color is not None:
        sheet.properties |= styled_color("tabColor", color)
    charts = read_charts(drawn, sheet, sheet_ids, losses)
    if len(charts) == 1:
        sheet.resources = {"charts": [{**charts[0], "position": {"sheetId": index}}]}
        return sheet
    sheet.properties |= {"sheetType": "GRID", "gridProperties": {"rowCount": 1000, "columnCount": 26}}
    losses.add(
        "chart sheet became an ordinary tab, since it does not show one chart that can be kept",
        "chart sheets became ordinary tabs, since they do not show one chart each that can be kept",
        source.title,
    )
    if charts:
        sheet.resources = {"charts": charts}
    return sheet
