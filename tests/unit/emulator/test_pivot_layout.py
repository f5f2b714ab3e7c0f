"""Layouts of pivot tables, expectations written out by hand."""

from __future__ import annotations

from typing import Any

import pytest
from emulator_workbooks import DATE, MONEY, area, book

from sheets_agent.emulator.pivot import compute
from sheets_agent.emulator.workbook import Cell, Workbook
from sheets_agent.formulas.values import ErrorValue

SALES = (
    ("Region", "Product", "Units", "Revenue"),
    ("West", "Pen", 3, 30),
    ("East", "Pencil", 1, 5),
    ("East", "Pen", 2, 20),
    ("West", "Pen", 4, 40),
)


@pytest.fixture
def sales() -> Workbook:
    return book(*SALES)


def group(offset: int, **options: Any) -> dict[str, Any]:
    return {"sourceColumnOffset": offset, "sortOrder": "ASCENDING", "showTotals": True, **options}


def total(offset: int, function: str = "SUM", **options: Any) -> dict[str, Any]:
    return {"sourceColumnOffset": offset, "summarizeFunction": function, **options}


def drawn(workbook: Workbook, source: str = "A1:D5", **spec: Any) -> list[list[Any]]:
    return [[cell.value for cell in row] for row in compute(workbook, {"source": area(source), **spec})]


def test_one_row_field_and_one_value(sales: Workbook) -> None:
    assert drawn(sales, rows=[group(0)], values=[total(3)]) == [
        ["Region", "SUM of Revenue"],
        ["East", 25],
        ["West", 70],
        ["Grand Total", 95],
    ]


def test_several_values_stand_side_by_side(sales: Workbook) -> None:
    assert drawn(sales, rows=[group(0)], values=[total(3), total(1, "COUNTA", name="Orders")]) == [
        ["Region", "SUM of Revenue", "Orders"],
        ["East", 25, 2],
        ["West", 70, 2],
        ["Grand Total", 95, 4],
    ]


def test_nested_rows_name_the_outer_group_once_and_total_it(sales: Workbook) -> None:
    assert drawn(sales, rows=[group(0), group(1)], values=[total(3)]) == [
        ["Region", "Product", "SUM of Revenue"],
        ["East", "Pen", 20],
        [None, "Pencil", 5],
        ["East Total", None, 25],
        ["West", "Pen", 70],
        ["West Total", None, 70],
        ["Grand Total", None, 95],
    ]


def test_repeated_headings(sales: Workbook) -> None:
    rows = [group(0, repeatHeadings=True), group(1, showTotals=False)]
    assert drawn(sales, rows=rows, values=[total(3)]) == [
        ["Region", "Product", "SUM of Revenue"],
        ["East", "Pen", 20],
        ["East", "Pencil", 5],
        ["West", "Pen", 70],
        ["Grand Total", None, 95],
    ]


def test_a_column_field_with_its_grand_total(sales: Workbook) -> None:
    assert drawn(sales, rows=[group(0)], columns=[group(1)], values=[total(3)]) == [
        ["SUM of Revenue", "Product", None, None],
        ["Region", "Pen", "Pencil", "Grand Total"],
        ["East", 20, 5, 25],
        ["West", 70, None, 70],
        ["Grand Total", 90, 5, 95],
    ]


def test_a_column_field_without_totals_and_other_labels(sales: Workbook) -> None:
    table = drawn(
        sales,
        rows=[group(0, label="Area", showTotals=False)],
        columns=[group(1, label="Item", showTotals=False)],
        values=[total(2, name="Sold")],
    )
    assert table == [
        ["Sold", "Item", None],
        ["Area", "Pen", "Pencil"],
        ["East", 2, 1],
        ["West", 7, None],
    ]


