"""Widths of columns for which nobody has chosen one.

Where a number does not fit, spreadsheet programs show #### instead, and a text that is cut cannot be read. A file's
own default width is narrower than a column of Google Sheets, so that what fits there may not fit in the file.
"""

from __future__ import annotations

from xlsxwriter.utility import cell_autofit_width

from sheets_agent.emulator.cell_output import formatted
from sheets_agent.emulator.workbook import Sheet, Workbook

FILE_DEFAULT = 64
"""Pixels of a column that has no width in a file."""
SHEETS_DEFAULT = 100
"""Pixels of a new column in Google Sheets; texts get no more."""
_WIDEST_NUMBER = 250
_CELLS = 50_000


def natural_widths(workbook: Workbook, sheet: Sheet) -> dict[int, int]:
    """Pixels by column, only where the file's default is too narrow for what the first rows show."""
    rows, columns = workbook.extent(sheet)
    free = [column for column in range(columns) if "pixelSize" not in sheet.column_metadata.get(column, {})]
    rows = min(rows, _CELLS // max(1, len(free)))
    merged = {(area.start_row, area.start_column) for area in sheet.merges}
    widths: dict[int, int] = {}
    for column in free:
        needed = max(
            (_needed(workbook, sheet, row, column) for row in range(rows) if (row, column) not in merged), default=0
        )
        if needed > FILE_DEFAULT:
            widths[column] = needed
    return widths


def _needed(workbook: Workbook, sheet: Sheet, row: int, column: int) -> int:
    value = workbook.value(sheet, row, column)
    if value is None or value == "":
        return 0
    if isinstance(value, float | int) and not isinstance(value, bool):
        if workbook.number_format(sheet, row, column) is None:
            return 0  # programs round such a number to the room there is
        return min(_WIDEST_NUMBER, _pixels(formatted(workbook, sheet, row, column, value)))
    if workbook.value(sheet, row, column + 1) in (None, ""):
        return 0  # the text runs on over the blank cell
    return min(SHEETS_DEFAULT, _pixels(formatted(workbook, sheet, row, column, value)))


def _pixels(text: str) -> int:
    return max((int(cell_autofit_width(line)) for line in text.splitlines()), default=0)
