"""Requests over ten million cells, which are as many as a spreadsheet has: done when that is cheap, else refused."""

import json

import pytest

from sheets_agent.a1 import cell_name, column_letters
from sheets_agent.emulator import batch
from sheets_agent.emulator.effort import MOST_CHANGED
from sheets_agent.emulator.service import Emulator
from sheets_agent.emulator.stored import from_stored, to_stored

ROWS, COLUMNS = 10_000, 990
LAST = cell_name(ROWS - 1, COLUMNS - 1)
ALL = {"sheetId": 5, "startRowIndex": 0, "endRowIndex": ROWS, "startColumnIndex": 0, "endColumnIndex": COLUMNS}
FIRST = {**ALL, "endRowIndex": 1}
ROW_SPAN = {"sheetId": 5, "dimension": "ROWS", "startIndex": 0, "endIndex": ROWS}
LINE = {"style": "SOLID"}
BOLD = {"userEnteredFormat": {"textFormat": {"bold": True}}}
BOLD_ALL = {"repeatCell": {"range": ALL, "cell": BOLD, "fields": "userEnteredFormat.textFormat.bold"}}
RULE = {"condition": {"type": "NUMBER_GREATER", "values": [{"userEnteredValue": "=A1"}]}}
TOO_MANY = f"The local Sheets API changes at most {MOST_CHANGED} cells in one call"


class Book:
    """A spreadsheet with a sheet of nearly ten million cells, a few of them filled, among them the last."""

    def __init__(self):
        self.emulator = Emulator()
        self.identifier = self.emulator.create("Large").spreadsheet_id
        grid = {"rowCount": ROWS, "columnCount": COLUMNS}
        properties = {"sheetId": 5, "title": "Big", "gridProperties": grid}
        assert self.batch({"addSheet": {"properties": properties}})[0] == 200
        assert self.put("Big!A1:C2", [[3, "b,c", True], ["x", 2, "=A1*2"]])[0] == 200
        assert self.put(f"Big!{LAST}", [["last"]])[0] == 200

    def call(self, method, target, body=None):
        sent = b"" if body is None else json.dumps(body).encode()
        status, _, answer = self.emulator.handle(method, f"/v4/spreadsheets/{self.identifier}{target}", {}, sent)
        return status, json.loads(answer)

    def batch(self, *requests):
        return self.call("POST", ":batchUpdate", {"requests": requests})

    def put(self, place, values):
        return self.call("PUT", f"/values/{place}?valueInputOption=USER_ENTERED", {"values": values})

    def values(self, place):
        return self.call("GET", f"/values/{place}?valueRenderOption=UNFORMATTED_VALUE")[1].get("values")

    def cells(self, place, fields):
        mask = f"sheets.data.rowData.values({fields})"
        rows = self.call("GET", f"?ranges={place}&fields={mask}")[1]["sheets"][0]["data"][0].get("rowData", [])
        return [row.get("values", []) for row in rows]

    @property
    def workbook(self):
        return self.emulator.workbook(self.identifier)


@pytest.fixture(scope="module")
def kept():
    return Book()


@pytest.fixture
def book(kept):
    """The book, of which no change is left to the next test."""
    before = kept.workbook
    yield kept
    kept.emulator.add(before)


@pytest.mark.parametrize(
    "request_body",
    [
        BOLD_ALL,
        {"repeatCell": {"range": ALL, "cell": {}, "fields": "*"}},
        {"updateCells": {"range": ALL, "fields": "userEnteredValue"}},
        {"updateCells": {"range": ALL, "fields": "note", "rows": [{"values": [{"note": "x"}]}]}},
        {"setDataValidation": {"range": ALL, "rule": RULE}},
        {"setDataValidation": {"range": ALL}},
        {"updateBorders": {"range": ALL, **dict.fromkeys(("top", "left", "innerHorizontal", "innerVertical"), LINE)}},
        {"sortRange": {"range": ALL, "sortSpecs": [{"dimensionIndex": 1, "sortOrder": "DESCENDING"}]}},
        {"randomizeRange": {"range": ALL}},
        {"findReplace": {"range": ALL, "find": "x", "replacement": "y"}},
        {"trimWhitespace": {"range": ALL}},
        {"deleteDuplicates": {"range": ALL}},
        {"textToColumns": {"source": {**ALL, "startColumnIndex": 1, "endColumnIndex": 2}, "delimiterType": "COMMA"}},
        {"autoFill": {"range": ALL}},
        {"mergeCells": {"range": ALL}},
        {"mergeCells": {"range": ALL, "mergeType": "MERGE_ROWS"}},
        {"unmergeCells": {"range": ALL}},
        {"deleteRange": {"range": {**ALL, "startRowIndex": 1}, "shiftDimension": "ROWS"}},
        {"updateDimensionProperties": {"range": ROW_SPAN, "properties": {"pixelSize": 40}, "fields": "pixelSize"}},
        {"autoResizeDimensions": {"dimensions": {"sheetId": 5, "dimension": "COLUMNS", "startIndex": 0}}},
        {"moveDimension": {"source": {**ROW_SPAN, "endIndex": 9}, "destinationIndex": ROWS}},
        {"addBanding": {"bandedRange": {"range": ALL, "rowProperties": {"firstBandColor": {}, "secondBandColor": {}}}}},
        {"setBasicFilter": {"filter": {"range": ALL, "criteria": {"0": {"hiddenValues": ["x"]}}}}},
        {"addTable": {"table": {"name": "T", "range": ALL}}},
    ],
    ids=lambda body: next(iter(body)),
)
def test_what_writes_nothing_into_most_cells_is_done(book, request_body):
    status, answer = book.batch(request_body)
    assert status == 200, answer
    assert book.values("Sheet1!A1:B2") is None  # and the rest is calculated still


