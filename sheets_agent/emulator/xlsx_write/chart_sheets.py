"""Charts on sheets of their own, as the chart sheets of an .xlsx file."""

from __future__ import annotations

from typing import Any

from sheets_agent.emulator.losses import Losses
from sheets_agent.emulator.workbook import Sheet, Workbook
from sheets_agent.emulator.xlsx_write.charts import drawn_chart
from sheets_agent.emulator.xlsx_write.tabs import write_tab


def add_chart_sheet(sheet: Sheet, workbook: Workbook, book: Any, titles: dict[int, str], losses: Losses) -> Any | None:
    """Add the tab of a sheet that is a chart; None, and a loss, when its chart cannot be drawn."""
    title = titles[sheet.sheet_id]
    drawn = [drawn_chart(chart, workbook, book, titles, losses, title) for chart in sheet.list("charts")]
    if not drawn or drawn[0] is None:
        losses.add("chart sheet is left out", "chart sheets are left out", sheet.title)
        return None
    target = book.add_chartsheet(title)
    target.set_chart(drawn[0])
    write_tab(sheet, target)
    return target
