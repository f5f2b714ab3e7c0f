"""Requests about rows and columns: inserting, deleting, appending, moving, sizing, hiding.

Source: https://developers.google.com/workspace/sheets/api/reference/rest/v4/spreadsheets/request
"""

from __future__ import annotations

from sheets_agent.emulator.errors import Refusal
from sheets_agent.emulator.masks import merge, update_mask
from sheets_agent.emulator.number_format import render
from sheets_agent.emulator.requests import moving
from sheets_agent.emulator.requests.lookup import Dimension, dimension_range, grid_of, is_rows
from sheets_agent.emulator.requests.sizing import resize
from sheets_agent.emulator.requests.text_width import text_width
from sheets_agent.emulator.workbook import JSON, Sheet, Workbook

DEFAULT_ROW_HEIGHT = 21


def _resize_by(workbook: Workbook, sheet: Sheet, rows: bool, count: int) -> None:
    resize(
        workbook,
        sheet,
        sheet.row_count + (count if rows else 0),
        sheet.column_count + (0 if rows else count),
    )


def insertDimension(workbook: Workbook, request: JSON) -> JSON:
    """Insert empty rows or columns; they take over the formats of the ones before or after them."""
    run = dimension_range(workbook, request.get("range"))
    before = bool(request.get("inheritFromBefore", False))
    if "endIndex" not in request["range"]:
        raise Refusal("range.endIndex must be specified.")
    if before and run.start == 0:
        raise Refusal("range.startIndex must be greater than 0 if inheritFromBefore is true.")
    if not before and run.start >= run.size:
        raise Refusal("range.startIndex must be less than the grid size if inheritFromBefore is false.")
    if run.start > run.size:
        raise Refusal(f"range.startIndex[{run.start}] is after the last {run.noun} in grid[{run.size}]")
    _resize_by(workbook, run.sheet, run.rows, run.count)
    moving.insert(workbook, run.sheet, run.rows, run.start, run.count, run.start - 1 if before else run.start)
    return {}


def deleteDimension(workbook: Workbook, request: JSON) -> JSON:
    """Delete rows or columns; references to them become #REF!."""
    run = dimension_range(workbook, request.get("range"))
    _check_existing(run, "delete")
    if run.count == run.size:
        raise Refusal(f"You can't delete all the {run.noun}s on the sheet.")
    frozen = "frozenRowCount" if run.rows else "frozenColumnCount"
    grid = run.sheet.properties["gridProperties"]
    held = int(grid.get(frozen, 0))
    lost = max(0, min(run.end, held) - run.start)
    if held - lost >= run.size - run.count:
        raise Refusal(f"Sorry, it is not possible to delete all non-frozen {run.noun}s.")
    moving.delete(workbook, run.sheet, run.rows, run.start, run.end)
    _resize_by(workbook, run.sheet, run.rows, -run.count)
    if lost:
        kept = {key: value for key, value in run.sheet.properties["gridProperties"].items() if key != frozen}
        if held > lost:
            kept[frozen] = held - lost
        run.sheet.properties = {**run.sheet.properties, "gridProperties": kept}
    return {}


def _check_existing(run: Dimension, verb: str) -> None:
    if run.end > run.size:
        index = max(run.start, run.size)
        raise Refusal(
            f"Cannot {verb} a {run.noun} that doesn't exist. "
            f"Tried to {verb} {run.noun} index {index} but there are only {run.size} {run.noun}s."
        )


def appendDimension(workbook: Workbook, request: JSON) -> JSON:
    """Add empty rows or columns at the end of a sheet."""
    sheet = grid_of(workbook, int(request.get("sheetId", 0)))
    rows = is_rows(request.get("dimension"))
    length = int(request.get("length", 0))
    if length <= 0:
        raise Refusal("length must be greater than 0.")
    _resize_by(workbook, sheet, rows, length)
    return {}


