import pytest


def titled(spreadsheet, *titles):
    spreadsheet.batch(*({"addSheet": {"properties": {"title": title}}} for title in titles))


@pytest.mark.parametrize(
    ("asked", "answered"),
    [
        ("Sheet1", "Sheet1!A1:Z1000"),
        ("'Sheet1'", "Sheet1!A1:Z1000"),
        ("sheet1!b2", "Sheet1!B2"),
        ("A2:2", "Sheet1!A2:Z2"),
        ("A1:C", "Sheet1!A1:C1000"),
        ("A:A", "Sheet1!A1:A1000"),
        ("3:4", "Sheet1!A3:Z4"),
        ("D4:A1", "Sheet1!A1:D4"),
        ("A1:A1", "Sheet1!A1"),
        ("$B$2:$C$3", "Sheet1!B2:C3"),
        ("Y999:AB1200", "Sheet1!Y999:Z1000"),
        ("Sheet1!R2C3:R4C5", "Sheet1!C2:E4"),
    ],
)
def test_a_range_comes_back_normalised_and_clipped_to_the_grid(spreadsheet, asked, answered):
    assert spreadsheet.read(asked) == {"range": answered, "majorDimension": "ROWS"}


@pytest.mark.parametrize(
    ("title", "asked", "answered"),
    [
        ("D3", "'D3'!A1", "'D3'!A1"),
        ("D3", "'D3'", "'D3'!A1:Z1000"),
        ("Продажи", "Продажи!A1", "'Продажи'!A1"),
        ("Отчёт за май", "'Отчёт за май'!B2:C3", "'Отчёт за май'!B2:C3"),
        ("it's", "'it''s'!A1", "'it''s'!A1"),
        ("a/b:c", "'a/b:c'!A1", "'a/b:c'!A1"),
        ("wksht_test", "wksht_test!A1", "wksht_test!A1"),
        ("100%", "'100%'!A1", "'100%'!A1"),
    ],
)
def test_titles_of_any_kind_name_their_sheet(spreadsheet, title, asked, answered):
    titled(spreadsheet, title)
    assert spreadsheet.read(asked)["range"] == answered


def test_a_bare_cell_is_a_cell_of_the_first_sheet_even_if_a_tab_is_named_so(spreadsheet):
    titled(spreadsheet, "P1")
    assert spreadsheet.read("P1")["range"] == "Sheet1!P1"


def test_named_ranges_are_read_by_name(spreadsheet):
    area = {"sheetId": 0, "startRowIndex": 0, "endRowIndex": 3, "startColumnIndex": 1, "endColumnIndex": 3}
    spreadsheet.batch({"addNamedRange": {"namedRange": {"name": "Prices", "range": area}}})
    assert spreadsheet.read("Prices")["range"] == "Sheet1!B1:C3"
    assert spreadsheet.read("'Sheet1'!Prices")["range"] == "Sheet1!B1:C3"


@pytest.mark.parametrize("asked", ["Nowhere!A1", "nothing", "A1:B2:C3", "Sheet1!A0", "'Sheet1", "Sheet1!", "A1B"])
def test_what_names_nothing_cannot_be_parsed(spreadsheet, refused, asked):
    error = refused(lambda: spreadsheet.read(asked))
    assert error == {"code": 400, "message": f"Unable to parse range: {asked}", "status": "INVALID_ARGUMENT"}


@pytest.mark.parametrize(("asked", "shown"), [("A2000", "Sheet1!A2000"), ("Sheet1!AA1:AC9", "Sheet1!AA1:AC9")])
def test_a_range_past_the_grid_is_refused(spreadsheet, refused, asked, shown):
    error = refused(lambda: spreadsheet.read(asked))
    assert error["message"] == f"Range ({shown}) exceeds grid limits. Max rows: 1000, max columns: 26"


