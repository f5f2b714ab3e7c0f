"""What a calculation gave: read out of the model as it is asked for, as far as nothing else depends on it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from sheets_agent.a1 import cell_name
from sheets_agent.emulator.calculator import Calculator
from sheets_agent.emulator.engine_errors import CIRCULAR, MOST_FILLED, TOO_MANY, too_large
from sheets_agent.emulator.placed import Place
from sheets_agent.formulas.dialect import BLANK, Compiled
from sheets_agent.formulas.messages import explain
from sheets_agent.formulas.surroundings import ENGINE_COLUMNS, ENGINE_ROWS
from sheets_agent.formulas.values import ErrorValue, Value

if TYPE_CHECKING:
    from sheets_agent.emulator.workbook import Cell, Sheet, Workbook

JSON = dict[str, Any]

_TOO_FAR = ErrorValue("ERROR", "The local Sheets API does not calculate formulas beyond row 1048576 or column XFD.")


class Results:
    """Effective values of everything that is calculated, as of one calculation.

    The calculator must not calculate anything else while its results are in use.

    Attributes:
        values: by sheet id and place: what was read so far of formulas, the cells they fill, and pivot tables.
        origins: where the formula stands that filled a cell.
        pivot_formats: the number formats of pivot tables' cells.
        blanks: formulas whose value is a blank cell; the model shows something else for them.
        revived: formulas held to be blank by an overlay that would not be so any more.
        gaps: formulas that fill cells, some of them with a blank; the model has an empty text there.
        refused: formulas whose result does not fit the grid: the error that Sheets shows instead.
    """

    def __init__(self, calculator: Calculator | None = None, pivot_formats: dict[Place, JSON] | None = None) -> None:
        self._calculator = calculator
        self._extents: dict[int, tuple[int, int]] = {}
        self._rows: dict[int, set[int]] = {}
        self.values: dict[int, dict[tuple[int, int], Value]] = {}
        self.origins: dict[Place, Place] = {}
        self.pivot_formats = pivot_formats or {}
        self.blanks: dict[Place, Value] = {}
        self.revived: set[Place] = set()
        self.refused: dict[Place, Value] = {}
        self.gaps: set[Place] = set()

    def texts(self) -> Iterator[Place]:
        """The cells that a formula elsewhere filled with texts."""
        return (place for place in self.origins if isinstance(self.value(*place), str))

    def known(self, sheet_id: int, row: int, column: int) -> bool:
        """Whether the value of a cell is calculated."""
        formulas = {} if self._calculator is None else self._calculator.placed.formulas
        return (row, column) in self.values.get(sheet_id, ()) or (sheet_id, row, column) in formulas

    def value(self, sheet_id: int, row: int, column: int, otherwise: Value = None) -> Value:
        """The value of a cell; `otherwise` when it is not calculated."""
        values = self.values.get(sheet_id)
        if values is None or self._calculator is None:
            return otherwise
        if (row, column) in values:
            return values[row, column]
        place = (sheet_id, row, column)
        compiled = self._calculator.placed.formulas.get(place)
        if compiled is None:
            return otherwise
        value = compiled.failure or explained(self._calculator, place, place, self._calculator.model.result(place))
        values[row, column] = value
        return value

    def row(self, sheet: Sheet, row: int, columns: range) -> tuple[Value, ...]:
        """The values of a row's cells."""
        if row not in sheet.rows and row not in self._calculated_rows(sheet.sheet_id):
            return (None,) * len(columns)
        return tuple(self._row(sheet, row, columns))

    def _row(self, sheet: Sheet, row: int, columns: range) -> Iterator[Value]:
        cells, values = sheet.rows.get(row, {}), self.values.get(sheet.sheet_id, {})
        for column in columns:
            if (row, column) in values:
                yield values[row, column]
            elif (cell := cells.get(column)) is None:
                yield None
            else:
                yield (
                    cell.value
                    if cell.formula is None
                    else self.value(sheet.sheet_id, row, column, outside(cell, row, column))
                )

    def _calculated_rows(self, sheet_id: int) -> set[int]:
        """The rows of a sheet with cells that formulas elsewhere or pivot tables fill; those are all read at once."""
        if sheet_id not in self._rows:
            self._rows[sheet_id] = {row for row, _ in self.values.get(sheet_id, {})}
        return self._rows[sheet_id]

    def extent(self, sheet: Sheet) -> tuple[int, int]:
        """Rows and columns up to the last cell of a sheet that has a value."""
        if sheet.sheet_id not in self._extents:
            calculated = self.values.get(sheet.sheet_id, {})
            filled = [cell for cell, value in calculated.items() if value is not None]
            rows = max((row + 1 for row, _ in filled), default=0)
            columns = max((column + 1 for _, column in filled), default=0)
            for row, column, cell in sheet.filled():
                if (row >= rows or column >= columns) and self._shows(cell, row, column, calculated):
                    rows, columns = max(rows, row + 1), max(columns, column + 1)
            self._extents[sheet.sheet_id] = rows, columns
        return self._extents[sheet.sheet_id]

    @staticmethod
    def _shows(cell: Cell, row: int, column: int, calculated: dict[tuple[int, int], Value]) -> bool:
        """Whether a cell has a value. A formula that was not read is not blank: those that may be are read at once."""
        return cell.value is not None or (cell.formula is not None and calculated.get((row, column), "") is not None)


