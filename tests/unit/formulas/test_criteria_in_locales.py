"""Criteria as Sheets reads them, in several locales, whether they stand in the formula or are computed."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_values_in_locales import LOCALES, REFUSED, value

from sheets_agent.formulas.values import ErrorValue, Value

CELLS: list[Value] = [
    1.5, 2.5, 3.5, 46022.0, 0.5, "text", "TEXT", "a*b", "axb", None, "", True, "#tag", ErrorValue("N_A"), 5.0, "5",
]  # fmt: skip


@pytest.mark.parametrize("locale", ["en_US", "en_GB", "ru_RU", "de_DE", "fr_FR"])
@pytest.mark.parametrize(
    ("criterion", "expected"),
    [
        ('"text"', 2.0),
        ('"=TEXT"', 2.0),
        ('"<>text"', 14.0),
        ('"<>#tag"', 15.0),
        ('"<>$5"', 14.0),
        ('"$5"', 2.0),
        ('"50%"', 1.0),
        ('"<>50%"', 15.0),
        ('">50%"', 5.0),
        ('"5"', 2.0),
        ("5", 2.0),
        ('">4"', 2.0),
        ('"=2025-12-31"', 1.0),
        ('">=2025-12-31"', 1.0),
        ('"2025-12-31"', 1.0),
        ('"12:00"', 1.0),
        ('"a~*b"', 1.0),
        ('"a*b"', 2.0),
        ('"<>a*"', 14.0),
        ('"="', 1.0),
        ('""', 2.0),
        ('"<>"', 15.0),
        ('"TRUE"', 1.0),
        ("TRUE", 1.0),
        ('"#N/A"', 1.0),
        ('"<>#N/A"', 15.0),
        ('"t?xt"', 2.0),
        ('">"&A5*8', 2.0),
        ('"<>"&A6', 14.0),
        ('"<>"&A13', 15.0),
        ("A6", 2.0),
        ("A16", 2.0),
    ],
)
def test_count(locale: str, criterion: str, expected: float) -> None:
    assert value(f"=COUNTIF(A1:A16;{criterion})", locale, CELLS) == expected


@pytest.mark.parametrize(
    ("locale", "typed", "expected"),
    [
        ("ru_RU", '=COUNTIF(A1:A16;">2,5")', 3.0),
        ("ru_RU", '=COUNTIF(A1:A16;"2,5")', 1.0),
        ("ru_RU", '=COUNTIF(A1:A16;"<>2,5")', 15.0),
        ("ru_RU", "=COUNTIF(A1:A16;2,5)", 1.0),
        ("ru_RU", '=COUNTIF(A1:A16;">"&A2)', 3.0),
        ("ru_RU", '=COUNTIF(A1:A16;">"&2,25)', 4.0),
        ("ru_RU", '=COUNTIF(A1:A16;A17)', 1.0),
        ("ru_RU", '=COUNTIF(A1:A16;">=31.12.2025")', 1.0),
        ("ru_RU", '=COUNTIF(A1:A16;"<31.12.2025")', 5.0),
        ("ru_RU", '=COUNTIF(A1:A16;">="&A18)', 1.0),
        ("ru_RU", '=COUNTIF(A1:A16;">=31 дек 2025")', 1.0),
        ("ru_RU", '=COUNTIF(A1:A16;">="&A19)', REFUSED),
        ("ru_RU", '=COUNTIF(A1:A16;">2.5")', 0.0),
        ("en_GB", '=COUNTIF(A1:A16,">=31/12/2025")', 1.0),
        ("en_GB", '=COUNTIF(A1:A16,">01/02/2025")', 1.0),
        ("en_US", '=COUNTIF(A1:A16,"12/31/2025")', 1.0),
        ("en_US", '=COUNTIF(A1:A16,"31/12/2025")', 0.0),
        ("en_US", '=COUNTIF(A1:A16,">2,5")', 5.0),  # texts that come after
        ("en_US", '=COUNTIF(A1:A16,">1,000")', 1.0),
        ("de_DE", '=COUNTIF(A1:A16;">1.000")', 1.0),
        ("de_DE", '=SUMIF(A1:A16;">2,5";A1:A16)', 46030.5),
        ("de_DE", '=SUMIFS(A1:A16;A1:A16;">1,4";A1:A16;"<2,6")', 4.0),
        ("de_DE", '=SUMIFS(A1:A5;A1:A5;"<>2,5";A1:A5;"<10")', 5.5),
        ("de_DE", '=AVERAGEIF(A1:A5;"<=2,5")', 1.5),
        ("de_DE", '=MAXIFS(A1:A5;A1:A5;"<3,6")', 3.5),
        ("de_DE", '=MINIFS(A1:A5;A1:A5;">0,6")', 1.5),
        ("en_US", '=AVERAGEIF(A1:A5,"<>text")', (1.5 + 2.5 + 3.5 + 46022 + 0.5) / 5),
        ("en_US", '=AVERAGEIFS(A1:A5,A2:A6,"<>text")', (1.5 + 2.5 + 3.5 + 46022) / 4),
        ("en_US", '=MAXIFS(A1:A3,A4:A6,"<>text")', 2.5),
        ("en_US", '=MINIFS(A1:A3,A5:A7,"<>text")', 1.5),
        ("en_US", '=MINIFS(A1:A3,A5:A7,"<>"&A6)', REFUSED),
        ("en_US", '=MINIFS(A1:A3,A5:A7,"<>"&A1)', 1.5),
        ("en_US", '=AVERAGEIF(A1:A5,">50%")', (1.5 + 2.5 + 3.5 + 46022) / 4),
        ("en_US", '=SUMIF(A1:A3,"<>50%",A1:A3)', 7.5),
        ("en_US", '=SUMIF(A13:A15,"<>50%")', "#N/A"),
        ("en_US", '=COUNTIFS(A1:A3,"<>50%",A1:A2,1)', "#VALUE!"),
        ("en_US", '=AVERAGEIF(A6:A7,"<>50%")', "#DIV/0!"),
        ("en_US", '=SUM(MAP({1,2},LAMBDA(n,COUNTIF(A1:A16,">"&n))))', 9.0),
        ("ru_RU", '=SUM(MAP({1\\2,5};LAMBDA(n;COUNTIF(A1:A16;">"&n))))', 8.0),
        ("en_US", '=COUNTUNIQUEIFS(A1:A16,A1:A16,">=2025-12-31")', 1.0),
        ("ru_RU", '=COUNTUNIQUEIFS(A1:A16;A1:A16;">2,5")', 3.0),
    ],
)  # fmt: skip
def test_by_criteria(locale: str, typed: str, expected: Value) -> None:
    assert value(typed, locale, [*CELLS, "2,5", "31.12.2025", "5 янв"]) == expected


@settings(deadline=None, max_examples=60)
@given(
    LOCALES,
    st.sampled_from(["<", ">", "<=", ">=", "=", "<>", ""]),
    st.lists(st.integers(-400, 400).map(lambda number: number / 8), min_size=3, max_size=8),
)
def test_a_criterion_joined_to_a_number_is_that_of_the_number(locale: str, sign: str, numbers: list[float]) -> None:
    tests = {
        "<": numbers[0].__gt__, ">": numbers[0].__lt__, "<=": numbers[0].__ge__, ">=": numbers[0].__le__,
        "=": numbers[0].__eq__, "": numbers[0].__eq__, "<>": numbers[0].__ne__,
    }  # fmt: skip
    expected = float(sum(map(tests[sign], numbers)))
    assert value(f'=COUNTIF(A1:A{len(numbers)};"{sign}"&A1)', locale, list(numbers)) == expected
    shown = f"{numbers[0]:g}" if locale in ("en_US", "en_GB", "de_CH", "ja_JP") else f"{numbers[0]:g}".replace(".", ",")
    assert value(f'=COUNTIF(A1:A{len(numbers)};"{sign}{shown}")', locale, list(numbers)) == expected
