"""Functions that look values up.

The engine's own search of sorted values takes blank cells below the data for the largest value, finds numbers for
texts, and stops at the first of equal values. So the place is found by its XMATCH, which halves what is left as well.
"""

from __future__ import annotations

from collections.abc import Callable

from sheets_agent.formulas.nodes import Fresh, Rewrite, binary, bound, call, constant, number
from sheets_agent.formulas.syntax import Call, Cells, ErrorLiteral, Literal, Name, Node, Omitted

_NOT_FOUND = ErrorLiteral("#N/A")
_BELOW_ONE = ErrorLiteral("#VALUE!")
_LARGEST = Literal("1E+308")
"""More than any number that people look up; every text is more than every number."""


def _known(node: Node, fresh: Fresh, body: Callable[[Name], Node]) -> Node:
    """`body` of a node that is a name, or gets one."""
    return body(node) if isinstance(node, Name) else bound(node, fresh, body)


def _place(key: Node, where: Node, fresh: Fresh) -> Node:
    """The place of the last value that is not greater than a key, among values that ascend."""
    stored = isinstance(where, Cells) or (
        isinstance(where, Call) and any(isinstance(one, Cells) for one in where.arguments[:1])
    )

    def not_blank(key: Name) -> Node:
        searched = bound(where, fresh, lambda values: (_halving if stored else _one_by_one)(key, values, fresh))
        return call("IF", call("ISBLANK", key), _NOT_FOUND, searched)

    return _known(key, fresh, not_blank)


def _alike(one: Node, other: Node) -> Node:
    """Whether two values are both numbers, both texts or both truth values; a blank cell is like a number."""

    def rank(value: Node) -> Node:
        return binary(binary(value, ">", _LARGEST), "+", binary(value, ">=", Literal("FALSE")))

    return binary(rank(one), "=", rank(other))


def _halving(key: Name, values: Name, fresh: Fresh) -> Node:
    place, found = fresh(), fresh()
    last = call("IF", binary(found, "=", key), call("XMATCH", key, values, number(0), number(-1)), place)
    searched = call("XMATCH", key, values, number(-1), number(2))
    result = call("IF", _alike(key, found), last, _NOT_FOUND)
    return call("LET", place, searched, found, call("INDEX", values, place), result)


def _one_by_one(key: Name, values: Name, fresh: Fresh) -> Node:
    """In a computed array, where errors may stand between the values, as in LOOKUP(2, 1/(A2:A9="x"), B2:B9)."""
    fits = binary(binary(values, "<=", key), "*", _alike(key, values))
    return call("XMATCH", number(1), call("IFERROR", fits, number(0)), number(0), number(-1))


def _by_kind(given: Node, fresh: Fresh, ascending: Callable[[], Node], other: Callable[[Node], Node]) -> Node:
    """One of two ways to search, by the argument that says whether values ascend; left out after a comma it is 0."""
    if isinstance(given, Omitted):
        return other(number(0))
    kind = constant(given)
    if isinstance(kind, str) or kind is None:
        return bound(given, fresh, lambda name: call("IF", binary(name, ">", number(0)), ascending(), other(name)))
    return ascending() if kind > 0 else other(given)


def _match(node: Call, fresh: Fresh) -> Node:
    key, where = node.arguments[:2]
    given = node.arguments[2] if len(node.arguments) > 2 else number(1)
    return _by_kind(given, fresh, lambda: _place(key, where, fresh), lambda kind: call("MATCH", key, where, kind))


def _table(node: Call, fresh: Fresh) -> Node:
    """VLOOKUP and HLOOKUP."""
    key, table, index = node.arguments[:3]
    given = node.arguments[3] if len(node.arguments) > 3 else Literal("TRUE")

    def ascending() -> Node:
        return in_table(table) if isinstance(table, Cells) else _known(table, fresh, in_table)

    def in_table(table: Node) -> Node:
        known = constant(index)
        asked = index
        if not (isinstance(known, float) and known >= 1):
            asked = bound(index, fresh, lambda name: call("IF", binary(name, "<", number(1)), _BELOW_ONE, name))
        if node.name == "VLOOKUP":
            return call("INDEX", table, _place(key, call("INDEX", table, number(0), number(1)), fresh), asked)
        return call("INDEX", table, asked, _place(key, call("INDEX", table, number(1), number(0)), fresh))

    return _by_kind(given, fresh, ascending, lambda kind: _exactly(node, fresh))


def _exactly(node: Call, fresh: Fresh) -> Node:
    """A blank key finds nothing in Sheets; the engine would find the first blank cell."""
    key, *others = node.arguments[:3]
    exact = Literal("FALSE")
    known = constant(others[1])
    if not (isinstance(known, float) and known >= 1):
        below = binary(others[1], "<", number(1))
        others[1] = call("IF", below, _BELOW_ONE, others[1])
    if constant(key) is not None:
        return call(node.name, key, *others, exact)
    return _known(
        key,
        fresh,
        lambda name: call("IF", call("ISBLANK", name), _NOT_FOUND, call(node.name, name, *others, exact)),
    )


def _vector(node: Call, fresh: Fresh) -> Node:
    """LOOKUP: in a range of several rows and columns the longer side is searched, the opposite side gives the value."""
    key, where = node.arguments[:2]
    if len(node.arguments) > 2:
        return call("INDEX", node.arguments[2], _place(key, where, fresh))

    size = size_of(where)
    if size is not None:
        return _in_area(key, where, number(size[0]), number(size[1]), size[1] > size[0], fresh)

    def either(area: Name) -> Node:
        rows, columns = call("ROWS", area), call("COLUMNS", area)
        across, down = (_in_area(key, area, rows, columns, wide, fresh) for wide in (True, False))
        return call("IF", binary(columns, ">", rows), across, down)

    return _known(where, fresh, either)


def _in_area(key: Node, area: Node, rows: Node, columns: Node, wide: bool, fresh: Fresh) -> Node:
    if wide:
        return call("INDEX", area, rows, _place(key, call("INDEX", area, number(1), number(0)), fresh))
    return call("INDEX", area, _place(key, call("INDEX", area, number(0), number(1)), fresh), columns)


def size_of(node: Node) -> tuple[int, int] | None:
    """Rows and columns of a reference; None for anything else, and for the mark of a reference that may be any."""
    if not isinstance(node, Cells) or node.reference.typed:
        return None
    first, last = node.reference.first, node.reference.last or node.reference.first
    if first.row is None or last.row is None or first.column is None or last.column is None:
        return None
    return last.row - first.row + 1, last.column - first.column + 1


LOOKUPS: dict[str, Rewrite] = {
    "HLOOKUP": _table,
    "LOOKUP": _vector,
    "MATCH": _match,
    "VLOOKUP": _table,
}
"""What is put in place of a call by its name, its arguments written already."""
