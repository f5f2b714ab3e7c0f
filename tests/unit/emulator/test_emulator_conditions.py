"""Boolean conditions on values."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from emulator_workbooks import book, sheet_of_rows, workbook_of

from sheets_agent.emulator.conditions import (
    FILTERS_AND_FORMATS,
    VALIDATIONS,
    check_condition,
    condition_test,
    formula_of,
    relative_date,
    today_in,
)
from sheets_agent.emulator.errors import Refusal
from sheets_agent.emulator.requests.text_width import text_width

TODAY = date(2026, 3, 31)


def holds(kind: str, value: Any, *operands: str, text: str | None = None) -> bool:
    condition = {"type": kind, "values": [{"userEnteredValue": operand} for operand in operands]}
    shown = str(value) if text is None and value is not None else text or ""
    return condition_test(book(), condition, TODAY)(value, shown)


@pytest.mark.parametrize(
    ("kind", "value", "operands", "expected"),
    [
        ("NUMBER_GREATER", 5.0, ["4"], True),
        ("NUMBER_GREATER", 4.0, ["4"], False),
        ("NUMBER_EQ", 0.12, ["12%"], True),
        ("NUMBER_NOT_EQ", "text", ["4"], False),
        ("NUMBER_LESS", True, ["4"], False),
        ("NUMBER_NOT_BETWEEN", 5.0, ["9", "1"], False),
        ("NUMBER_GREATER", 5.0, ["many"], False),
        ("TEXT_NOT_CONTAINS", "Apple", ["PP"], False),
        ("TEXT_ENDS_WITH", "Apple", ["LE"], True),
        ("TEXT_EQ", "Apple", ["apple"], True),
        ("DATE_EQ", 46112.75, ["3/31/2026"], True),
        ("DATE_BEFORE", 46111.0, ["2026-03-31"], True),
        ("DATE_AFTER", 46112.5, ["2026-03-31"], False),
        ("BLANK", None, [], True),
        ("NOT_BLANK", None, [], False),
    ],
)
def test_conditions(kind: str, value: Any, operands: list[str], expected: bool) -> None:
    assert holds(kind, value, *operands) is expected


def test_operands_are_read_in_the_spreadsheets_locale() -> None:
    workbook = workbook_of(sheet_of_rows([]), locale="de_DE")
    condition = {"type": "NUMBER_EQ", "values": [{"userEnteredValue": "1,5"}]}
    assert condition_test(workbook, condition)(1.5, "1,5")


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("TODAY", date(2026, 3, 31)), ("TOMORROW", date(2026, 4, 1)), ("YESTERDAY", date(2026, 3, 30)),
        ("PAST_WEEK", date(2026, 3, 24)), ("PAST_MONTH", date(2026, 2, 28)), ("PAST_YEAR", date(2025, 3, 31)),
    ],
)  # fmt: skip
def test_relative_dates(name: str, expected: date) -> None:
    assert relative_date(name, TODAY) == expected


def test_a_relative_date_counts_from_today() -> None:
    condition = {"type": "DATE_AFTER", "values": [{"relativeDate": "YESTERDAY"}]}
    test = condition_test(book(), condition, TODAY)
    assert (test(46112.0, ""), test(46111.0, "")) == (True, False)


def test_today_is_that_of_the_spreadsheets_time_zone() -> None:
    days = set()
    for zone in ("Pacific/Kiritimati", "Etc/GMT+12"):  # 26 hours apart
        workbook = book()
        workbook.properties = {**workbook.properties, "timeZone": zone}
        days.add(today_in(workbook))
    assert len(days) == 2


@pytest.mark.parametrize("kind", ["ONE_OF_LIST", "BOOLEAN", "DATE_IS_VALID", "FILTER_EXPRESSION", ""])
def test_conditions_of_validation_alone_are_refused(kind: str) -> None:
    with pytest.raises(Refusal):
        condition_test(book(), {"type": kind})


@pytest.mark.parametrize(
    ("typed", "formula"),
    [
        ("=A1", "=A1"), ("+A1", "=A1"), ("+$A$1*2", "=$A$1*2"), ("+ SUM(A:A)", "= SUM(A:A)"),
        ("+5", None), ("+$5", None), ("+", None), ("-A1", None), ("A1", None),
    ],
)  # fmt: skip
def test_formulas_begin_with_an_equals_sign_or_a_plus(typed: str, formula: str | None) -> None:
    assert formula_of({"userEnteredValue": typed}) == formula


ONE, TWO = [{"userEnteredValue": "1"}], [{"userEnteredValue": "1"}, {"userEnteredValue": "2"}]
TODAYS = [{"relativeDate": "TODAY"}]


@pytest.mark.parametrize(
    ("kind", "values", "everywhere", "in_validation"),
    [
        ("NUMBER_GREATER", ONE, True, True),
        ("NUMBER_GREATER", TWO, False, False),
        ("NUMBER_BETWEEN", TWO, True, True),
        ("TEXT_CONTAINS", ONE, True, True),
        ("TEXT_STARTS_WITH", ONE, True, False),
        ("TEXT_IS_EMAIL", [], False, True),
        ("TEXT_IS_URL", ONE, False, False),
        ("DATE_EQ", ONE, True, True),
        ("DATE_EQ", TODAYS, True, False),
        ("DATE_EQ", [{"relativeDate": "PAST_WEEK"}], False, False),
        ("DATE_AFTER", [{"relativeDate": "PAST_WEEK"}], True, False),
        ("DATE_AFTER", [{"relativeDate": "RELATIVE_DATE_UNSPECIFIED"}], False, False),
        ("NUMBER_LESS", TODAYS, False, False),
        ("DATE_ON_OR_AFTER", [{"userEnteredValue": "2024-01-31"}], False, True),
        ("DATE_BETWEEN", [{"userEnteredValue": "1/31/2024"}, {"userEnteredValue": "=TODAY()"}], False, True),
        ("DATE_IS_VALID", [], False, True),
        ("ONE_OF_RANGE", [{"userEnteredValue": "=A1:A3"}], False, True),
        ("ONE_OF_LIST", TWO, False, True),
        ("ONE_OF_LIST", [], False, False),
        ("BLANK", [], True, False),
        ("BLANK", ONE, False, False),
        ("CUSTOM_FORMULA", ONE, True, True),
        ("BOOLEAN", [], False, True),
        ("TEXT_NOT_EQ", ONE, False, False),
        ("FILTER_EXPRESSION", ONE, False, False),
        ("CONDITION_TYPE_UNSPECIFIED", [], False, False),
        (None, [], False, False),
    ],
)
def test_each_place_takes_its_own_conditions(kind: str, values: Any, everywhere: bool, in_validation: bool) -> None:
    for allowed, where, taken in (
        (FILTERS_AND_FORMATS, "filters", everywhere),
        (VALIDATIONS, "data validation", in_validation),
    ):
        condition = {"values": values, **({} if kind is None else {"type": kind})}
        if taken:
            check_condition(condition, allowed, where, "en_US")
        else:
            with pytest.raises(Refusal):
                check_condition(condition, allowed, where, "en_US")


@pytest.mark.parametrize(
    ("kind", "value", "locale", "told"),
    [
        ("CUSTOM_FORMULA", "=SUM(", "en_US", ""),
        ("CUSTOM_FORMULA", '=REGEXMATCH(A1,"x")', "es_ES", ""),
        ("CUSTOM_FORMULA", "=A1>'a heading'", "en_US", ""),
        ("NUMBER_GREATER", "=1+", "en_US", ""),
        ("DATE_AFTER", "PAST_WEEK", "en_US", ""),
        ("ONE_OF_RANGE", "Sales!A2:A5", "en_US", " for ConditionType: ONE_OF_RANGE"),
    ],
)
def test_values_that_google_refuses(kind: str, value: str, locale: str, told: str) -> None:
    condition = {"type": kind, "values": [{"userEnteredValue": value}]}
    with pytest.raises(Refusal) as refusal:
        check_condition(condition, FILTERS_AND_FORMATS | VALIDATIONS, "filters", locale)
    assert str(refusal.value) == f"Invalid ConditionValue.userEnteredValue: {value}{told}"


@pytest.mark.parametrize(
    ("kind", "value", "locale"),
    [
        ("CUSTOM_FORMULA", '=REGEXMATCH(A1;"x")', "es_ES"),
        ("CUSTOM_FORMULA", "='a sheet'!A1>1", "en_US"),
        ("DATE_AFTER", "31.12.2024", "de_DE"),
        ("DATE_AFTER", "=TODAY()", "en_US"),
        ("ONE_OF_RANGE", "=Sales!$A$2:$A$5", "en_US"),
    ],
)
def test_values_that_google_takes(kind: str, value: str, locale: str) -> None:
    condition = {"type": kind, "values": [{"userEnteredValue": value}]}
    check_condition(condition, FILTERS_AND_FORMATS | VALIDATIONS, "filters", locale)


def test_a_text_is_as_wide_as_its_widest_line() -> None:
    assert round(text_width("A" * 1024, {})) + 3 == 8691  # as Sheets answered
    assert text_width("ab\nabcd", {}) == text_width("abcd", {})
    assert text_width("a", {"fontSize": 20}) == 2 * text_width("a", {"fontSize": 10})
    assert text_width("a", {"bold": True}) > text_width("a", {})
