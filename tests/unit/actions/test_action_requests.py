"""What actions compile to."""

import pytest

from sheets_agent.a1 import GridRange
from sheets_agent.actions import ACTIONS, by_kind
from sheets_agent.errors import ActionError

PLACES = {"Orders": 0, "'Продажи'": 101, "Продажи": 101, "'It''s here'": 102, "'P1'": 103, "P1": 103}


def make(kind, **fields):
    return by_kind(kind).model_validate({"kind": kind, **fields})


def one(requests, kind):
    """The body of the only request of a kind."""
    [body] = [request[kind] for request in requests if kind in request]
    return body


@pytest.mark.parametrize(("title", "sheet_id"), PLACES.items())
def test_any_sheet_and_any_place(book, judge, title, sheet_id):
    requests = make("write_cell", target=f"{title}!C7", value="1").requests(book)
    judge(requests)
    assert one(requests, "updateCells")["start"] == {"sheetId": sheet_id, "rowIndex": 6, "columnIndex": 2}


def test_a_write_past_the_grid_grows_it_first(book):
    action = make("write_table", target="Orders!S99", values=[["1", "2", "3"], ["4", "5", "6"], ["7", "8", "9"]])
    requests = action.requests(book)
    assert [next(iter(request)) for request in requests] == ["appendDimension", "appendDimension", "updateCells"]
    assert requests[0]["appendDimension"] == {"sheetId": 0, "dimension": "ROWS", "length": 1}
    assert requests[1]["appendDimension"] == {"sheetId": 0, "dimension": "COLUMNS", "length": 1}
    assert action.writes(book) == (GridRange(0, 98, 101, 18, 21),)


def test_a_place_too_far_out_is_refused(book):
    with pytest.raises(ActionError, match="too far out"):
        make("write_cell", target="Orders!A9999999", value="1").requests(book)


def test_an_unknown_sheet_is_refused_with_the_closest_one(book):
    with pytest.raises(ActionError, match="Did you mean “Orders”"):
        make("write_cell", target="Order!A1", value="1").requests(book)


class TestWriteTable:
    def test_types_and_blanks(self, book, judge):
        values = [["Name", "Sum", "Day"], ["007", "1.5", "2024-01-31"], ["=A1", "", "x"]]
        requests = make("write_table", target="Orders!J1", values=values).requests(book)
        judge(requests)
        rows = one(requests, "updateCells")["rows"]
        assert [[cell.get("userEnteredValue") for cell in row["values"]] for row in rows] == [
            [{"stringValue": "Name"}, {"stringValue": "Sum"}, {"stringValue": "Day"}],
            [{"stringValue": "007"}, {"numberValue": 1.5}, {"numberValue": 45322.0}],
            [{"stringValue": "=A1"}, None, {"stringValue": "x"}],
        ]
        assert one(requests, "updateCells")["fields"] == "userEnteredValue"
        form = one(requests, "repeatCell")
        assert form["range"] == GridRange(0, 1, 2, 11, 12).to_api()
        assert form["cell"] == {"userEnteredFormat": {"numberFormat": {"type": "DATE"}}}
        assert form["fields"] == "userEnteredFormat.numberFormat"

    def test_ragged_rows_are_filled_up(self, book):
        action = make("write_table", target="Orders!J1", values=[["a", "b"], ["c"]])
        rows = one(action.requests(book), "updateCells")["rows"]
        assert [len(row["values"]) for row in rows] == [2, 2]
        assert action.writes(book) == (GridRange(0, 0, 2, 9, 11),)

    def test_formulas_when_asked_for(self, book_of):
        book = book_of(locale="ru_RU")
        action = make("write_table", target="Orders!J1", values=[["=SUM(A1,B2:B3)", "'=A1"]], formulas=True)
        cells = one(action.requests(book), "updateCells")["rows"][0]["values"]
        assert cells[0]["userEnteredValue"] == {"formulaValue": "=SUM(A1;B2:B3)"}
        assert cells[1]["userEnteredValue"] == {"stringValue": "=A1"}
        assert action.reads(book) == [GridRange(0, 0, 1, 0, 1), GridRange(0, 1, 3, 1, 2)]

    def test_a_cell_with_a_date_format_keeps_it(self, book_of):
        shown = {"effectiveFormat": {"numberFormat": {"type": "DATE", "pattern": "d mmm"}}}
        book = book_of({"Orders": [[shown, shown], [None, None]]})
        requests = make("write_table", target="Orders!A1", values=[["2024-01-01", "5%"], ["2024-01-02", ""]]).requests(
            book
        )
        formats = [request["repeatCell"] for request in requests if "repeatCell" in request]
        assert [(form["range"]["startRowIndex"], form["range"]["startColumnIndex"]) for form in formats] == [
            (1, 0),
            (0, 1),
        ]


