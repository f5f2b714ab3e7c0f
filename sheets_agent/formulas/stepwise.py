"""SUBTOTAL in the steps of MAP, BYROW and BYCOL over cells, calculated for all steps at once.

`MAP(A2:A9, LAMBDA(x, SUBTOTAL(103, x)))` is said as `MAP(A2:A9, s, LAMBDA(x, y, y))`, where `s` has the subtotal of
each cell by itself: SUBTOTAL looks at which cells it is given, and a LAMBDA of the engine hands over values only.
"""

from __future__ import annotations

from dataclasses import replace

from sheets_agent.formulas.syntax import Call, Cells, Group, Literal, Name, Node, rebuilt, walk
from sheets_agent.functions.hosted import SUBTOTALS


def subtotals_beforehand(node: Call) -> Call:
    """A call of MAP, BYROW or BYCOL whose function does not call SUBTOTAL of its parameters any more.

    Where SUBTOTAL has a computed code or other ranges, or a row or column is used for more, the call is left as it is.
    """
    *given, function = node.arguments
    while isinstance(function, Group):
        function = function.inner
    if not isinstance(function, Call) or function.name != "LAMBDA" or len(function.arguments) != len(given) + 1:
        return node
    *parameters, body = function.arguments
    cells = {
        parameter.text.casefold(): one
        for parameter, one in zip(parameters, given, strict=True)
        if isinstance(parameter, Name) and isinstance(_bare(one), Cells)
    }
    found: dict[str, Call] = {}

    def replaced(part: Node) -> Node:
        match part:
            case Call(name="LAMBDA"):
                return part
            case Call(name="SUBTOTAL", arguments=(Literal() as code, one)) if _key(one) in cells:
                wanted = Name(f"subtotals {part.start}")
                steps = (code, _bare(cells[_key(one)]))
                found[wanted.text] = replace(part, name=SUBTOTALS[node.name], arguments=steps)
                return wanted
            case _:
                return rebuilt(part, replaced)

    written = replaced(body)
    if not found:
        return node
    names = [Name(name) for name in found]
    if node.name == "MAP":
        inner = replace(function, arguments=(*parameters, *names, written))
        return replace(node, arguments=(*given, *found.values(), inner))
    if any(isinstance(part, Name) and part.text.casefold() in cells for part in walk(written)):
        return node
    inner = replace(function, arguments=(*names, written))
    return replace(node, name="MAP", arguments=(*found.values(), inner))


def _key(node: Node) -> str:
    """How a name is known; empty for anything else."""
    bare = _bare(node)
    return bare.text.casefold() if isinstance(bare, Name) else ""


def _bare(node: Node) -> Node:
    while isinstance(node, Group):
        node = node.inner
    return node
