"""Limits and collapsed groups of pivot tables, and what holds of every pivot table."""

from __future__ import annotations

import math
from typing import Any

import pytest
from emulator_workbooks import area, book
from hypothesis import given
from hypothesis import strategies as st

from sheets_agent.emulator.pivot import compute
from sheets_agent.emulator.pivot.measures import Cube
from sheets_agent.emulator.pivot.source import read_source
from sheets_agent.emulator.workbook import Workbook

SALES = (
    ("Region", "Product", "Year", "Units"),
    ("West", "Pen", 2024, 3),
    ("East", "Pen", 2024, 2),
    ("East", "Ink", 2025, 5),
    ("North", "Ink", 2025, 1),
    ("West", "Ink", 2025, 4),
)
UNITS = [{"sourceColumnOffset": 3, "summarizeFunction": "SUM"}]


@pytest.fixture
def sales() -> Workbook:
    return book(*SALES)


def group(offset: int, **options: Any) -> dict[str, Any]:
    return {"sourceColumnOffset": offset, "sortOrder": "ASCENDING", "showTotals": True, **options}


def drawn(workbook: Workbook, source: str = "A1:D6", **spec: Any) -> list[list[Any]]:
    return [[cell.value for cell in row] for row in compute(workbook, {"source": area(source), **spec})]


def collapsed(**value: Any) -> dict[str, Any]:
    return {"valueMetadata": [{"value": value, "collapsed": True}]}


def test_a_limit_leaves_the_first_groups_and_totals_them(sales: Workbook) -> None:
    largest = group(0, sortOrder="DESCENDING", valueBucket={"valuesIndex": 0}, groupLimit={"countLimit": 2})
    assert drawn(sales, rows=[largest], values=UNITS) == [
        ["Region", "SUM of Units"],
        ["West", 7],
        ["East", 7],
        ["Grand Total", 14],
    ]


def test_a_limit_of_an_inner_field_holds_in_every_group(sales: Workbook) -> None:
    rows = [group(0, showTotals=False), group(1, showTotals=False, groupLimit={"countLimit": 1})]
    assert drawn(sales, rows=rows, values=UNITS)[1:] == [["East", "Ink", 5], ["North", "Ink", 1], ["West", "Ink", 4]]


@pytest.mark.parametrize(("orders", "expected"), [((0, 1), ["West", 2024, 10]), ((1, 0), ["East", 2025, 8])])
def test_limits_are_applied_one_after_the_other(orders: tuple[int, int], expected: list[Any]) -> None:
    workbook = book(("Region", "Year", "N"), ("West", 2024, 10), ("East", 2024, 1), ("East", 2025, 8), ("Mid", 2025, 4))
    most = {"sortOrder": "DESCENDING", "valueBucket": {"valuesIndex": 0}, "showTotals": False}
    first, second = ({"countLimit": 1, "applyOrder": order} for order in orders)
    rows, columns = [group(0, **most, groupLimit=first)], [group(1, **most, groupLimit=second)]
    values = [{"sourceColumnOffset": 2, "summarizeFunction": "SUM"}]
    region, year, number = expected
    assert drawn(workbook, "A1:C5", rows=rows, columns=columns, values=values)[1:] == [
        ["Region", year],
        [region, number],
    ]


def test_a_collapsed_group_is_one_line_of_totals(sales: Workbook) -> None:
    rows = [group(0, **collapsed(stringValue="East")), group(1)]
    assert drawn(sales, rows=rows, values=UNITS) == [
        ["Region", "Product", "SUM of Units"],
        ["East", None, 7],
        ["North", "Ink", 1],
        ["North Total", None, 1],
        ["West", "Ink", 4],
        [None, "Pen", 3],
        ["West Total", None, 7],
        ["Grand Total", None, 15],
    ]


def test_a_collapsed_column_group_and_an_innermost_one(sales: Workbook) -> None:
    columns = [group(2, **collapsed(numberValue=2025)), group(1, **collapsed(stringValue="Pen"))]
    assert drawn(sales, rows=[group(0, showTotals=False)], columns=columns, values=UNITS) == [
        ["SUM of Units", "Year", "Product", None, None],
        [None, 2024, "2024 Total", 2025, "Grand Total"],
        ["Region", "Pen", None, None, None],
        ["East", 2, 2, 5, 7],
        ["North", None, None, 1, 1],
        ["West", 3, 3, 4, 7],
    ]


def test_blanks_are_summed_to_nothing_where_there_are_records() -> None:
    workbook = book(("Kind", "Place", "N"), ("a", "x", 1), (None, None, None), ("b", "x", None))
    values = [{"sourceColumnOffset": 2, "summarizeFunction": name} for name in ("SUM", "COUNTA", "AVERAGE")]
    table = drawn(workbook, "A1:C4", rows=[group(0)], values=values)
    assert [[str(cell) for cell in line] for line in table[1:]] == [
        ["None", "0.0", "0.0", "#DIV/0!"],
        ["a", "1.0", "1.0", "1.0"],
        ["b", "0.0", "0.0", "#DIV/0!"],
        ["Grand Total", "1.0", "1.0", "1.0"],
    ]
    table = drawn(workbook, "A1:C4", rows=[group(0)], columns=[group(1)], values=values[1:2])
    assert table[1:] == [
        ["Kind", None, "x", "Grand Total"],
        [None, 0, None, 0],
        ["a", None, 1, 1],
        ["b", None, 0, 0],
        ["Grand Total", 0, 1, 1],
    ]


