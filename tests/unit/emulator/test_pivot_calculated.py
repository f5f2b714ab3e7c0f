"""Calculated values of pivot tables, and pivot tables as the engine places them."""

from __future__ import annotations

from typing import Any

import pytest
from emulator_workbooks import DATE, area, book

from sheets_agent.emulator.errors import Unsupported
from sheets_agent.emulator.pivot import compute
from sheets_agent.emulator.pivot.calculated import with_columns
from sheets_agent.emulator.requests import HANDLERS
from sheets_agent.emulator.requests.pivot_check import checked_pivot
from sheets_agent.emulator.workbook import Cell

ORDERS = (("Item", "Price", "Unit count"), ("Pen", 2, 10), ("Pen", 3, 1), ("Ink", 5, 4))


def table(*values: dict[str, Any]) -> list[list[Any]]:
    rows = [{"sourceColumnOffset": 0, "sortOrder": "ASCENDING", "showTotals": True}]
    grid = compute(book(*ORDERS), {"source": area("A1:C4"), "rows": rows, "values": list(values)})
    return [[cell.value for cell in row] for row in grid]


def test_with_sum_the_formula_is_added_up_over_the_records() -> None:
    assert table({"formula": "=Price*'Unit count'", "summarizeFunction": "SUM", "name": "Worth"}) == [
        ["Item", "Worth"],
        ["Ink", 20],
        ["Pen", 23],
        ["Grand Total", 43],
    ]


def test_with_custom_a_heading_is_all_of_the_groups_values() -> None:
    formula = "=SUM(Price)/COUNT('Unit count')"
    assert table({"formula": formula, "summarizeFunction": "CUSTOM"}) == [
        ["Item", None],
        ["Ink", 5],
        ["Pen", 2.5],
        ["Grand Total", pytest.approx(10 / 3)],
    ]


def test_headings_are_replaced_outside_texts_sheets_and_function_names() -> None:
    headings = ["Sum", "A B", "c"]
    formula = with_columns("=SUM(sum)&\"sum\"&'A B'&'A B'!C1&c", headings, lambda column: f"<{column}>")
    assert formula == "=SUM(<0>)&\"sum\"&<1>&'A B'!C1&<2>"


@pytest.mark.parametrize(
    ("kind", "formula"),
    [
        ("CUSTOM_FORMULA", "=RAND()>0.5"),
        ("CUSTOM_FORMULA", "=OFFSET(A1,1,1)>1"),
        ("NUMBER_EQ", "=RAND()"),
        ("TEXT_EQ", "=GOOGLETRANSLATE(Item)"),
    ],
)
def test_a_filter_by_a_formula_that_may_change_is_refused_when_it_is_written(kind: str, formula: str) -> None:
    condition = {"type": kind, "values": [{"userEnteredValue": formula}]}
    with pytest.raises(Unsupported):
        checked_pivot(
            book(*ORDERS), {"source": area("A1:C4"), "filterSpecs": [{"filterCriteria": {"condition": condition}}]}
        )


def test_a_pivot_table_shows_and_follows_its_source() -> None:
    workbook = book(*ORDERS, (Cell("Nib"), Cell(formula="=B2*2"), Cell(1.0)))
    spec = {
        "source": area("A1:C5"),
        "rows": [{"sourceColumnOffset": 0, "sortOrder": "DESCENDING"}],
        "values": [{"sourceColumnOffset": 1, "summarizeFunction": "MAX"}],
    }
    start = {"sheetId": 0, "rowIndex": 0, "columnIndex": 5}
    update = {"rows": [{"values": [{"pivotTable": spec}]}], "start": start, "fields": "pivotTable"}
    HANDLERS["updateCells"](workbook, update)
    sheet = workbook.sheets[0]

    def shown() -> list[list[Any]]:
        return [[workbook.value(sheet, row, column) for column in (5, 6)] for row in range(4)]

    assert shown() == [["Item", "MAX of Price"], ["Pen", 3], ["Nib", 4], ["Ink", 5]]
    workbook.set_cell(sheet, 1, 1, Cell(7.0))
    assert shown() == [["Item", "MAX of Price"], ["Pen", 7], ["Nib", 14], ["Ink", 5]]
    assert sheet.cell(1, 5) == Cell()


def test_a_month_pivot_over_dates_that_formulas_make() -> None:
    day = {"numberFormat": DATE}
    workbook = book(
        ("Day", "N"), (Cell(formula="=DATE(2026,1,5)", format=day), 1), (Cell(formula="=A2+31", format=day), 2)
    )
    rule = {"dateTimeRule": {"type": "YEAR_MONTH"}}
    rows = [{"sourceColumnOffset": 0, "sortOrder": "ASCENDING", "groupRule": rule}]
    values = [{"sourceColumnOffset": 1, "summarizeFunction": "SUM"}]
    grid = compute(workbook, {"source": area("A1:B3"), "rows": rows, "values": values})
    assert [[cell.value for cell in row] for row in grid] == [
        ["Day - Year-Month", "SUM of N"],
        ["2026-Jan", 1],
        ["2026-Feb", 2],
    ]


def test_merging_over_a_drawn_pivot_table_is_refused() -> None:
    from sheets_agent.emulator.errors import Refusal

    workbook = book(*ORDERS)
    spec = {"source": area("A1:C4"), "rows": [{"sourceColumnOffset": 0, "sortOrder": "ASCENDING"}]}
    workbook.set_cell(workbook.sheets[0], 0, 5, Cell(pivot=spec))
    with pytest.raises(Refusal, match="part of a pivot table"):
        HANDLERS["mergeCells"](workbook, {"range": area("F2:F3")})


def test_a_filter_by_a_formula_hides_rows() -> None:
    workbook = book(*ORDERS)
    condition = {"type": "CUSTOM_FORMULA", "values": [{"userEnteredValue": "=B2*C2>=20"}]}
    specs = [{"columnIndex": 1, "filterCriteria": {"condition": condition}}]
    HANDLERS["setBasicFilter"](workbook, {"filter": {"range": area("A1:C4"), "filterSpecs": specs}})
    assert workbook.sheets[0].row_metadata == {2: {"hiddenByFilter": True}}
    assert workbook.sheets[0].column_count == 10


def test_sorting_by_what_formulas_give() -> None:
    workbook = book((3, "=10-A1"), (1, "=10-A2"), (2, "=10-A3"))
    specs = [{"dimensionIndex": 1, "sortOrder": "ASCENDING"}]
    HANDLERS["sortRange"](workbook, {"range": area("A1:B3"), "sortSpecs": specs})
    sheet = workbook.sheets[0]
    assert [[workbook.value(sheet, row, column) for column in (0, 1)] for row in range(3)] == [[3, 7], [2, 8], [1, 9]]


def test_pasting_values_takes_what_formulas_show() -> None:
    workbook = book((2, "=A1*3", "=1/0"))
    paste = {"source": area("A1:C1"), "destination": area("A2"), "pasteType": "PASTE_VALUES"}
    HANDLERS["copyPaste"](workbook, paste)
    sheet = workbook.sheets[0]
    assert [sheet.cell(1, column).value for column in range(3)] == [2.0, 6.0, "#DIV/0!"]
