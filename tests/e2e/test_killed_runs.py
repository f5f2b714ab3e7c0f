"""A run in a process of its own, killed at every request it makes, and gone on with in another process.

The model and the Sheets API are served by the test; whichever request comes as the n-th, the process is killed, before
the request is carried out or after it was, and never sees the answer.
"""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from protocol_replies import Reply, Request
from protocol_server import ProtocolServer
from scenario import TASK, cells, describes, good_run, plans, says, workbook

from sheets_agent.emulator.files import open_file
from sheets_agent.emulator.server import serve
from sheets_agent.emulator.service import Emulator
from sheets_agent.feedback.record_file import read_records

MOMENTS = ("before", "after")


class Executioner:
    """Kills a process at its n-th request, counted over the model and the Sheets API together."""

    def __init__(self) -> None:
        self.process: subprocess.Popen[str] | None = None
        self.at, self.when = 0, "before"
        self.requests: list[str] = []
        self._lock = threading.Lock()

    def carry_out(self, name: str, work: Callable[[], Any]) -> Any:
        """Do what a request asks for, killing whoever asked it when its turn has come."""
        with self._lock:
            self.requests.append(name)
            mine = len(self.requests) == self.at
        if mine and self.when == "before":
            self._kill()
        answer = work() if not (mine and self.when == "before") else None
        if mine and self.when == "after":
            self._kill()
        return answer

    def _kill(self) -> None:
        assert self.process is not None
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(20)


class Watched(Emulator):
    """The local Sheets API, every request of which the executioner sees."""

    executioner: Executioner

    def handle(self, method: str, target: str, headers: Mapping[str, str], body: bytes) -> Any:
        """One request."""
        name = "write" if b'"requests"' in body else "read"
        answer = self.executioner.carry_out(name, lambda: super(Watched, self).handle(method, target, headers, body))
        return answer or super().handle("GET", "/nowhere", headers, b"")


class Place:
    """Where a run happens: its model, and its spreadsheet if it is a live one."""

    def __init__(self, server: ProtocolServer, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.executioner = Executioner()
        self.sales = workbook(folder / "sales.xlsx")
        self.server = server
        self.paid = 0
        server.answer_with(self._reply)
        monkeypatch.setenv("SHEETS_AGENT_DATA_DIR", str(folder / "data"))
        self.replies = good_run()

    def _reply(self, request: Request) -> Reply:
        fitting = next(reply for reply in self.replies if re.search(reply.match, request.text))
        answer = self.executioner.carry_out("model", lambda: fitting)
        self.paid += answer is not None
        return answer or Reply(error=500)

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """The command in a process of its own."""
        command = [sys.executable, "-m", "sheets_agent", *arguments, "--json"]
        self.executioner.process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=dict(os.environ)
        )
        return self.executioner.process

    def result(self, *arguments: str) -> dict[str, Any]:
        """What a command that comes to its end prints."""
        out, told = self.start(*arguments).communicate(timeout=120)
        assert out, told
        found: dict[str, Any] = json.loads(out)
        return found


def run_of(target: str) -> list[str]:
    return ["run", target, TASK, "--model", "openai:gpt-test", "--approve", "never"]


def killed_at(place: Place, target: str, at: int, when: str) -> bool:
    """Run until the killing. False when the run came to its end before."""
    place.executioner.requests.clear()
    place.executioner.at, place.executioner.when = at, when
    process = place.start(*run_of(target))
    process.communicate(timeout=120)
    place.executioner.at = 0
    return process.returncode == -signal.SIGKILL


@pytest.mark.parametrize("when", MOMENTS)
@pytest.mark.parametrize("at", [1, 2, 3])
def test_a_run_on_a_file_pays_for_no_answer_twice_and_ends_alike(
    openai_server: ProtocolServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at: int, when: str
) -> None:
    place = Place(openai_server, tmp_path, monkeypatch)
    monkeypatch.setenv("SHEETS_AGENT_RECORD", str(tmp_path / "records.jsonl"))
    assert killed_at(place, str(place.sales), at, when)
    assert [path.name for path in tmp_path.glob("*.xlsx")] == ["sales.xlsx"], "nothing is half-written"
    kept = at - 1
    result = place.result("resume")
    assert result["status"] == "done"
    asked = place.executioner.requests
    assert asked == ["model"] * (at + 3 - kept)
    found = cells(result["files"][0], "Отчёт")
    assert [found[f"A{row}"] for row in range(2, 5)] == ["Запад", "Север", "Юг"]
    assert cells(result["files"][0], "Продажи")["E13"] == 12 * 150
    recorded = [record.role for record in read_records(tmp_path / "records.jsonl")]
    assert recorded == ["retriever", "planner", "executor"]


