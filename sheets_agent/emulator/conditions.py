"""Whether a value meets a BooleanCondition, as filters, pivot tables and conditional formats ask.

Here the values of a condition are known beforehand; `placed_conditions.py` calculates those that are formulas.

Source: the BooleanCondition message of the v4 discovery document.
"""

from __future__ import annotations

import math
import operator
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from sheets_agent.emulator.entry import parse
from sheets_agent.emulator.errors import Refusal
from sheets_agent.emulator.host_world import HostWorld
from sheets_agent.formulas.locale import to_canonical
from sheets_agent.formulas.syntax import FormulaError, tree
from sheets_agent.formulas.values import Value

if TYPE_CHECKING:
    from sheets_agent.emulator.workbook import Workbook

JSON = dict[str, Any]
Test = Callable[[Value, str], bool]
"""A condition ready for use: whether a cell with this value, shown as this text, meets it."""

_EPOCH = date(1899, 12, 30)
_PLUS_FORMULA = re.compile(r"""\+\s*(?:[^\W\d]|[("'{]|\$[A-Za-z])""")
"""A formula that begins with a plus; `+5` and `+$5` are numbers."""

_QUOTED_HEADING = re.compile(r""""(?:[^"]|"")*"|('(?:[^']|'')+')(?!\s*!)""")
"""Texts, and names in single quotes that are no sheet's: in pivot tables, headings."""

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
_NO_VALUE = frozenset({"BLANK", "NOT_BLANK", "TEXT_IS_EMAIL", "TEXT_IS_URL", "DATE_IS_VALID"})
_FROM_TODAY = ("DATE_EQ", "DATE_BEFORE", "DATE_AFTER", "DATE_ON_OR_BEFORE", "DATE_ON_OR_AFTER")
_DAYS = {"TODAY": 0, "TOMORROW": 1, "YESTERDAY": -1, "PAST_WEEK": -7}
_MONTHS = {"PAST_MONTH": 1, "PAST_YEAR": 12}

FILTERS_AND_FORMATS = frozenset({
    "NUMBER_GREATER", "NUMBER_GREATER_THAN_EQ", "NUMBER_LESS", "NUMBER_LESS_THAN_EQ", "NUMBER_EQ", "NUMBER_NOT_EQ",
    "NUMBER_BETWEEN", "NUMBER_NOT_BETWEEN", "TEXT_CONTAINS", "TEXT_NOT_CONTAINS", "TEXT_STARTS_WITH", "TEXT_ENDS_WITH",
    "TEXT_EQ", "DATE_EQ", "DATE_BEFORE", "DATE_AFTER", "BLANK", "NOT_BLANK", "CUSTOM_FORMULA",
})  # fmt: skip
"""The condition types that filters and conditional formats take."""
VALIDATIONS = frozenset({
    *FILTERS_AND_FORMATS - {"TEXT_STARTS_WITH", "TEXT_ENDS_WITH", "BLANK", "NOT_BLANK"}, "TEXT_IS_EMAIL",
    "TEXT_IS_URL", "DATE_ON_OR_BEFORE", "DATE_ON_OR_AFTER", "DATE_BETWEEN", "DATE_NOT_BETWEEN", "DATE_IS_VALID",
    "ONE_OF_RANGE", "ONE_OF_LIST", "BOOLEAN",
})  # fmt: skip
"""The condition types that data validation takes."""


@dataclass(frozen=True, slots=True)
class Operand:
    """A value of a condition: what it is, and the text it is."""

    value: Value
    text: str


def check_condition(
    condition: JSON, allowed: frozenset[str], where: str, locale: str, *, headings: bool = False
) -> None:
    """Find out whether a condition is one that Sheets takes.

    Args:
        condition: a BooleanCondition.
        allowed: the types that are taken there.
        where: what it is for, as Sheets calls it.
        locale: the spreadsheet's, in which its values are typed.
        headings: whether names in single quotes may stand in its formulas, as in pivot tables.

    Raises:
        Refusal: it is not.
    """
    kind = condition.get("type")
    if kind in (None, "CONDITION_TYPE_UNSPECIFIED"):
        raise Refusal("No condition type specified.")
    if kind not in allowed:
        raise Refusal(f"ConditionType '{kind}' is not supported in {where}.")
    _check_count(str(kind), len(condition.get("values", [])))
    dates = [value["relativeDate"] for value in condition.get("values", []) if "relativeDate" in value]
    if dates and where == "data validation":
        raise Refusal("Relative dates are not supported in data validation.")
    for name in dates:
        if name not in _DAYS and name not in _MONTHS:
            raise Refusal("No relative date specified.")
        if kind not in _FROM_TODAY or (kind == "DATE_EQ" and name.startswith("PAST_")):
            raise Refusal(f"ConditionType '{kind}' does not support the relative date {name}.")
    for value in condition.get("values", []):
        _check_value(str(kind), value, locale, headings)


