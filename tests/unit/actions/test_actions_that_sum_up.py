"""What pivot tables and charts compile to."""

import pytest
from action_making import make, one

from sheets_agent.a1 import GridRange
from sheets_agent.errors import ActionError


class TestCreatePivot:
    def table(self, book, **fields):
        action = make("create_pivot", target="P1!B2", source="Orders!A1:G4", **fields)
        update = one(action.requests(book), "updateCells")
        assert update["start"] == {"sheetId": 103, "rowIndex": 1, "columnIndex": 1}
        return update["rows"][0]["values"][0]["pivotTable"]

    def test_groups_values_and_rules(self, book):
        table = self.table(
            book,
            rows=["region", "Date by year-month"],
            columns=["C"],
            values=["SUM of Revenue as Total", "average(Qty)", "SUM of Revenue % of grand total"],
            totals=False,
            sort=["Region by SUM of Revenue desc"],
        )
        assert table["source"] == GridRange(0, 0, 4, 0, 7).to_api()
        region, date = table["rows"]
        assert region == {
            "sourceColumnOffset": 1,
            "showTotals": False,
            "sortOrder": "DESCENDING",
            "valueBucket": {"valuesIndex": 0},
        }
        assert date["groupRule"] == {"dateTimeRule": {"type": "YEAR_MONTH"}}
        assert table["columns"][0]["sourceColumnOffset"] == 2
        assert table["values"] == [
            {"summarizeFunction": "SUM", "sourceColumnOffset": 5, "name": "Total"},
            {"summarizeFunction": "AVERAGE", "sourceColumnOffset": 3},
            {
                "summarizeFunction": "SUM",
                "sourceColumnOffset": 5,
                "calculatedDisplayType": "PERCENT_OF_GRAND_TOTAL",
            },
        ]

    def test_custom_formulas_and_buckets(self, book):
        table = self.table(book, rows=["Price by 5"], values=["=SUM(Revenue)/SUM(Qty) as Mean price"])
        assert table["rows"][0]["groupRule"] == {"histogramRule": {"interval": 5.0}}
        assert table["values"][0] == {
            "summarizeFunction": "CUSTOM",
            "formula": "=SUM(Revenue)/SUM(Qty)",
            "name": "Mean price",
        }

    def test_filters(self, book):
        table = self.table(
            book,
            rows=["Region"],
            values=["SUM of Revenue"],
            filters=[
                "Status = Paid",
                "Region in North; South",
                "Revenue >= 8",
                "Date >= 2024-02-01",
                "Category is not A",
            ],
        )
        assert [spec["columnOffsetIndex"] for spec in table["filterSpecs"]] == [6, 1, 5, 0, 2]
        criteria = [spec["filterCriteria"] for spec in table["filterSpecs"]]
        assert criteria[0] == {"visibleValues": ["Paid"], "visibleByDefault": False}
        assert criteria[1] == {"visibleValues": ["North", "South"], "visibleByDefault": False}
        assert criteria[2]["condition"] == {"type": "NUMBER_GREATER_THAN_EQ", "values": [{"userEnteredValue": "8"}]}
        assert criteria[3]["condition"] == {"type": "NUMBER_GREATER_THAN_EQ", "values": [{"userEnteredValue": "45323"}]}
        assert criteria[4] == {"visibleValues": ["B"], "visibleByDefault": False}

    @pytest.mark.parametrize(
        ("fields", "message"),
        [
            ({"rows": ["Regoin"]}, "Did you mean “Region”"),
            ({"rows": ["Region"], "values": ["TOTAL of Revenue"]}, "Write one of SUM"),
            ({"rows": ["Date by fortnight"]}, "after “by” stands one of"),
            ({}, "The pivot table is empty"),
            ({"rows": ["Region"], "sort": ["Status desc"]}, "neither in rows nor in columns"),
            ({"rows": ["Region"], "sort": ["Region by SUM of Qty"]}, "not among the values"),
            ({"rows": ["Region"], "filters": ["Status Paid"]}, "is not a condition"),
        ],
    )
    def test_mistakes_say_what_to_write(self, book, fields, message):
        with pytest.raises(ActionError, match=message):
            self.table(book, **fields)

    def test_a_header_that_appears_twice_asks_for_the_letter(self, book_of):
        book = book_of({"Orders": [["Sum", "Sum"], [1.0, 2.0]]})
        with pytest.raises(ActionError, match="several columns “Sum”: A, B"):
            make("create_pivot", target="Orders!E1", source="Orders!A1:B2", rows=["Sum"]).requests(book)

    def test_header_names_may_hold_the_words_of_the_notation(self, book_of):
        book = book_of({"Orders": [["Paid by", "Part of sum as % of row"], ["x", 2.0]]})
        action = make(
            "create_pivot",
            target="Orders!E1",
            source="Orders!A1:B2",
            rows=["Paid by"],
            values=["SUM of Part of sum as % of row as Share"],
        )
        table = one(action.requests(book), "updateCells")["rows"][0]["values"][0]["pivotTable"]
        assert table["rows"][0]["sourceColumnOffset"] == 0
        assert table["values"] == [{"summarizeFunction": "SUM", "sourceColumnOffset": 1, "name": "Share"}]


