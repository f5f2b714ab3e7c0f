"""Cells on the move: rows and columns that come, go or change places, and sheets that are renamed or gone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from sheets_agent.a1 import A1Range
from sheets_agent.emulator.requests.following import follow
from sheets_agent.emulator.requests.happenings import Happening
from sheets_agent.emulator.workbook import EMPTY, JSON, Cell, Sheet, Workbook
from sheets_agent.formulas.changed_references import (
    Deleted,
    DimensionMoved,
    Inserted,
    Moved,
    SheetDeleted,
    SheetRenamed,
)
from sheets_agent.formulas.changed_references import Dimension as DimensionName

Rows = dict[int, dict[int, Cell]]
Place = Callable[[int], int | None]
"""Where a row or column goes; None when it is gone."""


def dimension_name(rows: bool) -> DimensionName:
    """The API's name of a dimension."""
    return "ROWS" if rows else "COLUMNS"


def insert(workbook: Workbook, sheet: Sheet, rows: bool, index: int, count: int, like: int | None) -> None:
    """Make room for rows or columns; the grid's size is the caller's business.

    Args:
        workbook: the spreadsheet.
        sheet: the sheet.
        rows: rows or columns.
        index: before which one they come, as they are counted now.
        count: how many.
        like: the row or column, as counted now, whose formats and sizes they take over; None for none.
    """
    pattern = {} if like is None else _cells_along(sheet, rows, like)
    properties = None if like is None else _metadata(sheet, rows).get(like)
    _relocate(workbook, sheet, rows, lambda old: old + count if old >= index else old)
    if pattern:
        plain = {id(cell): Cell(format=cell.format, validation=cell.validation) for cell in pattern.values()}
        dressed = {across: plain[id(cell)] for across, cell in pattern.items()}
        _fill(workbook, sheet, rows, range(index, index + count), dressed)
    if properties is not None:
        sizes = {key: value for key, value in properties.items() if key == "pixelSize"}
        metadata = _metadata(sheet, rows)
        metadata.update({new: sizes for new in range(index, index + count) if sizes})
    follow(workbook, Happening(Inserted(sheet.title, dimension_name(rows), index, count), sheet.sheet_id))


def delete(workbook: Workbook, sheet: Sheet, rows: bool, start: int, end: int) -> None:
    """Take rows or columns out; the grid's size is the caller's business."""
    count = end - start
    _relocate(workbook, sheet, rows, lambda old: old if old < start else None if old < end else old - count)
    follow(workbook, Happening(Deleted(sheet.title, dimension_name(rows), start, end), sheet.sheet_id))


def move(workbook: Workbook, sheet: Sheet, rows: bool, start: int, end: int, destination: int) -> None:
    """Put rows or columns before what is now at `destination`."""
    order = list(range(max(end, destination)))
    block = order[start:end]
    rest = order[:start] + order[end:]
    at = destination - (end - start) if destination >= end else destination
    new_order = rest[:at] + block + rest[at:]
    places = {old: new for new, old in enumerate(new_order)}
    _relocate(workbook, sheet, rows, lambda old: places.get(old, old))
    change = DimensionMoved(sheet.title, dimension_name(rows), start, end, destination)
    follow(workbook, Happening(change, sheet.sheet_id))


def _relocate(workbook: Workbook, sheet: Sheet, rows: bool, place: Place) -> None:
    workbook.replace_rows(sheet, relocated(sheet.rows, rows, place))
    metadata = _metadata(sheet, rows)
    moved = {new: body for old, body in metadata.items() if (new := place(old)) is not None}
    metadata.clear()
    metadata.update(moved)


def relocated(cells: Rows, rows: bool, place: Place) -> Rows:
    """Cells with their rows (or their columns) moved to other places."""
    if rows:
        return {new: line for old, line in cells.items() if (new := place(old)) is not None}
    result: Rows = {}
    known: Rows = {}  # rows that are alike stay one object
    for row, line in cells.items():
        if id(line) not in known:
            known[id(line)] = {new: cell for old, cell in line.items() if (new := place(old)) is not None}
        if moved := known[id(line)]:
            result[row] = moved
    return result


def _metadata(sheet: Sheet, rows: bool) -> dict[int, JSON]:
    return sheet.row_metadata if rows else sheet.column_metadata


def _cells_along(sheet: Sheet, rows: bool, index: int) -> dict[int, Cell]:
    if rows:
        return dict(sheet.rows.get(index, {}))
    return {row: line[index] for row, line in sheet.rows.items() if index in line}


def _fill(workbook: Workbook, sheet: Sheet, rows: bool, places: range, pattern: dict[int, Cell]) -> None:
    new = dict(sheet.rows)
    dressed = {across: cell for across, cell in pattern.items() if cell != EMPTY}
    if rows:
        new.update(dict.fromkeys(places, dressed) if dressed else {})
    else:
        known: dict[tuple[int, int], dict[int, Cell]] = {}  # rows that are alike stay one object
        nothing: dict[int, Cell] = {}
        for row, cell in dressed.items():
            line = new.get(row, nothing)
            if (id(line), id(cell)) not in known:
                known[id(line), id(cell)] = {**line, **dict.fromkeys(places, cell)}
            new[row] = known[id(line), id(cell)]
    workbook.replace_rows(sheet, new)


def cut_grid(workbook: Workbook, sheet: Sheet, rows: int, columns: int) -> None:
    """Take out the rows and columns that a smaller grid has no place for."""
    if rows < sheet.row_count:
        delete(workbook, sheet, True, rows, sheet.row_count)
    if columns < sheet.column_count:
        delete(workbook, sheet, False, columns, sheet.column_count)


def carry(workbook: Workbook, sheet: Sheet, area: A1Range, target: Sheet, rows: int, columns: int) -> None:
    """Let everything follow a cut and paste of an area, `rows` down and `columns` right, maybe onto another sheet."""
    change = Moved(replace(area, sheet=sheet.title), target.title, rows, columns)
    follow(workbook, Happening(change, sheet.sheet_id, to_sheet_id=target.sheet_id))
    if target is not sheet:
        _hand_over(sheet, target)


def _hand_over(sheet: Sheet, target: Sheet) -> None:
    """List under the other sheet what went there whole."""
    target.merges += [merge for merge in sheet.merges if merge.sheet_id == target.sheet_id]
    sheet.merges = [merge for merge in sheet.merges if merge.sheet_id == sheet.sheet_id]
    for name in ("conditionalFormats", "protectedRanges", "bandedRanges", "filterViews", "tables", "commentAnchors"):
        gone = [item for item in sheet.list(name) if _home(item) == target.sheet_id]
        if gone:
            sheet.resources[name] = [item for item in sheet.list(name) if item not in gone]
            target.resources[name] = [*target.list(name), *gone]


def _home(item: JSON) -> int | None:
    area: JSON = item.get("range") or next(iter(item.get("ranges", [])), {})
    return area.get("sheetId")


def rename_sheet(workbook: Workbook, sheet: Sheet, title: str) -> None:
    """Give a sheet another title; formulas that name it follow."""
    change = SheetRenamed(sheet.title, title)
    follow(workbook, Happening(change, sheet.sheet_id))
    sheet.properties = {**sheet.properties, "title": title}
    workbook.restructured()


def sheet_gone(workbook: Workbook, sheet: Sheet) -> None:
    """Let everything know that a sheet is gone."""
    follow(workbook, Happening(SheetDeleted(sheet.title), sheet.sheet_id))
