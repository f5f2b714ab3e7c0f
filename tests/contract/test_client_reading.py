"""The client over the local Sheets API, through the real googleapiclient."""

import threading

import pytest

from sheets_agent.a1 import GridRange
from sheets_agent.emulator.transport import EmulatorHttp
from sheets_agent.errors import ActionError, InvalidRequest, SpreadsheetNotFound
from sheets_agent.formulas.values import ErrorValue
from sheets_agent.sheets import client as client_module
from sheets_agent.sheets.book import NotLoaded
from sheets_agent.sheets.client import SheetsClient

TABLE = [["Region", "Sales"], ["North", 10], ["South", 20.5], ["", "=SUM(B2:B3)"]]


class Recording:
    """A transport that is watched, and cannot fork, as a live one."""

    def __init__(self, http):
        self._http = http
        self.uris = []

    def request(self, uri, method="GET", body=None, headers=None, **_):
        self.uris.append(uri)
        return self._http.request(uri, method, body, headers)


@pytest.fixture
def http(emulator):
    return Recording(EmulatorHttp(emulator))


@pytest.fixture
def client(http):
    return SheetsClient(http)


@pytest.fixture
def sheet(emulator, client):
    spreadsheet_id = emulator.create("Sales", "en_US", "Europe/Moscow").spreadsheet_id
    client.update_values(spreadsheet_id, "Sheet1!A1", TABLE)
    client.reads = client.writes = 0
    return spreadsheet_id


def test_a_book_is_one_small_call(client, http, sheet):
    http.uris.clear()
    book = client.book(sheet)
    assert (book.title, book.locale, book.time_zone) == ("Sales", "en_US", "Europe/Moscow")
    assert [(tab.title, tab.row_count, tab.column_count) for tab in book.sheets] == [("Sheet1", 1000, 26)]
    assert (client.reads, client.writes, len(http.uris)) == (1, 0, 1)
    assert "fields=" in http.uris[0]
    with pytest.raises(NotLoaded):
        book.cell(0, 0, 0)


def test_a_book_has_names_filters_merges_and_freezes(client, sheet):
    client.batch_update(
        sheet,
        [
            {"addNamedRange": {"namedRange": {"name": "Sold", "range": {"sheetId": 0, "startColumnIndex": 1}}}},
            {"setBasicFilter": {"filter": {"range": {"sheetId": 0, "startRowIndex": 0, "endRowIndex": 3}}}},
            {"mergeCells": {"range": GridRange(0, 5, 6, 0, 2).to_api(), "mergeType": "MERGE_ALL"}},
            {
                "updateSheetProperties": {
                    "properties": {"sheetId": 0, "gridProperties": {"frozenRowCount": 1}},
                    "fields": "gridProperties.frozenRowCount",
                }
            },
        ],
    )
    book = client.book(sheet)
    tab = book.sheets[0]
    assert book.range("Sold").start_column == 1
    assert tab.basic_filter is not None
    assert tab.merges == (GridRange(0, 5, 6, 0, 2),)
    assert tab.frozen_rows == 1


def test_loaded_cells_have_values_texts_formulas_and_formats(client, sheet):
    client.batch_update(
        sheet,
        [
            {
                "repeatCell": {
                    "range": GridRange(0, 1, 3, 1, 2).to_api(),
                    "cell": {
                        "userEnteredFormat": {"numberFormat": {"type": "NUMBER", "pattern": "0.00"}},
                        "note": "checked",
                    },
                    "fields": "userEnteredFormat.numberFormat,note",
                }
            }
        ],
    )
    book = client.load(client.book(sheet), [GridRange(0, 0, 4, 0, 2)])
    assert book.cell(0, 0, 0).value == "Region"
    cell = book.cell(0, 2, 1)
    assert (cell.value, cell.text, cell.note) == (20.5, "20.50", "checked")
    assert cell.number_format == {"type": "NUMBER", "pattern": "0.00"}
    assert (book.cell(0, 3, 1).value, book.cell(0, 3, 1).formula) == (30.5, "=SUM(B2:B3)")
    assert book.cell(0, 3, 0).blank


