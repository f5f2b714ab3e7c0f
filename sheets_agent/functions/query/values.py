"""Scalar functions, operators and comparisons of the query language."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from datetime import date, datetime, timedelta

from sheets_agent.functions.expressions import compiled
from sheets_agent.functions.query.syntax import QueryError
from sheets_agent.functions.query.table import Cell

_EPOCH = datetime(1899, 12, 30)
_UNIX = 25_569
_LAST = (date(9999, 12, 31) - _EPOCH.date()).days + 1


def moment(serial: float) -> datetime:
    """A serial number as a moment, to the millisecond."""
    if not -100_000 < serial < _LAST:
        raise QueryError("A date is out of range.")
    return _EPOCH + timedelta(milliseconds=round(serial * 86_400_000))


def plain(value: Cell) -> str:
    """A value as text, without a format."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    return f"{value:.15g}" if isinstance(value, float) else value


def calculate(name: str, values: list[Cell], now: float) -> Cell:
    """A scalar function or an operator; null for a null operand.

    Raises:
        QueryError: when a value has the wrong type.
    """
    if name == "now":
        return now
    if any(value is None for value in values):
        return None
    if name in ("upper", "lower"):
        if not isinstance(values[0], str):
            raise QueryError(f"{name} takes text.")
        return values[0].upper() if name == "upper" else values[0].lower()
    numbers = [value for value in values if isinstance(value, float) and not isinstance(value, bool)]
    if len(numbers) < len(values):
        raise QueryError(f"Can't perform the function {name} on values that are not numbers.")
    if name in _OPERATORS:
        return _finite(_OPERATORS[name](*numbers))
    if name == "dateDiff":
        return float(math.floor(numbers[0]) - math.floor(numbers[1]))
    if name == "toDate":
        return float(math.floor(numbers[0]))
    return float(_PARTS[name](moment(numbers[0])))


def to_date_of_number(number: Cell) -> Cell:
    """ToDate of a plain number: milliseconds since 1970."""
    return None if not isinstance(number, float) else float(math.floor(number / 86_400_000) + _UNIX)


def _finite(value: float | None) -> float | None:
    return value if value is not None and math.isfinite(value) else None


_OPERATORS: dict[str, Callable[[float, float], float | None]] = {
    "sum": lambda left, right: left + right,
    "difference": lambda left, right: left - right,
    "product": lambda left, right: left * right,
    "quotient": lambda left, right: left / right if right else None,
    "modulo": lambda left, right: math.fmod(left, right) if right else None,
}
_PARTS: dict[str, Callable[[datetime], int]] = {
    "year": lambda at: at.year,
    "month": lambda at: at.month - 1,
    "day": lambda at: at.day,
    "hour": lambda at: at.hour,
    "minute": lambda at: at.minute,
    "second": lambda at: at.second,
    "millisecond": lambda at: at.microsecond // 1000,
    "quarter": lambda at: (at.month + 2) // 3,
    "dayOfWeek": lambda at: at.isoweekday() % 7 + 1,
}


def compare(sign: str, left: Cell, right: Cell) -> bool:
    """Whether a comparison holds; it does not where one side is null or the types differ."""
    if left is None or right is None:
        return False
    if sign in _TEXTUAL:
        return _TEXTUAL[sign](plain(left), plain(right))
    if type(left) is not type(right):
        return False
    match sign:
        case "=":
            return left == right
        case "<>":
            return left != right
        case "<":
            return left < right  # type: ignore[operator]
        case ">":
            return left > right  # type: ignore[operator]
        case "<=":
            return left <= right  # type: ignore[operator]
        case _:
            return left >= right  # type: ignore[operator]


def _matches(text: str, pattern: str) -> bool:
    return compiled(pattern).fullmatch(text) is not None


def _like(text: str, pattern: str) -> bool:
    parts = {"%": ".*", "_": "."}
    return _matches(text, "(?s)" + "".join(parts.get(one) or re.escape(one) for one in pattern))


_TEXTUAL: dict[str, Callable[[str, str], bool]] = {
    "contains": lambda text, part: part in text,
    "starts with": str.startswith,
    "ends with": str.endswith,
    "matches": _matches,
    "like": _like,
}


def group_key(value: Cell) -> tuple[int, bool | float | str]:
    """The order of groups: null first."""
    return (0, "") if value is None else (1, value)


def sort_key(value: Cell) -> tuple[int, tuple[str, str] | bool | float]:
    """The order of rows: null first, texts as a dictionary has them, lower case first."""
    if value is None:
        return 0, False
    return (1, (value.casefold(), value.swapcase())) if isinstance(value, str) else (1, value)
