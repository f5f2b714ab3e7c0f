"""What users of spreadsheet tools suffer from, each shown not to happen here: real actions, the real client, faults."""

from __future__ import annotations

import json
from typing import Any

import httplib2
import pytest
from action_bench import Bench
from google.auth.exceptions import RefreshError

from sheets_agent.a1 import GridRange
from sheets_agent.actions import by_kind
from sheets_agent.emulator.faults import Faults, parse_faults
from sheets_agent.emulator.service import Emulator
from sheets_agent.emulator.transport import EmulatorHttp
from sheets_agent.errors import ActionError, CredentialsError, PermissionDenied, QuotaExceeded
from sheets_agent.sheets.client import READ_CELLS, SheetsClient
from sheets_agent.sheets.markers import Marker
from sheets_agent.sheets.sending import ATTEMPTS

ROBOT = "robot@project.iam.gserviceaccount.com"
NARROW = "\u00a0"


class Live:
    """A transport that counts as live: it cannot fork."""

    def __init__(self, answer: Any) -> None:
        self._answer = answer
        self.sent = 0

    def request(self, uri: str, method: str = "GET", body: Any = None, headers: Any = None, **_: Any) -> Any:
        self.sent += 1
        return self._answer(uri, method, body, headers)


def over(faults: str) -> tuple[SheetsClient, Live, str, SheetsClient]:
    """A client whose line has faults, the line, a spreadsheet with [[1]], and a client on a good line."""
    emulator = Emulator()
    good = SheetsClient(EmulatorHttp(emulator))
    made = good.create("Book")["spreadsheetId"]
    good.update_values(made, "Sheet1!A1", [[1]])
    bad = EmulatorHttp(emulator, Faults(emulator.handle, parse_faults(faults)))
    line = Live(lambda uri, method, body, headers: bad.request(uri, method, body, headers))
    return SheetsClient(line, sleep=lambda seconds: None), line, made, good


def refusing(status: int, reason: str, message: str) -> tuple[SheetsClient, Live]:
    """A client to which Google always answers the same error."""
    error = {"code": status, "message": message, "errors": [{"reason": reason, "message": message}]}
    response = httplib2.Response({"status": str(status), "content-type": "application/json"})
    line = Live(lambda *_: (response, json.dumps({"error": error}).encode()))
    return SheetsClient(line, account=ROBOT, sleep=lambda seconds: None), line


def raising(error: Exception) -> tuple[SheetsClient, Live]:
    """A client whose token cannot be renewed."""

    def answer(*_: Any) -> Any:
        raise error

    line = Live(answer)
    return SheetsClient(line, sleep=lambda seconds: None), line


def put(value: Any) -> dict[str, Any]:
    """A request that writes a value into A2."""
    kind = "stringValue" if isinstance(value, str) else "numberValue"
    cell = {"userEnteredValue": {kind: value}}
    start = {"sheetId": 0, "rowIndex": 1, "columnIndex": 0}
    return {"updateCells": {"rows": [{"values": [cell]}], "fields": "userEnteredValue", "start": start}}


# ------------------------------------------------------------------------------------ quotas, rights, credentials


def test_quota_429_is_waited_out() -> None:
    client, line, made, _ = over("429@1+2+3")
    assert client.values(made, "Sheet1!A1") == [["1"]]
    assert line.sent == 4


def test_quota_429_that_stays_ends_within_bounds_and_says_which() -> None:
    client, line, made, _ = over("429=1")
    with pytest.raises(QuotaExceeded, match="quota is used up") as caught:
        client.values(made, "Sheet1!A1")
    assert line.sent == ATTEMPTS
    assert "minute" in caught.value.hint


def test_a_service_account_without_storage_is_told_what_to_do_instead() -> None:
    client, line = refusing(403, "storageQuotaExceeded", "The user's Drive storage quota has been exceeded.")
    with pytest.raises(PermissionDenied, match="a service account has none of its own") as caught:
        client.create("Report")
    assert "share it with that address" in caught.value.hint
    assert ROBOT in str(caught.value)
    assert line.sent == 1