class TestWriteCell:
    def test_one_cell_only(self, book):
        with pytest.raises(ActionError, match="more than one cell"):
            make("write_cell", target="Orders!A1:B2", value="1").requests(book)

    def test_a_formula_without_its_equals_sign_is_one_all_the_same(self):
        assert make("repeat_formula", target="Orders!F2:F4", formula=" ROUND(D2;1)").formula == "=ROUND(D2,1)"

    def test_reads_what_the_formula_refers_to(self, book):
        action = make("write_cell", target="P1!A1", value="=SUM('It''s here'!B2:B)+$C$4+nowhere!A1")
        assert action.reads(book) == [GridRange(102, 1, None, 1, 2), GridRange(103, 3, 4, 2, 3)]

    def test_reads_named_ranges(self, book_of):
        area = {"startRowIndex": 1, "endRowIndex": 4, "startColumnIndex": 5, "endColumnIndex": 6}
        book = book_of(named=[{"name": "Revenue", "namedRangeId": "7", "range": area}])
        assert make("write_cell", target="Orders!J1", value="=SUM(Revenue)").reads(book) == [GridRange(0, 1, 4, 5, 6)]


class TestRepeatFormula:
    def test_one_request_in_the_spreadsheets_locale(self, book_of, judge):
        book = book_of(locale="ru_RU")
        action = make("repeat_formula", target="Orders!H2:H4", formula="=ROUND(D2*E2*1.2,1)")
        requests = action.requests(book)
        judge(requests)
        assert requests == [
            {
                "repeatCell": {
                    "range": GridRange(0, 1, 4, 7, 8).to_api(),
                    "cell": {"userEnteredValue": {"formulaValue": "=ROUND(D2*E2*1,2;1)"}},
                    "fields": "userEnteredValue",
                }
            }
        ]

    def test_reads_follow_the_relative_references_over_the_target(self, book):
        action = make("repeat_formula", target="Orders!H2:I4", formula="=D2*$E$1+$F2+SUM(A:A)")
        assert action.reads(book) == [
            GridRange(0, 1, 4, 3, 5),
            GridRange(0, 0, 1, 4, 5),
            GridRange(0, 1, 4, 5, 6),
            GridRange(0, None, None, 0, 2),
        ]

    def test_an_open_target_is_refused(self, book):
        with pytest.raises(ActionError, match="no last row"):
            make("repeat_formula", target="Orders!H2:H", formula="=D2").requests(book)

    def test_a_forgotten_equals_sign_is_added(self, book):
        assert make("repeat_formula", target="Orders!H2:H4", formula="D2*2").formula == "=D2*2"


