"""How large an array is that a formula is sure to give, told before anything is calculated."""

from __future__ import annotations

import math

from sheets_agent.formulas.nodes import constant
from sheets_agent.formulas.syntax import (
    Call,
    Chain,
    FormulaError,
    Group,
    Node,
    Omitted,
    Percent,
    Prefix,
    children,
    tree,
)

Size = tuple[int, int]
"""Rows and columns."""


def sure_size(formula: str) -> Size | None:
    """The size of what a formula gives when that is a SEQUENCE of known length; None when it is to be seen."""
    if "SEQUENCE" not in formula.upper():
        return None
    try:
        root = tree(formula)
    except (FormulaError, RecursionError):
        return None
    return _size(root, whole=False)


def _size(node: Node, whole: bool) -> Size | None:
    """The size of a part; `whole` where whole arrays are calculated."""
    match node:
        case Group(inner=inner):
            return _size(inner, whole)
        case Call(name="ARRAYFORMULA", arguments=(inner,)):
            return _size(inner, whole=True)
        case Call(name="SEQUENCE", arguments=arguments) if 0 < len(arguments) <= 4:
            return _sequence(arguments)
        case Prefix() | Percent() | Chain() if whole:
            return _carried(node)
        case _:
            return None


def _sequence(arguments: tuple[Node, ...]) -> Size | None:
    known = [1.0 if isinstance(one, Omitted) else constant(one) for one in arguments]
    if not all(isinstance(one, float) for one in known):
        return None
    rows, columns = (math.floor(one) if isinstance(one, float) else 1 for one in (*known, 1.0)[:2])
    return (rows, columns) if rows > 0 and columns > 0 else None


def _carried(node: Node) -> Size | None:
    """A calculation with one array and plain values besides."""
    sizes = [_size(one, whole=True) for one in children(node) if constant(one) is None]
    return sizes[0] if len(sizes) == 1 else None
