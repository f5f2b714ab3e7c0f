import json
import threading
import urllib.error
import urllib.request

import httplib2
import pytest
from googleapiclient.discovery import build

from sheets_agent.emulator.errors import ApiError
from sheets_agent.emulator.server import serve
from sheets_agent.emulator.transport import EmulatorHttp
from sheets_agent.emulator.workbook import Workbook


def put(emulator, identifier, cell, value):
    target = f"/v4/spreadsheets/{identifier}/values/{cell}?valueInputOption=RAW"
    return emulator.handle("PUT", target, {}, json.dumps({"values": [[value]]}).encode())


def read(emulator, identifier, cell):
    body = emulator.handle("GET", f"/v4/spreadsheets/{identifier}/values/{cell}", {}, b"")[2]
    return json.loads(body).get("values")


def test_a_created_spreadsheet_has_the_locale_and_time_zone_asked_for(emulator):
    workbook = emulator.create("Бюджет", "ru_RU", "Europe/Moscow")
    assert (workbook.properties["locale"], workbook.properties["timeZone"]) == ("ru_RU", "Europe/Moscow")
    assert emulator.workbook(workbook.spreadsheet_id) is workbook


def test_an_unknown_spreadsheet_is_not_found(emulator):
    for ask in (emulator.workbook, emulator.fork, emulator.remove):
        with pytest.raises(ApiError, match="Requested entity was not found"):
            ask("nothing")


def test_a_fork_and_its_original_change_apart(emulator):
    identifier = emulator.create("Budget").spreadsheet_id
    put(emulator, identifier, "A1", "common")
    fork = emulator.fork(identifier)
    put(fork, identifier, "A1", "fork")
    put(emulator, identifier, "B1", "original")
    assert read(emulator, identifier, "A1:B1") == [["common", "original"]]
    assert read(fork, identifier, "A1:B1") == [["fork"]]


def test_the_seam_forks_too(emulator):
    identifier = emulator.create("Budget").spreadsheet_id
    service = build("sheets", "v4", http=EmulatorHttp(emulator).fork(identifier))
    values = service.spreadsheets().values()
    body = {"values": [["fork"]]}
    values.update(spreadsheetId=identifier, range="A1", valueInputOption="RAW", body=body).execute()
    service.close()
    assert read(emulator, identifier, "A1") is None


@pytest.mark.parametrize(
    ("method", "target"),
    [("GET", "/"), ("DELETE", "/v4/spreadsheets/x"), ("GET", "/v4/spreadsheets/x/charts"), ("GET", "/v1/documents/x")],
)
def test_paths_that_no_method_has_are_not_found(emulator, method, target):
    status, headers, body = emulator.handle(method, target, {}, b"")
    assert status == 404
    assert json.loads(body)["error"]["status"] == "NOT_FOUND"
    assert headers["content-type"].startswith("application/json")


def test_drive_methods_that_are_not_offered_say_so(emulator):
    status, _, body = emulator.handle("GET", "/drive/v3/about?fields=*", {}, b"")
    assert status == 501
    assert "drive.about.get" in json.loads(body)["error"]["message"]


def test_drive_passes_over_names_that_it_does_not_know(emulator):
    body = json.dumps({"name": "Budget", "mimeType": "application/vnd.google-apps.spreadsheet", "withLink": False})
    status, _, answer = emulator.handle("POST", "/drive/v3/files?stray=1", {}, body.encode())
    assert status == 200
    assert json.loads(answer)["name"] == "Budget"


def test_a_fault_of_ours_is_an_internal_error_and_is_logged(emulator, caplog):
    workbook = emulator.create("Budget")
    del workbook.sheets[0].properties["title"]
    status, _, body = emulator.handle("GET", f"/v4/spreadsheets/{workbook.spreadsheet_id}/values/A1", {}, b"")
    assert status == 500
    assert json.loads(body)["error"]["status"] == "INTERNAL"
    assert "failed in the local Sheets API" in caplog.text


