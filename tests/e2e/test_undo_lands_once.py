"""An undoing lands once: whatever happens to answers, and wherever its process is killed."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from protocol_server import ProtocolServer
from scenario import OPENINGS, RATIO, agent, cells, clears, describes, plans, says, sums_up
from test_killed_runs import MOMENTS, Executioner, Watched, contents, worth_killing

from sheets_agent.cli import main
from sheets_agent.emulator.errors import ApiError
from sheets_agent.emulator.faults import Faults, parse_faults
from sheets_agent.emulator.files import open_file
from sheets_agent.emulator.server import serve
from sheets_agent.emulator.service import Emulator
from sheets_agent.emulator.transport import EmulatorHttp
from sheets_agent.emulator.wire import error_answer
from sheets_agent.errors import FileError, SheetsError
from sheets_agent.opening import Opening
from sheets_agent.sheets.client import SheetsClient
from sheets_agent.state.done import Status
from sheets_agent.undo.journal import UNDONE, UNKNOWN, WRITTEN, Journal
from sheets_agent.undo.recording import Recorder

ROWS = {"why": "Место", "action": "insert_rows", "target": "'Продажи'!3:4"}
PRICE = {"why": "Округлить", "action": "write_cell", "target": "'Продажи'!D2", "options": ["value=41"]}
TASK = "Вставь две строки и исправь цену в D2"


@contextmanager
def served(emulator: Emulator, monkeypatch: pytest.MonkeyPatch, faults: str = "") -> Iterator[str]:
    handle = Faults(emulator.handle, parse_faults(faults), sleep=lambda _: None) if faults else emulator.handle
    with serve(emulator, handle=handle) as server:
        monkeypatch.setenv("SHEETS_AGENT_API_ENDPOINT", server.url)
        yield server.url


def done(openai_server: ProtocolServer, place: str, *steps: Any) -> str:
    """A run; by default one that moves rows, so that whatever is undone twice shows."""
    openai_server.script(describes(), plans(*(steps or (ROWS, PRICE))), sums_up("Готово."))
    return agent(approve="never").run(place, TASK, in_place=place.endswith("xlsx")).run_id


def marks(emulator: Emulator, identifier: str) -> list[int]:
    return SheetsClient(EmulatorHttp(emulator)).marked(identifier)


@pytest.mark.parametrize("fault", ["503-after@1", "reset-after@1", "500@2", "429@3"])
def test_an_undoing_whose_answer_is_lost_lands_once(
    openai_server: ProtocolServer, sales: Path, monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    emulator = Emulator()
    identifier = emulator.add(open_file(sales).workbook).spreadsheet_id
    before = contents(emulator, identifier)
    with served(emulator, monkeypatch):
        made = done(openai_server, identifier)
        after = contents(emulator, identifier)
    with served(emulator, monkeypatch, fault):
        told = agent().undo(made)
    assert told.conflict_count == 0
    stays = any("clean" in note for note in told.notes)
    assert stays == ("after" in fault) == bool(marks(emulator, identifier))
    with served(emulator, monkeypatch):
        assert main(["clean", identifier]) == 0
        assert contents(emulator, identifier) == before
        agent().undo(told.run_id)
        assert contents(emulator, identifier) == after


def test_an_undoing_that_never_got_an_answer_is_recognised(
    openai_server: ProtocolServer, sales: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    emulator = Emulator()
    identifier = emulator.add(open_file(sales).workbook).spreadsheet_id
    before = contents(emulator, identifier)
    with served(emulator, monkeypatch):
        made = done(openai_server, identifier)
    written = []

    def goes_dark(*request: Any) -> Any:
        """The first write lands, and from then on nothing is answered."""
        if written:
            return error_answer(ApiError(503, "The service is currently unavailable."))
        answer = emulator.handle(*request)
        written.extend([request] if b'"requests"' in request[3] else [])
        return answer if not written else goes_dark(*request)

    monkeypatch.setattr("sheets_agent.sheets.sending.ATTEMPTS", 1)
    with serve(emulator, handle=goes_dark) as server, monkeypatch.context() as patch:
        patch.setenv("SHEETS_AGENT_API_ENDPOINT", server.url)
        with pytest.raises(SheetsError):
            agent().undo(made)
    with served(emulator, monkeypatch):
        looked = agent().undo(made, dry_run=True)
        assert "undone before" in looked.notes[0]
        told = agent().undo(made)
        assert "undone before" in told.notes[0]
        assert main(["clean", identifier]) == 0
    assert contents(emulator, identifier) == before
    assert {entry.run: entry.state for entry in Journal().entries()} == {made: UNDONE, told.run_id: WRITTEN}


@pytest.mark.parametrize("when", MOMENTS)
def test_an_undoing_killed_at_any_request_and_begun_again_is_exact(
    openai_server: ProtocolServer, tmp_path: Path, sales: Path, monkeypatch: pytest.MonkeyPatch, when: str
) -> None:
    executioner = Executioner()
    kills = [0]  # the first undoing is left alone, and shows what there is to kill
    for at in kills:
        monkeypatch.setenv("SHEETS_AGENT_DATA_DIR", str(tmp_path / f"data{at}"))
        emulator = Watched()
        emulator.executioner = executioner
        executioner.at = 0
        identifier = emulator.add(open_file(sales).workbook).spreadsheet_id
        before = contents(emulator, identifier)
        with served(emulator, monkeypatch):
            made = done(openai_server, identifier)
            executioner.requests.clear()
            executioner.at, executioner.when = at, when
            killed = _undo_in_a_process(executioner, made)
            names = list(executioner.requests)
            executioner.at = 0
            where = f"killed {when} request {at} of {names}"
            if Journal().entries(run=made)[0].state != UNDONE:
                assert killed, where
                assert agent().undo(made).conflict_count == 0, where
            main(["clean", identifier])
        assert contents(emulator, identifier) == before, where
        assert {entry.state for entry in Journal().entries(run=made)} == {UNDONE}, where
        assert len([entry for entry in Journal().entries() if entry.undoes == made]) == 1, where
        if not killed:
            kills += worth_killing(names)
    assert len(kills) > 3


def _undo_in_a_process(executioner: Executioner, run_id: str) -> bool:
    command = [sys.executable, "-m", "sheets_agent", "undo", run_id, "--json"]
    executioner.process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=dict(os.environ)
    )
    executioner.process.communicate(timeout=60)
    return executioner.process.returncode < 0


def test_two_processes_do_not_undo_a_run_at_once(openai_server: ProtocolServer, sales: Path, capsys: Any) -> None:
    made = done(openai_server, str(sales))
    code = (
        "import sys; from sheets_agent.resuming import held\n"
        "with held(sys.argv[1]): print('held', flush=True); sys.stdin.read()"
    )
    other = subprocess.Popen(
        [sys.executable, "-c", code, made], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert other.stdout is not None
    assert other.stdin is not None
    assert other.stdout.readline() == "held\n"
    assert main(["undo", made]) == 2
    assert "another process" in capsys.readouterr().err
    other.stdin.close()
    assert other.wait(20) == 0
    other.stdout.close()
    assert main(["undo", made]) == 0


class Dies(Exception):
    """Stands for the end of a process."""


@pytest.mark.parametrize("edited", [False, True])
def test_an_undoing_of_a_file_that_ended_before_it_was_put_down_is_recognised(
    openai_server: ProtocolServer, sales: Path, monkeypatch: pytest.MonkeyPatch, edited: bool
) -> None:
    made = done(openai_server, str(sales), *([PRICE] if edited else []))
    if edited:
        book = openpyxl.load_workbook(sales)
        book["Продажи"]["B6"] = "Другой товар"
        book.save(sales)

    def dies(*_: Any) -> None:
        raise Dies

    with monkeypatch.context() as patch:
        patch.setattr(Recorder, "_landed", dies)
        with pytest.raises(Dies):
            agent().undo(made)
    put_back = sales.read_bytes()
    told = agent().undo(made)
    assert "undone before" in told.notes[0]
    assert sales.read_bytes() == put_back
    shown = cells(str(sales), "Продажи")
    assert (shown["D2"], shown["B3"], shown["B6"]) == (40, "Товар 2", "Другой товар" if edited else "Товар 1")
    assert [entry.state for entry in Journal().entries(run=made)] == [UNDONE]


@pytest.mark.parametrize("put_down", [True, False])
def test_a_run_killed_right_after_it_saved_over_its_file_is_not_done_again(
    openai_server: ProtocolServer, sales: Path, monkeypatch: pytest.MonkeyPatch, put_down: bool
) -> None:
    def dies(*_: Any) -> None:
        raise Dies

    with monkeypatch.context() as patch:
        patch.setattr("sheets_agent.running._settle", dies)
        if not put_down:
            patch.setattr(Recorder, "_landed", dies)
        with pytest.raises(Dies):
            done(openai_server, str(sales))
    [entry] = Journal().entries()
    found, saved = agent().resume(entry.run), sales.read_bytes()
    assert found.status is Status.DONE
    assert found.files == (str(sales.resolve()),)
    assert sales.read_bytes() == saved
    assert (cells(str(sales), "Продажи")["D2"], cells(str(sales), "Продажи")["B5"]) == (41, "Товар 2")
    agent().undo(entry.run)
    assert cells(str(sales), "Продажи")["B3"] == "Товар 2"


SHEET_ONLY = (
    {"why": "Лист", "action": "add_sheet", "target": "Отчёт"},
    {"why": "Имя", "action": "write_cell", "target": "Отчёт!A1", "options": ["value=Итого"]},
)
"""A batch that takes nothing for granted that was there: only its mark tells that it has landed."""


@pytest.mark.parametrize("steps", [SHEET_ONLY, (ROWS, PRICE)])
@pytest.mark.parametrize("landed", [True, False])
def test_a_run_killed_at_its_write_and_gone_on_with_can_be_undone(
    openai_server: ProtocolServer, sales: Path, monkeypatch: pytest.MonkeyPatch, steps: Any, landed: bool
) -> None:
    def dies(*_: Any, **__: Any) -> None:
        raise Dies

    emulator = Emulator()
    identifier = emulator.add(open_file(sales).workbook).spreadsheet_id
    before = contents(emulator, identifier)
    with served(emulator, monkeypatch):
        with monkeypatch.context() as patch:
            patch.setattr(*((Recorder, "_landed", dies) if landed else (SheetsClient, "_write_once", dies)))
            patch.setattr("sheets_agent.running._settle", lambda _: None)  # nobody tidies up after a kill
            with pytest.raises(Dies):
                done(openai_server, identifier, *steps)
        assert (contents(emulator, identifier) != before) == landed
        [entry] = Journal().entries()
        assert entry.state == UNKNOWN
        assert agent().resume(entry.run).status is Status.DONE
        assert Journal().entries()[-1].state == WRITTEN
        assert len(Journal().entries()) == 1
        assert agent().undo(entry.run).conflict_count == 0
        assert main(["clean", identifier]) == 0
    assert contents(emulator, identifier) == before


def test_after_a_write_in_doubt_nothing_is_corrected_under_its_mark(
    openai_server: ProtocolServer, sales: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    emulator = Emulator()
    identifier = emulator.add(open_file(sales).workbook).spreadsheet_id
    writes: list[int] = []
    dark: list[int] = []

    def handle(*request: Any) -> Any:
        """The plan lands, then a colleague empties a divisor; the write after it lands and is never answered."""
        if len(dark) == 1:
            dark.append(1)
            return error_answer(ApiError(503, "The service is currently unavailable."))
        answer = emulator.handle(*request)
        if b'"requests"' in request[3] and not dark:
            writes.append(1)
            if len(writes) == 1:
                clears("'Продажи'!C5")(SheetsClient(EmulatorHttp(emulator)), identifier)
            else:
                dark.append(1)
                return error_answer(ApiError(503, "The service is currently unavailable."))
        return answer

    note = says("executor", calls=[("write_cell", {"target": "'Продажи'!G1", "value": "x"})])
    mended = says("corrector", json={"thoughts": "", "steps": [{**RATIO, "options": ["formula==IFERROR(D2/C2,0)"]}]})
    openai_server.script(describes(), plans(RATIO), note, mended, sums_up("Готово."))
    monkeypatch.setattr("sheets_agent.sheets.sending.ATTEMPTS", 1)
    with serve(emulator, handle=handle) as server:
        monkeypatch.setenv("SHEETS_AGENT_API_ENDPOINT", server.url)
        result = agent(approve="never").run(identifier, "Добавь долю")
    assert len(dark) == 2
    assert result.status is Status.INCOMPLETE
    assert "could not go on" in result.summary
    assert [problem.address for problem in result.problems if not problem.fixed] == ["'Продажи'!F5"]
    assert not [chat for chat in openai_server.chats if re.search(OPENINGS["corrector"], chat.text)]


def test_a_result_that_cannot_be_saved_is_not_remembered_as_done(
    openai_server: ProtocolServer, sales: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = done(openai_server, str(sales))
    openai_server.script(describes(), plans({**PRICE, "options": ["value=42"]}), sums_up("Готово: 42."))
    start = Opening.open

    def unwritable(self: Opening, *args: Any, **options: Any) -> Any:
        run = start(self, *args, **options)

        def fails(*_: Any) -> Any:
            raise FileError("The disk is full.")

        object.__setattr__(run.target, "_save", fails)
        return run

    with monkeypatch.context() as patch:
        patch.setattr(Opening, "open", unwritable)
        with pytest.raises(FileError, match="disk is full"):
            agent(approve="never").follow(first, "Исправь цену в D2 на 42")
    assert cells(str(sales), "Продажи")["D2"] == 41
    openai_server.script(describes(), plans(PRICE), sums_up("Готово."))
    asked = len(openai_server.chats)
    agent(approve="never").follow(first, "Исправь цену в D2")
    told = " ".join(request.text for request in openai_server.chats[asked:])
    assert "Готово: 42." not in told
    assert TASK in told