class TestFillSeries:
    def series(self, book, start, count=5, **fields):
        requests = make("fill_series", target=f"Orders!J1:J{count}", start=start, **fields).requests(book)
        rows = one(requests, "updateCells")["rows"]
        return [next(iter(row["values"][0]["userEnteredValue"].values())) for row in rows]

    def test_numbers_without_rounding_noise(self, book):
        assert self.series(book, "0.1", 4, step=0.1) == [0.1, 0.2, 0.3, 0.4]
        assert self.series(book, "10", 3, step=-5) == [10, 5, 0]

    def test_dates_by_every_unit(self, book):
        assert self.series(book, "2024-01-31", 3, unit="month") == [45322, 45351, 45382]
        assert self.series(book, "2024-02-29", 2, unit="year") == [45351, 45716]
        assert self.series(book, "2024-01-01", 3) == [45292, 45293, 45294]
        assert self.series(book, "2024-01-01", 3, unit="week", step=2) == [45292, 45306, 45320]

    def test_workdays_leave_weekends_out(self, book):
        friday = 45296  # 2024-01-05
        assert self.series(book, "2024-01-05", 4, unit="workday") == [friday, friday + 3, friday + 4, friday + 5]
        assert self.series(book, "2024-01-05", 3, unit="workday", step=5) == [friday, friday + 7, friday + 14]
        assert self.series(book, "2024-01-08", 3, unit="workday", step=-1) == [friday + 3, friday, friday - 1]

    def test_names_go_round_in_the_case_they_began(self, book, book_of):
        assert self.series(book, "Friday", 4) == ["Friday", "Saturday", "Sunday", "Monday"]
        assert self.series(book, "MON", 3, step=2) == ["MON", "WED", "FRI"]
        assert self.series(book, "декабрь", 2) == ["декабрь", "январь"]
        assert self.series(book_of(locale="ru_RU"), "Пн", 8)[5:] == ["Сб", "Вс", "Пн"]
        assert self.series(book_of(locale="de_DE"), "Montag", 2) == ["Montag", "Dienstag"]

    def test_texts_with_a_number_go_on(self, book):
        assert self.series(book, "Item 9", 3) == ["Item 9", "Item 10", "Item 11"]
        assert self.series(book, "Q007-A", 2) == ["Q007-A", "Q008-A"]

    def test_a_row_is_filled_to_the_right(self, book):
        requests = make("fill_series", target="Orders!J1:L1", start="1").requests(book)
        [row] = one(requests, "updateCells")["rows"]
        assert [cell["userEnteredValue"]["numberValue"] for cell in row["values"]] == [1, 2, 3]

    @pytest.mark.parametrize(
        ("fields", "message"),
        [
            ({"start": "apple"}, "begins no series"),
            ({"start": "TRUE"}, "begins no series"),
            ({"start": "1", "unit": "month"}, "needs a date"),
            ({"start": "2024-01-01", "unit": "month", "step": 0.5}, "whole step"),
            ({"start": "2024-01-01", "unit": "year", "step": 9000}, "leaves the calendar"),
            ({"start": "1", "target": "Orders!J1:K2"}, "is a block"),
        ],
    )
    def test_what_is_no_series(self, book, fields, message):
        with pytest.raises(ActionError, match=message):
            make("fill_series", **{"target": "Orders!J1:J3", **fields}).requests(book)


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


