"""INDIRECT: names, open sides, other sheets, and where the text is calculated beside the sheet."""

from typing import Any

import pytest
from engine_book import Book

from sheets_agent.a1 import GridRange
from sheets_agent.formulas.values import ErrorValue


def book(formula: str) -> Book:
    cells: dict[str, Any] = {"A1": "n", "B1": "q", "A2": "a", "B2": 1, "A3": "b", "B3": 2, "A4": "c", "B4": "=B3+7"}
    made = Book({**cells, "'Q1/Q2'!A1": 10, "'Q1/Q2'!A2": 20, "D1": "A1:B4"}, titles=("Sheet1", "Q1/Q2"), rows=30)
    area = GridRange(0, 1, 4, 1, 2).to_api()
    made.workbook.named_ranges = [{"namedRangeId": "1", "name": "Sales", "range": area}]
    made.workbook.restructured()
    made.put("F20", formula)
    return made


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        ('=SUM(INDIRECT("Sales"))', 12.0),
        ('=SUM(INDIRECT(LOWER("SALES")))', 12.0),
        ('=SUM(INDIRECT("B2:B"))', 12.0),
        ('=SUM(INDIRECT("B"&2&":B"))', 12.0),
        ('=ROWS(INDIRECT("A2:A"))', 29.0),
        ('=ROWS(INDIRECT("A"&":A"))', 30.0),
        ('=COLUMNS(INDIRECT(3&":3"))', 26.0),
        ('=ROW(INDIRECT("A"&7))', 7.0),
        ("=SUM(INDIRECT(\"'Q1/Q2'!A1:A2\"))", 30.0),
        ('=SUM(INDIRECT("\'"&"q1/q2"&"\'!$A$1:$A"))', 30.0),
        ('=TEXT(INDIRECT("B2"),"0.00")', "1.00"),
        ('=TEXT(INDIRECT("B"&2),"0.00")', "1.00"),
        ('=TEXT(INDIRECT("R2C2",FALSE),"0.00")', "1.00"),
        ('=COUNTIF(INDIRECT("B2:B4"),">1")', 2.0),
        ('=COUNTUNIQUEIFS(INDIRECT("A2:A4"),INDIRECT("Sales"),">1")', 2.0),
        ('=SUMIF(INDIRECT("A2:A4"),"b",INDIRECT("Sales"))', 2.0),
        ('=REGEXMATCH(INDIRECT("A2"),"a")', True),
        ('=SUM(OFFSET(INDIRECT("B2"),0,0,2,1))', 3.0),
        ('=IFERROR(INDIRECT(1/0),"caught")', "caught"),
    ],
)
def test_what_a_text_stands_for(formula: str, expected: Any) -> None:
    assert book(formula).value("F20") == expected


@pytest.mark.parametrize("text", ['"nowhere"', '"nowhere"&1', '"Sheet9!A1"', '"Sheet9!A"&1', '""', '"A5000"'])
def test_a_text_that_stands_for_nothing(text: str) -> None:
    value = book(f"=INDIRECT({text})").value("F20")
    assert isinstance(value, ErrorValue)
    assert value.type == "REF"


@pytest.mark.parametrize("data", ['INDIRECT("A1:B4")', "INDIRECT(D1)", "OFFSET(A1,0,0,4,2)"])
def test_query_knows_the_columns_of_given_cells_by_their_letters(data: str) -> None:
    made = book(f'=QUERY({data},"select A,B where B>1")')
    assert made.rectangle("F20:G22") == [["n", "q"], ["b", 2.0], ["c", 9.0]]
    made.put("B2", 5)
    assert made.value("F21") == "a"


def test_a_name_is_followed() -> None:
    made = book('=SUM(INDIRECT("Sales"))')
    made.workbook.named_ranges = [{"namedRangeId": "1", "name": "Sales", "range": GridRange(0, 1, 3, 1, 2).to_api()}]
    made.workbook.restructured()
    assert made.value("F20") == 3.0
