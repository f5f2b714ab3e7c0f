"""SUBTOTAL in the steps of MAP, REDUCE and the like over cells, calculated for all steps at once.

`MAP(A2:A9, LAMBDA(x, SUBTOTAL(103, x)))` is said as `MAP(A2:A9, s, LAMBDA(x, y, y))`, where `s` has the subtotal of
each cell by itself: SUBTOTAL looks at which cells it is given, and a LAMBDA of the engine hands over values only.
"""

from __future__ import annotations

from dataclasses import replace

from sheets_agent.formulas.steps import steps_of
from sheets_agent.formulas.syntax import Call, Cells, Group, Literal, Name, Node, rebuilt
from sheets_agent.functions.hosted import SUBTOTALS


def subtotals_beforehand(node: Call) -> Call:
    """A call of a function in `SUBTOTALS` whose LAMBDA does not call SUBTOTAL of its parameters any more.

    Where SUBTOTAL has a computed code or other ranges, the call is left as it is.
    """
    steps = steps_of(node)
    if steps is None:
        return node
    given, parameters = steps.given, steps.parameters
    if node.name in ("REDUCE", "SCAN"):
        given, parameters = given[1:], parameters[1:]  # without the start and the result so far
    cells = {
        parameter.text.casefold(): _bare(one)
        for parameter, one in zip(parameters, given, strict=True)
        if isinstance(_bare(one), Cells)
    }
    found: dict[str, Node] = {}

    def replaced(part: Node) -> Node:
        match part:
            case Call(name="LAMBDA"):
                return part
            case Call(name="SUBTOTAL", arguments=(Literal() as code, one)) if _key(one) in cells:
                wanted = Name(f"subtotal {part.start}")
                found[wanted.text] = replace(part, name=SUBTOTALS[node.name], arguments=(code, cells[_key(one)]))
                return wanted
            case _:
                return rebuilt(part, replaced)

    body = replaced(steps.body)
    return steps.saying(body, found) if found else node


def _key(node: Node) -> str:
    """How a name is known; empty for anything else."""
    bare = _bare(node)
    return bare.text.casefold() if isinstance(bare, Name) else ""


def _bare(node: Node) -> Node:
    while isinstance(node, Group):
        node = node.inner
    return node
