"""QUERY as people write it, and what Sheets answers."""

from typing import Any

import pytest
from engine_book import Book, calculate

from sheets_agent.formulas.values import ErrorValue

TABLES: list[tuple[str, list[list[Any]]]] = [
    ("select A, C where C > 2 order by C desc", [["name", "price"], ["ink", 20.0], ["Pen", 4.0], ["pad", 3.0]]),
    (
        "select B, sum(C), count(A) group by B",
        [["region", "sum price", "count name"], ["East", 4.5, 2.0], ["North", 4.0, 1.0], ["West", 20.0, 1.0]],
    ),
    (
        "select E, sum(C) group by E pivot B",
        [["done", "East", "North", "West"], [False, None, 4.0, 20.0], [True, 4.5, None, None]],
    ),
    (
        "select sum(C), max(C) pivot E",
        [
            ["FALSE sum price", "TRUE sum price", "FALSE max price", "TRUE max price"],
            [24.0, 4.5, 20.0, 3.0],
        ],
    ),
    ("select A where A contains 'e' and not B = 'East'", [["name"], ["Pen"]]),
    ("select A where A starts with 'p' or A ends with 'k'", [["name"], ["pen"], ["ink"], ["pad"]]),
    ("select A where A matches 'p.'", [["name"]]),
    ("select A where A matches 'p.*'", [["name"], ["pen"], ["pad"]]),
    ("select A where A like 'p_n'", [["name"], ["pen"]]),
    ("select A where lower(A) = 'pen' limit 1 offset 1", [["name"], ["Pen"]]),
    ("select A where D >= date '2024-03-01'", [["name"], ["pad"], ["Pen"]]),
    ("select A where month(D) = 1", [["name"], ["ink"]]),
    (
        "select year(D), quarter(D), count(A) group by year(D), quarter(D)",
        [["year(when)", "quarter(when)", "count name"], [2024.0, 1.0, 3.0], [2024.0, 2.0, 1.0]],
    ),
    ("select A, C*2 where C*2 < 4 label A '', C*2 ''", [["pen", 3.0]]),
    ("select A where (C > 3 and B = 'North') or (C < 2)", [["name"], ["pen"], ["Pen"]]),
    ("select A where (C + 1) * 2 > 10", [["name"], ["ink"]]),
    ("select max(C) label max(C) 'most'", [["most"], [20.0]]),
    ("where E = true order by A", [["name", "region", "price"], ["pad", "East", 3.0], ["pen", "East", 1.5]]),
    ("select B, avg(C) group by B order by avg(C) desc limit 1", [["region", "avg price"], ["West", 20.0]]),
    ("select `A`, dayOfWeek(D) where A = 'pen'", [["name", "dayOfWeek(when)"], ["pen", 2.0]]),
]


@pytest.mark.parametrize(("query", "expected"), TABLES)
def test_query(query: str, expected: list[list[Any]]) -> None:
    width, height = len(expected[0]), len(expected) + 1
    blank = [None] * width
    assert calculate(f'=QUERY(A1:E5,"{query}")', at="H1", width=width, height=height) == [*expected, blank]


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("select Z", "NO_COLUMN: Z"),
        ("select a", "NO_COLUMN: a"),
        ("select A, sum(C)", "ADD_COL_TO_GROUP_BY_OR_AGG: A"),
        ("select A group by A", "CANNOT_GROUP_WITHOUT_AGG"),
        ("select sum(A)", "AVG_SUM_ONLY_NUMERIC"),
        ("select A where", "PARSE_ERROR"),
        ("limit 1 select A", "PARSE_ERROR"),
        ("select A where " + "(" * 500, "PARSE_ERROR"),
        ("select A label B 'x'", "COL_IN_LABEL_OR_FORMAT_NOT_IN_SELECT: B"),
    ],
)
def test_a_query_that_makes_no_sense(query: str, told: str) -> None:
    book = Book({"A1": "n", "B1": "m", "C1": "c", "A2": "x", "B2": 1, "C2": 2})
    book.put("H1", f'=QUERY(A1:C2,"{query}")')
    value = book.value("H1")
    assert isinstance(value, ErrorValue)
    assert value.type == "VALUE"
    assert told in value.message


def test_the_type_of_most_values_counts_and_the_others_are_null() -> None:
    book = Book({"A1": "n", "A2": 1, "A3": "two", "A4": 3})
    book.put("C1", '=QUERY(A1:A4,"select A")')
    assert book.rectangle("C1:C4") == [["n"], [1.0], [None], [3.0]]
    book.put("C1", '=QUERY(A1:A4,"select count(A) where A is null or A > 0",1)')
    assert book.value("C2") == 2.0


def test_headers_are_guessed_or_told() -> None:
    texts = {"A1": "b", "A2": "c", "A3": "a"}
    assert Book(texts | {"C1": '=QUERY(A1:A3,"select A order by A")'}).rectangle("C1:C3") == [["a"], ["b"], ["c"]]
    assert Book(texts | {"C1": '=QUERY(A1:A3,"select A order by A",1)'}).rectangle("C1:C3") == [["b"], ["a"], ["c"]]
    assert Book(texts | {"C1": '=QUERY(A1:A3,"select A",2)'}).rectangle("C1:C3") == [["b c"], ["a"], [None]]