def test_several_values_under_a_column_field(sales: Workbook) -> None:
    table = drawn(sales, rows=[group(0)], columns=[group(1, showTotals=False)], values=[total(2), total(3)])
    assert table[1:] == [
        [None, "Pen", None, "Pencil", None],
        ["Region", "SUM of Units", "SUM of Revenue", "SUM of Units", "SUM of Revenue"],
        ["East", 2, 20, 1, 5],
        ["West", 7, 70, None, None],
        ["Grand Total", 9, 90, 1, 5],
    ]
    assert table[0][1] == "Product"


def test_values_one_below_the_other(sales: Workbook) -> None:
    table = drawn(
        sales,
        rows=[group(0)],
        columns=[group(1, showTotals=False)],
        values=[total(2), total(3)],
        valueLayout="VERTICAL",
    )
    assert table == [
        [None, None, "Product", None],
        ["Region", "Values", "Pen", "Pencil"],
        ["East", "SUM of Units", 2, 1],
        [None, "SUM of Revenue", 20, 5],
        ["West", "SUM of Units", 7, None],
        [None, "SUM of Revenue", 70, None],
        ["Grand Total", "SUM of Units", 9, 1],
        [None, "SUM of Revenue", 90, 5],
    ]


def test_values_alone(sales: Workbook) -> None:
    assert drawn(sales, values=[total(3), total(2)]) == [["SUM of Revenue", "SUM of Units"], [95, 10]]


def test_rows_alone_list_the_groups(sales: Workbook) -> None:
    assert drawn(sales, rows=[group(1, showTotals=False)]) == [["Product"], ["Pen"], ["Pencil"]]


def test_columns_alone_name_the_value_beside_it(sales: Workbook) -> None:
    assert drawn(sales, columns=[group(0, showTotals=False)], values=[total(3)]) == [
        [None, "Region", None],
        [None, "East", "West"],
        ["SUM of Revenue", 25, 70],
    ]


def test_descending_and_sorted_by_a_value(sales: Workbook) -> None:
    assert [row[0] for row in drawn(sales, rows=[group(0, sortOrder="DESCENDING")], values=[total(3)])] == [
        "Region", "West", "East", "Grand Total",
    ]  # fmt: skip
    by_value = group(1, sortOrder="ASCENDING", valueBucket={"valuesIndex": 0})
    assert [row[0] for row in drawn(sales, rows=[by_value], values=[total(3)])] == [
        "Product", "Pencil", "Pen", "Grand Total",
    ]  # fmt: skip


def test_sorted_by_a_value_in_one_column_group(sales: Workbook) -> None:
    bucket = {"valuesIndex": 0, "buckets": [{"stringValue": "Pencil"}]}
    table = drawn(
        sales,
        rows=[group(0, sortOrder="DESCENDING", valueBucket=bucket)],
        columns=[group(1)],
        values=[total(3)],
    )
    assert [row[0] for row in table[2:]] == ["East", "West", "Grand Total"]


@pytest.mark.parametrize(
    ("function", "expected"),
    [
        ("SUM", 90), ("COUNTA", 3), ("COUNT", 3), ("COUNTUNIQUE", 3), ("AVERAGE", 30), ("MAX", 40), ("MIN", 20),
        ("MEDIAN", 30), ("PRODUCT", 24000), ("STDEV", 10), ("VAR", 100), ("VARP", 200 / 3),
        ("STDEVP", (200 / 3) ** 0.5),
    ],
)  # fmt: skip
def test_every_summary(sales: Workbook, function: str, expected: float) -> None:
    table = drawn(sales, rows=[group(1)], values=[total(3, function)])
    assert table[0] == ["Product", f"{function} of Revenue"]
    assert table[1][1] == pytest.approx(expected)


def test_texts_are_counted_but_not_added() -> None:
    workbook = book(("Key", "Value"), ("a", "x"), ("a", True), ("a", None), ("a", 2))
    names = ["COUNTA", "COUNT", "COUNTUNIQUE", "SUM"]
    table = drawn(workbook, "A1:B5", rows=[group(0)], values=[total(1, name) for name in names])
    assert table[1] == ["a", 3, 1, 3, 2]


