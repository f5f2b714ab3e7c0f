"""What the references of a formula reach: rows left out, headers and totals counted, its own cell, drifting ranges."""

from __future__ import annotations

from collections.abc import Iterator

from sheets_agent.a1 import GridRange
from sheets_agent.formulas.parameters import words
from sheets_agent.planners.facts.ground import Table, kind_of, one_kind
from sheets_agent.planners.facts.placed import WITHOUT_VALUES, Placed, Use
from sheets_agent.planners.facts.report import doubt, error
from sheets_agent.planners.facts.spans import Span, short, span
from sheets_agent.state.planned import Fact

SUMMARIES = words(
    """AVEDEV AVERAGE AVERAGEA AVERAGEIF AVERAGEIFS CORREL COUNT COUNTA COUNTBLANK COUNTIF COUNTIFS COUNTUNIQUE
    COUNTUNIQUEIFS FILTER GEOMEAN HARMEAN JOIN LARGE MAX MAXA MAXIFS MEDIAN MIN MINA MINIFS MODE MODE.SNGL PERCENTILE
    PERCENTILE.INC PRODUCT QUARTILE RANK RANK.AVG RANK.EQ ROWS SLOPE SMALL SORT SORTN STDEV STDEV.P STDEV.S STDEVP
    SUBTOTAL SUM SUMIF SUMIFS SUMPRODUCT TEXTJOIN TRANSPOSE UNIQUE VAR VAR.P VAR.S VARP"""
)
"""Functions for which each row of a range counts: a header among them is a mistake."""
LOOKUPS = words("HLOOKUP INDEX LOOKUP MATCH VLOOKUP XLOOKUP XMATCH")
PAIRED = words("AVERAGEIF AVERAGEIFS COUNTIFS COUNTUNIQUEIFS FILTER MAXIFS MINIFS SUMIF SUMIFS SUMPRODUCT XLOOKUP")
"""Functions whose ranges go row by row together."""


def reaches(step: int, formula: Placed) -> Iterator[Fact]:
    """Facts on the references of one formula."""
    yield from _own_cell(step, formula)
    yield from _sizes(step, formula)
    for use in formula.uses:
        if use.tall and not set(use.inside) & WITHOUT_VALUES:
            yield from _range(step, formula, use)
        if not (_grows_right(use) and set(use.inside) & WITHOUT_VALUES):
            yield from _drift(step, formula, use)
            yield from _window(step, formula, use)
    yield from _other_row(step, formula)


def _own_cell(step: int, formula: Placed) -> Iterator[Fact]:
    for use in formula.uses:
        if not set(use.inside) & WITHOUT_VALUES and use.area.intersection(formula.home):
            where = formula.where
            sentence = f"{formula.text} in {where} refers to its own cell through {use.reference}: it is circular."
            yield error("circularity", step, sentence, where)
            return


def _range(step: int, formula: Placed, use: Use) -> Iterator[Fact]:
    """One range against its table; a range that grows or moves row by row is a window and not judged here."""
    if use.call is None or use.call.name not in SUMMARIES | LOOKUPS:
        return
    if formula.area.rows > 1 and not _fixed_rows(use):
        return
    found = span(formula.ground, use.area)
    if found is None:
        return
    where = formula.ground.book.a1(use.area)
    for missing in short(formula.ground, found):
        yield doubt("range_mismatch", step, f"{use.reference} in {formula.text} {missing}.", where)
    if use.call.name in SUMMARIES and found.header:
        sentence = (
            f"{use.reference} in {formula.text} holds the header “{found.table.header(use.area.start_column or 0)}”."
        )
        yield doubt("header_as_data", step, f"{sentence} Begin it in row {found.table.first + 1}.", where)
    if use.call.name in SUMMARIES - {"SUBTOTAL"} and found.totals and not _only_totals(found, use):
        sentence = f"{use.reference} in {formula.text} holds the row of totals {found.table.end + 1} beside the data."
        yield doubt("total_as_data", step, sentence, where)


def _fixed_rows(use: Use) -> bool:
    last = use.reference.last
    return use.reference.first.row_absolute and last is not None and last.row_absolute


