"""Arrays put beside or below each other."""

from __future__ import annotations

from collections.abc import Callable

from sheets_agent.formulas import growth
from sheets_agent.formulas.nodes import Fresh, call
from sheets_agent.formulas.syntax import Chain, Node


def stacked_parts(stack: str, side: str, parts: list[Node], ragged: Callable[[], Node], fresh: Fresh) -> Node:
    """Parts put together; unlike the engine, Sheets wants their sides of one length.

    Args:
        stack: the engine's function that does it.
        side: the function that gives the length of a side.
        parts: the parts.
        ragged: gives what stands there when the lengths differ.
        fresh: draws names.
    """
    if len(parts) == 1:
        return parts[0]
    names = [fresh() for _ in parts]
    sizes = [call(side, name) for name in names]
    same = call("AND", *(Chain(sizes[0], (("=", size),)) for size in sizes[1:]))
    stacked: Node = call(stack, *names)
    if any(growth.size(part) is None for part in parts):
        stacked = growth.stacked(call(stack, *names), fresh)
    body = call("IF", same, stacked, ragged())
    pairs = [one for name, part in zip(names, parts, strict=True) for one in (name, part)]
    return call("LET", *pairs, body)
