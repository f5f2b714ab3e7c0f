import json

import pytest

SUMMER = {"sheetId": 0, "startRowIndex": 0, "endRowIndex": 2, "startColumnIndex": 0, "endColumnIndex": 2}


def test_a_new_spreadsheet_is_what_google_makes(service):
    made = service.spreadsheets().create(body={}).execute()
    identifier = made["spreadsheetId"]
    assert len(identifier) == 44
    assert identifier.startswith("1")
    read = service.spreadsheets().get(spreadsheetId=identifier).execute()
    assert read == made
    assert list(read) == ["spreadsheetId", "properties", "sheets", "spreadsheetUrl"]
    assert list(read["properties"]) == [
        "title", "locale", "autoRecalc", "timeZone", "defaultFormat", "spreadsheetTheme"
    ]  # fmt: skip
    assert read["sheets"] == [
        {
            "properties": {
                "sheetId": 0,
                "title": "Sheet1",
                "index": 0,
                "sheetType": "GRID",
                "gridProperties": {"rowCount": 1000, "columnCount": 26},
            }
        }
    ]
    assert read["spreadsheetUrl"] == f"https://docs.google.com/spreadsheets/d/{identifier}/edit"
    assert read["properties"]["spreadsheetTheme"]["themeColors"][0] == {"colorType": "TEXT", "color": {"rgbColor": {}}}


def test_a_new_spreadsheet_takes_sheets_cells_merges_and_names(service):
    cells = [{"userEnteredValue": {"stringValue": "a"}}, {"userEnteredValue": {"numberValue": 2}}]
    body = {
        "properties": {"title": "Отчёт", "locale": "ru_RU", "timeZone": "Europe/Moscow"},
        "sheets": [
            {"properties": {"title": "Данные", "sheetId": 7, "gridProperties": {"rowCount": 20, "frozenRowCount": 1}}},
            {
                "properties": {"title": "Итог"},
                "data": [{"startRow": 2, "startColumn": 2, "rowData": [{"values": cells}]}],
                "merges": [SUMMER],
            },
        ],
        "namedRanges": [{"name": "Всё", "range": {"sheetId": 7}}],
    }
    made = service.spreadsheets().create(body=body).execute()
    assert (made["properties"]["title"], made["properties"]["locale"]) == ("Отчёт", "ru_RU")
    first, second = (sheet["properties"] for sheet in made["sheets"])
    assert (first["sheetId"], first["title"], first["index"]) == (7, "Данные", 0)
    assert first["gridProperties"] == {"rowCount": 20, "columnCount": 26, "frozenRowCount": 1}
    assert (second["title"], second["index"]) == ("Итог", 1)
    assert [named["name"] for named in made["namedRanges"]] == ["Всё"]
    assert made["sheets"][1]["merges"][0]["sheetId"] == second["sheetId"]
    values = service.spreadsheets().values().get(spreadsheetId=made["spreadsheetId"], range="'Итог'!C3:D3").execute()
    assert values["values"] == [["a", "2"]]


def test_a_new_spreadsheet_takes_over_what_lies_on_its_sheets(service):
    whole = {"sheetId": 7, "startRowIndex": 0, "endRowIndex": 3, "startColumnIndex": 0, "endColumnIndex": 2}
    sheet = {
        "properties": {"sheetId": 7, "title": "Data"},
        "basicFilter": {"range": whole},
        "bandedRanges": [
            {"range": whole, "rowProperties": {"firstBandColor": {"red": 1}, "secondBandColor": {"blue": 1}}}
        ],
        "protectedRanges": [{"range": whole, "warningOnly": True}],
        "conditionalFormats": [
            {"ranges": [whole], "booleanRule": {"condition": {"type": "NOT_BLANK"}, "format": {"textFormat": {}}}}
        ],
        "rowGroups": [{"range": {"dimension": "ROWS", "startIndex": 1, "endIndex": 3}, "depth": 2}],
        "charts": [
            {
                "chartId": 5,
                "position": {"overlayPosition": {"anchorCell": {"sheetId": 7, "rowIndex": 5}}},
                "spec": {"pieChart": {"series": {"sourceRange": {"sources": [whole | {"endColumnIndex": 1}]}}}},
            }
        ],
    }
    made = service.spreadsheets().create(body={"sheets": [sheet]}).execute()["sheets"][0]
    assert {"basicFilter", "bandedRanges", "protectedRanges", "conditionalFormats", "rowGroups"} <= made.keys()
    assert [chart["chartId"] for chart in made["charts"]] == [5]
    assert max(group["depth"] for group in made["rowGroups"]) == 2


