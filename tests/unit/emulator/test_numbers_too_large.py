"""Numbers that are larger than any number."""

import pytest
from engine_book import Book

from sheets_agent.formulas.values import ErrorValue

TOO_LARGE = ErrorValue("NUM", "Numeric value is greater than 1.79769E+308 and cannot be displayed properly.")


@pytest.mark.parametrize(
    "formula",
    ["=2^1024", "=10^400", "=9^9^9^9", "=POWER(10,400)", "=POW(10,400)", "=1E400", "=-1E400",
     "=SUM(1E400,1)", "=EXP(1000)", "=FACT(171)", "=1E308*10", "=1E308+1E308", '=CONVERT(1E308,"km","mm")'],
)  # fmt: skip
def test_a_number_that_is_too_large_is_no_division_by_zero(formula: str) -> None:
    assert Book({"A1": formula}).value("A1") == TOO_LARGE


@pytest.mark.parametrize(
    ("formula", "value"),
    [
        ("=IFERROR(1E400,5)", 5.0),
        ("=IFERROR(2^1024,5)", 5.0),
        ("=ERROR.TYPE(2^1024)", 6.0),
        ("=1E-400", 0.0),
        ("=2^-2000", 0.0),
        ("=2^10", 1024.0),
        ("=2^3^2", 64.0),
        ("=-2^2", 4.0),
        ("=B1^B2", 8.0),
        ("=B3^2", 0.0),
        ("=2^B3", 1.0),
        ("=B4^2", 1.0),
        ("=(-8)^(1/3)", -2.0),
        ("=SUM(ARRAYFORMULA(B1:B2^2))", 13.0),
        ("=SUMPRODUCT(B1:B2^{1;2})", 11.0),
        ('="3"^2', 9.0),
        ("=9^0.5", 3.0),
    ],
)
def test_powers_are_what_they_are(formula: str, value: float) -> None:
    assert Book({"A1": formula, "B1": 2.0, "B2": 3.0, "B4": True}).value("A1") == value


@pytest.mark.parametrize(
    ("formula", "shown"),
    [("=B1^B2", "#NUM!"), ("=B4^2", "#N/A"), ("=2^B4", "#N/A"),
     ('="a"^2', "#VALUE!"), ("=(-4)^0.5", "#NUM!"), ("=LN(0)", "#NUM!"), ("=10^-200^-2", "#NUM!"),
     ("=RANDARRAY(1e400)", "#NUM!"), ("=SEQUENCE(1e400)", "#NUM!"), ("=(1/0)^1000", "#DIV/0!")],
)  # fmt: skip
def test_other_errors_of_powers_stay(formula: str, shown: str) -> None:
    assert str(Book({"A1": formula, "B1": 1e200, "B2": 2.0, "B4": "=NA()"}).value("A1")) == shown
