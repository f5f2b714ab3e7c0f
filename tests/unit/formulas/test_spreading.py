"""What is said to stay in one cell must stay there: filled cells of other formulas are not looked for."""

from __future__ import annotations

import random

import pytest

from sheets_agent.emulator.workbook import Cell, Sheet, Workbook
from sheets_agent.formulas.catalogue import functions
from sheets_agent.formulas.dialect import Grid, Surroundings, compile_formula

ARGUMENTS = ("A1:B3", "A1", "A1:A3", "1", '"x"', "A1:A3*2", "{1;2}", "IF(A1,A1:A3)", "-A1:B2", "A1:C1&B1")
GRID = Surroundings({"sheet1": Grid("Sheet1", "Sheet1", 1000, 26)})


@pytest.mark.parametrize(
    ("formula", "spreads"),
    [
        ("=A1+1", False),
        ("=SUM(A1:A9)*2", False),
        ("=A1:A9", False),
        ("=A1:A9*2", False),
        ("=VLOOKUP(A1,B1:C9,2,FALSE)", False),
        ('=IF(A1>1,SUM(B1:B3),"")', False),
        ("=IF(A1>1,B1:B3,1)", True),
        ("=ARRAYFORMULA(A1:A9*2)", True),
        ("=SUM(ARRAYFORMULA(A1:A9*2))", False),
        ("={1,2}", True),
        ("=OFFSET(A1,1,1)", True),
        ("=LET(x,A1,y,SUM(B1:B9),x*y)", False),
        ("=LET(x,A1:A3,y,SUM(x),y)", False),
        ("=LET(x,A1:A3,x)", True),
        ("=SUM(FILTER(A1:A9,A1:A9>1))", False),
    ],
)
def test_what_may_fill_other_cells(formula: str, spreads: bool) -> None:
    assert compile_formula(formula, "Sheet1", GRID).spreads is spreads


def test_no_function_spreads_unexpectedly() -> None:
    draw = random.Random(7)
    formulas = [
        f"={name}({', '.join(draw.choice(ARGUMENTS) for _ in range(count))})"
        for name, function in functions().items()
        for count in range(function.minimum, min(function.maximum or 5, 5) + 1)
        for _ in range(4)
    ]
    rows = {0: {0: Cell(2.0), 1: Cell(3.0), 2: Cell("x")}, 1: {0: Cell(4.0)}, 2: {1: Cell(5.0)}}
    for index, formula in enumerate(formulas):
        rows[10 + 10 * index] = {5: Cell(formula=formula)}
    grid = {"rowCount": 20 + 10 * len(formulas), "columnCount": 60}
    sheet = Sheet({"sheetId": 0, "title": "Sheet1", "index": 0, "gridProperties": grid}, rows)
    workbook = Workbook("spreading", {"locale": "en_US", "timeZone": "Etc/GMT"}, [sheet])
    workbook.value(sheet, 0, 0)
    shared = workbook.engine._shared
    assert shared is not None
    placed = shared.calculator.placed
    spread = set(workbook.engine._results.origins.values())
    assert len(spread) > 50
    unforeseen = [place for place in spread if not placed.formulas[place].spreads]
    assert [formulas[(row - 10) // 10] for _, row, _ in unforeseen] == []
