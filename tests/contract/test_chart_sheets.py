"""Charts on sheets of their own, through the real client: made, moved, copied, exported, read back, undone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import openpyxl
import pytest
from googleapiclient.errors import HttpError

from sheets_agent.emulator.files import open_file, save_file
from sheets_agent.emulator.service import Emulator
from sheets_agent.emulator.transport import EmulatorHttp
from sheets_agent.errors import InvalidRequest
from sheets_agent.sheets.client import SheetsClient
from sheets_agent.undo.recording import inverse_of

SPEC = {
    "title": "Revenue",
    "basicChart": {
        "chartType": "COLUMN",
        "domains": [{"domain": {"sourceRange": {"sources": [{"sheetId": 0, "startRowIndex": 0, "endRowIndex": 4,
                                                             "startColumnIndex": 0, "endColumnIndex": 1}]}}}],
        "series": [{"series": {"sourceRange": {"sources": [{"sheetId": 0, "startRowIndex": 0, "endRowIndex": 4,
                                                            "startColumnIndex": 1, "endColumnIndex": 2}]}}}],
        "headerCount": 1,
    },
}  # fmt: skip
OVER_D2 = {"overlayPosition": {"anchorCell": {"sheetId": 0, "rowIndex": 1, "columnIndex": 3}}}
SIZES = [["Month", "Revenue"], ["Jan", 1], ["Feb", 2], ["Mar", 3]]


def chart(position: Any, **more: Any) -> Any:
    return {"addChart": {"chart": {"spec": SPEC, "position": position, **more}}}


def own(**more: Any) -> Any:
    return chart({"newSheet": True}, **more)


def tabs(spreadsheet: Any) -> list[tuple[str, str]]:
    return [(one["properties"]["title"], one["properties"]["sheetType"]) for one in spreadsheet.get()["sheets"]]


def refusal(call: Callable[[], Any]) -> str:
    with pytest.raises(HttpError) as error:
        call()
    assert error.value.resp.status == 400
    return str(error.value.reason)


def test_a_new_sheet_for_a_chart_has_no_grid_and_names_itself_in_the_charts_position(spreadsheet: Any) -> None:
    [reply] = spreadsheet.batch(own(chartId=7))["replies"]
    sheet_id = reply["addChart"]["chart"]["position"]["sheetId"]
    assert sheet_id
    body = spreadsheet.get(includeGridData=True)["sheets"][1]
    assert body["properties"] == {"sheetId": sheet_id, "title": "Chart1", "index": 1, "sheetType": "OBJECT"}
    assert body["charts"] == [{"chartId": 7, "spec": reply["addChart"]["chart"]["spec"],
                               "position": {"sheetId": sheet_id}}]  # fmt: skip
    assert "data" not in body
    spreadsheet.batch(chart({"sheetId": 900}))
    assert tabs(spreadsheet) == [("Sheet1", "GRID"), ("Chart1", "OBJECT"), ("Chart2", "OBJECT")]
    assert "already exists" in refusal(lambda: spreadsheet.batch(chart({"sheetId": 900})))
    assert "Only one of" in refusal(lambda: spreadsheet.batch(chart({"sheetId": 901, **OVER_D2})))


def test_a_chart_moves_to_a_sheet_of_its_own_and_back_which_takes_the_sheet_away(spreadsheet: Any) -> None:
    spreadsheet.batch(chart(OVER_D2, chartId=7))
    move = {"updateEmbeddedObjectPosition": {"objectId": 7, "newPosition": {"newSheet": True}}}
    [reply] = spreadsheet.batch(move)["replies"]
    assert reply["updateEmbeddedObjectPosition"]["position"].keys() == {"sheetId"}
    assert tabs(spreadsheet) == [("Sheet1", "GRID"), ("Chart1", "OBJECT")]
    assert "charts" not in spreadsheet.get()["sheets"][0]
    back = {"updateEmbeddedObjectPosition": {"objectId": 7, "newPosition": OVER_D2, "fields": "*"}}
    [reply] = spreadsheet.batch(back)["replies"]
    anchor = reply["updateEmbeddedObjectPosition"]["position"]["overlayPosition"]["anchorCell"]
    assert anchor == {"rowIndex": 1, "columnIndex": 3}
    assert tabs(spreadsheet) == [("Sheet1", "GRID")]


def test_a_chart_sheet_goes_with_its_chart_and_the_chart_with_its_sheet(spreadsheet: Any) -> None:
    spreadsheet.batch(chart({"sheetId": 5}, chartId=7), chart({"sheetId": 6}, chartId=8))
    spreadsheet.batch({"deleteEmbeddedObject": {"objectId": 7}}, {"deleteSheet": {"sheetId": 6}})
    assert tabs(spreadsheet) == [("Sheet1", "GRID")]
    again = {"deleteEmbeddedObject": {"objectId": 8}}
    assert refusal(lambda: spreadsheet.batch(again)).endswith("No embedded object with id: 8")


def test_there_are_no_cells_to_be_read_or_written(spreadsheet: Any) -> None:
    spreadsheet.write("A1", [["=SUM(Chart1!A1:B2)"], ["=SHEETS()"]])
    spreadsheet.batch(chart({"sheetId": 5}))
    for call in (
        lambda: spreadsheet.read("Chart1"),
        lambda: spreadsheet.read("Chart1!A1"),
        lambda: spreadsheet.write("Chart1!A1", [[1]]),
        lambda: spreadsheet.append("Chart1", [[1]]),
        lambda: spreadsheet.clear("Chart1!A:A"),
        lambda: spreadsheet.get(ranges="Chart1"),
    ):
        assert refusal(call).startswith("Unable to parse range: Chart1")
    area = {"sheetId": 5, "startRowIndex": 0, "endRowIndex": 1}
    for kind, body in {
        "repeatCell": {"range": area, "cell": {"note": "x"}, "fields": "note"},
        "updateCells": {"range": area, "rows": [{"values": [{"note": "x"}]}], "fields": "note"},
        "appendCells": {"sheetId": 5, "rows": [{"values": [{"note": "x"}]}], "fields": "note"},
        "mergeCells": {"range": area, "mergeType": "MERGE_ALL"},
        "appendDimension": {"sheetId": 5, "dimension": "ROWS", "length": 1},
        "addNamedRange": {"namedRange": {"name": "n", "range": area}},
        "setBasicFilter": {"filter": {"range": {"sheetId": 5}}},
        "updateSheetProperties": {
            "properties": {"sheetId": 5, "gridProperties": {"rowCount": 3}},
            "fields": "gridProperties.rowCount",
        },
    }.items():
        told = refusal(lambda: spreadsheet.batch({kind: body}))  # noqa: B023
        assert told == f"Invalid requests[0].{kind}: No grid with id: 5"
    assert spreadsheet.cells("A1:A2") == [["#REF!"], ["2"]]
    spreadsheet.write("B1", [["=1+1"]])
    assert spreadsheet.cells("B1") == [["2"]]


def test_its_tab_is_renamed_hidden_moved_coloured_and_copied_like_any_other(spreadsheet: Any) -> None:
    spreadsheet.batch(chart({"sheetId": 5}, chartId=7))
    look = {"sheetId": 5, "title": "Trend", "index": 0, "tabColorStyle": {"rgbColor": {"red": 1}}}
    spreadsheet.batch({"updateSheetProperties": {"properties": look, "fields": "title,index,tabColorStyle"}})
    copied = {"sourceSheetId": 5, "newSheetId": 6, "newSheetName": "Trend again", "insertSheetIndex": 2}
    spreadsheet.batch({"duplicateSheet": copied})
    assert tabs(spreadsheet) == [("Trend", "OBJECT"), ("Sheet1", "GRID"), ("Trend again", "OBJECT")]
    first, _, last = spreadsheet.get()["sheets"]
    assert last["charts"][0]["position"] == {"sheetId": 6}
    assert last["charts"][0]["chartId"] != first["charts"][0]["chartId"]
    assert last["charts"][0]["spec"] == first["charts"][0]["spec"]
    hide = [{"updateSheetProperties": {"properties": {"sheetId": one, "hidden": True}, "fields": "hidden"}}
            for one in (0, 5, 6)]  # fmt: skip
    assert "can't hide all the sheets" in refusal(lambda: spreadsheet.batch(*hide))
    spreadsheet.batch(hide[0], hide[1])
    off = {"updateEmbeddedObjectPosition": {"objectId": last["charts"][0]["chartId"], "newPosition": OVER_D2,
                                            "fields": "*"}}  # fmt: skip
    assert "can't remove all the sheets" in refusal(lambda: spreadsheet.batch(off))


def test_a_slicer_is_not_on_a_sheet_of_its_own(spreadsheet: Any) -> None:
    spec = {"dataRange": {"sheetId": 0, "endRowIndex": 3, "endColumnIndex": 2}, "columnIndex": 0}
    added = {"addSlicer": {"slicer": {"slicerId": 3, "spec": spec, "position": {"newSheet": True}}}}
    assert "Only charts" in refusal(lambda: spreadsheet.batch(added))
    assert tabs(spreadsheet) == [("Sheet1", "GRID")]


def test_it_is_created_and_copied_with_a_whole_spreadsheet(service: Any) -> None:
    sheets = [
        {"properties": {"sheetId": 4, "title": "Trend", "sheetType": "OBJECT"},
         "charts": [{"spec": SPEC, "position": {"sheetId": 4}}]},
        {"properties": {"sheetId": 0, "title": "Data"}},
    ]  # fmt: skip
    made = service.spreadsheets().create(body={"sheets": sheets}).execute()
    assert [one["properties"]["sheetType"] for one in made["sheets"]] == ["OBJECT", "GRID"]
    assert made["sheets"][0]["charts"][0]["position"] == {"sheetId": 4}
    other = service.spreadsheets().create(body={}).execute()["spreadsheetId"]
    call = service.spreadsheets().sheets()
    call = call.copyTo(spreadsheetId=made["spreadsheetId"], sheetId=4, body={"destinationSpreadsheetId": other})
    copied = call.execute()
    assert (copied["sheetType"], copied["title"], "gridProperties" in copied) == ("OBJECT", "Copy of Trend", False)
    with pytest.raises(HttpError, match="exactly one chart"):
        service.spreadsheets().create(body={"sheets": [{"properties": {"sheetType": "OBJECT"}}]}).execute()


# ------------------------------------------------------------------------------------------------------------- files


def local() -> tuple[Emulator, SheetsClient, str]:
    emulator = Emulator()
    client = SheetsClient(EmulatorHttp(emulator))
    identifier = client.create("Charts")["spreadsheetId"]
    client.update_values(identifier, "A1", SIZES)
    return emulator, client, identifier


def test_it_is_a_chart_sheet_in_the_file_and_comes_back(tmp_path: Any) -> None:
    emulator, client, identifier = local()
    look = {"sheetId": 5, "hidden": True, "tabColorStyle": {"rgbColor": {"red": 1}}}
    client.batch_update(identifier, [
        chart({"sheetId": 5}), chart({"sheetId": 6}), chart(OVER_D2),
        {"updateSheetProperties": {"properties": look, "fields": "hidden,tabColorStyle"}},
        {"updateSheetProperties": {"properties": {"sheetId": 6, "index": 0}, "fields": "index"}},
    ])  # fmt: skip
    path = tmp_path / "charts.xlsx"
    assert save_file(emulator.workbook(identifier), path) == ()
    file = openpyxl.load_workbook(path)
    assert [(type(one).__name__, one.title) for one in file._sheets] == [
        ("Chartsheet", "Chart2"), ("Worksheet", "Sheet1"), ("Chartsheet", "Chart1"),
    ]  # fmt: skip
    assert [len(one._charts) for one in file._sheets] == [1, 1, 1]
    opened = open_file(path)
    assert opened.losses == ()
    back = opened.workbook.sheets
    assert [(sheet.title, sheet.properties["sheetType"]) for sheet in back] == [
        ("Chart2", "OBJECT"), ("Sheet1", "GRID"), ("Chart1", "OBJECT"),
    ]  # fmt: skip
    assert [sheet.list("charts")[0]["spec"]["title"] for sheet in back] == ["Revenue"] * 3
    assert back[0].list("charts")[0]["position"] == {"sheetId": 0}
    assert back[2].properties["hidden"] is True
    assert back[2].properties["tabColorStyle"] == {"rgbColor": {"red": 1}}
    sources = back[0].list("charts")[0]["spec"]["basicChart"]["series"][0]["series"]["sourceRange"]["sources"]
    assert sources[0]["sheetId"] == 1  # the place of Sheet1 in the file


def test_a_range_without_a_sheet_means_cells_of_the_first_tab_which_may_have_none(spreadsheet: Any) -> None:
    spreadsheet.write("A1", [["a", "b"]])
    first = {"updateSheetProperties": {"properties": {"sheetId": 5, "index": 0}, "fields": "index"}}
    spreadsheet.batch(chart({"sheetId": 5}), first)
    assert spreadsheet.cells("Sheet1!A1:B1") == [["a", "b"]]
    assert refusal(lambda: spreadsheet.read("A1")) == "Unable to parse range: A1"


def test_a_chart_that_no_file_can_hold_leaves_its_tab_out_and_says_so(tmp_path: Any) -> None:
    emulator, client, identifier = local()
    org = {"spec": {"orgChart": {"labels": {}}}, "position": {"newSheet": True}}
    client.batch_update(identifier, [{"addChart": {"chart": org}}])
    notes = save_file(emulator.workbook(identifier), tmp_path / "charts.xlsx")
    assert any("chart sheet is left out" in note for note in notes)
    assert [sheet.title for sheet in open_file(tmp_path / "charts.xlsx").workbook.sheets] == ["Sheet1"]


# -------------------------------------------------------------------------------------------------------------- undo

TO_ITS_OWN = {"updateEmbeddedObjectPosition": {"objectId": 1, "newPosition": {"newSheet": True}}}
UNDONE = {
    "added": [own()],
    "moved to a sheet of its own": [TO_ITS_OWN],
    "moved off it": [{"updateEmbeddedObjectPosition": {"objectId": 2, "newPosition": OVER_D2, "fields": "*"}}],
    "chart deleted": [{"deleteEmbeddedObject": {"objectId": 2}}],
    "sheet deleted": [{"deleteSheet": {"sheetId": 20}}],
    "source deleted too": [{"deleteSheet": {"sheetId": 20}}, {"deleteSheet": {"sheetId": 0}}],
    "copied": [{"duplicateSheet": {"sourceSheetId": 20}}],
    "changed": [
        {"updateSheetProperties": {"properties": {"sheetId": 20, "title": "T", "index": 0, "hidden": True},
                                   "fields": "title,index,hidden"}},
        {"updateChartSpec": {"chartId": 2, "spec": {**SPEC, "title": "Other"}}},
    ],
}  # fmt: skip


@pytest.mark.parametrize("batch", UNDONE.values(), ids=UNDONE.keys())
def test_it_is_undone(batch: Any) -> None:
    _, client, identifier = local()
    client.batch_update(identifier, [
        {"addSheet": {"properties": {"title": "Other"}}},
        chart(OVER_D2, chartId=1), chart({"sheetId": 20}, chartId=2),
    ])  # fmt: skip
    before = client.get(identifier, fields="sheets")
    sent, back = inverse_of(client.scratch(identifier), identifier, batch)
    assert back.lost == ()
    client.batch_update(identifier, sent)
    after = client.get(identifier, fields="sheets")
    assert after != before
    again, forth = inverse_of(client.scratch(identifier), identifier, back.requests)
    client.batch_update(identifier, again)
    assert client.get(identifier, fields="sheets") == before
    client.batch_update(identifier, forth.requests)
    assert client.get(identifier, fields="sheets") == after


def test_a_batch_that_the_copy_refuses_is_refused_as_a_whole() -> None:
    _, client, identifier = local()
    with pytest.raises(InvalidRequest):
        client.batch_update(identifier, [own(), {"deleteSheet": {"sheetId": 99}}])
    assert len(client.get(identifier)["sheets"]) == 1