def test_a_hopeless_403_is_not_tried_again() -> None:
    client, line = refusing(403, "forbidden", "The caller does not have permission")
    with pytest.raises(PermissionDenied) as caught:
        client.batch_update("1" + "a" * 43, [put(2)], marker=Marker("run", 1))
    assert line.sent == 1
    assert ROBOT in caught.value.hint


def test_an_expired_refresh_token_says_how_to_sign_in_again() -> None:
    client, line = raising(
        RefreshError("invalid_grant: Token has been expired or revoked.", {"error": "invalid_grant"})
    )
    with pytest.raises(CredentialsError, match="expired or was revoked") as caught:
        client.values("1" + "a" * 43, "A1")
    assert "sheets-agent auth login" in caught.value.hint
    assert "7 days" in caught.value.hint
    assert line.sent == 1


def test_default_credentials_without_the_scope_say_which_login_has_it() -> None:
    client, line = refusing(403, "ACCESS_TOKEN_SCOPE_INSUFFICIENT", "Request had insufficient authentication scopes.")
    with pytest.raises(PermissionDenied, match="without access to spreadsheets") as caught:
        client.values("1" + "a" * 43, "A1")
    assert "--scopes=https://www.googleapis.com/auth/spreadsheets" in caught.value.hint
    assert line.sent == 1


# ----------------------------------------------------------------------------------------------- reading it all


def test_no_silent_truncation_of_reads() -> None:
    bench = Bench()
    rows = 30_000
    bench.client.batch_update(bench.id, [{"appendDimension": {"sheetId": 0, "dimension": "ROWS", "length": rows}}])
    bench.client.update_values(bench.id, "Sheet1!A1", [[number, f"n{number}", "x"] for number in range(1, rows + 1)])
    assert rows * 3 > READ_CELLS
    assert len(bench.numbers("Sheet1!A1:C")) == rows
    book = bench.client.load(bench.book(), [GridRange(0, 0, rows, 0, 3)])
    assert [book.cell(0, row, 0).value for row in (0, READ_CELLS // 3, rows - 1)] == [1, READ_CELLS // 3 + 1, rows]


# ------------------------------------------------------------------------------------------------ numbers, dates


@pytest.mark.parametrize(("locale", "shown"), [("de_DE", "1,5"), ("ru_RU", "1,5"), ("en_US", "1.5"), ("fr_FR", "1,5")])
@pytest.mark.parametrize("kind", ["write_cell", "write_table", "fill_constant"])
def test_a_decimal_comma_is_no_thousands_separator(locale: str, shown: str, kind: str) -> None:
    bench = Bench(locale)
    bench.sheet("T")
    value: dict[str, Any] = {"values": [["1.5"]]} if kind == "write_table" else {"value": "1.5"}
    bench.do(kind, target="T!A1", **value)
    assert bench.numbers("T!A1") == [[1.5]]
    assert bench.shown("T!A1") == [[shown]]


@pytest.mark.parametrize("locale", ["ru_RU", "de_DE"])
def test_a_comma_that_a_model_types_in_a_comma_locale_is_decimal(locale: str) -> None:
    bench = Bench(locale)
    bench.sheet("T")
    bench.do("write_cell", target="T!A1", value="1234,56")
    assert bench.numbers("T!A1") == [[1234.56]]


@pytest.mark.parametrize(
    ("locale", "shown"),
    [("en_US", "2/3/2024"), ("en_GB", "03/02/2024"), ("ru_RU", "03.02.2024"), ("de_DE", "03.02.2024")],
)
def test_dates_are_no_serials_and_in_the_right_order(locale: str, shown: str) -> None:
    bench = Bench(locale)
    bench.sheet("T")
    bench.do("write_cell", target="T!A1", value="2024-02-03")
    bench.do("write_cell", target="T!B1", value="=MONTH(A1)*100+DAY(A1)")
    assert bench.shown("T!A1") == [[shown]]
    assert bench.numbers("T!A1:B1") == [[45325, 203]]


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        ("write_cell", {"value": "1"}), ("fill_constant", {"value": "1"}), ("write_table", {"values": [["1"]]}),
        ("fill_series", {"start": "1"}),
    ],
)  # fmt: skip
def test_1_in_a_cell_that_held_a_date_is_the_number_1(kind: str, fields: dict[str, Any]) -> None:
    bench = Bench()
    bench.sheet("T", [["2024-02-03"]])
    bench.do("format_cells", target="T!A1", style=["bold"])
    bench.do(kind, target="T!A1", **fields)
    assert bench.shown("T!A1") == [["1"]]
    assert bench.cells("T!A1")[0][0]["userEnteredFormat"]["textFormat"]["bold"] is True
    bench.do("write_cell", target="T!A1", value="2024-02-04")
    assert bench.shown("T!A1") == [["2/4/2024"]]


