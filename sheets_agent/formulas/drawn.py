"""What is drawn by chance at every step of MAP and MAKEARRAY, drawn beforehand: so it comes from the workbook's seed.

`MAP(A1:A3, LAMBDA(x, x + RAND()))` is said as `MAP(A1:A3, RANDARRAY(3, 1), LAMBDA(x, r, x + r))`.
In the steps of REDUCE, SCAN, BYROW and BYCOL, and in lambdas inside of others, it is the engine that draws.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from sheets_agent.formulas.nodes import binary, call, number
from sheets_agent.formulas.syntax import Call, ErrorLiteral, Group, Name, Node, Prefix, rebuilt


def drawn_beforehand(node: Call) -> Call:
    """A call of MAP or MAKEARRAY in whose function RAND and RANDBETWEEN are draws that were made before."""
    *given, function = node.arguments
    while isinstance(function, Group):
        function = function.inner
    if not given or not isinstance(function, Call) or function.name != "LAMBDA" or not function.arguments:
        return node
    *parameters, body = function.arguments
    draws: dict[str, Call] = {}

    def drawn(one: Call) -> Name:
        """The name of the draws for a call, which stands for one of them at every step."""
        name = Name(f"draws {one.start}")
        draws[name.text] = one
        return name

    if node.name == "MAP":
        written = _replaced(body, drawn)
        size: tuple[Node, ...] = (call("ROWS", given[0]), call("COLUMNS", given[0]))
        arrays = [_draws(one, size) for one in draws.values()]
        names = [Name(name) for name in draws]
        inner = replace(function, arguments=(*parameters, *names, written))
        return replace(node, arguments=(*given, *arrays, inner)) if draws else node
    if len(given) != 2 or len(parameters) != 2:
        return node
    written = _replaced(body, lambda one: call("INDEX", drawn(one), *parameters))
    made = replace(node, arguments=(*given, replace(function, arguments=(*parameters, written))))
    for name, one in draws.items():
        made = call("LET", Name(name), _draws(one, tuple(given)), made)
    return made


def _draws(one: Call, size: tuple[Node, ...]) -> Call:
    """As many draws as there are steps; the place of the call in the formula tells its draws from others."""
    return replace(one, name="RANDARRAY", arguments=size)


def _replaced(node: Node, drawn: Callable[[Call], Node]) -> Node:
    match node:
        case Call(name="LAMBDA"):
            return node
        case Call(name="RAND", arguments=()):
            return drawn(node)
        case Call(name="RANDBETWEEN", arguments=(low, high)):
            return _between(_replaced(low, drawn), _replaced(high, drawn), drawn(node), node.start)
        case _:
            return rebuilt(node, lambda one: _replaced(one, drawn))


def _between(low: Node, high: Node, draw: Node, start: int) -> Node:
    """A whole number, both ends included, from a number between 0 and 1; fractions are cut off towards the middle."""
    least, most = Name(f"least {start}"), Name(f"most {start}")
    steps = binary(binary(most, "-", least), "+", number(1))
    value = binary(least, "+", call("INT", binary(draw, "*", steps)))
    return call(
        "LET",
        least,
        Prefix("-", call("INT", Prefix("-", Group(low)))),
        most,
        call("INT", high),
        call("IF", binary(least, ">", most), ErrorLiteral("#NUM!"), value),
    )
