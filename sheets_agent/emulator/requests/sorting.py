"""Requests that change the order of rows: sortRange, randomizeRange.

Source: https://developers.google.com/workspace/sheets/api/reference/rest/v4/spreadsheets/request
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from sheets_agent.a1 import GridRange
from sheets_agent.emulator.documents import DEFAULT_FORMAT
from sheets_agent.emulator.effort import spend
from sheets_agent.emulator.errors import Refusal
from sheets_agent.emulator.ordering import sorted_places
from sheets_agent.emulator.requests.colours import normalised
from sheets_agent.emulator.requests.lookup import bounded_range
from sheets_agent.emulator.requests.placing import put_cells
from sheets_agent.emulator.workbook import EMPTY, JSON, Cell, Sheet, Workbook
from sheets_agent.formulas.changed_references import shift
from sheets_agent.formulas.values import Value


def sortRange(workbook: Workbook, request: JSON) -> JSON:
    """Sort the rows of a range by their values; formulas move with their rows, relative references with them."""
    sheet, area = bounded_range(workbook, request.get("range"))
    if not request.get("sortSpecs"):
        raise Refusal("At least one sort spec must be specified.")
    sort_rows(workbook, sheet, area, request["sortSpecs"])
    return {}


def sort_rows(workbook: Workbook, sheet: Sheet, area: GridRange, specs: list[JSON]) -> None:
    """Sort the rows of a bounded range by columns of the sheet.

    Raises:
        Refusal: a column outside the range, or merged cells of several rows in it.
    """
    columns, descending = [], []
    rows = range(area.start_row or 0, area.end_row or 0)
    for spec in specs:
        column = int(spec.get("dimensionIndex", 0))
        if not (area.start_column or 0) <= column < (area.end_column or 0):
            raise Refusal(f"Sort dimension index {column} is outside of the range being sorted.")
        of = _colour_key(workbook, sheet, column, normalised(workbook, spec))
        shown = workbook.values(sheet, rows, range(column, column + 1))
        columns.append([of(row) for row in rows] if of else [value for (value,) in shown])
        descending.append(spec.get("sortOrder") == "DESCENDING")
    _reorder(workbook, sheet, area, sorted_places(columns, descending, len(rows)))


def _colour_key(workbook: Workbook, sheet: Sheet, column: int, spec: JSON) -> Callable[[int], Value] | None:
    """For a sort by colour, what to sort a row by: cells of that colour come first. None for a sort by value.

    Raises:
        Refusal: both colours are given.
    """
    background, foreground = spec.get("backgroundColor"), spec.get("foregroundColor")
    if background is not None and foreground is not None:
        raise Refusal("Only one of foregroundColor and backgroundColor can be sorted by.")
    default = workbook.properties.get("defaultFormat", DEFAULT_FORMAT)
    if background is not None:
        own = default.get("backgroundColor")
        return lambda row: float((sheet.cell(row, column).format or {}).get("backgroundColor", own) != background)
    if foreground is None:
        return None
    letters = default.get("textFormat", {}).get("foregroundColor", {})

    def by_letters(row: int) -> Value:
        text_format = (sheet.cell(row, column).format or {}).get("textFormat", {})
        return float(text_format.get("foregroundColor", letters) != foreground)

    return by_letters


def randomizeRange(workbook: Workbook, request: JSON) -> JSON:
    """Put the rows of a range in a random order."""
    sheet, area = bounded_range(workbook, request.get("range"))
    order = list(range(area.rows))
    workbook.random.shuffle(order)
    _reorder(workbook, sheet, area, order)
    return {}


def _reorder(workbook: Workbook, sheet: Sheet, area: GridRange, order: list[int]) -> None:
    if any(merge.intersection(area) is not None and merge.rows > 1 for merge in sheet.merges):
        raise Refusal("You can't sort a range with vertical merges.")
    reorder(workbook, sheet, area, order)


def reorder(workbook: Workbook, sheet: Sheet, area: GridRange, order: Sequence[int | None]) -> None:
    """Put the rows of a range in an order: the n-th row becomes what was the `order[n]`-th, an empty one for None.

    Raises:
        Refusal: too many cells would move.
    """
    top, columns = area.start_row or 0, range(area.start_column or 0, area.end_column or 0)
    moved: dict[tuple[int, int], Cell] = {}
    formulas: dict[int, bool] = {}
    spent = 0
    for new, old in enumerate(order):
        before = sheet.rows.get(top + new, {})
        after = {} if old is None else sheet.rows.get(top + old, {})
        if new == old or not (before or after):
            continue
        if before is after:  # rows that are alike: only their formulas are shifted
            if id(after) not in formulas:
                formulas[id(after)] = any(cell.formula is not None for cell in after.values())
            if not formulas[id(after)]:
                continue
        places = [column for column in {**before, **after} if column in columns]
        spent += len(places)
        spend(workbook, spent // 4)
        spent %= 4
        for column in places:
            moved[top + new, column] = _copied(after.get(column, EMPTY), new - (old or 0))
    put_cells(workbook, sheet, moved)


def _copied(cell: Cell, rows: int) -> Cell:
    if cell.formula is None or not rows:
        return cell
    return replace(cell, formula=shift(cell.formula, rows, 0))
