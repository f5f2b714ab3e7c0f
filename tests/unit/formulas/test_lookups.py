"""Lookups find what Sheets finds: above blank cells, among equal values, and among values of two kinds."""

import pytest

from sheets_agent.emulator.workbook import Cell, Sheet, Workbook
from sheets_agent.formulas.values import Value

CELLS = [(1, "ant", 5), (3, "bee", 3), (3, "cat", "x"), (7, "dog", 9), (9, "eel", 1)]


def values(*formulas: str) -> list[Value]:
    """The values of formulas beside CELLS in A1:C5, on a sheet of twenty rows."""
    sheet = Sheet({"sheetId": 0, "title": "Sheet1", "gridProperties": {"rowCount": 20, "columnCount": 9}})
    workbook = Workbook("book", {"locale": "en_US", "timeZone": "Etc/GMT"}, [sheet])
    for row, cells in enumerate(CELLS):
        for column, content in enumerate(cells):
            workbook.set_cell(sheet, row, column, Cell(content if isinstance(content, str) else float(content)))
    for row, formula in enumerate(formulas):
        workbook.set_cell(sheet, row, 4, Cell(formula=formula))
    found = [workbook.value(sheet, row, 4) for row in range(len(formulas))]
    return [one if one is None or isinstance(one, bool | float | str) else str(one) for one in found]


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        ("=MATCH(4,A1:A20)", 3.0),
        ("=MATCH(4,A:A,1)", 3.0),
        ("=MATCH(100,A1:A20,TRUE)", 5.0),
        ("=MATCH(3,A1:A20)", 3.0),
        ("=MATCH(3,A1:A20,0)", 2.0),
        ("=MATCH(3,A1:A20,)", 2.0),
        ("=MATCH(3,A1:A20,A1)", 3.0),
        ("=MATCH(3,A1:A20,A1-1)", 2.0),
        ("=MATCH(0,A1:A20)", "#N/A"),
        ('=MATCH("3",A1:A20)', "#N/A"),
        ("=MATCH(3,B1:B20)", "#N/A"),
        ("=MATCH(I9,A1:A20)", "#N/A"),
        ("=MATCH(1/0,A1:A20)", "#DIV/0!"),
        ('=MATCH("coy",B1:B20)', 3.0),
        ("=VLOOKUP(8,A:B,2)", "dog"),
        ("=VLOOKUP(3,A1:B20,2,TRUE)", "cat"),
        ("=VLOOKUP(3,A1:B20,2,FALSE)", "bee"),
        ("=VLOOKUP(4,A1:B20,2,)", "#N/A"),
        ("=VLOOKUP(8,A1:B20,0)", "#VALUE!"),
        ("=VLOOKUP(8,A1:B20,3)", "#REF!"),
        ("=VLOOKUP(8,A1:D20,4)", None),
        ("=HLOOKUP(8,{1,5,10;7,8,9},2)", 8.0),
        ("=LOOKUP(8,A1:A20,B1:B20)", "dog"),
        ("=LOOKUP(8,A1:B20)", "dog"),
        ("=LOOKUP(8,{1,5,10;7,8,9})", 8.0),
        ('=ARRAYFORMULA(LOOKUP(2,1/(C1:C20<>"x"),B1:B5))', "#REF!"),
        ('=ARRAYFORMULA(LOOKUP(2,1/(C1:C3<>"x"),B1:B3))', "bee"),
        ("=ARRAYFORMULA(SUM(MATCH({2;8},A1:A20)))", 5.0),
    ],
)
def test_values(formula: str, expected: Value) -> None:
    assert values(formula) == [expected]


def test_copies_of_a_formula_over_ranges_of_other_sizes() -> None:
    formulas = ("=LOOKUP(8,A1:B20)", "=LOOKUP(8,A4:C4)", "=SUMIF(A1:A5,3,A1)", "=SUMIF(A1:A2,3,A4)")
    assert values(*formulas) == ["dog", 7.0, 6.0, 9.0]
