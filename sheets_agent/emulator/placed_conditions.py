"""Conditions that depend on the place of a cell: custom formulas, and formulas in place of values.

A formula is written for the first cell of a range, and means for each other cell of it what a copy there would. So
copies are put right of the grid of a fork, one for every cell in question, and the one engine calculates them.

Source: the BooleanCondition and ConditionValue messages of the v4 discovery document.
"""

from __future__ import annotations

from collections.abc import Callable, Collection

from sheets_agent.a1 import cell_name
from sheets_agent.emulator.cell_output import formatted
from sheets_agent.emulator.conditions import Operand, comparison, condition_test, formula_of, has_formula, operand
from sheets_agent.emulator.errors import Unsupported
from sheets_agent.emulator.number_format import render
from sheets_agent.emulator.workbook import JSON, Cell, Sheet, Workbook
from sheets_agent.formulas.changed_references import shift
from sheets_agent.formulas.locale import to_canonical
from sheets_agent.formulas.surroundings import ENGINE_COLUMNS
from sheets_agent.formulas.tokens import Kind, Token, tokens
from sheets_agent.formulas.values import Value

Place = tuple[int, int]
"""A row and a column."""
Holds = Callable[[int, int], bool]
"""Whether a condition holds for the cell at a row and a column."""


class Beside:
    """Formulas calculated for the cells of one sheet; all that are asked for are calculated at once."""

    def __init__(self, workbook: Workbook, sheet: Sheet) -> None:
        self._workbook = workbook
        self._sheet = sheet
        self._asked: list[tuple[str, Place, Collection[Place]]] = []
        self._values: list[dict[Place, Value]] = []

    def ask(self, typed: str, first: Place, places: Collection[Place]) -> Callable[[int, int], Value]:
        """The values of a formula at cells.

        Args:
            typed: the formula, in the spreadsheet's locale.
            first: the cell it is written for.
            places: the cells in question, all of them to the right of and below no other than `first` or beside it.
        """
        number = len(self._asked)
        self._asked.append((to_canonical(typed, self._workbook.locale), first, places))

        def value(row: int, column: int) -> Value:
            if len(self._values) <= number:
                self._calculate()
            return self._values[number].get((row, column))

        return value

    def _calculate(self) -> None:
        fork = self._workbook.fork()
        sheet = fork.sheet(self._sheet.sheet_id)
        assert sheet is not None
        rows = dict(sheet.rows)
        taken: dict[int, int] = {}
        put: list[dict[Place, int]] = []
        for formula, first, places in self._asked:
            columns: dict[Place, int] = {}
            for row, column in places:
                beside = sheet.column_count + taken.get(row, 0)
                if beside >= ENGINE_COLUMNS:
                    raise Unsupported("The local Sheets API evaluates no formulas in conditions on so wide a sheet.")
                taken[row] = taken.get(row, 0) + 1
                copy = _at_home(shift(formula, row - first[0], column - first[1]), row, column)
                rows[row] = {**rows.get(row, {}), beside: Cell(formula=copy)}
                columns[row, column] = beside
            put.append(columns)
        fork.replace_rows(sheet, rows)
        self._values = [
            {place: fork.value(sheet, place[0], beside) for place, beside in columns.items()} for columns in put
        ]


def _at_home(formula: str, row: int, column: int) -> str:
    """A formula that is put elsewhere: `ROW()` and `COLUMN()` go on meaning the cell it is for."""
    parts = tokens(formula)
    written = []
    for index, token in enumerate(parts):
        written.append(token.text)
        if token.kind is Kind.OPEN and _of_own_place(parts, index):
            written.append(cell_name(row, column))
    return "".join(written)


def _of_own_place(parts: tuple[Token, ...], index: int) -> bool:
    """Whether the parenthesis at an index opens a call of ROW or COLUMN with nothing in it."""
    before = next((one for one in reversed(parts[:index]) if one.kind is not Kind.SPACE), None)
    after = next((one for one in parts[index + 1 :] if one.kind is not Kind.SPACE), None)
    called = before is not None and before.kind is Kind.FUNCTION and before.text.upper() in ("ROW", "COLUMN")
    return called and after is not None and after.kind is Kind.CLOSE


def placed_test(
    beside: Beside,
    workbook: Workbook,
    sheet: Sheet,
    condition: JSON,
    first: Place,
    places: Collection[Place],
) -> Holds:
    """A condition on the cells of a sheet.

    Args:
        beside: calculates formulas.
        workbook: the workbook.
        sheet: the sheet.
        condition: a BooleanCondition.
        first: the cell that its formulas are written for.
        places: the cells in question.
    """

    def shown(row: int, column: int) -> tuple[Value, str]:
        value = workbook.value(sheet, row, column)
        return value, "" if value is None else formatted(workbook, sheet, row, column, value)

    kind, values = str(condition.get("type", "")), condition.get("values", [])
    if not has_formula(condition):
        test = condition_test(workbook, condition)
        return lambda row, column: test(*shown(row, column))
    if kind == "CUSTOM_FORMULA":
        if not values:  # in a file that something else wrote
            return lambda row, column: False
        answer = beside.ask(formula_of(values[0]) or "=" + str(values[0].get("userEnteredValue", "")), first, places)
        return lambda row, column: _true(answer(row, column))
    operands = [_operand(beside, workbook, value, first, places) for value in values]
    return lambda row, column: comparison(kind, [one(row, column) for one in operands])(*shown(row, column))


def _operand(
    beside: Beside, workbook: Workbook, value: JSON, first: Place, places: Collection[Place]
) -> Callable[[int, int], Operand]:
    formula = formula_of(value)
    if formula is None:
        known = operand(workbook, value)
        return lambda row, column: known
    answer = beside.ask(formula, first, places)

    def calculated(row: int, column: int) -> Operand:
        found = answer(row, column)
        return Operand(found, "" if found is None else render(found, None, workbook.locale))

    return calculated


def _true(value: Value) -> bool:
    return value is True or (isinstance(value, float) and value != 0)
