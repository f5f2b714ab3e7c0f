"""Functions that Sheets and the calculation engine both have, with values that differ.

Each rewrite has the engine give the value of Sheets.
"""

from __future__ import annotations

import re

from sheets_agent.formulas.criteria import CRITERIA
from sheets_agent.formulas.nodes import Fresh, Rewrite, Unsupported, binary, bound, call, constant, number
from sheets_agent.formulas.parameters import GIVES_ARRAY
from sheets_agent.formulas.references import Corner, Reference
from sheets_agent.formulas.surroundings import CLOCK_TITLE
from sheets_agent.formulas.syntax import Apply, Braces, Call, Cells, Group, Literal, Name, Node, walk
from sheets_agent.formulas.unlike import by_criteria

_ROUNDED = re.compile(r"(?:#,##)?0(?:\.(0+))?(%?)")
_NUMERIC_DATE = re.compile(r"(?:yyyy|yy|mm|m|dd|d|hh|h|ss|[-/.: ])+", re.IGNORECASE)


def _odd(node: Call, fresh: Fresh) -> Node:
    def away_from_zero(name: Name) -> Node:
        return call("IF", binary(name, "=", number(0)), number(1), call("ODD", name))

    known = constant(node.arguments[0])
    return node if known else bound(node.arguments[0], fresh, away_from_zero)


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


def _now(node: Call, fresh: Fresh) -> Node:
    """The moment that the workbook's clock tells, and not the computer's."""
    moment = Cells(Reference(f"'{CLOCK_TITLE}'!", Corner(0, 0)))
    return call("INT", moment) if node.name == "TODAY" else Group(moment)


DIFFERENCES: dict[str, Rewrite] = {
    **dict.fromkeys(CRITERIA, by_criteria),
    "AND": _all_seen,
    "NOW": _now,
    "ODD": _odd,
    "OR": _all_seen,
    "TEXT": _text_by_engine,
    "TODAY": _now,
}
"""What is put in place of a call by its name, its arguments written already."""
