"""Copies for trying things: forks of local spreadsheets, and local copies of live ones."""

import pytest

from sheets_agent.a1 import GridRange
from sheets_agent.emulator.imported import workbook_from_api
from sheets_agent.emulator.transport import EmulatorHttp
from sheets_agent.sheets import client as client_module
from sheets_agent.sheets.client import SheetsClient


class Live:
    """A transport that cannot fork."""

    def __init__(self, http):
        self._http = http

    def request(self, uri, method="GET", body=None, headers=None, **_):
        return self._http.request(uri, method, body, headers)


@pytest.fixture
def sheet(emulator):
    spreadsheet_id = emulator.create("Sales").spreadsheet_id
    client = SheetsClient(EmulatorHttp(emulator))
    client.update_values(spreadsheet_id, "Sheet1!A1", [["Region", "Sales"], ["North", 10], ["South", "=B2*2"]])
    client.batch_update(
        spreadsheet_id,
        [
            {"addSheet": {"properties": {"sheetId": 5, "title": "Мой лист"}}},
            {"addNamedRange": {"namedRange": {"name": "Sold", "range": GridRange(0, 1, 3, 1, 2).to_api()}}},
            {
                "repeatCell": {
                    "range": GridRange(0, 0, 1).to_api(),
                    "cell": {"userEnteredFormat": {"textFormat": {"bold": True}}, "note": "head"},
                    "fields": "userEnteredFormat.textFormat.bold,note",
                }
            },
            {"mergeCells": {"range": GridRange(5, 0, 1, 0, 2).to_api(), "mergeType": "MERGE_ALL"}},
        ],
    )
    client.update_values(spreadsheet_id, "'Мой лист'!A3", [["=SUM(Sold)"]])
    return spreadsheet_id


@pytest.fixture(params=["local", "live"])
def client(request, emulator):
    http = EmulatorHttp(emulator)
    return SheetsClient(http if request.param == "local" else Live(http))


def test_a_copy_is_the_same_under_the_same_id(client, sheet):
    copy = client.scratch(sheet)
    one, two = client.book(sheet), copy.book(sheet)
    assert (two.sheets, two.named_ranges, two.title) == (one.sheets, one.named_ranges, one.title)
    for tab in one.sheets:
        assert copy.load(two, [tab.grid]).cells == client.load(one, [tab.grid]).cells
    assert copy.notes == ()


def test_what_happens_on_a_copy_stays_there(client, sheet):
    copy = client.scratch(sheet)
    copy.update_values(sheet, "Sheet1!B2", [[100]])
    copy.batch_update(sheet, [{"addSheet": {"properties": {"title": "Tried"}}}])
    assert copy.values(sheet, "'Мой лист'!A3") == [["300"]]
    assert client.values(sheet, "'Мой лист'!A3") == [["30"]]
    assert len(client.book(sheet).sheets) == 2


def test_a_copy_of_a_copy_asks_nobody(client, sheet):
    copy = client.scratch(sheet)
    before = client.reads
    second = copy.scratch(sheet)
    second.update_values(sheet, "Sheet1!B2", [[1]])
    assert client.reads == before
    assert copy.values(sheet, "Sheet1!B2") == [["10"]]


def test_a_small_live_spreadsheet_that_was_looked_at_is_copied_in_one_call(emulator, sheet):
    live = SheetsClient(Live(EmulatorHttp(emulator)))
    apart = live.scratch(sheet)
    book, before = live.book(sheet), live.reads
    copy = live.scratch(sheet)
    assert live.reads - before == 1
    again = copy.book(sheet)
    assert (again.sheets, again.named_ranges) == (book.sheets, book.named_ranges)
    for tab in book.sheets:
        assert copy.load(again, [tab.grid]).cells == apart.load(again, [tab.grid]).cells


