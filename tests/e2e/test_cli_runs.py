"""The command line from the shell to the file or the Sheets API, with a scripted model behind the real client."""

from __future__ import annotations

import json
import os
import re
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from protocol_replies import Reply
from protocol_server import ProtocolServer
from scenario import (
    HEADER,
    REVENUE,
    STEPS,
    TASK,
    describes,
    good_run,
    plans,
    says,
    sums_up,
    workbook,
)

from sheets_agent.cli import main
from sheets_agent.emulator.files import open_file
from sheets_agent.emulator.server import serve
from sheets_agent.emulator.service import Emulator
from sheets_agent.state.result import RunResult

MODEL = ["--model", "openai:gpt-test", "--reflect", "never"]
DESCRIBER = MODEL[:2]
OVERWRITE = {"why": "Округлить", "action": "write_cell", "target": "'Продажи'!D2", "options": ["value=41"]}


@pytest.fixture
def sales(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return workbook(tmp_path / "sales.xlsx")


def price(path: str | Path) -> Any:
    return openpyxl.load_workbook(path)["Продажи"]["D2"].value


# -------------------------------------------------------------------------------------------------- for a person


def test_a_run_tells_its_stages_and_its_result(scripted: ProtocolServer, sales: Path, capsys: Any) -> None:
    scripted.script(*good_run())
    assert main(["run", "sales.xlsx", TASK, *MODEL]) == 0
    told = capsys.readouterr()
    for stage in ("Looking at the spreadsheet", "Planning", "Checking the plan", "Writing", "Reading back"):
        assert f"✓ {stage}" in told.err
    assert "Готово: выручка, сводная и диаграмма." in told.out
    assert "sales.agent.xlsx" in told.out
    assert re.search(r"3 model calls · [\d,]+ \+ [\d,]+ tokens", told.out)
    assert sorted(path.name for path in sales.parent.iterdir()) == ["sales.agent.xlsx", "sales.xlsx"]


def test_a_dry_run_writes_nothing(scripted: ProtocolServer, sales: Path, capsys: Any) -> None:
    scripted.script(describes(), plans(*STEPS))
    assert main(["run", "sales.xlsx", TASK, "--dry-run", *MODEL]) == 0
    assert "=C2*D2" in capsys.readouterr().out
    assert [path.name for path in sales.parent.iterdir()] == ["sales.xlsx"]


def test_describe(scripted: ProtocolServer, sales: Path, capsys: Any) -> None:
    scripted.script(describes())
    assert main(["describe", "sales.xlsx", *DESCRIBER]) == 0
    told = capsys.readouterr().out
    assert "Количество" in told
    assert "Цена за штуку в рублях." in told


def test_plan(scripted: ProtocolServer, sales: Path, capsys: Any) -> None:
    scripted.script(describes(), plans(*STEPS))
    assert main(["plan", "sales.xlsx", TASK, *MODEL]) == 0
    told = capsys.readouterr().out
    assert "5. " in told
    assert "=C2*D2" in told
    assert [path.name for path in sales.parent.iterdir()] == ["sales.xlsx"]


@pytest.mark.parametrize(("options", "place"), [(["--in-place"], "sales.xlsx"), (["--output", "new.xlsx"], "new.xlsx")])
def test_the_place_of_the_result(
    scripted: ProtocolServer, sales: Path, options: list[str], place: str, capsys: Any
) -> None:
    scripted.script(describes(), plans(HEADER, REVENUE), sums_up())
    assert main(["run", "sales.xlsx", TASK, *MODEL, *options]) == 0
    assert openpyxl.load_workbook(place)["Продажи"]["E2"].value == "=C2*D2"


def test_several_samples_of_a_plan(scripted: ProtocolServer, sales: Path, capsys: Any) -> None:
    vote = says("voter", json={"best": 1, "why": "Все одинаковы."})
    scripted.script(describes(), plans(HEADER), plans(HEADER), vote, sums_up())
    assert main(["run", "sales.xlsx", TASK, *MODEL, "--planner", "self-consistency", "--samples", "2"]) == 0


# -------------------------------------------------------------------------------------------------- for a machine


def test_json_is_alone_on_stdout(scripted: ProtocolServer, sales: Path, capsys: Any) -> None:
    scripted.script(*good_run())
    assert main(["run", "sales.xlsx", TASK, "--json", *MODEL]) == 0
    result = RunResult.model_validate_json(capsys.readouterr().out)
    assert result.files == ("sales.agent.xlsx",)
    assert result.diff.cell_count >= 13


def test_json_of_plan_and_description(scripted: ProtocolServer, sales: Path, capsys: Any) -> None:
    scripted.script(describes(), plans(*STEPS), describes())
    assert main(["plan", "sales.xlsx", TASK, "--json", *MODEL]) == 0
    assert len(RunResult.model_validate_json(capsys.readouterr().out).plan.steps) == 5  # type: ignore[union-attr]
    assert main(["describe", "sales.xlsx", "--json", *DESCRIBER]) == 0
    assert json.loads(capsys.readouterr().out)["sheets"][0]["title"] == "Продажи"


def test_a_needed_approval_without_a_terminal_pauses_with_a_clear_status(
    scripted: ProtocolServer, sales: Path, capsys: Any
) -> None:
    scripted.script(describes(), plans(OVERWRITE))
    assert main(["run", "sales.xlsx", TASK, *MODEL]) == 7
    told = capsys.readouterr().out
    assert "May this plan be written?" in told
    assert "--approve never" in told
    assert [path.name for path in sales.parent.iterdir()] == ["sales.xlsx"]


def test_a_model_that_writes_prose_ends_the_run(scripted: ProtocolServer, sales: Path, capsys: Any) -> None:
    scripted.answer_with(lambda request: Reply(text="I would love to help!"))
    assert main(["run", "sales.xlsx", TASK, *MODEL]) == 6
    assert "prose" in capsys.readouterr().err
    assert [path.name for path in sales.parent.iterdir()] == ["sales.xlsx"]


# -------------------------------------------------------------------------------------------------- live


def test_a_spreadsheet_behind_the_api(
    scripted: ProtocolServer, sales: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    emulator = Emulator()
    opened = emulator.add(open_file(sales).workbook)
    scripted.script(*good_run())
    with serve(emulator) as server:
        monkeypatch.setenv("SHEETS_AGENT_API_ENDPOINT", server.url)
        assert main(["run", opened.spreadsheet_id, TASK, "--json", *MODEL]) == 0
        result = RunResult.model_validate_json(capsys.readouterr().out)
    assert result.files == ()
    assert result.usage.api_writes == 2, "the batch, and the removal of its mark"
    changed = emulator.workbook(opened.spreadsheet_id)
    sheet = changed.sheet_titled("Продажи")
    assert sheet is not None
    assert changed.value(sheet, 1, 4) == 40


# -------------------------------------------------------------------------------------------------- at a terminal


class Terminal:
    """A command in a pseudo-terminal, and somebody who types when a text appears."""

    def __init__(self, *arguments: str) -> None:
        import pty

        self.shown = ""
        self._master, slave = pty.openpty()
        environment = {**os.environ, "TERM": "xterm-256color", "COLUMNS": "120", "EDITOR": "false"}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "sheets_agent", *arguments],
            stdin=slave, stdout=slave, stderr=slave, env=environment, start_new_session=True, close_fds=True,
        )  # fmt: skip
        os.close(slave)

    def type_at(self, prompt: str, text: str) -> None:
        self.wait_for(prompt)
        os.write(self._master, text.encode())

    def wait_for(self, text: str, seconds: float = 40) -> None:
        end = time.monotonic() + seconds
        while text not in self.shown:
            if time.monotonic() > end or not self._read(1.0):
                raise AssertionError(f"“{text}” was never shown:\n{self.shown}")
        self.shown = self.shown.split(text, 1)[1]

    def finish(self, seconds: float = 40) -> int:
        end = time.monotonic() + seconds
        while time.monotonic() < end and self._read(1.0):
            pass
        return self.process.wait(10)

    def _read(self, seconds: float) -> bool:
        """Read what comes; False once the other side has closed."""
        if not select.select([self._master], [], [], seconds)[0]:
            return True
        try:
            data = os.read(self._master, 65536)
        except OSError:
            return False
        self.shown += re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", data.decode(errors="replace"))
        return bool(data)

    def close(self) -> None:
        self.process.kill()
        self.process.wait()
        os.close(self._master)


