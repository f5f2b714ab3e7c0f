"""Functions of arrays said in the functions of the calculation engine, see `rewrites.py`."""

from __future__ import annotations

from sheets_agent.formulas.nodes import (
    NOT_IMPLEMENTED,
    Fresh,
    Rewrite,
    Unsupported,
    argument,
    binary,
    bound,
    call,
    constant,
    number,
    text,
)
from sheets_agent.formulas.syntax import (
    Call,
    Chain,
    ErrorLiteral,
    Group,
    Literal,
    Name,
    Node,
    Prefix,
)


def _sort(node: Call, fresh: Fresh) -> Node:
    if len(node.arguments) == 2 or (len(node.arguments) > 3 and len(node.arguments) % 2 == 0):
        raise Unsupported("SORT with a column and no order")

    def keyed(data: Name) -> Node:
        pairs: list[Node] = []
        for index in range(1, max(len(node.arguments), 2), 2):
            column = argument(node, index, number(1))
            order = constant(argument(node, index + 1, Literal("TRUE")))
            key = call("CHOOSECOLS", data, column) if _is_number(column) else column
            pairs += [key, _order(argument(node, index + 1, Literal("TRUE")), order)]
        return call("SORTBY", data, *pairs)

    return bound(node.arguments[0], fresh, keyed)


def _is_number(node: Node) -> bool:
    value = constant(node)
    return isinstance(value, float) and not isinstance(value, bool)


def _order(node: Node, known: float | str | bool | None) -> Node:
    if known is not None:
        return number(1 if known else -1)
    return call("IF", node, number(1), number(-1))


def _sort_n(node: Call, fresh: Fresh) -> Node:
    if constant(argument(node, 2, number(0))) != 0:
        raise Unsupported("SORTN that shows ties")
    keys = node.arguments[3:]
    return call("TAKE", _sort(call("SORT", node.arguments[0], *keys), fresh), argument(node, 1, number(1)))


def _filter(node: Call, fresh: Fresh) -> Node:
    """A condition that is an error leaves its row out in Sheets; in the engine all would be that error."""
    data, *conditions = node.arguments
    met = [_met(condition, fresh) for condition in conditions]
    if len(met) == 1:
        return call("FILTER", data, met[0])
    product = Group(Chain(Group(met[0]), tuple(("*", Group(condition)) for condition in met[1:])))
    return call("FILTER", data, product)


def _met(condition: Node, fresh: Fresh) -> Node:
    def guarded(name: Name) -> Node:
        unknown = binary(call("IFERROR", call("ERROR.TYPE", name), number(0)), "=", number(NOT_IMPLEMENTED))
        return call("IF", unknown, name, call("IFERROR", name, Literal("FALSE")))

    return bound(condition, fresh, guarded)


def _array_constrain(node: Call, fresh: Fresh) -> Node:
    data, *limits = node.arguments

    def at_least_one(names: list[Name]) -> Node:
        too_few = call("OR", *(binary(name, "<", number(1)) for name in names))
        return call("IF", too_few, ErrorLiteral("#NUM!"), call("TAKE", data, *names))

    known = [constant(one) for one in limits]
    if all(isinstance(one, float) and one >= 1 for one in known):
        return Call("TAKE", node.arguments)
    names = [fresh() for _ in limits]
    pairs = [one for pair in zip(names, limits, strict=True) for one in pair]
    return call("LET", *pairs, at_least_one(names))


_CAPITAL = "\ue001"


def _told_by_case(data: Node, fresh: Fresh) -> Node:
    """Texts with every capital letter marked: the engine's UNIQUE takes no notice of case, Sheets' does."""
    item = fresh()
    marked = call("REGEXREPLACE", item, text(r"(\p{Lu})"), text(_CAPITAL + "$1"))
    return call("MAP", data, call("LAMBDA", item, call("IF", call("ISTEXT", item), marked, item)))


def _unique(node: Call, fresh: Fresh) -> Node:
    data, *options = node.arguments
    item = fresh()
    plain = call("SUBSTITUTE", item, text(_CAPITAL), text(""))
    back = call("LAMBDA", item, call("IF", call("ISTEXT", item), plain, item))
    return call("MAP", call("UNIQUE", _told_by_case(data, fresh), *options), back)


def _count_unique(node: Call, fresh: Fresh) -> Node:
    columns = [call("TOCOL", one) for one in node.arguments]
    data = columns[0] if len(columns) == 1 else call("VSTACK", *columns)
    values = call("UNIQUE", _told_by_case(data, fresh))
    return call("SUM", call("IFERROR", Prefix("--", binary(values, "<>", text(""))), number(1)))


def _flatten(node: Call, fresh: Fresh) -> Node:
    columns = [call("TOCOL", one) for one in node.arguments]
    return columns[0] if len(columns) == 1 else call("VSTACK", *columns)


ARRAY_REWRITES: dict[str, Rewrite] = {
    "ARRAY_CONSTRAIN": _array_constrain,
    "COUNTUNIQUE": _count_unique,
    "FILTER": _filter,
    "FLATTEN": _flatten,
    "SORT": _sort,
    "SORTN": _sort_n,
    "UNIQUE": _unique,
}
