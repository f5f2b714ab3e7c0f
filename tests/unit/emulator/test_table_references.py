"""Formulas that refer to tables: the values they have, and that they follow the tables."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import openpyxl
import pytest
from emulator_workbooks import area, book

from sheets_agent.emulator.files import save_file
from sheets_agent.emulator.requests.cells import appendCells
from sheets_agent.emulator.requests.dimensions import insertDimension
from sheets_agent.emulator.requests.tables import addTable, deleteTable, updateTable
from sheets_agent.emulator.workbook import Cell, Workbook
from sheets_agent.formulas.values import ErrorValue

ROWS: list[list[Any]] = [["Товар", "Unit price", "n"], ["pen", 1.5, 2], ["ink", 2, 3], ["cap", 10, 4]]
TOTALS = {"rowsProperties": {"footerColorStyle": {"rgbColor": {"red": 1.0}}}}


def with_table(where: str = "A1:C4", *rows: list[Any], **properties: Any) -> Workbook:
    """A workbook whose table Sales fills a range, other rows below its own."""
    made = book(*ROWS, *rows)
    addTable(made, {"table": {"tableId": "7", "name": "Sales", "range": area(where), **properties}})
    return made


def shown(made: Workbook, formula: str) -> Any:
    """What a formula in H12 has as its value."""
    sheet = made.sheets[0]
    made.set_cell(sheet, 11, 7, Cell(formula=formula))
    return made.value(sheet, 11, 7)


@pytest.mark.parametrize(
    ("formula", "value"),
    [
        ("=SUM(Sales[Unit price])", 13.5),
        ("=SUM(sales[ unit PRICE ])", 13.5),
        ("=ROWS(Sales)", 3),
        ("=COUNTA(Sales[#ALL])", 12),
        ("=JOIN(\",\",Sales[#HEADERS])", "Товар,Unit price,n"),
        ("=SUM(Sales[#DATA])", 22.5),
        ("=SUM(Sales[[Unit price]:[n]])", 22.5),
        ("=SUM(Sales[[n]:[Unit price]])", 22.5),
        ("=COUNTA(Sales[[#ALL],[n]])", 4),
        ("=COUNTA(Sales[[#ALL],[Товар]:[Unit price]])", 8),
        ('=XLOOKUP("ink",Sales[Товар],Sales[Unit price])', 2),
        ("=SUMPRODUCT(Sales[Unit price],Sales[n])", 49),
        ("=SUM(ARRAYFORMULA(Sales[n]*2))", 18),
        ("=LET(Sales,5,Sales+1)", 6),
        ('=QUERY(Sales[#ALL],"select sum(C) label sum(C) \'\'")', 9),
    ],
)  # fmt: skip
def test_parts_of_a_table(formula: str, value: Any) -> None:
    assert shown(with_table(), formula) == value


def test_totals_are_no_data() -> None:
    made = with_table("A1:C5", ["sum", "", 9], **TOTALS)
    assert shown(made, "=SUM(Sales[n])") == 9
    assert shown(made, "=SUM(Sales[[#TOTALS],[n]])") == 9
    assert shown(made, "=SUM(Sales[[#ALL],[n]])") == 18


@pytest.mark.parametrize(
    "formula",
    ["=SUM(Sales[Nothing])", "=SUM(Other[n])", "=SUM(Sales[#TOTALS])", "=SUM(Sales[@n])", "=SUM(Sales[[n],[n]])",
     "=SUM(Sales[[#ALL]:[n]])", "=SUM(Sales[#NONE])"],
)  # fmt: skip
def test_what_is_no_part_of_a_table_is_said(formula: str) -> None:
    found = shown(with_table(), formula)
    assert isinstance(found, ErrorValue)
    assert "names no cells of a table here" in found.message


def test_a_named_range_comes_before_a_table() -> None:
    made = with_table()
    made.named_ranges = [{"namedRangeId": "1", "name": "Sales", "range": area("A1:A2")}]
    made.restructured()
    assert shown(made, "=ROWS(Sales)") == 2


def test_values_follow_the_table() -> None:
    made = with_table()
    assert shown(made, "=SUM(Sales[n])") == 9
    row = {"values": [{}, {}, {"userEnteredValue": {"numberValue": 100.0}}]}
    appendCells(made, {"tableId": "7", "rows": [row], "fields": "userEnteredValue"})
    assert made.value(made.sheets[0], 11, 7) == 109
    insertDimension(made, {"range": {"sheetId": 0, "dimension": "COLUMNS", "startIndex": 0, "endIndex": 1}})
    assert made.value(made.sheets[0], 11, 8) == 109
    deleteTable(made, {"tableId": "7"})
    assert isinstance(made.value(made.sheets[0], 11, 8), ErrorValue)


def test_formulas_follow_new_names() -> None:
    made = with_table()
    shown(made, '=SUM(Sales[n])+SUM(Sales[[unit price]:[n]])+COUNTA(Sales[#ALL])+ROWS(sales)&"Sales[n]"')
    columns = [{"columnName": "Товар"}, {"columnIndex": 1, "columnName": "Unit price"}]
    new = {"tableId": "7", "name": "Sold", "columnProperties": [*columns, {"columnIndex": 2, "columnName": "Count"}]}
    updateTable(made, {"table": new, "fields": "name,columnProperties"})
    cell = made.sheets[0].cell(11, 7)
    assert cell.formula == '=SUM(Sold[Count])+SUM(Sold[[unit price]:[Count]])+COUNTA(Sold[#ALL])+ROWS(Sold)&"Sales[n]"'
    assert made.value(made.sheets[0], 11, 7) == "46.5Sales[n]"


@pytest.mark.parametrize(
    ("formula", "written"),
    [
        ("=SUM(Sales[n])", "=SUM(Sales[n])"),
        ("=SUM(Sales[[Unit price]:[n]])", "=SUM(Sales[[Unit price]:[n]])"),
        ("=ROWS(Sales)", "=ROWS(Sales)"),
        ("=COUNTA(Sales[#ALL])", "=COUNTA('Sheet1'!$A$1:$C$4)"),
        ("=COUNTA(Sales[[#ALL],[n]])", "=COUNTA('Sheet1'!$C$1:$C$4)"),
    ],
)
def test_excel_gets_what_it_understands(tmp_path: Path, formula: str, written: str) -> None:
    made = with_table()
    value = shown(made, formula)
    assert stored(made, tmp_path) == (written, value)


def test_excel_gets_cells_of_a_table_that_it_calls_otherwise(tmp_path: Path) -> None:
    made = with_table()
    made.named_ranges = [{"namedRangeId": "1", "name": "Sales", "range": area("A1:A2")}]
    made.restructured()
    assert shown(made, "=SUM(Sales[n])+ROWS(Sales)") == 11
    assert stored(made, tmp_path) == ("=SUM('Sheet1'!$C$2:$C$4)+ROWS(Sales)", 11)


def test_excel_gets_the_value_of_what_names_no_cells(tmp_path: Path) -> None:
    made = with_table()
    shown(made, "=SUM(Sales[Nothing])")
    assert "DUMMYFUNCTION" in str(stored(made, tmp_path)[0])


def test_rules_get_cells(tmp_path: Path) -> None:
    made = with_table()
    rule: dict[str, Any] = {
        "condition": {"type": "CUSTOM_FORMULA", "values": [{"userEnteredValue": "=A1>SUM(Sales[n])"}]}
    }
    gone: dict[str, Any] = {
        "condition": {"type": "CUSTOM_FORMULA", "values": [{"userEnteredValue": "=A1>SUM(Gone[n])"}]}
    }
    shade: dict[str, Any] = {"format": {"textFormat": {"bold": True}}}
    formats = [{"ranges": [area("A1:A4")], "booleanRule": {**one, **shade}} for one in (rule, gone)]
    made.sheets[0].resources = {**made.sheets[0].resources, "conditionalFormats": formats}
    save_file(made, tmp_path / "out.xlsx")
    rules = openpyxl.load_workbook(tmp_path / "out.xlsx")["Sheet1"].conditional_formatting
    assert "A1>SUM('Sheet1'!$C$2:$C$4)" in [text for one in rules for found in one.rules for text in found.formula]


def stored(made: Workbook, folder: Path) -> tuple[Any, Any]:
    """The formula and the value of H12 in an .xlsx file."""
    save_file(made, folder / "out.xlsx")
    formula, value = (
        openpyxl.load_workbook(folder / "out.xlsx", data_only=values)["Sheet1"]["H12"].value for values in (False, True)
    )
    return formula, value