def test_errors_are_values(client, sheet):
    client.update_values(sheet, "C1", [["=1/0"]])
    book = client.load(client.book(sheet), [GridRange(0, 0, 1, 2, 3)])
    value = book.cell(0, 0, 2).value
    assert isinstance(value, ErrorValue)
    assert value.type == "DIVIDE_BY_ZERO"


def test_what_is_loaded_is_not_read_again(client, sheet):
    book = client.load(client.book(sheet), [GridRange(0, 0, 3, 0, 2)])
    before = client.reads
    again = client.load(book, [GridRange(0, 1, 2, 0, 1), GridRange(0, 0, 3, 0, 2)])
    assert client.reads == before
    assert again.cells == book.cells


def test_only_the_missing_part_is_read(client, http, sheet):
    book = client.load(client.book(sheet), [GridRange(0, 0, 2, 0, 2)])
    http.uris.clear()
    book = client.load(book, [GridRange(0, 0, 4, 0, 2)])
    assert len(http.uris) == 1
    assert "A3%3AB4" in http.uris[0]
    assert [cell.text for _, _, cell in book.filled(GridRange(0, 0, 4, 0, 2))][-1] == "30.5"


def test_open_ranges_are_clipped_and_large_ones_come_in_several_calls(client, http, sheet, monkeypatch):
    monkeypatch.setattr(client_module, "READ_CELLS", 2600)
    client.update_values(sheet, "Sheet1!Z1000", [["last"]])
    book = client.book(sheet)
    http.uris.clear()
    book = client.load(book, [GridRange(0)])
    assert len(http.uris) == 10
    assert book.cell(0, 999, 25).value == "last"
    assert len(list(book.filled(GridRange(0)))) == 8


def test_several_tabs_of_the_usual_size_are_read_in_one_call(client, sheet):
    client.batch_update(sheet, [{"addSheet": {"properties": {"title": f"Month {number}"}}} for number in range(8)])
    book = client.book(sheet)
    before = client.reads
    client.load(book, [tab.grid for tab in book.sheets])
    assert client.reads - before == 3


def test_nothing_to_load_is_no_call(client, sheet):
    book = client.book(sheet)
    before = client.reads
    assert client.load(book, [GridRange(0, 2000, 2001, 0, 1)]).cells == {}
    assert client.reads == before


def test_hundreds_of_ranges_fit_though_their_address_is_long(client, sheet):
    areas = [GridRange(0, row, row + 1, 0, 1) for row in range(0, 900, 2)]
    book = client.load(client.book(sheet), areas)
    assert book.cell(0, 0, 0).value == "Region"
    assert book.cell(0, 898, 0).blank


def test_tabs_named_like_cells_or_with_quotes_are_read_and_written(client, sheet):
    for title in ("P1", "R1C1", "Bob's tab", "Лист с данными", "TRUE", "a!b"):
        client.batch_update(sheet, [{"addSheet": {"properties": {"title": title}}}])
        book = client.book(sheet)
        area = GridRange(book.sheet(title).sheet_id, 1, 2, 1, 2)
        client.update_values(sheet, book.a1(area), [[title]], entered=False)
        assert client.load(book, [area]).cell(area.sheet_id, 1, 1).value == title
        assert client.values(sheet, book.a1(area)) == [[title]]


def test_a_sheet_that_is_not_there(client, sheet):
    with pytest.raises(ActionError, match="no sheet with id 99"):
        client.load(client.book(sheet), [GridRange(99)])


# -------------------------------------------------------------------------------------------------- values


def test_values_in_the_three_renderings(client, sheet):
    assert client.values(sheet, "Sheet1!B3:B4") == [["20.5"], ["30.5"]]
    assert client.values(sheet, "Sheet1!B3:B4", render="UNFORMATTED_VALUE") == [[20.5], [30.5]]
    assert client.values(sheet, "Sheet1!B3:B4", render="FORMULA") == [[20.5], ["=SUM(B2:B3)"]]