def test_a_new_spreadsheet_with_a_sheet_that_is_no_grid_is_refused_loudly(service, refused):
    body = {"sheets": [{"properties": {"sheetType": "DATA_SOURCE"}}]}
    error = refused(service.spreadsheets().create(body=body).execute)
    assert (error["code"], error["status"]) == (501, "UNIMPLEMENTED")


def test_grid_data_comes_when_asked_for(spreadsheet):
    spreadsheet.write("A1", [["a", "", 2.5], [], ["=1+1"]])
    assert "data" not in spreadsheet.get()["sheets"][0]
    [data] = spreadsheet.get(includeGridData=True)["sheets"][0]["data"]
    assert (len(data["rowMetadata"]), len(data["columnMetadata"])) == (1000, 26)
    assert (data["rowMetadata"][0], data["columnMetadata"][0]) == ({"pixelSize": 21}, {"pixelSize": 100})
    first, second, third = data["rowData"]
    assert second == {}
    text, gap, number = first["values"]
    assert gap == {}
    assert text["userEnteredValue"] == text["effectiveValue"] == {"stringValue": "a"}
    assert text["effectiveFormat"]["horizontalAlignment"] == "LEFT"
    assert "userEnteredFormat" not in text
    assert (number["effectiveValue"], number["formattedValue"]) == ({"numberValue": 2.5}, "2.5")
    assert number["effectiveFormat"]["horizontalAlignment"] == "RIGHT"
    [formula] = third["values"]
    assert formula["userEnteredValue"] == {"formulaValue": "=1+1"}
    assert formula["effectiveValue"] == {"numberValue": 2}


def test_grid_data_of_ranges_starts_where_they_start(spreadsheet):
    spreadsheet.batch({"addSheet": {"properties": {"title": "Other"}}}, {"addSheet": {"properties": {"title": "No"}}})
    spreadsheet.write("Other!C3", [["x"]])
    read = spreadsheet.get(ranges=["Other!B2:D5", "Sheet1!A1"], includeGridData=True)
    assert [sheet["properties"]["title"] for sheet in read["sheets"]] == ["Sheet1", "Other"]
    [data] = read["sheets"][1]["data"]
    assert (data["startRow"], data["startColumn"]) == (1, 1)
    assert (len(data["rowMetadata"]), len(data["columnMetadata"])) == (4, 3)
    assert [[cell.get("formattedValue") for cell in row.get("values", [])] for row in data["rowData"]] == [
        [], [None, "x"]
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"fields": "namedRanges"}, {}),
        ({"fields": "sheets.properties.tabColorStyle"}, {"sheets": [{"properties": {}}]}),
        ({"fields": "sheets/data/rowData/values/note"}, {"sheets": [{"data": [{}]}]}),
        ({"fields": "sheets.data.rowData.values.note", "includeGridData": False}, {"sheets": [{"data": [{}]}]}),
        ({"fields": "sheets(properties(title,index))"}, {"sheets": [{"properties": {"title": "Sheet1", "index": 0}}]}),
        ({"fields": "sheets.data.columnMetadata.pixelSize", "ranges": "A1:B2"},
         {"sheets": [{"data": [{"columnMetadata": [{"pixelSize": 100}] * 2}]}]}),
    ],
)  # fmt: skip
def test_a_mask_answers_just_that(spreadsheet, options, expected):
    assert spreadsheet.get(**options) == expected


