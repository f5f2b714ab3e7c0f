"""Cell styles of an .xlsx file as the API's CellFormat.

Only what differs from the workbook's default style becomes part of a cell's format; the default style itself becomes
the spreadsheet's defaultFormat. Cells that share a style share one format object.
"""

from __future__ import annotations

import colorsys
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable
from typing import Any

from openpyxl.styles.colors import COLOR_INDEX

from sheets_agent.emulator.losses import Losses

JSON = dict[str, Any]

_DRAWING = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_THEME_ORDER = ("lt1", "dk1", "lt2", "dk2", "accent1", "accent2", "accent3", "accent4", "accent5", "accent6", "hlink",
                "folHlink")  # fmt: skip
_OFFICE_THEME = ("FFFFFF", "000000", "E7E6E6", "44546A", "4472C4", "ED7D31", "A5A5A5", "FFC000", "5B9BD5", "70AD47",
                 "0563C1", "954F72")  # fmt: skip
_HORIZONTAL = {"left": "LEFT", "center": "CENTER", "right": "RIGHT", "centerContinuous": "CENTER"}
_VERTICAL = {"top": "TOP", "center": "MIDDLE", "bottom": "BOTTOM"}
_BORDERS = {
    "thin": "SOLID", "hair": "DOTTED", "dotted": "DOTTED", "dashed": "DASHED", "medium": "SOLID_MEDIUM",
    "thick": "SOLID_THICK", "double": "DOUBLE", "mediumDashed": "DASHED", "dashDot": "DASHED",
    "mediumDashDot": "DASHED", "dashDotDot": "DASHED", "mediumDashDotDot": "DASHED", "slantDashDot": "DASHED",
}  # fmt: skip
_DATE_BY_LOCALE = "m/d/yyyy"  # Excel's built-in format 14 is "the short date of whoever looks"
_BUILT_IN_DATES = {"mm-dd-yy": _DATE_BY_LOCALE, "m/d/yy h:mm": f"{_DATE_BY_LOCALE} h:mm"}


def api_color(hexadecimal: str) -> JSON:
    """`RRGGBB` as the API's Color: channels are float32 of n/255, and a zero channel is left out."""
    channels = {name: int(hexadecimal[at : at + 2], 16) for name, at in (("red", 0), ("green", 2), ("blue", 4))}
    return {name: float(f"{value / 255:.8g}") for name, value in channels.items() if value}


class Palette:
    """Colours of a workbook: its theme, and the classic indexed palette."""

    def __init__(self, theme: bytes | str | None) -> None:
        self._theme = _theme_colors(theme)

    def hexadecimal(self, color: Any) -> str | None:
        """`RRGGBB` of an openpyxl Color, None where it is automatic or absent."""
        if color is None:
            return None
        if color.type == "rgb" and isinstance(color.rgb, str) and len(color.rgb) in (6, 8):
            return _tinted(color.rgb[-6:], color.tint)
        if color.type == "theme" and 0 <= color.theme < len(self._theme):
            return _tinted(self._theme[color.theme], color.tint)
        if color.type == "indexed" and color.indexed < len(COLOR_INDEX):
            return _tinted(COLOR_INDEX[color.indexed][-6:], color.tint)
        return None


def _theme_colors(theme: bytes | str | None) -> tuple[str, ...]:
    if not theme:
        return _OFFICE_THEME
    try:
        scheme = ElementTree.fromstring(theme).find(f".//{_DRAWING}clrScheme")
    except ElementTree.ParseError:
        return _OFFICE_THEME
    if scheme is None:
        return _OFFICE_THEME
    colors = []
    for name, default in zip(_THEME_ORDER, _OFFICE_THEME, strict=True):
        entry = scheme.find(f"{_DRAWING}{name}")
        value = None if entry is None or not len(entry) else entry[0].get("lastClr") or entry[0].get("val")
        colors.append(value if value and len(value) == 6 else default)
    return tuple(colors)


def _tinted(hexadecimal: str, tint: float) -> str:
    if not tint:
        return hexadecimal.upper()
    red, green, blue = (int(hexadecimal[at : at + 2], 16) / 255 for at in (0, 2, 4))
    hue, light, saturation = colorsys.rgb_to_hls(red, green, blue)
    light = light * (1 + tint) if tint < 0 else light + (1 - light) * tint
    return "".join(f"{round(channel * 255):02X}" for channel in colorsys.hls_to_rgb(hue, light, saturation))


def number_format(code: str, kind: Callable[[str], str]) -> JSON | None:
    """The API's NumberFormat of a format code, None for General. `kind` names the type of a pattern."""
    if code in ("General", "GENERAL", ""):
        return None
    if code == "@":
        return {"type": "TEXT", "pattern": "@"}
    pattern = _BUILT_IN_DATES.get(code, code).replace("AM/PM", "am/pm")
    return {"type": kind(pattern), "pattern": pattern}


