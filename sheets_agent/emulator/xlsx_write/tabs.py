"""What the tab of a sheet looks like, whatever is on the sheet."""

from __future__ import annotations

from typing import Any

from sheets_agent.emulator.workbook import Sheet
from sheets_agent.emulator.xlsx_write.styles import color_of


def write_tab(sheet: Sheet, target: Any) -> None:
    """Give XlsxWriter's sheet the colour of the tab, and hide it where it is hidden."""
    color = color_of(sheet.properties, "tabColor")
    if color is not None:
        target.set_tab_color(color)
    if sheet.properties.get("hidden"):
        target.hide()
