"""What the text of a cell means."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sheets_agent.actions.literals import entered, typed_number
from sheets_agent.errors import ActionError

BOTH = ("en_US", "ru_RU")


@pytest.mark.parametrize("locale", BOTH)
@pytest.mark.parametrize(
    ("text", "number"),
    [("0", 0), ("12", 12), ("-3.5", -3.5), ("0.2", 0.2), ("1e3", 1000), ("123456789012345", 123456789012345)],
)
def test_neutral_numbers_mean_the_same_everywhere(text, number, locale):
    assert entered(text, locale).value == {"numberValue": number}
    assert entered(text, locale).number_format is None


@pytest.mark.parametrize("locale", BOTH)
@pytest.mark.parametrize(
    "text",
    [
        "007",
        "+79990000000",
        "1234567890123456",
        "1-2",
        "3:2",
        "2024-02-30",
        "1.2.3",
        "12 abc",
        "1,2,3",
        ".5",
        "5.",
        "%",
    ],
)
def test_what_can_be_doubted_stays_text(text, locale):
    assert entered(text, locale).value == {"stringValue": text}


@pytest.mark.parametrize(
    ("locale", "text", "number", "pattern"),
    [
        ("en_US", "1,234", 1234, "#,##0"),
        ("en_US", "1,234,567.50", 1234567.5, "#,##0.00"),
        ("ru_RU", "0,5", 0.5, None),
        ("ru_RU", "1 234,50", 1234.5, "#,##0.00"),
        ("ru_RU", "1\u00a0234\u00a0567", 1234567, "#,##0"),
        ("de_DE", "1.234,5", 1234.5, "#,##0.0"),
    ],
)
def test_numbers_as_the_locale_types_them(locale, text, number, pattern):
    found = entered(text, locale)
    assert found.value == {"numberValue": number}
    assert (found.number_format or {}).get("pattern") == pattern


def test_a_decimal_comma_is_text_where_it_is_none():
    assert entered("0,5", "en_US").value == {"stringValue": "0,5"}
    assert entered("1,23", "en_US").value == {"stringValue": "1,23"}


@pytest.mark.parametrize(
    ("text", "locale", "number", "kind", "pattern"),
    [
        ("12%", "en_US", 0.12, "PERCENT", "0%"),
        ("12.5%", "ru_RU", 0.125, "PERCENT", "0.0%"),
        ("12,5 %", "ru_RU", 0.125, "PERCENT", "0.0%"),
        ("$1,234.50", "en_US", 1234.5, "CURRENCY", "[$$]#,##0.00"),
        ("-$5", "en_US", -5, "CURRENCY", "[$$]#,##0"),
        ("1 500 ₽", "ru_RU", 1500, "CURRENCY", "#,##0\u00a0[$₽]"),
    ],
)
def test_percents_and_money_bring_their_formats(text, locale, number, kind, pattern):
    found = entered(text, locale)
    assert found.value == {"numberValue": number}
    assert found.number_format == {"type": kind, "pattern": pattern}


@pytest.mark.parametrize(
    ("text", "locale", "number", "kind"),
    [
        ("1899-12-31", "en_US", 1, "DATE"),
        ("2024-01-31", "en_US", 45322, "DATE"),
        ("2024-01-31", "ru_RU", 45322, "DATE"),
        ("31.01.2024", "ru_RU", 45322, "DATE"),
        ("1/31/2024", "en_US", 45322, "DATE"),
        ("31/01/2024", "en_GB", 45322, "DATE"),
        ("2024-01-31 12:00", "en_US", 45322.5, "DATE_TIME"),
        ("2024-01-31T18:00:00", "en_US", 45322.75, "DATE_TIME"),
        ("06:00", "en_US", 0.25, "TIME"),
    ],
)
def test_dates_are_serial_numbers(text, locale, number, kind):
    found = entered(text, locale)
    assert found.value["numberValue"] == pytest.approx(number)
    assert found.number_format == {"type": kind}


@pytest.mark.parametrize(("text", "locale"), [("31.01.2024", "en_US"), ("31/01/2024", "en_US"), ("1/31/2024", "ru_RU")])
def test_dates_of_another_locale_stay_text(text, locale):
    assert entered(text, locale).value == {"stringValue": text}


def test_booleans_apostrophes_blanks_and_plain_texts():
    assert entered("true", "en_US").value == {"boolValue": True}
    assert entered("ЛОЖЬ", "ru_RU").value == {"boolValue": False}
    assert entered("ЛОЖЬ", "en_US").value == {"stringValue": "ЛОЖЬ"}
    assert entered("'12", "en_US").value == {"stringValue": "12"}
    assert entered("", "en_US").value == {}
    assert entered(" Total ", "en_US").value == {"stringValue": " Total "}


def test_a_formula_is_text_where_formulas_are_not_wanted():
    assert entered("=SUM(A1:A2)", "en_US", formulas=False).value == {"stringValue": "=SUM(A1:A2)"}
    assert entered("=", "en_US").value == {"stringValue": "="}


def test_formulas_follow_the_locale():
    assert entered("=ROUND(A1,1)+0.5", "en_US").value == {"formulaValue": "=ROUND(A1,1)+0.5"}
    assert entered("=ROUND(A1,1)+0.5", "ru_RU").value == {"formulaValue": "=ROUND(A1;1)+0,5"}


def test_a_text_too_long_for_a_cell_is_refused():
    with pytest.raises(ActionError, match="50,000 characters"):
        entered("a" * 50_001, "en_US")


@settings(max_examples=60)
@given(st.floats(allow_nan=False, allow_infinity=False, width=32).map(lambda number: round(number, 6)))
def test_a_number_typed_in_a_locale_is_read_back(number):
    for locale in ("en_US", "ru_RU", "de_DE"):
        text = typed_number(number, locale)
        if len(text.lstrip("-").partition("e")[0].partition(".")[0]) <= 15 and "e" not in text:
            assert math.isclose(entered(text, locale).value["numberValue"], number, rel_tol=1e-12, abs_tol=1e-12), text