def test_texts_come_with_the_metadata_while_a_spreadsheet_is_small(emulator, sheet, monkeypatch):
    client = SheetsClient(Live(EmulatorHttp(emulator)))
    assert client.book_with_texts(sheet)[1] is None  # nothing is known of it yet
    before = client.reads
    book, texts = client.book_with_texts(sheet)
    assert client.reads - before == 1
    assert texts is not None
    shown = {key: [[text for text in row if text] for row in rows] for key, rows in texts.items()}
    assert shown == {0: [["Region", "Sales"], ["North", "10"], ["South", "20"]], 5: [[], [], ["30"]]}
    assert book.sheets == client.book(sheet).sheets
    monkeypatch.setattr(client_module, "READ_CELLS", 60_000)
    monkeypatch.setattr(client_module, "READ_TEXTS", 70_000)
    answer = client.batch_update(sheet, [{"addSheet": {"properties": {"title": "Third"}}}])
    assert set(answer) == {"spreadsheetId", "replies"}
    assert not client.fits_in_a_call(sheet)
    assert client.book_with_texts(sheet)[1] is None
    local = SheetsClient(EmulatorHttp(emulator))
    assert [local.book_with_texts(sheet)[1] for _ in range(2)] == [None, None]


def test_a_large_live_sheet_is_copied_whole_in_several_calls(emulator, sheet, monkeypatch):
    monkeypatch.setattr(client_module, "READ_CELLS", 5200)
    live = SheetsClient(Live(EmulatorHttp(emulator)))
    live.update_values(sheet, "Sheet1!Z1000", [["last"]])
    live.reads = 0
    copy = live.scratch(sheet)
    assert live.reads == 2 + 5 + 1
    assert copy.values(sheet, "Sheet1!Z1000") == [["last"]]
    assert copy.values(sheet, "'Мой лист'!A3") == [["30"]]


def test_the_empty_rest_of_large_live_sheets_costs_no_calls(emulator, sheet):
    live = SheetsClient(Live(EmulatorHttp(emulator)))
    for number in range(20):
        live.batch_update(sheet, [{"addSheet": {"properties": {"title": f"Tab {number}"}}}])
    live.update_values(sheet, "'Tab 7'!C3", [['=IF(TRUE,"","x")']])
    live.reads = 0
    copy = live.scratch(sheet)
    assert live.reads == 3
    assert len(copy.book(sheet).sheets) == 22
    assert copy.values(sheet, "'Tab 7'!C3", render="FORMULA") == [['=IF(TRUE,"","x")']]
    assert copy.values(sheet, "Sheet1!B3") == [["20"]]
    assert any("past the last value" in note for note in copy.notes)


def test_a_part_of_a_live_sheet(emulator, sheet):
    live = SheetsClient(Live(EmulatorHttp(emulator)))
    copy = live.scratch(sheet, [GridRange(0, 0, 2)])
    assert copy.values(sheet, "Sheet1") == [["Region", "Sales"], ["North", "10"]]
    assert live.writes == 0


# ------------------------------------------------------------------------------- what the local engine cannot calculate


def spreadsheet(cells, locale="en_US", **more):
    rows = {}
    for (row, column), data in cells.items():
        rows.setdefault(row, {})[column] = data
    row_data = [
        {"values": [rows.get(row, {}).get(column, {}) for column in range(max(rows.get(row, {0: 0})) + 1)]}
        for row in range(max(rows) + 1)
    ]
    return {
        "spreadsheetId": "x",
        "properties": {"title": "T", "locale": locale, "timeZone": "Etc/GMT"},
        "sheets": [
            {
                "properties": {"sheetId": 0, "title": "Sheet1", "index": 0,
                               "gridProperties": {"rowCount": 10, "columnCount": 10}},
                "data": [{"rowData": row_data}],
                **more,
            }
        ],
    }  # fmt: skip


def formula(text, **effective):
    return {"userEnteredValue": {"formulaValue": text}, "effectiveValue": effective}


def number(value):
    return {"userEnteredValue": {"numberValue": value}, "effectiveValue": {"numberValue": value}}


def value_of(workbook, row, column):
    return workbook.value(workbook.sheets[0], row, column)


def cell_of(workbook, row, column):
    return workbook.sheets[0].cell(row, column)


