"""Looking at a sheet without reading all of it.

A small sheet is read whole. Of a large one the first rows are read, and thin windows spread over the rest. Where two
neighbouring windows differ (one has cells where the other has none), the rows between them are looked at more closely,
until the border is found exactly. Rows between two windows that look alike are taken to look like them.

Each round is one call of `load`, so a sheet of a million rows costs about half a dozen calls.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from sheets_agent.a1 import GridRange, column_letters
from sheets_agent.sheets.book import Book, CellView, SheetInfo
from sheets_agent.stages.cells import coloured

Load = Callable[[Sequence[GridRange]], Book]
"""Loads ranges and answers a book that covers them (and may cover more)."""

WHOLE_CELLS = 30_000
"""A grid of at most this many cells is read whole: Google's new sheet has 26,000."""
HEAD_ROWS = 100
WINDOW_ROWS = 3
FIRST_WINDOWS = 16
WINDOWS_PER_BORDER = 8
CLOSE_ROWS = 40
"""A stretch between two windows that is at most this long is read whole."""
MOST_ROUNDS = 8
MOST_BORDERS = 6
MOST_COLUMNS = 300
ALIKE = 0.6
"""The share of columns that two windows must have in common to be taken for the same table."""

Stretch = tuple[int, int]
"""Half-open rows that were read."""


@dataclass(frozen=True)
class View:
    """The cells of a sheet that were looked at.

    Attributes:
        cells: cells that are not blank, by zero-based (row, column).
        rows: the rows that were read, in order.
        columns: how many columns were read, from the first.
        skipped: half-open stretches of rows that were not read.
        empty: blank cells that carry something nevertheless: a note, a validation rule, a background.
        locale: the spreadsheet's.
        titles: the titles of all its sheets by id.
        hidden_rows: the rows that are hidden, among those that were read.
        hidden_columns: the columns.
    """

    sheet: SheetInfo
    cells: dict[tuple[int, int], CellView]
    rows: tuple[int, ...]
    columns: int
    skipped: tuple[Stretch, ...] = ()
    empty: dict[tuple[int, int], CellView] = field(default_factory=dict)
    locale: str = "en_US"
    titles: dict[int, str] = field(default_factory=dict)
    hidden_rows: frozenset[int] = frozenset()
    hidden_columns: frozenset[int] = frozenset()

    def cell(self, row: int, column: int) -> CellView:
        """A cell that was looked at; a blank one where there is nothing."""
        return self.cells.get((row, column), _BLANK)


_BLANK = CellView()


def first_ranges(sheet: SheetInfo) -> list[GridRange]:
    """What `look` reads first: all of a small sheet, samples of a large one.

    Loading this for all sheets in one call beforehand saves a call for each.
    """
    return [_range(sheet, stretch, _width(sheet)) for stretch in _first_stretches(sheet)]


def look(sheet: SheetInfo, load: Load) -> View:
    """Look at a sheet: whole when it is small, at samples when it is large."""
    stretches, columns = _first_stretches(sheet), _width(sheet)
    if not stretches:
        return View(sheet, {}, (), 0)
    book = load(first_ranges(sheet))
    for _ in range(MOST_ROUNDS):
        closer = _closer(_view(sheet, book, stretches, columns), stretches)
        if not closer:
            break
        book = load([_range(sheet, stretch, columns) for stretch in closer])
        stretches = _merged([*stretches, *closer])
    return _view(sheet, book, stretches, columns)


def unread(view: View) -> tuple[str, ...]:
    """What was not looked at, in sentences."""
    notes = []
    if view.skipped:
        count = sum(end - start for start, end in view.skipped)
        notes.append(
            f"{count} of {view.sheet.row_count} rows were not read; what lies between the samples is taken to look "
            "like its neighbours"
        )
    if view.columns < view.sheet.column_count:
        first, last = column_letters(view.columns), column_letters(view.sheet.column_count - 1)
        notes.append(f"columns {first}–{last} were not read")
    return tuple(notes)


def _range(sheet: SheetInfo, rows: Stretch, columns: int) -> GridRange:
    return GridRange(sheet.sheet_id, rows[0], rows[1], 0, columns)


