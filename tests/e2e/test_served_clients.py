"""The served local API with the clients people use: gspread, Google's own in another process, and curl."""

from __future__ import annotations

import json
import re
import shutil
import signal
import subprocess
import sys
import textwrap
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import gspread
import httplib2
import pytest
import requests

from sheets_agent.emulator.faults import Faults, parse_faults
from sheets_agent.emulator.server import serve

README = Path(__file__).parents[2] / "README.md"


class Served:
    """`sheets-agent emulator` in a process of its own."""

    def __init__(self, *options: str) -> None:
        command = [sys.executable, "-u", "-m", "sheets_agent", "emulator", "--port", "0", *options]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        self.listed = []
        for line in self.process.stdout or ():
            if " is at " in line:
                self.url = line.split(" is at ")[1].split(" ")[0]
                break
            self.listed.append(line.strip())

    def end(self, number: int = signal.SIGTERM) -> int:
        self.process.send_signal(number)
        self.process.communicate(timeout=20)
        return self.process.returncode


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Any]:
    running = []

    def start(*options: str) -> Served:
        running.append(Served(*options))
        return running[-1]

    yield start
    for one in running:
        one.process.kill()
        one.process.communicate()


@pytest.fixture
def gspread_client(emulator: Any) -> Iterator[Any]:
    """gspread as the README points it at a local API."""
    [code] = re.findall(r"```python\n(import gspread.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)
    with serve(emulator) as server:
        names: dict[str, Any] = {}
        exec(code.replace("http://127.0.0.1:8765/", server.url), names)
        yield names["client"]
        names["client"].http_client.session.close()


def test_gspread_works_a_day(gspread_client: Any) -> None:
    book = gspread_client.create("Budget")
    sheet = book.sheet1
    sheet.update([["item", "price"], ["pen", 1.5], ["ink", 7]], "A1")
    sheet.append_row(["sum", "=SUM(B2:B3)"], value_input_option="USER_ENTERED")
    sheet.format("A1:B1", {"textFormat": {"bold": True}})
    assert sheet.get_all_records()[-1] == {"item": "sum", "price": 8.5}
    assert sheet.find("ink").address == "A3"
    other = book.add_worksheet("Other", rows=10, cols=5)
    other.update_acell("A1", "=Sheet1!B4*2")
    assert other.acell("A1").value == "17"
    book.duplicate_sheet(sheet.id, new_sheet_name="Copy")
    assert [tab.title for tab in book.worksheets()] == ["Copy", "Sheet1", "Other"]
    assert gspread_client.open("Budget").id == book.id
    assert book.url == f"https://docs.google.com/spreadsheets/d/{book.id}"
    assert gspread_client.open_by_url(book.url + "/edit").title == "Budget"
    copied = gspread_client.copy(book.id, title="Again")
    assert copied.worksheet("Sheet1").acell("B4").value == "8.5"
    assert book.export(gspread.utils.ExportFormat.EXCEL)[:2] == b"PK"
    gspread_client.del_spreadsheet(book.id)
    with pytest.raises(gspread.SpreadsheetNotFound):
        gspread_client.open_by_key(book.id)


def test_gspread_imports_csv(gspread_client: Any) -> None:
    book = gspread_client.create("Import")
    gspread_client.import_csv(book.id, "a,b\n1,2020-01-31\n")
    assert gspread_client.open_by_key(book.id).sheet1.get_all_values() == [["a", "b"], ["1", "2020-01-31"]]


def test_googles_client_in_another_process(served: Any) -> None:
    script = """
        import sys, httplib2
        from googleapiclient.discovery import build
        options = {"api_endpoint": sys.argv[1]}
        sheets = build("sheets", "v4", http=httplib2.Http(), client_options=options).spreadsheets()
        made = sheets.create(body={"properties": {"title": "Budget"}}).execute()["spreadsheetId"]
        body = {"values": [["=6*7"]]}
        call = sheets.values().update(spreadsheetId=made, range="A1", valueInputOption="USER_ENTERED", body=body)
        call.execute()
        print(sheets.values().get(spreadsheetId=made, range="A1").execute()["values"])
    """
    command = [sys.executable, "-W", "ignore", "-c", textwrap.dedent(script), served().url]
    answer = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert (answer.stdout.strip(), answer.returncode) == ("[['42']]", 0), answer.stderr


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
def test_curl(emulator: Any) -> None:
    def curl(*options: str) -> Any:
        answer = subprocess.run(["curl", "-sS", *options], capture_output=True, text=True, timeout=30, check=True)
        return json.loads(answer.stdout)

    with serve(emulator) as server:
        made = curl(f"{server.url}v4/spreadsheets", "-d", '{"properties": {"title": "Budget"}}')
        url = f"{server.url}v4/spreadsheets/{made['spreadsheetId']}/values/A1"
        body = '{"values": [["=1+1"]]}'
        curl("-X", "PUT", f"{url}?valueInputOption=USER_ENTERED", "-d", body, "-H", "Expect: 100-continue")
        assert curl(url)["values"] == [["2"]]
        assert curl(f"{url}:C")["range"] == "Sheet1!A1:C1000"


def test_many_clients_at_once_lose_nothing(emulator: Any) -> None:
    identifier = emulator.create("Busy").spreadsheet_id
    failures = []

    def append(url: str, client: int) -> None:
        with requests.Session() as session:
            for number in range(10):
                target = f"{url}v4/spreadsheets/{identifier}/values/A1:append?valueInputOption=RAW"
                answer = session.post(target, json={"values": [[f"{client}-{number}"]]}, timeout=60)
                if answer.status_code != 200:
                    failures.append(answer.text)

    with serve(emulator) as server:
        threads = [threading.Thread(target=append, args=(server.url, client)) for client in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert failures == []
    body = json.loads(emulator.handle("GET", f"/v4/spreadsheets/{identifier}/values/A:A", {}, b"")[2])
    assert sorted(row[0] for row in body["values"]) == sorted(f"{c}-{n}" for c in range(8) for n in range(10))


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")
def test_what_was_answered_survives_a_killed_process(served: Any, tmp_path: Path) -> None:
    first = served("--data", str(tmp_path / "data"))
    made = requests.post(f"{first.url}v4/spreadsheets", json={"properties": {"title": "Budget"}}, timeout=30).json()
    identifier = made["spreadsheetId"]
    assert re.fullmatch(r"1[A-Za-z0-9_-]{43}", identifier)
    assert made["spreadsheetUrl"] == f"https://docs.google.com/spreadsheets/d/{identifier}/edit"
    target = f"v4/spreadsheets/{identifier}/values/A1"
    body = {"values": [["kept"], ["=LEN(A1)"]]}
    requests.put(f"{first.url}{target}?valueInputOption=USER_ENTERED", json=body, timeout=30).raise_for_status()
    assert first.end(signal.SIGKILL) == -signal.SIGKILL
    second = served("--data", str(tmp_path / "data"))
    assert second.listed == [f"Budget: {identifier}"]
    assert requests.get(f"{second.url}{target}:A2", timeout=30).json()["values"] == [["kept"], ["4"]]
    assert second.end() == 0


def test_the_command_line_sets_faults_quota_and_record(served: Any, tmp_path: Path) -> None:
    record = tmp_path / "run.jsonl"
    url = served("--faults", "503-after@1", "--quota", "--record", str(record)).url
    made = requests.post(f"{url}v4/spreadsheets", json={}, timeout=30)
    assert made.status_code == 503
    [file] = requests.get(f"{url}drive/v3/files", timeout=30).json()["files"]
    statuses = [requests.get(f"{url}v4/spreadsheets/{file['id']}", timeout=30).status_code for _ in range(61)]
    assert statuses == [200] * 60 + [429]
    lines = [json.loads(line) for line in record.read_text(encoding="utf-8").splitlines()]
    assert [line["status"] for line in lines] == [503, 200, *statuses]


def test_a_reset_connection_is_one(emulator: Any) -> None:
    handle = Faults(emulator.handle, parse_faults("reset@1"))
    with serve(emulator, handle=handle) as server:
        http = httplib2.Http()
        with pytest.raises(ConnectionResetError):
            http.request(f"{server.url}v4/spreadsheets", "POST", b"{}")
        assert http.request(f"{server.url}v4/spreadsheets", "POST", b"{}")[0].status == 200
        http.close()
