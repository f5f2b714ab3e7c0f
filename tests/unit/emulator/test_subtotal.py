"""SUBTOTAL: what counts depends on which rows are hidden, and by what."""

from __future__ import annotations

import statistics
from typing import Any

import pytest
from engine_book import Book
from hypothesis import given
from hypothesis import strategies as st

from sheets_agent.emulator.requests import HANDLERS
from sheets_agent.formulas.values import ErrorValue

HEADED = {"A1": "n", "A2": 1, "A3": 2, "A4": 4, "A5": 8}


def do(book: Book, kind: str, **request: Any) -> None:
    HANDLERS[kind](book.workbook, request)


def rows(start: int, end: int) -> dict[str, Any]:
    return {"sheetId": 0, "dimension": "ROWS", "startIndex": start, "endIndex": end}


def hide(book: Book, start: int, end: int, hidden: bool = True) -> None:
    properties = {"hiddenByUser": hidden}
    do(book, "updateDimensionProperties", range=rows(start, end), properties=properties, fields="hiddenByUser")


def show_only(book: Book, *texts: str) -> None:
    hidden = [text for text in ("1", "2", "4", "8") if text not in texts]
    area = {"sheetId": 0, "startRowIndex": 0, "endRowIndex": 5, "startColumnIndex": 0, "endColumnIndex": 1}
    do(book, "setBasicFilter", filter={"range": area, "criteria": {"0": {"hiddenValues": hidden}}})


def totals() -> Book:
    return Book(HEADED | {"C1": "=SUBTOTAL(9,A2:A5)", "D1": "=SUBTOTAL(109,A2:A5)", "E1": "=C1*10"})


def shown(book: Book) -> list[Any]:
    return [book.value("C1"), book.value("D1"), book.value("E1")]


def test_rows_hidden_by_hand_count_for_the_low_codes_alone() -> None:
    book = totals()
    assert shown(book) == [15, 15, 150]
    hide(book, 2, 4)
    assert shown(book) == [15, 9, 150]
    hide(book, 2, 3, hidden=False)
    assert shown(book) == [15, 11, 150]


def test_rows_hidden_by_a_filter_count_for_none() -> None:
    book = totals()
    assert shown(book) == [15, 15, 150]
    show_only(book, "1", "8")
    assert shown(book) == [9, 9, 90]
    hide(book, 1, 2)
    assert shown(book) == [9, 8, 90]
    do(book, "clearBasicFilter", sheetId=0)
    assert shown(book) == [15, 14, 150]


def test_a_collapsed_group_is_hidden_by_hand() -> None:
    book = totals()
    do(book, "addDimensionGroup", range=rows(2, 4))
    for collapsed, expected in ((True, [15, 9, 150]), (False, [15, 15, 150])):
        group = {"range": rows(2, 4), "depth": 1, "collapsed": collapsed}
        do(book, "updateDimensionGroup", dimensionGroup=group, fields="collapsed")
        assert shown(book) == expected


def test_hidden_rows_move_along() -> None:
    book = totals()
    hide(book, 2, 3)
    assert shown(book)[:2] == [15, 13]
    do(book, "insertDimension", range=rows(1, 2), inheritFromBefore=False)
    assert shown(book)[:2] == [15, 13]
    do(book, "deleteDimension", range=rows(3, 4))
    assert shown(book)[:2] == [13, 13]


def test_a_fork_hides_rows_of_its_own() -> None:
    book = totals()
    assert shown(book) == [15, 15, 150]
    fork = book.fork()
    hide(fork, 1, 2)
    assert (shown(book)[1], shown(fork)[1]) == (15, 14)
    hide(book, 4, 5)
    assert (shown(book)[1], shown(fork)[1]) == (7, 14)


