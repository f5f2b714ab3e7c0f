"""The table that `values.append` appends to.

Source: https://developers.google.com/workspace/sheets/api/guides/values#append-values and recorded answers.
"""

from __future__ import annotations

from collections.abc import Callable

from sheets_agent.a1 import GridRange
from sheets_agent.emulator.workbook import Sheet, Workbook


def table_around(workbook: Workbook, sheet: Sheet, area: GridRange) -> GridRange | None:
    """The block of filled cells around the last filled cell of a range, None when the range is empty.

    A block is a rectangle with no filled cell along its outside, corners included.
    """
    rows, columns = workbook.extent(sheet)

    def filled(row: int, column: int) -> bool:
        return 0 <= row < rows and 0 <= column < columns and workbook.value(sheet, row, column) is not None

    last = _last_filled(area.clipped(rows, columns), filled)
    if last is None:
        return None
    top, left = last
    bottom, right = top, left
    grown = True
    while grown:
        grown = False
        if any(filled(row, left - 1) for row in range(top - 1, bottom + 2)):
            left, grown = left - 1, True
        if any(filled(row, right + 1) for row in range(top - 1, bottom + 2)):
            right, grown = right + 1, True
        while any(filled(top - 1, column) for column in range(left - 1, right + 2)):
            top, grown = top - 1, True
        while any(filled(bottom + 1, column) for column in range(left - 1, right + 2)):
            bottom, grown = bottom + 1, True
    return GridRange(sheet.sheet_id, top, bottom + 1, left, right + 1)


def _last_filled(area: GridRange, filled: Callable[[int, int], bool]) -> tuple[int, int] | None:
    for row in reversed(range(area.start_row or 0, area.end_row or 0)):
        for column in reversed(range(area.start_column or 0, area.end_column or 0)):
            if filled(row, column):
                return row, column
    return None