def test_a_mask_without_formulas_leaves_them_uncalculated(spreadsheet, emulator):
    spreadsheet.write("A1", [["=1+1", "a"]])
    read = spreadsheet.get(fields="sheets.data.rowData.values.userEnteredValue")
    cells = read["sheets"][0]["data"][0]["rowData"][0]["values"]
    assert cells == [{"userEnteredValue": {"formulaValue": "=1+1"}}, {"userEnteredValue": {"stringValue": "a"}}]


def test_an_unknown_field_in_a_mask_is_refused(spreadsheet, refused):
    error = refused(lambda: spreadsheet.get(fields="sheets.propertys"))
    assert error["message"] == "Request contains an invalid argument."
    [violation] = error["details"][0]["fieldViolations"]
    assert violation["field"] == "sheets.propertys"


def test_sheet_zero_is_named_in_its_properties_only(spreadsheet):
    spreadsheet.batch(
        {"mergeCells": {"range": SUMMER, "mergeType": "MERGE_ALL"}},
        {"addNamedRange": {"namedRange": {"name": "n", "range": SUMMER}}},
    )
    read = spreadsheet.get()
    without_sheet = {key: value for key, value in SUMMER.items() if key != "sheetId"}
    assert read["sheets"][0]["merges"] == [without_sheet]
    assert read["namedRanges"][0]["range"] == without_sheet
    assert read["sheets"][0]["properties"]["sheetId"] == 0


def test_formats_come_back_whole_and_laid_over_the_default(spreadsheet):
    cell = {"userEnteredFormat": {"textFormat": {"bold": True}, "numberFormat": {"type": "PERCENT", "pattern": "0%"}}}
    spreadsheet.write("A1", [[0.5]])
    spreadsheet.batch({"repeatCell": {"range": SUMMER, "cell": cell, "fields": "userEnteredFormat"}})
    read = spreadsheet.get(ranges="A1:B2", fields="sheets.data.rowData.values")
    [[first, second], _] = [row["values"] for row in read["sheets"][0]["data"][0]["rowData"]]
    assert first["userEnteredFormat"] == cell["userEnteredFormat"]
    assert first["formattedValue"] == "50%"
    effective = first["effectiveFormat"]
    assert effective["textFormat"]["bold"] is True
    assert effective["textFormat"]["fontSize"] == 10
    assert effective["numberFormat"] == {"type": "PERCENT", "pattern": "0%"}
    assert effective["verticalAlignment"] == "BOTTOM"
    assert "effectiveValue" not in second


def test_links_of_formulas_and_formats(spreadsheet):
    link = {"userEnteredFormat": {"textFormat": {"link": {"uri": "https://example.com/b"}}}}
    spreadsheet.write("A1", [['=HYPERLINK("https://example.com/a", "a")', "b"]])
    area = {**SUMMER, "startColumnIndex": 1, "endRowIndex": 1}
    spreadsheet.batch({"repeatCell": {"range": area, "cell": link, "fields": "userEnteredFormat.textFormat.link"}})
    read = spreadsheet.get(ranges="A1:B1", fields="sheets.data.rowData.values.hyperlink")
    cells = read["sheets"][0]["data"][0]["rowData"][0]["values"]
    assert cells == [{"hyperlink": "https://example.com/a"}, {"hyperlink": "https://example.com/b"}]


def test_error_values_carry_their_type(spreadsheet):
    spreadsheet.write("A1", [["=1/0"]])
    read = spreadsheet.get(ranges="A1", fields="sheets.data.rowData.values(effectiveValue,formattedValue)")
    [cell] = read["sheets"][0]["data"][0]["rowData"][0]["values"]
    assert cell["effectiveValue"]["errorValue"]["type"] == "DIVIDE_BY_ZERO"
    assert cell["formattedValue"] == "#DIV/0!"


def test_data_filters_choose_the_sheets(spreadsheet):
    spreadsheet.batch({"addSheet": {"properties": {"title": "Other", "sheetId": 5}}})
    body = {"dataFilters": [{"gridRange": {"sheetId": 5}}]}
    read = spreadsheet.service.spreadsheets().getByDataFilter(spreadsheetId=spreadsheet.id, body=body).execute()
    assert [sheet["properties"]["title"] for sheet in read["sheets"]] == ["Other"]