def outside(cell: Cell, row: int, column: int) -> Value:
    """The value of a cell that nothing is calculated for; an error for a formula that the engine has no room for."""
    if cell.formula is not None and (row >= ENGINE_ROWS or column >= ENGINE_COLUMNS):
        return _TOO_FAR
    return cell.value


def read(workbook: Workbook, calculator: Calculator, pivot_formats: dict[Place, JSON]) -> Results:
    """Read what other cells depend on: blanks, filled cells, and what stands instead of what was entered."""
    results = Results(calculator, pivot_formats)
    results.values = {sheet.sheet_id: {} for sheet in workbook.grids}
    placed = calculator.placed
    for place, value in placed.overlay.items():
        if place[0] in results.values:
            results.values[place[0]][place[1], place[2]] = value
    watched = [place for place in placed.blanks if place[0] in results.values]
    for place in watched:
        if place not in placed.overlay and calculator.model.result(place) == BLANK:
            results.values[place[0]][place[1], place[2]] = results.blanks[place] = None
    if placed.spreading or calculator.rebuilt:
        _read_spills(workbook, calculator, results)
    calculator.rebuilt = False
    for place in watched:
        compiled = placed.formulas[place]
        if compiled.target is None:
            continue
        if results.value(*place) in (None, 0.0) and _shows_a_blank(workbook, calculator, results, place, compiled):
            results.blanks[place] = None
        elif place in placed.overlay:
            results.revived.add(place)
    return results


def circular_beside_spills(calculator: Calculator, results: Results) -> bool:
    """Whether there is a circle of references, and a formula that fills cells, which may be a part of it."""
    if not calculator.placed.spreading and not results.origins:
        return False
    filled = [place for place in (*calculator.placed.spreading, *results.origins) if place[0] in results.values]
    if any(results.value(*place) == CIRCULAR for place in filled):
        return True
    return any(calculator.model.result(place) == CIRCULAR for place in (*calculator.placed.formulas, *filled))


def _read_spills(workbook: Workbook, calculator: Calculator, results: Results) -> None:
    spilled: dict[int, set[tuple[int, int]]] = {}
    for sheet_id, row, column in calculator.spilled():
        spilled.setdefault(sheet_id, set()).add((row, column))
    formulas = calculator.placed.formulas if calculator.rebuilt else calculator.placed.spreading
    if sum(map(len, spilled.values())) > MOST_FILLED:
        _refuse_large(workbook, calculator, results, spilled, formulas)
    for sheet_id, cells in spilled.items():
        sheet = workbook.sheet(sheet_id)
        if sheet is None:
            continue
        rows, columns = sheet.row_count, sheet.column_count  # outside of the grid it does not matter what is there
        free = {
            (row, column)
            for row, column in cells
            if row >= rows or column >= columns or calculator.model.result((sheet_id, row, column)) is not None
        }
        for row, column in sorted((row, column) for number, row, column in formulas if number == sheet_id):
            if (row, column + 1) in free or (row + 1, column) in free:
                _assign(sheet, calculator, results, (row, column), free)


