"""Named functions: called, recursive, followed, kept in files."""

from pathlib import Path
from typing import Any

import pytest
from engine_book import Book
from openpyxl import Workbook as File
from openpyxl.workbook.defined_name import DefinedName

from sheets_agent.emulator.files import open_file, save_file
from sheets_agent.emulator.stored import from_stored, to_stored
from sheets_agent.formulas.values import ErrorValue

FUNCTIONS = {
    "MYTAX": "=LAMBDA(price,rate,price*rate)",
    "TWICE": "=LAMBDA(x,MYTAX(x,2))",
    "FACTORIAL": "=LAMBDA(n,IF(n<2,1,n*FACTORIAL(n-1)))",
    "EVER": "=LAMBDA(x,EVER(x))",
    "TOTAL": "=LAMBDA(SUM(Sheet1!$A$1:$A$3))",
    "HERE": "=LAMBDA(x,x+A1)",
    "OUTER": "=LAMBDA(x,x*rate)",
}


def book(cells: dict[str, Any]) -> Book:
    made = Book({"A1": 10, "A2": 20, "A3": 30})
    made.workbook.named_functions = [{"name": name, "formula": formula} for name, formula in FUNCTIONS.items()]
    made.workbook.restructured()
    for place, content in cells.items():
        made.put(place, content)
    return made


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        ("=MYTAX(A2,0.2)", 4.0),
        ("=mytax(A3,2)+1", 61.0),
        ("=TWICE(A1)", 20.0),
        ("=FACTORIAL(10)", 3_628_800.0),
        ("=TOTAL()", 60.0),
        ("=SUM(MAP(A1:A3,TWICE))", 120.0),
        ("=SUM(MAP(A1:A3,LAMBDA(v,MYTAX(v,2))))", 120.0),
        ("=LET(mytax,5,mytax+1)", 6.0),
    ],
)
def test_a_named_function_is_its_lambda(formula: str, expected: float) -> None:
    assert book({"D1": formula}).value("D1") == expected


@pytest.mark.parametrize(
    ("formula", "kind"),
    [("=MYTAX(1)", "N_A"), ("=UNHEARD(1)", "NAME"), ("=OUTER(2)", "NAME"), ("=TWICE(1/0)", "DIVIDE_BY_ZERO")],
)  # fmt: skip
def test_wrong_calls_are_errors(formula: str, kind: str) -> None:
    value = book({"D1": formula}).value("D1")
    assert isinstance(value, ErrorValue)
    assert value.type == kind


@pytest.mark.parametrize(
    "formula",
    [
        "=EVER(1)",
        "=IFERROR(EVER(1),5)",
        "=IFERROR(EVER(1)+1,5)",
        "=FACTORIAL(100)",
        "=HERE(1)",
        "=LET(rate,2,OUTER(3))",
    ],
)
def test_what_cannot_be_written_out_is_refused_loudly(formula: str) -> None:
    value = book({"D1": formula}).value("D1")
    assert isinstance(value, ErrorValue)
    assert value.not_calculated


def test_what_they_refer_to_follows_and_is_seen() -> None:
    one = book({"D1": "=TOTAL()", "A3": "=GOOGLEFINANCE(1)"})
    value = one.value("D1")
    assert isinstance(value, ErrorValue)
    assert "It depends on Sheet1!A3" in value.message
    one.put("A3", 5)
    assert one.value("D1") == 35.0
    assert one.fork().value("D1") == 35.0


def test_they_are_kept_in_files(tmp_path: Path) -> None:
    workbook = book({"D1": "=MYTAX(A2,0.2)", "D2": "=FACTORIAL(5)"}).workbook
    assert Book(workbook=from_stored(to_stored(workbook))).value("D1") == 4.0
    workbook.named_functions = [
        *workbook.named_functions,
        {"name": "ASKED", "formula": '=LAMBDA(x,QUERY(x,"select A"))'},
    ]
    workbook.properties["title"] = "Functions"
    losses = save_file(workbook, tmp_path / "functions.xlsx")
    assert any("ASKED" in loss for loss in losses)
    again = open_file(tmp_path / "functions.xlsx").workbook
    assert {one["name"]: one["formula"].replace(" ", "") for one in again.named_functions} == FUNCTIONS
    assert [Book(workbook=again).value(place) for place in ("D1", "D2")] == [4.0, 120.0]


def test_those_of_files_are_read_hidden_ones_too(tmp_path: Path) -> None:
    file = File()
    file.active["A1"] = '=IFERROR(__xludf.DUMMYFUNCTION("HALF(8)"),4)'
    file.active["A2"] = "=THIRD(9)"
    file.defined_names["HALF"] = DefinedName("HALF", attr_text="LAMBDA(x, x/2)", hidden=True)
    file.defined_names["THIRD"] = DefinedName("THIRD", attr_text="_xlfn.LAMBDA(_xlpm.x,_xlpm.x/3)")
    file.save(tmp_path / "read.xlsx")
    opened = open_file(tmp_path / "read.xlsx")
    assert [Book(workbook=opened.workbook).value(place) for place in ("A1", "A2")] == [4.0, 3.0]
    assert not opened.losses
