"""What stands where before a step: the tables of the sheets, with their headers, totals and kinds of columns.

All is told from cells that were read already. Rows that are like their neighbours are passed over when tables are
looked for, so that a tall table costs no more than a short one.
"""

from __future__ import annotations

import re
from collections import Counter, OrderedDict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Literal, cast

from sheets_agent.a1 import GridRange, column_letters
from sheets_agent.formulas.values import ERROR_TYPES, ErrorValue, Value
from sheets_agent.planners.snapshot import WHOLE_SHEET_CELLS, Block
from sheets_agent.sheets.book import Book, CellView, SheetInfo
from sheets_agent.stages import blocks
from sheets_agent.stages.sampling import View
from sheets_agent.stages.shapes import Shape, shapes

Kind = Literal["number", "text", "boolean", "error", "blank"]
"""The kind of a value. Dates are numbers."""

HEAD_ROWS, TAIL_ROWS = 40, 3
"""Rows kept of a run of rows that are alike."""
KEPT = 64
"""Sheets at one moment whose tables are kept."""
TOTAL = re.compile(r"(grand |sub)?totals?\b|sum\b|итог|всего|сумма\b|average\b|среднее\b", re.IGNORECASE)


def kind_of(value: object) -> Kind:
    """The kind of a value as a snapshot holds it."""
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int | float):
        return "number"
    text = str(value)
    if not text.strip():
        return "blank"
    return "error" if text in ERROR_TYPES else "text"


@dataclass(frozen=True)
class Table:
    """A block of cells with columns: a table with its header, or a dictionary of names and values.

    Attributes:
        shape: what it is.
        area: all of it, header and total rows included.
        header_rows: how many of its first rows are the header.
        total_rows: how many of its last rows sum up the others.
        values: its values, ragged rows.
    """

    shape: Literal["table", "dictionary", "pivot"]
    area: GridRange
    header_rows: int
    total_rows: int
    values: Sequence[Sequence[object]]

    @property
    def first(self) -> int:
        """The zero-based row of its first row of data."""
        return (self.area.start_row or 0) + self.header_rows

    @property
    def end(self) -> int:
        """The row after its last row of data; totals come after."""
        return (self.area.end_row or 0) - self.total_rows

    @property
    def height(self) -> int:
        """Rows of data."""
        return self.end - self.first

    @property
    def columns(self) -> range:
        """Its columns, zero-based on the sheet."""
        return range(self.area.start_column or 0, self.area.end_column or 0)

    def column(self, column: int) -> list[object]:
        """The values of a column of the sheet, over the rows of data."""
        index = column - (self.area.start_column or 0)
        rows = self.values[self.header_rows : len(self.values) - self.total_rows]
        return [row[index] if index < len(row) else "" for row in rows]

    def header(self, column: int) -> str:
        """What the header's last row calls a column, empty where it does not."""
        if not self.header_rows:
            return ""
        row = self.values[self.header_rows - 1]
        index = column - (self.area.start_column or 0)
        return " ".join(str(row[index]).split()) if index < len(row) else ""

    def name(self, column: int) -> str:
        """How to call a column in a sentence."""
        header = self.header(column)
        return f"“{header}” (column {column_letters(column)})" if header else f"column {column_letters(column)}"

    def kind(self, column: int) -> Kind | Literal["mixed"]:
        """The one kind of a column's values, blanks aside."""
        return one_kind(self.column(column))


def one_kind(values: Sequence[object]) -> Kind | Literal["mixed"]:
    """The kind of values that are all of one kind, blanks aside; blank where there is nothing else."""
    kinds = {kind_of(value) for value in values} - {"blank"}
    return "blank" if not kinds else kinds.pop() if len(kinds) == 1 else "mixed"


@dataclass(frozen=True)
class Values:
    """The values of a range, looked at once however many formulas refer to it."""

    values: tuple[object, ...]

    @cached_property
    def kind(self) -> Kind | Literal["mixed"]:
        """Their one kind, blanks aside."""
        return one_kind(self.values)

    @cached_property
    def folded(self) -> frozenset[str]:
        """Their texts, compared without case."""
        return frozenset(str(value).casefold().strip() for value in self.values)


class Tables:
    """The tables of sheets at various moments, looked for once for each."""

    def __init__(self) -> None:
        self._known: OrderedDict[int, tuple[Block, tuple[Table, ...]]] = OrderedDict()

    def of(self, block: Block, sheet: SheetInfo) -> tuple[Table, ...]:
        """The tables of a sheet that was read whole."""
        known = self._known.get(id(block))
        if known is None or known[0] is not block:
            known = (block, tuple(_tables(block, sheet)))
            self._known[id(block)] = known
            while len(self._known) > KEPT:
                self._known.popitem(last=False)
        return known[1]


