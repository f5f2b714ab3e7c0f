"""Cells put back, in as few requests as their neighbourhood allows."""

from __future__ import annotations

from collections.abc import Iterator

from sheets_agent.a1 import GridRange
from sheets_agent.emulator.workbook import EMPTY, JSON, Cell, Sheet, Workbook
from sheets_agent.formulas.locale import from_canonical
from sheets_agent.undo.normal import CellForm
from sheets_agent.undo.pair import Pair

Request = JSON
Fields = tuple[str, ...]
Changed = tuple[int, int, Fields]
"""Row, column, and the fields of CellData that changed there."""


def cells(pair: Pair) -> list[Request]:
    """The requests that give every cell back what it held; only fields that changed are written."""
    found: list[Request] = []
    for sheet, other in pair.sheets:
        found += _requests(pair.before, sheet, list(changed_cells(pair.before, sheet, other)))
    return found


def changed_cells(workbook: Workbook, before: Sheet, now: Sheet) -> Iterator[Changed]:
    """The cells of a tab that differ, in row order; rows that were never touched are the same objects."""
    differing = CellForm(workbook).differing
    for row in sorted(before.rows.keys() | now.rows.keys()):
        old, new = before.rows.get(row), now.rows.get(row)
        if old is new or row >= before.row_count:
            continue
        old, new = old or {}, new or {}
        for column in sorted(old.keys() | new.keys()):
            if column >= before.column_count:
                continue
            fields = differing(old.get(column, EMPTY), new.get(column, EMPTY))
            held = workbook.held.get((before.sheet_id, row, column)) if fields else None
            if fields and (held is None or differing(held, new.get(column, EMPTY))):
                yield row, column, fields


def _blocks(sheet_id: int, changed: list[Changed]) -> Iterator[tuple[GridRange, Fields]]:
    """Rectangles of changed cells with the same fields: runs in a row, joined with the like runs above them."""
    open_: dict[tuple[int, int, Fields], tuple[int, int]] = {}
    done: list[tuple[int, int, int, int, Fields]] = []
    for row, runs in _runs(changed):
        grown = {}
        for left, right, fields in runs:
            top, end = open_.pop((left, right, fields), (row, row))
            if end != row:
                done.append((top, end, left, right, fields))
                top = row
            grown[left, right, fields] = (top, row + 1)
        done += [(top, end, *key) for key, (top, end) in open_.items()]
        open_ = grown
    done += [(top, end, *key) for key, (top, end) in open_.items()]
    for top, end, left, right, fields in sorted(done):
        yield GridRange(sheet_id, top, end, left, right), fields


def _runs(changed: list[Changed]) -> Iterator[tuple[int, list[tuple[int, int, Fields]]]]:
    """The changed cells of each row as runs of neighbours with the same fields."""
    row, runs = -1, list[tuple[int, int, Fields]]()
    for place, column, fields in changed:
        if place != row:
            if runs:
                yield row, runs
            row, runs = place, []
        if runs and runs[-1][1] == column and runs[-1][2] == fields:
            runs[-1] = (runs[-1][0], column + 1, fields)
        else:
            runs.append((column, column + 1, fields))
    if runs:
        yield row, runs


def _requests(workbook: Workbook, sheet: Sheet, changed: list[Changed]) -> list[Request]:
    form = CellForm(workbook)
    return [_request(workbook, sheet, form, block, fields) for block, fields in _blocks(sheet.sheet_id, changed)]


def _request(workbook: Workbook, sheet: Sheet, form: CellForm, area: GridRange, fields: Fields) -> Request:
    """One block: a single content for all of its cells, or rows of contents."""
    if "userEnteredValue" in fields and "textFormatRuns" not in fields:  # writing a value clears its runs
        fields = (*fields, "textFormatRuns")
    mask = ",".join(fields)
    columns = range(area.start_column or 0, area.end_column or 0)
    rows = [
        [_written(workbook, form, entered(workbook, sheet, row, column), fields) for column in columns]
        for row in range(area.start_row or 0, area.end_row or 0)
    ]
    first = rows[0][0]
    moves = "formulaValue" in first.get("userEnteredValue", {})
    if area.cells > 1 and not moves and all(cell == first for line in rows for cell in line):
        return {"repeatCell": {"range": area.to_api(), "cell": first, "fields": mask}}
    start = {"sheetId": sheet.sheet_id, "rowIndex": area.start_row, "columnIndex": area.start_column}
    return {"updateCells": {"start": start, "rows": [{"values": line} for line in rows], "fields": mask}}


def _written(workbook: Workbook, form: CellForm, cell: Cell, fields: Fields) -> JSON:
    data = form(cell)
    formula = data.get("userEnteredValue", {}).get("formulaValue")
    if formula is not None:
        data["userEnteredValue"] = {"formulaValue": from_canonical(formula, workbook.locale)}
    return {name: data[name] for name in fields if name in data}


def held_cells(workbook: Workbook) -> list[Request]:
    """The requests that write every formula again for which a value stands on the copy."""
    fields: Fields = ("userEnteredValue", "pivotTable")
    found: list[Request] = []
    for sheet in workbook.sheets:
        changed = sorted((row, column, fields) for sheet_id, row, column in workbook.held if sheet_id == sheet.sheet_id)
        found += _requests(workbook, sheet, changed)
    return found


def entered(workbook: Workbook, sheet: Sheet, row: int, column: int) -> Cell:
    """What was entered into a cell, also where the copy holds a value because it cannot calculate the formula."""
    return workbook.held.get((sheet.sheet_id, row, column)) or sheet.cell(row, column)