def test_an_empty_answer() -> None:
    cells = {"A1": "n", "A2": 1}
    assert Book(cells | {"C1": '=QUERY(A1:A2,"where A > 5")'}).rectangle("C1:C2") == [["n"], [None]]
    assert str(Book(cells | {"C1": '=QUERY(A1:A2,"where A > 5",0)'}).value("C1")) == "#N/A"


def test_without_headers_only_aggregates_have_one() -> None:
    cells = {"A1": 1, "A2": 2}
    assert Book(cells | {"C1": '=QUERY(A1:A2,"select sum(A)")'}).rectangle("C1:C3") == [["sum "], [3.0], [None]]
    assert Book(cells | {"C1": "=QUERY(A1:A2,\"select sum(A) label sum(A) ' '\")"}).value("C1") == 3.0
    assert Book(cells | {"C1": '=QUERY(A1:A2,"select A")'}).rectangle("C1:C3") == [[1.0], [2.0], [None]]


def test_nulls_come_first_and_make_a_group() -> None:
    book = Book({"A1": "k", "B1": "v", "A2": "x", "B2": 1, "B3": 2, "A4": "x", "B4": 5})
    book.put("D1", '=QUERY(A1:B4,"select A, sum(B) group by A")')
    assert book.rectangle("D1:E3") == [["k", "sum v"], [None, 2.0], ["x", 6.0]]


def test_columns_of_an_array_go_by_number() -> None:
    assert calculate('=QUERY({A2:A5,C2:C5},"select Col1 where Col2 > 3")', height=3) == [["ink"], ["Pen"], [None]]


def test_what_reads_a_query_follows_it_and_it_follows_its_source() -> None:
    book = Book({"A1": 1, "A2": 2, "A3": 3, "C1": '=QUERY(A1:A9,"where A > "&E1)', "E1": 1, "F1": "=SUM(C1:C9)"})
    assert book.value("F1") == 5.0
    fork = book.fork()
    fork.put("E1", 2)
    assert (fork.value("F1"), book.value("F1")) == (3.0, 5.0)
    book.put("A5", 10)
    assert (fork.value("F1"), book.value("F1")) == (3.0, 15.0)
    assert fork.rectangle("C1:C3") == [[3.0], [None], [None]]
    book.put("C1", "plain")
    assert book.rectangle("C1:C3") == [["plain"], [None], [None]]


def test_a_query_of_a_query_and_of_formulas() -> None:
    book = Book({"A1": 1, "A2": "=A1+1", "A3": "=SUM(A1:A2)", "D1": '=QUERY(C1:C9,"where C > 2")'})
    book.put("C1", '=QUERY(A1:A3,"where A > 1")')
    book.put("E1", '=SUM(QUERY(QUERY(A1:A3,"where A > 1"),"where Col1 < 3"))')
    assert book.rectangle("C1:E2") == [[2.0, 3.0, 2.0], [3.0, None, None]]
    book.put("A1", 5)
    assert book.rectangle("C1:E2") == [[5.0, 5.0, "#N/A"], [6.0, 6.0, None]]


def test_a_result_does_not_overwrite() -> None:
    book = Book({"A1": 1, "A2": 2, "A3": 3, "C1": '=QUERY(A1:A3,"select A")', "C3": "x"})
    error = book.value("C1")
    assert isinstance(error, ErrorValue)
    assert error == ErrorValue("REF", "Array result was not expanded because it would overwrite data in C3.")
    assert book.value("C2") is None
    book.put("C3", None)
    assert book.rectangle("C1:C3") == [[1.0], [2.0], [3.0]]


def test_a_column_open_to_the_end_of_the_sheet_fits_below_the_first_row() -> None:
    book = Book({"A1": "n", "A2": 1, "A3": 2, "C5": '=QUERY(A1:A,"select A")'}, rows=20)
    assert book.rectangle("C5:C8") == [["n"], [1.0], [2.0], [None]]


def test_formats_of_the_columns_come_along() -> None:
    day = {"numberFormat": {"type": "DATE", "pattern": "yyyy-mm-dd"}}
    book = Book({"A1": "when", "B1": "x"})
    book.put("A2", 45292, format=day)
    book.put("B2", 1.5)
    book.put("D1", "=QUERY(A1:B2,\"select A, B format B '0.00'\")")
    assert book.format("D2") == day["numberFormat"]
    assert book.format("E2") == {"type": "NUMBER", "pattern": "0.00"}


def test_a_query_of_itself_is_circular() -> None:
    book = Book({"A1": 1, "B1": '=QUERY(A1:B9,"select A")'})
    assert str(book.value("B1")) == "#REF!"


def test_inside_let_and_beside_what_catches_errors() -> None:
    assert calculate('=LET(d,A1:C5,QUERY(d,"select A where C="&MAX(C2:C5)))', height=2) == [["name"], ["ink"]]
    assert calculate('=IFERROR(QUERY(A1:C5,"select Z"),"none")') == "none"
    assert calculate('=IFNA(QUERY(A1:C5,"where C > 99",0),"none")') == "none"
    assert calculate('=IFERROR(QUERY(A1:C5,"select A where C > 3"),"none")', height=3) == [["name"], ["ink"], ["Pen"]]
    assert calculate('=COUNTA(QUERY(A1:C5,"select A where C > 3",1))') == 3.0