def test_subtotals_inside_the_range_do_not_count() -> None:
    book = Book({"A1": 1, "A2": "=SUBTOTAL(9,A1)", "A3": 4, "A4": "=-SUBTOTAL(9,A3)", "A5": '="SUBTOTAL(9,A1)"'})
    book.put("B1", "=SUBTOTAL(9,A1:A5)")
    book.put("B2", "=SUBTOTAL(3,A1:A5)")
    assert (book.value("B1"), book.value("B2")) == (5, 3)


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        ("=SUBTOTAL(1,A2:A5)", 3.75),
        ("=SUBTOTAL(2,A1:A6)", 4),
        ("=SUBTOTAL(3,A1:A6)", 5),
        ("=SUBTOTAL(104,A2:A5)", 8),
        ("=SUBTOTAL(5,A2:A5)", 1),
        ("=SUBTOTAL(6,A2:A5)", 64),
        ("=SUBTOTAL(9,A2:A5,A2)", 16),
        ("=SUBTOTAL(9,A:A)", 15),
        ("=SUBTOTAL(9.9,A2:A5)", 15),
        ('=SUBTOTAL("9",A2:A5)', 15),
        ("=SUBTOTAL(4,Z1:Z9)", 0),
        ("=SUBTOTAL(6,Z1:Z9)", 0),
        ('=TEXT(SUBTOTAL(9,A2:A5),"0.0")&"!"', "15.0!"),
        ("=LET(r,A2:A5,SUBTOTAL(9,r)*2)", 30),
        ('=SUBTOTAL(9,INDIRECT("A2:A"&1+2))', 3),
        ("=SUBTOTAL(9,OFFSET(A1,1,0,2))", 3),
        ("=SUBTOTAL(9,OFFSET(A2:A3,1,0))", 6),
        ("=ARRAYFORMULA(SUBTOTAL(9,A2:A5)*{1,2})", 15),
    ],
)
def test_codes_and_ranges(formula: str, expected: Any) -> None:
    book = Book(HEADED)
    book.put("J1", formula)
    assert book.value("J1") == expected


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        ("=SUBTOTAL(12,A2:A5)", "VALUE"),
        ("=SUBTOTAL(100,A2:A5)", "VALUE"),
        ('=SUBTOTAL("sum",A2:A5)', "VALUE"),
        ("=SUBTOTAL(9,{1,2})", "VALUE"),
        ("=SUBTOTAL(9,FILTER(A2:A5,A2:A5>1))", "VALUE"),
        ("=SUBTOTAL(9)", "N_A"),
        ("=SUBTOTAL(1,Z1:Z9)", "DIVIDE_BY_ZERO"),
        ("=SUBTOTAL(7,A2)", "DIVIDE_BY_ZERO"),
        ("=SUBTOTAL(9,OFFSET(A1,-1,0))", "REF"),
        ('=SUBTOTAL(9,INDIRECT("nothing"))', "REF"),
        ("=SUBTOTAL(9,nothing)", "NAME"),
        ("=SUBTOTAL(9,J1:J3)", "REF"),
        ("=SUBTOTAL(9,K1:K3)", "REF"),
        ("=SUBTOTAL(9,IF(TRUE,A2:A5))", "ERROR"),
        ('=SUBTOTAL(9,INDIRECT("R1C1",FALSE))', "ERROR"),
    ],
)
def test_errors(formula: str, expected: str) -> None:
    book = Book(HEADED | {"K2": "=J1"})
    book.put("J1", formula)
    value = book.value("J1")
    assert isinstance(value, ErrorValue)
    assert value.type == expected


def test_errors_count_where_they_are_seen() -> None:
    book = Book(HEADED | {"A3": "=1/0", "C1": "=SUBTOTAL(109,A2:A5)", "D1": "=SUBTOTAL(3,A2:A5)"})
    assert str(book.value("C1")) == "#DIV/0!"
    assert book.value("D1") == 4
    hide(book, 2, 3)
    assert book.value("C1") == 13


def test_a_subtotal_elsewhere_takes_part_in_further_calculation() -> None:
    book = Book(HEADED | {"B1": "=SUBTOTAL(9,A2:A5)", "C1": "=B1+1", "D1": "=SUBTOTAL(9,C1:C1)", "E1": "=SUM(D1,1)"})
    assert book.value("E1") == 17
    book.put("A2", 100)
    assert book.value("E1") == 116


NUMBERS = st.lists(st.tuples(st.integers(-99, 99), st.sampled_from("vhf")), min_size=1, max_size=8)


