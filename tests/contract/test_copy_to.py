"""A sheet copied to another spreadsheet, with everything on it."""

import pytest


def area(sheet_id, rows, columns):
    return {
        "sheetId": sheet_id,
        "startRowIndex": rows[0],
        "endRowIndex": rows[1],
        "startColumnIndex": columns[0],
        "endColumnIndex": columns[1],
    }


def chart(*sources):
    series = [{"series": {"sourceRange": {"sources": [source]}}} for source in sources]
    return {
        "spec": {"basicChart": {"chartType": "COLUMN", "series": series}},
        "position": {"overlayPosition": {"anchorCell": {"sheetId": 0, "rowIndex": 9, "columnIndex": 0}}},
    }


@pytest.fixture
def copied(service, spreadsheet):
    def copy():
        other = service.spreadsheets().create(body={"properties": {"title": "Other"}}).execute()["spreadsheetId"]
        body = {"destinationSpreadsheetId": other}
        call = service.spreadsheets().sheets().copyTo(spreadsheetId=spreadsheet.id, sheetId=0, body=body)
        properties = call.execute()
        return properties, service.spreadsheets().get(spreadsheetId=other, includeGridData=True).execute()

    return copy


def test_charts_filters_bands_and_names_go_along(spreadsheet, copied):
    spreadsheet.write("A1", [["a", "b"], [1, 2], [3, "=SUM(Total)"]])
    whole = area(0, (0, 3), (0, 2))
    spreadsheet.batch(
        {"addNamedRange": {"namedRange": {"name": "Total", "range": area(0, (1, 3), (0, 1))}}},
        {"addChart": {"chart": chart(area(0, (0, 3), (0, 1)))}},
        {"setBasicFilter": {"filter": {"range": whole}}},
        {"addFilterView": {"filter": {"range": whole, "title": "Mine"}}},
        {
            "addBanding": {
                "bandedRange": {
                    "range": whole,
                    "rowProperties": {"firstBandColor": {"red": 1}, "secondBandColor": {"blue": 1}},
                }
            }
        },
        {"addProtectedRange": {"protectedRange": {"range": whole}}},
    )
    properties, other = copied()
    assert (properties["title"], properties["index"]) == ("Copy of Sheet1", 1)
    sheet = other["sheets"][1]
    new = properties["sheetId"]
    [source] = sheet["charts"][0]["spec"]["basicChart"]["series"][0]["series"]["sourceRange"]["sources"]
    assert source["sheetId"] == new
    assert sheet["charts"][0]["position"]["overlayPosition"]["anchorCell"]["sheetId"] == new
    assert sheet["basicFilter"]["range"]["sheetId"] == new
    assert sheet["filterViews"][0]["title"] == "Mine"
    assert sheet["bandedRanges"][0]["range"]["sheetId"] == sheet["protectedRanges"][0]["range"]["sheetId"] == new
    assert [(named["name"], named["range"]["sheetId"]) for named in other["namedRanges"]] == [("Total", new)]
    assert sheet["data"][0]["rowData"][2]["values"][1]["effectiveValue"] == {"numberValue": 4}
    before = spreadsheet.get()["sheets"][0]
    assert before["charts"][0]["chartId"] != sheet["charts"][0]["chartId"]


def test_what_a_chart_shows_of_other_sheets_stays_behind(spreadsheet, copied):
    spreadsheet.batch({"addSheet": {"properties": {"sheetId": 5, "title": "Far"}}})
    spreadsheet.batch({"addChart": {"chart": chart(area(0, (0, 3), (0, 1)), area(5, (0, 3), (0, 1)))}})
    properties, other = copied()
    near, far = other["sheets"][1]["charts"][0]["spec"]["basicChart"]["series"]
    assert near["series"]["sourceRange"]["sources"][0]["sheetId"] == properties["sheetId"]
    assert far["series"]["sourceRange"]["sources"] == []


def test_a_second_copy_has_another_title(service, spreadsheet):
    sheets = service.spreadsheets().sheets()
    body = {"destinationSpreadsheetId": spreadsheet.id}
    titles = [sheets.copyTo(spreadsheetId=spreadsheet.id, sheetId=0, body=body).execute()["title"] for _ in range(2)]
    assert titles == ["Copy of Sheet1", "Copy of Sheet1 2"]


def test_an_unknown_destination_is_not_found(service, spreadsheet, refused):
    call = (
        service.spreadsheets()
        .sheets()
        .copyTo(spreadsheetId=spreadsheet.id, sheetId=0, body={"destinationSpreadsheetId": "nothing"})
    )
    assert refused(call.execute)["code"] == 404