def text_format(font: Any, default: Any, palette: Palette) -> JSON:
    """What differs in a font from the default font, as the API's TextFormat."""
    result: JSON = {}
    if font.name and font.name != default.name:
        result["fontFamily"] = font.name
    if font.sz and font.sz != default.sz:
        result["fontSize"] = round(font.sz)
    for name, own, usual in (
        ("bold", font.b, default.b),
        ("italic", font.i, default.i),
        ("strikethrough", font.strike, default.strike),
        ("underline", font.u, default.u),
    ):
        if bool(own) != bool(usual):
            result[name] = bool(own)
    color = palette.hexadecimal(font.color)
    if color is not None and color != (palette.hexadecimal(default.color) or "000000"):
        result |= styled_color("foregroundColor", color)
    return result


def styled_color(name: str, hexadecimal: str) -> JSON:
    """Both spellings of a colour, which is how the API answers."""
    return {name: api_color(hexadecimal), f"{name}Style": {"rgbColor": api_color(hexadecimal)}}


def fill_color(fill: Any, palette: Palette) -> str | None:
    """The one colour that stands for a fill: Sheets has neither patterns nor gradients."""
    stops = getattr(fill, "stop", None)
    if stops:
        return palette.hexadecimal(stops[0].color)
    if fill.fill_type in (None, "none"):
        return None
    return palette.hexadecimal(fill.fgColor) or palette.hexadecimal(fill.bgColor)


def _borders(border: Any, palette: Palette) -> JSON:
    result: JSON = {}
    for side in ("top", "bottom", "left", "right"):
        edge = getattr(border, side)
        if edge is None or edge.style is None:
            continue
        color = api_color(palette.hexadecimal(edge.color) or "000000")
        result[side] = {
            "style": _BORDERS.get(edge.style, "SOLID"),
            "width": {"medium": 2, "thick": 3, "double": 3}.get(edge.style, 1),
            "color": color,
            "colorStyle": {"rgbColor": color},
        }
    return result


def _alignment(alignment: Any) -> JSON:
    result: JSON = {}
    if alignment is None:
        return result
    if alignment.horizontal in _HORIZONTAL:
        result["horizontalAlignment"] = _HORIZONTAL[alignment.horizontal]
    if alignment.vertical in _VERTICAL and alignment.vertical != "bottom":
        result["verticalAlignment"] = _VERTICAL[alignment.vertical]
    if alignment.wrap_text:
        result["wrapStrategy"] = "WRAP"
    angle = alignment.textRotation or 0
    if angle == 255:
        result["textRotation"] = {"vertical": True}
    elif angle:
        result["textRotation"] = {"angle": angle if angle <= 90 else 90 - angle}
    return result


class Styles:
    """Formats by style, each made once."""

    def __init__(self, workbook: Any, kind: Callable[[str], str], losses: Losses) -> None:
        self.palette = Palette(workbook.loaded_theme)
        self._default_font = workbook._fonts[workbook._cell_styles[0].fontId]
        self._kind = kind
        self._losses = losses
        self._made: dict[tuple[int, ...], JSON | None] = {}

    def default_format(self) -> JSON:
        """The differences of the workbook's default style from Google's."""
        font = self._default_font
        text: JSON = {}
        if font.name:
            text["fontFamily"] = font.name
        if font.sz:
            text["fontSize"] = round(font.sz)
        return {"textFormat": text} if text else {}

    def cell_format(self, styled: Any) -> JSON | None:
        """The userEnteredFormat of an openpyxl cell, row or column dimension; None when it is the default."""
        key = tuple(styled._style)
        if key not in self._made:
            self._made[key] = self._make(styled) or None
        return self._made[key]

    def text_format(self, font: Any) -> JSON:
        """The TextFormat of a font."""
        return text_format(font, self._default_font, self.palette)

    def run_format(self, font: Any) -> JSON:
        """The TextFormat of a piece of rich text, whose font leaves out what it does not change."""
        result: JSON = {
            name: True
            for name, on in (
                ("bold", font.b), ("italic", font.i), ("strikethrough", font.strike), ("underline", font.u)
            )
            if on
        }  # fmt: skip
        if font.rFont and font.rFont != self._default_font.name:
            result["fontFamily"] = font.rFont
        if font.sz and font.sz != self._default_font.sz:
            result["fontSize"] = round(font.sz)
        color = self.palette.hexadecimal(font.color)
        if color is not None and color != "000000":
            result |= styled_color("foregroundColor", color)
        return result

    def _make(self, styled: Any) -> JSON:
        result: JSON = {}
        numbers = number_format(styled.number_format, self._kind)
        if numbers is not None:
            result["numberFormat"] = numbers
        if getattr(styled.fill, "fill_type", None) not in (None, "none", "solid"):
            self._losses.add(
                "cell style with a pattern or gradient keeps one colour of it",
                "cell styles with patterns or gradients keep one colour of them",
            )
        background = fill_color(styled.fill, self.palette)
        if background is not None:
            result |= styled_color("backgroundColor", background)
        borders = _borders(styled.border, self.palette)
        if borders:
            result["borders"] = borders
        result |= _alignment(styled.alignment)
        text = self.text_format(styled.font)
        if text:
            result["textFormat"] = text
        return result