class TestData:
    def test_sort_leaves_the_header_out(self, book):
        body = one(make("sort_range", target="Orders!A1:G4", by=["Region", "F desc"]).requests(book), "sortRange")
        assert body["range"] == GridRange(0, 1, 4, 0, 7).to_api()
        assert body["sortSpecs"] == [
            {"dimensionIndex": 1, "sortOrder": "ASCENDING"},
            {"dimensionIndex": 5, "sortOrder": "DESCENDING"},
        ]

    def test_filter_conditions(self, book, judge):
        conditions = ["Status is not Paid", "Date after 2024-01-01", "Region in North; South", "Qty between 1 and 3"]
        requests = make("filter_range", target="Orders!A1:G4", conditions=conditions).requests(book)
        judge(requests)
        specs = one(requests, "setBasicFilter")["filter"]["filterSpecs"]
        found = [(spec["columnIndex"], spec["filterCriteria"]["condition"]) for spec in specs]
        texts = [
            (column, body["type"], [value["userEnteredValue"] for value in body["values"]]) for column, body in found
        ]
        assert texts == [
            (6, "CUSTOM_FORMULA", ['=$G2<>"Paid"']),
            (0, "DATE_AFTER", ["2024-01-01"]),
            (1, "CUSTOM_FORMULA", ['=OR($B2="North",$B2="South")']),
            (3, "NUMBER_BETWEEN", ["1", "3"]),
        ]

    def test_clearing_a_filter(self, book):
        assert make("filter_range", target="P1", clear=True).requests(book) == [{"clearBasicFilter": {"sheetId": 103}}]

    def test_remove_duplicates_by_column(self, book):
        body = one(
            make("remove_duplicates", target="Orders!A1:G4", columns=["Region"]).requests(book), "deleteDuplicates"
        )
        assert body["range"] == GridRange(0, 1, 4, 0, 7).to_api()
        assert body["comparisonColumns"] == [{"sheetId": 0, "dimension": "COLUMNS", "startIndex": 1, "endIndex": 2}]

    def test_split_names_the_columns_it_fills(self, book_of):
        book = book_of({"Orders": [["a;b;c"], ["d;e"]]}, size=(5, 2))
        action = make("split_text", target="Orders!A1:A2", delimiter=";")
        assert action.writes(book) == (GridRange(0, 0, 2, 0, 3),)
        assert one(action.requests(book), "appendDimension")["length"] == 1
        assert one(action.requests(book), "textToColumns")["delimiterType"] == "SEMICOLON"

    def test_find_replace_scopes(self, book):
        def bodies(**fields):
            requests = make("find_replace", find="a", replacement="b", **fields).requests(book)
            return [request["findReplace"] for request in requests]

        def body(**fields):
            (found,) = bodies(**fields)
            return found

        assert [one["sheetId"] for one in bodies()] == [sheet.sheet_id for sheet in book.sheets]
        assert body(target="Продажи")["sheetId"] == 101
        assert body(target="Orders!A1:B2")["range"] == GridRange(0, 0, 2, 0, 2).to_api()


class TestFormats:
    def test_only_what_is_named_is_in_the_mask(self, book):
        action = make(
            "format_cells",
            target="Orders!A1:G1",
            style=["bold", "not italic"],
            background="#fff",
            alignment=["center", "middle"],
            number_format="percent",
            text_color="dark blue",
            wrap="overflow",
        )
        body = one(action.requests(book), "repeatCell")
        assert set(body["fields"].replace("userEnteredFormat.", "").split(",")) == {
            "textFormat.bold",
            "textFormat.italic",
            "textFormat.foregroundColorStyle",
            "numberFormat",
            "backgroundColorStyle",
            "horizontalAlignment",
            "verticalAlignment",
            "wrapStrategy",
        }
        form = body["cell"]["userEnteredFormat"]
        assert form["textFormat"]["bold"] is True
        assert form["textFormat"]["italic"] is False
        assert form["backgroundColorStyle"] == {"rgbColor": {"red": 1, "green": 1, "blue": 1}}
        assert form["numberFormat"] == {"type": "PERCENT", "pattern": "0.00%"}

    @pytest.mark.parametrize(
        ("text", "locale", "wanted"),
        [
            ("currency", "ru_RU", {"type": "CURRENCY", "pattern": "#,##0.00\u00a0[$₽]"}),
            ('#,##0 "₽"', "en_US", {"type": "CURRENCY", "pattern": '#,##0 "₽"'}),
            ("0.0%", "en_US", {"type": "PERCENT", "pattern": "0.0%"}),
            ("dd.mm.yyyy", "en_US", {"type": "DATE", "pattern": "dd.mm.yyyy"}),
            ("yyyy-mm-dd hh:mm", "en_US", {"type": "DATE_TIME", "pattern": "yyyy-mm-dd hh:mm"}),
            ("h:mm", "en_US", {"type": "TIME", "pattern": "h:mm"}),
            ("0.00E+00", "en_US", {"type": "SCIENTIFIC", "pattern": "0.00E+00"}),
            ("0.0", "en_US", {"type": "NUMBER", "pattern": "0.0"}),
        ],
    )
    def test_number_formats(self, book_of, text, locale, wanted):
        requests = make("format_cells", target="Orders!A1", number_format=text).requests(book_of(locale=locale))
        assert one(requests, "repeatCell")["cell"]["userEnteredFormat"]["numberFormat"] == wanted

    def test_automatic_takes_the_format_away(self, book):
        body = one(make("format_cells", target="Orders!A1", number_format="automatic").requests(book), "repeatCell")
        assert body["cell"] == {"userEnteredFormat": {}}
        assert body["fields"] == "userEnteredFormat.numberFormat"

    @pytest.mark.parametrize(
        ("fields", "message"),
        [
            ({}, "Nothing is to be formatted"),
            ({"background": "reddish"}, "not a colour"),
            ({"number_format": "nice"}, "not a number"),
        ],
    )
    def test_refusals(self, book, fields, message):
        with pytest.raises(ActionError, match=message):
            make("format_cells", target="Orders!A1", **fields).requests(book)

    def test_borders(self, book, judge):
        requests = make("set_borders", target="Orders!A1:B2", sides=["outer", "horizontal"], style="thick").requests(
            book
        )
        judge(requests)
        body = one(requests, "updateBorders")
        assert set(body) == {"range", "top", "bottom", "left", "right", "innerHorizontal"}
        assert body["top"]["style"] == "SOLID_THICK"
        removed = one(make("set_borders", target="Orders!A1:B2", style="none").requests(book), "updateBorders")
        assert removed["innerVertical"] == {"style": "NONE"}

    def test_merging_loses_all_but_the_first(self, book):
        assert make("merge_cells", target="Orders!A1:C2").writes(book) == [
            GridRange(0, 0, 1, 1, 3),
            GridRange(0, 1, 2, 0, 3),
        ]
        assert make("merge_cells", target="Orders!A1:C2", mode="rows").writes(book) == [GridRange(0, 0, 2, 1, 3)]
        with pytest.raises(ActionError, match="is one cell"):
            make("merge_cells", target="Orders!A1").requests(book)


