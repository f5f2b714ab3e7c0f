"""Small trees made by hand: what a formula is said in anew."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from sheets_agent.formulas.parameters import GIVES_ARRAY
from sheets_agent.formulas.references import Reference
from sheets_agent.formulas.syntax import (
    Braces,
    Call,
    Cells,
    Chain,
    ErrorLiteral,
    Group,
    Literal,
    Name,
    Node,
    Omitted,
    Prefix,
)

Fresh = Callable[[], Name]
Rewrite = Callable[[Call, Fresh], Node]


MOST_LETTERS = 50_000
"""In one cell: https://support.google.com/drive/answer/37603; a text that is longer is #VALUE!."""


class Unsupported(Exception):
    """The engine has no way to calculate this; the text says what."""


REFUSED: Node = Call("RANK", (Literal("1"), Literal("1")))
"""What cannot be calculated: the engine shows #N/IMPL! for it. That error itself, written into a formula, is read back
wrong when the engine gets another sheet.
"""


def call(name: str, *arguments: Node) -> Call:
    """A call of an engine function."""
    return Call(name, arguments)


def text(value: str) -> Literal:
    """A text literal."""
    return Literal('"' + value.replace('"', '""') + '"')


def number(value: int) -> Node:
    """An integer literal."""
    return Literal(str(value)) if value >= 0 else Group(Prefix("-", Literal(str(-value))))


def binary(left: Node, operator: str, right: Node) -> Group:
    """Two operands and an operator, safely in parentheses."""
    return Group(Chain(enclosed(left), ((operator, enclosed(right)),)))


def enclosed(node: Node) -> Node:
    """An operand that no neighbouring operator can pull apart."""
    return Group(node) if isinstance(node, Chain | Prefix) else node


def bound(value: Node, fresh: Fresh, body: Callable[[Name], Node]) -> Call:
    """`body` of a value that is calculated once."""
    name = fresh()
    return call("LET", name, value, body(name))


def finite(value: Node, fresh: Fresh) -> Call:
    """What is no number is #NUM!, which IFERROR and the like see; the engine only shows it so."""

    def checked(name: Name) -> Node:
        return call("IF", binary(binary(name, "-", name), "=", number(0)), name, ErrorLiteral("#NUM!"))

    return bound(value, fresh, checked)


def constant(node: Node) -> float | str | bool | None:
    """The value of a literal, None for anything else."""
    while isinstance(node, Group):
        node = node.inner
    if isinstance(node, Call) and node.name in ("TRUE", "FALSE"):
        return node.name == "TRUE"
    if not isinstance(node, Literal):
        return None
    if node.text in ("TRUE", "FALSE"):
        return node.text == "TRUE"
    return node.text[1:-1].replace('""', '"') if node.text.startswith('"') else float(node.text)


def argument(node: Call, index: int, default: Node) -> Node:
    """An argument, or the default where it is absent or left out."""
    if index < len(node.arguments) and not isinstance(node.arguments[index], Omitted):
        return node.arguments[index]
    return default


NOT_IMPLEMENTED = 102
"""The ERROR.TYPE of what the engine shows where it cannot calculate something."""


def bare(node: Node) -> Node:
    """A node without the parentheses and the ARRAYFORMULA around it."""
    while isinstance(node, Group) or (isinstance(node, Call) and node.name == "ARRAYFORMULA" and node.arguments):
        node = node.inner if isinstance(node, Group) else node.arguments[0]
    return node


def single_cell(node: Node) -> Reference | None:
    """The reference to one cell that a node is, parentheses aside; None when it is anything else."""
    while isinstance(node, Group):
        node = node.inner
    return node.reference if isinstance(node, Cells) and node.reference.single else None


def as_range(node: Node) -> Node:
    """A single cell as a range of one."""
    if isinstance(node, Cells) and node.reference.single:
        typed = node.reference.typed
        return Cells(
            replace(node.reference, last=node.reference.first, typed=typed and f"{typed}:{typed.rpartition('!')[2]}")
        )
    return node


def is_computed(node: Node) -> bool:
    """Whether a node is sure to be no cells of a sheet, but values."""
    return isinstance(node, Braces | Literal | Chain) or (isinstance(node, Call) and node.name in GIVES_ARRAY)


def is_row(node: Node) -> bool:
    """Whether a node is a row of constants in braces."""
    return isinstance(node, Braces) and len(node.rows) == 1 and all(isinstance(one, Literal) for one in node.rows[0])
