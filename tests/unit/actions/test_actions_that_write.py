"""What actions that fill cells compile to."""

import pytest
from action_making import PLACES, make, one

from sheets_agent.a1 import GridRange
from sheets_agent.errors import ActionError


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
