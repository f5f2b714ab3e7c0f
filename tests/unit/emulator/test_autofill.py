"""How series continue."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sheets_agent.emulator.autofill import Given, continued


def serial(text: str) -> float:
    return float((date.fromisoformat(text) - date(1899, 12, 30)).days)


def fill(*values: Any, count: int = 3, locale: str = "en_US", **options: Any) -> list[Any]:
    source = [
        Given(float(value) if isinstance(value, int) and not isinstance(value, bool) else value) for value in values
    ]
    return [cell.value for cell in continued(source, count, locale, **options)]


def days(*texts: str, count: int = 3, **options: Any) -> list[str]:
    source = [Given(serial(text), kind="DATE") for text in texts]
    filled = continued(source, count, "en_US", **options)
    return [date.fromordinal(int(cell.value) + date(1899, 12, 30).toordinal()).isoformat() for cell in filled]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ((1, 3), [5, 7, 9]),
        ((5,), [5, 5, 5]),
        ((10, 8), [6, 4, 2]),
        ((0.1, 0.2), [0.3, 0.4, 0.5]),
        ((1, 2, 4), [16 / 3, 41 / 6, 25 / 3]),
        (("Item 1",), ["Item 2", "Item 3", "Item 4"]),
        (("A008", "A009"), ["A010", "A011", "A012"]),
        (("Q1", "Q3"), ["Q5", "Q7", "Q9"]),
        (("x1", "x2", "x4"), ["x1", "x2", "x4"]),
        (("Mon",), ["Tue", "Wed", "Thu"]),
        (("NOVEMBER",), ["DECEMBER", "JANUARY", "FEBRUARY"]),
        (("Jan", "Apr"), ["Jul", "Oct", "Jan"]),
        (("yes", "no"), ["yes", "no", "yes"]),
        ((True,), [True, True, True]),
        ((None, 1), [None, 1, None]),
        (("a", 1, 2), ["a", 3, 4]),
    ],
)
def test_downwards(given: tuple[Any, ...], expected: list[Any]) -> None:
    result = fill(*given)
    if all(type(value) is float for value in result):
        assert result == pytest.approx(expected)
    else:
        assert result == expected


def test_russian_names() -> None:
    assert fill("январь", locale="ru_RU") == ["февраль", "март", "апрель"]
    assert fill("Monday", locale="ru_RU") == ["Tuesday", "Wednesday", "Thursday"]


def test_one_number_counts_as_an_alternate_series_and_several_repeat() -> None:
    assert fill(5, alternate=True) == [6, 7, 8]
    assert fill(1, 3, alternate=True) == [1, 3, 1]
    assert fill("Item 1", alternate=True) == ["Item 1"] * 3


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (("2026-01-31",), ["2026-02-01", "2026-02-02", "2026-02-03"]),
        (("2026-01-01", "2026-01-08"), ["2026-01-15", "2026-01-22", "2026-01-29"]),
        (("2026-01-31", "2026-02-28"), ["2026-03-31", "2026-04-30", "2026-05-31"]),
        (("2026-01-15", "2026-04-15"), ["2026-07-15", "2026-10-15", "2027-01-15"]),
        (("2024-02-29", "2025-02-28"), ["2026-02-28", "2027-02-28", "2028-02-29"]),
    ],
)
def test_dates(given: tuple[str, ...], expected: list[str]) -> None:
    assert days(*given) == expected


def test_backwards_counts_down() -> None:
    assert days("2026-03-01", backwards=True) == ["2026-02-28", "2026-02-27", "2026-02-26"]
    assert fill("Item 3", backwards=True) == ["Item 2", "Item 1", "Item 0"]
    assert fill("Mon", backwards=True) == ["Sun", "Sat", "Fri"]
    assert fill(3, 1, backwards=True) == [-1, -3, -5]


def test_formulas_repeat_and_name_their_source() -> None:
    filled = continued([Given(formula=True), Given(1.0)], 3, "en_US")
    assert [(cell.value, cell.source) for cell in filled] == [(None, 0), (1.0, 1), (None, 0)]


@settings(max_examples=50)
@given(st.integers(-1000, 1000), st.integers(-50, 50), st.integers(2, 5), st.integers(1, 8))
def test_an_arithmetic_series_goes_on(start: int, step: int, length: int, count: int) -> None:
    series = [float(start + n * step) for n in range(length + count)]
    assert fill(*series[:length], count=count) == series[length:]


@settings(max_examples=30)
@given(st.lists(st.sampled_from(["a", "b", True, None]), min_size=1, max_size=4), st.integers(1, 9))
def test_what_is_no_series_repeats(values: list[Any], count: int) -> None:
    assert fill(*values, count=count) == [values[n % len(values)] for n in range(count)]
