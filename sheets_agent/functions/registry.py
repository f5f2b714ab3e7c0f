"""Which functions are calculated here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from math import isfinite
from types import MappingProxyType

from sheets_agent.formulas.criteria import CRITERIA
from sheets_agent.formulas.messages import TOO_LARGE
from sheets_agent.formulas.values import ErrorValue, Value
from sheets_agent.functions import annuities, chance, ranges, regression, texts, units, wide
from sheets_agent.functions.array import Array, Failure, Function, World, single
from sheets_agent.functions.conditional import by_criteria
from sheets_agent.functions.elementwise import elementwise, repeated
from sheets_agent.functions.hosted import CARRIED, ELEMENTWISE, OUTSIDE, SEES_ERRORS, SUBTOTALS
from sheets_agent.functions.query.run import query
from sheets_agent.functions.subtotal import indirect, offset, subtotal, subtotals

_ENDLESS = ErrorValue("NUM", TOO_LARGE)


def outside(name: str, world: World, arguments: Sequence[Array | None]) -> Array:
    """A function that reaches outside: what a provider answers, or what Sheets shows while it waits."""
    given = [one for one in arguments if one is not None]
    answer = world.outside(name, given)
    if answer is not None:
        return answer
    waits = f"{name} waits for data from outside, which the local Sheets API does not calculate."
    return single(ErrorValue("N_A", waits))


_SCALARS = {
    "ASC": wide.narrow,
    "CONVERT": units.convert,
    "DATEVALUE": texts.date_value,
    "DOLLAR": texts.dollar,
    "FINDB": wide.find,
    "FIXED": texts.fixed,
    "ISDATE": texts.is_date,
    "ISEMAIL": texts.is_email,
    "ISURL": texts.is_url,
    "LEFTB": wide.left,
    "LENB": wide.length,
    "MIDB": wide.middle,
    "RATE": annuities.rate,
    "REGEXEXTRACT": texts.regex_extract,
    "REGEXMATCH": texts.regex_match,
    "REGEXREPLACE": texts.regex_replace,
    "REPLACEB": wide.replace,
    "RIGHTB": wide.right,
    "SEARCHB": wide.search,
    "SPLIT": texts.split,
    "TEXT": texts.text,
    "TIMEVALUE": texts.time_value,
    "TO_TEXT": texts.to_text,
}
assert _SCALARS.keys() == ELEMENTWISE


def handed_over(world: World, arguments: Sequence[Array | None]) -> Array:
    """ARRAYFORMULA of what is calculated already: the array as it is."""
    return arguments[0] or single(None)


_WHOLE: dict[str, Function] = {
    **{name: partial(by_criteria, name) for name in CRITERIA},
    "ARRAYFORMULA": handed_over,
    "COUNTUNIQUEIFS": ranges.count_unique_ifs,
    "FORMULATEXT": ranges.formula_text,
    "GETPIVOTDATA": ranges.get_pivot_data,
    "IFERROR": partial(ranges.if_error, None),
    "IFNA": partial(ranges.if_error, "N_A"),
    **{name: partial(regression.estimate, name) for name in ("LINEST", "LOGEST")},
    **{name: partial(regression.predict, name) for name in ("GROWTH", "TREND")},
    "INDIRECT": indirect,
    "OFFSET": offset,
    "QUERY": query,
    "RAND": elementwise(chance.rand),
    "RANDARRAY": chance.rand_array,
    "RANDBETWEEN": elementwise(chance.rand_between),
    "SORTN": ranges.sort_n,
    "SUBTOTAL": subtotal,
    **{name: partial(subtotals, name.rpartition(" ")[2].lower()) for name in SUBTOTALS.values()},
}
_CARRIED = {name: elementwise(function, sees_errors=name in SEES_ERRORS) for name, function in _SCALARS.items()}
_FETCHED: dict[str, Function] = {name: partial(outside, name) for name in OUTSIDE}
FUNCTIONS: Mapping[str, Function] = MappingProxyType(_WHOLE | _CARRIED | _FETCHED)
"""Every function that is calculated here, by its name."""


def calculate(name: str, world: World, arguments: list[Array | None]) -> Array:
    """A function's value; an error among the values of a single-cell argument is handed on."""
    if name not in ELEMENTWISE and name not in ("IFERROR", "IFNA", "SUBTOTAL"):
        for one in arguments:
            if one is not None and one.height == one.width == 1 and isinstance(one.value, ErrorValue):
                return single(one.value)
    function = repeated(name, FUNCTIONS[name]) if name in CARRIED else FUNCTIONS[name]
    try:
        return _finite(function(world, arguments))
    except Failure as failure:
        return single(failure.error)


def _finite(result: Array) -> Array:
    """A result with errors for what is no number."""
    if not any(_endless(value) for row in result.rows for value in row):
        return result
    rows = tuple(tuple(_ENDLESS if _endless(value) else value for value in row) for row in result.rows)
    return Array(rows, result.formats)


def _endless(value: Value) -> bool:
    return isinstance(value, float) and not isfinite(value)