class TestRules:
    def test_conditions_and_formulas_of_formats(self, book_of, judge):
        book = book_of(locale="ru_RU")

        def rule(**fields):
            requests = make("conditional_format", target="Orders!F2:F4", background="light red", **fields).requests(
                book
            )
            judge(requests)
            return one(requests, "addConditionalFormatRule")["rule"]["booleanRule"]["condition"]

        assert rule(condition="> 0.5") == {"type": "NUMBER_GREATER", "values": [{"userEnteredValue": "0,5"}]}
        assert rule(condition="is empty") == {"type": "BLANK"}
        assert rule(condition="= Оплачен") == {"type": "TEXT_EQ", "values": [{"userEnteredValue": "Оплачен"}]}
        assert rule(condition="before today") == {"type": "DATE_BEFORE", "values": [{"relativeDate": "TODAY"}]}
        custom = {"type": "CUSTOM_FORMULA", "values": [{"userEnteredValue": "=OR($F2>1,5;$A2=1)"}]}
        assert rule(formula="=OR($F2>1.5,$A2=1)") == custom
        assert rule(condition="<> x") == {"type": "CUSTOM_FORMULA", "values": [{"userEnteredValue": '=F2<>"x"'}]}

    def test_a_colour_scale(self, book):
        action = make("conditional_format", target="Orders!F2:F4", scale=["red", "white", "green"])
        gradient = one(action.requests(book), "addConditionalFormatRule")["rule"]["gradientRule"]
        assert [gradient[point]["type"] for point in ("minpoint", "midpoint", "maxpoint")] == [
            "MIN",
            "PERCENTILE",
            "MAX",
        ]

    @pytest.mark.parametrize(
        "fields",
        [{}, {"condition": "> 1"}, {"condition": "> 1", "formula": "=A1", "background": "red"}, {"scale": ["red"]}],
    )
    def test_a_format_needs_one_reason_and_a_look(self, book, fields):
        with pytest.raises(ActionError):
            make("conditional_format", target="Orders!F2:F4", **fields).requests(book)

    @pytest.mark.parametrize(
        ("fields", "condition"),
        [
            ({"allow": "list", "items": ["a", "b"]}, ("ONE_OF_LIST", ["a", "b"])),
            ({"allow": "list", "source": "'It''s here'!A2:A"}, ("ONE_OF_RANGE", ["='It''s here'!A2:A100"])),
            ({"allow": "condition", "condition": "between 0.5 and 10"}, ("NUMBER_BETWEEN", ["0.5", "10"])),
            ({"allow": "condition", "condition": "on or after 2024-01-01"}, ("DATE_ON_OR_AFTER", ["2024-01-01"])),
            ({"allow": "condition", "condition": "is an email"}, ("TEXT_IS_EMAIL", [])),
            ({"allow": "checkbox"}, ("BOOLEAN", [])),
            ({"allow": "date"}, ("DATE_IS_VALID", [])),
            ({"allow": "formula", "formula": "ISEVEN(D2)"}, ("CUSTOM_FORMULA", ["=ISEVEN(D2)"])),
        ],
    )
    def test_validation(self, book, judge, fields, condition):
        requests = make("data_validation", target="Orders!D2:D4", **fields).requests(book)
        judge(requests)
        found = one(requests, "setDataValidation")["rule"]["condition"]
        assert (found["type"], [value["userEnteredValue"] for value in found.get("values", [])]) == condition

    def test_lifting_a_validation(self, book):
        assert "rule" not in one(
            make("data_validation", target="Orders!D2", allow="anything").requests(book), "setDataValidation"
        )


