"""The conditions of a pivot table's filters, formulas in them included.

In such a formula a heading stands for the record's value in that column, and a reference means the same cells for every
record, on the pivot table's own sheet where it names none. The formula is given to the ordinary engine, in a scratch
workbook that holds the records and a copy of the cells referred to.

Source: PivotFilterCriteria.condition of the v4 discovery document.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from sheets_agent.a1 import GridRange, cell_name, quote_title
from sheets_agent.emulator.conditions import (
    Operand,
    comparison,
    condition_test,
    formula_of,
    has_formula,
    operand,
    without_headings,
)
from sheets_agent.emulator.errors import Unsupported
from sheets_agent.emulator.number_format import render
from sheets_agent.emulator.pivot.calculated import columns_named, with_columns
from sheets_agent.emulator.pivot.model import JSON, filter_specs
from sheets_agent.formulas.locale import to_canonical
from sheets_agent.formulas.references import Reference, split
from sheets_agent.formulas.syntax import Call, FormulaError, Name, Node, Table, tree, walk
from sheets_agent.formulas.values import ErrorValue, Value
from sheets_agent.functions.hosted import CHANCE, OUTSIDE

if TYPE_CHECKING:
    from sheets_agent.emulator.workbook import Cell, Sheet, Workbook

Kept = Callable[[int, str], bool]
"""Whether a filter keeps a record: its place among the records, and what its cell shows."""
_ELSEWHERE = CHANCE | OUTSIDE | {
    "CELL", "COLUMN", "FORMULATEXT", "GETPIVOTDATA", "INDIRECT", "ISFORMULA", "OFFSET", "ROW", "SHEET", "SHEETS",
    "SUBTOTAL",
}  # fmt: skip
"""Functions that ask for more than the values of the cells they are given."""


@dataclass(frozen=True, slots=True)
class Records:
    """What filters look at.

    Attributes:
        workbook: where the source is.
        home: the sheet that the pivot table is on.
        headings: of the columns of the source.
        columns: the values of the columns, those that no filter needs empty.
        count: how many records there are.
    """

    workbook: Workbook
    home: Sheet
    headings: Sequence[str]
    columns: Sequence[Sequence[Value]]
    count: int


def filter_test(records: Records, condition: JSON, offset: int) -> Kept:
    """A condition on the column with an offset.

    Raises:
        Unsupported: a formula that asks for more than values, see `check_formulas`.
    """
    workbook, kind, column = records.workbook, str(condition.get("type", "")), records.columns[offset]
    if not has_formula(condition):
        test = condition_test(workbook, condition)
        return lambda index, text: test(column[index], text)
    check_formulas(workbook, condition)
    values = condition.get("values", [])
    if kind == "CUSTOM_FORMULA":
        [formula] = [formula_of(value) or "=" + str(value.get("userEnteredValue", "")) for value in values]
        found = _calculated(records, formula)
        return lambda index, text: _true(found(index))
    operands = [_operand(records, value) for value in values]
    return lambda index, text: comparison(kind, [one(index) for one in operands])(column[index], text)


def columns_asked(workbook: Workbook, spec: JSON, headings: Sequence[str]) -> frozenset[int]:
    """Which columns of its source the filters of a pivot table look at."""
    own = {int(item.get("columnOffsetIndex", 0)) for item in filter_specs(spec)}
    return frozenset(own).union(*(columns_named(formula, headings) for formula in _formulas(workbook, spec)))


def areas_asked(workbook: Workbook, spec: JSON, home: Sheet, headings: Sequence[str]) -> Iterator[GridRange]:
    """The cells that the formulas in the filters of a pivot table on a sheet refer to."""
    for formula in _formulas(workbook, spec):
        for _, area in _references(workbook, home, with_columns(formula, headings, lambda column: "0")):
            yield area


def check_formulas(workbook: Workbook, condition: JSON) -> None:
    """Find out whether the formulas of a condition can be calculated.

    Raises:
        Unsupported: one of them asks for more than the values of cells, or is none that can be read.
    """
    for formula in _typed(workbook, condition):
        parts = _parts(formula)
        if not parts:
            raise Unsupported("The local Sheets API cannot read a formula in the filters of a pivot table.")
        if any(isinstance(one, Table) or (isinstance(one, Call) and one.name in _ELSEWHERE) for one in parts):
            raise Unsupported(
                "In the filters of pivot tables, the local Sheets API evaluates formulas of headings, cells and values."
            )


def _parts(formula: str) -> list[Node]:
    """The parts of a formula; none when it cannot be read."""
    try:
        return list(walk(tree(without_headings(formula))))
    except (FormulaError, RecursionError):
        return []


def _formulas(workbook: Workbook, spec: JSON) -> Iterator[str]:
    for item in filter_specs(spec):
        yield from _typed(workbook, item.get("filterCriteria", {}).get("condition") or {})


def _typed(workbook: Workbook, condition: JSON) -> Iterator[str]:
    """The formulas of a condition, with the separators of en_US."""
    for value in condition.get("values", []):
        formula = formula_of(value)
        if formula is None and condition.get("type") == "CUSTOM_FORMULA":
            formula = "=" + str(value.get("userEnteredValue", ""))
        if formula is not None:
            yield to_canonical(formula, workbook.locale)


def _operand(records: Records, value: JSON) -> Callable[[int], Operand]:
    formula, locale = formula_of(value), records.workbook.locale
    if formula is None:
        known = operand(records.workbook, value)
        return lambda index: known
    found = _calculated(records, formula)

    def calculated(index: int) -> Operand:
        result = found(index)
        return Operand(result, "" if result is None else render(result, None, locale))

    return calculated


def _calculated(records: Records, typed: str) -> Callable[[int], Value]:
    """The values of a formula for every record."""
    # The engine draws pivot tables, and this draws on the engine: the import must wait until both are there.
    from sheets_agent.emulator.workbook import Cell, Sheet, Workbook

    workbook = records.workbook
    formula = to_canonical(typed, workbook.locale)
    named = columns_named(formula, records.headings)
    title = _free_title(workbook)
    at_home = f"{quote_title(title)}!"
    count = records.count if named else min(records.count, 1)
    rows = {
        row: {column: cell for column in named if (cell := _cell_of(records.columns[column][row])) is not None}
        for row in range(count)
    }
    asked: dict[int, list[GridRange]] = {}
    width = len(records.headings)
    for row in range(count):
        written = with_columns(formula, records.headings, lambda column, row=row: at_home + cell_name(row, column))  # type: ignore[misc]
        if row == 0:
            for _, area in _references(workbook, records.home, written):
                asked.setdefault(area.sheet_id, []).append(area)
        rows[row][width] = Cell(formula="".join(_placed(records.home, written)))
    sheet = Sheet(_grid(-1, title, max(count, 1), width + 1), rows)
    copies = [_copied(workbook, other, asked[other.sheet_id]) for other in workbook.grids if other.sheet_id in asked]
    scratch = Workbook("condition", workbook.properties, [sheet, *copies])
    scratch.named_ranges = [one for one in workbook.named_ranges if int(one["range"].get("sheetId", 0)) in asked]
    scratch.named_functions = list(workbook.named_functions)
    moment = workbook.clock() - timedelta(days=workbook.now() - (workbook.engine.moment or workbook.now()))
    scratch.clock = lambda: moment
    found = [value for (value,) in scratch.values(sheet, range(count), range(width, width + 1))]
    return lambda index: found[index] if named else found[0]


def _grid(sheet_id: int, title: str, rows: int, columns: int) -> JSON:
    grid = {"rowCount": rows, "columnCount": columns}
    return {"sheetId": sheet_id, "title": title, "index": 0, "sheetType": "GRID", "gridProperties": grid}


def _free_title(workbook: Workbook) -> str:
    title = "Records"
    while workbook.sheet_titled(title) is not None:
        title += "_"
    return title


def _copied(workbook: Workbook, sheet: Sheet, areas: Sequence[GridRange]) -> Sheet:
    """A sheet with nothing on it but the values of some areas."""
    copy = type(sheet)(_grid(sheet.sheet_id, sheet.title, sheet.row_count, sheet.column_count))
    extent = workbook.extent(sheet)
    for area in areas:
        bounded = area.clipped(*extent)
        rows, columns = _span(bounded.start_row, bounded.end_row), _span(bounded.start_column, bounded.end_column)
        for row, values in zip(rows, workbook.values(sheet, rows, columns), strict=True):
            line = {column: _cell_of(value) for column, value in zip(columns, values, strict=True)}
            kept = {column: cell for column, cell in line.items() if cell is not None}
            if kept:
                copy.rows[row] = {**copy.rows.get(row, {}), **kept}
    return copy


def _span(start: int | None, end: int | None) -> range:
    return range(start or 0, max(start or 0, end or 0))


def _cell_of(value: Value) -> Cell | None:
    from sheets_agent.emulator.workbook import Cell

    if value is None:
        return None
    return Cell(formula=f"={value}") if isinstance(value, ErrorValue) else Cell(value)


def _placed(home: Sheet, formula: str) -> Iterator[str]:
    """The pieces of a formula, its references naming their sheets."""
    for piece in split(formula):
        if isinstance(piece, Reference) and piece.sheet is None:
            yield str(replace(piece, prefix=f"{quote_title(home.title)}!", typed=""))
        else:
            yield str(piece)


def _references(workbook: Workbook, home: Sheet, formula: str) -> Iterator[tuple[Sheet, GridRange]]:
    """The cells that a formula refers to, by references and by names of ranges."""
    for piece in split(formula):
        if isinstance(piece, Reference):
            sheet = home if piece.sheet is None else workbook.sheet_titled(piece.sheet)
            if sheet is not None and sheet.is_grid:
                yield sheet, piece.area.grid_range(sheet.sheet_id)
    names = {part.text.casefold() for part in _parts(formula) if isinstance(part, Name)}
    for named in workbook.named_ranges:
        area = GridRange.from_api(named["range"])
        sheet = workbook.sheet(area.sheet_id)
        if sheet is not None and str(named["name"]).casefold() in names:
            yield sheet, area


def _true(value: Value) -> bool:
    return value is True or (isinstance(value, float) and value != 0)
