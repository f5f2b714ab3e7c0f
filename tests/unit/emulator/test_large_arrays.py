"""Arrays that do not fit on their grid."""

import time

import pytest
from engine_book import Book

from sheets_agent.formulas.values import ErrorValue


@pytest.mark.parametrize(
    ("formula", "missing"),
    [
        ("=SEQUENCE(1000000)", "rows (999901)"),
        ("=ARRAYFORMULA(-SEQUENCE(1000000,2)*2)", "rows (999901)"),
        ("=SEQUENCE(3,1000000)", "columns (999975)"),
    ],
)
def test_an_array_that_is_sure_to_be_too_large_is_refused_at_once(formula: str, missing: str) -> None:
    book = Book()
    started = time.monotonic()
    book.put("B2", formula)
    message = f"Result was not automatically expanded, please insert more {missing}."
    assert book.value("B2") == ErrorValue("REF", message)
    assert book.value("B3") is None
    assert time.monotonic() - started < 1


def test_what_is_not_sure_to_be_an_array_is_calculated() -> None:
    book = Book({"A1": "=SEQUENCE(200)*2", "B1": "=SUM(SEQUENCE(200))", "C1": "=SEQUENCE(100)", "D1": "=SEQUENCE(101)"})
    assert [book.value(place) for place in ("A1", "B1", "C100")] == [2.0, 20100.0, 100.0]
    assert str(book.value("D1")) == "#REF!"
    sheet = book.workbook.sheets[0]
    sheet.properties = {**sheet.properties, "gridProperties": {"rowCount": 101, "columnCount": 26}}
    book.workbook.restructured()
    assert book.value("D101") == 101.0