class TestRowsAndColumns:
    def test_insert_and_delete(self, book):
        inserted = one(make("insert_rows", target="Orders!2:4", inherit="after").requests(book), "insertDimension")
        assert inserted == {
            "range": {"sheetId": 0, "dimension": "ROWS", "startIndex": 1, "endIndex": 4},
            "inheritFromBefore": False,
        }
        columns = one(make("insert_columns", target="P1!C:D").requests(book), "insertDimension")
        assert columns["range"] == {"sheetId": 103, "dimension": "COLUMNS", "startIndex": 2, "endIndex": 4}
        assert columns["inheritFromBefore"] is True
        assert make("insert_rows", target="Orders!101:103").requests(book) == [
            {"appendDimension": {"sheetId": 0, "dimension": "ROWS", "length": 3}}
        ]
        assert make("delete_columns", target="Orders!C:D").writes(book) == (GridRange(0, None, None, 2, 4),)

    @pytest.mark.parametrize(
        ("kind", "target", "message"),
        [
            ("delete_rows", "Orders!1:100", "whole sheet"),
            ("delete_rows", "Orders!C:D", "does not name rows"),
            ("insert_columns", "Orders!2:3", "does not name columns"),
        ],
    )
    def test_refusals(self, book, kind, target, message):
        with pytest.raises(ActionError, match=message):
            make(kind, target=target).requests(book)

    def test_resizing(self, book):
        assert "autoResizeDimensions" in make("resize_columns", target="Orders!A:C").requests(book)[0]
        whole = one(make("resize_columns", target="Orders", width=80).requests(book), "updateDimensionProperties")
        assert whole["range"] == {"sheetId": 0, "dimension": "COLUMNS", "startIndex": 0, "endIndex": 20}


