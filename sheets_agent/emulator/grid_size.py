"""How large the grid of an imported sheet is."""

from __future__ import annotations

MAX_CELLS = 10_000_000
"""Of a spreadsheet, all tabs and empty cells included: https://support.google.com/drive/answer/37603"""
_ROWS, _COLUMNS = 1000, 26
_ROOM = MAX_CELLS // 2


def imported_size(rows: int, columns: int) -> tuple[int, int]:
    """Rows and columns of the grid for contents of some rows and columns.

    It is the usual grid of a new sheet at least, but a long or wide sheet gets less of an empty rest, so that room is
    left for other tabs.
    """
    rows, columns = max(rows, 1), max(columns, 1)
    rows = max(rows, min(_ROWS, _ROOM // columns))
    return rows, max(columns, min(_COLUMNS, _ROOM // rows))
