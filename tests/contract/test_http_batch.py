"""Many requests in one HTTP request, as googleapiclient batches them: in process and over loopback."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import httplib2
import pytest
from googleapiclient.discovery import build
from googleapiclient.errors import HttpError
from googleapiclient.http import BatchHttpRequest

from sheets_agent.emulator.http_batch import MOST_CALLS, batched
from sheets_agent.emulator.quota import Quota
from sheets_agent.emulator.server import serve
from sheets_agent.emulator.service import Emulator
from sheets_agent.emulator.transport import EmulatorHttp

Batch = Callable[..., BatchHttpRequest]


@pytest.fixture(params=["in process", "served"])
def made(request: Any, emulator: Emulator) -> Iterator[tuple[Any, Batch]]:
    """A client, and what makes its batches. The client library takes no endpoint for those but by the constructor."""
    if request.param == "in process":
        service = build("sheets", "v4", http=EmulatorHttp(emulator))
        yield service, service.new_batch_http_request
        return
    with serve(emulator) as server:
        options = {"api_endpoint": server.url}
        service = build("sheets", "v4", http=httplib2.Http(timeout=20), client_options=options)
        yield service, lambda callback=None: BatchHttpRequest(callback, server.url + "batch")
        service.close()


def test_a_batch_writes_and_reads_in_order(made: tuple[Any, Batch]) -> None:
    service, new_batch = made
    first, second = (service.spreadsheets().create(body={}).execute()["spreadsheetId"] for _ in range(2))
    values = service.spreadsheets().values()
    found: dict[str, Any] = {}

    def note(identifier: str, answer: Any, error: Exception | None) -> None:
        found[identifier] = answer if error is None else error

    batch = new_batch(callback=note)
    text = {"values": [["Привет, “мир” — 数\u2028\n\n--x", "=1+1"]]}
    batch.add(
        values.update(spreadsheetId=first, range="A1", valueInputOption="USER_ENTERED", body=text), request_id="write"
    )
    batch.add(values.get(spreadsheetId=first, range="A1:B1"), request_id="read it again, by an id that is long " * 3)
    batch.add(values.get(spreadsheetId=second, range="Nowhere!A1"), request_id="refused")
    batch.add(values.get(spreadsheetId="1" + "x" * 43, range="A1"), request_id="missing")
    batch.add(service.spreadsheets().get(spreadsheetId=second, fields="properties.locale"), request_id="fields")
    batch.execute()
    write, read, refused, missing, fields = found.values()
    assert write["updatedCells"] == 2
    assert read["values"] == [[text["values"][0][0], "2"]]
    assert isinstance(refused, HttpError)
    assert (refused.resp.status, "Unable to parse range" in refused.reason) == (400, True)
    assert isinstance(missing, HttpError)
    assert (missing.resp.status, missing.reason) == (404, "Requested entity was not found.")
    assert fields == {"properties": {"locale": "en_US"}}


def test_each_request_of_a_batch_has_its_own_callback(made: tuple[Any, Batch]) -> None:
    service, new_batch = made
    batch, titles = new_batch(), []
    for title in ("One", "Two"):
        call = service.spreadsheets().create(body={"properties": {"title": title}})
        batch.add(call, callback=lambda _, answer, error: titles.append((answer["properties"]["title"], error)))
    batch.execute()
    assert titles == [("One", None), ("Two", None)]


def test_quotas_count_the_requests_of_a_batch(emulator: Emulator) -> None:
    identifier = emulator.create("Budget").spreadsheet_id
    http = EmulatorHttp(emulator, Quota(emulator.handle, clock=lambda: 0.0))
    service = build("sheets", "v4", http=http)
    batch, statuses = service.new_batch_http_request(), []
    for _ in range(61):
        call = service.spreadsheets().get(spreadsheetId=identifier)
        batch.add(call, callback=lambda _, answer, error: statuses.append(error.resp.status if error else 200))
    batch.execute()
    assert statuses == [200] * 60 + [429]


PART = b"--b\r\nContent-Type: application/http\r\nContent-ID: <x + 1>\r\n\r\n%s\r\n"


@pytest.mark.parametrize(
    ("content_type", "body", "expected"),
    [
        ("application/json", b"{}", "Content-Type of multipart/mixed"),
        ("", b"", "Content-Type of multipart/mixed"),
        ("multipart/mixed", b"--b--", "0 items"),
        ("multipart/mixed; boundary=b", b"--b--", "0 items"),
        ("multipart/mixed; boundary=b", PART % b"" * (MOST_CALLS + 1) + b"--b--", "maximum"),
    ],
)
def test_what_is_no_batch_is_refused(emulator: Emulator, content_type: str, body: bytes, expected: str) -> None:
    status, _, content = batched(emulator.handle)("POST", "/batch", {"Content-Type": content_type}, body)
    assert (status, expected in json.loads(content)["error"]["message"]) == (400, True)


@pytest.mark.parametrize(
    ("request_line", "expected"),
    [
        (b"GET /v4/spreadsheets/none HTTP/1.1\r\n\r\n", b"HTTP/1.1 404 Not Found"),
        (b"GET https://sheets.googleapis.com/v4/spreadsheets/none HTTP/1.1", b"HTTP/1.1 404 Not Found"),
        (b"POST /batch HTTP/1.1\r\nContent-Type: multipart/mixed\r\n\r\n", b"HTTP/1.1 404 Not Found"),
        (b"nonsense", b"HTTP/1.1 400 Bad Request"),
        (b"", b"HTTP/1.1 400 Bad Request"),
    ],
)
def test_parts_that_go_wrong_answer_for_themselves(emulator: Emulator, request_line: bytes, expected: bytes) -> None:
    body = PART % request_line + PART % b"GET /drive/v3/files HTTP/1.1\r\n\r\n" + b"--b--"
    headers = {"content-type": "multipart/mixed; boundary=b"}
    status, answered, content = batched(emulator.handle)("POST", "/batch/sheets/v4", headers, body)
    assert (status, answered["content-type"].partition(";")[0]) == (200, "multipart/mixed")
    assert content.count(b"Content-ID: <response-x + 1>") == 2
    assert content.index(expected) < content.index(b"HTTP/1.1 200 OK")
