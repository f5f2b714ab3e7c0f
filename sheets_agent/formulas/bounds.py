"""Calls whose arguments decide how long the calculation engine takes: too much is refused before it starts.

The engine counts on for minutes in a factorial of a large number, takes all memory for a text that doubles a hundred
times, and panics where a date runs out of its calendar. Nothing interrupts it, so each such call is put behind a test
of its arguments. Where Sheets has an error there too, that error stands; else the call is not calculated.
"""

from __future__ import annotations

from sheets_agent.formulas import growth
from sheets_agent.formulas.domains import CALENDAR, dollar
from sheets_agent.formulas.nodes import REFUSED, Fresh, Rewrite, argument, binary, bound, call, constant, number
from sheets_agent.formulas.parameters import words
from sheets_agent.formulas.rewrites import REWRITES
from sheets_agent.formulas.syntax import Call, Chain, ErrorLiteral, Name, Node, walk

_OUT_OF_RANGE = ErrorLiteral("#NUM!")
_SIZE = 1_000_000
"""How many values and letters together are still handed from one step of a REDUCE to the next."""

_MOST_DIGITS = 127

_GROWING = words("CONCAT CONCATENATE HSTACK JOIN REPT SUBSTITUTE TEXTJOIN VSTACK")


def _at_most(
    places: int | tuple[int, ...], most: int, beyond: Node = _OUT_OF_RANGE, *, least: int | None = None
) -> Rewrite:
    """Call only while the sizes of the arguments at some places are within a limit; below `least` is #NUM!."""

    def rewrite(node: Call, fresh: Fresh) -> Node:
        result: Node = node
        for place in (places,) if isinstance(places, int) else places:
            if place < len(node.arguments):
                result = _guarded(node, result, place, fresh)
        return result

    def _guarded(node: Call, inner: Node, place: int, fresh: Fresh) -> Node:
        value = argument(node, place, number(0))
        known = constant(value)
        if isinstance(known, float) and (-most if least is None else least) <= known <= most:
            return inner

        def tested(name: Name) -> Node:
            within = call("IF", binary(call("ABS", name), ">", number(most)), beyond, _with(inner, node, place, name))
            return within if least is None else call("IF", binary(name, "<", number(least)), _OUT_OF_RANGE, within)

        return bound(value, fresh, tested)

    return rewrite


def _with(node: Node, innermost: Call, place: int, name: Name) -> Node:
    """The call at the heart of some tests with a name for one of its arguments."""
    if isinstance(node, Call) and node.name == innermost.name:
        return Call(node.name, (*node.arguments[:place], name, *node.arguments[place + 1 :]))
    assert isinstance(node, Call)
    return Call(node.name, (*node.arguments[:-1], _with(node.arguments[-1], innermost, place, name)))


def _base(node: Call, fresh: Fresh) -> Node:
    """BASE, the engine's with 63 bits: of larger numbers it says something else."""
    value, *rest = node.arguments

    def within(name: Name) -> Node:
        written = _at_most(2, 255)(Call(node.name, (name, *rest)), fresh)
        return call("IF", binary(name, ">", number(_EXACT)), REFUSED, written)

    return bound(value, fresh, within)


def _dollar(node: Call, fresh: Fresh) -> Node:
    digits = argument(node, 1, number(2))
    known = constant(digits)
    if isinstance(known, float) and abs(known) <= _MOST_DIGITS:
        return dollar(node, fresh)
    return call("IF", binary(call("ABS", digits), ">", number(_MOST_DIGITS)), REFUSED, dollar(node, fresh))


def _months(node: Call, fresh: Fresh) -> Node:
    """EDATE and EOMONTH, up to the year 9999, of blank cells and of days before 1900 as well."""
    start, months = node.arguments
    within = _at_most(1, 120_000)
    known = constant(start)
    if isinstance(known, float) and known >= 1:
        return within(node, fresh)
    first, steps = fresh(), fresh()
    later = within(Call(node.name, (binary(first, "+", number(CALENDAR)), steps)), fresh)
    early = binary(later, "-", number(CALENDAR))
    plain = within(Call(node.name, (first, steps)), fresh)
    return call("LET", first, start, steps, months, call("IF", binary(first, "<", number(1)), early, plain))