def test_a_pivot_table_of_groups_alone_totals_blank_groups_by_a_blank_name() -> None:
    """As a published pivot table over another one shows."""
    workbook = book(("product_category", "SUM of qty", "product_type"), (None, 2), (None, 144), ("Bakery", 5))
    table = drawn(workbook, "A1:C4", rows=[group(0), group(1)], columns=[group(2)])
    assert table == [
        [None, None, "product_type", None],
        ["product_category", "SUM of qty", None, "Grand Total"],
        [None, 2, None, None],
        [None, 144, None, None],
        [" Total", None, None, None],
        ["Bakery", 5, None, None],
        ["Bakery Total", None, None, None],
        ["Grand Total", None, None, None],
    ]


@pytest.mark.parametrize(
    ("kind", "title"),
    [
        ("YEAR_MONTH", "Day - Year-Month"),
        ("DAY_OF_WEEK", "Day - Day of the week"),
        ("YEAR_QUARTER", "Day - Year-Quarter"),
    ],
)
def test_a_field_grouped_by_date_is_called_after_the_part(kind: str, title: str) -> None:
    workbook = book(("Day",), (45000,))
    rule = {"groupRule": {"dateTimeRule": {"type": kind}}}
    assert drawn(workbook, "A1:A2", rows=[group(0, **rule)])[0] == [title]
    assert drawn(workbook, "A1:A2", rows=[group(0, **rule, label="When")])[0] == ["When"]


# ------------------------------------------------------------------------------------------ what holds of all of them


ROWS = st.lists(
    st.tuples(
        st.sampled_from(["a", "b", None, 7, True]),
        st.sampled_from(["x", "y", "z"]),
        st.sampled_from(["p", None]),
        st.one_of(st.none(), st.integers(-50, 50)),
    ),
    min_size=1,
    max_size=12,
)
OFFSETS = st.lists(st.integers(0, 2), unique=True, max_size=3)
SUM = {"sourceColumnOffset": 3, "summarizeFunction": "SUM"}
ROW_SHARE = {"sourceColumnOffset": 1, "summarizeFunction": "COUNTA"}
VALUES = [SUM, *({**ROW_SHARE, "calculatedDisplayType": f"PERCENT_OF_{kind}_TOTAL"} for kind in ("GRAND", "ROW"))]


def table_of(rows: list[Any], offsets: list[int], down: int, **more: Any) -> tuple[Workbook, dict[str, Any]]:
    fields = [group(offset, showTotals=index in (0, down)) for index, offset in enumerate(offsets)]
    spec = {"source": area(f"A1:D{len(rows) + 1}"), "rows": fields[:down], "columns": fields[down:], **more}
    return book(("K", "L", "M", "N"), *rows), spec


@given(ROWS, OFFSETS, st.integers(0, 3), st.lists(st.sampled_from(["x", "y"]), unique=True))
def test_every_row_that_passes_the_filters_is_in_one_group(
    rows: list[Any], offsets: list[int], down: int, visible: list[str]
) -> None:
    specs = [{"columnOffsetIndex": 1, "filterCriteria": {"visibleValues": visible}}]
    workbook, spec = table_of(rows, offsets, down, filterSpecs=specs, values=[SUM])
    source = read_source(workbook, spec)
    assert source is not None
    cube = Cube.of(source, spec)
    assert sorted(record for records in cube.cells.values() for record in records) == list(range(source.count))
    assert source.count == sum(row[1] in visible for row in rows)
    assert list(source.column(3)) == [row[3] for row in rows if row[1] in visible]


@given(ROWS, OFFSETS, st.integers(0, 3))
def test_innermost_cells_add_up_to_the_grand_total(rows: list[Any], offsets: list[int], down: int) -> None:
    workbook, spec = table_of(rows, offsets, down, values=VALUES)
    source = read_source(workbook, spec)
    assert source is not None
    cube = Cube.of(source, spec)
    sums, shares, row_shares = (
        {place: cube.cell(index, *place).value for place in cube.cells} for index in range(len(VALUES))
    )
    assert sum(sums.values()) == cube.cell(0, (), ()).value == sum(row[3] or 0 for row in rows)  # type: ignore[arg-type]
    assert math.isclose(sum(shares.values()), 1)  # type: ignore[arg-type]
    for path in cube.row_paths:
        assert math.isclose(sum(share for (row, _), share in row_shares.items() if row == path), 1)  # type: ignore[misc]


@given(ROWS, st.lists(st.integers(0, 2), unique=True, min_size=2, max_size=3), st.integers(1, 2))
def test_what_is_drawn_adds_up(rows: list[Any], offsets: list[int], down: int) -> None:
    down = min(down, len(offsets) - 1)
    fields = [group(offset, showTotals=index in (0, down)) for index, offset in enumerate(offsets)]
    workbook = book(("K", "L", "M", "N"), *rows)
    table = drawn(workbook, f"A1:D{len(rows) + 1}", rows=fields[:down], columns=fields[down:], values=[SUM])
    numbers = [[cell or 0 for cell in line[down:]] for line in table[1 + len(offsets) - down :]]
    *body, total = numbers
    assert {len(line) for line in table} == {down + len(total)}
    assert [sum(line[:-1]) for line in numbers] == [line[-1] for line in numbers]
    assert [sum(column) for column in zip(*body, strict=True)] == total


@given(ROWS, OFFSETS, st.integers(0, 3), st.sampled_from(["HORIZONTAL", "VERTICAL"]), st.integers(0, 3))
def test_every_table_is_a_rectangle_with_a_line_for_every_group(
    rows: list[Any], offsets: list[int], down: int, layout: str, values: int
) -> None:
    workbook, spec = table_of(rows, offsets, down, values=VALUES[:values], valueLayout=layout)
    grid = compute(workbook, spec)
    assert len({len(line) for line in grid}) <= 1
    groups = len({tuple(row[offset] for offset in offsets[:down]) for row in rows})
    assert len(grid) >= groups * (values if layout == "VERTICAL" and values > 1 else 1)
