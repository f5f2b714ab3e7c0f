"""Requests about blocks of cells: merging, and inserting or deleting cells with their neighbours moving over.

Source: https://developers.google.com/workspace/sheets/api/reference/rest/v4/spreadsheets/request
"""

from __future__ import annotations

from sheets_agent.a1 import GridRange
from sheets_agent.emulator.effort import spend
from sheets_agent.emulator.errors import Refusal
from sheets_agent.emulator.requests.following import follow
from sheets_agent.emulator.requests.happenings import Happening
from sheets_agent.emulator.requests.lookup import bounded_range, is_rows
from sheets_agent.emulator.requests.moving import Place, Rows, dimension_name
from sheets_agent.emulator.requests.placing import put_cells
from sheets_agent.emulator.requests.sizing import resize
from sheets_agent.emulator.workbook import EMPTY, JSON, Sheet, Workbook
from sheets_agent.formulas.changed_references import Deleted, Inserted

_SELECT_ALL = "You must select all cells in a merged range to merge or unmerge them."


def mergeCells(workbook: Workbook, request: JSON) -> JSON:
    """Merge a range as one cell, or each of its rows or columns; only the first cell of each keeps its content."""
    sheet, area = bounded_range(workbook, request.get("range"))
    kind = request.get("mergeType", "MERGE_ALL")
    if _touches_a_pivot(workbook, sheet, area):
        raise Refusal("You can't merge cells that are part of a pivot table.")
    sheet.merges = _outside(sheet, area)
    top, left = area.start_row or 0, area.start_column or 0
    bottom, right = area.end_row or 0, area.end_column or 0
    match kind:
        case "MERGE_ROWS":
            blocks = [GridRange(sheet.sheet_id, row, row + 1, left, right) for row in range(top, bottom)]
        case "MERGE_COLUMNS":
            blocks = [GridRange(sheet.sheet_id, top, bottom, column, column + 1) for column in range(left, right)]
        case _:
            blocks = [area]
    first = {(block.start_row, block.start_column) for block in blocks}
    cleared = {
        (row, column): cell.without_content() for row, column, cell in sheet.filled(area) if (row, column) not in first
    }
    put_cells(workbook, sheet, cleared)
    sheet.merges += [block for block in blocks if block.cells > 1]
    return {}


def _touches_a_pivot(workbook: Workbook, sheet: Sheet, area: GridRange) -> bool:
    """Whether a range holds a pivot table, or shows a part of one that stands above or left of it."""
    if not sheet.has_pivots:
        return False
    rows, columns = workbook.extent(sheet)
    shown = area.intersection(GridRange(sheet.sheet_id, 0, rows, 0, columns)) if rows and columns else None
    if any(cell.pivot is not None for _, _, cell in sheet.cells(area)):
        return True
    return shown is not None and any(
        sheet.cell(row, column).blank and workbook.value(sheet, row, column) is not None
        for row in range(shown.start_row or 0, shown.end_row or 0)
        for column in range(shown.start_column or 0, shown.end_column or 0)
    )


def _outside(sheet: Sheet, area: GridRange) -> list[GridRange]:
    """The merges that a range leaves alone.

    Raises:
        Refusal: the range cuts through a merge.
    """
    kept = []
    for merge in sheet.merges:
        if merge.intersection(area) is None:
            kept.append(merge)
        elif not area.contains(merge):
            raise Refusal(_SELECT_ALL)
    return kept


def unmergeCells(workbook: Workbook, request: JSON) -> JSON:
    """Undo every merge in a range."""
    sheet, area = bounded_range(workbook, request.get("range"))
    sheet.merges = _outside(sheet, area)
    return {}


def insertRange(workbook: Workbook, request: JSON) -> JSON:
    """Insert empty cells, moving the ones in their place down or right; the grid grows when content would fall off."""
    sheet, area = bounded_range(workbook, request.get("range"))
    rows = is_rows(request.get("shiftDimension"))
    start, count, band = _band(area, rows)
    _check_merges(sheet, start, band, rows)
    last = _last_filled(sheet, rows, band)
    size = sheet.row_count if rows else sheet.column_count
    if last + 1 > start and last + count >= size:
        missing = last + count + 1 - size
        resize(
            workbook, sheet, sheet.row_count + (missing if rows else 0), sheet.column_count + (0 if rows else missing)
        )
    _shift(workbook, sheet, rows, band, lambda old: old + count if old >= start else old)
    change = Inserted(sheet.title, dimension_name(rows), start, count)
    follow(workbook, Happening(change, sheet.sheet_id, band))
    return {}


def deleteRange(workbook: Workbook, request: JSON) -> JSON:
    """Delete cells, moving the ones below or right of them into their place."""
    sheet, area = bounded_range(workbook, request.get("range"))
    rows = is_rows(request.get("shiftDimension"))
    start, count, band = _band(area, rows)
    _check_merges(sheet, start + count, band, rows)
    end = start + count
    _shift(workbook, sheet, rows, band, lambda old: old if old < start else None if old < end else old - count)
    change = Deleted(sheet.title, dimension_name(rows), start, end)
    follow(workbook, Happening(change, sheet.sheet_id, band))
    return {}


def _band(area: GridRange, rows: bool) -> tuple[int, int, tuple[int, int]]:
    """Where the movement starts, how far it goes, and the columns (or rows) that take part."""
    if rows:
        return area.start_row or 0, area.rows, (area.start_column or 0, area.end_column or 0)
    return area.start_column or 0, area.columns, (area.start_row or 0, area.end_row or 0)


def _check_merges(sheet: Sheet, start: int, band: tuple[int, int], rows: bool) -> None:
    """Refuse to tear a merge that only partly lies among the cells that move."""
    for merge in sheet.merges:
        along = (merge.start_row or 0, merge.end_row or 0)
        across = (merge.start_column or 0, merge.end_column or 0)
        if not rows:
            along, across = across, along
        touched = along[1] > start and across[0] < band[1] and across[1] > band[0]
        whole = along[0] >= start and band[0] <= across[0] and across[1] <= band[1]
        if touched and not whole:
            raise Refusal("Sorry, you can't insert or delete cells over a part of a merged cell.")


def _last_filled(sheet: Sheet, rows: bool, band: tuple[int, int]) -> int:
    """The last row (or column) with an entered cell inside a band, -1 when there is none."""
    return max(
        (row if rows else column for row, column, _ in sheet.cells() if band[0] <= (column if rows else row) < band[1]),
        default=-1,
    )


def _shift(workbook: Workbook, sheet: Sheet, rows: bool, band: tuple[int, int], place: Place) -> None:
    spend(workbook, sum(map(len, sheet.rows.values())) // 4)
    result: Rows = {}
    for row, column, cell in sheet.cells():
        taking_part = band[0] <= (column if rows else row) < band[1]
        new_row = place(row) if taking_part and rows else row
        new_column = place(column) if taking_part and not rows else column
        if new_row is not None and new_column is not None and cell != EMPTY:
            result.setdefault(new_row, {})[new_column] = cell
    workbook.replace_rows(sheet, result)
