"""The limits of a spreadsheet, and what lies just inside of them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from sheets_agent.emulator.service import Emulator

WIDE = {"sheetId": 5, "title": "Wide", "gridProperties": {"rowCount": 3, "columnCount": 18_278}}


class Book:
    def __init__(self) -> None:
        self._emulator = Emulator()
        self._identifier = self._emulator.create("Limits").spreadsheet_id

    def call(self, method: str, target: str, body: Any = None) -> tuple[int, Any]:
        sent = b"" if body is None else json.dumps(body).encode()
        status, _, answer = self._emulator.handle(method, f"/v4/spreadsheets/{self._identifier}{target}", {}, sent)
        return status, json.loads(answer)

    def ask(self, **request: Any) -> tuple[int, Any]:
        return self.call("POST", ":batchUpdate", {"requests": [request]})


@pytest.fixture
def book() -> Book:
    made = Book()
    assert made.ask(addSheet={"properties": WIDE})[0] == 200
    return made


def test_the_last_column_holds_values(book: Book) -> None:
    target = "/values/Wide!ZZY1:ZZZ1"
    assert book.call("PUT", f"{target}?valueInputOption=RAW", {"values": [[1, "последний"]]})[0] == 200
    assert book.call("GET", target)[1]["values"] == [["1", "последний"]]


def test_formulas_beyond_the_engine_are_refused_loudly(book: Book) -> None:
    book.call("PUT", "/values/Wide!ZZY1?valueInputOption=USER_ENTERED", {"values": [[1, "=ZZY1+1"]]})
    book.call("PUT", "/values/Wide!A2?valueInputOption=USER_ENTERED", {"values": [["=ZZY1*5"], ["=SUM(1:1)"]]})
    assert book.call("GET", "/values/Wide!ZZZ1")[1]["values"] == [["#ERROR!"]]
    assert book.call("GET", "/values/Wide!A2:A3")[1]["values"] == [["#ERROR!"], ["#ERROR!"]]


@pytest.mark.parametrize(
    "request_body",
    [
        {"addSheet": {"properties": {"gridProperties": {"rowCount": 1, "columnCount": 18_279}}}},
        {"appendDimension": {"sheetId": 5, "dimension": "COLUMNS", "length": 1}},
        {"insertDimension": {"range": {"sheetId": 5, "dimension": "COLUMNS", "startIndex": 1, "endIndex": 2}}},
    ],
)
def test_no_sheet_has_more_columns(book: Book, request_body: dict[str, Any]) -> None:
    status, answer = book.ask(**request_body)
    assert status == 400
    words = "This action would increase the number of columns in the sheet above the limit of 18278."
    assert answer["error"]["message"].endswith(words)


@pytest.mark.parametrize(
    "request_body",
    [
        {"addSheet": {"properties": {"gridProperties": {"rowCount": 10_000_000, "columnCount": 1}}}},
        {"appendDimension": {"sheetId": 0, "dimension": "ROWS", "length": 400_000}},
        {"insertDimension": {"range": {"sheetId": 0, "dimension": "ROWS", "startIndex": 1, "endIndex": 400_000}}},
    ],
)
def test_no_spreadsheet_has_more_cells(book: Book, request_body: dict[str, Any]) -> None:
    status, answer = book.ask(**request_body)
    assert status == 400
    words = "This action would increase the number of cells in the workbook above the limit of 10000000 cells."
    assert answer["error"]["message"].endswith(words)


@pytest.mark.parametrize(("size", "status"), [(50_000, 200), (50_001, 400)])
@pytest.mark.parametrize("option", ["RAW", "USER_ENTERED"])
def test_a_cell_holds_50000_characters(book: Book, size: int, status: int, option: str) -> None:
    found, answer = book.call("PUT", f"/values/A1?valueInputOption={option}", {"values": [["я" * size]]})
    assert found == status
    if status == 400:
        words = "Your input contains more than the maximum of 50000 characters in a single cell."
        assert words in answer["error"]["message"]
