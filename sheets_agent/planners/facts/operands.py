"""Whether the operands of comparisons and divisions go together."""

from __future__ import annotations

from collections.abc import Iterator

from sheets_agent.formulas.syntax import Cells, Chain, Literal, Node
from sheets_agent.planners.facts.ground import Table
from sheets_agent.planners.facts.placed import Placed, plain

COMPARISONS = frozenset({"=", "<>", "<", ">", "<=", ">="})
CANCELLING = COMPARISONS | {"-", "/"}
"""Operators that give nothing new of a value and itself."""


def operands(formula: Placed, chain: Chain) -> Iterator[tuple[str, str]]:
    """The kinds of facts on a run of operators, each with a sentence."""
    operator, right = chain.rest[0]
    if operator in CANCELLING and isinstance(right, Cells) and chain.first == right:
        yield "same_operands", f"{right.reference}{operator}{right.reference} is the same whatever the cell holds."
    before = [chain.first, *(operand for _, operand in chain.rest)]
    for (operator, right), left in zip(chain.rest, before, strict=False):
        if operator in COMPARISONS:
            yield from _compared(formula, plain(left), plain(right))
        elif operator == "/":
            yield from _divided(formula, plain(right))


def _compared(formula: Placed, left: Node, right: Node) -> Iterator[tuple[str, str]]:
    for cells, other in ((left, right), (right, left)):
        if not isinstance(cells, Cells) or not isinstance(other, Literal):
            continue
        kind = _column_kind(formula, cells)
        text = other.text.startswith('"')
        if text and other.text != '""' and kind == "number":
            yield "kinds_compared", f"{cells.reference} holds numbers and is compared with the text {other.text}."
        elif not text and other.text not in ("TRUE", "FALSE") and kind == "text":
            yield "kinds_compared", f"{cells.reference} holds texts and is compared with the number {other.text}."


def _column_kind(formula: Placed, cells: Cells) -> str:
    """The kind of the values a reference meets: over the rows of its column where the formula is repeated."""
    area = formula.resolve(cells.reference)
    if area is None:
        return "blank"
    area = formula.ground.book.clipped(area)
    table: Table | None = formula.ground.table(area) if area.cells else None
    if table is not None and area.columns == 1 and formula.area.rows > 1 and (area.start_column or 0) in table.columns:
        return table.kind(area.start_column or 0)
    return formula.ground.data(area).kind if area.cells else "blank"


def _divided(formula: Placed, node: Node) -> Iterator[tuple[str, str]]:
    if not isinstance(node, Cells) or not node.reference.single:
        return
    kind = _column_kind(formula, node)
    if kind == "text":
        yield "text_as_numbers", f"it divides by {node.reference}, which holds a text."