@pytest.fixture
def terminal() -> Iterator[Any]:
    if sys.platform == "win32":
        pytest.skip("needs a POSIX terminal")
    started: list[Terminal] = []

    def start(*arguments: str) -> Terminal:
        started.append(Terminal(*arguments))
        return started[-1]

    yield start
    for one in started:
        one.close()


def test_a_person_approves_at_the_terminal(scripted: ProtocolServer, sales: Path, terminal: Any) -> None:
    scripted.script(describes(), plans(OVERWRITE), sums_up("Исправлено."))
    screen = terminal("run", "sales.xlsx", TASK, *MODEL)
    screen.wait_for("The plan:")
    screen.wait_for("D2")
    screen.type_at("[a]pprove, [e]dit, [r]eject", "a\n")
    assert screen.finish() == 0
    assert "Исправлено." in screen.shown
    assert price("sales.agent.xlsx") == 41


def test_a_person_rejects_at_the_terminal(scripted: ProtocolServer, sales: Path, terminal: Any) -> None:
    scripted.script(describes(), plans(OVERWRITE))
    screen = terminal("run", "sales.xlsx", TASK, *MODEL)
    screen.type_at("[r]eject", "e\n")
    screen.type_at("EDITOR", "")
    screen.type_at("[r]eject", "r\n")
    screen.type_at("What should be different?", "\n")
    assert screen.finish() == 8
    assert not Path("sales.agent.xlsx").exists()


