"""One cell of an .xlsx file as a cell of the local Sheets API."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any

from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.utils.datetime import to_excel
from openpyxl.worksheet.formula import ArrayFormula, DataTableFormula

from sheets_agent.a1 import cell_name, parse_a1, quote_title
from sheets_agent.emulator.formula_tokens import Unreadable
from sheets_agent.emulator.losses import Losses
from sheets_agent.emulator.workbook import EMPTY, Cell
from sheets_agent.emulator.xlsx_read.formulas import External, FormulaReader
from sheets_agent.emulator.xlsx_read.styles import Styles
from sheets_agent.emulator.xlsx_text import unescaped
from sheets_agent.errors import UsageError

JSON = dict[str, Any]

_THREAD = "[Threaded comment]"


def literal(value: Any, data_type: str) -> tuple[bool | float | str | None, str | None]:
    """A stored value as a literal and, for an error, the formula that gives it (a typed error is one in Sheets)."""
    if data_type == "e":
        return None, "=NA()" if value == "#N/A" else f"={value}"
    if isinstance(value, bool) or value is None:
        return value, None
    if isinstance(value, int | float):
        return float(value), None
    if isinstance(value, datetime.datetime | datetime.date | datetime.time | datetime.timedelta):
        return float(to_excel(value)), None
    return str(value), None


class CellReader:
    """Reads cells; what all sheets of one file share.

    Attributes:
        wanted: places, by sheet id, whose formula could not be kept and whose stored value is wanted instead.
    """

    def __init__(
        self,
        styles: Styles,
        formulas: FormulaReader,
        date_styles: frozenset[int],
        days_to_1900: int,
        sheet_ids: Mapping[str, int],
        losses: Losses,
    ) -> None:
        self.styles = styles
        self.wanted: dict[int, set[tuple[int, int]]] = {}
        self.sheet_ids = sheet_ids
        self.formulas = formulas
        self._date_styles = date_styles
        self._days_to_1900 = days_to_1900
        self._losses = losses

    def read(self, source: Any, sheet_title: str) -> Cell:
        """A cell without its note and validation; `EMPTY` when there is nothing to it."""
        stored, kind = source._value, source.data_type
        value: bool | float | str | None = None
        formula: str | None = None
        runs: list[JSON] | None = None
        if kind == "n" and type(stored) in (int, float):
            value = float(stored)
            if self._days_to_1900 and source.style_id in self._date_styles:
                value += self._days_to_1900
        elif kind == "f" or isinstance(stored, ArrayFormula | DataTableFormula):
            formula = self._formula(stored, sheet_title, source.row - 1, source.column - 1)
        elif isinstance(stored, CellRichText):
            value, runs = str(stored), self._runs(stored)
        else:
            value, formula = literal(stored, kind)
        own = self.format(source)
        return Cell(value, formula, own, runs=runs) if kind != "n" or value is not None or own else EMPTY

    def format(self, source: Any) -> JSON | None:
        """The userEnteredFormat, with the link where the cell has one."""
        own = self.styles.cell_format(source) if source.has_style else None
        link = getattr(source, "hyperlink", None)
        address = None if link is None else _address(link, self.sheet_ids)
        if address is None:
            return own
        text = (own or {}).get("textFormat", {})
        return {**(own or {}), "textFormat": {**text, "link": {"uri": address}}}

    def _formula(self, stored: Any, sheet: str, row: int, column: int) -> str | None:
        place = f"{quote_title(sheet)}!{cell_name(row, column)}"
        try:
            if isinstance(stored, DataTableFormula):
                raise External("a what-if table")
            if isinstance(stored, ArrayFormula):
                return self.formulas.read_array(_equals(stored.text), sheet, row, column)
            return self.formulas.read(_equals(stored), sheet, row, column)
        except External:
            self._losses.add(
                "formula reads another workbook or a what-if table and is replaced by its last value",
                "formulas read other workbooks or what-if tables and are replaced by their last values",
                place,
            )
        except Unreadable:
            self._losses.add(
                "formula could not be understood and is replaced by its last value",
                "formulas could not be understood and are replaced by their last values",
                place,
            )
        self.wanted.setdefault(self.sheet_ids[sheet], set()).add((row, column))
        return None

    def _runs(self, rich: CellRichText) -> list[JSON] | None:
        runs: list[JSON] = []
        at = 0
        for piece in rich:
            text = piece.text if isinstance(piece, TextBlock) else str(piece)
            own = self.styles.run_format(piece.font) if isinstance(piece, TextBlock) else {}
            if text and (own or runs):
                start = {"startIndex": at} if at else {}
                runs.append({**start, "format": own})
            at += len(text.encode("utf-16-le")) // 2  # the API counts UTF-16 units
        return runs or None


def _equals(formula: Any) -> str:
    text = str(formula or "=")
    return text if text.startswith("=") else f"={text}"


def note_text(comment: Any) -> str:
    """A comment's text; of a threaded comment, what people wrote and not Excel's advice around it."""
    text = unescaped(str(comment.text or ""))
    if text.startswith(_THREAD) and "Comment:" in text:
        text = text.partition("Comment:")[2]
    return text.strip()


def _address(link: Any, sheet_ids: Mapping[str, int]) -> str | None:
    """A link's target; a place in the same workbook is `#gid=…&range=…`, as Sheets writes it."""
    target, location = link.target or "", link.location or ""
    if target and not target.startswith("#"):
        return f"{target}#{location}" if location else str(target)
    try:
        place = parse_a1((location or target).lstrip("#"))
    except UsageError:
        return None
    if place.sheet is None or place.sheet not in sheet_ids:
        return None
    cells = str(place).rpartition("!")[2] if "!" in str(place) else ""
    return f"#gid={sheet_ids[place.sheet]}" + (f"&range={cells}" if cells else "")
