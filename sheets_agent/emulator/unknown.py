"""What depends on a value that nothing here can calculate is not calculated either.

Without this, `=SUM(F2:F)` beside a QUERY in F1 would add up cells that only look empty.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from sheets_agent.a1 import A1Range, GridRange, cell_name
from sheets_agent.emulator.calculator import Calculator
from sheets_agent.emulator.placed import Place
from sheets_agent.emulator.results import Results
from sheets_agent.formulas.named import references_within
from sheets_agent.formulas.parameters import GIVES_ARRAY
from sheets_agent.formulas.references import Reference, references
from sheets_agent.formulas.surroundings import Surroundings
from sheets_agent.formulas.tables import table_cells
from sheets_agent.formulas.tokens import Kind, tokens
from sheets_agent.formulas.values import ErrorValue, Value

if TYPE_CHECKING:
    from sheets_agent.emulator.workbook import Sheet, Workbook


def spread_unknown(workbook: Workbook, calculator: Calculator, results: Results) -> None:
    """Put an error into every formula that reads, at however many removes, a formula that cannot be calculated."""
    waiting = calculator.hosting.waiting(calculator)
    unknown = calculator.placed.unknown | waiting.keys() | _refused(calculator, results)
    if not unknown:
        return
    for place, reason in waiting.items():
        if place[0] in results.values:
            results.values[place[0]][place[1], place[2]] = reason
    readers = _Readers(workbook, calculator)
    reached = set(unknown)
    pending = [(place, area) for place in unknown if (area := _area(workbook, calculator, place)) is not None]
    while pending:
        origin, area = pending.pop()
        for place in readers.of(area):
            if place in reached:
                continue
            reached.add(place)
            results.values[place[0]][place[1], place[2]] = _error(workbook, origin, waiting.get(origin))
            pending += [(origin, GridRange(place[0], place[1], place[1] + 1, place[2], place[2] + 1))]
            for filled, source in results.origins.items():
                if source == place:
                    results.values[filled[0]][filled[1], filled[2]] = None
                    pending.append((origin, GridRange(filled[0], filled[1], filled[1] + 1, filled[2], filled[2] + 1)))


def _refused(calculator: Calculator, results: Results) -> set[Place]:
    """The cells that the engine, as it calculated, found no way to calculate."""
    found = {place for place in calculator.refused() if place[0] in results.values}
    return found | {place for place in results.origins if _is_refusal(results.value(*place))}


def _is_refusal(value: Value) -> bool:
    return isinstance(value, ErrorValue) and value.not_calculated


def _error(workbook: Workbook, origin: Place, waiting: ErrorValue | None) -> ErrorValue:
    sheet = workbook.sheet(origin[0])
    title = "" if sheet is None else str(A1Range(sheet.title)) + "!"
    where = title + cell_name(origin[1], origin[2])
    kind = "ERROR" if waiting is None else waiting.type
    return ErrorValue(kind, f"It depends on {where}, which the local Sheets API does not calculate yet.")


def _area(workbook: Workbook, calculator: Calculator, place: Place) -> GridRange | None:
    """The cells that a formula might fill: up to the next entered cell to the right and below."""
    sheet_id, row, column = place
    sheet = workbook.sheet(sheet_id)
    if sheet is None:
        return None
    formula = sheet.cell(row, column).formula or ""
    called = {token.text for token in tokens(formula) if token.kind is Kind.FUNCTION}
    functions = calculator.compiler.surroundings.functions
    if not any(name.upper() in GIVES_ARRAY or name.casefold() in functions for name in called):
        return GridRange(sheet_id, row, row + 1, column, column + 1)
    return GridRange(sheet_id, row, _end_below(sheet, row, column), column, _end_right(sheet, row, column))


def _end_below(sheet: Sheet, row: int, column: int) -> int:
    filled = (at for at, cells in sheet.rows.items() if at > row and column in cells and not cells[column].blank)
    return min(filled, default=sheet.row_count)


def _end_right(sheet: Sheet, row: int, column: int) -> int:
    filled = (at for at, cell in sheet.rows.get(row, {}).items() if at > column and not cell.blank)
    return min(filled, default=sheet.column_count)


def _named(formula: str, around: Surroundings) -> list[Reference]:
    """What the names of ranges and tables in a formula stand for."""
    called = {token.text for token in tokens(formula) if token.kind in (Kind.NAME, Kind.TABLE)}
    found = (around.names.get(name.casefold()) or table_cells(name, around.tables) for name in called)
    return [one for one in found if one is not None]


def _reads_anywhere(formula: str) -> bool:
    """Whether nobody can say what cells a formula reads."""
    upper = formula.upper()
    if "INDIRECT" not in upper and "OFFSET" not in upper:
        return False
    return any(token.text.upper() in ("INDIRECT", "OFFSET") for token in tokens(formula))


class _Readers:
    """Which formulas read which cells."""

    def __init__(self, workbook: Workbook, calculator: Calculator) -> None:
        self._cells: dict[Place, list[Place]] = defaultdict(list)
        self._ranges: list[tuple[GridRange, Place]] = []
        self._everywhere: list[Place] = []
        around = calculator.compiler.surroundings
        for place in calculator.placed.formulas:
            home = workbook.sheet(place[0])
            if home is None:
                continue
            formula = home.cell(place[1], place[2]).formula or ""
            if _reads_anywhere(formula):
                self._everywhere.append(place)
            read = [*references(formula), *_named(formula, around), *references_within(formula, around.functions)]
            for reference in read:
                sheet = home if reference.sheet is None else workbook.sheet_titled(reference.sheet)
                if sheet is not None:
                    self._add(reference.area.grid_range(sheet.sheet_id), place)

    def _add(self, area: GridRange, reader: Place) -> None:
        if area.bounded and area.cells == 1:
            self._cells[area.sheet_id, area.start_row or 0, area.start_column or 0].append(reader)
        else:
            self._ranges.append((area, reader))

    def of(self, area: GridRange) -> list[Place]:
        """The formulas that read any of these cells."""
        found = self._everywhere + [reader for read, reader in self._ranges if read.intersection(area) is not None]
        if area.cells < len(self._cells):
            for row in range(area.start_row or 0, area.end_row or 0):
                for column in range(area.start_column or 0, area.end_column or 0):
                    found += self._cells.get((area.sheet_id, row, column), [])
            return found
        for (sheet_id, row, column), readers in self._cells.items():
            if area.contains(GridRange(sheet_id, row, row + 1, column, column + 1)):
                found += readers
        return found