def test_a_person_answers_a_question_at_the_terminal(scripted: ProtocolServer, sales: Path, terminal: Any) -> None:
    scripted.script(describes("В какой валюте цена?"), plans(HEADER), sums_up())
    screen = terminal("run", "sales.xlsx", TASK, *MODEL)
    screen.wait_for("В какой валюте цена?")
    screen.type_at("Answer", "в рублях\n")
    assert screen.finish() == 0
    assert any("в рублях" in str(request.body) for request in scripted.chats)


def test_a_person_picks_one_of_the_likely_answers(scripted: ProtocolServer, sales: Path, terminal: Any) -> None:
    asks = describes("В какой валюте цена? | рубли | тенге")
    scripted.script(asks, plans(HEADER), sums_up())
    screen = terminal("run", "sales.xlsx", TASK, *MODEL)
    screen.wait_for("2. тенге")
    screen.type_at("1–2, or your own words", "2\n")
    assert screen.finish() == 0
    assert "Asked: В какой валюте цена? The person answered: тенге" in scripted.chats[1].text


def test_overwriting_the_file_is_asked_first(scripted: ProtocolServer, sales: Path, terminal: Any) -> None:
    screen = terminal("run", "sales.xlsx", TASK, "--in-place", *MODEL)
    screen.type_at("written over sales.xlsx. Go on?", "n\n")
    assert screen.finish() == 130
    assert scripted.chats == []


@pytest.mark.parametrize(
    ("moment", "options"), [("Planning", []), ("Planning", ["--planner", "self-consistency"]), ("[r]eject", [])]
)
def test_ctrl_c_says_that_nothing_was_written(
    scripted: ProtocolServer, sales: Path, terminal: Any, moment: str, options: list[str]
) -> None:
    slow = [says("planner", hang=20)] * 3 if moment == "Planning" else [plans(OVERWRITE)]
    scripted.script(describes(), *slow)
    before = sales.read_bytes()
    screen = terminal("run", "sales.xlsx", TASK, *MODEL, *options)
    screen.wait_for(moment)
    time.sleep(0.3)
    screen.process.send_signal(signal.SIGINT)
    assert screen.finish(10) == 130
    assert re.search("nothing was (written|saved)", screen.shown)
    assert sales.read_bytes() == before
    assert [path.name for path in sales.parent.iterdir()] == ["sales.xlsx"]


class Slow(Emulator):
    """Takes a batch, and is long in answering."""

    def handle(self, method: str, *request: Any, **options: Any) -> Any:
        answer = super().handle(method, *request, **options)
        if method == "POST":
            time.sleep(5)
        return answer


@pytest.mark.parametrize(
    ("emulator", "told"),
    [
        (Emulator, "Interrupted after writing 'Продажи'!E1; the version history"),
        (Slow, "Interrupted while writing, which may or may not have landed"),
    ],
)
def test_ctrl_c_says_what_a_live_spreadsheet_was_left_with(
    scripted: ProtocolServer,
    sales: Path,
    terminal: Any,
    monkeypatch: pytest.MonkeyPatch,
    emulator: type[Emulator],
    told: str,
) -> None:
    scripted.script(describes(), plans(HEADER), says("executor", hang=20))
    local = emulator()
    opened = local.add(open_file(sales).workbook)
    with serve(local) as server:
        monkeypatch.setenv("SHEETS_AGENT_API_ENDPOINT", server.url)
        screen = terminal("run", opened.spreadsheet_id, TASK, *MODEL)
        screen.wait_for("✓ write_cell" if emulator is Emulator else "Writing")
        time.sleep(1)
        screen.process.send_signal(signal.SIGINT)
        assert screen.finish(10) == 130
    assert told in screen.shown
