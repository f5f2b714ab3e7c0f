"""Functions of Sheets said in the functions of the calculation engine.

Each takes a call whose arguments are rewritten already and gives what stands in its place. `Fresh` draws a name for LET
and LAMBDA that nothing else in the formula uses. Raise `Unsupported` when this use cannot be said: that is loud, and
better than a wrong value.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from sheets_agent.formulas.defined import DEFINED, NUMERIC
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

Fresh = Callable[[], Name]
Rewrite = Callable[[Call, Fresh], Node]


MOST_LETTERS = 50_000
"""In one cell: https://support.google.com/drive/answer/37603; a text that is longer is #VALUE!."""


class Unsupported(Exception):
    """The engine has no way to calculate this; the text says what."""


REFUSED: Node = Call("RANK", (Literal("1"), Literal("1")))
"""What cannot be calculated: the engine shows #N/IMPL! for it. That error itself, written into a formula, is read back
wrong when the engine gets another sheet.
"""


def call(name: str, *arguments: Node) -> Call:
    """A call of an engine function."""
    return Call(name, arguments)


def text(value: str) -> Literal:
    """A text literal."""
    return Literal('"' + value.replace('"', '""') + '"')


def number(value: int) -> Node:
    """An integer literal."""
    return Literal(str(value)) if value >= 0 else Group(Prefix("-", Literal(str(-value))))


def binary(left: Node, operator: str, right: Node) -> Group:
    """Two operands and an operator, safely in parentheses."""
    return Group(Chain(enclosed(left), ((operator, enclosed(right)),)))


def enclosed(node: Node) -> Node:
    """An operand that no neighbouring operator can pull apart."""
    return Group(node) if isinstance(node, Chain | Prefix) else node


def bound(value: Node, fresh: Fresh, body: Callable[[Name], Node]) -> Call:
    """`body` of a value that is calculated once."""
    name = fresh()
    return call("LET", name, value, body(name))


def finite(value: Node, fresh: Fresh) -> Call:
    """What is no number is #NUM!, which IFERROR and the like see; the engine only shows it so."""

    def checked(name: Name) -> Node:
        return call("IF", binary(binary(name, "-", name), "=", number(0)), name, ErrorLiteral("#NUM!"))

    return bound(value, fresh, checked)


def constant(node: Node) -> float | str | bool | None:
    """The value of a literal, None for anything else."""
    while isinstance(node, Group):
        node = node.inner
    if isinstance(node, Call) and node.name in ("TRUE", "FALSE"):
        return node.name == "TRUE"
    if not isinstance(node, Literal):
        return None
    if node.text in ("TRUE", "FALSE"):
        return node.text == "TRUE"
    return node.text[1:-1].replace('""', '"') if node.text.startswith('"') else float(node.text)


def argument(node: Call, index: int, default: Node) -> Node:
    """An argument, or the default where it is absent or left out."""
    if index < len(node.arguments) and not isinstance(node.arguments[index], Omitted):
        return node.arguments[index]
    return default


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


def _text_join(node: Call, fresh: Fresh) -> Node:
    delimiter, ignore = node.arguments[:2]
    parts = node.arguments[2:]
    if not any(isinstance(part, Call | Group | Chain | Prefix | Name) for part in parts):
        return node
    stacked = call("VSTACK", *(call("TOCOL", part) for part in parts)) if len(parts) > 1 else parts[0]
    if constant(ignore) is None:
        raise Unsupported("TEXTJOIN of a computed array with a computed second argument")
    total, item = fresh(), fresh()
    if constant(ignore):
        joined = call("IF", binary(total, "=", text("")), binary(item, "&", text("")), _glued(total, delimiter, item))
        step = call("IF", binary(item, "=", text("")), total, joined)
        return call("REDUCE", text(""), stacked, call("LAMBDA", total, item, step))
    glued = call("REDUCE", text(""), stacked, call("LAMBDA", total, item, _glued(total, delimiter, item)))
    start = binary(call("LEN", delimiter), "+", number(1))
    return bound(glued, fresh, lambda whole: call("MID", whole, start, binary(call("LEN", whole), "+", number(1))))


