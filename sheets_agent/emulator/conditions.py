"""Whether a value meets a BooleanCondition, as filters, pivot tables and conditional formats ask.

Conditions whose value is a formula depend on the place of the cell; they are evaluated by putting the formula beside
the cells of a fork, so that the one engine calculates them too.

Source: the BooleanCondition message of the v4 discovery document.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from sheets_agent.emulator.entry import parse
from sheets_agent.emulator.errors import Refusal, Unsupported
from sheets_agent.formulas.values import Value

if TYPE_CHECKING:
    from sheets_agent.emulator.workbook import Workbook

JSON = dict[str, Any]
Test = Callable[[Value, str], bool]
"""A condition ready for use: whether a cell with this value, shown as this text, meets it."""

_EPOCH = date(1899, 12, 30)

_NUMBERS: dict[str, Callable[..., bool]] = {
    "NUMBER_GREATER": operator.gt,
    "NUMBER_GREATER_THAN_EQ": operator.ge,
    "NUMBER_LESS": operator.lt,
    "NUMBER_LESS_THAN_EQ": operator.le,
    "NUMBER_EQ": operator.eq,
    "NUMBER_NOT_EQ": operator.ne,
    "NUMBER_BETWEEN": lambda number, low, high: min(low, high) <= number <= max(low, high),
    "NUMBER_NOT_BETWEEN": lambda number, low, high: not min(low, high) <= number <= max(low, high),
}
_DATES: dict[str, Callable[..., bool]] = {
    "DATE_EQ": operator.eq,
    "DATE_NOT_EQ": operator.ne,
    "DATE_BEFORE": operator.lt,
    "DATE_AFTER": operator.gt,
    "DATE_ON_OR_BEFORE": operator.le,
    "DATE_ON_OR_AFTER": operator.ge,
    "DATE_BETWEEN": lambda day, first, last: min(first, last) <= day <= max(first, last),
    "DATE_NOT_BETWEEN": lambda day, first, last: not min(first, last) <= day <= max(first, last),
}
_TEXTS: dict[str, Callable[[str, str], bool]] = {
    "TEXT_CONTAINS": lambda text, part: part in text,
    "TEXT_NOT_CONTAINS": lambda text, part: part not in text,
    "TEXT_STARTS_WITH": str.startswith,
    "TEXT_ENDS_WITH": str.endswith,
    "TEXT_EQ": operator.eq,
    "TEXT_NOT_EQ": operator.ne,
}


_TWO_VALUES = frozenset({"NUMBER_BETWEEN", "NUMBER_NOT_BETWEEN", "DATE_BETWEEN", "DATE_NOT_BETWEEN"})
_ONE_VALUE = frozenset({*_NUMBERS, *_DATES, *_TEXTS, "ONE_OF_RANGE", "CUSTOM_FORMULA"}) - _TWO_VALUES


def check_values(condition: JSON) -> None:
    """Find out whether a condition has as many values as its type takes.

    Raises:
        Refusal: it has not.
    """
    kind, count = condition.get("type"), len(condition.get("values", []))
    if kind == "ONE_OF_LIST" and not count:
        raise Refusal(f"ConditionType '{kind}' requires at least one value.")
    if kind in _ONE_VALUE and count != 1:
        raise Refusal(f"ConditionType '{kind}' requires exactly one value.")
    if kind in _TWO_VALUES and count != 2:
        raise Refusal(f"ConditionType '{kind}' requires exactly two values.")


def criteria_column(key: str) -> int:
    """The column that a key of a `criteria` map names.

    Raises:
        Refusal: it is no whole number.
    """
    if not key.isdecimal():
        raise Refusal(f"Invalid value at 'criteria' (TYPE_INT32), \"{key}\"")
    return int(key)


def condition_test(workbook: Workbook, condition: JSON, today: date | None = None) -> Test:
    """A condition, its values read as if typed under the spreadsheet's locale.

    Raises:
        Unsupported: a condition type, or a value that is a formula, which this module does not evaluate.
    """
    kind = str(condition.get("type", ""))
    values = condition.get("values", [])
    if kind == "BLANK":
        return lambda value, text: text == ""
    if kind == "NOT_BLANK":
        return lambda value, text: text != ""
    if any(str(value.get("userEnteredValue", "")).startswith("=") for value in values):
        raise Unsupported(f"The local Sheets API does not evaluate a formula in a {kind} condition here.")
    if kind in _TEXTS:
        parts = [str(value.get("userEnteredValue", "")).casefold() for value in values]
        compare = _TEXTS[kind]
        return lambda value, text: all(compare(text.casefold(), part) for part in parts)
    operands = [_operand(workbook, value, today or date.today()) for value in values]
    if kind in _NUMBERS:
        return _numeric(_NUMBERS[kind], operands, whole_days=False)
    if kind in _DATES:
        return _numeric(_DATES[kind], operands, whole_days=True)
    raise Unsupported(f"The local Sheets API does not evaluate {kind or 'an unspecified'} conditions here.")


def _numeric(compare: Callable[..., bool], operands: Sequence[float | None], whole_days: bool) -> Test:
    """A comparison of numbers; a cell that holds no number never meets it."""
    numbers = [number for number in operands if number is not None]
    if len(numbers) != len(operands):
        return lambda value, text: False
    if whole_days:
        numbers = [math.floor(number) for number in numbers]

    def holds(value: Value, text: str) -> bool:
        if isinstance(value, bool) or not isinstance(value, int | float):
            return False
        return compare(math.floor(value) if whole_days else value, *numbers)

    return holds


def _operand(workbook: Workbook, value: JSON, today: date) -> float | None:
    if "relativeDate" in value:
        return float((relative_date(str(value["relativeDate"]), today) - _EPOCH).days)
    entry = parse(str(value.get("userEnteredValue", "")), workbook.locale)
    if isinstance(entry.value, bool) or not isinstance(entry.value, int | float):
        return None
    return float(entry.value)


def relative_date(name: str, today: date) -> date:
    """The day a RelativeDate means, counted from today.

    Raises:
        Unsupported: an unspecified one.
    """
    days = {"TODAY": 0, "TOMORROW": 1, "YESTERDAY": -1, "PAST_WEEK": -7}
    if name in days:
        return today + timedelta(days=days[name])
    months = {"PAST_MONTH": 1, "PAST_YEAR": 12}.get(name)
    if months is None:
        raise Unsupported(f"There is no relative date {name}.")
    year, month = divmod(today.year * 12 + today.month - 1 - months, 12)
    for day in range(today.day, 27, -1):
        try:
            return date(year, month + 1, day)
        except ValueError:
            continue
    return date(year, month + 1, min(today.day, 28))
