import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st


def test_the_answer_names_the_anchor_with_the_shape_that_was_sent(spreadsheet):
    assert spreadsheet.write("A1:B2", [["a", "b"]]) == {
        "spreadsheetId": spreadsheet.id,
        "updatedRange": "Sheet1!A1:B1",
        "updatedRows": 1,
        "updatedColumns": 2,
        "updatedCells": 2,
    }
    assert spreadsheet.write("A1", [[1] * 4] * 4)["updatedRange"] == "Sheet1!A1:D4"


def test_null_skips_a_cell_and_an_empty_text_clears_it(spreadsheet):
    spreadsheet.write("A1", [["a", "b", "c"]])
    answer = spreadsheet.write("A1:D6", [[None, ""], [], [], [], [], [None, None, None, "z"]])
    assert answer["updatedRange"] == "Sheet1!A1:D6"
    assert (answer["updatedRows"], answer["updatedColumns"], answer["updatedCells"]) == (2, 2, 2)
    assert spreadsheet.cells("A1:C1") == [["a", "", "c"]]


def test_ragged_rows_count_their_cells(spreadsheet):
    answer = spreadsheet.write("A1", [[1, 2], [1, 2, 3, 4]])
    assert (answer["updatedRows"], answer["updatedColumns"], answer["updatedCells"]) == (2, 4, 6)


def test_columns_are_written_downwards(spreadsheet):
    spreadsheet.write("A1", [["a", "b"], ["c"]], majorDimension="COLUMNS")
    assert spreadsheet.cells("A1:C3") == [["a", "c"], ["b"]]


def test_raw_values_stay_what_they_are(spreadsheet):
    spreadsheet.write("A1", [["=1+1", "12345", 5, True, "2020-01-01", "", 0]], "RAW")
    shown = spreadsheet.cells("A1:G1", valueRenderOption="UNFORMATTED_VALUE")
    assert shown == [["=1+1", "12345", 5, True, "2020-01-01", "", 0]]


def test_what_was_written_comes_back_when_asked_for(spreadsheet):
    answer = spreadsheet.write("B2:C9", [["$1.50", ""]], includeValuesInResponse=True)
    assert answer["updatedData"] == {"range": "Sheet1!B2:C2", "majorDimension": "ROWS", "values": [["$1.50"]]}


@pytest.mark.parametrize(
    ("asked", "values", "said"),
    [
        ("A1:B2", [[1], [2], [3]], "Requested writing within range [Sheet1!A1:B2], but tried writing to row [3]"),
        ("A1:B2", [[1, 2, 3]], "Requested writing within range [Sheet1!A1:B2], but tried writing to column [C]"),
        ("A1000", [[1], [2]], "Range (Sheet1!A1000:A1001) exceeds grid limits. Max rows: 1000, max columns: 26"),
        ("A1001", [[1]], "Range (Sheet1!A1001) exceeds grid limits. Max rows: 1000, max columns: 26"),
        ("A1", [[{"a": 1}]], 'Invalid values[0][0]: struct_value {"a": 1}'),
        ("A1", [["x" * 50_001]], "Your input contains more than the maximum of 50000 characters in a single cell."),
        ("Nowhere!A1", [[1]], "Unable to parse range: Nowhere!A1"),
    ],
)
def test_refused_writes_change_nothing(spreadsheet, refused, asked, values, said):
    assert refused(lambda: spreadsheet.write(asked, values))["message"] == said
    assert "values" not in spreadsheet.read("Sheet1")


def test_a_missing_input_option_is_refused(spreadsheet, refused):
    call = spreadsheet.values.update(spreadsheetId=spreadsheet.id, range="A1", body={"values": [[1]]})
    assert refused(call.execute)["message"] == "'valueInputOption' is required but not specified"


