"""Which cells are filled from elsewhere: by a formula's array, or by a pivot table."""

from __future__ import annotations

from dataclasses import dataclass

from sheets_agent.a1 import GridRange
from sheets_agent.emulator.workbook import Sheet, Workbook

Place = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Filled:
    """The cells of a sheet that show a value nobody entered there.

    Attributes:
        arrays: by the place of a formula, the cells it fills besides its own.
        others: cells of pivot tables, their anchors left out.
    """

    arrays: dict[Place, tuple[Place, ...]]
    others: tuple[Place, ...]

    def area(self, anchor: Place) -> GridRange:
        """The rectangle of a formula with the cells it fills."""
        places = (anchor, *self.arrays.get(anchor, ()))
        rows, columns = [row for row, _ in places], [column for _, column in places]
        return GridRange(0, min(rows), max(rows) + 1, min(columns), max(columns) + 1)


def filled_cells(workbook: Workbook, sheet: Sheet) -> Filled:
    """Find them; nothing is looked at in a sheet without formulas and pivot tables."""
    if not any(cell.formula or cell.pivot is not None for cells in sheet.distinct_rows() for cell in cells.values()):
        return Filled({}, ())
    rows, columns = workbook.extent(sheet)
    arrays: dict[Place, list[Place]] = {}
    others: list[Place] = []
    for row in range(rows):
        entered = sheet.rows.get(row, {})
        for column in range(columns):
            cell = entered.get(column)
            if cell is not None and not (cell.blank and cell.pivot is None):
                continue
            if workbook.value(sheet, row, column) is None:
                continue
            origin = workbook.engine.origin(workbook, sheet, row, column)
            if origin is None:
                others.append((row, column))
            else:
                arrays.setdefault(origin, []).append((row, column))
    return Filled({anchor: tuple(places) for anchor, places in arrays.items()}, tuple(others))
