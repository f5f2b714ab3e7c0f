"""Requests that write cells from CellData: updateCells, repeatCell, appendCells, setDataValidation.

Source: https://developers.google.com/workspace/sheets/api/reference/rest/v4/spreadsheets/request
"""

from __future__ import annotations

from dataclasses import replace

from sheets_agent.a1 import GridRange
from sheets_agent.emulator.effort import spend
from sheets_agent.emulator.errors import Refusal
from sheets_agent.emulator.requests.cell_data import NOTHING, CellWriter, checked_validation
from sheets_agent.emulator.requests.colours import mask_of, normalised
from sheets_agent.emulator.requests.lookup import bounded_range, coordinate, grid_of
from sheets_agent.emulator.requests.placing import change_alike, put_cells
from sheets_agent.emulator.requests.sizing import grow_rows
from sheets_agent.emulator.requests.tables import grow_table, table_of
from sheets_agent.emulator.workbook import EMPTY, JSON, Cell, Sheet, Workbook
from sheets_agent.formulas.changed_references import shift


def updateCells(workbook: Workbook, request: JSON) -> JSON:
    """Write rows of CellData from a start cell, or over a range, whose uncovered cells are cleared."""
    writer = CellWriter(workbook, mask_of(request))
    rows = request.get("rows", [])
    if "range" in request:
        sheet, area = bounded_range(workbook, request["range"])
    else:
        sheet, row, column = coordinate(workbook, request.get("start"))
        area = GridRange(sheet.sheet_id, row, sheet.row_count, column, sheet.column_count)
    _check_fit(rows, area)
    if "range" in request:
        change_alike(workbook, sheet, area, lambda cell, column: writer.write(cell, NOTHING), entered=True)
    written: dict[tuple[int, int], Cell] = {}
    _write_rows(sheet, writer, rows, area, written)
    put_cells(workbook, sheet, written)
    return {}


def _check_fit(rows: list[JSON], area: GridRange) -> None:
    top, left = area.start_row or 0, area.start_column or 0
    if len(rows) > area.rows:
        raise Refusal(
            f"Attempting to write row: {top + area.rows}, beyond the last requested row of: {top + area.rows - 1}"
        )
    if any(len(row.get("values", [])) > area.columns for row in rows):
        last = left + area.columns - 1
        raise Refusal(f"Attempting to write column: {last + 1}, beyond the last requested column of: {last}")


def _write_rows(
    sheet: Sheet, writer: CellWriter, rows: list[JSON], area: GridRange, written: dict[tuple[int, int], Cell]
) -> None:
    for row, body in enumerate(rows, area.start_row or 0):
        for column, data in enumerate(body.get("values", []), area.start_column or 0):
            written[row, column] = writer.write(sheet.cell(row, column), writer.read(data or {}))


def repeatCell(workbook: Workbook, request: JSON) -> JSON:
    """Write one CellData over a range, relative references of its formula shifted from the range's first cell."""
    writer = CellWriter(workbook, mask_of(request))
    sheet, area = bounded_range(workbook, request.get("range"))
    content = writer.read(request.get("cell", {}))
    top, left = area.start_row or 0, area.start_column or 0
    if writer.write(EMPTY, content) == EMPTY:  # it only clears: the cells that exist are all there is to do
        change_alike(workbook, sheet, area, lambda cell, column: writer.write(cell, content), entered=True)
        return {}
    if writer.writes_values and (content.value is not None or content.formula is not None):
        spend(workbook, area.cells)
    if content.formula is None:
        change_alike(workbook, sheet, area, lambda cell, column: writer.write(cell, content))
        return {}
    written: dict[tuple[int, int], Cell] = {}
    for row in range(top, area.end_row or 0):
        for column in range(left, area.end_column or 0):
            cell = writer.write(sheet.cell(row, column), content)
            if cell.formula is not None:
                cell = replace(cell, formula=shift(cell.formula, row - top, column - left))
            written[row, column] = cell
    put_cells(workbook, sheet, written)
    return {}


def appendCells(workbook: Workbook, request: JSON) -> JSON:
    """Write rows of CellData below the last row with data, adding rows to the grid where they run out."""
    if "tableId" in request:
        return _append_to_table(workbook, request)
    sheet = grid_of(workbook, int(request.get("sheetId", 0)))
    writer = CellWriter(workbook, mask_of(request))
    rows = request.get("rows", [])
    first, _ = workbook.extent(sheet)
    grow_rows(workbook, sheet, first + len(rows))
    area = GridRange(sheet.sheet_id, first, sheet.row_count, 0, sheet.column_count)
    if rows:
        _check_fit(rows, area)
    written: dict[tuple[int, int], Cell] = {}
    _write_rows(sheet, writer, rows, area, written)
    put_cells(workbook, sheet, written)
    return {}


def _append_to_table(workbook: Workbook, request: JSON) -> JSON:
    """Write rows below the last filled row of a table's body; the table, and what stands below it, make room."""
    sheet, table = table_of(workbook, str(request["tableId"]))
    area = GridRange.from_api(table["range"])
    rows, writer = request.get("rows", []), CellWriter(workbook, mask_of(request))
    footer = 1 if "footerColorStyle" in table.get("rowsProperties", {}) else 0
    end = (area.end_row or 0) - footer
    first = next(
        (
            row + 1
            for row in range(end - 1, area.start_row or 0, -1)
            if any(
                workbook.value(sheet, row, column) is not None
                for column in range(area.start_column or 0, area.end_column or 0)
            )
        ),
        (area.start_row or 0) + 1,
    )
    lacking = first + len(rows) - end
    if lacking > 0:
        grow_table(workbook, sheet, table, end, lacking)
    body = GridRange(sheet.sheet_id, first, max(end, first + len(rows)), area.start_column, area.end_column)
    if rows:
        _check_fit(rows, body)
    written: dict[tuple[int, int], Cell] = {}
    _write_rows(sheet, writer, rows, body, written)
    put_cells(workbook, sheet, written)
    return {}


def setDataValidation(workbook: Workbook, request: JSON) -> JSON:
    """Set a rule on every cell of a range, or clear it when there is no rule."""
    sheet, area = bounded_range(workbook, request.get("range"))
    rule = request.get("rule")
    if not rule:
        change_alike(workbook, sheet, area, lambda cell, column: replace(cell, validation=None), entered=True)
        return {}
    rule = checked_validation(workbook, normalised(workbook, rule))
    change_alike(workbook, sheet, area, lambda cell, column: replace(cell, validation=rule))
    return {}