def test_a_single_number_has_no_standard_deviation(sales: Workbook) -> None:
    table = compute(sales, {"source": area("A1:D5"), "rows": [group(1)], "values": [total(3, "STDEV")]})
    assert table[2][0].value == "Pencil"
    assert isinstance(table[2][1].value, ErrorValue)
    assert str(table[2][1].value) == "#DIV/0!"


def test_an_error_in_the_source_shows_in_its_sum() -> None:
    workbook = book(("Key", "Value"), ("a", "=NA()"), ("b", 2))
    table = drawn(workbook, "A1:B3", rows=[group(0)], values=[total(1), total(1, "COUNTA")])
    assert [(str(total), count) for _, total, count in table[1:]] == [("#N/A", 1), ("2.0", 1), ("#N/A", 2)]


def test_number_formats_carry_over_to_sums_and_labels_but_not_to_counts() -> None:
    workbook = book(
        ("Day", "Revenue"), (Cell(45000.0, format={"numberFormat": DATE}), Cell(5.0, format={"numberFormat": MONEY}))
    )
    spec = {"source": area("A1:B2"), "rows": [group(0)], "values": [total(1), total(1, "COUNTA")]}
    _, line, _ = compute(workbook, spec)
    assert [cell.number_format for cell in line] == [DATE, MONEY, None]


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("PERCENT_OF_GRAND_TOTAL", [20 / 95, 5 / 95, 25 / 95]),
        ("PERCENT_OF_ROW_TOTAL", [0.8, 0.2, 1]),
        ("PERCENT_OF_COLUMN_TOTAL", [20 / 90, 1, 25 / 95]),
    ],
)
def test_values_shown_as_shares(sales: Workbook, kind: str, expected: list[float]) -> None:
    values = [total(3, calculatedDisplayType=kind)]
    table = compute(sales, {"source": area("A1:D5"), "rows": [group(0)], "columns": [group(1)], "values": values})
    assert [cell.value for cell in table[2][1:]] == pytest.approx(expected)
    assert table[2][1].number_format == {"type": "PERCENT", "pattern": "0.00%"}


def test_blank_labels_come_first_and_stay_blank() -> None:
    workbook = book(("Key", "Value"), ("b", 1), (None, 2), ("a", 3), (10, 4))
    assert drawn(workbook, "A1:B5", rows=[group(0)], values=[total(1)]) == [
        ["Key", "SUM of Value"],
        [None, 2],
        [10, 4],
        ["a", 3],
        ["b", 1],
        ["Grand Total", 10],
    ]


def test_a_source_without_data_rows_totals_nothing() -> None:
    assert drawn(book(("Key", "Value")), "A1:B1", rows=[group(0)], values=[total(1)]) == [
        ["Key", "SUM of Value"],
        ["Grand Total", None],
    ]


def test_a_source_that_is_gone_is_a_reference_error(sales: Workbook) -> None:
    [[cell]] = compute(sales, {"source": area("A1:D5", sheet_id=99), "rows": [group(0)]})
    assert str(cell.value) == "#REF!"
    [[cell]] = compute(sales, {"rows": [group(0)]})
    assert str(cell.value) == "#REF!"


def test_nested_columns_total_their_groups() -> None:
    workbook = book(
        ("Region", "Year", "Quarter", "Revenue"),
        ("East", 2024, "Q1", 1),
        ("East", 2024, "Q2", 2),
        ("East", 2025, "Q1", 4),
    )
    table = drawn(workbook, "A1:D4", rows=[group(0, showTotals=False)], columns=[group(1), group(2)], values=[total(3)])
    assert table == [
        ["SUM of Revenue", "Year", "Quarter", None, None, None, None],
        [None, 2024, None, "2024 Total", 2025, "2025 Total", "Grand Total"],
        ["Region", "Q1", "Q2", None, "Q1", None, None],
        ["East", 1, 2, 3, 4, 4, 7],
    ]
