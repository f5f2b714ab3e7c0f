"""Sums and products that are no numbers any more are errors, also for IFERROR."""

from __future__ import annotations

import pytest

from sheets_agent.emulator.documents import new_workbook
from sheets_agent.emulator.workbook import Cell


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        ('=IFERROR(1E308*10,"e")', "e"),
        ('=IFERROR(A1*A1,"e")', "e"),
        ('=IFERROR(1E308+1E308,"e")', "e"),
        ('=IFERROR(-1E308-1E308,"e")', "e"),
        ('=IFERROR(2^2000,"e")', "e"),
        ('=IFERROR((A1*A1),"e")', "e"),
        ('=IFERROR(A2*B2,"e")', 6.0),
        ('=IFERROR(A2&B2,"e")', "23"),
        ('=IFERROR(A4+A5,"e")', 0.0),
        ('=IFERROR(A3*2,"e")', "e"),
    ],
)  # fmt: skip
def test_overflow_is_caught(formula, expected):
    workbook = new_workbook()
    sheet = workbook.sheets[0]
    rows = {0: {0: Cell(1e300), 1: Cell(1e300)}, 1: {0: Cell(2.0), 1: Cell(3.0)}, 2: {0: Cell("x"), 1: Cell(1.0)}}
    workbook.replace_rows(sheet, {**rows, 9: {5: Cell(formula=formula)}})
    assert workbook.value(sheet, 9, 5) == expected