def _glued(left: Node, delimiter: Node, right: Node) -> Node:
    too_long = binary(call("LEN", left), ">", number(MOST_LETTERS))
    return call("IF", too_long, ErrorLiteral("#VALUE!"), Chain(left, (("&", enclosed(delimiter)), ("&", right))))


def _join(node: Call, fresh: Fresh) -> Node:
    return _text_join(call("TEXTJOIN", node.arguments[0], Literal("FALSE"), *node.arguments[1:]), fresh)


def _concatenate(node: Call, fresh: Fresh) -> Node:
    return _text_join(call("TEXTJOIN", text(""), Literal("FALSE"), *node.arguments), fresh)


def _split(node: Call, fresh: Fresh) -> Node:
    delimiter = constant(argument(node, 1, Omitted()))
    each = constant(argument(node, 2, Literal("TRUE")))
    keep = argument(node, 3, Literal("TRUE"))
    if not isinstance(delimiter, str) or not delimiter or each is None:
        raise Unsupported("SPLIT with a computed delimiter")
    ends = list(dict.fromkeys(delimiter)) if each else [delimiter]
    marks: Node = text(ends[0])
    if len(ends) > 1:
        marks = Literal("{" + ",".join(text(end).text for end in ends) + "}")
    parts = call("TEXTSPLIT", binary(node.arguments[0], "&", text("")), marks, Omitted(), keep)
    item = fresh()
    return call("MAP", parts, call("LAMBDA", item, call(NUMERIC, item)))


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
    return call("SUM", Prefix("--", binary(values, "<>", text(""))))


def _regex_match(node: Call, fresh: Fresh) -> Node:
    return call("REGEXTEST", *node.arguments)


def _regex_extract(node: Call, fresh: Fresh) -> Node:
    pattern = constant(node.arguments[1])
    if not isinstance(pattern, str):
        raise Unsupported("REGEXEXTRACT with a computed expression")
    groups = _groups(pattern)
    if not groups:
        return node
    whole = text(f"^(?:{pattern})$")
    plain = call("REGEXEXTRACT", node.arguments[0], text(_without_groups(pattern)))

    def parts(found: Name) -> Node:
        each = [call("REGEXREPLACE", found, whole, text(f"${group}")) for group in range(1, groups + 1)]
        return each[0] if groups == 1 else call("HSTACK", *each)

    return bound(plain, fresh, parts)


_GROUP = re.compile(r"(\\.|\[\^?\]?(?:\\.|[^\]\\])*\])|\((?:\?P?<[^>]*>|(?!\?))", re.DOTALL)


def _without_groups(pattern: str) -> str:
    """The regular expression with groups that capture nothing, so that all of the match is extracted."""
    return _GROUP.sub(lambda match: match[1] or "(?:", pattern)


def _groups(pattern: str) -> int:
    try:
        return re.compile(pattern).groups
    except (re.error, OverflowError):
        raise Unsupported(f"the regular expression {pattern}") from None


def _regex_replace(node: Call, fresh: Fresh) -> Node:
    replacement = constant(node.arguments[2])
    if isinstance(replacement, str) and "\\" in replacement:
        raise Unsupported("REGEXREPLACE with a backslash in the replacement")
    return node


def _ifs(node: Call, fresh: Fresh) -> Node:
    if len(node.arguments) % 2:
        raise Unsupported("IFS with a condition that has no value")
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


def _summed(node: Call, fresh: Fresh) -> Node:
    """One call for each argument, added up."""
    first, *rest = (call(node.name, one) for one in node.arguments)
    return Group(Chain(first, tuple(("+", one) for one in rest))) if rest else first


def _folded(node: Call, fresh: Fresh) -> Node:
    """A function of any number of arguments said by one of two."""
    result, *rest = node.arguments
    for one in rest or [number(0 if node.name == "IMSUM" else 1)]:
        result = call(node.name, result, one)
    return result


NOT_IMPLEMENTED = 102
"""The ERROR.TYPE of what the engine shows where it cannot calculate something."""


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


def _x_look_up(node: Call, fresh: Fresh) -> Node:
    """Of a result with several rows and columns the whole row, or column, that was found."""
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


