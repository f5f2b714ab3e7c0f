"""Pivot tables when the cells they summarise, or their own, move, change or go."""

from __future__ import annotations

from typing import Any

import pytest
from emulator_workbooks import area, book, sheet_of_rows, workbook_of

from sheets_agent.emulator.requests import HANDLERS
from sheets_agent.emulator.workbook import Cell, Workbook

ROWS = (("Region", "Note", "Units"), ("West", "n", 3), ("East", "n", 2), ("West", "n", 4))
PIVOT = {
    "source": area("A1:C4"),
    "rows": [{"sourceColumnOffset": 0, "sortOrder": "ASCENDING", "showTotals": True}],
    "values": [{"sourceColumnOffset": 2, "summarizeFunction": "SUM"}],
    "filterSpecs": [{"columnOffsetIndex": 2, "filterCriteria": {"visibleValues": ["3", "2", "4"]}}],
    "criteria": {"2": {"visibleValues": ["3", "2", "4"]}},
}
SHOWN = [["Region", "SUM of Units"], ["East", 2], ["West", 7], ["Grand Total", 9]]


def two_sheets() -> Workbook:
    workbook = workbook_of(sheet_of_rows(ROWS, "Data", 0), sheet_of_rows([], "Pivot", 1))
    workbook.set_cell(workbook.sheets[1], 0, 0, Cell(pivot=PIVOT))
    assert shown(workbook) == SHOWN
    return workbook


def shown(workbook: Workbook, sheet: int = 1, row: int = 0, column: int = 0) -> list[list[Any]]:
    rows, columns = range(row, row + 4), range(column, column + 2)
    return [list(line) for line in workbook.values(workbook.sheets[sheet], rows, columns)]


def dimension(kind: str, start: int, end: int, sheet_id: int = 0) -> dict[str, Any]:
    return {"range": {"sheetId": sheet_id, "dimension": kind, "startIndex": start, "endIndex": end}}


@pytest.mark.parametrize(
    ("request_name", "body", "offset"),
    [
        ("insertDimension", dimension("COLUMNS", 1, 3), 4),
        ("insertDimension", dimension("COLUMNS", 0, 1), 2),
        ("deleteDimension", dimension("COLUMNS", 1, 2), 1),
        ("insertDimension", dimension("ROWS", 0, 2), 2),
        ("insertDimension", dimension("ROWS", 2, 4), 2),
        ("insertRange", {"range": area("B1:B4"), "shiftDimension": "COLUMNS"}, 3),
        ("deleteRange", {"range": area("B1:B4"), "shiftDimension": "COLUMNS"}, 1),
    ],
)
def test_the_fields_follow_their_columns(request_name: str, body: dict[str, Any], offset: int) -> None:
    workbook = two_sheets()
    HANDLERS[request_name](workbook, body)
    assert shown(workbook) == SHOWN
    pivot = workbook.sheets[1].cell(0, 0).pivot or {}
    assert pivot["values"][0]["sourceColumnOffset"] == offset
    assert pivot["filterSpecs"][0]["columnOffsetIndex"] == offset
    assert list(pivot["criteria"]) == [str(offset)]


def test_a_column_moved_within_the_source_keeps_its_field() -> None:
    workbook = two_sheets()
    workbook.set_cell(workbook.sheets[1], 0, 0, Cell(pivot={**PIVOT, "source": area("A1:D4")}))
    source = {"sheetId": 0, "dimension": "COLUMNS", "startIndex": 2, "endIndex": 3}
    HANDLERS["moveDimension"](workbook, {"source": source, "destinationIndex": 1})
    assert shown(workbook) == SHOWN
    assert (workbook.sheets[1].cell(0, 0).pivot or {})["values"][0]["sourceColumnOffset"] == 1


@pytest.mark.parametrize(
    ("request_name", "body"),
    [
        ("deleteDimension", dimension("COLUMNS", 2, 3)),
        ("deleteDimension", dimension("COLUMNS", 0, 1)),
        ("deleteDimension", dimension("ROWS", 0, 4)),
        ("deleteSheet", {"sheetId": 0}),
    ],
)
def test_without_a_column_it_uses_a_pivot_table_is_an_error(request_name: str, body: dict[str, Any]) -> None:
    workbook = two_sheets()
    HANDLERS[request_name](workbook, body)
    place = len(workbook.sheets) - 1
    table = shown(workbook, place)
    assert str(table[0][0]) == "#REF!"
    assert [cell for line in table for cell in line][1:] == [None] * 7


def test_a_pivot_table_goes_along_when_its_own_cell_moves() -> None:
    workbook = two_sheets()
    HANDLERS["insertDimension"](workbook, dimension("ROWS", 0, 3, 1))
    HANDLERS["insertDimension"](workbook, dimension("COLUMNS", 0, 1, 1))
    assert shown(workbook, row=3, column=1) == SHOWN
    cut = {"source": area("B4", 1), "destination": {"sheetId": 1, "rowIndex": 9, "columnIndex": 4}}
    HANDLERS["cutPaste"](workbook, {**cut, "pasteType": "PASTE_NORMAL"})
    assert shown(workbook, row=9, column=4) == SHOWN
    assert shown(workbook, row=3, column=1) == [[None, None]] * 4


def test_new_rows_inside_the_source_count_and_headings_may_be_blank() -> None:
    workbook = book(("Region", None), ("West", 3), ("West", 4))
    spec = {**{key: PIVOT[key] for key in ("rows",)}, "source": area("A1:B3")}
    values = [{"sourceColumnOffset": 1, "summarizeFunction": "SUM"}]
    workbook.set_cell(workbook.sheets[0], 0, 4, Cell(pivot={**spec, "values": values}))
    assert shown(workbook, 0, column=4)[:3] == [["Region", "SUM of "], ["West", 7], ["Grand Total", 7]]
    HANDLERS["insertDimension"](workbook, dimension("ROWS", 2, 3))
    workbook.set_cell(workbook.sheets[0], 2, 0, Cell("East"))
    workbook.set_cell(workbook.sheets[0], 2, 1, Cell(5.0))
    assert shown(workbook, 0, column=4) == [["Region", "SUM of "], ["East", 5], ["West", 7], ["Grand Total", 12]]


def test_dates_and_texts_in_one_column_are_groups_of_their_own() -> None:
    workbook = book(("Day", "N"), (45292, 1), ("soon", 2), (45300, 3), (None, 4), (True, 5))
    rule = {"dateTimeRule": {"type": "YEAR_MONTH"}}
    rows = [{"sourceColumnOffset": 0, "sortOrder": "ASCENDING", "groupRule": rule}]
    values = [{"sourceColumnOffset": 1, "summarizeFunction": "SUM"}]
    workbook.set_cell(workbook.sheets[0], 0, 4, Cell(pivot={"source": area("A1:B6"), "rows": rows, "values": values}))
    table = [list(line) for line in workbook.values(workbook.sheets[0], range(1, 5), range(4, 6))]
    assert table == [[None, 4], ["2024-Jan", 4], ["soon", 2], [True, 5]]
