"""Every function of the catalogue, calculated by the local API, against values from elsewhere.

The cases stand in `functions/`, one a line, `=FORMULA => value`: a value as JSON, an array as the rows it fills. They
come from Google's pages of the functions, from Excel's for those both have, and from mathematics.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from itertools import chain
from pathlib import Path
from typing import Any

import pytest

from sheets_agent.formulas.catalogue import functions
from sheets_agent.formulas.parse import parse

FOLDER = Path(__file__).parent / "functions"
DATA = [
    [1, 2, "apple", "2024-01-15", True, "", "item", "shop", "sold", "", "item"],
    [2, 4, "Banana", "2024-02-20", False, "", "pen", "North", 10, "", "pen"],
    [3, 5, "cherry", "2024-03-15", True, "", "ink", "South", 20],
    [4, 4, "", "", "", "", "pen", "South", 30, "", "=1+1"],
    [5, 5, "apple", "2024-04-20", False, "", "pad", "North", 40],
]
FIRST, APART, COLUMN, WIDTH = 21, 9, "M", 8
"""Formulas stand under one another in column M, so far apart that no result reaches the next one."""


def cases(path: Path) -> list[tuple[str, Any]]:
    lines = [line.rpartition(" => ") for line in path.read_text(encoding="utf-8").splitlines()]
    return [(formula, json.loads(value)) for formula, _, value in lines]


def same(shown: Any, wanted: Any) -> bool:
    if isinstance(wanted, bool | str) or isinstance(shown, bool | str):
        return type(shown) is type(wanted) and shown == wanted
    return math.isclose(shown, wanted, rel_tol=1e-9, abs_tol=1e-12)


def filled(rows: list[list[Any]]) -> list[list[Any]]:
    """The rows of a result, without what is blank after it."""
    width = max((index + 1 for row in rows for index, value in enumerate(row) if value != ""), default=0)
    height = max((index + 1 for index, row in enumerate(rows) if any(value != "" for value in row)), default=0)
    return [[*row, *[""] * width][:width] for row in rows[:height]]


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.txt")), ids=lambda path: path.stem)
def test_values(path: Path, make_spreadsheet: Callable[..., Any]) -> None:
    known = cases(path)
    last = FIRST + len(known) * APART
    sheet = make_spreadsheet(rows=last, columns=30)
    sheet.write("A1", DATA)
    column = [[""] for _ in range(last - FIRST)]
    for number, (formula, _) in enumerate(known):
        column[number * APART] = [formula]
    sheet.write(f"{COLUMN}{FIRST}", column)
    shown = sheet.cells(f"{COLUMN}{FIRST}:T{last}", valueRenderOption="UNFORMATTED_VALUE")
    shown += [[]] * (last - FIRST - len(shown))

    wrong = []
    for number, (formula, wanted) in enumerate(known):
        rows = wanted if isinstance(wanted, list) else [[wanted]]
        result = filled([[*row, *[""] * WIDTH][:WIDTH] for row in shown[number * APART :][:APART]])
        expected = filled(rows)
        fits = [len(row) for row in result] == [len(row) for row in expected]
        if not fits or not all(map(same, chain(*result), chain(*expected))):
            wrong.append(f"{formula} is {result}, not {rows}")
    assert wrong == []


def test_every_function_has_a_case_or_reaches_outside() -> None:
    called = {
        call.name for path in FOLDER.glob("*.txt") for formula, _ in cases(path) for call in parse(formula).functions
    }
    outside = {name for name, function in functions().items() if function.external}
    assert functions().keys() - called - outside == set()
    assert not outside & called


@pytest.mark.parametrize("name", sorted(name for name, function in functions().items() if function.external))
def test_what_is_not_calculated_says_so(name: str, make_spreadsheet: Callable[..., Any]) -> None:
    sheet = make_spreadsheet(rows=30, columns=30)
    arguments = ",".join(['"a"'] * max(functions()[name].minimum, 1))
    sheet.write("A3", [[f"={name}({arguments})"]])
    answer = sheet.get(ranges=["A3"], includeGridData=True)
    value = answer["sheets"][0]["data"][0]["rowData"][0]["values"][0]["effectiveValue"]
    assert "local Sheets API does not calculate" in value["errorValue"]["message"]


def test_sheets_are_numbered_by_their_tabs(make_spreadsheet: Callable[..., Any]) -> None:
    sheet = make_spreadsheet(rows=10, columns=5)
    sheet.batch({"addSheet": {"properties": {"title": "Other", "sheetId": 7}}})
    sheet.write("Sheet1!A1", [["=SHEET()", '=SHEET("Other")', "=SHEET(Other!A1)", "=SHEETS()", '=TEXT(SHEETS(),"0")']])
    assert sheet.cells("Sheet1!A1:E1") == [["1", "2", "2", "2", "2"]]
    move = {"properties": {"sheetId": 7, "index": 0}, "fields": "index"}
    sheet.batch({"updateSheetProperties": move})
    assert sheet.cells("Sheet1!A1:E1") == [["2", "1", "1", "2", "2"]]
