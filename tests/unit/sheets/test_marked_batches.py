"""Batches that carry a marker land once, whatever happens to the answers. A real local API answers over a bad line."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sheets_agent.emulator.faults import FaultPlan, Faults, parse_faults
from sheets_agent.emulator.service import Emulator
from sheets_agent.emulator.transport import EmulatorHttp
from sheets_agent.errors import InvalidRequest, PermissionDenied, SheetsError, SheetsServerError, SheetsUnreachable
from sheets_agent.sheets.client import SheetsClient
from sheets_agent.sheets.markers import KEY, Marker
from sheets_agent.sheets.sending import ATTEMPTS

MARKER = Marker("a1b2c3", 1)


class Line:
    """A transport that is no fork of anything: what is behind it counts as live."""

    def __init__(self, handle: Any) -> None:
        self._http = EmulatorHttp(Emulator(), handle)
        self.sent: list[str] = []

    def request(self, uri: str, method: str = "GET", body: Any = None, headers: Any = None, **_: Any) -> Any:
        self.sent.append(method)
        return self._http.request(uri, method, body, headers)


def spreadsheet(faults: str = "") -> tuple[SheetsClient, Line, str, SheetsClient]:
    """A client on a bad line, the line, a spreadsheet's id, and a client on a good line."""
    emulator = Emulator()
    good = SheetsClient(EmulatorHttp(emulator))
    spreadsheet_id = good.create("Book")["spreadsheetId"]
    plan = parse_faults(faults) if faults else FaultPlan(())
    line = Line(Faults(emulator.handle, plan, sleep=lambda _: None))
    return SheetsClient(line, sleep=lambda _: None), line, spreadsheet_id, good


def adds_a_row(number: float = 1) -> list[dict[str, Any]]:
    """A request that would show if it was carried out twice."""
    row = {"values": [{"userEnteredValue": {"numberValue": number}}]}
    return [{"appendCells": {"sheetId": 0, "rows": [row], "fields": "userEnteredValue"}}]


def rows(good: SheetsClient, spreadsheet_id: str) -> list[list[Any]]:
    return good.values(spreadsheet_id, "Sheet1!A1:A100", render="UNFORMATTED_VALUE")


@pytest.mark.parametrize("fault", ["503-after@1", "reset-after@1", "reset@1", "500@1", "502@1", "429@1"])
def test_one_lost_answer_costs_nothing(fault: str) -> None:
    client, _, spreadsheet_id, good = spreadsheet(fault)
    client.batch_update(spreadsheet_id, adds_a_row(), marker=MARKER)
    assert rows(good, spreadsheet_id) == [[1]]


def test_a_landed_batch_is_not_sent_a_third_time() -> None:
    client, line, spreadsheet_id, _ = spreadsheet("503-after@1")
    client.batch_update(spreadsheet_id, adds_a_row(), marker=MARKER)
    assert line.sent == ["POST", "POST", "GET"]
    assert client.in_doubt == {MARKER.id}


def test_without_a_marker_it_is_not_sent_again() -> None:
    client, line, spreadsheet_id, good = spreadsheet("503-after@1")
    with pytest.raises(SheetsServerError, match="may or may not have landed") as caught:
        client.batch_update(spreadsheet_id, adds_a_row())
    assert caught.value.in_doubt
    assert line.sent == ["POST"]
    assert rows(good, spreadsheet_id) == [[1]]


def test_another_process_that_sends_the_same_batch_does_not_write_again() -> None:
    client, _, spreadsheet_id, good = spreadsheet()
    client.batch_update(spreadsheet_id, adds_a_row(), marker=MARKER)
    answer = client.batch_update(spreadsheet_id, adds_a_row(), marker=Marker(MARKER.run, MARKER.batch))
    assert answer == {"spreadsheetId": spreadsheet_id}
    assert rows(good, spreadsheet_id) == [[1]]
    client.batch_update(spreadsheet_id, adds_a_row(2), marker=Marker(MARKER.run, 2))
    assert rows(good, spreadsheet_id) == [[1], [2]]


def test_somebody_elses_mark_of_the_same_number_is_no_landing() -> None:
    client, _, spreadsheet_id, good = spreadsheet()
    theirs = Marker(MARKER.run, 1).request()
    theirs["createDeveloperMetadata"]["developerMetadata"]["metadataKey"] = "theirs"
    good.batch_update(spreadsheet_id, [theirs])
    with pytest.raises(InvalidRequest):
        client.batch_update(spreadsheet_id, adds_a_row(), marker=MARKER)
    assert rows(good, spreadsheet_id) == []


