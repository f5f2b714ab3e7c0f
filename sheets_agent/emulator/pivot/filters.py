"""The conditions of a pivot table's filters."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sheets_agent.emulator.conditions import Operand, Test, comparison, condition_test, formula_of, has_formula, operand
from sheets_agent.emulator.errors import Unsupported
from sheets_agent.emulator.number_format import render
from sheets_agent.emulator.pivot.model import JSON
from sheets_agent.formulas.locale import to_canonical
from sheets_agent.formulas.syntax import Call, Cells, FormulaError, Name, Table, tree, walk
from sheets_agent.functions.hosted import CHANCE, OUTSIDE

if TYPE_CHECKING:
    from sheets_agent.emulator.workbook import Workbook


def filter_test(workbook: Workbook, condition: JSON) -> Test:
    """A condition; where a value of it is a formula, that is calculated.

    Raises:
        Unsupported: a custom formula, or one that depends on more than the moment.
    """
    if not has_formula(condition):
        return condition_test(workbook, condition)
    kind = str(condition.get("type", ""))
    if kind == "CUSTOM_FORMULA":
        raise Unsupported("The local Sheets API does not evaluate custom formulas in the filters of pivot tables.")
    operands = [
        operand(workbook, value) if (formula := formula_of(value)) is None else _calculated(workbook, formula)
        for value in condition.get("values", [])
    ]
    return comparison(kind, operands)


def _calculated(workbook: Workbook, typed: str) -> Operand:
    """The value of a formula that reads no cells, so that it can be calculated while the table is drawn."""
    # The engine draws pivot tables, and this draws on the engine: the import must wait until both are there.
    from sheets_agent.emulator.workbook import Cell, Sheet, Workbook

    formula = to_canonical(typed, workbook.locale)
    if not _stands_alone(formula):
        raise Unsupported("The local Sheets API evaluates no formulas with references in the filters of pivot tables.")
    grid = {"rowCount": 1, "columnCount": 1}
    sheet = Sheet({"sheetId": 0, "title": "Condition", "index": 0, "sheetType": "GRID", "gridProperties": grid})
    sheet.rows = {0: {0: Cell(formula=formula)}}
    scratch = Workbook("condition", workbook.properties, [sheet])
    earlier = workbook.now() - (workbook.engine.moment or workbook.now())
    moment = workbook.clock() - timedelta(days=earlier)
    scratch.clock = lambda: moment
    found = scratch.value(sheet, 0, 0)
    return Operand(found, "" if found is None else render(found, None, workbook.locale))


def _stands_alone(formula: str) -> bool:
    try:
        parts = list(walk(tree(formula)))
    except (FormulaError, RecursionError):
        return False
    asking = CHANCE | OUTSIDE | {"CELL", "COLUMN", "INDIRECT", "ROW", "SHEET", "SHEETS"}
    return not any(
        isinstance(one, Cells | Name | Table) or (isinstance(one, Call) and one.name in asking) for one in parts
    )
