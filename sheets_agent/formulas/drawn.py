"""What is drawn by chance at every step of MAP, REDUCE and the like, drawn beforehand: from the workbook's seed.

`MAP(A1:A3, LAMBDA(x, x + RAND()))` is said as `MAP(A1:A3, RANDARRAY(3, 1), LAMBDA(x, r, x + r))`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from sheets_agent.formulas.nodes import REFUSED, binary, call, constant, number
from sheets_agent.formulas.steps import steps_of
from sheets_agent.formulas.syntax import Apply, Call, ErrorLiteral, Group, Name, Node, Prefix, rebuilt


def drawn_beforehand(node: Call) -> Call:
    """A call of MAP, REDUCE and the like in whose function RAND and RANDBETWEEN are draws that were made before.

    RANDARRAY, and what is drawn in a function inside of that function, are left as they are.
    """
    steps = steps_of(node)
    if steps is None:
        return node
    draws: dict[str, Node] = {}

    def drawn(one: Call) -> Name:
        """The name of the draw for a call; the place of the call in the formula tells its draws from others."""
        name = Name(f"draw {one.start}")
        draws[name.text] = replace(one, name="RANDARRAY", arguments=steps.size)
        return name

    body = _replaced(steps.body, drawn)
    return steps.saying(body, draws) if draws else node


def _replaced(node: Node, drawn: Callable[[Call], Node]) -> Node:
    match node:
        case Call(name="LAMBDA"):
            return node
        case Apply(callee=Group(inner=Call(name="LAMBDA") as function) | (Call(name="LAMBDA") as function)):
            *parameters, body = function.arguments
            callee = replace(function, arguments=(*parameters, _replaced(body, drawn)))
            return Apply(callee, tuple(_replaced(one, drawn) for one in node.arguments))
        case Call(name="RAND", arguments=()):
            return drawn(node)
        case Call(name="RANDBETWEEN", arguments=(low, high)):
            return _between(_replaced(low, drawn), _replaced(high, drawn), drawn(node), node.start)
        case _:
            return rebuilt(node, lambda one: _replaced(one, drawn))


def _between(low: Node, high: Node, draw: Node, start: int) -> Node:
    """A whole number, both ends included, from a number between 0 and 1; fractions are cut off towards the middle.

    From an array would come an array, each value of it with a draw of its own: that is refused.
    """
    least, most = Name(f"least {start}"), Name(f"most {start}")
    steps = binary(binary(most, "-", least), "+", number(1))
    value = binary(least, "+", call("INT", binary(draw, "*", steps)))
    drawn = call("IF", binary(least, ">", most), ErrorLiteral("#NUM!"), value)
    computed = [name for name, given in ((least, low), (most, high)) if constant(given) is None]
    if computed:
        sizes = [binary(call("ROWS", name), "*", call("COLUMNS", name)) for name in computed]
        drawn = call("IF", binary(call("MAX", *sizes), ">", number(1)), REFUSED, drawn)
    return call("LET", least, Prefix("-", call("INT", Prefix("-", Group(low)))), most, call("INT", high), drawn)
