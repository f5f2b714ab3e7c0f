"""Functions whose domain is wider or narrower in Sheets than in the calculation engine, or whose error is another one.

Sources: the page of each function under https://support.google.com/docs/table/25273, and published recordings of what
Sheets shows (truecalc/core, g2i-ai/hyperformula).
"""

from __future__ import annotations

import re

from sheets_agent.formulas.nodes import Fresh, Rewrite, argument, binary, bound, call, constant, number, text
from sheets_agent.formulas.syntax import Call, Cells, ErrorLiteral, Name, Node, Prefix

_OUT_OF_RANGE = ErrorLiteral("#NUM!")
_DIVISION = ErrorLiteral("#DIV/0!")
CALENDAR = 730_485
"""The days of 2,000 years: the calendar and the weekdays repeat after them."""
_WEEKEND = re.compile(r"(?=.*0)[01]{7}")
_FIRST, _BOTH, _ALL = slice(1), slice(2), slice(None)
_UNITS = frozenset(("Y", "M", "D", "MD", "YM", "YD"))


def _before_1900(node: Call, fresh: Fresh) -> Node:
    """YEAR, MONTH and the like: the day 0 is 30 December 1899, which blank cells are too, and days go on before it."""
    known = constant(node.arguments[0])
    if isinstance(known, float) and known >= 1:
        return node

    def shifted(name: Name) -> Node:
        early = Call(node.name, (binary(name, "+", number(CALENDAR)), *node.arguments[1:]))
        if node.name == "YEAR":
            early_year = binary(early, "-", number(2_000))
            return call("IF", binary(name, "<", number(1)), early_year, Call(node.name, (name,)))
        return call("IF", binary(name, "<", number(1)), early, Call(node.name, (name, *node.arguments[1:])))

    return bound(node.arguments[0], fresh, shifted)


def _second(node: Call, fresh: Fresh) -> Node:
    """The nearest second, not the last one that is over."""

    def nearest(name: Name) -> Node:
        seconds = call("ROUND", binary(call("MOD", name, number(1)), "*", number(86_400)), number(0))
        return call("IF", call("ISTEXT", name), call("SECOND", name), call("MOD", seconds, number(60)))

    return bound(node.arguments[0], fresh, nearest)


def _at_least(place: int, least: int, beyond: Node = _OUT_OF_RANGE) -> Rewrite:
    """An error unless an argument reaches a bound."""

    def rewrite(node: Call, fresh: Fresh) -> Node:
        if place >= len(node.arguments):
            return node
        value = node.arguments[place]
        known = constant(value)
        if isinstance(known, float) and known >= least:
            return node

        def within(name: Name) -> Node:
            given = (*node.arguments[:place], name, *node.arguments[place + 1 :])
            return call("IF", binary(name, "<", number(least)), beyond, Call(node.name, given))

        return bound(value, fresh, within)

    return rewrite


def _weekend(node: Call, fresh: Fresh) -> Node:
    """A weekend of seven days, or one that is written in other signs than 0 and 1."""
    known = constant(argument(node, 2, number(1)))
    return _OUT_OF_RANGE if isinstance(known, str) and not _WEEKEND.fullmatch(known) else node


def _date_difference(node: Call, fresh: Fresh) -> Node:
    known = constant(node.arguments[2])
    return _OUT_OF_RANGE if isinstance(known, str) and known.upper() not in _UNITS else node


def power(base: Node, exponent: Node, fresh: Fresh) -> Node:
    """A power: 0 to the power of 0 is 1, to a negative power out of range; so is what is too large for a number."""
    left, right = fresh(), fresh()
    up = binary(right, "+", number(0))
    none = call("IF", binary(up, "=", number(0)), number(1), number(0))
    of_zero = call("IF", binary(up, "<", number(0)), _OUT_OF_RANGE, none)
    too_large = binary(binary(left, "+", right), "+", _OUT_OF_RANGE)  # an error of the operands comes first
    other = call("IFERROR", binary(left, "^", right), too_large)
    result = call("IF", binary(binary(left, "+", number(0)), "=", number(0)), of_zero, other)
    return call("LET", left, base, right, exponent, result)


def _power(node: Call, fresh: Fresh) -> Node:
    return power(node.arguments[0], node.arguments[1], fresh)


def _inverse_cotangent(node: Call, fresh: Fresh) -> Node:
    """Between -90 and 90 degrees, where the engine has it between 0 and 180."""

    def angle(name: Name) -> Node:
        inverse = call("ATAN", binary(number(1), "/", name))
        return call("IF", binary(name, "=", number(0)), binary(call("PI"), "/", number(2)), inverse)

    return bound(node.arguments[0], fresh, angle)


def _of_zero(kind: ErrorLiteral, place: int = 0) -> Rewrite:
    """An error for the complex number zero, where the engine writes infinity."""

    def rewrite(node: Call, fresh: Fresh) -> Node:
        def guarded(name: Name) -> Node:
            given = (*node.arguments[:place], name, *node.arguments[place + 1 :])
            return call("IF", binary(call("IMABS", name), "=", number(0)), kind, Call(node.name, given))

        return bound(node.arguments[place], fresh, guarded)

    return rewrite


