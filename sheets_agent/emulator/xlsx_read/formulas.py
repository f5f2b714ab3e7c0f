"""Formulas of an .xlsx file as Sheets text.

The file format prefixes newer functions (`_xlfn.`, `_xlws.`), the parameters of LET and LAMBDA (`_xlpm.`), and writes
ranges that end at Excel's last row where Sheets leaves them open. Files that Google exported hold the Sheets text of
what Excel cannot calculate inside `__xludf.DUMMYFUNCTION("…")`, with the computed value as a fallback.

Sources: [MS-XLSX] future functions; .xlsx files exported by Google Sheets.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from sheets_agent.a1 import cell_name, column_letters
from sheets_agent.emulator.formula_tokens import (
    Call,
    Operand,
    Parts,
    Unreadable,
    calls,
    parse,
    rewrite,
    strip,
    text,
)
from sheets_agent.emulator.xlsx_read.functions import IN_SHEETS, needs_array
from sheets_agent.emulator.xlsx_text import unescaped

SPILLED = '"COMPUTED_VALUE"'
"""What Google's export writes for a cell that another cell's array fills."""

_PREFIXES = re.compile(r"^(?:_xlfn\.|_xlws\.|_xludf\.)+", re.IGNORECASE)
_PARAMETER = re.compile(r"^_xlpm\.", re.IGNORECASE)
_EXTERNAL = re.compile(r"^'?[^'!\[\]]*\[\d+\]")
_TABLE = re.compile(r"^([^\W\d][\w.\\]*)?\[(.*)\]$", re.DOTALL)
_LAST_ROW = re.compile(r"^(\$?[A-Z]{1,3}\$?\d+):(\$?[A-Z]{1,3})\$?1048576$", re.IGNORECASE)
_LAST_COLUMN = re.compile(r"^\$?A(\$?\d+):\$?XFD(\$?\d+)$", re.IGNORECASE)
_SPECIAL = re.compile(r"[\[_@]|1048576|XFD|SORT|FILTER|CONCAT", re.IGNORECASE)
"""What a formula without any of these reads the same in Sheets."""


class External(Unreadable):
    """The formula looks into another workbook."""


@dataclass(frozen=True, slots=True)
class TableArea:
    """A table of the workbook, as structured references need it: rows are of the data, without header and totals."""

    sheet: str
    first_row: int
    last_row: int
    first_column: int
    columns: tuple[str, ...]
    has_header: bool = True
    has_totals: bool = False


@dataclass
class FormulaReader:
    """Turns formulas of one workbook into Sheets text.

    Attributes:
        tables: tables by their name in lower case.
        inlined: what stands for a defined name that Sheets cannot have, by the name in lower case.
        quote: how a sheet's title is written before a "!".
    """

    tables: Mapping[str, TableArea] = field(default_factory=dict)
    inlined: Mapping[str, str] = field(default_factory=dict)
    quote: Callable[[str], str] = str

    def read(self, formula: str, sheet: str, row: int, column: int) -> str | None:
        """The Sheets text of a formula at a place; None for a cell that another cell's array fills.

        Raises:
            External: it refers to another workbook.
            Unreadable: it cannot be understood at all.
        """
        formula = unescaped(formula)
        if not self.inlined and not _SPECIAL.search(formula):
            return formula
        parts = parse(formula)
        exported = _google_text(parts)
        if exported == SPILLED:
            return None
        if exported is not None:
            return "=" + exported
        here = _Place(sheet, row, column)
        return "=" + text(rewrite(parts, self._call, lambda operand: self._operand(operand, here)))

    def read_array(self, formula: str, sheet: str, row: int, column: int) -> str | None:
        """The same for an array formula: in ARRAYFORMULA where Sheets would otherwise look at one cell of a range."""
        body = self.read(formula, sheet, row, column)
        if body is None or _google_text(parse(formula)) is not None:
            return body
        return f"=ARRAYFORMULA({body[1:]})" if needs_array(strip(parse(body))) else body

    def _call(self, call: Call) -> Parts:
        name = _PARAMETER.sub("", _PREFIXES.sub("", call.name))
        rewriter = IN_SHEETS.get(name.upper())
        return rewriter(call.arguments) if rewriter else [Call(name, call.arguments)]

    def _operand(self, operand: str, here: _Place) -> Parts:
        if _EXTERNAL.match(operand):
            raise External(operand)
        operand = _PARAMETER.sub("", operand)
        stand_in = self.inlined.get(operand.lower())
        if stand_in is not None:
            return ["(", stand_in, ")"]
        structured = _TABLE.match(operand)
        if structured is not None and "!" not in operand:
            return [Operand(self._structured(structured[1] or "", structured[2], here))]
        sheet, bang, cells = operand.rpartition("!")
        return [Operand(f"{sheet}{bang}{_opened(cells)}")]

    def _structured(self, name: str, inside: str, here: _Place) -> str:
        table = self.tables.get(name.lower()) if name else self._table_at(here)
        if table is None:
            raise Unreadable(f"unknown table {name}")
        items, columns = _specifiers(inside)
        first, last = _columns(table, columns)
        start, end = _rows(table, items, here)
        if not table.first_row - table.has_header <= start <= end:
            raise Unreadable(f"{name}[{inside}] has no cells")
        prefix = "" if table.sheet == here.sheet else f"{self.quote(table.sheet)}!"
        fixed = "" if items & {"#this row"} else "$"
        start_name = f"${column_letters(first)}{fixed}{start + 1}"
        end_name = f"${column_letters(last)}{fixed}{end + 1}"
        return prefix + (start_name if start_name == end_name else f"{start_name}:{end_name}")

    def _table_at(self, here: _Place) -> TableArea | None:
        for table in self.tables.values():
            within = table.first_column <= here.column < table.first_column + len(table.columns)
            if table.sheet == here.sheet and within and table.first_row <= here.row <= table.last_row:
                return table
        return None


@dataclass(frozen=True, slots=True)
class _Place:
    sheet: str
    row: int
    column: int


def _google_text(parts: Parts) -> str | None:
    """The Sheets text inside Google's wrapper, None when there is no wrapper."""
    for call in calls(parts):
        if call.name.lower() == "__xludf.dummyfunction" and call.arguments:
            pieces = [piece.strip() for piece in call.arguments[0] if isinstance(piece, str)]
            return "".join(piece[1:-1].replace('""', '"') for piece in pieces if piece.startswith('"'))
    return None


