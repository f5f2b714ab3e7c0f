"""Texts where numbers are wanted, numbers where texts are wanted, and what must not be lost on the way."""

from typing import Any

import pytest
from engine_book import Book

from sheets_agent.formulas.values import ErrorValue

CELLS: dict[str, Any] = {"A1": "", "A2": "£5", "A3": " ", "A4": "7", "A5": 2}


@pytest.mark.parametrize("locale", ["en_US", "en_GB"])
@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        ('=""+1', 1.0),
        ('="£5"+0', 5.0),
        ('=(A1&"")+1', 1.0),
        ("=A4+A5", 9.0),
        ("=A2*2", 10.0),
        ("=ABS(A2)+A4", 12.0),
        ("=IFERROR(A2*2,0)", 10.0),
        ('=-""', 0.0),
        ("=0.1+0.2&" + '""', "0.3"),
        ('=1/3&"x"', "0.333333333333333x"),
        ('=A5&""', "2"),
        ('=TRUE&""', "TRUE"),
        ('=A9&"x"', "x"),
        ('=-1/7&""', "-0.142857142857143"),
        ('=1.5E-9&""', "0.0000000015"),
        ('=123456789.123456789&""', "123456789.123457"),
        ('=COUNTUNIQUE(1,1,"a")', 2.0),
    ],
)
def test_values(locale: str, formula: str, expected: float | str) -> None:
    book = Book(CELLS)
    book.workbook.properties = {**book.workbook.properties, "locale": locale}
    book.workbook.restructured()
    book.put("C1", formula)
    assert book.value("C1") == expected


@pytest.mark.parametrize(
    ("formula", "kind"),
    [("=A3+1", "VALUE"), ("=A1+1", "VALUE"), ('="x"*2', "VALUE"), ("=A5/0+A1", "DIVIDE_BY_ZERO")],
)
def test_what_is_no_number_is_an_error(formula: str, kind: str) -> None:
    value = Book({**CELLS, "C1": formula}).value("C1")
    assert isinstance(value, ErrorValue)
    assert value.type == kind


def test_a_text_in_a_cell_that_may_be_a_number_is_never_an_error_of_sheets() -> None:
    book = Book({"A1": "Jan 5", "A2": "(5)", "A3": "25:00"})
    for row in (1, 2, 3):
        for column, formula in zip("BCD", (f"=A{row}*2", f"=IFERROR(A{row}*2,0)", f"=ISERROR(A{row}+1)"), strict=True):
            book.put(f"{column}{row}", formula)
            value = book.value(f"{column}{row}")
            assert isinstance(value, ErrorValue), (row, formula)
            assert value.not_calculated


def test_what_was_refused_in_another_cell_is_never_swallowed() -> None:
    book = Book({"A1": "=MULTINOMIAL(B1,9999999)", "B1": 5, "C1": "=A1"})
    readers = [
        "=IFERROR(A1,5)",
        "=IFERROR(C1,5)",
        "=COUNT(A1:C1)",
        "=ISERROR(A1)",
        '=IFERROR(INDIRECT("A1"),3)',
        "=D1+1",
    ]
    for row, formula in enumerate(readers, 1):
        book.put(f"D{row}", formula)
    for row in range(1, len(readers) + 1):
        value = book.value(f"D{row}")
        assert isinstance(value, ErrorValue)
        assert value.not_calculated
    book.put("A1", 4)
    assert [book.value(f"D{row}") for row in range(1, len(readers) + 1)] == [4.0, 4.0, 3.0, False, 4.0, 5.0]
