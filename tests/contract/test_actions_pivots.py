"""Pivot tables and charts, created by actions and read back through the API."""

import pytest
from action_bench import ORDERS, TITLES, Bench, span

from sheets_agent.errors import ActionError

PLACES = pytest.mark.parametrize(("title", "anchor"), [*((title, "A1") for title in TITLES), ("P1", "T200")])


@pytest.fixture
def orders():
    bench = Bench()
    bench.sheet("Orders", ORDERS)
    bench.do("write_cell", target="Orders!G1", value="Revenue")
    bench.do("repeat_formula", target="Orders!G2:G5", formula="=D2*E2")
    return bench


@PLACES
def test_layout_rows_by_columns(orders, title, anchor):
    sheet = orders.sheet(title)
    anchor = "K3" if (title, anchor) == ("Orders", "A1") else anchor
    orders.do(
        "create_pivot",
        target=f"{sheet}!{anchor}",
        source="Orders!A1:G5",
        rows=["Region"],
        columns=["Category"],
        values=["SUM of Revenue"],
    )
    found = orders.numbers(f"{sheet}!{span(anchor, (0, 0), (6, 3))}")
    assert [row[0] for row in found[2:]] == ["East", "North", "South", "Grand Total"]
    assert found[1] == ["Region", "A", "B", "Grand Total"]
    assert found[2:] == [
        ["East", 15, "", 15],
        ["North", 20, 8, 28],
        ["South", "", 7.5, 7.5],
        ["Grand Total", 35, 15.5, 50.5],
    ]


def test_values_names_order_and_no_totals(orders):
    orders.sheet("Pivot")
    orders.do(
        "create_pivot",
        target="Pivot!A1",
        source="Orders!A1:G5",
        rows=["Region"],
        values=["SUM of Revenue as Total", "COUNTA of Date as Orders", "AVERAGE of G"],
        totals=False,
        sort=["Region by SUM of Revenue desc"],
    )
    assert orders.numbers("Pivot!A1:D9") == [
        ["Region", "Total", "Orders", "AVERAGE of Revenue"],
        ["North", 28, 2, 14],
        ["East", 15, 1, 15],
        ["South", 7.5, 1, 7.5],
    ]


def test_dates_by_month(orders):
    orders.sheet("Pivot")
    orders.do(
        "create_pivot",
        target="Pivot!A1",
        source="Orders!A1:G5",
        rows=["Date by year-month"],
        values=["SUM of Qty"],
        totals=False,
    )
    assert orders.shown("Pivot!A2:B5") == [["2024-Jan", "3"], ["2024-Feb", "4"], ["2024-Mar", "3"]]


@pytest.mark.parametrize(
    ("filters", "regions"),
    [
        (["Status = Paid"], ["East", "North"]),
        (["Status is not Paid"], ["South"]),
        (["Region in North; South"], ["North", "South"]),
        (["Revenue > 10"], ["East", "North"]),
        (["Date >= 2024-02-05"], ["East", "North"]),
        (["Date before 2024-02-05", "Category = B"], ["South"]),
        (["Region contains th"], ["North", "South"]),
    ],
)
def test_filters(orders, filters, regions):
    orders.sheet("Pivot")
    orders.do(
        "create_pivot",
        target="Pivot!A1",
        source="Orders!A1:G5",
        rows=["Region"],
        values=["SUM of Qty"],
        filters=filters,
        totals=False,
    )
    assert [row[0] for row in orders.shown("Pivot!A2:A9")] == regions


def test_shares_and_formulas(orders):
    orders.sheet("Pivot")
    orders.do(
        "create_pivot",
        target="Pivot!A1",
        source="Orders!A1:G5",
        rows=["Region"],
        values=["SUM of Qty % of grand total as Share", "=SUM(Revenue)/SUM(Qty) as Price"],
        totals=False,
    )
    assert orders.numbers("Pivot!A2:C4") == [
        ["East", 0.3, 5],
        ["North", 0.6, pytest.approx(28 / 6)],
        ["South", 0.1, 7.5],
    ]


