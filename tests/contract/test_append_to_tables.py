"""appendCells with a tableId: rows go into the table's body, which grows."""


def table(spreadsheet, rows=3, **properties):
    whole = {"sheetId": 0, "startRowIndex": 0, "endRowIndex": rows, "startColumnIndex": 0, "endColumnIndex": 2}
    request = {"addTable": {"table": {"name": "Sales", "range": whole, "rowsProperties": properties}}}
    return spreadsheet.batch(request)["replies"][0]["addTable"]["table"]["tableId"]


def append(spreadsheet, identifier, *rows):
    def cell(value):
        return {"userEnteredValue": {"stringValue": value}}

    body = [{"values": [cell(value) for value in row]} for row in rows]
    spreadsheet.batch({"appendCells": {"tableId": identifier, "rows": body, "fields": "userEnteredValue"}})


def extent(spreadsheet):
    return spreadsheet.get()["sheets"][0]["tables"][0]["range"]["endRowIndex"]


def test_free_rows_of_the_body_are_filled_first(spreadsheet):
    spreadsheet.write("A1", [["item", "town"], ["pen", "Omsk"]])
    append(spreadsheet, table(spreadsheet), ["ink", "Tver"])
    assert spreadsheet.cells("A1:B5") == [["item", "town"], ["pen", "Omsk"], ["ink", "Tver"]]
    assert extent(spreadsheet) == 3


def test_a_full_table_grows_and_moves_what_stands_below(spreadsheet):
    spreadsheet.write("A1", [["item", "town"], ["pen", "Omsk"], ["ink", "Tver"], ["note", "", "beside"]])
    append(spreadsheet, table(spreadsheet), ["cap", "Ufa"], ["box", "Orel"])
    assert spreadsheet.cells("A4:C6") == [["cap", "Ufa", "beside"], ["box", "Orel"], ["note"]]
    assert extent(spreadsheet) == 5


def test_a_footer_stays_at_the_end(spreadsheet):
    spreadsheet.write("A1", [["item", "n"], ["pen", 1], ["sum", "=SUM(B2:B2)"]])
    append(spreadsheet, table(spreadsheet, footerColorStyle={"rgbColor": {"red": 1}}), ["ink", "2"])
    assert [row[0] for row in spreadsheet.cells("A1:A4")] == ["item", "pen", "ink", "sum"]
    assert extent(spreadsheet) == 4


def test_a_table_at_the_end_of_the_grid_makes_the_grid_longer(spreadsheet):
    grid = {"properties": {"sheetId": 0, "gridProperties": {"rowCount": 3}}, "fields": "gridProperties.rowCount"}
    spreadsheet.batch({"updateSheetProperties": grid})
    spreadsheet.write("A1", [["item", "town"], ["pen", "Omsk"], ["ink", "Tver"]])
    append(spreadsheet, table(spreadsheet), ["cap", "Ufa"])
    assert spreadsheet.get()["sheets"][0]["properties"]["gridProperties"]["rowCount"] == 4
    assert spreadsheet.cells("A4:B4") == [["cap", "Ufa"]]


def test_an_unknown_table_is_said(spreadsheet, refused):
    request = {"appendCells": {"tableId": "9", "rows": [], "fields": "*"}}
    assert refused(lambda: spreadsheet.batch(request))["message"].endswith("No table with id: 9")