def test_values_of_several_ranges_keep_their_order_and_blanks(client, sheet):
    rows = client.batch_values(sheet, ["B1:B2", "D1:D9", "A1:A2"])
    assert rows == [[["Sales"], ["10"]], [], [["Region"], ["North"]]]
    before = client.reads
    assert client.batch_values(sheet, []) == []
    assert client.reads == before


def test_values_by_columns_and_dates_as_text(client, sheet):
    client.update_values(sheet, "D1", [["2024-02-29"]])
    assert client.values(sheet, "D1", render="UNFORMATTED_VALUE") == [[45351]]
    assert client.values(sheet, "D1", render="UNFORMATTED_VALUE", dates="FORMATTED_STRING") == [["2024-02-29"]]
    assert client.values(sheet, "A1:B2", major="COLUMNS") == [["Region", "North"], ["Sales", "10"]]


def test_values_written_raw_stay_as_they_are(client, sheet):
    client.update_values(sheet, "D1", [["=1+1", "0042", None]], entered=False)
    assert client.values(sheet, "D1:E1", render="FORMULA") == [["=1+1", "0042"]]


def test_a_new_spreadsheet(client):
    made = client.create("Бюджет", locale="ru_RU", time_zone="Europe/Moscow")
    book = client.book(made["spreadsheetId"])
    assert (book.title, book.locale, book.time_zone) == ("Бюджет", "ru_RU", "Europe/Moscow")


def test_formulas_have_commas_and_points_whatever_the_locale(client):
    made = client.create("Бюджет", locale="ru_RU")["spreadsheetId"]
    client.update_values(made, "A1", [["=ROUND(1,25*2;1)"]])
    area = GridRange(0, 0, 1, 0, 1)
    assert client.load(client.book(made), [area]).cell(0, 0, 0).formula == "=ROUND(1.25*2,1)"
    assert client.values(made, "A1", render="FORMULA") == [["=ROUND(1,25*2;1)"]]


# -------------------------------------------------------------------------------------------------- batches


def test_a_batch_gives_back_what_it_wrote(client, sheet):
    answer = client.batch_update(
        sheet,
        [{"addSheet": {"properties": {"sheetId": 7, "title": "New"}}}],
        response_ranges=["Sheet1!A1:A2"],
        include_grid_data=True,
    )
    assert answer["replies"][0]["addSheet"]["properties"]["sheetId"] == 7
    book = client.book(sheet).with_grid_data(answer["updatedSpreadsheet"], [GridRange(0, 0, 2, 0, 1)])
    assert book.cell(0, 1, 0).value == "North"


def test_a_refused_batch_names_the_request_and_writes_nothing(client, sheet):
    requests = [{"addSheet": {"properties": {"title": "New"}}}, {"deleteSheet": {"sheetId": 12345}}]
    with pytest.raises(InvalidRequest) as caught:
        client.batch_update(sheet, requests)
    assert caught.value.request_index == 1
    assert [tab.title for tab in client.book(sheet).sheets] == ["Sheet1"]


def test_a_request_kind_that_does_not_exist_names_its_place(client, sheet):
    with pytest.raises(InvalidRequest) as caught:
        client.batch_update(sheet, [{"addSheet": {}}, {"paintItBlack": {}}])
    assert caught.value.request_index == 1


def test_an_unknown_spreadsheet(client):
    with pytest.raises(SpreadsheetNotFound):
        client.book("1" * 44)


def test_one_client_serves_several_threads(client, sheet):
    book = client.book(sheet)
    found = []

    def read(row):
        found.append(client.load(book, [GridRange(0, row, row + 1, 0, 1)]).cell(0, row, 0).text)

    threads = [threading.Thread(target=read, args=(row,)) for row in (0, 1, 2) * 4]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(found) == sorted(["Region", "North", "South"] * 4)
    assert client.reads == 13


def test_a_criterion_with_its_number_outside_the_quotes_holds_where_numbers_have_a_decimal_comma(client):
    russian = client.create("Книга", "ru_RU")["spreadsheetId"]
    client.update_values(russian, "A1", [["1,5"], ["2,5"], ["3,5"], ['=SUMIF(A1:A3;">"&2,25)']])
    assert client.values(russian, "A4") == [["6"]]
