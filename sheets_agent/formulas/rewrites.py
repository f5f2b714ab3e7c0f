"""Functions of Sheets said in the functions of the calculation engine.

Each takes a call whose arguments are rewritten already and gives what stands in its place. `Fresh` draws a name for LET
and LAMBDA that nothing else in the formula uses. Raise `Unsupported` when this use cannot be said: that is loud, and
better than a wrong value.
"""

from __future__ import annotations

from sheets_agent.formulas.array_rewrites import ARRAY_REWRITES
from sheets_agent.formulas.defined import DEFINED
from sheets_agent.formulas.nodes import (
    NOT_IMPLEMENTED,
    REFUSED,
    Fresh,
    Rewrite,
    Unsupported,
    argument,
    binary,
    bound,
    call,
    constant,
    enclosed,
    finite,
    number,
    text,
)
from sheets_agent.formulas.parameters import words
from sheets_agent.formulas.syntax import (
    Call,
    Cells,
    Chain,
    ErrorLiteral,
    Group,
    Literal,
    Name,
    Node,
    Omitted,
    Prefix,
    walk,
)
from sheets_agent.formulas.text_rewrites import TEXT_REWRITES


def _renamed(name: str) -> Rewrite:
    return lambda node, fresh: Call(name, node.arguments)


def _operator(sign: str) -> Rewrite:
    return lambda node, fresh: binary(node.arguments[0], sign, node.arguments[1])


def _first(node: Call, fresh: Fresh) -> Node:
    return enclosed(node.arguments[0])


def _is_between(node: Call, fresh: Fresh) -> Node:
    value, low, high = node.arguments[:3]

    def side(index: int, sign: str, bound_: Node) -> Node:
        inclusive = argument(node, index, Literal("TRUE"))
        known = constant(inclusive)
        if known is None:
            raise Unsupported("ISBETWEEN with a computed fourth or fifth argument")
        return binary(value, sign + ("=" if known else ""), bound_)

    return binary(binary(side(3, ">", low), "*", side(4, "<", high)), "=", number(1))


def _ifs(node: Call, fresh: Fresh) -> Node:
    if len(node.arguments) % 2:
        return ErrorLiteral("#N/A")
    result: Node = call("NA")
    for index in range(len(node.arguments) - 2, -1, -2):
        result = call("IF", node.arguments[index], node.arguments[index + 1], result)
    return result


def _with_default(place: int, value: int) -> Rewrite:
    """Give an optional argument of Sheets the value it has when left out; the engine insists on it."""

    def rewrite(node: Call, fresh: Fresh) -> Node:
        arguments = list(node.arguments) + [Omitted()] * (place + 1 - len(node.arguments))
        if isinstance(arguments[place], Omitted):
            arguments[place] = number(value)
        return Call(node.name, tuple(arguments))

    return rewrite


def _index(node: Call, fresh: Fresh) -> Node:
    return node if len(node.arguments) > 1 else enclosed(node.arguments[0])


def _folded(node: Call, fresh: Fresh) -> Node:
    """A function of any number of arguments said by one of two."""
    result, *rest = node.arguments
    for one in rest or [number(0 if node.name == "IMSUM" else 1)]:
        result = call(node.name, result, one)
    return result


def _if_error(node: Call, fresh: Fresh) -> Node:
    """What the engine cannot calculate is no error that Sheets would catch."""
    value, instead = node.arguments
    refusing = any(one == REFUSED or (isinstance(one, Call) and one.name in DEFINED) for one in walk(value))
    plain = not isinstance(value, Call) or value.name in _PLAIN
    if _may_overflow(value):
        value = finite(value, fresh)
    if plain and not refusing:
        return call("IFERROR", value, instead)

    def guarded(name: Name) -> Node:
        unknown = Chain(call("IFERROR", call("ERROR.TYPE", name), number(0)), (("=", number(NOT_IMPLEMENTED)),))
        return call("IF", unknown, name, call("IFERROR", name, instead))

    return bound(value, fresh, guarded)


def _may_overflow(value: Node) -> bool:
    """Whether a value is a sum or a product, as it is or with its operands taken for numbers where they are none."""
    while isinstance(value, Group) or (isinstance(value, Call) and value.name == "IFERROR"):
        value = value.inner if isinstance(value, Group) else value.arguments[0]
    return isinstance(value, Chain) and any(sign in ("+", "-", "*") for sign, _ in value.rest)


_PLAIN = words(
    """AVERAGE AVERAGEIF AVERAGEIFS COUNTIF COUNTIFS DATEVALUE FIND HLOOKUP MATCH SEARCH SUM SUMIF SUMIFS VALUE
    VLOOKUP"""
)
"""Functions often put into IFERROR that the engine calculates whatever they are given."""


def _with_blank_for_missing(node: Call) -> Call:
    """What shows where nothing is found: left empty before another argument it is a blank text, and no error."""
    if len(node.arguments) < 5 or not isinstance(node.arguments[3], Omitted):
        return node
    return Call(node.name, (*node.arguments[:3], text(""), *node.arguments[4:]))