def test_russian_headers_in_a_russian_book():
    bench = Bench("ru_RU")
    rows = [
        ["Дата", "Регион", "Сумма, руб."],
        ["10.01.2024", "Север", "1,5"],
        ["11.02.2024", "Юг", 2],
        ["12.02.2024", "Юг", 3],
    ]
    bench.sheet("Продажи 2024", rows)
    bench.sheet("Сводная")
    bench.do(
        "create_pivot",
        target="Сводная!B2",
        source="'Продажи 2024'!A1:C4",
        rows=["регион"],
        values=["SUM of Сумма, руб. as Итого"],
        totals=False,
    )
    assert bench.numbers("Сводная!B2:C4") == [["Регион", "Итого"], ["Север", 1.5], ["Юг", 5]]


@PLACES
def test_a_chart_lies_where_it_should_and_shows_its_columns(orders, title, anchor):
    sheet = orders.sheet(title)
    orders.do(
        "create_chart",
        target=f"{sheet}!{anchor}",
        source="Orders!A1:G5",
        chart_type="column",
        x="Region",
        series=["Revenue"],
        heading="Revenue by region",
        x_label="Region",
        y_label="USD",
    )
    [chart] = orders.resources(title)["charts"]
    cell = chart["position"]["overlayPosition"]["anchorCell"]
    assert cell.get("rowIndex", 0) == (199 if anchor == "T200" else 0)
    assert cell.get("columnIndex", 0) == (19 if anchor == "T200" else 0)
    spec = chart["spec"]
    assert spec["title"] == "Revenue by region"
    basic = spec["basicChart"]
    assert basic["chartType"] == "COLUMN"
    assert {axis["position"]: axis["title"] for axis in basic["axis"]} == {"BOTTOM_AXIS": "Region", "LEFT_AXIS": "USD"}
    [domain] = basic["domains"][0]["domain"]["sourceRange"]["sources"]
    [series] = basic["series"][0]["series"]["sourceRange"]["sources"]
    assert (domain["startColumnIndex"], series["startColumnIndex"]) == (1, 6)
    assert (series["startRowIndex"], series["endRowIndex"]) == (0, 5)


KINDS = ["line", "area", "bar", "pie", "donut", "scatter", "combo", "histogram", "stacked_column", "percent_area"]


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_chart_is_taken(orders, kind):
    series = ["Revenue"] if kind in ("pie", "donut") else ["Qty", "Revenue"]
    orders.do("create_chart", target="Orders!J2", source="Orders!A1:G5", chart_type=kind, x="Date", series=series)
    [chart] = orders.resources("Orders")["charts"]
    assert {"pie": "pieChart", "donut": "pieChart", "histogram": "histogramChart"}.get(kind, "basicChart") in chart[
        "spec"
    ]


def test_two_equal_charts_have_ids_of_their_own(orders):
    for _ in range(2):
        orders.do(
            "create_chart", target="Orders!J2", source="Orders!A1:G5", chart_type="line", x="Date", series=["Qty"]
        )
    ids = [chart["chartId"] for chart in orders.resources("Orders")["charts"]]
    assert len(set(ids)) == 2


def test_change_and_delete_a_chart(orders):
    for name in ("One", "Two"):
        orders.do("create_chart", target="Orders!J2", source="Orders!A1:G5", chart_type="line", x="Date",
                  series=["Qty"], heading=name)  # fmt: skip
    orders.do("update_chart", target="Orders", chart="Two", chart_type="bar", heading="Three", position="Orders!B30")
    one, three = orders.resources("Orders")["charts"]
    assert one["spec"]["title"] == "One"
    assert (three["spec"]["title"], three["spec"]["basicChart"]["chartType"]) == ("Three", "BAR")
    assert three["position"]["overlayPosition"]["anchorCell"]["rowIndex"] == 29
    orders.do("delete_chart", target="Orders", chart="one")
    assert [chart["spec"]["title"] for chart in orders.resources("Orders")["charts"]] == ["Three"]
    orders.do("delete_chart", target="Orders")
    assert "charts" not in orders.resources("Orders")
    with pytest.raises(ActionError, match="Its charts: none"):
        orders.do("delete_chart", target="Orders")