def test_a_write_that_fails_half_way_leaves_no_trace(emulator, monkeypatch):
    identifier = emulator.create("Budget").spreadsheet_id
    put(emulator, identifier, "A1", "before")
    stored = Workbook.set_cell

    def fail_at_second(workbook, sheet, row, column, cell):
        if column == 1:
            raise RuntimeError("disk full")
        stored(workbook, sheet, row, column, cell)

    monkeypatch.setattr(Workbook, "set_cell", fail_at_second)
    target = f"/v4/spreadsheets/{identifier}/values/A1?valueInputOption=RAW"
    assert emulator.handle("PUT", target, {}, b'{"values": [["after", "after"]]}')[0] == 500
    assert read(emulator, identifier, "A1:B1") == [["before"]]


def test_threads_append_without_losing_a_row(emulator):
    identifier = emulator.create("Budget").spreadsheet_id
    target = f"/v4/spreadsheets/{identifier}/values/A1:append?valueInputOption=RAW"

    def work(number):
        for step in range(5):
            body = json.dumps({"values": [[f"{number}.{step}"]]}).encode()
            assert emulator.handle("POST", target, {}, body)[0] == 200

    threads = [threading.Thread(target=work, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    written = {row[0] for row in read(emulator, identifier, "A:A")}
    assert written == {f"{number}.{step}" for number in range(6) for step in range(5)}


def test_drive_lists_copies_and_deletes(emulator):
    body = json.dumps({"name": "Budget", "mimeType": "application/vnd.google-apps.spreadsheet"}).encode()
    made = json.loads(emulator.handle("POST", "/drive/v3/files?supportsAllDrives=True", {}, body)[2])
    assert list(made) == ["kind", "id", "name", "mimeType"]
    put(emulator, made["id"], "A1", "a,b")
    copied = json.loads(emulator.handle("POST", f"/drive/v3/files/{made['id']}/copy", {}, b'{"name": null}')[2])
    assert copied["name"] == "Copy of Budget"
    assert read(emulator, copied["id"], "A1") == [["a,b"]]
    query = "q=name+contains+'copy'+and+trashed%3Dfalse&fields=files(id)"
    listed = json.loads(emulator.handle("GET", f"/drive/v3/files?{query}", {}, b"")[2])
    assert listed == {"files": [{"id": copied["id"]}]}
    status, _, text = emulator.handle("GET", f"/drive/v3/files/{made['id']}/export?mimeType=text/csv", {}, b"")
    assert (status, text) == (200, b'"a,b"')
    assert emulator.handle("DELETE", f"/drive/v3/files/{made['id']}", {}, b"")[0] == 204
    status, _, answer = emulator.handle("DELETE", f"/drive/v3/files/{made['id']}", {}, b"")
    assert status == 404
    assert json.loads(answer)["error"]["errors"][0]["reason"] == "notFound"


def test_the_same_api_over_http(emulator):
    workbook = emulator.create("Budget")
    with serve(emulator) as server:
        service = build("sheets", "v4", http=httplib2.Http(), client_options={"api_endpoint": server.url})
        read_back = service.spreadsheets().get(spreadsheetId=workbook.spreadsheet_id).execute()
        body = {"values": [["привет"]]}
        values = service.spreadsheets().values()
        values.update(spreadsheetId=workbook.spreadsheet_id, range="A1", valueInputOption="RAW", body=body).execute()
        service.close()
    assert read_back["properties"]["title"] == "Budget"
    assert read(emulator, workbook.spreadsheet_id, "A1") == [["привет"]]


def test_the_server_answers_its_own_names_only(emulator):
    with serve(emulator) as server:
        request = urllib.request.Request(f"{server.url}v4/spreadsheets/x", headers={"Host": "evil.example"})
        with pytest.raises(urllib.error.HTTPError) as caught:
            urllib.request.urlopen(request)
    with caught.value as answer:
        assert answer.code == 403


def test_a_port_is_free_again_after_closing(emulator):
    first = serve(emulator)
    first.close()
    second = serve(emulator, first.port)
    second.close()
    assert first.port == second.port
