"""Calls that are tested for their size first: what is small enough is calculated as ever."""

import pytest

from sheets_agent.emulator.workbook import Cell, Sheet, Workbook
from sheets_agent.formulas.values import Value


def value(formula: str) -> Value:
    sheet = Sheet({"sheetId": 0, "title": "Sheet1", "gridProperties": {"rowCount": 9, "columnCount": 9}})
    workbook = Workbook("book", {"locale": "en_US", "timeZone": "Etc/GMT"}, [sheet])
    workbook.set_cell(sheet, 0, 8, Cell(value=5.0))
    workbook.set_cell(sheet, 0, 0, Cell(formula=formula))
    found = workbook.value(sheet, 0, 0)
    return found if found is None or isinstance(found, bool | float | str) else str(found)


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        ("=FACT(I1)", 120.0),
        ('=FACT("5")', 120.0),
        ("=SUM(ARRAYFORMULA(FACT(SEQUENCE(3))))", 9.0),
        ("=FACT(I1*100)", "#NUM!"),
        ("=BASE(I1,2)", "101"),
        ("=BASE(2^53,10)", "9007199254740992"),
        ("=BASE(1e20,10)", "#ERROR!"),
        ("=FACT(I1/0)", "#DIV/0!"),
        ("=FACTDOUBLE(I1)", 15.0),
        ("=FACTDOUBLE(1e12)", "#NUM!"),
        ("=PERMUT(I1,I1-2)", 60.0),
        ("=PERMUT(1e12,2)", 1e12 * (1e12 - 1)),
        ("=PERMUT(1e12,1e11)", "#NUM!"),
        ("=MULTINOMIAL(2,3,4)", 1260.0),
        ("=MULTINOMIAL(1e9,1e9)", "#ERROR!"),
        ("=EDATE(45292,I1-7)", 45231.0),
        ("=EDATE(1,1e15)", "#NUM!"),
        ("=EDATE(1,-1e15)", "#NUM!"),
        ("=BASE(5,2,I1+3)", "00000101"),
        ("=BASE(1e15,2,1e9)", "#NUM!"),
        ("=VDB(1e6,1,I1*2,1,5)", 472320.0),
        ('=SUBSTITUTE("pen","p",I1&"")', "5en"),
        ('=TEXTJOIN(I1&"",TRUE,SEQUENCE(3))', "15253"),
        ('=REDUCE("",SEQUENCE(5),LAMBDA(a,b,a&b))', "12345"),
        ("=ROWS(REDUCE(1,SEQUENCE(10),LAMBDA(a,b,VSTACK(a,b))))", 11.0),
        ('=REDUCE("x",SEQUENCE(100),LAMBDA(a,b,a&a))', "#VALUE!"),
    ],
)
def test_values(formula: str, expected: Value) -> None:
    assert value(formula) == expected