def test_a_refused_request_is_named_as_if_there_was_no_marker() -> None:
    client, line, spreadsheet_id, good = spreadsheet()
    with pytest.raises(InvalidRequest) as caught:
        client.batch_update(spreadsheet_id, [*adds_a_row(), {"deleteSheet": {"sheetId": 7}}], marker=MARKER)
    assert caught.value.request_index == 1
    assert "requests[1]" in str(caught.value)
    assert (len(line.sent), rows(good, spreadsheet_id)) == (1, [])


def test_the_replies_are_those_of_the_requests() -> None:
    client, _, spreadsheet_id, _ = spreadsheet()
    answer = client.batch_update(spreadsheet_id, [{"addSheet": {"properties": {"title": "New"}}}], marker=MARKER)
    assert [reply["addSheet"]["properties"]["title"] for reply in answer["replies"]] == ["New"]


def test_what_stays_unknown_is_told_as_unknown() -> None:
    client, line, spreadsheet_id, _ = spreadsheet("reset=1")
    with pytest.raises(SheetsUnreachable) as caught:
        client.batch_update(spreadsheet_id, adds_a_row(), marker=MARKER)
    assert caught.value.in_doubt
    assert line.sent.count("POST") == ATTEMPTS


def test_a_refusal_after_a_lost_answer_is_not_told_as_nothing_written() -> None:
    answers = iter([(503, b"{}"), (403, b'{"error": {"message": "no"}}'), (500, b"{}")])

    def handle(method: str, target: str, headers: Any, body: bytes) -> Any:
        status, content = next(answers, (500, b"{}"))
        return status, {"content-type": "application/json"}, content

    client = SheetsClient(Line(handle), sleep=lambda _: None)
    with pytest.raises(SheetsError) as caught:
        client.batch_update("x", adds_a_row(), marker=MARKER)
    assert caught.value.in_doubt


def test_what_cannot_succeed_is_sent_once() -> None:
    refusal = json.dumps({"error": {"code": 403, "message": "storage quota", "status": "PERMISSION_DENIED"}}).encode()
    line = Line(lambda *_: (403, {"content-type": "application/json"}, refusal))
    with pytest.raises(PermissionDenied):
        SheetsClient(line, sleep=lambda _: None).batch_update("x", adds_a_row(), marker=MARKER)
    assert line.sent == ["POST"]


def test_marks_are_listed_and_removed_and_nobody_elses() -> None:
    client, _, spreadsheet_id, good = spreadsheet()
    other = {"metadataKey": "theirs", "visibility": "DOCUMENT", "location": {"spreadsheet": True}, "metadataId": 5}
    good.batch_update(spreadsheet_id, [{"createDeveloperMetadata": {"developerMetadata": other}}])
    client.batch_update(spreadsheet_id, adds_a_row(), marker=MARKER)
    assert client.marked(spreadsheet_id) == [MARKER.id]
    client.unmark(spreadsheet_id, [MARKER.id, 12345])
    left = good.get(spreadsheet_id, fields="developerMetadata")["developerMetadata"]
    assert [item["metadataKey"] for item in left] == ["theirs"]


def test_a_local_spreadsheet_gets_no_marks() -> None:
    _, _, spreadsheet_id, good = spreadsheet()
    good.batch_update(spreadsheet_id, adds_a_row(), marker=MARKER)
    assert good.marked(spreadsheet_id) == []


@given(st.text(max_size=20), st.integers(1, 10_000))
def test_ids_are_positive_31_bit_numbers_and_follow_from_run_and_batch(run: str, batch: int) -> None:
    marker = Marker(run, batch)
    assert 0 < marker.id < 2**31
    assert marker.id == Marker(run, batch).id
    made = marker.request()["createDeveloperMetadata"]["developerMetadata"]
    assert (made["metadataKey"], made["metadataValue"]) == (KEY, f"{run}/{batch}")


@given(st.integers(0, 10_000))
def test_many_batches_on_a_bad_line_all_land_once(seed: int) -> None:
    """Twenty percent of everything that can happen to a request; what is not known to have landed is sent again."""
    spec = f"429=0.04,500=0.04,502=0.03,503-after=0.04,reset=0.02,reset-after=0.03,seed={seed}"
    client, _, spreadsheet_id, good = spreadsheet(spec)
    for number in range(1, 6):
        client.batch_update(spreadsheet_id, adds_a_row(number), marker=Marker("r", number))
    assert rows(good, spreadsheet_id) == [[1], [2], [3], [4], [5]]
