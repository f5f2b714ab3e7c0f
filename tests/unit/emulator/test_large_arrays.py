"""Arrays that do not fit on their grid."""

import pytest
from engine_book import Book

from sheets_agent.emulator import hosting, results
from sheets_agent.emulator.engine_errors import TOO_MANY
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
    book.put("B2", formula)
    message = f"Result was not automatically expanded, please insert more {missing}."
    assert book.value("B2") == ErrorValue("REF", message)
    assert book.value("B3") is None


def test_arrays_fill_a_limited_number_of_cells(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(results, "MOST_FILLED", 50)
    monkeypatch.setattr(hosting, "MOST_FILLED", 50)
    book = Book({"A1": "=FLATTEN(SEQUENCE(6,5))", "B1": "=FLATTEN(SEQUENCE(7,3))", "C1": "=FLATTEN(SEQUENCE(5,4))"})
    assert (book.value("A30"), book.value("B1"), book.value("B2"), book.value("C20")) == (30.0, TOO_MANY, None, 20.0)
    book.put("D1", "=ISERROR(B1)")
    book.put("A1", None)
    assert (book.value("D1"), book.value("B21"), book.value("C20")) == (False, 21.0, 20.0)
    book = Book({"A1": "=SEQUENCE(30)", "C1": "=SORTN(A1:A30,30)", "D1": "=SORTN(A1:A30,30,0,1,FALSE)"})
    assert (book.value("C30"), book.value("D1")) == (30.0, TOO_MANY)


@pytest.mark.parametrize("formula", ["=SEQUENCE(1000000,2)", "=ARRAYFORMULA(SEQUENCE(2000,1000)*2)"])
def test_one_that_is_sure_to_fill_more_is_refused_at_once(formula: str) -> None:
    book = Book()
    sheet = book.workbook.sheets[0]
    sheet.properties = {**sheet.properties, "gridProperties": {"rowCount": 1_000_000, "columnCount": 1_000}}
    book.put("A1", formula)
    assert book.value("A1") == TOO_MANY
    assert TOO_MANY.not_calculated


def test_what_doubles_from_cell_to_cell_ends_at_a_limit() -> None:
    doubling = {"A1": "ab", **{f"A{row}": f"=A{row - 1}&A{row - 1}" for row in range(2, 40)}}
    book = Book(doubling | {"B1": "x", **{f"B{row}": f"=REPT(B{row - 1},9)" for row in range(2, 20)}})
    assert len(str(book.value("A15"))) == 32_768
    assert [str(book.value(place)) for place in ("A16", "A39", "B19")] == ["#VALUE!"] * 3
    arrays = {f"C{row}": f"=SUM(FLATTEN(SEQUENCE(2^{row}),SEQUENCE(2^{row})))" for row in range(10, 30)}
    assert str(Book(arrays).value("C29")) == "#ERROR!"


def test_what_is_not_sure_to_be_an_array_is_calculated() -> None:
    book = Book({"A1": "=SEQUENCE(200)*2", "B1": "=SUM(SEQUENCE(200))", "C1": "=SEQUENCE(100)", "D1": "=SEQUENCE(101)"})
    assert [book.value(place) for place in ("A1", "B1", "C100")] == [2.0, 20100.0, 100.0]
    assert str(book.value("D1")) == "#REF!"
    sheet = book.workbook.sheets[0]
    sheet.properties = {**sheet.properties, "gridProperties": {"rowCount": 101, "columnCount": 26}}
    book.workbook.restructured()
    assert book.value("D101") == 101.0
