"""Functions that the calculation engine lacks, alone and inside formulas."""

from typing import Any

import pytest
from engine_book import Book, calculate

from sheets_agent.formulas.values import ErrorValue
from sheets_agent.functions.array import Array, array

ONE_VALUE: list[tuple[str, Any]] = [
    ("=TO_TEXT(C2)", "1.5"),
    ("=TO_TEXT(A2)", "pen"),
    ("=TO_TEXT(1/4)&1", "0.251"),
    ("=ISDATE(DATE(2024,1,1))", True),
    ('=ISDATE("2024-01-01")', True),
    ("=ISDATE(C2)", False),
    ('=ISEMAIL("a.b@c.org")', True),
    ('=ISEMAIL("a@b")', False),
    ('=ISURL("https://example.org/a?b")', True),
    ('=ISURL("example.org")', True),
    ('=ISURL("no url")', False),
    ("=ISURL(1/0)", False),
    ('=REGEXMATCH(A2,"^p.n$")', True),
    ("=REGEXMATCH(C2,A2)", "#VALUE!"),
    ('=REGEXMATCH("é","^\\w$")', False),
    ('=REGEXMATCH(A2,"(?=p)")', "#REF!"),
    ('=REGEXMATCH(A2,"\\p{L}")', "#REF!"),
    ('=REGEXMATCH(REPT("a",5000)&"b","(a+)+$")', False),
    ('=REGEXEXTRACT("n 12 m","[0-9]+")', "12"),
    ('=REGEXEXTRACT("abc","x")', "#N/A"),
    ('=IFERROR(REGEXEXTRACT("abc","x"),"none")', "none"),
    ('=REGEXREPLACE("John Smith","(\\w+) (\\w+)","$2, $1")', "Smith, John"),
    ('=REGEXREPLACE("5","5","\\$5")', "$5"),
    ('=LEN(REGEXREPLACE(A2&B2,"[aeiou]",""))', 5.0),
    ('=COUNTUNIQUEIFS(B2:B5,C2:C5,">1.5")', 3.0),
    ('=COUNTUNIQUEIFS(B2:B5,A2:A5,"p*",C2:C5,"<4")', 1.0),
    ("=COUNTUNIQUEIFS(B2:B5,C2:C4,1)", "#VALUE!"),
    ('=SUM(SPLIT("1;2;3",";"))', 6.0),
    ('=SPLIT("a-b",B9)', "#VALUE!"),
    ("=FORMULATEXT(A1)", "#N/A"),
    ('=IF(ISEMAIL("a@b.org"),SUM(C2:C3),0)', 21.5),
    ('=LET(t,A2,IF(REGEXMATCH(t,"p"),t&"!",""))', "pen!"),
    ("=REGEXMATCH(1/0,A2)", "#DIV/0!"),
]


@pytest.mark.parametrize(("formula", "expected"), ONE_VALUE, ids=[formula for formula, _ in ONE_VALUE])
def test_one_value(formula: str, expected: Any) -> None:
    assert calculate(formula) == expected


ARRAYS: list[tuple[str, list[list[Any]]]] = [
    ('=ARRAYFORMULA(REGEXMATCH(A2:A5,"^p"))', [[True], [False], [True], [False]]),
    ('=ARRAYFORMULA(SPLIT(A2:A5&"-"&C2:C5,"-"))', [["pen", 1.5], ["ink", 20.0], ["pad", 3.0], ["Pen", 4.0]]),
    ('=ARRAYFORMULA(SPLIT(A2:A3,"e"))', [["p", "n"], ["ink", None]]),
    ('=REGEXEXTRACT("2024-05","(\\d+)-(\\d+)")', [["2024", "05"]]),
    ('=ARRAYFORMULA(UPPER(TO_TEXT(C2:C3))&"x")', [["1.5x"], ["20x"]]),
    ("=SORTN(A2:C5,2,0,3,FALSE)", [["ink", "West", 20.0], ["Pen", "North", 4.0]]),
    ("=SORTN(B2:B5,1,1,1,TRUE)", [["East"], ["East"]]),
    ("=SORTN(B2:B5,2,2,1,TRUE)", [["East"], ["North"]]),
    ("=SORTN(B2:B5,2,3,1,TRUE)", [["East"], ["East"], ["North"]]),
    ('=XLOOKUP("ink",A2:A5,A2:C5)', [["ink", "West", 20.0]]),
    ('=XLOOKUP("price",A1:E1,A2:E3)', [[1.5], [20.0]]),
    ('=FILTER(A2:C5,REGEXMATCH(A2:A5,"^[a-z]+$"),C2:C5>2)', [["ink", "West", 20.0], ["pad", "East", 3.0]]),
]


