"""Boolean conditions on values."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from emulator_workbooks import book, sheet_of_rows, workbook_of

from sheets_agent.emulator.conditions import condition_test, relative_date
from sheets_agent.emulator.errors import Unsupported
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


@pytest.mark.parametrize(
    "condition", [{"type": "ONE_OF_LIST"}, {}, {"type": "NUMBER_EQ", "values": [{"userEnteredValue": "=A1"}]}]
)
def test_what_is_not_evaluated_is_said(condition: dict[str, Any]) -> None:
    with pytest.raises(Unsupported):
        condition_test(book(), condition)


def test_a_text_is_as_wide_as_its_widest_line() -> None:
    assert round(text_width("A" * 1024, {})) + 3 == 8691  # as Sheets answered
    assert text_width("ab\nabcd", {}) == text_width("abcd", {})
    assert text_width("a", {"fontSize": 20}) == 2 * text_width("a", {"fontSize": 10})
    assert text_width("a", {"bold": True}) > text_width("a", {})
