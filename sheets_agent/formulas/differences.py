"""Functions that Sheets and the calculation engine both have, with values that differ.

Each rewrite has the engine give the value of Sheets.
"""

from __future__ import annotations

import re
from itertools import combinations

from sheets_agent.formulas.parameters import GIVES_ARRAY
from sheets_agent.formulas.rewrites import (
    REFUSED,
    Fresh,
    Rewrite,
    Unsupported,
    binary,
    bound,
    call,
    constant,
    number,
    text,
)
from sheets_agent.formulas.syntax import Apply, Braces, Call, Cells, Chain, Literal, Name, Node, walk

_MOST_UNLIKE = 4
"""How many criteria of one call may ask for what is unlike something: every one doubles what is calculated."""

_NO_TEXT = ("", "TRUE", "FALSE")

_ROUNDED = re.compile(r"(?:#,##)?0(?:\.(0+))?(%?)")
_NUMERIC_DATE = re.compile(r"(?:yyyy|yy|mm|m|dd|d|hh|h|ss|[-/.: ])+", re.IGNORECASE)


def _odd(node: Call, fresh: Fresh) -> Node:
    def away_from_zero(name: Name) -> Node:
        return call("IF", binary(name, "=", number(0)), number(1), call("ODD", name))

    known = constant(node.arguments[0])
    return node if known else bound(node.arguments[0], fresh, away_from_zero)


def _is_unlike(criterion: Node) -> bool | None:
    """Whether a criterion says `<>` something; None when that is to be seen."""
    first = criterion.first if isinstance(criterion, Chain) else criterion
    known = constant(first)
    if known is None:
        return None
    if not isinstance(known, str):
        return False
    if first is criterion:
        return known.startswith("<>") and len(known) > 2
    return None if known in ("", "<", "<>") or known.startswith("<>") else False


def _with_criteria(start: int) -> Rewrite:
    """A count or a sum by criteria: to Sheets, what is no text is unlike any text; to the engine it is not."""

    def rewrite(node: Call, fresh: Fresh) -> Node:
        places = [
            place
            for place in range(start + 1, len(node.arguments), 2)
            if _is_unlike(node.arguments[place]) is not False
        ]
        if node.name == "SUMIF":
            places = places[:1]
        if len(places) > _MOST_UNLIKE:
            return _refused_if_unlike(node, places)
        terms: list[Node] = [node]
        for count in range(1, len(places) + 1):
            terms += [_of_no_text(node, chosen) for chosen in combinations(places, count)]
        first, *rest = terms
        return call("SUM", first, *rest) if rest else first

    return rewrite


def _refused_if_unlike(node: Call, places: list[int]) -> Node:
    result: Node = node
    for place in places:
        unlike_text = call("IFERROR", _says_unlike_text(node.arguments[place]), Literal("FALSE"))
        result = call("IF", unlike_text, REFUSED, result)
    return result


def _of_no_text(node: Call, places: tuple[int, ...]) -> Node:
    """What is counted where these criteria meet no text; 0 unless all of them say `<>` a text without wildcards."""
    arguments = tuple(text("<>*") if place in places else one for place, one in enumerate(node.arguments))
    result: Node = Call(node.name, arguments)
    for place in places:
        unlike_text = call("IFERROR", _says_unlike_text(node.arguments[place]), Literal("FALSE"))
        result = call("IF", unlike_text, result, number(0))
    return result


def _says_unlike_text(criterion: Node) -> Node:
    """The engine itself is right about numbers, truth values, errors, wildcards, and the empty text."""
    sign = binary(call("LEFT", criterion, number(2)), "=", text("<>"))
    operand = call("MID", criterion, number(3), call("LEN", criterion))
    wildcards = (call("ISERROR", call("FIND", text(one), operand)) for one in "*?")
    others = (binary(operand, "<>", text(one)) for one in _NO_TEXT)
    no_number = call("ISERROR", call("VALUE", operand))
    error = binary(call("LEFT", operand, number(1)), "=", text("#"))
    return call("IF", sign, call("AND", *wildcards, *others, no_number, call("NOT", error)), Literal("FALSE"))


def _all_seen(node: Call, fresh: Fresh) -> Node:
    """AND and OR: an error anywhere is the result in Sheets; the engine stops at the first value that decides."""
    if len(node.arguments) == 1 and _is_single(node.arguments[0]):
        return node
    pairs: list[Node] = []
    seen: list[Node] = []
    for one in node.arguments:
        if isinstance(one, Cells | Literal | Name):
            seen.append(one)
        else:
            seen.append(fresh())
            pairs += [seen[-1], one]
    result: Node = Call(node.name, tuple(seen))
    for one, given in zip(reversed(seen), reversed(node.arguments), strict=True):
        if isinstance(given, Literal):
            continue
        value = one if _is_single(given) else call("SUM", one)
        result = call("IF", call("ISERROR", value), value, result)
    return call("LET", *pairs, result) if pairs else result


def _is_single(node: Node) -> bool:
    """Whether a node is sure to be one value."""
    return not any(
        isinstance(one, Name | Braces | Apply)
        or (isinstance(one, Cells) and not one.reference.single)
        or (isinstance(one, Call) and one.name in GIVES_ARRAY)
        for one in walk(node)
    )


def _text_by_engine(node: Call, fresh: Fresh) -> Node:
    """TEXT where it cannot be calculated here: for the patterns that the engine fills in like Sheets."""
    pattern = constant(node.arguments[1])
    if not isinstance(pattern, str):
        raise Unsupported("TEXT with a computed pattern, of what a LAMBDA hands over")
    if _NUMERIC_DATE.fullmatch(pattern):
        return node
    match = _ROUNDED.fullmatch(pattern)
    if match is None:
        raise Unsupported(f"TEXT with the pattern {pattern}, of what a LAMBDA hands over")
    places = len(match[1] or "") + (2 if match[2] else 0)

    def rounded(name: Name) -> Node:
        value = call("IF", call("ISNUMBER", name), call("ROUND", name, number(places)), name)
        return call("TEXT", value, node.arguments[1])

    return bound(node.arguments[0], fresh, rounded)


DIFFERENCES: dict[str, Rewrite] = {
    "AND": _all_seen,
    "COUNTIF": _with_criteria(0),
    "COUNTIFS": _with_criteria(0),
    "ODD": _odd,
    "OR": _all_seen,
    "SUMIF": _with_criteria(0),
    "SUMIFS": _with_criteria(1),
    "TEXT": _text_by_engine,
}
"""What is put in place of a call by its name, its arguments written already."""