def _only_totals(found: Span, use: Use) -> bool:
    return (use.area.start_row or 0) >= found.table.end


def _sizes(step: int, formula: Placed) -> Iterator[Fact]:
    """Ranges that go together and differ in height or begin in other rows."""
    by_call: dict[int, list[Use]] = {}
    for use in formula.uses:
        if use.call is not None and use.tall and use.call.name in PAIRED:
            by_call.setdefault(id(use.call), []).append(use)
    yield from _match_sizes(step, formula)
    for uses in by_call.values():
        first = uses[0]
        for other in uses[1:]:
            if other.area.rows != first.area.rows:
                sentence = f"{first.reference} and {other.reference} in {formula.text} differ in size."
                yield doubt("range_sizes", step, sentence, formula.where)
                break
            if _apart(first, other):
                sentence = f"{first.reference} and {other.reference} in {formula.text} do not hold the same rows."
                yield doubt("range_sizes", step, sentence, formula.where)
                break


def _apart(first: Use, other: Use) -> bool:
    """Whether two ranges lie on different sheets, or do not begin in one row."""
    return (first.area.sheet_id, first.area.start_row) != (other.area.sheet_id, other.area.start_row)


def _match_sizes(step: int, formula: Placed) -> Iterator[Fact]:
    """INDEX(…, MATCH(…)) over columns that do not begin in one row."""
    index = [use for use in formula.uses if use.call and use.call.name == "INDEX" and use.index == 0]
    match = [use for use in formula.uses if use.call and use.call.name == "MATCH" and use.index == 1]
    if len(index) != 1 or len(match) != 1 or not (index[0].tall and match[0].tall) or "INDEX" not in match[0].inside:
        return
    one, two = index[0], match[0]
    if _apart(one, two) or one.area.rows != two.area.rows:
        sentence = f"{one.reference} and {two.reference} in {formula.text} do not hold the same rows."
        yield doubt("range_sizes", step, sentence, formula.where)


# --------------------------------------------------------------------------------------------------------------- drift


def _drift(step: int, formula: Placed, use: Use) -> Iterator[Fact]:
    """A reference without $ that leaves what it means when the formula is repeated."""
    if formula.area.rows > 1 and _moves_down(use) and _drifts(formula, use):
        sentence = (
            f"{use.reference} in {formula.text} moves down with each row of {formula.ground.book.a1(formula.area)}, "
            f"away from what it means. Fix its rows with $."
        )
        yield doubt("missing_dollar", step, sentence, formula.ground.book.a1(use.area))
    elif formula.area.columns > 1 and _moves_right(use) and _drifts_right(formula, use):
        sentence = (
            f"{use.reference} in {formula.text} moves right with each column of "
            f"{formula.ground.book.a1(formula.area)}, away from what it means. Fix its columns with $."
        )
        yield doubt("missing_dollar", step, sentence, formula.ground.book.a1(use.area))


def _window(step: int, formula: Placed, use: Use) -> Iterator[Fact]:
    """A range that moves with the rows of its own table, and takes in more or less of them than it should."""
    last = use.reference.last
    if formula.area.rows < 2 or last is None or not use.area.bounded or use.area.sheet_id != formula.area.sheet_id:
        return
    where, end = formula.ground.book.a1(use.area), use.area.end_row or 0
    if last.row_absolute or use.area.cells == 0:
        return
    if use.area.cells == 1 and not use.reference.first.row_absolute:
        sentence = f"{use.reference} in {formula.text} is one cell in every row; a range that grows begins with $."
        yield doubt("missing_dollar", step, sentence, where)
    elif use.reference.first.row_absolute and end == formula.top + 2 and use.area.columns == 1:
        sentence = f"{use.reference} in {formula.text} reaches into the row below the formula's own."
        yield doubt("other_row", step, sentence, where)
    elif use.area.columns > 1 and use.area.rows == 2 and (use.area.start_row or 0) <= formula.top < end:
        sentence = f"{use.reference} in {formula.text} takes two rows at once; each row needs its own only."
        yield doubt("other_row", step, sentence, where)


def _moves_down(use: Use) -> bool:
    first, last = use.reference.first, use.reference.last or use.reference.first
    return None not in (first.row, last.row) and not first.row_absolute and not last.row_absolute


