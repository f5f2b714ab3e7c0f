"""What the written cells hold after a step: kinds that do not go together, results that are all nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sheets_agent.a1 import GridRange
from sheets_agent.actions.base import Action
from sheets_agent.formulas.syntax import Call, Literal, walk
from sheets_agent.planners.facts.ground import Ground, commonest, kind_of
from sheets_agent.planners.facts.placed import Placed
from sheets_agent.planners.facts.report import doubt
from sheets_agent.state.planned import Fact

MOSTLY = 0.75
"""Values of one kind with this share are what the column is meant to hold."""
LEAST = 4
COUNTING = frozenset({"SUMIF", "SUMIFS", "COUNTIF", "COUNTIFS", "SUMPRODUCT"})
CATCHING = frozenset({"IFERROR", "IFNA"})


def results(
    step: int, action: Action, formulas: Sequence[Placed], areas: Sequence[GridRange], ground: Ground
) -> Iterator[Fact]:
    """Facts on the cells that a step wrote.

    Args:
        step: its zero-based index.
        action: the step.
        formulas: the formulas it wrote.
        areas: the ranges it wrote.
        ground: the spreadsheet after it.
    """
    for formula in formulas:
        yield from _nothing(step, formula, ground)
        yield from _all_caught(step, formula, ground)
    if action.kind not in ("write_table", "fill_constant", "repeat_formula", "write_cell"):
        return
    meant = {text for formula in formulas for text in _texts(formula)}
    for area in areas:
        if area.bounded:
            yield from _mixed(step, area, ground, meant)


def _texts(formula: Placed) -> Iterator[str]:
    for node in walk(formula.node):
        if isinstance(node, Literal) and node.text.startswith('"'):
            yield node.text[1:-1].replace('""', '"')


def _mixed(step: int, area: GridRange, ground: Ground, meant: set[str]) -> Iterator[Fact]:
    """Texts among numbers in a column that was written."""
    for column in range(area.start_column or 0, area.end_column or 0):
        written = GridRange(area.sheet_id, area.start_row, area.end_row, column, column + 1)
        values = ground.values(written)
        table = ground.table(written)
        if table is not None and table.shape == "table" and column in table.columns:
            around = table.column(column)
            first = max(table.first, area.start_row or 0)
            values = ground.values(
                GridRange(area.sheet_id, first, min(table.end, area.end_row or 0), column, column + 1)
            )
        elif table is not None:
            continue
        else:
            around = values
        kind, others = commonest(around)
        filled = sum(kind_of(value) != "blank" for value in around)
        odd = [value for value in values if kind_of(value) == "text" and value not in meant]
        if kind == "number" and odd and filled >= LEAST and filled - others >= MOSTLY * filled:
            where = ground.book.a1(written)
            sentence = f"{where} holds texts such as “{str(odd[0])[:40]}” among numbers."
            yield doubt("mixed_types", step, sentence, where)


def _values(formula: Placed, ground: Ground) -> list[object]:
    return ground.values(formula.area)


def _nothing(step: int, formula: Placed, ground: Ground) -> Iterator[Fact]:
    """A column of sums or counts by criteria that are all zero: the criteria match nothing."""
    top = formula.node
    values = _values(formula, ground)
    if not isinstance(top, Call) or top.name not in COUNTING or len(values) < 2:
        return
    if all(value == 0 and not isinstance(value, bool) for value in values):
        where = ground.book.a1(formula.area)
        sentence = f"{formula.text} gives 0 in every cell of {where}: its criteria match nothing."
        yield doubt("matches_nothing", step, sentence, where)


def _all_caught(step: int, formula: Placed, ground: Ground) -> Iterator[Fact]:
    """An IFERROR whose fallback stands in every cell."""
    top = formula.node
    if not isinstance(top, Call) or top.name not in CATCHING or len(top.arguments) != 2 or formula.area.cells < 2:
        return
    fallback = top.arguments[1]
    if not isinstance(fallback, Literal):
        return
    values = ground.values(formula.area)
    meant = fallback.text[1:-1] if fallback.text.startswith('"') else fallback.text
    if all(_shows(value, meant) for value in values):
        where = ground.book.a1(formula.area)
        sentence = f"Every cell of {where} shows what {top.name} gives for an error: {formula.text} never succeeds."
        yield doubt("matches_nothing", step, sentence, where)


def _shows(value: object, meant: str) -> bool:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return meant.replace(".", "", 1).isdigit() and float(meant) == value
    return str(value) == meant
