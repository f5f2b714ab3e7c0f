"""Sheets' functions in Excel's form: another name, another order, an operator, or nothing at all.

Sources: the function lists of Google Sheets and of Excel.
"""

from __future__ import annotations

from collections.abc import Callable

from sheets_agent.emulator.formula_tokens import Braces, Call, Part, Parts, strip
from sheets_agent.emulator.xlsx_write.functions import stored_name

_OPERATORS = {
    "ADD": "+", "MINUS": "-", "MULTIPLY": "*", "DIVIDE": "/", "POW": "^", "CONCAT": "&", "EQ": "=", "NE": "<>",
    "GT": ">", "GTE": ">=", "LT": "<", "LTE": "<=",
}  # fmt: skip


class NoForm(Exception):
    """Excel has no form for this."""


def stacked(braces: Braces) -> Parts:
    """Braces around anything but constants: Excel writes them as HSTACK and VSTACK."""
    if all(_is_constant(element) for row in braces.rows for element in row):
        return [braces]
    rows: list[Parts] = [row[0] if len(row) == 1 else [Call("_xlfn.HSTACK", row)] for row in braces.rows]
    return rows[0] if len(rows) == 1 else [Call("_xlfn.VSTACK", rows)]


def _is_constant(element: Parts) -> bool:
    return all(isinstance(part, str) and part not in ("(", ")", "^", "*", "/", "&") for part in element)


def _array_formula(call: Call) -> Parts:
    return _grouped(call.arguments[0]) if len(call.arguments) == 1 else _refuse(call)


def _grouped(parts: Parts) -> Parts:
    inner = strip(parts)
    return inner if len(inner) == 1 else ["(", *inner, ")"]


def _refuse(call: Call) -> Parts:
    raise NoForm(call.name.upper())


def _operator(call: Call) -> Parts:
    sign = _OPERATORS[call.name.upper()]
    if len(call.arguments) != 2:
        return _refuse(call)
    left, right = call.arguments
    return ["(", *_grouped(left), sign, *_grouped(right), ")"]


def _as_is(call: Call) -> Parts:
    return ["(", *call.arguments[0], ")"] if len(call.arguments) == 1 else _refuse(call)


def _negated(call: Call) -> Parts:
    return ["(-", *_grouped(call.arguments[0]), ")"] if len(call.arguments) == 1 else _refuse(call)


def _percent(call: Call) -> Parts:
    return ["(", *_grouped(call.arguments[0]), "%)"] if len(call.arguments) == 1 else _refuse(call)


def _join(call: Call) -> Parts:
    if len(call.arguments) < 2:
        return _refuse(call)
    delimiter, *pieces = call.arguments
    return [Call("_xlfn.TEXTJOIN", [delimiter, ["FALSE"], *pieces])]


def _flatten(call: Call) -> Parts:
    stacked: Parts = [Call("_xlfn.TOCOL", [argument]) for argument in call.arguments]
    return stacked if len(stacked) == 1 else [Call("_xlfn.VSTACK", [[column] for column in stacked])]


def _is_between(call: Call) -> Parts:
    if not 3 <= len(call.arguments) <= 5:
        return _refuse(call)
    value, low, high = (_grouped(argument) for argument in call.arguments[:3])
    inclusive = [_truth(argument) for argument in call.arguments[3:]]
    inclusive += [True] * (2 - len(inclusive))
    if None in inclusive:
        return _refuse(call)
    lower, upper = (">=" if inclusive[0] else ">"), ("<=" if inclusive[1] else "<")
    return ["((", *value, lower, *low, ")*(", *value, upper, *high, ")=1)"]


def _sort(call: Call) -> Parts:
    """SORT(range, column, ascending, …): Excel says 1 and -1, and sorts by other ranges with SORTBY."""
    if len(call.arguments) == 1:
        return [Call(stored_name("SORT"), call.arguments)]
    source, *keys = call.arguments
    columns, orders = keys[::2], [_order(order) for order in keys[1::2]]
    if len(columns) != len(orders) or None in orders:
        return _refuse(call)
    signs: list[Part] = [str(order) for order in orders]
    if all(_is_constant(column) for column in columns):
        if len(columns) == 1:
            return [Call(stored_name("SORT"), [source, columns[0], [signs[0]]])]
        return [Call(stored_name("SORT"), [source, [Braces([columns])], [Braces([[[sign] for sign in signs]])]])]
    pairs = [argument for column, sign in zip(columns, signs, strict=True) for argument in (column, [sign])]
    return [Call(stored_name("SORTBY"), [source, *pairs])]


def _order(argument: Parts) -> int | None:
    truth = _truth(argument)
    return None if truth is None else 1 if truth else -1


def _truth(argument: Parts) -> bool | None:
    """The truth of a constant argument, None when it is computed."""
    inner = strip(argument)
    word = inner[0].upper() if len(inner) == 1 and isinstance(inner[0], str) else ""
    return {"TRUE": True, "1": True, "FALSE": False, "0": False}.get(word)


def _filter(call: Call) -> Parts:
    """Sheets takes several conditions; Excel's third argument means something else."""
    if len(call.arguments) < 3:
        return [Call(stored_name("FILTER"), call.arguments)]
    conditions: Parts = []
    for condition in call.arguments[1:]:
        conditions += ["*" if conditions else "", "(", *condition, ")"]
    return [Call(stored_name("FILTER"), [call.arguments[0], conditions])]


def _concatenate(call: Call) -> Parts:
    """Excel's CONCATENATE takes one cell of a range; its CONCAT takes them all, as Sheets does."""
    ranges = any(not isinstance(part, str) for argument in call.arguments for part in argument)
    return [Call(stored_name("CONCAT") if ranges else "CONCATENATE", call.arguments)]


def _completed(default: str) -> Callable[[Call], Parts]:
    """For a last argument that Sheets lets a person leave out and Excel does not."""
    return lambda call: [
        Call(stored_name(call.name), [*call.arguments, [default]] if len(call.arguments) == 1 else call.arguments)
    ]


REWRITTEN: dict[str, Callable[[Call], Parts]] = {
    "ARRAYFORMULA": _array_formula,
    **dict.fromkeys(_OPERATORS, _operator),
    "UMINUS": _negated,
    "UPLUS": _as_is,
    "UNARY_PERCENT": _percent,
    "TO_DATE": _as_is,
    "TO_PURE_NUMBER": _as_is,
    "TO_PERCENT": _as_is,
    "TO_DOLLARS": _as_is,
    "JOIN": _join,
    "FLATTEN": _flatten,
    "ISBETWEEN": _is_between,
    "SORT": _sort,
    "FILTER": _filter,
    "CONCATENATE": _concatenate,
    "IFERROR": _completed('""'),
    "IFNA": _completed('""'),
    **dict.fromkeys(("ROUND", "ROUNDUP", "ROUNDDOWN"), _completed("0")),
    **dict.fromkeys(("CEILING", "FLOOR"), _completed("1")),
}
"""What writes a call of a function; raises `NoForm` where Excel has no form for these arguments."""
