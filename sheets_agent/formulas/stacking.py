"""Arrays put beside or below each other."""

from __future__ import annotations

from collections.abc import Callable

from sheets_agent.formulas import growth
from sheets_agent.formulas.nodes import Fresh, call, number
from sheets_agent.formulas.syntax import Chain, Node


def stacked_parts(
    stack: str, side: str, parts: list[Node], single: list[bool], ragged: Callable[[], Node], fresh: Fresh
) -> Node:
    """Parts put together; unlike the engine, Sheets wants their sides of one length.

    Args:
        stack: the engine's function that does it.
        side: the function that gives the length of a side.
        parts: the parts.
        single: which of them are sure to be one value. A name would lose what makes an error of it stand for itself.
        ragged: gives what stands there when the lengths differ.
        fresh: draws names.
    """
    if len(parts) == 1:
        return parts[0]
    names = [part if alone else fresh() for part, alone in zip(parts, single, strict=True)]
    sizes = [number(1) if alone else call(side, name) for name, alone in zip(names, single, strict=True)]
    stacked: Node = call(stack, *names)
    if all(single):
        return stacked
    if any(growth.size(part) is None for part in parts):
        stacked = growth.stacked(call(stack, *names), fresh)
    known = next(size for size, alone in zip(sizes, single, strict=True) if not alone)
    same = call("AND", *(Chain(known, (("=", size),)) for size in sizes if size is not known))
    body = call("IF", same, stacked, ragged())
    pairs = [one for name, part, alone in zip(names, parts, single, strict=True) if not alone for one in (name, part)]
    return call("LET", *pairs, body)