def test_1_over_dates_and_money_keeps_the_money() -> None:
    bench = Bench()
    bench.sheet("T", [["2024-02-03"], ["$5.00"], ["x"]])
    bench.do("fill_constant", target="T!A1:A3", value="1")
    assert bench.shown("T!A1:A3") == [["1"], ["$1.00"], ["1"]]


@pytest.mark.parametrize(
    ("locale", "typed", "number"),
    [("en_US", "$1,234.50", 1234.5), ("en_US", "12%", 0.12), ("ru_RU", "1 500 ₽", 1500), ("de_DE", "1.234,5", 1234.5)],
)
def test_numbers_are_not_read_as_text(locale: str, typed: str, number: float) -> None:
    bench = Bench(locale)
    bench.sheet("T")
    bench.client.update_values(bench.id, "T!A1", [[typed.replace(" ", NARROW if locale == "ru_RU" else " ")]])
    book = bench.client.load(bench.book(), [GridRange(0, 0, 1, 0, 1)])
    assert book.cell(0, 0, 0).value == number


# ------------------------------------------------------------------------------------------------ places and names


def test_an_append_does_not_shift_columns() -> None:
    bench = Bench()
    bench.sheet("T", [["", "A", "B"], ["", 1, ""], ["", 2, ""]])
    bench.do("write_table", target="T!B4", values=[["3", "x"]])
    assert bench.shown("T!A1:C4") == [["", "A", "B"], ["", "1"], ["", "2"], ["", "3", "x"]]


@pytest.mark.parametrize(
    "title", ["P1", "R1C1", "TRUE", "A1:B2", "Продажи", "O'Brien's", "'quoted'", "x!y", "2024", "a  b"]
)
def test_tabs_with_any_name(title: str) -> None:
    bench = Bench()
    bench.sheet("Other", [["wrong"]])
    quoted = bench.sheet(title, [[2], [3]])
    bench.do("write_cell", target=f"{quoted}!B1", value=f"=SUM({quoted}!A1:A2)")
    bench.do("write_cell", target="Other!B1", value=f"={quoted}!A2")
    assert bench.numbers(f"{quoted}!A1:B2") == [[2, 5], [3]]
    assert bench.numbers("Other!A1:B1") == [["wrong", 3]]
    assert [sheet.title for sheet in bench.book().sheets] == ["Other", title]


@pytest.mark.parametrize("text", ["it's", "'quoted'", 'say "hi"', "''", "rock 'n' roll"])
def test_apostrophes_are_not_doubled_or_lost(text: str) -> None:
    bench = Bench()
    bench.sheet("T")
    bench.do("write_table", target="T!A1", values=[["x", text]])
    (shown,) = bench.shown("T!A1:B1")
    assert shown[1] == (text.removeprefix("'") if text.startswith("'") else text), "a leading one marks text, as typed"
    bench.do("write_cell", target="T!A2", value='="' + text.replace('"', '""') + '"')
    assert bench.shown("T!A2") == [[text]]


# ------------------------------------------------------------------------------------- what stands in other cells


