"""What a calculation gave, read out of the model in one pass."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sheets_agent.a1 import cell_name
from sheets_agent.emulator.calculator import Calculator, Place
from sheets_agent.formulas.dialect import BLANK, Compiled
from sheets_agent.formulas.messages import explain
from sheets_agent.formulas.values import ErrorValue, Value

if TYPE_CHECKING:
    from sheets_agent.emulator.workbook import Sheet, Workbook

JSON = dict[str, Any]


@dataclass
class Results:
    """Effective values of everything that is calculated. Never changed once read.

    Attributes:
        values: by sheet id and place: formulas, the cells they fill, pivot tables.
        origins: where the formula stands that filled a cell.
        pivot_formats: the number formats of pivot tables' cells.
        blanks: formulas whose value is a blank cell; the model shows something else for them.
        revived: formulas held to be blank by an overlay that would not be so any more.
        refused: formulas whose result does not fit the grid: the error that Sheets shows instead.
    """

    values: dict[int, dict[tuple[int, int], Value]] = field(default_factory=dict)
    origins: dict[Place, Place] = field(default_factory=dict)
    pivot_formats: dict[Place, JSON] = field(default_factory=dict)
    blanks: dict[Place, Value] = field(default_factory=dict)
    revived: set[Place] = field(default_factory=set)
    refused: dict[Place, Value] = field(default_factory=dict)


def read(workbook: Workbook, calculator: Calculator, pivot_formats: dict[Place, JSON]) -> Results:
    """Read every calculated cell."""
    results = Results({sheet.sheet_id: {} for sheet in workbook.sheets}, pivot_formats=pivot_formats)
    overlay = calculator.placed.overlay
    references = []
    for place, compiled in calculator.placed.formulas.items():
        sheet_id, row, column = place
        if compiled.target is not None and sheet_id in results.values:
            references.append((place, compiled))
        if sheet_id not in results.values or place in overlay:
            continue
        value = compiled.failure or calculator.result(place)
        if value == BLANK:
            value = results.blanks[place] = None
        results.values[sheet_id][row, column] = value
    for (sheet_id, row, column), value in overlay.items():
        if sheet_id in results.values:
            results.values[sheet_id][row, column] = value
    _read_spills(workbook, calculator, results)
    _explain(workbook, calculator, results)
    for place, compiled in references:
        sheet_id, row, column = place
        shown = results.values[sheet_id][row, column]
        if shown in (None, 0.0) and _shows_a_blank(workbook, calculator, results, place, compiled):
            results.blanks[place] = None
        elif place in overlay:
            results.revived.add(place)
    return results


def _read_spills(workbook: Workbook, calculator: Calculator, results: Results) -> None:
    spilled: dict[int, set[tuple[int, int]]] = {}
    for sheet_id, row, column in calculator.spilled():
        spilled.setdefault(sheet_id, set()).add((row, column))
    for sheet_id, cells in spilled.items():
        sheet = workbook.sheet(sheet_id)
        if sheet is None:
            continue
        empty = {cell for cell in cells if calculator.result((sheet_id, *cell)) is None}
        free = cells - empty
        formulas = sorted((row, column) for number, row, column in calculator.placed.formulas if number == sheet_id)
        for row, column in formulas:
            if (row, column + 1) in free or (row + 1, column) in free:
                _assign(sheet, calculator, results, (row, column), free)


def _assign(
    sheet: Sheet, calculator: Calculator, results: Results, anchor: tuple[int, int], free: set[tuple[int, int]]
) -> None:
    """Give a formula the rectangle of filled cells that starts at it."""
    row, column = anchor
    end_row, end_column = row + 1, column + 1
    while (row, end_column) in free:
        end_column += 1
    while (end_row, column) in free:
        end_row += 1
    origin = (sheet.sheet_id, row, column)
    compiled = calculator.placed.formulas[origin]
    if end_row > sheet.row_count or end_column > sheet.column_count:
        results.refused[origin] = _too_large(sheet, end_row, end_column)
    values = results.values[sheet.sheet_id]
    if compiled.blanks and values[anchor] == "":
        values[anchor] = None
    for cell in [(r, c) for r in range(row, end_row) for c in range(column, end_column)]:
        if cell not in free:
            continue
        free.discard(cell)
        value = calculator.result((sheet.sheet_id, *cell))
        values[cell] = None if value == "" and compiled.blanks else value
        results.origins[(sheet.sheet_id, *cell)] = origin


def _too_large(sheet: Sheet, end_row: int, end_column: int) -> ErrorValue:
    missing = end_row - sheet.row_count
    what = f"rows ({missing})" if missing > 0 else f"columns ({end_column - sheet.column_count})"
    return ErrorValue("REF", f"Result was not automatically expanded, please insert more {what}.")


def _explain(workbook: Workbook, calculator: Calculator, results: Results) -> None:
    """Give errors the words that Sheets has for them."""
    for sheet in workbook.sheets:
        values = results.values[sheet.sheet_id]
        for cell, value in values.items():
            if not isinstance(value, ErrorValue):
                continue
            place = (sheet.sheet_id, *cell)
            origin = results.origins.get(place, place)
            compiled = calculator.placed.formulas.get(origin)
            if compiled is None or compiled.failure is not None or origin in calculator.placed.overlay:
                continue
            formula = sheet.cell(origin[1], origin[2]).formula or ""
            values[cell] = _explained(value, compiled, formula, sheet, cell)


def _explained(error: ErrorValue, compiled: Compiled, formula: str, sheet: Sheet, cell: tuple[int, int]) -> ErrorValue:
    if error.message.startswith("Array result"):
        return ErrorValue(error.type, f"{error.message.removesuffix('.')} in {_in_the_way(sheet, cell)}.")
    reason = compiled.reasons.get(error.type) or error.message or explain(error.type, formula)
    return ErrorValue(error.type, reason)


def _in_the_way(sheet: Sheet, cell: tuple[int, int]) -> str:
    """The nearest entered cell below or to the right: the engine does not tell which one it met."""
    row, column = cell
    below = [r for r, cells in sheet.rows.items() if r > row and column in cells and not cells[column].blank]
    right = [c for c, one in sheet.rows.get(row, {}).items() if c > column and not one.blank]
    if below:
        return cell_name(min(below), column)
    return cell_name(row, min(right)) if right else "a cell beside it"


def _shows_a_blank(
    workbook: Workbook, calculator: Calculator, results: Results, place: Place, compiled: Compiled
) -> bool:
    """Whether a formula that is nothing but a reference leads, perhaps through others, to a blank cell."""
    for _ in range(1000):
        reference = compiled.target
        assert reference is not None
        home = workbook.sheet(place[0])
        sheet = home if reference.sheet is None else workbook.sheet_titled(reference.sheet)
        row, column = reference.first.row, reference.first.column
        if sheet is None or row is None or column is None:
            return False
        place = (sheet.sheet_id, row, column)
        if (row, column) in results.values[sheet.sheet_id]:
            if results.values[sheet.sheet_id][row, column] is None:
                return True
            following = calculator.placed.formulas.get(place)
            if following is None or following.target is None:
                return False
            compiled = following
            continue
        return sheet.cell(row, column).value is None
    return False
