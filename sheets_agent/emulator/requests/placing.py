"""Cells put into sheets, many at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from sheets_agent.a1 import GridRange
from sheets_agent.emulator.effort import spend
from sheets_agent.emulator.workbook import EMPTY, Cell, Sheet, Workbook

Cells = Mapping[tuple[int, int], Cell]
"""Cells by zero-based row and column; an `EMPTY` one removes what is there."""
Change = Callable[[Cell, int], Cell]
"""What a cell becomes, from what it is and its column."""
Row = dict[int, Cell]

_LIGHT = 5
"""Cells whose format or rule changes that weigh as much as one that is written: a whole grid is never refused."""
_FEW = 200


def same(one: Cell, two: Cell) -> bool:
    """Whether two cells are alike; TRUE and 1 are not."""
    return one == two and type(one.value) is type(two.value)


def put_cells(workbook: Workbook, sheet: Sheet, cells: Cells) -> None:
    """Put cells into a sheet.

    A few are put one by one, so that the engine recalculates only what hangs on them; many replace the sheet's rows.
    """
    changed = {place: cell for place, cell in cells.items() if not same(sheet.cell(*place), cell)}
    if len(changed) <= _FEW:
        for (row, column), cell in changed.items():
            workbook.set_cell(sheet, row, column, cell)
        return
    rows = dict(sheet.rows)
    by_row: dict[int, Row] = {}
    for (row, column), cell in changed.items():
        if row not in by_row:
            by_row[row] = dict(rows.get(row, {}))
        if cell == EMPTY:
            by_row[row].pop(column, None)
        else:
            by_row[row][column] = cell
    for row, new in by_row.items():
        if new:
            rows[row] = new
        else:
            rows.pop(row, None)
    workbook.replace_rows(sheet, rows)


def change_alike(workbook: Workbook, sheet: Sheet, area: GridRange, change: Change, *, entered: bool = False) -> None:
    """Change all cells of a bounded range by one rule that does not look at their row.

    Rows that are one object stay one: a format for ten million empty cells is the format of one row.

    Args:
        workbook: the spreadsheet.
        sheet: the sheet of the range.
        area: the range.
        change: the rule.
        entered: only the cells that are there already.

    Raises:
        Refusal: too many different rows.
    """
    columns = range(area.start_column or 0, area.end_column or 0)
    span = range(area.start_row or 0, area.end_row or 0)
    places: Iterable[int] = (row for row in span if row in sheet.rows) if entered else span
    changed: dict[int, Row] = {}
    known: dict[int, tuple[Row, int]] = {}
    nothing: Row = {}
    count = light = 0
    for row in places:
        old = sheet.rows.get(row, nothing)
        if id(old) not in known:
            light += len(old) if entered else len(columns)
            spend(workbook, light // _LIGHT)
            light %= _LIGHT
            known[id(old)] = _changed_row(old, columns, change, entered=entered)
        new, cells = known[id(old)]
        if cells:
            changed[row] = new
            count += cells
    if count <= _FEW:
        for row, new in changed.items():
            for column in columns:
                cell = new.get(column, EMPTY)
                if not same(sheet.cell(row, column), cell):
                    workbook.set_cell(sheet, row, column, cell)
        return
    rows = {**sheet.rows, **changed}
    workbook.replace_rows(sheet, {row: cells for row, cells in rows.items() if cells})


def _changed_row(old: Row, columns: range, change: Change, *, entered: bool) -> tuple[Row, int]:
    """A row after a rule, and how many of its cells that changed."""
    new, count = dict(old), 0
    for column in [one for one in old if one in columns] if entered else columns:
        before = old.get(column, EMPTY)
        cell = change(before, column)
        if same(before, cell):
            continue
        count += 1
        if cell == EMPTY:
            new.pop(column, None)
        else:
            new[column] = cell
    return new, count
