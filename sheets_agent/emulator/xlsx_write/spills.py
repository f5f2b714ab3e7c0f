"""Which cells are filled by a formula or a pivot table elsewhere."""

from __future__ import annotations

from dataclasses import dataclass

from sheets_agent.a1 import GridRange
from sheets_agent.emulator.workbook import Sheet, Workbook

Place = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Spill:
    """The rectangle that an anchor fills. `formula` is None for a pivot table; `members` leave the anchor out."""

    area: GridRange
    formula: str | None
    members: tuple[Place, ...]


def find_spills(workbook: Workbook, sheet: Sheet) -> dict[Place, Spill]:
    """Every spill of a sheet by its anchor.

    A cell where nothing was entered and that shows a value is filled from elsewhere. Its anchor is the nearest formula
    or pivot table up and to the left whose rectangle it continues.
    """
    anchors = [(row, column, cell) for row, column, cell in sheet.cells() if cell.formula or cell.pivot is not None]
    if not anchors:
        return {}
    rows, columns = workbook.extent(sheet)
    filled = {
        (row, column)
        for row in range(rows)
        for column in range(columns)
        if sheet.cell(row, column).blank
        and sheet.cell(row, column).pivot is None
        and workbook.value(sheet, row, column) is not None
    }
    spills: dict[Place, Spill] = {}
    anchors.sort(key=lambda anchor: anchor[2].pivot is None)  # a pivot table's rectangle is never a formula's
    for row, column, cell in anchors:
        if not filled:
            break
        height, width = 1, 1
        while (row + height, column) in filled:
            height += 1
        while (row, column + width) in filled:
            width += 1
        members = [
            (inner_row, inner_column)
            for inner_row in range(row, row + height)
            for inner_column in range(column, column + width)
            if (inner_row, inner_column) in filled
        ]
        if members:
            filled.difference_update(members)
            area = GridRange(sheet.sheet_id, row, row + height, column, column + width)
            spills[row, column] = Spill(area, cell.formula, tuple(members))
    return spills
