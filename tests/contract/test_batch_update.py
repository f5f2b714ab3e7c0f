import pytest

AREA = {"sheetId": 0, "startRowIndex": 0, "endRowIndex": 1, "startColumnIndex": 0, "endColumnIndex": 1}

UNKNOWN = "Invalid JSON payload received. Unknown name"


def written(value):
    row = {"values": [{"userEnteredValue": {"stringValue": value}}]}
    return {"updateCells": {"range": AREA, "rows": [row], "fields": "userEnteredValue"}}


def test_one_reply_per_request(spreadsheet):
    answer = spreadsheet.batch(written("a"), {"addSheet": {"properties": {"title": "New", "sheetId": 9}}}, written("b"))
    assert list(answer) == ["spreadsheetId", "replies"]
    first, second, third = answer["replies"]
    assert (first, third) == ({}, {})
    assert second["addSheet"]["properties"]["sheetId"] == 9
    assert spreadsheet.cells("A1") == [["b"]]


def test_a_batch_is_applied_whole_or_not_at_all(spreadsheet, emulator, refused):
    spreadsheet.write("A1", [["before"]])
    before = spreadsheet.get(includeGridData=True)
    held = emulator.workbook(spreadsheet.id)
    error = refused(
        lambda: spreadsheet.batch(
            written("after"), {"addSheet": {"properties": {"title": "New"}}}, {"deleteSheet": {"sheetId": 77}}
        )
    )
    assert error["message"].startswith("Invalid requests[2].deleteSheet: ")
    assert spreadsheet.get(includeGridData=True) == before
    assert emulator.workbook(spreadsheet.id) is held


def test_hiding_the_only_sheet_is_refused_in_googles_words(spreadsheet, refused):
    request = {"updateSheetProperties": {"properties": {"sheetId": 0, "hidden": True}, "fields": "hidden"}}
    error = refused(lambda: spreadsheet.batch(request))
    said = "Invalid requests[0].updateSheetProperties: You can't hide all the sheets in a document."
    assert error == {"code": 400, "message": said, "status": "INVALID_ARGUMENT"}


@pytest.mark.parametrize(
    ("request_body", "said"),
    [
        ({"repeatCel": {}}, f"{UNKNOWN} \"repeatCel\" at 'requests[0]': Cannot find field."),
        (
            {"repeatCell": {"range": {"sheet": 0}}},
            f"{UNKNOWN} \"sheet\" at 'requests[0].repeat_cell.range': Cannot find field.",
        ),
        (
            {"repeatCell": {"range": {"sheetId": "first"}}},
            "Invalid value at 'requests[0].repeat_cell.range.sheet_id' (TYPE_INT32), \"first\"",
        ),
        (
            {"addSheet": {"properties": {"title": 5}}},
            "Invalid value at 'requests[0].add_sheet.properties.title' (TYPE_STRING), 5",
        ),
        ({}, "Invalid requests[0]: No request set."),
    ],
)
def test_requests_are_judged_by_the_discovery_document(spreadsheet, refused, request_body, said):
    assert refused(lambda: spreadsheet.batch(request_body))["message"] == said


def test_an_empty_batch_is_refused(spreadsheet, refused):
    assert refused(lambda: spreadsheet.batch())["message"] == "Must specify at least one request."


def test_what_the_local_api_does_not_do_is_refused_loudly(spreadsheet, refused):
    request = {"addSheet": {"properties": {"sheetType": "OBJECT"}}}
    error = refused(lambda: spreadsheet.batch(request))
    assert (error["code"], error["status"]) == (501, "UNIMPLEMENTED")
    assert "addSheet" in error["message"]


@pytest.mark.parametrize(
    ("request_body", "code", "said"),
    [
        ({"addDataSource": {"dataSource": {"spec": {"bigQuery": {}}}}}, 403,
         "Request had insufficient authentication scopes."),
        ({"refreshDataSource": {"isAll": True}}, 403, "Request had insufficient authentication scopes."),
        ({"deleteDataSource": {"dataSourceId": "x"}}, 400,
         "Invalid requests[0].deleteDataSource: No data source with id: x"),
        ({"updateDataSource": {"dataSource": {"dataSourceId": "x"}, "fields": "spec"}}, 400,
         "Invalid requests[0].updateDataSource: No data source with id: x"),
        ({"cancelDataSourceRefresh": {"dataSourceId": "x"}}, 400,
         "Invalid requests[0].cancelDataSourceRefresh: No data source with id: x"),
    ],
)  # fmt: skip
def test_connected_data_sources_are_refused_as_google_does(spreadsheet, refused, request_body, code, said):
    error = refused(lambda: spreadsheet.batch(request_body))
    assert (error["code"], error["message"]) == (code, said)


def test_the_grid_comes_back_in_the_same_call(spreadsheet):
    answer = spreadsheet.batch(
        written("a"),
        includeSpreadsheetInResponse=True,
        responseRanges=["Sheet1!A1:B2"],
        responseIncludeGridData=True,
    )
    [sheet] = answer["updatedSpreadsheet"]["sheets"]
    [cell] = sheet["data"][0]["rowData"][0]["values"]
    assert cell["formattedValue"] == "a"
    without = spreadsheet.batch(written("a"), includeSpreadsheetInResponse=True)["updatedSpreadsheet"]
    assert "data" not in without["sheets"][0]
    assert without["spreadsheetId"] == spreadsheet.id


def test_a_mask_cuts_the_grid_that_comes_back(spreadsheet):
    body = {"requests": [written("a")], "includeSpreadsheetInResponse": True, "responseRanges": ["A1"]}
    fields = "updatedSpreadsheet.sheets.data.rowData.values.formattedValue"
    call = spreadsheet.service.spreadsheets().batchUpdate(spreadsheetId=spreadsheet.id, body=body, fields=fields)
    data = [{"rowData": [{"values": [{"formattedValue": "a"}]}]}]
    assert call.execute() == {"updatedSpreadsheet": {"sheets": [{"data": data}]}}


def test_a_single_request_may_stand_without_its_list_and_null_means_absent(spreadsheet):
    body = {"requests": {"addSheet": {"properties": {"title": "New", "hidden": None}}}}
    spreadsheet.service.spreadsheets().batchUpdate(spreadsheetId=spreadsheet.id, body=body).execute()
    assert [sheet["properties"]["title"] for sheet in spreadsheet.get()["sheets"]] == ["Sheet1", "New"]
