"""What kind of value a cell shows."""

from __future__ import annotations

from typing import Literal

from sheets_agent.emulator.number_format import pattern_kind
from sheets_agent.formulas.values import ErrorValue
from sheets_agent.sheets.book import JSON, CellView

CellKind = Literal["number", "date", "text", "boolean", "formula error", "blank"]

_DATE_TYPES = ("DATE", "TIME", "DATE_TIME")


def kind_of(cell: CellView) -> CellKind:
    """The kind of a cell's value; a number with a format for dates or times is a date."""
    value = cell.value
    if value is None or value == "":
        return "blank"
    if isinstance(value, ErrorValue):
        return "formula error"
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, str):
        return "text" if value.strip() else "blank"
    return "date" if _shows_dates(cell.number_format) else "number"


def _shows_dates(number_format: JSON | None) -> bool:
    if not number_format:
        return False
    kind = number_format.get("type")
    return (kind or pattern_kind(str(number_format.get("pattern", "")))) in _DATE_TYPES


def bold(cell: CellView) -> bool:
    """Whether the whole cell is set in bold."""
    return bool((cell.format or {}).get("textFormat", {}).get("bold"))


def coloured(cell: CellView) -> bool:
    """Whether the cell has a background of its own other than white."""
    return background(cell) is not None


def background(cell: CellView) -> str | None:
    """The background of a cell, as `#rrggbb` or as the name of a colour of the theme; None where it is white."""
    form = cell.format or {}
    style = form.get("backgroundColorStyle", {})
    if style.get("themeColor", "BACKGROUND") != "BACKGROUND":
        return str(style["themeColor"]).lower()
    colour = style.get("rgbColor", form.get("backgroundColor"))
    if colour is None:
        return None
    digits = "#" + "".join(f"{round(255 * colour.get(part, 0)):02x}" for part in ("red", "green", "blue"))
    return None if digits == "#ffffff" else digits