def _x_look_up(node: Call, fresh: Fresh) -> Node:
    """Of a result with several rows and columns the whole row, or column, that was found."""
    node = _with_blank_for_missing(node)
    key, where, result = node.arguments[:3]
    areas = [_size(one) for one in (where, result)]
    if None in areas:  # the engine looks through references only
        return _looked_up_in_array(node, fresh)
    if areas[0] is None or areas[1] is None or 1 in areas[1]:
        return node
    place = call("XMATCH", key, where, *node.arguments[4:])
    found = call("INDEX", result, place, number(0)) if areas[0][1] == 1 else call("INDEX", result, number(0), place)
    missing = argument(node, 3, Omitted())
    return found if isinstance(missing, Omitted) else call("IF", call("ISNA", place), missing, found)


def _size(node: Node) -> tuple[int, int] | None:
    if not isinstance(node, Cells):
        return None
    first, last = node.reference.first, node.reference.last or node.reference.first
    if first.row is None or last.row is None or first.column is None or last.column is None:
        return None
    return last.row - first.row + 1, last.column - first.column + 1


def _looked_up_in_array(node: Call, fresh: Fresh) -> Node:
    """XLOOKUP in what was calculated: the row, or column, of the result at the place of the key."""
    key, where, result = node.arguments[:3]
    columns, found, shown = fresh(), fresh(), fresh()
    one = call("INDEX", shown, found, number(0))
    other = call("INDEX", shown, number(0), found)
    picked = call("IF", binary(call("COLUMNS", columns), "=", number(1)), one, other)
    missing = argument(node, 3, Omitted())
    if not isinstance(missing, Omitted):
        picked = call("IF", call("ISNA", found), missing, picked)
    place = call("XMATCH", key, columns, *node.arguments[4:])
    return call("LET", columns, where, shown, result, found, place, picked)


def _epoch_to_date(node: Call, fresh: Fresh) -> Node:
    unit = constant(argument(node, 1, number(1)))
    if unit is None:
        raise Unsupported("EPOCHTODATE with a computed unit")
    if unit not in (1, 2, 3):
        return ErrorLiteral("#NUM!")
    per_day = 86_400 * 1_000 ** (int(unit) - 1)
    return binary(binary(node.arguments[0], "/", number(per_day)), "+", number(25_569))


def _im_log(node: Call, fresh: Fresh) -> Node:
    def divided(name: Name) -> Node:
        quotient = call("IMDIV", call("IMLN", name), call("IMLN", node.arguments[1]))
        return call("IF", binary(call("IMABS", name), "=", number(0)), ErrorLiteral("#DIV/0!"), quotient)

    return bound(node.arguments[0], fresh, divided)


def _quotient(above: str, below: str) -> Rewrite:
    return lambda node, fresh: call("IMDIV", Call(above, node.arguments), Call(below, node.arguments))


def _nothing(node: Call, fresh: Fresh) -> Node:
    return text("")  # a picture: the API gives no value for it


REWRITES: dict[str, Rewrite] = (
    ARRAY_REWRITES
    | TEXT_REWRITES
    | {
        "ADD": _operator("+"),
        "ARRAYFORMULA": _first,
        "CEILING": _with_default(1, 1),
        "CODE": _renamed("UNICODE"),
        "CONCAT": _operator("&"),
        "DIVIDE": _operator("/"),
        "EPOCHTODATE": _epoch_to_date,
        "EQ": _operator("="),
        "FLOOR": _with_default(1, 1),
        "GT": _operator(">"),
        "GTE": _operator(">="),
        "IFERROR": _if_error,
        "IFS": _ifs,
        "IMCOTH": _quotient("IMCOSH", "IMSINH"),
        "IMLOG": _im_log,
        "IMPRODUCT": _folded,
        "IMSUM": _folded,
        "IMTANH": _quotient("IMSINH", "IMCOSH"),
        "INDEX": _index,
        "ISBETWEEN": _is_between,
        "LT": _operator("<"),
        "LTE": _operator("<="),
        "MINUS": _operator("-"),
        "MULTIPLY": _operator("*"),
        "NE": _operator("<>"),
        "ROUND": _with_default(1, 0),
        "ROUNDDOWN": _with_default(1, 0),
        "ROUNDUP": _with_default(1, 0),
        "SPARKLINE": _nothing,
        "TO_DATE": _first,
        "TO_DOLLARS": _first,
        "TO_PERCENT": _first,
        "TO_PURE_NUMBER": _first,
        "UMINUS": lambda node, fresh: Group(Prefix("-", enclosed(node.arguments[0]))),
        "UNARY_PERCENT": lambda node, fresh: binary(node.arguments[0], "/", number(100)),
        "UPLUS": _first,
        "XLOOKUP": _x_look_up,
    }
)

NOT_CALCULATED = words("IMAGE")
"""Functions of Sheets that nothing here can calculate yet."""

ELEMENTWISE = words(
    """ADD ARRAYFORMULA CHOOSE CONCAT DIVIDE EPOCHTODATE EQ GT GTE IF IFERROR IFNA IFS ISBETWEEN LT LTE MINUS MULTIPLY
    NE POW TO_DATE TO_DOLLARS TO_PERCENT TO_PURE_NUMBER UMINUS UNARY_PERCENT UPLUS"""
)
"""Functions that the engine itself carries over whole arrays; the others are carried over them with MAP."""