def _opened(cells: str) -> str:
    """A range to Excel's last row or column, left open as Sheets writes it."""
    match = _LAST_ROW.match(cells)
    if match is not None:
        return f"{match[1]}:{match[2]}"
    match = _LAST_COLUMN.match(cells)
    return f"{match[1]}:{match[2]}" if match is not None else cells


def _specifiers(inside: str) -> tuple[set[str], list[str]]:
    """Special items (`#headers`, `#this row`) and column names of a structured reference's brackets."""
    if inside.startswith("@"):
        rest = inside[1:]
        _, columns = _specifiers(rest) if rest.startswith("[") else (set(), [rest] if rest else [])
        return {"#this row"}, columns
    pieces = re.findall(r"\[((?:[^\[\]']|'.)*)\]", inside) if inside.startswith("[") else [inside]
    items = {piece.lower() for piece in pieces if piece.startswith("#")}
    columns = [re.sub(r"'(.)", r"\1", piece) for piece in pieces if piece and not piece.startswith("#")]
    return items, columns


def _columns(table: TableArea, names: list[str]) -> tuple[int, int]:
    if not names:
        return table.first_column, table.first_column + len(table.columns) - 1
    lowered = [column.lower() for column in table.columns]
    try:
        places = [lowered.index(name.strip().lower()) for name in names]
    except ValueError as error:
        raise Unreadable(f"unknown column in {names}") from error
    return table.first_column + min(places), table.first_column + max(places)


def _rows(table: TableArea, items: set[str], here: _Place) -> tuple[int, int]:
    if "#this row" in items:
        return here.row, here.row
    start = table.first_row - table.has_header if items & {"#all", "#headers"} else table.first_row
    end = table.last_row + table.has_totals if items & {"#all", "#totals"} else table.last_row
    if items == {"#headers"}:
        end = start
    if items == {"#totals"}:
        start = end
    return start, end


def spill_range(reference: str, row: int, column: int) -> tuple[int, int, int, int]:
    """Rows and columns (half-open) of an array formula's `ref`, which may be one cell."""
    from openpyxl.utils.cell import range_boundaries

    left, top, right, bottom = range_boundaries(reference or cell_name(row, column))
    return top - 1, bottom, left - 1, right
