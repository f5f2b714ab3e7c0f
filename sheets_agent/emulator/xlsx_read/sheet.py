"""One worksheet of an .xlsx file as a sheet of the local Sheets API."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from openpyxl.utils.cell import range_boundaries
from openpyxl.worksheet.formula import ArrayFormula

from sheets_agent.a1 import GridRange, quote_title
from sheets_agent.emulator.grid_size import MAX_CELLS, imported_size
from sheets_agent.emulator.losses import Losses
from sheets_agent.emulator.workbook import EMPTY, Cell, Sheet
from sheets_agent.emulator.xlsx_read.cells import CellReader, note_text
from sheets_agent.emulator.xlsx_read.charts import read_charts
from sheets_agent.emulator.xlsx_read.dimensions import column_metadata, groups, row_metadata
from sheets_agent.emulator.xlsx_read.drawings import Drawn
from sheets_agent.emulator.xlsx_read.formulas import spill_range
from sheets_agent.emulator.xlsx_read.resources import basic_filter, filter_tables, protected_ranges, tables
from sheets_agent.emulator.xlsx_read.rules import conditional_formats, validations
from sheets_agent.emulator.xlsx_read.styles import styled_color

JSON = dict[str, Any]


def read_sheet(source: Any, index: int, drawn: list[Drawn], reader: CellReader, losses: Losses) -> Sheet:
    """A worksheet; `index` is its place among the tabs and its sheet id."""
    _report_defaults(source, reader, losses)
    rows = _rows(source, reader)  # from here on, the worksheet has no cells
    merges = [_grid_range(index, merged.bounds) for merged in source.merged_cells.ranges]
    row_count, column_count = _grid(source, rows, merges, losses)
    sheet = Sheet(_properties(source, index, row_count, column_count, reader), rows, merges=merges)
    sheet.row_metadata = row_metadata(source, row_count)
    sheet.column_metadata = column_metadata(source, column_count)
    sheet.basic_filter = basic_filter(source, sheet)
    filter_tables(source, sheet)
    resources = {
        "charts": read_charts(drawn, sheet, reader.sheet_ids, losses),
        "conditionalFormats": conditional_formats(source, index, reader, losses),
        "protectedRanges": protected_ranges(source, index),
        "tables": tables(source, index),
        "rowGroups": groups(source.row_dimensions, "ROWS", index),
        "columnGroups": groups(source.column_dimensions, "COLUMNS", index),
    }
    sheet.resources = {name: items for name, items in resources.items() if items}
    for row, column, rule in validations(source, sheet, reader, losses):
        _replace(sheet, row, column, rule)
    return sheet


def _report_defaults(source: Any, reader: CellReader, losses: Losses) -> None:
    """Excel formats whole columns and opens single cells of a protected tab; the API knows cells and ranges only."""
    for letters, dimension in source.column_dimensions.items():
        if dimension.has_style and reader.styles.cell_format(dimension):
            losses.add(
                "column keeps its format only where cells are in use",
                "columns keep their format only where cells are in use",
                f"{quote_title(source.title)}!{letters}",
            )
    if source.protection.sheet and any(not cell.protection.locked for cell in source._cells.values()):
        losses.add(
            "protected tab no longer says which of its cells were left open",
            "protected tabs no longer say which of their cells were left open",
            source.title,
        )


def _replace(sheet: Sheet, row: int, column: int, rule: JSON) -> None:
    old = sheet.cell(row, column)
    new = Cell(old.value, old.formula, old.format, old.note, rule, runs=old.runs)
    sheet.rows.setdefault(row, {})[column] = new


def _rows(source: Any, reader: CellReader) -> dict[int, dict[int, Cell]]:
    # `_cells` holds the cells that are in the file; the public iterators would create every cell between them.
    spilled = set(_spilled(source))
    rows: dict[int, dict[int, Cell]] = {}
    cells, title = source._cells, source.title
    for place in list(cells):  # each of openpyxl's cells makes room for ours
        cell = cells.pop(place)
        row, column = place[0] - 1, place[1] - 1
        read = Cell(format=reader.format(cell)) if (row, column) in spilled else reader.read(cell, title)
        if getattr(cell, "comment", None) is not None:
            read = Cell(read.value, read.formula, read.format, note_text(cell.comment), runs=read.runs)
        if read is not EMPTY and read != EMPTY:
            if row not in rows:
                rows[row] = {}
            rows[row][column] = read
    return rows


def _spilled(source: Any) -> Iterator[tuple[int, int]]:
    """Cells that an array formula fills: the file stores their values, but nobody entered them."""
    for (row, column), cell in source._cells.items():
        if not isinstance(cell.value, ArrayFormula):
            continue
        top, bottom, left, right = spill_range(cell.value.ref, row - 1, column - 1)
        for filled_row in range(top, bottom):
            for filled_column in range(left, right):
                if (filled_row, filled_column) != (row - 1, column - 1):
                    yield filled_row, filled_column


def _grid_range(sheet_id: int, bounds: tuple[int, int, int, int]) -> GridRange:
    left, top, right, bottom = bounds
    return GridRange(sheet_id, top - 1, bottom, left - 1, right)


def _grid(source: Any, rows: dict[int, dict[int, Cell]], merges: list[GridRange], losses: Losses) -> tuple[int, int]:
    """Rows and columns of the grid, as Google sizes it on import; formats far outside the contents are cut."""
    ends = [(merged.end_row or 0, merged.end_column or 0) for merged in merges]
    ends += [(bottom, right) for _, _, right, bottom in (range_boundaries(t.ref) for t in source.tables.values())]
    filled = [(row + 1, 1 + max(cells)) for row, cells in rows.items()]
    row_count, column_count = imported_size(
        max((row for row, _ in (*ends, *filled)), default=1), max((column for _, column in (*ends, *filled)), default=1)
    )
    if row_count * column_count <= MAX_CELLS:
        return row_count, column_count
    kept = [
        (row, column)
        for row, cells in rows.items()
        for column, cell in cells.items()
        if not cell.blank or cell.note is not None
    ]
    row_count, column_count = imported_size(
        max((row + 1 for row, _ in kept), default=1), max((column + 1 for _, column in kept), default=1)
    )
    if any(row > row_count or column > column_count for row, column in (*ends, *filled)):
        losses.say(
            f"Formats of empty cells past row {row_count} or column {column_count} of “{source.title}” are left out."
        )
    for row in [row for row in rows if row >= row_count]:
        del rows[row]
    for row, cells in rows.items():
        rows[row] = {column: cell for column, cell in cells.items() if column < column_count}
    merges[:] = [merged.clipped(row_count, column_count) for merged in merges]
    merges[:] = [merged for merged in merges if merged.cells > 1]
    return row_count, column_count


def _properties(source: Any, index: int, row_count: int, column_count: int, reader: CellReader) -> JSON:
    grid: JSON = {"rowCount": row_count, "columnCount": column_count}
    view = source.sheet_view
    pane = view.pane
    if pane is not None and pane.state in ("frozen", "frozenSplit"):
        if pane.ySplit:
            grid["frozenRowCount"] = int(pane.ySplit)
        if pane.xSplit:
            grid["frozenColumnCount"] = int(pane.xSplit)
    if view.showGridLines is False:
        grid["hideGridlines"] = True
    properties: JSON = {
        "sheetId": index,
        "title": source.title,
        "index": index,
        "sheetType": "GRID",
        "gridProperties": grid,
    }
    if source.sheet_state != "visible":
        properties["hidden"] = True
    color = reader.styles.palette.hexadecimal(source.sheet_properties.tabColor)
    if color is not None:
        properties |= styled_color("tabColor", color)
    if view.rightToLeft:
        properties["rightToLeft"] = True
    return properties