class TestSheetsAndRanges:
    def test_ids_come_from_names_and_are_free(self, book):
        [first] = make("add_sheet", target="Сводная").requests(book)
        assert first == make("add_sheet", target="Сводная").requests(book)[0]
        assert first["addSheet"]["properties"]["sheetId"] not in [sheet.sheet_id for sheet in book.sheets]

    @pytest.mark.parametrize(
        ("kind", "fields", "message"),
        [
            ("add_sheet", {"target": "orders"}, "already a sheet “Orders”"),
            ("rename_sheet", {"target": "P1", "name": "Orders"}, "already a sheet"),
            ("duplicate_sheet", {"source": "P1", "target": "Orders"}, "already a sheet"),
            ("freeze", {"target": "Orders"}, "how many rows"),
            ("freeze", {"target": "Orders", "rows": 100}, "must stay free"),
            ("named_range", {"target": "Orders!A1", "name": "A1"}, "cannot name a range"),
            ("named_range", {"target": "Orders!A1", "name": "two words"}, "cannot name a range"),
        ],
    )
    def test_refusals(self, book, kind, fields, message):
        with pytest.raises(ActionError, match=message):
            make(kind, **fields).requests(book)

    def test_the_last_visible_sheet_stays(self, book_of):
        with pytest.raises(ActionError, match="only visible sheet"):
            make("delete_sheet", target="Orders").requests(book_of())

    def test_a_sheet_may_be_renamed_in_case_only(self, book):
        body = one(make("rename_sheet", target="Orders", name="ORDERS").requests(book), "updateSheetProperties")
        assert body == {"properties": {"sheetId": 0, "title": "ORDERS"}, "fields": "title"}

    def test_copies_name_where_they_land(self, book):
        assert make("copy_range", source="Orders!A1:B2", target="P1!C3").writes(book) == (GridRange(103, 2, 4, 2, 4),)
        assert make("copy_range", source="Orders!A1:B2", target="P1!C3:D8").writes(book) == (
            GridRange(103, 2, 8, 2, 4),
        )
        assert make("copy_range", source="Orders!A1:C2", target="P1!C3", transpose=True).writes(book) == (
            GridRange(103, 2, 5, 2, 4),
        )
        moved = make("move_range", source="Orders!A1:B2", target="P1!C3")
        assert moved.writes(book) == (GridRange(0, 0, 2, 0, 2), GridRange(103, 2, 4, 2, 4))

    def test_an_existing_name_is_moved(self, book_of):
        area = {"startRowIndex": 1, "endRowIndex": 4, "startColumnIndex": 5, "endColumnIndex": 6}
        book = book_of(named=[{"name": "Revenue", "namedRangeId": "7", "range": area}])
        body = one(make("named_range", target="Orders!A1:A3", name="revenue").requests(book), "updateNamedRange")
        assert body == {
            "namedRange": {"namedRangeId": "7", "range": GridRange(0, 0, 3, 0, 1).to_api()},
            "fields": "range",
        }

    def test_clearing_masks(self, book):
        body = one(make("clear_range", target="Orders!A2:B", what="both").requests(book), "updateCells")
        assert body == {"range": GridRange(0, 1, 100, 0, 2).to_api(), "fields": "userEnteredValue,userEnteredFormat"}
        assert not make("clear_range", target="Orders", what="formats").changes_contents()

    def test_reading_compiles_to_nothing(self, book):
        action = make("read_range", source="'It''s here'!B2:C3")
        assert action.requests(book) == []
        assert action.reads(book) == (GridRange(102, 1, 3, 1, 3),)


def test_every_action_has_a_class_of_its_own():
    assert len(set(ACTIONS.values())) == len(ACTIONS) >= 30


def test_formulas_are_told_apart_from_texts():
    table = make("write_table", target="A1", values=[["=A1", "x"], ["=B1", ""]])
    assert table.formula_texts() == []
    assert table.model_copy(update={"formulas": True}).formula_texts() == ["=A1", "=B1"]
    assert make("write_cell", target="A1", value="120").formula_texts() == []
    rule = make("conditional_format", target="A1:A9", formula="=OR(A1>1;A1<0)", background="red")
    assert rule.formula_texts() == ["=OR(A1>1,A1<0)"]


def test_a_new_sheet_loses_the_apostrophes_of_a_range():
    assert make("add_sheet", target="'It''s 2024'").target == "It's 2024"
    assert make("add_sheet", target="'90s hits").target == "'90s hits"
    assert make("rename_sheet", target="P1", name="'Мой лист'").name == "Мой лист"


def test_nothing_is_loaded_where_nothing_can_be_lost(book):
    assert make("write_table", target="Orders!A1", values=[["a", "b"]]).looks(book) == ()
    assert make("write_table", target="Orders!A1", values=[["a", "1"]]).looks(book) == (GridRange(0, 0, 1, 0, 2),)
    assert make("fill_constant", target="Orders!A1:A9", value="5%").looks(book) == (GridRange(0, 0, 9, 0, 1),)