def test_a_sheet_is_copied_to_another_spreadsheet(spreadsheet, spreadsheet_in):
    other = spreadsheet_in("en_US")
    spreadsheet.write("A1", [["a", "=A1&1"]])
    copies = spreadsheet.service.spreadsheets().sheets()
    body = {"destinationSpreadsheetId": other.id}
    made = copies.copyTo(spreadsheetId=spreadsheet.id, sheetId=0, body=body).execute()
    again = copies.copyTo(spreadsheetId=spreadsheet.id, sheetId=0, body=body).execute()
    assert (made["title"], made["index"]) == ("Copy of Sheet1", 1)
    assert again["title"] == "Copy of Sheet1 2"
    assert other.cells("'Copy of Sheet1'!A1:B1") == [["a", "a1"]]
    other.write("'Copy of Sheet1'!A1", [["b"]])
    assert spreadsheet.cells("A1:B1") == [["a", "a1"]], "the copy is on its own"


def test_filters_and_pivot_tables_of_a_sheet_go_along_with_its_copy(spreadsheet, spreadsheet_in):
    other = spreadsheet_in("en_US")
    spreadsheet.write("A1", [["k", "v"], ["a", 1], ["a", 2]])
    area = {"sheetId": 0, "startRowIndex": 0, "endRowIndex": 3, "startColumnIndex": 0, "endColumnIndex": 2}
    pivot = {
        "source": area,
        "rows": [{"sourceColumnOffset": 0, "sortOrder": "ASCENDING"}],
        "values": [{"sourceColumnOffset": 1, "summarizeFunction": "SUM"}],
    }
    place = {"sheetId": 0, "rowIndex": 0, "columnIndex": 4}
    spreadsheet.batch(
        {"setBasicFilter": {"filter": {"range": area}}},
        {"updateCells": {"start": place, "rows": [{"values": [{"pivotTable": pivot}]}], "fields": "pivotTable"}},
    )
    copies = spreadsheet.service.spreadsheets().sheets()
    body = {"destinationSpreadsheetId": other.id}
    made = copies.copyTo(spreadsheetId=spreadsheet.id, sheetId=0, body=body).execute()
    [_, copy] = other.get(fields="sheets(properties.sheetId,basicFilter.range)")["sheets"]
    assert copy["basicFilter"]["range"]["sheetId"] == copy["properties"]["sheetId"] == made["sheetId"]
    assert other.cells("'Copy of Sheet1'!E1:F2") == [["k", "SUM of v"], ["a", "3"]]


def test_a_sheet_grows_with_its_pivot_table(spreadsheet):
    spreadsheet.write("A1", [["k"], *([number] for number in range(30))])
    spreadsheet.batch({"addSheet": {"properties": {"sheetId": 5, "gridProperties": {"rowCount": 4, "columnCount": 1}}}})
    pivot = {
        "source": {"sheetId": 0, "startRowIndex": 0, "endRowIndex": 31, "startColumnIndex": 0, "endColumnIndex": 1},
        "rows": [{"sourceColumnOffset": 0, "sortOrder": "ASCENDING"}],
        "values": [{"sourceColumnOffset": 0, "summarizeFunction": "COUNT"}],
    }
    place = {"sheetId": 5, "rowIndex": 1, "columnIndex": 0}
    spreadsheet.batch(
        {"updateCells": {"start": place, "rows": [{"values": [{"pivotTable": pivot}]}], "fields": "pivotTable"}}
    )
    [_, sheet] = spreadsheet.get(fields="sheets.properties(title,gridProperties)")["sheets"]
    assert sheet["properties"]["gridProperties"] == {"rowCount": 32, "columnCount": 2}
    assert spreadsheet.cells(f"{sheet['properties']['title']}!A31:B32") == [["28", "1"], ["29", "1"]]