@pytest.mark.parametrize(
    "request_body",
    [
        {"repeatCell": {"range": ALL, "cell": {"userEnteredValue": {"numberValue": 1}}, "fields": "userEnteredValue"}},
        {"repeatCell": {"range": ALL, "cell": {"userEnteredValue": {"formulaValue": "=A1"}}, "fields": "*"}},
        {"copyPaste": {"source": FIRST, "destination": ALL}},
        {"copyPaste": {"source": FIRST, "destination": ALL, "pasteType": "PASTE_FORMAT"}},
        {"copyPaste": {"source": {**ALL, "startRowIndex": 1}, "destination": FIRST, "pasteType": "PASTE_VALUES"}},
        {"cutPaste": {"source": {**ALL, "startRowIndex": 1}, "destination": {"sheetId": 5}}},
        {"autoFill": {"sourceAndDestination": {"source": FIRST, "dimension": "ROWS", "fillLength": ROWS - 1}}},
    ],
    ids=lambda body: next(iter(body)),
)
def test_what_writes_into_all_of_them_is_refused_with_the_limit(book, request_body):
    held = book.workbook
    status, answer = book.batch(request_body)
    assert (status, answer["error"]["status"]) == (400, "INVALID_ARGUMENT")
    assert answer["error"]["message"].startswith(f"Invalid requests[0].{next(iter(request_body))}: {TOO_MANY}")
    assert answer["error"]["message"].endswith("Use smaller ranges, or several calls.")
    assert book.workbook is held


def test_the_limit_is_that_of_a_call_not_of_a_request(book):
    half = {**ALL, "endRowIndex": 1_200}
    writing = {"repeatCell": {"range": half, "cell": {"userEnteredValue": {"boolValue": True}}, "fields": "*"}}
    status, answer = book.batch(writing, writing)
    assert status == 400
    assert answer["error"]["message"].startswith(f"Invalid requests[1].repeatCell: {TOO_MANY}, and this one comes to")


def test_a_call_of_too_many_slow_requests_is_stopped(book, monkeypatch):
    monkeypatch.setattr(batch, "MOST_SECONDS", -1)
    assert book.batch(BOLD_ALL)[0] == 200
    status, answer = book.batch(BOLD_ALL, BOLD_ALL)
    assert (status, answer["error"]["status"]) == (400, "INVALID_ARGUMENT")
    assert "stops a call after -1 seconds, here after requests[0]." in answer["error"]["message"]


def test_a_format_of_all_cells_is_kept_once_and_lives_on_as_theirs(book):
    assert book.batch(BOLD_ALL)[0] == 200
    assert len(list(book.workbook.sheets[1].distinct_rows())) == 4
    assert book.cells("Big!AAA700", "userEnteredFormat") == [[BOLD]]
    assert book.put("Big!B700", [[7]])[0] == 200
    italic = {"userEnteredFormat": {"textFormat": {"italic": True}}}
    column = {**ALL, "startColumnIndex": 1, "endColumnIndex": 2}
    slanted = {"repeatCell": {"range": column, "cell": italic, "fields": "userEnteredFormat.textFormat.italic"}}
    insertion = {"range": {"sheetId": 5, "dimension": "COLUMNS", "startIndex": 1, "endIndex": 2}}
    assert book.batch(slanted, {"insertDimension": insertion})[0] == 200
    assert book.values("Big!A699:D701") == [[], ["", "", 7]]
    both = {"userEnteredFormat": {"textFormat": {"bold": True, "italic": True}}}
    assert book.cells("Big!A1900:D1900", "userEnteredFormat") == [[BOLD, both, both, BOLD]]
    assert len(list(book.workbook.sheets[1].distinct_rows())) < 10
    kept = from_stored(json.loads(json.dumps(to_stored(book.workbook))))
    assert kept.sheets[1].rows == book.workbook.sheets[1].rows
    assert len(list(kept.sheets[1].distinct_rows())) < 10
    assert book.batch({"repeatCell": {"range": ALL, "cell": {}, "fields": "userEnteredFormat"}})[0] == 200
    assert book.cells("Big!A1900:D1900", "userEnteredFormat") == []