@dataclass(frozen=True)
class Ground:
    """The spreadsheet at one moment.

    Attributes:
        book: its metadata.
        read: the block that holds a bounded range, or a whole sheet.
        known: the tables that were found so far.
    """

    book: Book
    read: Callable[[GridRange], Block | None]
    known: Tables
    _held: dict[GridRange, Values] = field(default_factory=dict)

    def tables(self, sheet_id: int) -> tuple[Table, ...]:
        """The tables of a sheet; none of a very large one."""
        sheet = next((one for one in self.book.sheets if one.sheet_id == sheet_id), None)
        if sheet is None or not 0 < sheet.grid.cells <= WHOLE_SHEET_CELLS:
            return ()
        block = self.read(sheet.grid)
        return () if block is None or block.area != sheet.grid else self.known.of(block, sheet)

    def everywhere(self) -> Iterator[tuple[SheetInfo, Table]]:
        """All tables of all sheets."""
        for sheet in self.book.sheets:
            for table in self.tables(sheet.sheet_id):
                yield sheet, table

    def table(self, area: GridRange) -> Table | None:
        """The table that holds most cells of a range."""
        found = [(common.cells, one) for one in self.tables(area.sheet_id) if (common := one.area.intersection(area))]
        return max(found, key=lambda pair: pair[0])[1] if found else None

    def values(self, area: GridRange) -> list[object]:
        """The values of a bounded range, blanks after the last one of a row left out."""
        bounded = self.book.clipped(area)
        block = self.read(bounded) if 0 < bounded.cells <= WHOLE_SHEET_CELLS else None
        return [] if block is None else [value for row in block.rows_of(bounded) for value in row]

    def entered(self, area: GridRange) -> list[str]:
        """What is typed into the cells of a bounded range that hold anything, as text."""
        bounded = self.book.clipped(area)
        block = self.read(bounded) if 0 < bounded.cells <= WHOLE_SHEET_CELLS else None
        if block is None:
            return []
        rows = replace(block, values=block.entered).rows_of(bounded)
        return [str(typed) for row in rows for typed in row if typed != ""]

    def data(self, area: GridRange) -> Values:
        """The values of a range without the header of its table, where it holds data as well."""
        if area not in self._held:
            bounded, table = self.book.clipped(area), self.table(area)
            top, end = bounded.start_row or 0, bounded.end_row or 0
            if table is not None and table.header_rows and top < table.first < end:
                bounded = replace(bounded, start_row=table.first)
            self._held[area] = Values(tuple(self.values(bounded)))
        return self._held[area]

    def value(self, sheet_id: int, row: int, column: int) -> object:
        """The value of one cell."""
        found = self.values(GridRange(sheet_id, row, row + 1, column, column + 1))
        return found[0] if found else ""


def _tables(block: Block, sheet: SheetInfo) -> Iterator[Table]:
    view = _view(block, sheet)
    for found in blocks.find(view):
        for shape in shapes(view, found):
            if shape.kind != "text":
                yield _table(block, view, shape)


def _view(block: Block, sheet: SheetInfo) -> View:
    """The sheet as the finder of tables takes it, with rows left out that are like their neighbours."""
    rows = _telling(block.values)
    cells = {
        (row, column): CellView(_as_cell(value), str(value))
        for row in rows
        for column, value in enumerate(block.values[row] if row < len(block.values) else ())
        if value != ""
    }
    return View(sheet, cells, tuple(rows), max(map(len, block.values), default=0))


def _as_cell(value: object) -> Value:
    """A value of a snapshot, in which errors are texts, as a cell has it."""
    if isinstance(value, str) and value in ERROR_TYPES:
        return ErrorValue(ERROR_TYPES[value])
    return float(value) if type(value) is int else cast("Value", value)


def _telling(values: Sequence[Sequence[object]]) -> list[int]:
    """The rows that tell where tables begin and end: of each run of rows alike the first and the last ones."""
    rows: list[int] = []
    start, before = 0, None
    for row in range(len(values) + 1):
        kinds = tuple(map(_rough, values[row])) if row < len(values) else None
        if row and kinds != before:
            run = range(start, row)
            rows += run if len(run) <= HEAD_ROWS + TAIL_ROWS else [*run[:HEAD_ROWS], *run[-TAIL_ROWS:]]
            start = row
        before = kinds
    return rows


def _rough(value: object) -> int:
    return 0 if value == "" else 1 if isinstance(value, str) else 2


def _table(block: Block, view: View, shape: Shape) -> Table:
    found = shape.block
    area = GridRange(
        block.area.sheet_id, view.rows[found.top], view.rows[found.bottom - 1] + 1, found.left, found.right
    )
    values = block.rows_of(area)
    kind: Literal["table", "dictionary", "pivot"] = "table"
    if shape.kind in ("dictionary", "pivot"):
        kind = "pivot" if shape.kind == "pivot" else "dictionary"
    totals = _totals(values, shape.header_rows) if kind == "table" else 0
    return Table(kind, area, shape.header_rows, totals, values)


def _totals(values: Sequence[Sequence[object]], header_rows: int) -> int:
    """How many rows at the end begin with a word for a total."""
    count = 0
    for row in reversed(values[header_rows + 1 :]):
        label = next((value for value in row if value != ""), "")
        if not (isinstance(label, str) and TOTAL.match(label.strip())):
            break
        count += 1
    return count


def commonest(values: Sequence[object]) -> tuple[Kind, int]:
    """The commonest kind of values, blanks aside, and how many are of another."""
    kinds = Counter(kind for kind in map(kind_of, values) if kind != "blank")
    if not kinds:
        return "blank", 0
    kind, count = kinds.most_common(1)[0]
    return kind, sum(kinds.values()) - count
