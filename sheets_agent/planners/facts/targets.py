"""What a step fills, sorts, filters or clears of duplicates, against the table that is meant."""

from __future__ import annotations

from collections.abc import Iterator

from sheets_agent.a1 import GridRange, parse_cells, split_sheet
from sheets_agent.actions.base import Action
from sheets_agent.actions.data import FilterRange, RemoveDuplicates, SortRange
from sheets_agent.actions.formulas import RepeatFormula
from sheets_agent.actions.series import FillSeries
from sheets_agent.actions.values import FillConstant
from sheets_agent.errors import ActionError
from sheets_agent.formulas.references import references
from sheets_agent.planners.facts.ground import Ground, Table, kind_of
from sheets_agent.planners.facts.report import doubt
from sheets_agent.planners.facts.spans import short, span
from sheets_agent.state.planned import Fact


def targets(step: int, action: Action, ground: Ground) -> Iterator[Fact]:
    """Facts on the place of a step that works on the rows of a table."""
    if isinstance(action, RepeatFormula | FillConstant | FillSeries):
        for area in action.writes(ground.book):
            yield from _fill(step, action, area, ground)
    elif isinstance(action, SortRange | RemoveDuplicates):
        yield from _rows(step, action, ground)
    elif isinstance(action, FilterRange) and not action.clear:
        yield from _whole_table(step, action.target, "Filter", ground)


def _fill(step: int, action: Action, area: GridRange, ground: Ground) -> Iterator[Fact]:
    """A column that is filled beside or inside a table, for nearly all of its rows."""
    if area.columns > 1 or area.rows < 2:
        return
    table = _alongside(area, ground)
    if table is None:
        return
    where = ground.book.a1(area)
    top, end = area.start_row or 0, area.end_row or 0
    if top < table.first and table.header_rows:
        sentence = f"{where} begins in the header of the table; its first row of data is {table.first + 1}."
        yield doubt("header_as_data", step, sentence, where)
    above, below = max(0, top - table.first), max(0, table.end - end)
    if above and _looks_back(action, above):
        above = 0
    if 0 < above + below <= max(2, 0.1 * table.height) and 4 * (above + below) <= table.height:
        rows = f"{table.first + 1}–{table.end}"
        sentence = f"{where} leaves out {above + below} of the rows of data of the table beside it, which are {rows}."
        yield doubt("range_mismatch", step, sentence, where)
    past = end - (table.area.end_row or 0)
    if past > 0 and above + below == 0:
        sentence = f"{where} goes on below the table beside it, whose last row is {table.area.end_row}."
        yield doubt("range_mismatch", step, sentence, where)
    elif end > table.end and table.total_rows and not _divides(action):
        sentence = f"{where} holds the row of totals {table.end + 1} of the table."
        yield doubt("total_as_data", step, sentence, where)


def _looks_back(action: Action, rows: int) -> bool:
    """Whether a formula takes values from rows above its own, as many as it begins below the first."""
    if not isinstance(action, RepeatFormula):
        return False
    own = parse_cells(split_sheet(action.target)[1]).start_row
    moving = [one.first.row for one in references(action.formula) if not one.first.row_absolute]
    return any(own is not None and row is not None and row == own - rows for row in moving)


def _divides(action: Action) -> bool:
    return isinstance(action, RepeatFormula) and "/" in action.formula


def _alongside(area: GridRange, ground: Ground) -> Table | None:
    """The table that a column touches or lies in, and whose rows it shares."""
    left = area.start_column or 0
    for table in ground.tables(area.sheet_id):
        touches = (table.area.start_column or 0) - 1 <= left <= (table.area.end_column or 0)
        shares = min(area.end_row or 0, table.end) - max(area.start_row or 0, table.first)
        if table.shape == "table" and table.height > 1 and touches and 2 * shares > table.height:
            return table
    return None


