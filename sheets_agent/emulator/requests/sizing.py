"""The size of a grid."""

from __future__ import annotations

from contextlib import suppress

from sheets_agent.a1 import MAX_COLUMNS
from sheets_agent.emulator.errors import Refusal
from sheets_agent.emulator.grid_size import MAX_CELLS
from sheets_agent.emulator.workbook import Sheet, Workbook


def resize(workbook: Workbook, sheet: Sheet, rows: int, columns: int) -> None:
    """Give a grid another size; the engine follows.

    Raises:
        Refusal: it would be empty, too wide, or the spreadsheet would pass ten million cells.
    """
    if rows < 1 or columns < 1:
        raise Refusal("The number of rows and columns must be at least 1.")
    if columns > MAX_COLUMNS:
        raise Refusal(
            f"This action would increase the number of columns in the sheet above the limit of {MAX_COLUMNS}."
        )
    others = sum(other.row_count * other.column_count for other in workbook.grids if other is not sheet)
    if others + rows * columns > MAX_CELLS:
        raise Refusal(
            f"This action would increase the number of cells in the workbook above the limit of {MAX_CELLS} cells."
        )
    grid = {**sheet.properties["gridProperties"], "rowCount": rows, "columnCount": columns}
    sheet.properties = {**sheet.properties, "gridProperties": grid}
    workbook.restructured()


def grow_rows(workbook: Workbook, sheet: Sheet, rows: int) -> None:
    """Add rows until a grid has at least so many."""
    if rows > sheet.row_count:
        resize(workbook, sheet, rows, sheet.column_count)


def make_room_for_pivots(workbook: Workbook) -> None:
    """Enlarge the grids that pivot tables do not fit, as Sheets does; one that would be too large shows an error."""
    for _ in range(len(workbook.sheets)):  # a table may read another one, which only now has room
        needed = workbook.engine.room(workbook)
        if not needed:
            return
        for sheet_id, (rows, columns) in needed.items():
            sheet = workbook.sheet(sheet_id)
            if sheet is not None:
                with suppress(Refusal):
                    resize(workbook, sheet, rows, columns)
