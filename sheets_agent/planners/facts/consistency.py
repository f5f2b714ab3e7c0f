"""Formulas that are not in line with their neighbours: one of a column is unlike the others."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from sheets_agent.a1 import GridRange
from sheets_agent.formulas.changed_references import shift
from sheets_agent.formulas.references import split
from sheets_agent.planners.facts.ground import Ground
from sheets_agent.planners.facts.placed import Placed
from sheets_agent.planners.facts.report import doubt
from sheets_agent.state.planned import Fact

LEAST = 3
"""Formulas that make a line."""


def consistency(step: int, formulas: Sequence[Placed], ground: Ground) -> Iterator[Fact]:
    """Facts on formulas of one step, against one another and against those to the left in their row."""
    columns: dict[int, list[Placed]] = {}
    for formula in formulas:
        columns.setdefault(formula.left, []).append(formula)
    for line in columns.values():
        if len(line) >= LEAST:
            repeated = [_form(formula.text, formula.top, 0) for formula in line]
            written = [formula.text for formula in line]
            forms = min(repeated, written, key=lambda found: len(set(found)))
            yield from _odd_ones(step, line, forms)
    if len(formulas) == 1 and formulas[0].area.cells == 1:
        yield from _beside(step, formulas[0], ground)


def _odd_ones(step: int, line: Sequence[Placed], forms: Sequence[str]) -> Iterator[Fact]:
    """The formulas of a column that only one or two have in their form."""
    common, count = Counter(forms).most_common(1)[0]
    if count < LEAST - 1 or 4 * (len(line) - count) > len(line) + 1:
        return
    for formula, form in zip(line, forms, strict=True):
        if form != common and _same_but_for_cells(form, common):
            usual = next(other for other, its in zip(line, forms, strict=True) if its == common)
            where = formula.where
            sentence = f"{formula.text} in {where} is unlike the other formulas of its column, such as {usual.text}."
            yield doubt("inconsistent_formula", step, sentence, where)


def _beside(step: int, formula: Placed, ground: Ground) -> Iterator[Fact]:
    """A formula whose row goes on from the left with one form, of which it has everything but the cells."""
    if formula.left < LEAST:
        return
    area = GridRange(formula.area.sheet_id, formula.top, formula.top + 1, formula.left - LEAST, formula.left)
    block = ground.read(area)
    if block is None or block.area.sheet_id != area.sheet_id:
        return
    row = formula.top - (block.area.start_row or 0)
    first = (area.start_column or 0) - (block.area.start_column or 0)
    before = [str(text) for text in (block.entered[row][first : first + LEAST] if row < len(block.entered) else ())]
    forms = {_form(text, 0, formula.left - LEAST + place) for place, text in enumerate(before)}
    own = _form(formula.text, 0, formula.left)
    if len(before) == LEAST and len(forms) == 1 and before[0].startswith("="):
        usual = forms.pop()
        if own != usual and _same_but_for_cells(own, usual):
            where = formula.where
            sentence = f"{formula.text} in {where} is unlike the formulas to its left, such as {before[-1]}."
            yield doubt("inconsistent_formula", step, sentence, where)


def _form(text: str, row: int, column: int) -> str:
    """A formula as it would stand in the first row and column, where it can."""
    moved = shift(text, -row, -column)
    return moved if "#REF!" not in moved else text


def _same_but_for_cells(one: str, other: str) -> bool:
    """Whether two formulas differ in their references alone."""
    return _without_cells(one) == _without_cells(other)


def _without_cells(text: str) -> str:
    return re.sub(r"\s+", "", "".join(part if isinstance(part, str) else "@" for part in split(text))).upper()
