"""How cells look: number formats, text, colours, borders, merges.

Source: the CellFormat message of the v4 discovery document, and
https://developers.google.com/workspace/sheets/api/guides/formats for patterns.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field
from typing_extensions import override

from sheets_agent.a1 import GridRange
from sheets_agent.actions.base import Action, RangeTarget, Request, Role, bounded, place, room_for
from sheets_agent.actions.colours import colour_style
from sheets_agent.emulator.locales import locale
from sheets_agent.errors import ActionError
from sheets_agent.sheets.book import Book

JSON = dict[str, Any]

Style = Literal[
    "bold", "italic", "underline", "strikethrough", "not bold", "not italic", "not underline", "not strikethrough"
]
Alignment = Literal["left", "center", "right", "top", "middle", "bottom"]

_KINDS: dict[str, JSON] = {
    "integer": {"type": "NUMBER", "pattern": "#,##0"},
    "number": {"type": "NUMBER", "pattern": "#,##0.00"},
    "percent": {"type": "PERCENT", "pattern": "0.00%"},
    "scientific": {"type": "SCIENTIFIC", "pattern": "0.00E+00"},
    "date": {"type": "DATE"},
    "time": {"type": "TIME"},
    "datetime": {"type": "DATE_TIME"},
    "date time": {"type": "DATE_TIME"},
    "duration": {"type": "TIME", "pattern": "[h]:mm:ss"},
    "text": {"type": "TEXT", "pattern": "@"},
}
_QUOTED = re.compile(r'"[^"]*"|\\.|\[\$[^\]]*\]')


def number_format(text: str, locale_name: str) -> JSON | None:
    """A NumberFormat of a kind such as percent, or of a pattern such as `#,##0.00 "₽"`; None for automatic.

    Raises:
        ActionError: when it is neither.
    """
    name = text.strip().casefold().replace("_", " ").replace("-", " ")
    if name in ("automatic", "auto", "general", "none"):
        return None
    if name == "currency":
        return {"type": "CURRENCY", "pattern": locale(locale_name).money("#,##0.00")}
    if name == "accounting":
        symbol = f"[${locale(locale_name).currency_symbol}]"
        pattern = f'_({symbol}* #,##0.00_);_({symbol}* (#,##0.00);_({symbol}* "-"??_);_(@_)'
        return {"type": "NUMBER", "pattern": pattern}
    if name in _KINDS:
        return _KINDS[name]
    bare = _QUOTED.sub("", text)
    if not re.search(r"[0#?@%ymdhs]", bare, re.IGNORECASE):
        kinds = ", ".join(("currency", "accounting", "automatic", *_KINDS))
        raise ActionError(f'“{text}” is not a number format. Write one of {kinds}, or a pattern such as #,##0.00 "₽".')
    return {"type": _pattern_type(text, bare), "pattern": text.strip()}


def _pattern_type(pattern: str, bare: str) -> str:
    """The type of a pattern, from what stands outside quotes."""
    if "@" in bare:
        return "TEXT"
    if re.search(r"[0#?]", bare):
        if re.search(r"E[+-]", bare):
            return "SCIENTIFIC"
        has_time = re.search(r"[hs]", bare, re.IGNORECASE)  # fractions of seconds have digits as well: ss.000
        money = re.search(r"[$€£¥₽₴₸₹₺₪₩₫฿]", pattern)
        return "PERCENT" if "%" in bare else "TIME" if has_time else "CURRENCY" if money else "NUMBER"
    has_date = re.search(r"[yd]", bare, re.IGNORECASE) or re.search(r"mmm", bare, re.IGNORECASE)
    has_time = re.search(r"[hs]", bare, re.IGNORECASE)
    return "DATE_TIME" if has_date and has_time else "TIME" if has_time else "DATE"


def text_styles(styles: Sequence[Style]) -> dict[str, bool]:
    """The TextFormat switches of a list such as ["bold", "not italic"]."""
    return {style.removeprefix("not "): not style.startswith("not ") for style in styles}


class FormatCells(Action):
    """Format the cells of a range: number format, bold, colours, alignment, wrapping. What is not named stays."""

    kind: Literal["format_cells"] = "format_cells"
    hint: ClassVar[str] = "number_format=currency, percent, date or a pattern"
    contents: ClassVar[bool] = False
    target: RangeTarget = Field(description="The range, such as Orders!A1:F1 or Orders!C:C.")
    number_format: Annotated[str | None, Role.OPTION] = Field(
        None,
        description="One of integer, number, currency, accounting, percent, date, time, datetime, duration, "
        'scientific, text, automatic, or a pattern such as #,##0.00 "₽" or dd.mm.yyyy.',
    )
    style: Annotated[list[Style], Role.OPTION] = Field(
        default=[], description='What the text becomes, such as ["bold"] or ["not bold", "italic"].'
    )
    font_size: Annotated[int | None, Role.OPTION] = Field(
        None, ge=1, le=400, description="The size of the text in points, such as 12."
    )
    text_color: Annotated[str | None, Role.OPTION] = Field(
        None, description="The colour of the text, such as #ff0000 or dark blue."
    )
    background: Annotated[str | None, Role.OPTION] = Field(
        None, description="The colour of the cells, such as #d9ead3 or light yellow."
    )
    alignment: Annotated[list[Alignment], Role.OPTION] = Field(
        default=[], description='Where the text stands, such as ["center"] or ["right", "middle"].'
    )
    wrap: Annotated[Literal["wrap", "overflow", "clip"] | None, Role.OPTION] = Field(
        None, description="What becomes of long text, such as wrap for several lines."
    )
    example: ClassVar[dict[str, Any]] = {
        "kind": "format_cells",
        "target": "Orders!A1:F1",
        "style": ["bold"],
        "background": "light blue",
        "alignment": ["center"],
    }

    def requests(self, book: Book) -> list[Request]:
        """The grid grown where needed, and one repeatCell whose mask names only what is set."""
        area = place(book, self.target)
        cell_format, fields = self._format(book.locale)
        if not fields:
            raise ActionError("Nothing is to be formatted. Say what, such as style=bold or number_format=percent.")
        mask = ",".join(f"userEnteredFormat.{field}" for field in fields)
        repeat = {"range": area.to_api(), "cell": {"userEnteredFormat": cell_format}, "fields": mask}
        return [*room_for(book, area), {"repeatCell": repeat}]

    def writes(self, book: Book) -> Sequence[GridRange]:
        """The range."""
        return (place(book, self.target),)

    def _format(self, locale_name: str) -> tuple[JSON, list[str]]:
        """The CellFormat and the fields of it that are set."""
        text: JSON = dict(text_styles(self.style))
        if self.font_size is not None:
            text["fontSize"] = self.font_size
        if self.text_color is not None:
            text["foregroundColorStyle"] = colour_style(self.text_color)
        other: JSON = {}
        fields = [f"textFormat.{name}" for name in text]
        if self.number_format is not None:
            fields.append("numberFormat")
            wanted = number_format(self.number_format, locale_name)
            other |= {"numberFormat": wanted} if wanted else {}
        if self.background is not None:
            other["backgroundColorStyle"] = colour_style(self.background)
            fields.append("backgroundColorStyle")
        for side in self.alignment:
            name = "horizontalAlignment" if side in ("left", "center", "right") else "verticalAlignment"
            other[name] = side.upper()
            fields.append(name)
        if self.wrap is not None:
            other["wrapStrategy"] = "OVERFLOW_CELL" if self.wrap == "overflow" else self.wrap.upper()
            fields.append("wrapStrategy")
        return ({**other, "textFormat": text} if text else other), list(dict.fromkeys(fields))

    @override
    def sentence(self) -> str:
        named = {
            "number format": self.number_format,
            "style": ", ".join(self.style),
            "size": self.font_size,
            "text": self.text_color,
            "background": self.background,
            "alignment": ", ".join(self.alignment),
            "long text": self.wrap,
        }
        return f"Format {self.target}: {', '.join(f'{name} {value}' for name, value in named.items() if value)}."


class SetBorders(Action):
    """Draw or remove the borders of a range."""

    kind: Literal["set_borders"] = "set_borders"
    contents: ClassVar[bool] = False
    target: RangeTarget = Field(description="The range, such as Orders!A1:F61.")
    sides: Annotated[
        list[Literal["all", "outer", "inner", "top", "bottom", "left", "right", "horizontal", "vertical"]],
        Role.OPTION,
        Field(min_length=1),
    ] = Field(
        default=["all"],
        description='Which lines, such as ["all"], ["outer"] or ["top", "bottom"]; all when absent. horizontal and '
        "vertical are the inner lines.",
    )
    style: Annotated[Literal["solid", "medium", "thick", "dashed", "dotted", "double", "none"], Role.OPTION] = Field(
        "solid", description="The kind of line, such as thick; none removes lines; solid when absent."
    )
    color: Annotated[str | None, Role.OPTION] = Field(
        None, description="The colour of the lines, such as #666666 or grey; black when absent."
    )
    example: ClassVar[dict[str, Any]] = {
        "kind": "set_borders",
        "target": "Orders!A1:F61",
        "sides": ["outer"],
        "style": "thick",
        "color": "grey",
    }

    def requests(self, book: Book) -> list[Request]:
        """The grid grown where needed, and one updateBorders."""
        area = place(book, self.target)
        line: JSON = {"style": {"medium": "SOLID_MEDIUM", "thick": "SOLID_THICK"}.get(self.style, self.style.upper())}
        if self.style != "none":
            line["colorStyle"] = colour_style(self.color or "black")
        groups = {
            "all": ("top", "bottom", "left", "right", "innerHorizontal", "innerVertical"),
            "outer": ("top", "bottom", "left", "right"),
            "inner": ("innerHorizontal", "innerVertical"),
            "horizontal": ("innerHorizontal",),
            "vertical": ("innerVertical",),
        }
        lines = {name: line for side in self.sides for name in groups.get(side, (side,))}
        return [*room_for(book, area), {"updateBorders": {"range": area.to_api(), **lines}}]

    def writes(self, book: Book) -> Sequence[GridRange]:
        """The range."""
        return (place(book, self.target),)

    @override
    def sentence(self) -> str:
        what = "Remove the borders" if self.style == "none" else f"Draw {self.style} borders"
        return f"{what} ({', '.join(self.sides)}) of {self.target}."


class MergeCells(Action):
    """Merge the cells of a range into one; only the top left value is kept."""

    kind: Literal["merge_cells"] = "merge_cells"
    target: RangeTarget = Field(description="The range, such as Report!A1:F1.")
    mode: Annotated[Literal["all", "rows", "columns"], Role.OPTION] = Field(
        "all",
        description="all for one cell, rows for one cell in each row, columns for one in each column; all when absent.",
    )
    example: ClassVar[dict[str, Any]] = {"kind": "merge_cells", "target": "Report!A1:F1", "mode": "rows"}

    def requests(self, book: Book) -> list[Request]:
        """The grid grown where needed, and one mergeCells."""
        area = self._area(book)
        kind = {"all": "MERGE_ALL", "rows": "MERGE_ROWS", "columns": "MERGE_COLUMNS"}[self.mode]
        return [*room_for(book, area), {"mergeCells": {"range": area.to_api(), "mergeType": kind}}]

    def writes(self, book: Book) -> Sequence[GridRange]:
        """The cells whose values are lost: all but the first of each merged cell."""
        area = self._area(book)
        top, left = area.start_row or 0, area.start_column or 0
        right = GridRange(area.sheet_id, top, area.end_row, left + 1, area.end_column)
        below = GridRange(area.sheet_id, top + 1, area.end_row, left, area.end_column)
        beside = GridRange(area.sheet_id, top, top + 1, left + 1, area.end_column)
        lost = {"rows": [right], "columns": [below], "all": [beside, below]}[self.mode]
        return [part for part in lost if part.cells]

    def _area(self, book: Book) -> GridRange:
        area = bounded(book, self.target, place(book, self.target))
        if area.cells < 2:
            raise ActionError(f"{self.target} is one cell. Name the range to merge.")
        return area

    @override
    def sentence(self) -> str:
        return f"Merge the cells of {self.target}{'' if self.mode == 'all' else f' by {self.mode}'}."


class UnmergeCells(Action):
    """Split merged cells of a range into single cells again."""

    kind: Literal["unmerge_cells"] = "unmerge_cells"
    contents: ClassVar[bool] = False
    target: RangeTarget = Field(description="A range that covers the merged cells, such as Report!A1:F1.")
    example: ClassVar[dict[str, Any]] = {"kind": "unmerge_cells", "target": "Report!A1:F1"}

    def requests(self, book: Book) -> list[Request]:
        """One unmergeCells."""
        return [{"unmergeCells": {"range": book.range(self.target).to_api()}}]

    def writes(self, book: Book) -> Sequence[GridRange]:
        """The range."""
        return (book.range(self.target),)

    @override
    def sentence(self) -> str:
        return f"Split the merged cells of {self.target}."