def _percent_rank(node: Call, fresh: Fresh) -> Node:
    """Rounded to so many digits, where the engine cuts off."""
    data, value = node.arguments[:2]
    digits = argument(node, 2, number(3))
    known = constant(digits)
    exact = call(node.name, data, value, number(15))
    if isinstance(known, float):
        return call("ROUND", exact, number(int(known) if known >= 1 else 15))

    def rounded(name: Name) -> Node:
        return call("ROUND", exact, call("IF", binary(name, "<", number(1)), number(15), name))

    return bound(digits, fresh, rounded)


def dollar(node: Call, fresh: Fresh) -> Node:
    """A sign before the amount, and no parentheses around it."""
    digits = argument(node, 1, number(2))

    def signed(name: Name) -> Node:
        less = binary(call("ROUND", name, digits), "<", number(0))
        minus = binary(text("-"), "&", call("DOLLAR", Prefix("-", name), digits))
        return call("IF", less, minus, call("DOLLAR", call("ABS", name), digits))

    return bound(node.arguments[0], fresh, signed)


def _error_first(places: slice, inner: Rewrite | None = None) -> Rewrite:
    """An error among the values is the result; the engine has another one, or passes over it."""

    def rewrite(node: Call, fresh: Fresh) -> Node:
        given, pairs = list(node.arguments), list[Node]()
        seen: list[Node] = []
        for place in range(*places.indices(len(given))):
            if constant(given[place]) is not None:
                continue
            if not isinstance(given[place], Cells | Name):
                name = fresh()
                pairs += [name, given[place]]
                given[place] = name
            seen.append(call("SUM", given[place]))
        made = Call(node.name, tuple(given))
        result: Node = inner(made, fresh) if inner else made
        for total in reversed(seen):
            result = call("IF", call("ISERROR", total), total, result)
        return call("LET", *pairs, result) if pairs else result

    return rewrite


def _alike(one: int, other: int) -> Rewrite:
    """#N/A unless two arrays have as many values as each other."""

    def rewrite(node: Call, fresh: Fresh) -> Node:
        first, second = fresh(), fresh()
        given = list(node.arguments)
        pairs = (first, given[one], second, given[other])
        sizes = [binary(call("ROWS", name), "*", call("COLUMNS", name)) for name in (first, second)]
        return call("LET", *pairs, call("IF", binary(sizes[0], "<>", sizes[1]), ErrorLiteral("#N/A"), node))

    return rewrite


def _character(node: Call, fresh: Fresh) -> Node:
    known = constant(node.arguments[0])
    plain = Call("UNICHAR", node.arguments)
    return plain if isinstance(known, float) and known >= 1 else _at_least(0, 1)(plain, fresh)


DOMAINS: dict[str, Rewrite] = {
    **dict.fromkeys(("DAY", "ISOWEEKNUM", "MONTH", "WEEKDAY", "WEEKNUM", "YEAR"), _before_1900),
    **dict.fromkeys(("NETWORKDAYS.INTL", "WORKDAY.INTL"), _weekend),
    **dict.fromkeys(("IMCOT", "IMCSCH", "IMLN", "IMLOG10", "IMLOG2"), _of_zero(_DIVISION)),
    **dict.fromkeys(("PERCENTRANK", "PERCENTRANK.EXC", "PERCENTRANK.INC"), _error_first(_FIRST, _percent_rank)),
    **dict.fromkeys(("PERCENTILE", "PERCENTILE.EXC", "PERCENTILE.INC", "TRIMMEAN"), _error_first(_FIRST)),
    **dict.fromkeys(("LARGE", "QUARTILE", "QUARTILE.EXC", "QUARTILE.INC", "SMALL"), _error_first(_FIRST)),
    **dict.fromkeys(("F.TEST", "FTEST", "PROB", "T.TEST", "TTEST"), _error_first(_BOTH)),
    **dict.fromkeys(("MODE", "MODE.MULT", "MODE.SNGL"), _error_first(_ALL)),
    **dict.fromkeys(
        ("CHISQ.TEST", "CHITEST", "CORREL", "COVAR", "COVARIANCE.P", "COVARIANCE.S"), _error_first(_BOTH, _alike(0, 1))
    ),
    **dict.fromkeys(("INTERCEPT", "PEARSON", "RSQ", "SLOPE", "STEYX"), _error_first(_BOTH, _alike(0, 1))),
    **dict.fromkeys(("FORECAST", "FORECAST.LINEAR"), _error_first(slice(1, 3), _alike(1, 2))),
    "ACOT": _inverse_cotangent,
    "CHAR": _character,
    "DATEDIF": _date_difference,
    "GAMMA": _at_least(0, 0),
    "IMCSC": _of_zero(_OUT_OF_RANGE),
    "IMDIV": _of_zero(_DIVISION, 1),
    "MID": _at_least(1, 1),
    "MUNIT": _at_least(0, 1),
    "PERMUTATIONA": _at_least(1, 1),
    "POW": _power,
    "POWER": _power,
    "SECOND": _second,
}
"""What is put in place of a call by its name, its arguments written already."""