def dressed() -> Bench:
    """A row with a formula, formats and a dropdown."""
    bench = Bench()
    bench.sheet("T", [["Qty", "Price", "Sum", "Status"], [2, 3, "=A2*B2", "New"]])
    bench.do("data_validation", target="T!D2", allow="list", items=["New", "Paid"])
    bench.do("format_cells", target="T!A2:D2", style=["bold"], background="#fff2cc")
    bench.do("format_cells", target="T!B2", number_format="0.00")
    return bench


def test_a_row_update_keeps_the_formula_beside_it() -> None:
    bench = dressed()
    bench.do("write_table", target="T!A2", values=[["5", "4"]])
    assert bench.formulas("T!A2:D2") == [[5, 4, "=A2*B2", "New"]]
    assert bench.numbers("T!C2") == [[20]]


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        ("write_cell", {"value": "7"}), ("fill_constant", {"value": "7"}), ("write_table", {"values": [["7"]]}),
        ("repeat_formula", {"formula": "=A2+5"}), ("clear_range", {}),
    ],
)  # fmt: skip
def test_a_write_keeps_formats_and_dropdowns(kind: str, fields: dict[str, Any]) -> None:
    bench = dressed()
    ((_, price, _, status),) = bench.cells("T!A2:D2")
    for cell in ("B2", "D2"):
        bench.do(kind, target=f"T!{cell}", **fields)
    ((_, after, _, last),) = bench.cells("T!A2:D2")
    assert after["userEnteredFormat"] == price["userEnteredFormat"]
    assert last["userEnteredFormat"]["textFormat"] == status["userEnteredFormat"]["textFormat"]
    assert last["dataValidation"] == status["dataValidation"]


@pytest.mark.parametrize(
    ("named", "refusal"),
    [("Sum", "several columns “Sum”: B, C. Name the column by its letter"), ("", "no column"), ("Total", "no column")],
)
def test_duplicate_and_blank_headers_are_refused_where_they_would_be_guessed(named: str, refusal: str) -> None:
    bench = Bench()
    bench.sheet("T", [["Name", "Sum", "Sum", ""], ["b", 2, 20, 5], ["a", 1, 10, 6]])
    action = by_kind("sort_range").model_validate({"kind": "sort_range", "target": "T!A1:D3", "by": [named]})
    book = bench.client.load(bench.book(), action.looks(bench.book()))
    with pytest.raises(ActionError, match=refusal):
        action.requests(book)


@pytest.mark.parametrize(("letter", "order"), [("B", ["a", "b"]), ("C", ["a", "b"]), ("D", ["b", "a"])])
def test_columns_with_duplicate_and_blank_headers_are_reached_by_their_letters(letter: str, order: list[str]) -> None:
    bench = Bench()
    bench.sheet("T", [["Name", "Sum", "Sum", ""], ["b", 2, 20, 5], ["a", 1, 10, 6]])
    bench.do("sort_range", target="T!A1:D3", by=[letter])
    assert [row[0] for row in bench.shown("T!A2:A3")] == order


# --------------------------------------------------------------------------------------------------- lost answers


def test_clear_then_write_leaves_no_hole_when_the_write_is_refused() -> None:
    client, _, made, good = over("")
    cleared = {"updateCells": {"range": {"sheetId": 0}, "fields": "userEnteredValue"}}
    refused = {"updateCells": {"start": {"sheetId": 99}, "rows": [], "fields": "userEnteredValue"}}
    with pytest.raises(Exception, match=r"No grid with id: 99"):
        client.batch_update(made, [cleared, refused])
    assert good.values(made, "Sheet1!A1") == [["1"]]


@pytest.mark.parametrize(
    "fault", ["503-after@1", "reset-after@1", "503@1", "reset@1", "502@1", "429@1", "503-after@1+2+3"]
)
def test_an_answer_lost_after_the_write_landed_does_not_write_twice(fault: str) -> None:
    client, _, made, good = over(fault)
    rows = {"appendCells": {"sheetId": 0, "rows": put("x")["updateCells"]["rows"], "fields": "userEnteredValue"}}
    client.batch_update(made, [rows], marker=Marker("a1b2c3", 1))
    assert good.values(made, "Sheet1!A1:A") == [["1"], ["x"]]