def moveDimension(workbook: Workbook, request: JSON) -> JSON:
    """Move rows or columns before another one, counted as they stand before the move."""
    run = dimension_range(workbook, request.get("source"))
    _check_existing(run, "move")
    destination = int(request.get("destinationIndex", 0))
    if not 0 <= destination <= run.size:
        raise Refusal(f"destinationIndex[{destination}] is after the last {run.noun} in grid[{run.size}]")
    if run.start < destination < run.end:
        raise Refusal("destinationIndex cannot be within the source range.")
    for area in run.sheet.merges:
        first, last = (area.start_row, area.end_row) if run.rows else (area.start_column, area.end_column)
        if (first or 0) < run.start < (last or 0) or (first or 0) < run.end < (last or 0):
            raise Refusal(f"Sorry, you can't move part of a merged cell. Select all of its {run.noun}s.")
    if destination not in (run.start, run.end):
        moving.move(workbook, run.sheet, run.rows, run.start, run.end, destination)
    return {}


def updateDimensionProperties(workbook: Workbook, request: JSON) -> JSON:
    """Set the size of rows or columns, or hide and show them."""
    if "dataSourceSheetRange" in request:
        raise Refusal(f"No data source sheet with id: {request['dataSourceSheetRange'].get('sheetId', 0)}")
    mask = update_mask(request.get("fields"))
    run = dimension_range(workbook, request.get("range"))
    _check_existing(run, "update")
    given = {key: value for key, value in request.get("properties", {}).items() if key in ("pixelSize", "hiddenByUser")}
    for path in () if mask.everything else mask.paths():
        if path[0] not in ("pixelSize", "hiddenByUser", "*"):
            raise Refusal(f"Invalid field: {'.'.join(path)}")
    if given.get("pixelSize", 1) < 0:
        raise Refusal("pixelSize cannot be negative.")
    metadata = run.sheet.row_metadata if run.rows else run.sheet.column_metadata
    nothing: JSON = {}
    known: dict[int, JSON] = {}  # rows that are alike stay so, and are looked at once
    for index in range(run.start, run.end):
        old = metadata.get(index, nothing)
        if id(old) not in known:
            read_only = {key: old[key] for key in ("hiddenByFilter",) if key in old}
            known[id(old)] = {key: value for key, value in {**merge(old, given, mask), **read_only}.items() if value}
        if new := known[id(old)]:
            metadata[index] = new
        else:
            metadata.pop(index, None)
    workbook.hid()
    return {}


def autoResizeDimensions(workbook: Workbook, request: JSON) -> JSON:
    """Fit rows or columns to what their cells show.

    Widths are estimated from the letters of Arial: the local API draws no text. Rows go back to their own height.
    """
    if "dataSourceSheetDimensions" in request:
        raise Refusal(f"No data source sheet with id: {request['dataSourceSheetDimensions'].get('sheetId', 0)}")
    run = dimension_range(workbook, request.get("dimensions"))
    _check_existing(run, "resize")
    metadata = run.sheet.row_metadata if run.rows else run.sheet.column_metadata
    widths = {} if run.rows else _fitting_widths(workbook, run.sheet, range(run.start, run.end))
    for index in range(run.start, run.end):
        size = widths.get(index)
        kept = {key: value for key, value in metadata.get(index, {}).items() if key != "pixelSize"}
        if size is not None:
            kept["pixelSize"] = size
        if kept:
            metadata[index] = kept
        else:
            metadata.pop(index, None)
    return {}


def _fitting_widths(workbook: Workbook, sheet: Sheet, columns: range) -> dict[int, int]:
    """Pixels for the widest text of each column that shows something."""
    widths: dict[int, float] = {}
    for row in range(workbook.extent(sheet)[0]):
        for column, value in zip(columns, workbook.values(sheet, range(row, row + 1), columns)[0], strict=True):
            if value is not None:
                text = render(value, workbook.number_format(sheet, row, column), workbook.locale)
                width = text_width(text, (sheet.cell(row, column).format or {}).get("textFormat", {}))
                widths[column] = max(widths.get(column, 0), width)
    return {column: max(DEFAULT_ROW_HEIGHT, round(width) + 3) for column, width in widths.items()}
