"""The API's CellFormat as the formats of an .xlsx file."""

from __future__ import annotations

import json
from typing import Any

from sheets_agent.emulator.locales import locale
from sheets_agent.emulator.number_format import effective_pattern

JSON = dict[str, Any]

_BORDERS = {"SOLID": 1, "SOLID_MEDIUM": 2, "DASHED": 3, "DOTTED": 4, "SOLID_THICK": 5, "DOUBLE": 6}
_HORIZONTAL = {"LEFT": "left", "CENTER": "center", "RIGHT": "right"}
_VERTICAL = {"TOP": "top", "MIDDLE": "vcenter", "BOTTOM": "bottom"}
_THEME = {
    "TEXT": "#000000", "BACKGROUND": "#FFFFFF", "ACCENT1": "#4285F4", "ACCENT2": "#EA4335", "ACCENT3": "#FBBC04",
    "ACCENT4": "#34A853", "ACCENT5": "#FF6D01", "ACCENT6": "#46BDC6", "LINK": "#1155CC",
}  # fmt: skip


def html_color(color: JSON) -> str:
    """The API's Color as `#RRGGBB`; a missing channel is 0."""
    return "#" + "".join(f"{round(float(color.get(name, 0)) * 255):02X}" for name in ("red", "green", "blue"))


def color_of(holder: JSON, name: str) -> str | None:
    """`#RRGGBB` of a colour that an object holds as `name` or `nameStyle`; None when it holds neither."""
    style = holder.get(f"{name}Style")
    if style:
        return _THEME.get(style["themeColor"]) if "themeColor" in style else html_color(style.get("rgbColor", {}))
    return html_color(holder[name]) if name in holder else None


def excel_pattern(number_format: JSON, locale_name: str) -> str:
    """The format code of a NumberFormat."""
    pattern = effective_pattern(number_format, locale(locale_name))
    return pattern.replace("am/pm", "AM/PM").replace("a/p", "A/P")


def text_properties(text: JSON) -> JSON:
    """XlsxWriter's font properties of a TextFormat."""
    properties: JSON = {}
    for name, switch in (
        ("bold", "bold"),
        ("italic", "italic"),
        ("strikethrough", "font_strikeout"),
        ("underline", "underline"),
    ):
        if text.get(name):
            properties[switch] = 1
    if text.get("fontFamily"):
        properties["font_name"] = str(text["fontFamily"]).split(",")[0]
    if text.get("fontSize"):
        properties["font_size"] = text["fontSize"]
    color = color_of(text, "foregroundColor")
    if color is not None:
        properties["font_color"] = color
    return properties


def cell_properties(cell_format: JSON, locale_name: str) -> JSON:
    """XlsxWriter's format properties of a CellFormat."""
    properties = text_properties(cell_format.get("textFormat", {}))
    if cell_format.get("numberFormat"):
        properties["num_format"] = excel_pattern(cell_format["numberFormat"], locale_name)
    background = color_of(cell_format, "backgroundColor")
    if background is not None:
        properties |= {"bg_color": background, "pattern": 1}
    for name, table, key in (("horizontalAlignment", _HORIZONTAL, "align"), ("verticalAlignment", _VERTICAL, "valign")):
        if cell_format.get(name) in table:
            properties[key] = table[cell_format[name]]
    if cell_format.get("wrapStrategy") in ("WRAP", "LEGACY_WRAP"):
        properties["text_wrap"] = True
    rotation = cell_format.get("textRotation", {})
    if rotation.get("vertical"):
        properties["rotation"] = 270
    elif rotation.get("angle"):
        properties["rotation"] = rotation["angle"]
    for side, edge in cell_format.get("borders", {}).items():
        if edge.get("style") in _BORDERS:
            properties[side] = _BORDERS[edge["style"]]
            properties[f"{side}_color"] = color_of(edge, "color") or "#000000"
    return properties


def _difference(properties: JSON) -> JSON:
    """Differential formats have no fonts or sizes, and their fill is the background colour alone."""
    return {name: value for name, value in properties.items() if name not in ("pattern", "font_name", "font_size")}


class Formats:
    """XlsxWriter formats, each made once."""

    def __init__(self, target: Any, locale_name: str) -> None:
        self._target = target
        self._locale = locale_name
        self._made: dict[str, Any] = {}
        self._cells: dict[int, tuple[JSON, Any]] = {}

    def cell(self, cell_format: JSON | None) -> Any:
        """The format of a CellFormat, None for no format at all."""
        if not cell_format:
            return None
        if id(cell_format) not in self._cells:  # cells share their formats; an id is only a name while its object lives
            self._cells[id(cell_format)] = (cell_format, self.unshared(cell_format))
        return self._cells[id(cell_format)][1]

    def unshared(self, cell_format: JSON) -> Any:
        """The same for a CellFormat put together for one cell."""
        return self._named("cell", cell_format, lambda: cell_properties(cell_format, self._locale))

    def text(self, text_format: JSON) -> Any:
        """The format of a piece of rich text."""
        return self._named("text", text_format, lambda: text_properties(text_format))

    def difference(self, cell_format: JSON) -> Any:
        """The format that a conditional format lays over cells; None when it changes nothing."""
        return self._named("difference", cell_format, lambda: _difference(cell_properties(cell_format, self._locale)))

    def _named(self, kind: str, body: JSON | None, properties: Any) -> Any:
        if not body:
            return None
        key = kind + json.dumps(body, sort_keys=True)
        if key not in self._made:
            made = properties()
            self._made[key] = self._target.add_format(made) if made else None
        return self._made[key]