def test_developer_metadata_is_found_by_id_and_by_filter(spreadsheet):
    marker = {"metadataId": 42, "metadataKey": "run", "metadataValue": "1", "visibility": "DOCUMENT"}
    created = {"developerMetadata": {**marker, "location": {"spreadsheet": True}}}
    spreadsheet.batch({"createDeveloperMetadata": created})
    metadata = spreadsheet.service.spreadsheets().developerMetadata()
    found = metadata.get(spreadsheetId=spreadsheet.id, metadataId=42).execute()
    assert (found["metadataKey"], found["metadataValue"]) == ("run", "1")
    body = {"dataFilters": [{"developerMetadataLookup": {"metadataKey": "run"}}]}
    answer = metadata.search(spreadsheetId=spreadsheet.id, body=body).execute()
    assert [item["developerMetadata"]["metadataId"] for item in answer["matchedDeveloperMetadata"]] == [42]
    body = {"dataFilters": [{"developerMetadataLookup": {"metadataKey": "other"}}]}
    assert metadata.search(spreadsheetId=spreadsheet.id, body=body).execute() == {}


def test_an_answer_is_printed_as_google_prints_it(emulator):
    workbook = emulator.create("Budget")
    status, headers, body = emulator.handle("GET", f"/v4/spreadsheets/{workbook.spreadsheet_id}", {}, b"")
    assert status == 200
    assert headers["content-type"] == "application/json; charset=UTF-8"
    text = body.decode()
    assert text.startswith(f'{{\n  "spreadsheetId": "{workbook.spreadsheet_id}",\n  "properties": {{\n    "title"')
    assert text.endswith("}\n")
    compact = emulator.handle("GET", f"/v4/spreadsheets/{workbook.spreadsheet_id}?prettyPrint=false", {}, b"")[2]
    assert json.loads(compact) == json.loads(text)
    assert b"\n  " not in compact


def test_sizes_and_hidden_rows_come_with_grid_data(spreadsheet):
    row = {"sheetId": 0, "dimension": "ROWS", "startIndex": 1, "endIndex": 2}
    wide = {"properties": {"pixelSize": 250}, "range": {**row, "dimension": "COLUMNS"}, "fields": "pixelSize"}
    hide = {"properties": {"hiddenByUser": True}, "range": row, "fields": "hiddenByUser"}
    marker = {"metadataId": 3, "metadataKey": "k", "visibility": "DOCUMENT", "location": {"dimensionRange": row}}
    spreadsheet.batch(
        {"updateDimensionProperties": wide},
        {"updateDimensionProperties": hide},
        {"createDeveloperMetadata": {"developerMetadata": marker}},
    )
    [data] = spreadsheet.get(ranges="A1:B3", includeGridData=True)["sheets"][0]["data"]
    assert data["columnMetadata"] == [{"pixelSize": 100}, {"pixelSize": 250}]
    first, second, third = data["rowMetadata"]
    assert first == third == {"pixelSize": 21}
    assert (second["hiddenByUser"], second["developerMetadata"][0]["metadataId"]) == (True, 3)
    sized = spreadsheet.get(ranges="A1:B3", fields="sheets.data.rowMetadata.pixelSize")
    assert sized == {"sheets": [{"data": [{"rowMetadata": [{"pixelSize": 21}] * 3}]}]}


def test_the_owner_can_edit_what_is_protected(spreadsheet):
    spreadsheet.batch({"addProtectedRange": {"protectedRange": {"range": SUMMER}}})
    [protected] = spreadsheet.get()["sheets"][0]["protectedRanges"]
    assert len(protected["editors"]["users"]) == 1
    assert "sheetId" not in protected["range"]


def test_values_that_a_formula_spills_come_with_grid_data(spreadsheet):
    spreadsheet.write("A1", [["=SEQUENCE(3)"]])
    read = spreadsheet.get(ranges="A1:B5", fields="sheets.data.rowData.values(userEnteredValue,effectiveValue)")
    rows = [row["values"][0] for row in read["sheets"][0]["data"][0]["rowData"]]
    assert [row["effectiveValue"]["numberValue"] for row in rows] == [1, 2, 3]
    assert [("userEnteredValue" in row) for row in rows] == [True, False, False]
