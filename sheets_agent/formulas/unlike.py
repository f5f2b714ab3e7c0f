"""Counts and sums by criteria: what is no text is unlike any text to Sheets, but not to the calculation engine."""

from __future__ import annotations

from itertools import combinations

from sheets_agent.formulas.criteria import UNLIKE_REFUSED, places
from sheets_agent.formulas.defined import CRITERION
from sheets_agent.formulas.nodes import NOT_IMPLEMENTED, REFUSED, Fresh, binary, call, constant, number, text
from sheets_agent.formulas.syntax import Call, Chain, Literal, Name, Node
from sheets_agent.formulas.values import ERROR_TEXTS

_MOST_UNLIKE = 4
"""How many criteria of one call may ask for what is unlike something: every one doubles what is calculated."""

_ERRORS = "{" + ",".join(f'"{one}"' for one in ERROR_TEXTS.values()) + "}"
_NO_TEXT = ("", "TRUE", "FALSE")


def by_criteria(node: Call, fresh: Fresh) -> Node:
    """A call of COUNTIF or one of its family, its arguments written already."""
    criteria = places(node.name, len(node.arguments))
    unsure = [place for place in criteria if _is_unlike(node.arguments[place]) is not False]
    arguments = list(node.arguments)
    computed: list[tuple[Name, Node]] = []
    for place in criteria:
        if _is_computed(arguments[place]):
            computed.append((fresh(), arguments[place]))
            arguments[place] = computed[-1][0]
    result = _summed(Call(node.name, tuple(arguments)), unsure)
    for name, _ in computed:
        kind = call("IFERROR", call("ERROR.TYPE", name), number(0))
        result = call("IF", binary(kind, "=", number(NOT_IMPLEMENTED)), name, result)
    return call("LET", *(part for pair in computed for part in pair), result) if computed else result


def _is_computed(criterion: Node) -> bool:
    return isinstance(criterion, Call) and criterion.name == CRITERION


def _is_unlike(criterion: Node) -> bool | None:
    """Whether a criterion says `<>` something; None when that is to be seen."""
    if isinstance(criterion, Call) and _is_computed(criterion):
        criterion = criterion.arguments[0]
    match criterion:
        case Call(name="LET", arguments=(Name() as name, Chain() as joined, Call(name="IF", arguments=(_, _, last)))):
            if last == name:  # a text of which only the length is looked at
                criterion = joined
    first = criterion.first if isinstance(criterion, Chain) else criterion
    known = constant(first)
    if known is None:
        return None
    if not isinstance(known, str):
        return False
    if first is criterion:
        return known.startswith("<>") and len(known) > 2
    return None if known in ("", "<", "<>") or known.startswith("<>") else False


def _summed(node: Call, unsure: list[int]) -> Node:
    """A call, and what it leaves out where these criteria may say `<>` a text."""
    if node.name in UNLIKE_REFUSED or len(unsure) > _MOST_UNLIKE:
        return _refused_if_unlike(node, unsure)
    terms: list[Node] = [node]
    for count in range(1, len(unsure) + 1):
        terms += [_of_no_text(node, chosen) for chosen in combinations(unsure, count)]
    first, *rest = terms
    return call("SUM", first, *rest) if rest else first


def _refused_if_unlike(node: Call, unsure: list[int]) -> Node:
    result: Node = node
    for place in unsure:
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
    error = call("ISNUMBER", call("MATCH", operand, Literal(_ERRORS), number(0)))
    return call("IF", sign, call("AND", *wildcards, *others, no_number, call("NOT", error)), Literal("FALSE"))
