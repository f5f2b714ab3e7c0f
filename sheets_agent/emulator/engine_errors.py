"""The errors that the engine shows, and those of its own making, as Sheets shows them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sheets_agent.formulas.values import ErrorValue

if TYPE_CHECKING:
    from sheets_agent.emulator.workbook import Sheet

CIRCULAR = ErrorValue(
    "REF", "Circular dependency detected. To resolve with iterative calculation, see File > Settings."
)
MOST_FILLED = 1_000_000
"""Cells that all arrays of a spreadsheet may fill: each takes some ten microseconds and half a kilobyte."""
TOO_MANY = ErrorValue(
    "ERROR", f"The local Sheets API does not calculate arrays that fill more than {MOST_FILLED} cells together."
)
NOT_IMPLEMENTED = "#N/IMPL!"
"""What the engine shows where it has no way to calculate something."""
ENGINE_ERRORS = {
    "#NULL!": ("NULL_VALUE", ""),
    "#DIV/0!": ("DIVIDE_BY_ZERO", ""),
    "#VALUE!": ("VALUE", ""),
    "#REF!": ("REF", ""),
    "#NAME?": ("NAME", ""),
    "#NUM!": ("NUM", ""),
    "#N/A": ("N_A", ""),
    "#ERROR!": ("ERROR", ""),
    "#CIRC!": (CIRCULAR.type, CIRCULAR.message),
    "#SPILL!": ("REF", "Array result was not expanded because it would overwrite data."),
    "#CALC!": ("N_A", "No matches are found in FILTER evaluation."),
    NOT_IMPLEMENTED: ("ERROR", "The local Sheets API does not calculate this use of a function yet."),
}
"""By what the engine shows: the type of the error, and its message where it needs no telling from the formula."""


def too_large(sheet: Sheet, end_row: int, end_column: int) -> ErrorValue:
    """What Sheets shows for an array that ends outside of the grid."""
    missing = end_row - sheet.row_count
    what = f"rows ({missing})" if missing > 0 else f"columns ({end_column - sheet.column_count})"
    return ErrorValue("REF", f"Result was not automatically expanded, please insert more {what}.")