def test_trailing_blanks_are_cut_and_inner_ones_kept(spreadsheet):
    spreadsheet.write("A1", [["a", None, "c", None], [], [None, "b"], [None]])
    assert spreadsheet.cells("A1:F9") == [["a", "", "c"], [], ["", "b"]]
    assert spreadsheet.cells("A1:F9", majorDimension="COLUMNS") == [["a"], ["", "", "b"], ["c"]]
    assert "values" not in spreadsheet.read("D1:F9")


def test_one_value_in_every_rendering(spreadsheet):
    spreadsheet.write("A1", [["1.45"], ["2,000,000.01"], ["2020-01-01"], ["TRUE"], ["=4/2"], ["0042"], ["3_1_0"]])

    def column(**options):
        [values] = spreadsheet.cells("A1:A9", majorDimension="COLUMNS", **options)
        return values

    assert column() == ["1.45", "2,000,000.01", "2020-01-01", "TRUE", "2", "42", "3_1_0"]
    plain = [1.45, 2000000.01, 43831, True, 2, 42, "3_1_0"]
    assert column(valueRenderOption="UNFORMATTED_VALUE") == plain
    assert column(valueRenderOption="FORMULA") == [*plain[:4], "=4/2", *plain[5:]]
    dated = column(valueRenderOption="UNFORMATTED_VALUE", dateTimeRenderOption="FORMATTED_STRING")
    assert dated == [*plain[:2], "2020-01-01", *plain[3:]]


def test_several_ranges_in_the_order_asked(spreadsheet):
    spreadsheet.write("A1", [["a", "b"]])
    answer = spreadsheet.values.batchGet(spreadsheetId=spreadsheet.id, ranges=["B1", "A1:B1", "C5"]).execute()
    assert answer == {
        "spreadsheetId": spreadsheet.id,
        "valueRanges": [
            {"range": "Sheet1!B1", "majorDimension": "ROWS", "values": [["b"]]},
            {"range": "Sheet1!A1:B1", "majorDimension": "ROWS", "values": [["a", "b"]]},
            {"range": "Sheet1!C5", "majorDimension": "ROWS"},
        ],
    }


def test_so_many_ranges_that_the_address_travels_in_the_body(spreadsheet):
    """googleapiclient turns a long GET into a POST with x-http-method-override."""
    spreadsheet.write("A1", [["a"]])
    ranges = [f"Sheet1!A{row}:Z{row}" for row in range(1, 301)]
    answer = spreadsheet.values.batchGet(spreadsheetId=spreadsheet.id, ranges=ranges).execute()
    assert [item["range"] for item in answer["valueRanges"]] == ranges
    assert answer["valueRanges"][0]["values"] == [["a"]]


def test_a_mask_cuts_the_answer(spreadsheet):
    spreadsheet.write("A1", [["a"]])
    assert spreadsheet.read("A1", fields="values") == {"values": [["a"]]}


def test_data_filters_pick_ranges(spreadsheet):
    spreadsheet.write("A1", [["a", "b"]])
    area = {"sheetId": 0, "startRowIndex": 0, "endRowIndex": 1, "startColumnIndex": 1, "endColumnIndex": 2}
    filters = [{"a1Range": "A1:B1"}, {"gridRange": area}]
    answer = spreadsheet.values.batchGetByDataFilter(
        spreadsheetId=spreadsheet.id, body={"dataFilters": filters}
    ).execute()
    ranges = [item["valueRange"]["values"] for item in answer["valueRanges"]]
    assert ranges == [[["a", "b"]], [["b"]]]
    assert [item["dataFilters"] for item in answer["valueRanges"]] == [[filters[0]], [filters[1]]]


def test_a_spreadsheet_that_does_not_exist(service, refused):
    error = refused(lambda: service.spreadsheets().values().get(spreadsheetId="nothing", range="A1").execute())
    assert error == {"code": 404, "message": "Requested entity was not found.", "status": "NOT_FOUND"}
