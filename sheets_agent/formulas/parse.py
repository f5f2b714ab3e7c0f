"""What a formula says, without calculating it."""

from __future__ import annotations

from dataclasses import dataclass

from sheets_agent.formulas.references import Reference
from sheets_agent.formulas.syntax import Call, Cells, FormulaError, Name, Node, tree, walk

__all__ = ["Formula", "FormulaError", "FunctionCall", "parse"]

_BINDERS = ("LET", "LAMBDA")


@dataclass(frozen=True, slots=True)
class FunctionCall:
    """One call in a formula.

    Attributes:
        name: the function, in upper case.
        argument_count: how many arguments stand there, left-out ones included.
        start: the character offset of the name in the formula.
        end: just past the closing parenthesis.
    """

    name: str
    argument_count: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Formula:
    """A parsed formula.

    Attributes:
        text: the formula as given.
        tree: its syntax tree.
        functions: every call, outer ones first, from left to right.
        references: every reference to cells, in order.
        names: every name that LET or LAMBDA does not bind: the named ranges it uses.
    """

    text: str
    tree: Node
    functions: tuple[FunctionCall, ...]
    references: tuple[Reference, ...]
    names: tuple[str, ...]


def parse(text: str) -> Formula:
    """Parse a formula in en_US notation, with or without its leading "=".

    Raises:
        FormulaError: with a sentence that says what is wrong.
    """
    root = tree(text)
    nodes = list(walk(root))
    calls = [node for node in nodes if isinstance(node, Call)]
    bound = {name for call in calls if call.name in _BINDERS for name in bound_names(call)}
    functions = [
        FunctionCall(call.name, len(call.arguments), call.start, call.end)
        for call in calls
        if call.name.casefold() not in bound
    ]
    return Formula(
        text,
        root,
        tuple(functions),
        tuple(node.reference for node in nodes if isinstance(node, Cells)),
        tuple(node.text for node in nodes if isinstance(node, Name) and node.text.casefold() not in bound),
    )


def bound_names(call: Call) -> tuple[str, ...]:
    """The names, in lower case, that a LET or LAMBDA gives a meaning to."""
    places = call.arguments[:-1:2] if call.name == "LET" else call.arguments[:-1]
    return tuple(node.text.casefold() for node in places if isinstance(node, Name))
