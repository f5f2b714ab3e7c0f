"""Calls whose arguments Sheets takes otherwise than the calculation engine: left out, repeated, as truth values.

Source: the page of each function under https://support.google.com/docs/table/25273.
"""

from __future__ import annotations

from sheets_agent.formulas.nodes import (
    REFUSED,
    Fresh,
    Rewrite,
    argument,
    binary,
    bound,
    call,
    constant,
    enclosed,
    number,
)
from sheets_agent.formulas.spreading import may_spread
from sheets_agent.formulas.syntax import Call, Chain, ErrorLiteral, Group, Literal, Name, Node, Omitted

_OUT_OF_RANGE = ErrorLiteral("#NUM!")


def _filled(*defaults: Node | None) -> Rewrite:
    """Give arguments that stand there empty the value they have when left out; None for those that are required."""

    def rewrite(node: Call, fresh: Fresh) -> Node:
        given = [
            default if isinstance(one, Omitted) and default is not None else one
            for one, default in zip(node.arguments, (*defaults, *[None] * len(node.arguments)), strict=False)
        ]
        return Call(node.name, tuple(given))

    return rewrite


def _choose(node: Call, fresh: Fresh) -> Node:
    """An index that is too low or too high is #NUM!."""
    index, *choices = node.arguments
    known = constant(index)
    if isinstance(known, float) and 1 <= known < len(choices) + 1:
        return node

    def guarded(name: Name) -> Node:
        below, above = binary(name, "<", number(1)), binary(name, ">=", number(len(choices) + 1))
        chosen = call("CHOOSE", name, *choices)
        return call("IF", binary(binary(below, "+", above), ">", number(0)), _OUT_OF_RANGE, chosen)

    def each(name: Name) -> Node:
        result: Node = _OUT_OF_RANGE
        for place, choice in reversed(list(enumerate(choices, 1))):
            result = call("IF", binary(call("INT", name), "=", number(place)), choice, result)
        return result

    if may_spread(index):  # the engine chooses for every index among single values only
        return bound(binary(index, "+", number(0)), fresh, each)
    return bound(binary(index, "+", number(0)), fresh, guarded)


def _cumulative(place: int, default: bool) -> Rewrite:
    """Whether the distribution function is asked for, or the density, where an argument that says so is left out."""

    def rewrite(node: Call, fresh: Fresh) -> Node:
        said = argument(node, place, Literal("TRUE" if default else "FALSE"))
        return call(node.name, *node.arguments[:place], said, *node.arguments[place + 1 :])

    return rewrite


def _error_function(node: Call, fresh: Fresh) -> Node:
    """The engine has the one with two bounds under the older name only."""
    return node if len(node.arguments) < 2 else Call("ERF", node.arguments)


def _rank(node: Call, fresh: Fresh) -> Node:
    """The third argument is a truth value to Sheets, a number to the engine."""
    if len(node.arguments) < 3 or isinstance(constant(node.arguments[2]), float):
        return node
    ascending = binary(argument(node, 2, number(0)), "*", number(1))
    return call(node.name, *node.arguments[:2], ascending)


def _type(node: Call, fresh: Fresh) -> Node:
    """An array is of a type of its own."""

    def of(name: Name) -> Node:
        size = binary(call("ROWS", name), "*", call("COLUMNS", name))
        return call("IF", binary(call("IFERROR", size, number(1)), ">", number(1)), number(64), call("TYPE", name))

    return bound(node.arguments[0], fresh, of)


def _percent_if(node: Call, fresh: Fresh) -> Node:
    """The share of a range that meets a criterion; of a range with blank cells, no page says what it is a share of."""
    cells, criterion = node.arguments
    share = binary(call("COUNTIF", cells, criterion), "/", binary(call("ROWS", cells), "*", call("COLUMNS", cells)))
    return call("IF", binary(call("COUNTBLANK", cells), ">", number(0)), REFUSED, share)


def _average_weighted(node: Call, fresh: Fresh) -> Node:
    if len(node.arguments) % 2:
        return ErrorLiteral("#N/A")
    values, weights = node.arguments[::2], node.arguments[1::2]
    first, *rest = [call("SUMPRODUCT", *pair) for pair in zip(values, weights, strict=True)]
    total = Group(Chain(first, tuple(("+", one) for one in rest))) if rest else first
    negative = binary(call("MIN", *weights), "<", number(0))
    return call("IF", negative, ErrorLiteral("#VALUE!"), binary(total, "/", enclosed(call("SUM", *weights))))


def _one_value(node: Call, fresh: Fresh) -> Node:
    """The engine takes no array of one value, nor a range of one cell, for what a LAMBDA gives."""
    *arrays, function = node.arguments
    if not isinstance(function, Call) or function.name != "LAMBDA":
        return node
    *parameters, body = function.arguments
    of_cells = node.name in ("MAP", "MAKEARRAY")
    single = frozenset(one.text.casefold() for one in parameters if isinstance(one, Name) and of_cells)
    if not may_spread(body, single):
        return node

    def first(name: Name) -> Node:
        size = binary(call("ROWS", name), "*", call("COLUMNS", name))
        only = call("IF", binary(size, "=", number(1)), call("INDEX", name, number(1), number(1)), name)
        return call("IFERROR", only, name)  # what is no array has no INDEX

    return call(node.name, *arrays, call("LAMBDA", *parameters, bound(body, fresh, first)))


ARGUMENTS: dict[str, Rewrite] = {
    "ADDRESS": _filled(None, None, number(1), Literal("TRUE")),
    "AVERAGE.WEIGHTED": _average_weighted,
    "BETA.DIST": _cumulative(3, True),
    "BYCOL": _one_value,
    "BYROW": _one_value,
    "CHOOSE": _choose,
    "ERF.PRECISE": _error_function,
    "MAKEARRAY": _one_value,
    "MAP": _one_value,
    "HYPGEOM.DIST": _cumulative(4, False),
    "LOGNORM.DIST": _cumulative(3, True),
    "NEGBINOM.DIST": _cumulative(3, False),
    "NORM.S.DIST": _cumulative(1, True),
    "PERCENTIF": _percent_if,
    "RANK": _rank,
    "RANK.AVG": _rank,
    "RANK.EQ": _rank,
    "TYPE": _type,
}
"""What is put in place of a call by its name, its arguments written already."""
