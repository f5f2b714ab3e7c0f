"""Ranges as requests write them, resolved against the sheets and names of a workbook.

Source: https://developers.google.com/workspace/sheets/api/guides/concepts#cell and recorded answers.
"""

from __future__ import annotations

import re

from sheets_agent.a1 import GridRange, parse_cells, split_sheet
from sheets_agent.emulator.errors import ApiError, invalid
from sheets_agent.emulator.workbook import Sheet, Workbook
from sheets_agent.errors import UsageError

_R1C1 = re.compile(r"[Rr]([1-9][0-9]*)[Cc]([1-9][0-9]*)(?::[Rr]([1-9][0-9]*)[Cc]([1-9][0-9]*))?")


def resolve(workbook: Workbook, text: str) -> GridRange:
    """The rectangle that a range names, open where it is written open.

    Unquoted text without a sheet is a cell or range of the first visible sheet, else a named range, else a sheet's
    title; quoted text is a title.

    Raises:
        ApiError: 400 when nothing is called so.
    """
    try:
        title, cells = split_sheet(text)
    except UsageError:
        raise unparsable(text) from None
    if title is not None and not cells and text.rstrip().endswith("!"):
        raise unparsable(text)
    if title is None:
        found = _on_first_sheet(workbook, cells) or _named_range(workbook, cells) or _whole_sheet(workbook, cells)
    elif cells:
        sheet = workbook.sheet_titled(title)
        found = (_cells(sheet, cells) or _named_range(workbook, cells, sheet)) if sheet else None
    else:
        found = _whole_sheet(workbook, title)
    if found is None:
        raise unparsable(text)
    return found


def resolve_in_grid(workbook: Workbook, text: str) -> tuple[Sheet, GridRange]:
    """The sheet and the rectangle that a range names, bounded by the grid.

    Raises:
        ApiError: 400 when nothing is called so, or when it starts past the grid.
    """
    return in_grid(workbook, resolve(workbook, text))


def in_grid(workbook: Workbook, area: GridRange) -> tuple[Sheet, GridRange]:
    """The sheet of a range, and the range bounded by its grid.

    Raises:
        ApiError: 400 when there is no such sheet, or the range starts past its grid.
    """
    sheet = workbook.sheet(area.sheet_id)
    if sheet is None or not sheet.is_grid:
        raise invalid(f"No grid with id: {area.sheet_id}")
    if (area.start_row or 0) >= sheet.row_count or (area.start_column or 0) >= sheet.column_count:
        raise past_grid(sheet, area)
    return sheet, area.clipped(sheet.row_count, sheet.column_count)


def unparsable(text: str) -> ApiError:
    """The refusal of a range that names nothing."""
    return invalid(f"Unable to parse range: {text}")


def past_grid(sheet: Sheet, area: GridRange) -> ApiError:
    """The refusal of a range that the grid does not have."""
    limits = f"Max rows: {sheet.row_count}, max columns: {sheet.column_count}"
    return invalid(f"Range ({area.to_a1(sheet.title)}) exceeds grid limits. {limits}")


def _on_first_sheet(workbook: Workbook, cells: str) -> GridRange | None:
    first = next((sheet for sheet in workbook.sheets if not sheet.properties.get("hidden")), workbook.sheets[0])
    return _cells(first, cells)


def _cells(sheet: Sheet, cells: str) -> GridRange | None:
    if not sheet.is_grid:
        return None
    if match := _R1C1.fullmatch(cells.strip()):
        row, column, last_row, last_column = (int(number) if number else None for number in match.groups())
        assert row is not None
        assert column is not None
        rows = sorted((row, last_row or row))
        columns = sorted((column, last_column or column))
        return GridRange(sheet.sheet_id, rows[0] - 1, rows[1], columns[0] - 1, columns[1])
    try:
        return parse_cells(cells).grid_range(sheet.sheet_id)
    except UsageError:
        return None


def _named_range(workbook: Workbook, name: str, sheet: Sheet | None = None) -> GridRange | None:
    wanted = name.strip().casefold()
    for named in workbook.named_ranges:
        area = GridRange.from_api(named.get("range", {}))
        if named["name"].casefold() == wanted and (sheet is None or sheet.sheet_id == area.sheet_id):
            return area
    return None


def _whole_sheet(workbook: Workbook, title: str) -> GridRange | None:
    sheet = workbook.sheet_titled(title)
    return GridRange(sheet.sheet_id) if sheet and sheet.is_grid else None