def _rows(step: int, action: SortRange | RemoveDuplicates, ground: Ground) -> Iterator[Fact]:
    area = _area(action.target, ground)
    table = None if area is None else ground.table(area)
    if area is None or table is None or table.shape != "table":
        return
    where, top = ground.book.a1(area), area.start_row or 0
    if table.header_rows and not action.header and top < table.first:
        yield doubt("header_as_data", step, f"{where} holds the header of the table, which would count as data.", where)
    if action.header and top >= table.first and table.header_rows:
        sentence = f"{where} begins below the header: its first row counts as the header, and is left where it is."
        yield doubt("header_as_data", step, sentence, where)
    if isinstance(action, SortRange) and not _all_columns(area, table):
        whole = ground.book.a1(table.area)
        sentence = f"Sorting {where} tears the rows of the table {whole} apart: it leaves out columns."
        yield doubt("range_mismatch", step, sentence, where)
    yield from _ends(step, type(action).__name__, area, ground)


def _all_columns(area: GridRange, table: Table) -> bool:
    start, end = area.start_column or 0, area.end_column or 0
    return start <= (table.area.start_column or 0) and (table.area.end_column or 0) <= end


def _ends(step: int, doing: str, area: GridRange, ground: Ground) -> Iterator[Fact]:
    found = span(ground, area)
    where = ground.book.a1(area)
    if found is None:
        return
    for missing in short(ground, found):
        if not missing.startswith("leaves out the first"):
            yield doubt("range_mismatch", step, f"{doing}: {where} {missing}.", where)
    if found.totals and doing != "Filter":
        yield doubt("total_as_data", step, f"{doing}: {where} holds the row of totals {found.table.end + 1}.", where)


def _whole_table(step: int, target: str, doing: str, ground: Ground) -> Iterator[Fact]:
    area = _area(target, ground)
    table = None if area is None else ground.table(area)
    if area is None or table is None or table.shape != "table":
        return
    where, top = ground.book.a1(area), area.start_row or 0
    if table.header_rows and top >= table.first:
        sentence = f"{where} begins below the header of the table: its first row of data is taken for the header."
        yield doubt("header_as_data", step, sentence, where)
    if table.header_rows and top < (table.area.start_row or 0) and kind_of(_corner(area, ground)) == "blank":
        yield doubt("header_as_data", step, f"{where} begins above the header, in a blank row.", where)
    yield from _ends(step, doing, area, ground)


def _corner(area: GridRange, ground: Ground) -> object:
    return ground.value(area.sheet_id, area.start_row or 0, area.start_column or 0)


def _area(text: str, ground: Ground) -> GridRange | None:
    try:
        return ground.book.clipped(ground.book.range(text))
    except ActionError:
        return None


def source(step: int, doing: str, area: GridRange, ground: Ground) -> Iterator[Fact]:
    """Facts on the range that a pivot table or a chart is made of, its header row first."""
    table = ground.table(area)
    if table is None or table.shape == "dictionary":
        return
    where, top = ground.book.a1(area), area.start_row or 0
    header = (table.area.start_row or 0) + table.header_rows - 1
    if table.header_rows and top > header:
        sentence = f"{where}, the source of the {doing}, begins below the header, which stands in row {header + 1}."
        yield doubt("header_as_data", step, sentence, where)
    elif table.header_rows and top < header:
        sentence = f"{where}, the source of the {doing}, begins above the header, which stands in row {header + 1}."
        yield doubt("header_as_data", step, sentence, where)
    elif not table.header_rows and top < (table.area.start_row or 0):
        yield doubt("header_as_data", step, f"{where}, the source of the {doing}, begins above the table.", where)
    found = span(ground, area)
    if found is None:
        return
    for missing in short(ground, found):
        if not missing.startswith("leaves out the first"):
            yield doubt("range_mismatch", step, f"{where}, the source of the {doing}, {missing}.", where)
    if found.totals:
        sentence = f"{where}, the source of the {doing}, holds the row of totals {found.table.end + 1}."
        yield doubt("total_as_data", step, sentence, where)
