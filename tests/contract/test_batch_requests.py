"""batchUpdate requests through the Google client: what goes over the wire and what a read shows afterwards."""

from __future__ import annotations

from typing import Any

import pytest

SALES = [
    ["Date", "Region", "Units", "Price"],
    ["2026-01-05", "East", 3, "$2.50"],
    ["2026-02-10", "West", 1, "$4.00"],
    ["2026-02-11", "East", 2, "$2.50"],
]


def area(rows: tuple[int, int], columns: tuple[int, int], sheet_id: int = 0) -> dict[str, int]:
    return {
        "sheetId": sheet_id,
        "startRowIndex": rows[0], "endRowIndex": rows[1],
        "startColumnIndex": columns[0], "endColumnIndex": columns[1],
    }  # fmt: skip


@pytest.fixture
def sales(spreadsheet: Any) -> Any:
    spreadsheet.write("A1", SALES)
    return spreadsheet


def sheet(spreadsheet: Any, fields: str = "*", **options: Any) -> Any:
    return spreadsheet.get(fields=f"sheets({fields})", **options)["sheets"][0]


def test_a_revenue_column_and_a_pivot_by_month_in_one_batch(sales: Any) -> None:
    header = {"rows": [{"values": [{"userEnteredValue": {"stringValue": "Revenue"}}]}], "fields": "userEnteredValue"}
    formula = {"userEnteredValue": {"formulaValue": "=C2*D2"}}
    by_month = {"dateTimeRule": {"type": "YEAR_MONTH"}}
    pivot = {
        "source": area((0, 4), (0, 5)),
        "rows": [{"sourceColumnOffset": 1, "sortOrder": "ASCENDING", "showTotals": True}],
        "columns": [{"sourceColumnOffset": 0, "sortOrder": "ASCENDING", "showTotals": True, "groupRule": by_month}],
        "values": [{"sourceColumnOffset": 4, "summarizeFunction": "SUM"}],
    }
    sales.batch(
        {"updateCells": {**header, "start": {"sheetId": 0, "rowIndex": 0, "columnIndex": 4}}},
        {"repeatCell": {"range": area((1, 4), (4, 5)), "cell": formula, "fields": "userEnteredValue"}},
        {"addSheet": {"properties": {"title": "Pivot", "sheetId": 9}}},
        {
            "updateCells": {
                "rows": [{"values": [{"pivotTable": pivot}]}],
                "start": {"sheetId": 9},
                "fields": "pivotTable",
            }
        },
    )
    assert sales.cells("Sheet1!E1:E4") == [["Revenue"], ["$7.50"], ["$4.00"], ["$5.00"]]
    assert sales.cells("Pivot") == [
        ["SUM of Revenue", "Date - Year-Month"],
        ["Region", "2026-Jan", "2026-Feb", "Grand Total"],
        ["East", "$7.50", "$5.00", "$12.50"],
        ["West", "", "$4.00", "$4.00"],
        ["Grand Total", "$7.50", "$9.00", "$16.50"],
    ]
    shown = sales.get(ranges="Pivot!A1:A2", fields="sheets.data.rowData.values(pivotTable,userEnteredValue)")
    [first, *_] = shown["sheets"][0]["data"][0]["rowData"]
    assert first["values"][0]["pivotTable"]["rows"][0]["sourceColumnOffset"] == 1
    assert "userEnteredValue" not in first["values"][0]


def test_a_chart_comes_back_with_its_defaults(sales: Any) -> None:
    spec = {
        "basicChart": {
            "chartType": "COLUMN",
            "domains": [{"domain": {"sourceRange": {"sources": [area((0, 4), (1, 2))]}}}],
            "series": [{"series": {"sourceRange": {"sources": [area((0, 4), (2, 3))]}}}],
        }
    }
    position = {"overlayPosition": {"anchorCell": {"sheetId": 0, "rowIndex": 6, "columnIndex": 0}}}
    reply = sales.batch({"addChart": {"chart": {"chartId": 5, "spec": spec, "position": position}}})
    assert reply["replies"][0]["addChart"]["chart"]["chartId"] == 5
    [chart] = sheet(sales, "charts")["charts"]
    overlay = chart["position"]["overlayPosition"]
    assert (overlay["widthPixels"], overlay["heightPixels"]) == (600, 371)
    assert overlay["anchorCell"] == {"rowIndex": 6}


def test_autofill_continues_dates_and_their_format(spreadsheet: Any) -> None:
    spreadsheet.write("A1", [["2026-01-31"], ["2026-02-28"]])
    spreadsheet.batch({"autoFill": {"range": area((0, 5), (0, 1))}})
    assert [row[0] for row in spreadsheet.cells("A1:A5")] == [
        "2026-01-31", "2026-02-28", "2026-03-31", "2026-04-30", "2026-05-31",
    ]  # fmt: skip


