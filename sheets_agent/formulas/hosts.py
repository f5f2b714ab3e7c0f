"""Calls that the calculation engine cannot make: taken out of a formula, with what they need calculated first.

In the engine's text of the formula a mark stands for each such call; where its value is put decides what the mark
becomes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Literal

from sheets_agent.formulas.criteria import CRITERIA
from sheets_agent.formulas.parameters import GIVES_ARRAY, words
from sheets_agent.formulas.parse import bound_names
from sheets_agent.formulas.syntax import Apply, Call, Group, Name, Node, rebuilt
from sheets_agent.formulas.values import Value

_ONE_VALUE = CRITERIA | words("COUNTUNIQUEIFS FORMULATEXT GETPIVOTDATA")
MARK = re.compile("\x04([0-9]+)\x04")


class Open(Exception):
    """The call depends on the parameter of a LAMBDA: it has no single value."""


@dataclass(frozen=True, slots=True)
class Argument:
    """One argument of a call.

    Attributes:
        kind: a "value" known beforehand; "cells" handed over as they are; a "formula" for the engine; the result of
            another "call" of the same formula; or "omitted".
        text: the engine's text of the reference or of the formula.
        value: what is known beforehand.
        call: which call of the formula.
        scalar: whether only one value is taken.
        number_format: the format that a formula's result has by its outermost function.
    """

    kind: Literal["value", "cells", "formula", "call", "omitted"]
    text: str = ""
    value: Value = None
    call: int = 0
    scalar: bool = False
    number_format: str | None = None


@dataclass(frozen=True, slots=True)
class HostCall:
    """A call of a function that is calculated here."""

    name: str
    arguments: tuple[Argument, ...]

    @property
    def spreads(self) -> bool:
        """Whether its value may be an array."""
        several = any(one.kind in ("cells", "formula", "call") and not one.scalar for one in self.arguments)
        return self.name in GIVES_ARRAY or (several and self.name not in _ONE_VALUE)

    def rewritten(self, change: Callable[[str], str]) -> HostCall:
        """The same call with the texts of its arguments changed."""
        return replace(self, arguments=tuple(replace(one, text=change(one.text)) for one in self.arguments))


def mark(call: int) -> Name:
    """What stands for the value of a call."""
    return Name(f"\x04{call}\x04")


def marked(node: Node) -> int | None:
    """The call whose value a node is, None when it is something else."""
    while isinstance(node, Group) or (isinstance(node, Call) and node.name == "LET"):
        node = node.inner if isinstance(node, Group) else node.arguments[-1]
    match = MARK.fullmatch(node.text) if isinstance(node, Name) else None
    return None if match is None else int(match[1])


def inlined(node: Node, values: Mapping[str, Node | None]) -> Node:
    """A tree with the names of LET replaced by what they stand for.

    Args:
        node: the tree.
        values: what each name, in lower case, stands for; None for the parameter of a LAMBDA.

    Raises:
        Open: when it depends on a parameter.
    """
    if not values:
        return node
    match node:
        case Name(text=name) if name.casefold() in values:
            value = values[name.casefold()]
            if value is None:
                raise Open
            return Group(value)
        case Call(name=name) if values.get(name.casefold(), node) is None:
            raise Open
        case Call(name="LAMBDA"):
            inner = {name: value for name, value in values.items() if name not in bound_names(node)}
            return replace(node, arguments=(*node.arguments[:-1], inlined(node.arguments[-1], inner)))
        case Call(name="LET"):
            return _let(node, values)
        case Call(name=name, arguments=arguments) if (function := values.get(name.casefold())) is not None:
            return Apply(Group(function), tuple(inlined(one, values) for one in arguments))
        case _:
            return rebuilt(node, lambda one: inlined(one, values))


def _let(node: Call, values: Mapping[str, Node | None]) -> Node:
    known = dict(values)
    arguments: list[Node] = []
    for name, value in zip(node.arguments[:-1:2], node.arguments[1:-1:2], strict=True):
        arguments += [name, inlined(value, known)]
        if isinstance(name, Name):
            known.pop(name.text.casefold(), None)
    return replace(node, arguments=(*arguments, inlined(node.arguments[-1], known)))