def _size(node: Node) -> tuple[int, int] | None:
    if not isinstance(node, Cells):
        return None
    first, last = node.reference.first, node.reference.last or node.reference.first
    if first.row is None or last.row is None or first.column is None or last.column is None:
        return None
    return last.row - first.row + 1, last.column - first.column + 1


def _epoch_to_date(node: Call, fresh: Fresh) -> Node:
    unit = constant(argument(node, 1, number(1)))
    if unit not in (1, 2, 3):
        raise Unsupported("EPOCHTODATE with a computed unit")
    per_day = 86_400 * 1_000 ** (int(unit) - 1)
    return binary(binary(node.arguments[0], "/", number(per_day)), "+", number(25_569))


def _im_log(node: Call, fresh: Fresh) -> Node:
    return call("IMDIV", call("IMLN", node.arguments[0]), call("IMLN", node.arguments[1]))


def _quotient(above: str, below: str) -> Rewrite:
    return lambda node, fresh: call("IMDIV", Call(above, node.arguments), Call(below, node.arguments))


def _margin_of_error(node: Call, fresh: Fresh) -> Node:
    data, confidence = node.arguments
    return call("CONFIDENCE.T", binary(number(1), "-", confidence), call("STDEV", data), call("COUNT", data))


def _flatten(node: Call, fresh: Fresh) -> Node:
    columns = [call("TOCOL", one) for one in node.arguments]
    return columns[0] if len(columns) == 1 else call("VSTACK", *columns)


def _nothing(node: Call, fresh: Fresh) -> Node:
    return text("")  # a picture: the API gives no value for it


REWRITES: dict[str, Rewrite] = {
    "ADD": _operator("+"),
    "ARRAYFORMULA": _first,
    "ARRAY_CONSTRAIN": _array_constrain,
    "CEILING": _with_default(1, 1),
    "CHAR": _renamed("UNICHAR"),
    "CODE": _renamed("UNICODE"),
    "CONCAT": _operator("&"),
    "CONCATENATE": _concatenate,
    "COUNTBLANK": _summed,
    "COUNTUNIQUE": _count_unique,
    "DIVIDE": _operator("/"),
    "EPOCHTODATE": _epoch_to_date,
    "EQ": _operator("="),
    "FILTER": _filter,
    "FLATTEN": _flatten,
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
    "JOIN": _join,
    "LT": _operator("<"),
    "LTE": _operator("<="),
    "MARGINOFERROR": _margin_of_error,
    "MINUS": _operator("-"),
    "MULTIPLY": _operator("*"),
    "NE": _operator("<>"),
    "POW": _operator("^"),
    "REGEXEXTRACT": _regex_extract,
    "REGEXMATCH": _regex_match,
    "REGEXREPLACE": _regex_replace,
    "ROUND": _with_default(1, 0),
    "ROUNDDOWN": _with_default(1, 0),
    "ROUNDUP": _with_default(1, 0),
    "SORT": _sort,
    "SORTN": _sort_n,
    "SPARKLINE": _nothing,
    "SPLIT": _split,
    "TEXTJOIN": _text_join,
    "TO_DATE": _first,
    "TO_DOLLARS": _first,
    "TO_PERCENT": _first,
    "TO_PURE_NUMBER": _first,
    "UMINUS": lambda node, fresh: Group(Prefix("-", enclosed(node.arguments[0]))),
    "UNARY_PERCENT": lambda node, fresh: binary(node.arguments[0], "/", number(100)),
    "UNIQUE": _unique,
    "UPLUS": _first,
    "XLOOKUP": _x_look_up,
}

NOT_CALCULATED = words("IMAGE")
"""Functions of Sheets that nothing here can calculate yet."""

ELEMENTWISE = words(
    """ADD ARRAYFORMULA CHOOSE CONCAT DIVIDE EPOCHTODATE EQ GT GTE IF IFERROR IFNA IFS ISBETWEEN LT LTE MINUS MULTIPLY
    NE POW TO_DATE TO_DOLLARS TO_PERCENT TO_PURE_NUMBER UMINUS UNARY_PERCENT UPLUS"""
)
"""Functions that the engine itself carries over whole arrays; the others are carried over them with MAP."""