def test_lines_go_around_and_between(book):
    sides = ("top", "bottom", "left", "right", "innerHorizontal", "innerVertical")
    drawn = {side: {"style": style} for side, style in zip(sides, ["SOLID"] * 4 + ["DOTTED"] * 2, strict=True)}
    assert book.batch({"updateBorders": {"range": ALL, **drawn}})[0] == 200

    def styles(place):
        found = book.cells(f"Big!{place}", "userEnteredFormat.borders")[0][0]["userEnteredFormat"]["borders"]
        return [found[side]["style"] for side in ("top", "bottom", "left", "right")]

    assert styles("A1") == ["SOLID", "DOTTED", "SOLID", "DOTTED"]
    assert styles("C3") == ["DOTTED"] * 4
    assert styles(LAST) == ["DOTTED", "SOLID", "DOTTED", "SOLID"]


def test_references_in_shared_rules_follow(book):
    column = {**ALL, "startColumnIndex": 4, "endColumnIndex": 5}
    insertion = {"range": {"sheetId": 5, "dimension": "ROWS", "startIndex": 0, "endIndex": 1}}
    rule = {"setDataValidation": {"range": column, "rule": RULE}}
    assert book.batch(rule, {"insertDimension": insertion})[0] == 200
    rules = book.cells("Big!E1000", "dataValidation.condition.values")
    assert rules == [[{"dataValidation": {"condition": {"values": [{"userEnteredValue": "=A2"}]}}}]]


def test_sorting_moves_what_is_there_to_the_top(book):
    assert book.batch({"sortRange": {"range": ALL, "sortSpecs": [{"dimensionIndex": 0}]}})[0] == 200
    assert book.values("Big!A1:C3") == [[3, "b,c", True], ["x", 2, 6]]
    assert book.values(f"Big!{LAST}") == [["last"]]  # its first column is blank, as in all other rows but two
    last = {**ALL, "startRowIndex": 2}
    assert book.batch({"sortRange": {"range": last, "sortSpecs": [{"dimensionIndex": COLUMNS - 1}]}})[0] == 200
    assert book.values(f"Big!{column_letters(COLUMNS - 1)}3") == [["last"]]


@pytest.mark.parametrize(
    ("method", "target", "body"),
    [
        ("GET", "/values/Big", None),
        ("GET", "/values:batchGet?ranges=Big&ranges=Big!A1:B9", None),
        ("POST", "/values:batchGetByDataFilter", {"dataFilters": [{"gridRange": ALL}]}),
        ("POST", "/values/Big:clear", {}),
        ("POST", "/values/Big:append?valueInputOption=RAW", {"values": [[1]]}),
        ("GET", "?includeGridData=true&ranges=Big", None),
        ("POST", ":getByDataFilter", {"dataFilters": [{"gridRange": ALL}], "includeGridData": True}),
    ],
)
def test_ten_million_cells_that_are_mostly_blank_are_read(book, method, target, body):
    assert book.call(method, target, body)[0] == 200


@pytest.mark.parametrize(
    ("method", "target", "body"),
    [
        ("GET", "/values/Big?majorDimension=COLUMNS", None),
        ("GET", "/values:batchGet?" + "&".join(["ranges=Big"] * 50), None),
        ("GET", "?includeGridData=true&ranges=Big", None),
        ("POST", ":getByDataFilter", {"dataFilters": [{"gridRange": ALL}], "includeGridData": True}),
    ],
)
def test_an_answer_that_would_take_all_memory_is_refused(book, method, target, body):
    assert book.batch(BOLD_ALL)[0] == 200
    status, answer = book.call(method, target, body)
    assert (status, answer["error"]["status"]) == (400, "INVALID_ARGUMENT")
    assert answer["error"]["message"].endswith("Ask for smaller ranges, or for fewer fields.")


def test_a_file_too_large_to_be_exported_is_refused_as_drive_does(book):
    assert book.batch(BOLD_ALL)[0] == 200
    for kind in ("text/csv", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"):
        target = f"/drive/v3/files/{book.identifier}/export?mimeType={kind}"
        status, _, answer = book.emulator.handle("GET", target, {}, b"")
        assert (status, json.loads(answer)["error"]["message"]) == (403, "This file is too large to be exported.")


def test_appending_does_not_grow_a_grid_beyond_ten_million_cells(book):
    status, answer = book.call("POST", "/values/Big:append?valueInputOption=RAW", {"values": [[1]] * 100})
    assert status == 400
    assert answer["error"]["message"].endswith("above the limit of 10000000 cells.")


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"find": "(a+)+$", "searchByRegex": True}, None),
        ({"find": "a", "replacement": "b" * 50_000}, "more than the maximum of 50000 characters in a single cell"),
        ({"find": "(?=a)", "searchByRegex": True}, "searches with RE2, which does not know this expression: (?=a)"),
        ({"find": "(", "searchByRegex": True}, "Invalid regular expression: ("),
        ({"find": "(" * 1_000, "searchByRegex": True}, "Invalid regular expression: ("),
    ],
)
def test_a_search_ends_soon(book, asked, said):
    assert book.put("Big!E5", [["a" * 40_000 + "!"]])[0] == 200
    status, answer = book.batch({"findReplace": {"sheetId": 5, "replacement": "", **asked}})
    assert status == (200 if said is None else 501 if "RE2" in said else 400)
    assert said is None or said in answer["error"]["message"]
