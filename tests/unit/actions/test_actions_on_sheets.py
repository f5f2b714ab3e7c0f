"""What actions on rows, columns, sheets and names compile to, and what all actions have in common."""

import pytest
from action_making import make, one

from sheets_agent.a1 import GridRange
from sheets_agent.actions import ACTIONS
from sheets_agent.errors import ActionError


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