def test_the_body_is_judged_before_the_range(spreadsheet, refused):
    description = "Invalid value at 'data.values' (type.googleapis.com/google.protobuf.ListValue), \"X\""
    violation = {"field": "data.values", "description": description}
    assert refused(lambda: spreadsheet.write("nonsense", "X")) == {
        "code": 400,
        "message": description,
        "status": "INVALID_ARGUMENT",
        "details": [{"@type": "type.googleapis.com/google.rpc.BadRequest", "fieldViolations": [violation]}],
    }


def test_several_ranges_count_distinct_rows_and_columns(spreadsheet):
    data = [{"range": "A1:D1", "values": [[1, 2, 3, 4]]}, {"range": "A4:D4", "values": [[1, 2, 3, 4]]}]
    body = {"valueInputOption": "RAW", "data": data}
    answer = spreadsheet.values.batchUpdate(spreadsheetId=spreadsheet.id, body=body).execute()
    assert [item["updatedRange"] for item in answer.pop("responses")] == ["Sheet1!A1:D1", "Sheet1!A4:D4"]
    assert answer == {
        "spreadsheetId": spreadsheet.id,
        "totalUpdatedRows": 2,
        "totalUpdatedColumns": 4,
        "totalUpdatedCells": 8,
        "totalUpdatedSheets": 1,
    }


def test_several_ranges_are_written_all_or_none(spreadsheet, refused):
    data = [{"range": "A1", "values": [[1]]}, {"range": "A5000", "values": [[1]]}]
    body = {"valueInputOption": "RAW", "data": data}
    call = spreadsheet.values.batchUpdate(spreadsheetId=spreadsheet.id, body=body)
    assert "exceeds grid limits" in refused(call.execute)["message"]
    assert spreadsheet.cells("A1") == []


def test_data_filters_pick_what_is_written_and_cleared(spreadsheet):
    data = [{"dataFilter": {"a1Range": "B2:C2"}, "values": [["x", "y"]]}]
    body = {"valueInputOption": "RAW", "data": data}
    answer = spreadsheet.values.batchUpdateByDataFilter(spreadsheetId=spreadsheet.id, body=body).execute()
    [response] = answer["responses"]
    assert (response["updatedRange"], response["dataFilter"]) == ("Sheet1!B2:C2", {"a1Range": "B2:C2"})
    body = {"dataFilters": [{"a1Range": "B:B"}]}
    answer = spreadsheet.values.batchClearByDataFilter(spreadsheetId=spreadsheet.id, body=body).execute()
    assert answer["clearedRanges"] == ["Sheet1!B1:B1000"]
    assert spreadsheet.cells("A2:C2") == [["", "", "y"]]


def test_clearing_takes_values_and_leaves_the_rest(spreadsheet):
    spreadsheet.write("A1", [["$5.00", "b"]])
    assert spreadsheet.clear("A1:A") == {"spreadsheetId": spreadsheet.id, "clearedRange": "Sheet1!A1:A1000"}
    assert spreadsheet.cells("A1:B1") == [["", "b"]]
    spreadsheet.write("A1", [[7]], "RAW")
    assert spreadsheet.cells("A1") == [["$7.00"]]
    body = {"ranges": ["A1", "B1:B2"]}
    answer = spreadsheet.values.batchClear(spreadsheetId=spreadsheet.id, body=body).execute()
    assert answer == {"spreadsheetId": spreadsheet.id, "clearedRanges": ["Sheet1!A1", "Sheet1!B1:B2"]}
    assert spreadsheet.cells("Sheet1") == []


def test_typed_text_follows_the_locale_and_json_numbers_do_not(spreadsheet_in):
    spreadsheet = spreadsheet_in("de_DE")
    spreadsheet.write("A1", [["1,5", 1.5, "=SUM(1,5;A1)"]])
    assert spreadsheet.cells("A1:B1", valueRenderOption="UNFORMATTED_VALUE") == [[1.5, 1.5]]
    assert spreadsheet.cells("A1:B1") == [["1,5", "1,5"]]
    assert spreadsheet.cells("C1") == [["3"]]
    assert spreadsheet.cells("C1", valueRenderOption="FORMULA") == [["=SUM(1,5;A1)"]]