def _width(sheet: SheetInfo) -> int:
    return min(sheet.column_count, MOST_COLUMNS)


def _first_stretches(sheet: SheetInfo) -> list[Stretch]:
    rows, columns = sheet.row_count, _width(sheet)
    if rows * columns <= WHOLE_CELLS:
        return [(0, rows)] if rows * columns else []
    head = min(rows, max(CLOSE_ROWS, min(HEAD_ROWS, WHOLE_CELLS // columns)))
    return _merged([(0, head), *_windows(head, rows, FIRST_WINDOWS), (max(head, rows - WINDOW_ROWS), rows)])


def _windows(start: int, end: int, count: int) -> list[Stretch]:
    """Thin windows spread evenly inside a stretch."""
    step = (end - start) / (count + 1)
    tops = sorted({int(start + step * place) for place in range(1, count + 1)})
    return [(top, min(top + WINDOW_ROWS, end)) for top in tops]


def _closer(view: View, stretches: list[Stretch]) -> list[Stretch]:
    """Where to look next: between neighbouring windows that differ."""
    columns = _columns_by_row(view)
    lanes = _lanes({column for row in columns.values() for column in row})
    closer: list[Stretch] = []
    borders = 0
    for before, after in itertools.pairwise(stretches):
        gap = (before[1], after[0])
        above = _used(columns, range(max(before[0], before[1] - WINDOW_ROWS), before[1]))
        below = _used(columns, range(after[0], min(after[1], after[0] + WINDOW_ROWS)))
        if _alike(above, below, lanes) or borders >= MOST_BORDERS:
            continue
        borders += 1
        if gap[1] - gap[0] <= CLOSE_ROWS:
            closer.append(gap)
        else:
            closer.extend(_windows(*gap, WINDOWS_PER_BORDER))
    return closer


def _columns_by_row(view: View) -> dict[int, set[int]]:
    columns: dict[int, set[int]] = {}
    for row, column in view.cells:
        columns.setdefault(row, set()).add(column)
    return columns


def _used(columns: dict[int, set[int]], rows: range) -> set[int]:
    return set().union(*(columns.get(row, ()) for row in rows))


def _lanes(used: set[int]) -> list[range]:
    """Runs of neighbouring columns that hold anything: tables side by side end at different rows."""
    lanes: list[range] = []
    for column in sorted(used):
        if lanes and column == lanes[-1].stop:
            lanes[-1] = range(lanes[-1].start, column + 1)
        else:
            lanes.append(range(column, column + 1))
    return lanes


def _alike(above: set[int], below: set[int], lanes: list[range]) -> bool:
    """Whether two windows show the same tables: the same lanes filled, and mostly the same columns."""
    if any(above.isdisjoint(lane) != below.isdisjoint(lane) for lane in lanes):
        return False
    return len(above & below) >= ALIKE * len(above | below)


def _merged(stretches: list[Stretch]) -> list[Stretch]:
    merged: list[Stretch] = []
    for start, end in sorted(stretches):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        elif start < end:
            merged.append((start, end))
    return merged


def _view(sheet: SheetInfo, book: Book, stretches: list[Stretch], columns: int) -> View:
    rows = tuple(row for start, end in stretches for row in range(start, end))
    read = set(rows)
    cells: dict[tuple[int, int], CellView] = {}
    empty: dict[tuple[int, int], CellView] = {}
    for (sheet_id, row, column), cell in book.cells.items():
        if sheet_id == sheet.sheet_id and column < columns and row in read:
            if not cell.blank:
                cells[row, column] = cell
            elif cell.note or cell.validation or coloured(cell):
                empty[row, column] = cell
    ends = [0, *(end for _, end in stretches)]
    starts = [*(start for start, _ in stretches), sheet.row_count]
    skipped = tuple((end, start) for end, start in zip(ends, starts, strict=True) if end < start)
    titles = {other.sheet_id: other.title for other in book.sheets}
    return View(
        sheet,
        cells,
        rows,
        columns,
        skipped,
        empty,
        book.locale,
        titles,
        book.hidden_rows.get(sheet.sheet_id, frozenset()),
        book.hidden_columns.get(sheet.sheet_id, frozenset()),
    )