@given(NUMBERS)
def test_every_code_is_its_summary_of_the_rows_that_count(cells: list[tuple[int, str]]) -> None:
    book = Book()
    sheet = book.workbook.sheets[0]
    for row, (number, state) in enumerate(cells):
        book.put(f"A{row + 1}", number)
        if state != "v":
            sheet.row_metadata[row] = {"hiddenByUser" if state == "h" else "hiddenByFilter": True}
    for row, code in enumerate([2, 4, 5, 8, 9, 102, 104, 105, 108, 109]):
        book.put(f"C{row + 1}", f"=SUBTOTAL({code},A1:A{len(cells)})")
    found = [book.value(f"C{row}") for row in range(1, 11)]
    for by_hand, values in ((True, found[5:]), (False, found[:5])):
        counted = [float(number) for number, state in cells if state == "v" or (state == "h" and not by_hand)]
        assert values[0] == len(counted)
        assert values[1:3] == [max(counted, default=0), min(counted, default=0)]
        assert values[4] == sum(counted)
        if counted:
            assert values[3] == pytest.approx(statistics.pstdev(counted))
        else:
            assert isinstance(values[3], ErrorValue)


@pytest.mark.parametrize(
    ("formula", "all_shown", "third_hidden"),
    [
        ("=MAP(A2:A5,LAMBDA(x,SUBTOTAL(103,x)))", [1, 1, 1, 1], [1, 0, 1, 1]),
        ("=MAP(A2:A5,LAMBDA(x,SUBTOTAL(3,x)))", [1, 1, 1, 1], [1, 1, 1, 1]),
        ("=BYROW(A2:B5,LAMBDA(r,2*SUBTOTAL(109,(r))))", [2, 4, 8, 16], [2, 0, 8, 16]),
        ("=BYCOL(A2:B5,LAMBDA(c,SUBTOTAL(109,c)))", [15, None, None, None], [13, None, None, None]),
        ("=FILTER(A2:A5,BYROW(A2:A5,LAMBDA(r,SUBTOTAL(103,r)))=1)", [1, 2, 4, 8], [1, 4, 8, None]),
        ("=SUMPRODUCT(MAP(A2:A5,LAMBDA(x,SUBTOTAL(103,x))),A2:A5)", [15, None, None, None], [13, None, None, None]),
        ("=MAP(A2:A5,A2:A5,LAMBDA(x,y,y*SUBTOTAL(103,x)))", [1, 2, 4, 8], [1, 0, 4, 8]),
        ("=BYROW(A2:B5,LAMBDA(r,SUM(r)*SUBTOTAL(103,r)))", [1, 2, 4, 8], [1, 0, 4, 8]),
        ("=REDUCE(0,A2:A5,LAMBDA(a,x,a+x*SUBTOTAL(103,x)))", [15, None, None, None], [13, None, None, None]),
        ("=SCAN(0,(A2:A5),LAMBDA(a,x,a+SUBTOTAL(109,x)))", [1, 3, 7, 15], [1, 1, 5, 13]),
        ("=MAP({1;2},LAMBDA(x,x+SUBTOTAL(109,A2:A5)))", [16, 17, None, None], [14, 15, None, None]),
    ],
)
def test_each_step_of_a_lambda_has_its_own_cells(formula: str, all_shown: Any, third_hidden: Any) -> None:
    book = Book(HEADED | {"D2": formula})
    assert [row[0] for row in book.rectangle("D2:D5")] == all_shown
    hide(book, 2, 3)
    assert [row[0] for row in book.rectangle("D2:D5")] == third_hidden


def test_an_error_is_that_of_its_own_step() -> None:
    book = Book({"A1": 1, "A2": "x", "A3": "=1/0", "C1": "=MAP(A1:A3,LAMBDA(x,SUBTOTAL(101,x)))"})
    assert book.rectangle("C1:C3") == [[1], ["#DIV/0!"], ["#DIV/0!"]]


@pytest.mark.parametrize(
    "formula",
    [
        "=MAP({1;2},LAMBDA(x,SUBTOTAL(9,x)))",
        "=REDUCE(0,SEQUENCE(3),LAMBDA(a,x,a+SUBTOTAL(103,x)))",
        "=REDUCE(A2:A5,A2:A5,LAMBDA(a,x,SUBTOTAL(9,a)))",
        "=MAP(A2:A5,LAMBDA(x,SUBTOTAL(x,x)))",
    ],
)
def test_what_cannot_be_told_apart_by_cells_is_refused_loudly(formula: str) -> None:
    error = Book(HEADED | {"D2": formula}).value("D2")
    assert isinstance(error, ErrorValue)
    assert error.type == "ERROR"
    assert "SUBTOTAL of what a LAMBDA" in error.message