def _grows_right(use: Use) -> bool:
    """Whether a range takes in one column more with each column of the formula, as in COLUMNS($A2:A2)."""
    first, last = use.reference.first, use.reference.last
    one_row = use.area.bounded and use.area.rows == 1
    return last is not None and one_row and first.column_absolute and not last.column_absolute


def _moves_right(use: Use) -> bool:
    first, last = use.reference.first, use.reference.last or use.reference.first
    return None not in (first.column, last.column) and not first.column_absolute and not last.column_absolute


def _drifts(formula: Placed, use: Use) -> bool:
    area, table = use.area, formula.ground.table(use.area)
    if table is None or not area.bounded:
        return False
    beside = area.sheet_id == formula.area.sheet_id and (area.start_row or 0) <= formula.top < (area.end_row or 0)
    if area.rows > 1:
        small = beside and 2 * area.rows < table.height
        return not small and not _own_column(formula, area)
    if area.sheet_id == formula.area.sheet_id and area.start_row == formula.top:
        return _leaves(formula, use, table)
    if area.sheet_id == formula.area.sheet_id and _same_table(formula, table):
        return False  # a row above or below of the same table
    return _leaves(formula, use, table)


def _own_column(formula: Placed, area: GridRange) -> bool:
    return area.sheet_id == formula.area.sheet_id and formula.left in range(
        area.start_column or 0, area.end_column or 0
    )


def _same_table(formula: Placed, table: Table) -> bool:
    return (table.area.start_row or 0) <= formula.top <= (table.area.end_row or 0) and table.height >= 0.5 * (
        formula.area.rows
    )


def _leaves(formula: Placed, use: Use, table: Table) -> bool:
    """Whether the cells that a single reference moves over stop being like the first one at once."""
    area = use.area
    values = table.column(area.start_column or 0) if area.start_column in table.columns else []
    offset = (area.start_row or 0) - table.first
    met = values[offset : offset + formula.area.rows] if offset >= 0 else []
    if not met or kind_of(met[0]) == "blank":
        return False
    beyond = formula.area.rows - len(met)
    like = sum(kind_of(value) == kind_of(met[0]) for value in met)
    return beyond > len(met) or 2 * like < formula.area.rows


def _drifts_right(formula: Placed, use: Use) -> bool:
    area, table = use.area, formula.ground.table(use.area)
    if table is None or not area.bounded:
        return False
    if area.columns > 1:
        return area.sheet_id != formula.area.sheet_id or area.columns * 2 >= len(table.columns)
    last = (area.start_column or 0) + formula.area.columns - 1
    if area.start_column == formula.left and area.sheet_id == formula.area.sheet_id:
        return False
    first = formula.ground.data(area).kind
    moved = GridRange(area.sheet_id, area.start_row, area.end_row, (area.start_column or 0) + 1, last + 1)
    kind = one_kind(formula.ground.values(moved))
    return first != "blank" and kind not in (first, "mixed")


def _other_row(step: int, formula: Placed) -> Iterator[Fact]:
    """A formula repeated down a table that takes all its values from one other row, as when it is one row off."""
    if formula.area.rows < 2:
        return
    table = next((one for one in formula.ground.tables(formula.area.sheet_id) if _beside(formula, one)), None)
    if table is None or not table.header_rows:
        return
    rows = {
        (use.area.start_row or 0) - formula.top
        for use in formula.uses
        if use.area.sheet_id == formula.area.sheet_id and _moves_down(use) and use.area.rows == 1
    }
    own = any(_own_column(formula, use.area) for use in formula.uses)
    if len(rows) == 1 and 0 not in rows and not own and abs(next(iter(rows))) <= 2:
        off = next(iter(rows))
        sentence = (
            f"{formula.text} in row {formula.top + 1} takes its values from row {formula.top + off + 1}; "
            "each row of the table is given the values of another."
        )
        yield doubt("other_row", step, sentence, formula.where)


def _beside(formula: Placed, table: Table) -> bool:
    touching = formula.left in range((table.area.start_column or 0), (table.area.end_column or 0) + 1)
    return touching and table.area.start_row is not None and table.area.start_row <= formula.top < table.end
