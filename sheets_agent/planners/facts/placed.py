"""The formulas a step writes, where they stand, and what their references mean there."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from sheets_agent.a1 import MAX_COLUMNS, MAX_ROWS, GridRange
from sheets_agent.actions.base import Action, block
from sheets_agent.actions.formulas import RepeatFormula
from sheets_agent.actions.reading import Calculate
from sheets_agent.actions.values import WriteCell, WriteTable
from sheets_agent.errors import ActionError
from sheets_agent.formulas.references import Reference
from sheets_agent.formulas.syntax import Call, Cells, FormulaError, Group, Node, children, tree
from sheets_agent.planners.facts.ground import Ground

MOST = 300
"""Formulas of one step that are looked at."""
NOWHERE = MAX_ROWS
"""The row of formulas that are calculated and not written: past every grid."""
WITHOUT_VALUES = frozenset({"ROW", "ROWS", "COLUMN", "COLUMNS", "ISFORMULA", "FORMULATEXT", "CELL", "SHEET", "ISREF"})
"""Functions to which a reference is a place and not a value."""


@dataclass(frozen=True)
class Use:
    """A reference in a formula.

    Attributes:
        reference: the reference as written.
        area: the cells it means in the formula's first cell, open where it is.
        call: the function it is an argument of, None where it stands alone or is an operand.
        index: which argument, zero-based.
        inside: the functions around it, inner ones first.
    """

    reference: Reference
    area: GridRange
    call: Call | None
    index: int
    inside: tuple[str, ...]

    @property
    def tall(self) -> bool:
        """Whether it is a range of more than one row, with both ends named."""
        return self.area.bounded and self.area.rows > 1


@dataclass(frozen=True)
class Placed:
    """A formula and the cells it is written to.

    Attributes:
        text: the formula as it stands in the first cell.
        node: its tree.
        area: the cells, one where it is not repeated.
        ground: the spreadsheet before.
    """

    text: str
    node: Node
    area: GridRange
    ground: Ground

    @property
    def top(self) -> int:
        """The row of its first cell."""
        return self.area.start_row or 0

    @property
    def left(self) -> int:
        """The column of its first cell."""
        return self.area.start_column or 0

    @cached_property
    def uses(self) -> tuple[Use, ...]:
        """Its references whose sheet is there, in order."""
        return tuple(self._uses(self.node, None, 0, ()))

    @cached_property
    def home(self) -> GridRange:
        """Its first cell."""
        return block(self.area, 1, 1)

    @property
    def where(self) -> str:
        """The address of its first cell, empty for a formula that is written to none."""
        return "" if self.area.start_row == NOWHERE else self.ground.book.a1(self.home)

    def _uses(self, node: Node, call: Call | None, index: int, inside: tuple[str, ...]) -> Iterator[Use]:
        if isinstance(node, Cells):
            area = self.resolve(node.reference)
            if area is not None:
                yield Use(node.reference, area, call, index, inside)
        elif isinstance(node, Call):
            for place, argument in enumerate(node.arguments):
                yield from self._uses(argument, node, place, (node.name, *inside))
        else:
            for part in children(node):
                yield from self._uses(part, None, 0, inside)

    def resolve(self, reference: Reference) -> GridRange | None:
        """What a reference means in the first cell, None where its sheet is not there."""
        if reference.sheet is None:
            return reference.area.grid_range(self.area.sheet_id)
        try:
            return reference.area.grid_range(self.ground.book.sheet(reference.sheet).sheet_id)
        except ActionError:
            return None


def plain(node: Node) -> Node:
    """A node without the parentheses around it."""
    while isinstance(node, Group):
        node = node.inner
    return node


def placed(action: Action, ground: Ground) -> list[Placed]:
    """The formulas of an action that can be parsed; of a table of formulas each."""
    found = []
    for text, area in itertools.islice(_texts(action, ground), MOST):
        try:
            found.append(Placed(text, tree(text), area, ground))
        except FormulaError:
            continue  # told by another fact
    return found


def _texts(action: Action, ground: Ground) -> Iterator[tuple[str, GridRange]]:
    if isinstance(action, Calculate):
        sheet = ground.book.sheets[0].sheet_id
        yield action.formula, GridRange(sheet, NOWHERE, NOWHERE + 1, MAX_COLUMNS, MAX_COLUMNS + 1)
        return
    area = next(iter(action.writes(ground.book)), None)
    if area is None:
        return
    if isinstance(action, RepeatFormula):
        yield action.formula, area
    elif isinstance(action, WriteCell) and action.value.startswith("="):
        yield action.value, area
    elif isinstance(action, WriteTable) and action.formulas:
        for row, texts in enumerate(action.values, area.start_row or 0):
            for column, text in enumerate(texts, area.start_column or 0):
                if text.startswith("="):
                    yield text, GridRange(area.sheet_id, row, row + 1, column, column + 1)