def test_a_result_only_google_knows_is_held_and_what_builds_on_it_stays_a_formula():
    made = workbook_from_api(
        spreadsheet(
            {
                (0, 0): formula('=GOOGLEFINANCE("GOOG")', numberValue=170.5),
                (0, 1): formula("=A1*2", numberValue=341),
                (0, 2): formula("=B1+1", numberValue=342),
            }
        )
    )
    assert cell_of(made.workbook, 0, 0).formula is None
    assert value_of(made.workbook, 0, 0) == 170.5
    assert cell_of(made.workbook, 0, 1).formula == "=A1*2"
    assert value_of(made.workbook, 0, 2) == 342
    assert made.notes == ("1 formula cannot be calculated on the copy, which holds its value from Google (Sheet1!A1).",)


def test_spilled_results_only_google_knows_are_held_too():
    made = workbook_from_api(
        spreadsheet(
            {
                (0, 0): formula('=IMPORTRANGE("id","A1:A2")', stringValue="a"),
                (1, 0): {"effectiveValue": {"stringValue": "b"}},
            }
        )
    )
    assert [value_of(made.workbook, row, 0) for row in (0, 1)] == ["a", "b"]


def test_spills_the_engine_knows_stay_spills():
    made = workbook_from_api(
        spreadsheet(
            {
                (0, 0): number(1),
                (1, 0): number(2),
                (0, 1): formula("=ARRAYFORMULA(A1:A2*10)", numberValue=10),
                (1, 1): {"effectiveValue": {"numberValue": 20}},
            }
        )
    )
    assert cell_of(made.workbook, 1, 1).value is None
    assert value_of(made.workbook, 1, 1) == 20
    assert made.notes == ()


def test_empty_texts_stay_texts():
    empty = {"userEnteredValue": {"stringValue": ""}, "effectiveValue": {"stringValue": ""}}
    made = workbook_from_api(spreadsheet({(0, 0): empty, (0, 1): formula('=IF(TRUE,"",1)', stringValue="")}))
    assert cell_of(made.workbook, 0, 0).value == ""
    assert cell_of(made.workbook, 0, 1).formula is not None
    assert made.notes == ()


def test_an_error_that_google_shows_too_stays():
    made = workbook_from_api(spreadsheet({(0, 0): formula("=1/0", errorValue={"type": "DIVIDE_BY_ZERO"})}))
    assert cell_of(made.workbook, 0, 0).formula == "=1/0"
    assert made.notes == ()


def test_another_result_than_googles_is_told():
    made = workbook_from_api(spreadsheet({(0, 0): formula("=1+1", numberValue=3)}))
    assert made.notes == ("1 formula gives another result on the copy (Sheet1!A1).",)


def test_results_that_change_by_themselves_are_not_told():
    assert workbook_from_api(spreadsheet({(0, 0): formula("=RAND()", numberValue=0.5)})).notes == ()


def test_formulas_are_read_in_the_spreadsheets_locale():
    made = workbook_from_api(spreadsheet({(0, 0): formula("=SUM(1,5;2)", numberValue=3.5)}, locale="de_DE"))
    assert value_of(made.workbook, 0, 0) == 3.5
    assert made.notes == ()


def test_a_tab_of_connected_data_is_told_and_a_charts_own_comes_along():
    body = spreadsheet({(0, 0): number(1)})
    for place, (title, kind) in enumerate((("Chart1", "OBJECT"), ("Orders", "DATA_SOURCE")), 1):
        body["sheets"].append({"properties": {"sheetId": place, "title": title, "index": place, "sheetType": kind}})
    made = workbook_from_api(body)
    assert [tab.title for tab in made.workbook.sheets] == ["Sheet1", "Chart1"]
    assert made.notes == ("1 tab of connected data is left out (Orders).",)


def test_hundreds_of_unknown_results_are_held_in_time():
    cells = {(row, 0): formula('=GOOGLEFINANCE("GOOG")', numberValue=1) for row in range(900)}
    body = spreadsheet(cells)
    body["sheets"][0]["properties"]["gridProperties"]["rowCount"] = 1000
    made = workbook_from_api(body)
    assert value_of(made.workbook, 899, 0) == 1
