"""Sheets formulas in the form an .xlsx file takes.

What Excel has under another name or form is rewritten. What it does not have at all is stored the way Google's own
export does: the Sheets text inside `__xludf.DUMMYFUNCTION("…")` with the computed value as a fallback, so that Excel
shows the value, and the formula lives again when the file is opened here or in Sheets.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from sheets_agent.a1 import quote_title
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
from sheets_agent.emulator.xlsx_write.forms import REWRITTEN, NoForm, stacked
from sheets_agent.emulator.xlsx_write.functions import DYNAMIC, known, stored_name
from sheets_agent.formulas.references import Reference
from sheets_agent.formulas.shapes import shape
from sheets_agent.formulas.tables import TableArea, table_cells
from sheets_agent.formulas.values import ErrorValue, Value

LAST_ROW = 1_048_576
LONGEST = 8_192
_LONGEST_STRING = 255

_OPEN_ROWS = re.compile(r"^(\$?[A-Za-z]{1,3})\$?(\d+):(\$?[A-Za-z]{1,3})$")
_COLUMNS = re.compile(r"^(\$?[A-Za-z]{1,3}):(\$?[A-Za-z]{1,3})$")
_OPEN_COLUMNS = re.compile(r"^(\$?[A-Za-z]{1,3}\$?\d+):(\$?\d+)$")
_EXCELS_OWN_WAY = re.compile(r"[^\w \[\]:]")
"""In a reference to a table: parts such as #ALL, and names of columns that Excel writes with escapes."""
_RANGE = re.compile(r":|#$")


@dataclass(frozen=True, slots=True)
class Stored:
    """A formula as the file takes it.

    Attributes:
        text: with the leading "=".
        array: whether it must be written as a dynamic array formula.
        unknown: functions Excel does not have; when there are any, `text` is Google's wrapper around the value.
    """

    text: str
    array: bool = False
    unknown: tuple[str, ...] = ()