class TestCharts:
    def spec(self, book, **fields):
        action = make("create_chart", target="'P1'!H2", source="Orders!A1:G4", **fields)
        return one(action.requests(book), "addChart")["chart"]["spec"]

    def test_columns_by_header(self, book):
        spec = self.spec(book, chart_type="line", x="Date", series=["Revenue", "E"], heading="Sales", y_label="USD")
        basic = spec["basicChart"]
        assert spec["title"] == "Sales"
        assert (basic["chartType"], basic["headerCount"]) == ("LINE", 1)
        assert basic["domains"][0]["domain"]["sourceRange"]["sources"] == [GridRange(0, 0, 4, 0, 1).to_api()]
        assert [one["series"]["sourceRange"]["sources"][0]["startColumnIndex"] for one in basic["series"]] == [5, 4]
        assert basic["axis"] == [{"position": "LEFT_AXIS", "title": "USD"}]

    def test_combo_with_a_right_axis(self, book):
        basic = self.spec(book, chart_type="combo", x="Date", series=["Qty", "Revenue as line on right axis"])[
            "basicChart"
        ]
        assert [(one["type"], one["targetAxis"]) for one in basic["series"]] == [
            ("COLUMN", "LEFT_AXIS"),
            ("LINE", "RIGHT_AXIS"),
        ]

    def test_labels_and_the_words_of_the_notation_in_a_header(self, book, book_of):
        basic = self.spec(book, chart_type="column", x="Date", series=["Qty with labels", "Price"])["basicChart"]
        assert [one.get("dataLabel") for one in basic["series"]] == [{"type": "DATA"}, None]
        pie = self.spec(book, chart_type="pie", x="Date", series=["Qty with data labels"])["pieChart"]
        assert pie["legendPosition"] == "LABELED_LEGEND"
        odd = book_of({"Orders": [["Day", "Sold as line"], ["a", 1.0]]})
        action = make(
            "create_chart", target="Orders!H2", source="Orders!A1:B2", chart_type="line", series=["Sold as line"]
        )
        assert one(action.requests(odd), "addChart")

    def test_stacked_and_bar(self, book):
        basic = self.spec(book, chart_type="percent_bar", x="Region", series=["Qty", "Price"])["basicChart"]
        assert (basic["chartType"], basic["stackedType"]) == ("BAR", "PERCENT_STACKED")
        assert {one["targetAxis"] for one in basic["series"]} == {"BOTTOM_AXIS"}

    def test_a_pie_leaves_the_header_out(self, book):
        pie = self.spec(book, chart_type="donut", x="Region", series=["Revenue"])["pieChart"]
        assert pie["pieHole"] == 0.5
        assert pie["series"]["sourceRange"]["sources"] == [GridRange(0, 1, 4, 5, 6).to_api()]
        with pytest.raises(ActionError, match="one series"):
            self.spec(book, chart_type="pie", series=["Qty", "Price"])

    def test_without_names_the_first_column_is_the_axis(self, book_of):
        book = book_of({"Orders": [[1.0, 2.0], [3.0, 4.0]]})
        action = make("create_chart", target="Orders!H2", source="Orders!A1:B2", chart_type="scatter")
        basic = one(action.requests(book), "addChart")["chart"]["spec"]["basicChart"]
        assert basic["headerCount"] == 0
        assert [one["series"]["sourceRange"]["sources"][0]["startColumnIndex"] for one in basic["series"]] == [1]

    def test_update_and_delete_find_the_chart_by_its_title(self, book_of, judge):
        made = make("create_chart", target="Orders!H2", source="Orders!A1:G4", chart_type="line", x="Date",
                    series=["Revenue"], heading="Sales", x_label="Day")  # fmt: skip
        chart = one(made.requests(book_of()), "addChart")["chart"]
        other = {**chart, "chartId": 5, "spec": {**chart["spec"], "title": "Other"}}
        book = book_of(resources={"Orders": {"charts": [chart, other]}})
        requests = make(
            "update_chart", target="Orders", chart="sales", chart_type="column", heading="Sales 2"
        ).requests(book)
        judge(requests)
        update = one(requests, "updateChartSpec")
        assert update["chartId"] == chart["chartId"]
        assert (update["spec"]["title"], update["spec"]["basicChart"]["chartType"]) == ("Sales 2", "COLUMN")
        assert update["spec"]["basicChart"]["axis"] == [{"position": "BOTTOM_AXIS", "title": "Day"}]
        assert make("delete_chart", target="Orders", chart="Other").requests(book) == [
            {"deleteEmbeddedObject": {"objectId": 5}}
        ]

        def changed(**fields):
            requests = make("update_chart", target="Orders", chart="Sales", **fields).requests(book)
            judge(requests)
            return one(requests, "updateChartSpec")["spec"]

        assert changed(legend="right")["basicChart"]["legendPosition"] == "RIGHT_LEGEND"
        assert make("update_chart", target="Orders", chart="Sales", legend="none").requests(book) == []
        with pytest.raises(ActionError, match="Say what to change"):
            make("update_chart", target="Orders", chart="Sales").requests(book)
        basic = changed(chart_type="stacked_bar")["basicChart"]
        assert (basic["chartType"], basic["stackedType"]) == ("BAR", "STACKED")
        assert [series["targetAxis"] for series in basic["series"]] == ["BOTTOM_AXIS"]
        pie = changed(chart_type="pie")
        assert pie["pieChart"]["series"]["sourceRange"]["sources"] == [GridRange(0, 1, 4, 5, 6).to_api()]
        assert pie["title"] == "Sales"
        with pytest.raises(ActionError, match="“Sales”, “Other”"):
            make("delete_chart", target="Orders").requests(book)