def _check_value(kind: str, value: JSON, locale: str, headings: bool) -> None:
    """Refuse formulas that cannot be read, and what is neither a date nor a range where one is asked for.

    Source: Google's answers as told in public, among them robin900/gspread-formatting#35.
    """
    if "relativeDate" in value:
        return
    text = str(value.get("userEnteredValue", ""))
    formula = formula_of(value)
    if kind == "ONE_OF_RANGE" and formula is None:
        raise Refusal(f"Invalid ConditionValue.userEnteredValue: {text} for ConditionType: {kind}")
    if formula is None and kind == "CUSTOM_FORMULA":
        formula = f"={text}"
    if formula is not None:
        readable = _readable(to_canonical(formula, locale), headings)
    else:
        readable = kind not in _DATES or isinstance(parse(text, locale).value, float)
    if not readable:
        raise Refusal(f"Invalid ConditionValue.userEnteredValue: {text}")


def _readable(formula: str, headings: bool) -> bool:
    try:
        tree(without_headings(formula) if headings else formula)
    except (FormulaError, RecursionError):
        return False
    return True


def without_headings(formula: str) -> str:
    """A formula whose names in single quotes, which are headings, are replaced by numbers, so that it can be read."""
    return _QUOTED_HEADING.sub(lambda match: "0" if match[1] else match[0], formula)


def _check_count(kind: str, count: int) -> None:
    if kind == "ONE_OF_LIST" and not count:
        raise Refusal(f"ConditionType '{kind}' requires at least one value.")
    if kind in _ONE_VALUE and count != 1:
        raise Refusal(f"ConditionType '{kind}' requires exactly one value.")
    if kind in _TWO_VALUES and count != 2:
        raise Refusal(f"ConditionType '{kind}' requires exactly two values.")
    if kind in _NO_VALUE and count:
        raise Refusal(f"ConditionType '{kind}' requires no values.")


def criteria_column(key: str) -> int:
    """The column that a key of a `criteria` map names.

    Raises:
        Refusal: it is no whole number.
    """
    if not key.isdecimal():
        raise Refusal(f"Invalid value at 'criteria' (TYPE_INT32), \"{key}\"")
    return int(key)


def has_formula(condition: JSON) -> bool:
    """Whether what a condition asks depends on the place of the cell."""
    return condition.get("type") == "CUSTOM_FORMULA" or any(map(formula_of, condition.get("values", [])))


def formula_of(value: JSON) -> str | None:
    """The formula that a ConditionValue is, as typed, with a leading "="; None when it is a literal."""
    text = str(value.get("userEnteredValue", ""))
    if text.startswith("="):
        return text
    return "=" + text[1:] if _PLUS_FORMULA.match(text) else None


def condition_test(workbook: Workbook, condition: JSON, today: date | None = None) -> Test:
    """A condition without formulas, its values read as if typed under the spreadsheet's locale."""
    kind = str(condition.get("type", ""))
    return comparison(kind, [operand(workbook, value, today) for value in condition.get("values", [])])


def operand(workbook: Workbook, value: JSON, today: date | None = None) -> Operand:
    """A ConditionValue that is no formula."""
    if "relativeDate" in value:
        day = relative_date(str(value["relativeDate"]), today or today_in(workbook))
        return Operand(float((day - _EPOCH).days), str(value["relativeDate"]))
    text = str(value.get("userEnteredValue", ""))
    return Operand(parse(text, workbook.locale, None, today or today_in(workbook)).value, text)


def today_in(workbook: Workbook) -> date:
    """The day it is in a spreadsheet's time zone."""
    return _EPOCH + timedelta(days=math.floor(HostWorld(workbook, (0, 0, 0)).now()))


def comparison(kind: str, operands: Sequence[Operand]) -> Test:
    """A condition whose values are known.

    Raises:
        Refusal: a type that neither filters nor formats have.
    """
    if kind == "BLANK":
        return lambda value, text: text == ""
    if kind == "NOT_BLANK":
        return lambda value, text: text != ""
    if kind in _TEXTS:
        parts = [one.text.casefold() for one in operands]
        compare = _TEXTS[kind]
        return lambda value, text: all(compare(text.casefold(), part) for part in parts)
    if kind in _NUMBERS:
        return _numeric(_NUMBERS[kind], operands, whole_days=False)
    if kind in _DATES:
        return _numeric(_DATES[kind], operands, whole_days=True)
    raise Refusal(f"ConditionType '{kind}' is not supported in filters and conditional formatting.")


def _numeric(compare: Callable[..., bool], operands: Sequence[Operand], whole_days: bool) -> Test:
    """A comparison of numbers; a cell that holds no number never meets it."""
    numbers = [one.value for one in operands if isinstance(one.value, int | float) and not isinstance(one.value, bool)]
    if len(numbers) != len(operands):
        return lambda value, text: False
    if whole_days:
        numbers = [math.floor(number) for number in numbers]

    def holds(value: Value, text: str) -> bool:
        if isinstance(value, bool) or not isinstance(value, int | float):
            return False
        return compare(math.floor(value) if whole_days else value, *numbers)

    return holds


def relative_date(name: str, today: date) -> date:
    """The day a RelativeDate means, counted from today."""
    if name in _DAYS:
        return today + timedelta(days=_DAYS[name])
    year, month = divmod(today.year * 12 + today.month - 1 - _MONTHS[name], 12)
    for day in range(today.day, 27, -1):
        try:
            return date(year, month + 1, day)
        except ValueError:
            continue
    return date(year, month + 1, min(today.day, 28))