def _end(anchor: tuple[int, int], free: set[tuple[int, int]]) -> tuple[int, int]:
    """The row and the column after the rectangle of filled cells that starts at a formula."""
    row, column = anchor
    end_row, end_column = row + 1, column + 1
    while (row, end_column) in free:
        end_column += 1
    while (end_row, column) in free:
        end_row += 1
    return end_row, end_column


def _refuse_large(
    workbook: Workbook,
    calculator: Calculator,
    results: Results,
    spilled: dict[int, set[tuple[int, int]]],
    formulas: Iterable[Place],
) -> None:
    """Refuse the arrays beyond the number of cells that all of them may fill, before their values are read."""
    filled = 0
    for sheet_id, row, column in sorted(formulas):
        cells, sheet = spilled.get(sheet_id, set()), workbook.sheet(sheet_id)
        if sheet is None or not ((row, column + 1) in cells or (row + 1, column) in cells):
            continue
        end_row, end_column = _end((row, column), cells)
        size = (end_row - row) * (end_column - column)
        if filled + size <= MOST_FILLED:
            filled += size
            continue
        origin = (sheet_id, row, column)
        calculator.placed.spreading.add(origin)
        inside = end_row <= sheet.row_count and end_column <= sheet.column_count
        results.refused[origin] = TOO_MANY if inside else too_large(sheet, end_row, end_column)
        cells.difference_update((r, c) for r in range(row, end_row) for c in range(column, end_column))


def _assign(
    sheet: Sheet, calculator: Calculator, results: Results, anchor: tuple[int, int], free: set[tuple[int, int]]
) -> None:
    """Give a formula the rectangle of filled cells that starts at it."""
    row, column = anchor
    end_row, end_column = _end(anchor, free)
    origin = (sheet.sheet_id, row, column)
    calculator.placed.spreading.add(origin)
    blanks = calculator.placed.formulas[origin].blanks
    if end_row > sheet.row_count or end_column > sheet.column_count:
        results.refused[origin] = too_large(sheet, end_row, end_column)
        free.difference_update((r, c) for r in range(row, end_row) for c in range(column, end_column))
        return
    values = results.values[sheet.sheet_id]
    if blanks and results.value(*origin) == "":
        values[anchor] = None
        results.gaps.add(origin)
    for cell in [(r, c) for r in range(row, end_row) for c in range(column, end_column)]:
        if cell not in free:
            continue
        free.discard(cell)
        place = (sheet.sheet_id, *cell)
        value = calculator.model.result(place)
        if value == "" and blanks:
            values[cell] = None
            results.gaps.add(origin)
        else:
            values[cell] = explained(calculator, place, origin, value)
        results.origins[place] = origin


def explained(calculator: Calculator, place: Place, origin: Place, value: Value) -> Value:
    """A value that a formula gave, an error with the words that Sheets has for it.

    Args:
        calculator: what gave it.
        place: the cell that shows it.
        origin: where the formula stands.
        value: the value as the model has it.
    """
    compiled = calculator.placed.formulas.get(origin)
    if not isinstance(value, ErrorValue) or compiled is None or compiled.failure is not None:
        return value
    if origin in calculator.placed.overlay:
        return value
    if value.message.startswith("Array result"):
        return ErrorValue(value.type, f"{value.message.removesuffix('.')} in {_in_the_way(calculator, place)}.")
    entered = calculator.placed.rows[origin[0]][origin[1]][origin[2]]
    told = calculator.hosting.message(origin, value.type) if compiled.calls else ""
    reason = told or compiled.reasons.get(value.type) or value.message or explain(value.type, entered.formula or "")
    return ErrorValue(value.type, reason)


def _in_the_way(calculator: Calculator, place: Place) -> str:
    """The nearest entered cell below or to the right: the engine does not tell which one it met."""
    sheet_id, row, column = place
    rows = calculator.placed.rows[sheet_id]
    below = [r for r, cells in rows.items() if r > row and column in cells and not cells[column].blank]
    right = [c for c, one in rows.get(row, {}).items() if c > column and not one.blank]
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
        if results.known(*place):
            if results.value(*place) is None:
                return True
            following = calculator.placed.formulas.get(place)
            if following is None or following.target is None:
                return False
            compiled = following
            continue
        return sheet.cell(row, column).value is None
    return False