def _multinomial(node: Call, fresh: Fresh) -> Node:
    total = call("SUM", *node.arguments)
    return call("IF", binary(total, ">", number(_SIZE)), REFUSED, node)


def _substitute(node: Call, fresh: Fresh) -> Node:
    if len(node.arguments) != 3:
        return node  # one occurrence only
    searched, new = (constant(one) for one in node.arguments[1:])
    if isinstance(searched, str) and isinstance(new, str) and len(new) <= len(searched):
        return node

    def guarded(name: Name) -> Node:
        longest = binary(call("LEN", name), "*", call("LEN", node.arguments[2]))
        return call("IF", binary(longest, ">", number(10 * _SIZE)), REFUSED, call(node.name, name, *node.arguments[1:]))

    return bound(node.arguments[0], fresh, guarded)


def _delimited(node: Call, fresh: Fresh) -> Node:
    """TEXTJOIN and JOIN, unless the delimiter is far too long."""
    delimiter, joined = node.arguments[0], REWRITES[node.name](node, fresh)
    known = constant(delimiter)
    if isinstance(known, str) and len(known) <= 1_000:
        return joined
    return call("IF", binary(call("LEN", delimiter), ">", number(1_000)), REFUSED, joined)


def _stepwise(node: Call, fresh: Fresh) -> Node:
    """REDUCE and SCAN of what may grow with every step."""
    step = node.arguments[-1]
    if not (isinstance(step, Call) and step.name == "LAMBDA" and len(step.arguments) == 3):
        return node
    total, item, body = step.arguments
    if not any(map(_grows, walk(body))):
        return node
    letters = call("IFERROR", call("SUM", call("LEN", total)), number(0))
    values = call("IFERROR", binary(call("ROWS", total), "*", call("COLUMNS", total)), number(0))
    size = binary(letters, "+", values)
    guarded = call("IF", binary(size, ">", number(_SIZE)), REFUSED, body)
    return Call(node.name, (*node.arguments[:-1], call("LAMBDA", total, item, guarded)))


def _grows(node: Node) -> bool:
    if isinstance(node, Chain):
        return any(sign == "&" for sign, _ in node.rest)
    return isinstance(node, Call) and node.name in _GROWING


_EXACT = 9_007_199_254_740_992
"""Up to here every whole number can be told from the next."""
_DEGREES = 10_000_000_000

BOUNDS: dict[str, Rewrite] = {
    **dict.fromkeys(words("T.INV T.INV.2T TINV CHISQ.INV CHISQ.INV.RT CHIINV"), _at_most(1, _DEGREES, REFUSED)),
    **dict.fromkeys(words("F.DIST F.DIST.RT F.INV F.INV.RT FDIST FINV"), _at_most((1, 2), _DEGREES, REFUSED)),
    **dict.fromkeys(words("GAMMA.INV GAMMAINV"), _at_most((1, 2), _DEGREES, REFUSED)),
    "BASE": _base,
    "CHOOSECOLS": growth.chosen,
    "CHOOSEROWS": growth.chosen,
    "COMBIN": _at_most(1, 10 * _SIZE, REFUSED),
    "COMBINA": _at_most(1, _SIZE, REFUSED),
    "CONFIDENCE.T": _at_most(2, _DEGREES, REFUSED),
    "DATE": _at_most((1, 2), 4_000_000),
    "DOLLAR": _dollar,
    "EDATE": _months,
    "EOMONTH": _months,
    "FACT": _at_most(0, 170),
    "FACTDOUBLE": _at_most(0, 300, least=0),
    "FIXED": _at_most(1, _MOST_DIGITS, REFUSED),
    "JOIN": _delimited,
    "HSTACK": growth.stacked,
    "MMULT": growth.multiplied,
    "MULTINOMIAL": _multinomial,
    "PERMUT": _at_most(1, 170),  # no fewer than 171! ways: more than a number holds
    "REDUCE": _stepwise,
    "SCAN": _stepwise,
    "SEQUENCE": growth.sequence,
    "SUBSTITUTE": _substitute,
    "TEXTJOIN": _delimited,
    "VDB": _at_most(2, 100_000, REFUSED),
    "VSTACK": growth.stacked,
    "WRAPCOLS": _at_most(1, 20_000, REFUSED, least=1),
    "WRAPROWS": _at_most(1, 20_000, REFUSED, least=1),
}
"""What is put in place of a call by its name, its arguments written already."""