def test_sorting_and_filtering_what_formulas_show(sales: Any) -> None:
    sales.write("E1", [["Revenue"], ["=C2*D2"], ["=C3*D3"], ["=C4*D4"]])
    specs = [{"dimensionIndex": 4, "sortOrder": "DESCENDING"}]
    criteria = {"condition": {"type": "NUMBER_LESS", "values": [{"userEnteredValue": "6"}]}}
    filtered = {"range": area((0, 4), (0, 5)), "filterSpecs": [{"columnIndex": 4, "filterCriteria": criteria}]}
    sales.batch(
        {"sortRange": {"range": area((1, 4), (0, 5)), "sortSpecs": specs}}, {"setBasicFilter": {"filter": filtered}}
    )
    assert [row[0] for row in sales.cells("E2:E4")] == ["$7.50", "$5.00", "$4.00"]
    data = sheet(sales, "basicFilter,data.rowMetadata.hiddenByFilter", ranges="A1:E4")
    assert data["basicFilter"]["criteria"] == {"4": {"condition": criteria["condition"]}}
    assert [row.get("hiddenByFilter", False) for row in data["data"][0]["rowMetadata"]] == [False, True, False, False]


def test_find_replace_reports_its_counts(sales: Any) -> None:
    reply = sales.batch({"findReplace": {"find": "east", "replacement": "North", "allSheets": True}})
    assert reply["replies"] == [
        {"findReplace": {"valuesChanged": 2, "rowsChanged": 2, "sheetsChanged": 1, "occurrencesChanged": 2}}
    ]
    assert sales.cells("B2:B4") == [["North"], ["West"], ["North"]]


def test_a_mark_makes_a_repeated_batch_fail_as_a_duplicate(spreadsheet: Any, refused: Any) -> None:
    mark = {"metadataId": 77, "metadataKey": "run", "visibility": "DOCUMENT", "location": {"spreadsheet": True}}
    batch = [{"createDeveloperMetadata": {"developerMetadata": mark}}, {"addSheet": {"properties": {"title": "Once"}}}]
    spreadsheet.batch(*batch)
    error = refused(lambda: spreadsheet.batch(*batch))
    assert error["message"].startswith("Invalid requests[0].createDeveloperMetadata: ")
    assert "already exists" in error["message"]


def test_formulas_follow_the_locale_on_the_way_in_and_out(spreadsheet_in: Any) -> None:
    spreadsheet = spreadsheet_in("ru_RU")
    cell = {"userEnteredValue": {"formulaValue": "=SUM(1,5;A2)"}}
    spreadsheet.batch({"repeatCell": {"range": area((0, 1), (0, 2)), "cell": cell, "fields": "userEnteredValue"}})
    assert spreadsheet.cells("A1:B1", valueRenderOption="FORMULA") == [["=SUM(1,5;A2)", "=SUM(1,5;B2)"]]
    assert spreadsheet.cells("A1:B1") == [["1,5", "1,5"]]


def test_what_is_not_done_is_refused_as_unimplemented(spreadsheet: Any, refused: Any) -> None:
    sheet = {"properties": {"sheetType": "DATA_SOURCE"}}
    error = refused(lambda: spreadsheet.batch({"addSheet": sheet}))
    assert (error["code"], error["status"]) == (501, "UNIMPLEMENTED")


@pytest.mark.parametrize(
    ("request_body", "reason"),
    [
        ({"updateCells": {"start": {"sheetId": 5}, "fields": "*"}}, "updateCells: No grid with id: 5"),
        ({"deleteSheet": {"sheetId": 5}}, "deleteSheet: No sheet with id: 5"),
        ({"repeatCell": {"range": {"sheetId": 0}, "cell": {}}},
         "repeatCell: At least one field must be listed in 'fields'. (Use '*' to indicate all fields.)"),
        ({"addSheet": {"properties": {"title": "Sheet1"}}},
         'addSheet: A sheet with the name "Sheet1" already exists. Please enter another name.'),
        ({"deleteDimension": {"range": {"dimension": "ROWS", "startIndex": 1000, "endIndex": 1001}}},
         "deleteDimension: Cannot delete a row that doesn't exist. "
         "Tried to delete row index 1000 but there are only 1000 rows."),
    ],
)  # fmt: skip
def test_refusals_in_googles_words(spreadsheet: Any, refused: Any, request_body: dict[str, Any], reason: str) -> None:
    error = refused(lambda: spreadsheet.batch(request_body))
    assert (error["code"], error["message"]) == (400, f"Invalid requests[0].{reason}")