@pytest.mark.parametrize(("formula", "expected"), ARRAYS, ids=[formula for formula, _ in ARRAYS])
def test_arrays(formula: str, expected: list[list[Any]]) -> None:
    width, height = len(expected[0]), len(expected) + 1
    assert calculate(formula, width=width, height=height) == [*expected, [None] * width]


def test_without_arrayformula_a_range_gives_the_cell_of_its_row() -> None:
    assert calculate("=TO_TEXT(C1:C5)", at="J3") == "20"
    assert calculate('=REGEXMATCH(A1:A5&"",A3)', at="J3") is True


def test_copies_follow_their_own_cells() -> None:
    book = Book({"A1": "x1", "A2": "x2", "B1": '=REGEXEXTRACT(A1,"[0-9]")&"!"', "B2": '=REGEXEXTRACT(A2,"[0-9]")&"!"'})
    assert book.rectangle("B1:B2") == [["1!"], ["2!"]]
    fork = book.fork()
    fork.put("A2", "x7")
    assert (fork.value("B2"), book.value("B2")) == ("7!", "2!")
    fork.put("B2", None)
    assert fork.value("B2") is None


def test_formulatext_is_what_was_typed() -> None:
    book = Book({"A1": "=SUM(1,2)", "B1": "=FORMULATEXT(A1)", "C1": "=LEN(FORMULATEXT(A1))"})
    assert (book.value("B1"), book.value("C1")) == ("=SUM(1,2)", 9.0)
    book.put("A1", "=SUM(1,2,3)")
    assert (book.value("B1"), book.value("C1")) == ("=SUM(1,2,3)", 11.0)


def test_to_text_shows_what_the_cell_shows() -> None:
    book = Book({"B1": "=TO_TEXT(A1)"})
    book.put("A1", 0.5, format={"numberFormat": {"type": "PERCENT", "pattern": "0%"}})
    assert book.value("B1") == "50%"


def test_many_columns_of_an_argument() -> None:
    assert calculate("=COUNTA(SORTN(SEQUENCE(2,300),1))") == 300.0


def test_what_comes_from_outside_is_awaited_or_provided() -> None:
    book = Book(
        {
            "A1": '=GOOGLEFINANCE("GOOG")',
            "B1": "=A1*2",
            "C1": "=IFERROR(A1,0)",
            "D1": '=IFERROR(INDIRECT("A"&1),0)',
            "E1": "=1+1",
        }
    )
    for place in ("A1", "B1", "C1", "D1"):
        value = book.value(place)
        assert isinstance(value, ErrorValue)
        assert (value.type, value.not_calculated) == ("N_A", True)
    assert book.value("E1") == 2.0

    def provider(name: str, arguments: list[Array]) -> Array | None:
        return array([[170.5]]) if (name, arguments[0].value) == ("GOOGLEFINANCE", "GOOG") else None

    book.workbook.outside = provider
    book.workbook.restructured()
    assert [book.value(place) for place in ("A1", "B1", "C1", "D1")] == [170.5, 341.0, 170.5, 170.5]