def contents(emulator: Emulator, spreadsheet_id: str) -> Any:
    """Everything a spreadsheet holds but the order of ids in it."""
    status, _, body = emulator.handle("GET", f"/v4/spreadsheets/{spreadsheet_id}?includeGridData=true", {}, b"")
    assert status == 200
    found = json.loads(body)
    found.pop("spreadsheetId")
    found.pop("spreadsheetUrl")
    return found


def undisturbed(place: Place) -> tuple[Any, list[str]]:
    emulator = Watched()
    emulator.executioner = place.executioner
    opened = emulator.add(open_file(place.sales).workbook)
    with serve(emulator) as server:
        os.environ["SHEETS_AGENT_API_ENDPOINT"] = server.url
        assert place.result(*run_of(opened.spreadsheet_id))["status"] == "done"
    requests = list(place.executioner.requests)
    return contents(emulator, opened.spreadsheet_id), requests


def worth_killing(requests: list[str]) -> list[int]:
    """Every call of a model, every write, and the reads right before a write and at the end."""
    last = len(requests) - 1
    return [
        index + 1
        for index, name in enumerate(requests)
        if name != "read" or index == last or requests[index + 1] == "write"
    ]


@pytest.mark.parametrize("when", MOMENTS)
def test_a_live_run_killed_at_any_request_ends_as_if_it_had_not_been(
    openai_server: ProtocolServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, when: str
) -> None:
    place = Place(openai_server, tmp_path, monkeypatch)
    monkeypatch.setenv("SHEETS_AGENT_API_ENDPOINT", "")
    expected, requests = undisturbed(place)
    assert requests.count("model") == 3
    for at in worth_killing(requests):
        emulator = Watched()
        emulator.executioner = place.executioner
        opened = emulator.add(open_file(place.sales).workbook)
        with serve(emulator) as server:
            monkeypatch.setenv("SHEETS_AGENT_API_ENDPOINT", server.url)
            place.paid = 0
            assert killed_at(place, opened.spreadsheet_id, at, when)
            result = place.result("resume")
        where = f"killed {when} request {at}, a {requests[at - 1]}"
        assert result["status"] == "done", where
        assert contents(emulator, opened.spreadsheet_id) == expected, where
        lost = requests[at - 1] == "model" and when == "after"
        assert place.paid == 3 + lost, where


TOTAL = {"why": "Сумма", "action": "calculate", "options": ["formula==SUM('Продажи'!C2:C13)"]}


@pytest.mark.parametrize("live", [True, False])
def test_a_question_that_was_killed_writes_nothing_when_it_goes_on(
    openai_server: ProtocolServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, live: bool
) -> None:
    """The models take it for a command, before and after: what the person said (`--ask`) outlives the process."""
    place = Place(openai_server, tmp_path, monkeypatch)
    writes = says("executor", calls=[("write_cell", {"target": "'Продажи'!E1", "value": "78"})])
    place.replies = [describes(request="command"), plans(TOTAL), writes]
    emulator = Emulator()
    opened = emulator.add(open_file(place.sales).workbook)
    before, file = contents(emulator, opened.spreadsheet_id), place.sales.read_bytes()
    with serve(emulator) as server:
        monkeypatch.setenv("SHEETS_AGENT_API_ENDPOINT", server.url)
        place.executioner.at, place.executioner.when = 3, "after"  # once the executor was told to write
        process = place.start(
            *run_of(opened.spreadsheet_id if live else str(place.sales)), "--ask", "--reflect", "never"
        )
        _, told = process.communicate(timeout=120)
        assert process.returncode == -signal.SIGKILL, told
        place.executioner.at = 0
        result = place.result("resume")
    assert result["intent"] == "question"
    assert result["usage"]["api_writes"] == 0
    refused = [call["success"] for call in result["tool_calls"] if call["name"] == "write_cell"]
    assert refused
    assert not any(refused)
    assert contents(emulator, opened.spreadsheet_id) == before
    assert place.sales.read_bytes() == file
    assert [path.name for path in tmp_path.glob("*.xlsx")] == ["sales.xlsx"]
