"""Cells put into sheets, many at a time."""

from __future__ import annotations

from collections.abc import Mapping

from sheets_agent.emulator.workbook import EMPTY, Cell, Sheet, Workbook

Cells = Mapping[tuple[int, int], Cell]
"""Cells by zero-based row and column; an `EMPTY` one removes what is there."""

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
    by_row: dict[int, dict[int, Cell]] = {}
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
