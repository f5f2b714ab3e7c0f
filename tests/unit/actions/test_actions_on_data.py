"""What sorting, filtering and the looks of cells compile to."""

import pytest
from action_making import make, one

from sheets_agent.a1 import GridRange
from sheets_agent.errors import ActionError


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