@dataclass(frozen=True)
class FormulaWriter:
    """Writes the formulas of one workbook.

    Attributes:
        row_count: rows of the sheet with a title (None is the sheet the formula is on).
        titles: new titles of sheets that Excel cannot call by their old ones, by the old title in lower case.
        functions: the workbook's named functions, in lower case.
        tables: the workbook's tables by casefolded name; where a named range has it too, that comes first.
        names: what Excel calls each of them.
        ranges: the workbook's named ranges, casefolded.
        _as_they_are: the shapes of formulas that are stored just as they are.
    """

    row_count: Callable[[str | None], int]
    titles: dict[str, str]
    functions: frozenset[str] = frozenset()
    tables: Mapping[str, TableArea] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)
    ranges: frozenset[str] = frozenset()
    _as_they_are: set[str] = field(default_factory=set)

    def store(self, formula: str, value: Value, spreads: bool = False) -> Stored:
        """The form of a formula with a computed value; `spreads` when it fills more cells than its own."""
        outline = shape(formula).outline
        if outline in self._as_they_are and not spreads and len(formula) <= LONGEST:
            return Stored(formula)
        stored = self._stored(formula, value, spreads)
        if stored == Stored(formula):
            self._as_they_are.add(outline)
        return stored

    def _stored(self, formula: str, value: Value, spreads: bool) -> Stored:
        try:
            parts = parse(formula)
        except Unreadable:
            return Stored(wrapped(formula[1:], value), unknown=("unreadable text",))
        array = spreads or any(
            call.name.upper() in DYNAMIC | {"ARRAYFORMULA", "LAMBDA", "FLATTEN"} for call in calls(parts)
        )
        bound = _bound_names(parts)
        missing = sorted({call.name.upper() for call in calls(parts) if not self._expressible(call, bound)})
        if missing:
            return Stored(wrapped(formula[1:], value), unknown=tuple(missing))
        try:
            body = text(strip(self._rewritten(parts, spreads, bound)))
        except NoForm as error:
            return Stored(wrapped(formula[1:], value), unknown=(str(error),))
        array = array or "_xlfn.HSTACK(" in body or "_xlfn.VSTACK(" in body
        if len(body) > LONGEST:
            return Stored(wrapped(formula[1:], value), unknown=("a text longer than Excel takes",))
        return Stored(f"={body} " if body.endswith("}") else f"={body}", array)

    def reference(self, formula: str) -> str:
        """A formula of a rule or a name: references rewritten, everything else as it is."""
        try:
            parts = parse(formula)
            return "=" + text(self._rewritten(parts, False, _bound_names(parts), tables=False))
        except (Unreadable, NoForm):
            return formula

    def _expressible(self, call: Call, bound: frozenset[str]) -> bool:
        return known(call.name) or call.name.upper() in REWRITTEN or call.name.lower() in bound | self.functions

    def _rewritten(self, parts: Parts, spreads: bool, bound: frozenset[str], tables: bool = True) -> Parts:
        """A formula as Excel says it; in rules it takes no `tables`, but the cells they stand for."""

        def operand(name: str) -> Parts:
            if name.lower() in bound:
                return [Operand(f"_xlpm.{name}")]
            return [Operand(self._reference(self._table(name, tables), spreads))]

        def call(one: Call) -> Parts:
            upper = one.name.upper()
            if one.name.lower() in bound:
                return [Call(f"_xlpm.{one.name}", one.arguments)]
            if one.name.lower() in self.functions:
                return [one]
            rewriter = REWRITTEN.get(upper)
            return rewriter(one) if rewriter else [Call(stored_name(upper), one.arguments)]

        return rewrite(parts, call, operand, stacked)

    def _table(self, name: str, kept: bool) -> str:
        """Cells in place of a reference to a table that is not to be kept, or that Excel may not understand."""
        table, bracket, inside = name.partition("[")
        if not bracket and table.casefold() in self.ranges:
            return name
        cells = table_cells(name, self.tables)
        if cells is None and bracket:
            raise NoForm(name)
        same = kept and self.names.get(table.casefold(), "").casefold() == table.casefold()
        return name if cells is None or (same and not _EXCELS_OWN_WAY.search(inside)) else _fixed(cells)

    def _reference(self, reference: str, spreads: bool) -> str:
        title, bang, cells = reference.rpartition("!")
        bare = title[1:-1].replace("''", "'") if title.startswith("'") else title
        renamed = self.titles.get(bare.casefold())
        prefix = (quote_title(renamed) if renamed else title) + bang
        return prefix + self._bounded(cells, bare or None, spreads)

    def _bounded(self, cells: str, title: str | None, spreads: bool) -> str:
        """An open range to the last row Excel has; in a formula that spreads, to the last row of the grid."""
        last = self.row_count(title) if spreads else LAST_ROW
        match = _OPEN_ROWS.match(cells)
        if match is not None:
            first = re.match(r"^(\$?[A-Za-z]+\$?\d+)", cells)
            return f"{first[1] if first else match[1] + match[2]}:{match[3]}{max(last, int(match[2]))}"
        match = _COLUMNS.match(cells)
        if match is not None and spreads:
            return f"{match[1]}$1:{match[2]}${last}"
        match = _OPEN_COLUMNS.match(cells)
        return f"{match[1]}:XFD{match[2]}" if match is not None else cells


def _fixed(cells: Reference) -> str:
    first, last = (
        replace(corner, row_absolute=True, column_absolute=True) for corner in (cells.first, cells.last or cells.first)
    )
    return str(replace(cells, first=first, last=last))


def wrapped(sheets_text: str, value: Value) -> str:
    """Google's wrapper for what Excel cannot calculate: the Sheets text, and the value to show."""
    return f"=IFERROR(__xludf.DUMMYFUNCTION({_string(sheets_text)}),{constant(value)})"


def constant(value: Value) -> str:
    """A value as a constant inside a formula."""
    if isinstance(value, ErrorValue):
        return str(value) if str(value).startswith("#") and value.type != "ERROR" else "#VALUE!"
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return repr(value)
    return _string(value or "")


def _string(content: str) -> str:
    """A string of a formula; Excel takes at most 255 characters in one literal."""
    pieces = [content[at : at + _LONGEST_STRING] for at in range(0, len(content), _LONGEST_STRING)] or [""]
    return "&".join('"' + piece.replace('"', '""') + '"' for piece in pieces)


def _bound_names(parts: Parts) -> frozenset[str]:
    """The names that LET and LAMBDA bind, in lower case."""
    names: set[str] = set()
    for call in calls(parts):
        upper = call.name.upper()
        if upper == "LAMBDA":
            places = call.arguments[:-1]
        elif upper == "LET":
            places = call.arguments[:-1:2]
        else:
            continue
        names |= {part.text.lower() for place in places for part in place if isinstance(part, Operand)}
    return frozenset(names)


def _is_constant(element: Parts) -> bool:
    return all(isinstance(part, str) and part not in ("(", ")", "^", "*", "/", "&") for part in element)
