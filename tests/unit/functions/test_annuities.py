"""RATE, over rates that other programs do not find without a guess."""

from __future__ import annotations

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from sheets_agent.emulator.documents import new_workbook
from sheets_agent.emulator.workbook import Cell
from sheets_agent.formulas.values import ErrorValue
from sheets_agent.functions.annuities import rate
from sheets_agent.functions.array import Failure
from sheets_agent.functions.elementwise import Given


def value(formula):
    workbook = new_workbook()
    sheet = workbook.sheets[0]
    workbook.replace_rows(sheet, {0: {0: Cell(10.0), 1: Cell(formula=formula)}})
    return workbook.value(sheet, 0, 1)


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        ("=RATE(48,-200,8000)", 0.0077014724882),  # as in Excel's and LibreOffice's documentation
        ("=RATE(5,-700,1000)", 0.6412143190793),
        ("=RATE(10,-500,1000,0,0,0.3)", 0.4907776574020),
        ("=RATE(A1,-5000,1000,0,0,5)", 4.9999999173093),
        ("=RATE(1,0,-100,300)", 2.0),
        ("=RATE(2,0,-100,100)", 0.0),
    ],
)
def test_known_rates(formula, expected):
    assert value(formula) == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize(
    ("formula", "kind"), [("=RATE(12,100,1000)", "NUM"), ("=RATE(0,-1,1)", "NUM"), ('=RATE("x",-1,1)', "VALUE")]
)
def test_what_has_no_rate_is_an_error(formula, kind):
    found = value(formula)
    assert isinstance(found, ErrorValue)
    assert found.type == kind


@example(-0.5, 47, 1.0, 0.0, False)  # the first digits of what is left are behind thirteen nines
@given(st.floats(-0.5, 4), st.integers(2, 60), st.floats(1, 1e4), st.floats(0, 1e4), st.booleans())
def test_a_loan_is_paid_back_at_the_rate_that_is_found(interest, periods, payment, future, beginning):
    assume(abs(interest) > 1e-6)
    growth = (1 + interest) ** periods
    due = payment * (1 + interest * beginning)
    present = (due * (growth - 1) / interest + future) / growth
    given_values = [Given(one, lambda: None) for one in (periods, -payment, present, -future, float(beginning))]
    assume(present != payment)
    try:
        [found] = rate(None, given_values)
    except Failure:
        pytest.fail("there is a rate")
    assert found == pytest.approx(interest, rel=1e-4, abs=1e-6)