# -------------------------------------------------------------------------------------------------------------- append


def test_append_on_an_empty_sheet_writes_at_the_start_and_names_no_table(spreadsheet):
    answer = spreadsheet.append("Sheet1", [["a", "b"]])
    assert "tableRange" not in answer
    assert answer["updates"]["updatedRange"] == "Sheet1!A1:B1"


def test_append_goes_below_the_table(spreadsheet):
    spreadsheet.write("A1", [list("abcdefghij")] * 4)
    answer = spreadsheet.append("Sheet1", [[1] * 10])
    assert (answer["tableRange"], answer["updates"]["updatedRange"]) == ("Sheet1!A1:J4", "Sheet1!A5:J5")


@pytest.mark.parametrize(
    ("asked", "table", "written"),
    [("Sheet1", "Sheet1!C1", "Sheet1!C2:E2"), ("A1", "Sheet1!A1", "Sheet1!A2:C2"), ("B1", None, "Sheet1!B1:D1")],
)
def test_append_takes_the_last_block_of_the_range(spreadsheet, asked, table, written):
    spreadsheet.write("A1", [["x", None, "z"]])
    answer = spreadsheet.append(asked, [[1, 2, 3]])
    assert (answer.get("tableRange"), answer["updates"]["updatedRange"]) == (table, written)


@pytest.mark.parametrize(
    ("asked", "written"),
    [
        ("Sheet1", "B7"),
        ("B4", "B7"),
        ("C5:D5", "B7"),
        ("B2:D4", "B7"),
        ("A3:G10", "B7"),
        ("A1", "A3"),
        ("E4", "E4"),
        ("A4", "A4"),
    ],
)
def test_append_with_two_tables_as_in_googles_guide(spreadsheet, asked, written):
    spreadsheet.write("A1", [["x", "y", "z"], ["x", "y", "z"], [], [None, "x", "y"], [None, None, "y", "z"]])
    spreadsheet.write("B6", [["x", "y", "z"]])
    answer = spreadsheet.append(asked, [["new"]])
    assert answer["updates"]["updatedRange"] == f"Sheet1!{written}"


def test_append_grows_the_grid_in_both_directions(spreadsheet):
    spreadsheet.write("Z1000", [["end"]])
    answer = spreadsheet.append("Z1000", [["a", "b"], ["c"]])
    assert answer["updates"]["updatedRange"] == "Sheet1!Z1001:AA1002"
    grid = spreadsheet.get()["sheets"][0]["properties"]["gridProperties"]
    assert (grid["rowCount"], grid["columnCount"]) == (1002, 27)
    assert spreadsheet.cells("Z1000:AA1002") == [["end"], ["a", "b"], ["c"]]


def test_append_with_inserted_rows_pushes_down_what_is_below(spreadsheet):
    spreadsheet.write("A1", [["a"], [None], ["below"]])
    spreadsheet.append("A1", [["b"], ["c"]], insertDataOption="INSERT_ROWS")
    assert spreadsheet.cells("A1:A9") == [["a"], ["b"], ["c"], [], ["below"]]
    spreadsheet.append("A1", [["d"], ["e"]], insertDataOption="OVERWRITE")
    assert spreadsheet.cells("A1:A9") == [["a"], ["b"], ["c"], ["d"], ["e"]]


scalars = st.none() | st.booleans() | st.integers(-(10**12), 10**12) | st.text("aя=1, ", max_size=4)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(st.lists(st.lists(scalars, max_size=4), min_size=1, max_size=4))
def test_raw_values_come_back_as_they_went_in(spreadsheet, rows):
    spreadsheet.clear("Sheet1")
    spreadsheet.write("C3", rows, "RAW")
    back = spreadsheet.cells("C3:F6", valueRenderOption="UNFORMATTED_VALUE")
    expected = [["" if value is None else value for value in row] for row in rows]
    for row in expected:
        while row and row[-1] == "":
            row.pop()
    while expected and not expected[-1]:
        expected.pop()
    assert back == expected
