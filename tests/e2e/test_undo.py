"""Runs taken back, through the command line and the Python API: live spreadsheets behind HTTP, and files."""

from __future__ import annotations

import json
import sqlite3
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from protocol_server import ProtocolServer
from scenario import HEADER, REVENUE, TASK, Person, agent, cells, describes, good_run, plans, sums_up, workbook

from sheets_agent.checkpoints import data_dir
from sheets_agent.cli import main
from sheets_agent.emulator.files import open_file
from sheets_agent.emulator.server import serve
from sheets_agent.emulator.service import Emulator
from sheets_agent.emulator.transport import EmulatorHttp
from sheets_agent.errors import PersonNeeded, Rejected
from sheets_agent.sheets.client import SheetsClient
from sheets_agent.undo.inverse import Inverse
from sheets_agent.undo.journal import Author, Journal
from sheets_agent.undo.left import Left

MODEL = ["--model", "openai:gpt-test", "--reflect", "never", "--approve", "never"]
PRICE = {"why": "Округлить", "action": "write_cell", "target": "'Продажи'!D2", "options": ["value=41"]}
OF_D2 = "Исправь цену в D2"
ROWS = {"why": "Место", "action": "insert_rows", "target": "'Продажи'!3:4"}


@pytest.fixture
def sales(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return workbook(tmp_path / "sales.xlsx")


@pytest.fixture
def live(sales: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[SheetsClient, str]]:
    """A spreadsheet behind HTTP, and a client on it that somebody else has."""
    emulator = Emulator()
    identifier = emulator.add(open_file(sales).workbook).spreadsheet_id
    with serve(emulator) as server:
        monkeypatch.setenv("SHEETS_AGENT_API_ENDPOINT", server.url)
        yield SheetsClient(EmulatorHttp(emulator)), identifier


def everything(client: SheetsClient, identifier: str) -> Any:
    return client.get(identifier, include_grid_data=True)


def run(openai_server: ProtocolServer, place: str, *steps: Any, capsys: Any, more: Any = ()) -> str:
    """Carry out steps; gives back the id of the run."""
    openai_server.script(describes(), plans(*steps), sums_up("Готово."))
    assert main(["run", place, OF_D2, "--json", *MODEL, *more]) == 0
    return str(json.loads(capsys.readouterr().out)["run_id"])


# ------------------------------------------------------------------------------------------------------- live


def test_a_live_run_is_undone_and_done_again(openai_server: ProtocolServer, live: Any, capsys: Any) -> None:
    client, identifier = live
    before = everything(client, identifier)
    openai_server.script(*good_run())
    assert main(["run", identifier, TASK, *MODEL]) == 0
    after = everything(client, identifier)
    assert after != before
    capsys.readouterr()
    assert main(["undo", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["conflicts"], told["notes"]) == ([], [])
    assert everything(client, identifier) == before
    assert main(["history", "--json"]) == 0
    states = {entry["run_id"]: entry["state"] for entry in json.loads(capsys.readouterr().out)}
    assert states == {told["undone"]: "undone", told["run_id"]: "written"}
    assert main(["undo", told["run_id"]]) == 0
    assert everything(client, identifier) == after
    assert main(["undo", "--dry-run"]) == 0
    assert everything(client, identifier) == after


def test_a_later_change_of_the_same_cell_is_told_and_not_written_over(
    openai_server: ProtocolServer, live: Any, capsys: Any
) -> None:
    client, identifier = live
    made = run(openai_server, identifier, PRICE, capsys=capsys)
    client.update_values(identifier, "'Продажи'!D2", [[50]])
    client.update_values(identifier, "'Продажи'!D3", [[51]])
    assert main(["undo", made]) == 7
    told = capsys.readouterr().err
    assert "'Продажи'!D2 held “41” and holds “50” now." in told
    assert "D3" not in told
    assert client.values(identifier, "'Продажи'!D2:D3") == [["50"], ["51"]]
    with pytest.raises(Rejected):
        agent(person=Person(answers=("leave everything as it is",))).undo(made)
    person = Person(answers=("undo it all the same",))
    found = agent(person=person).undo(made)
    assert found.conflict_count == 1
    assert "D2" in person.questions[0].about
    assert client.values(identifier, "'Продажи'!D2:D3") == [["40"], ["51"]]


def test_a_format_changed_since_is_a_conflict_where_the_format_was_written(
    openai_server: ProtocolServer, live: Any, capsys: Any
) -> None:
    client, identifier = live
    bold = {"why": "Шапка", "action": "format_cells", "target": "'Продажи'!A1:D1", "options": ["style=bold"]}
    made = run(openai_server, identifier, bold, capsys=capsys)
    cell = {"userEnteredFormat": {"textFormat": {"italic": True}}}
    area = {"startRowIndex": 0, "endRowIndex": 1, "startColumnIndex": 1, "endColumnIndex": 2}
    fields = "userEnteredFormat.textFormat.italic"
    client.batch_update(identifier, [{"repeatCell": {"range": area, "cell": cell, "fields": fields}}])
    client.update_values(identifier, "'Продажи'!A1", [["Край"]])
    assert main(["undo", made]) == 7
    assert "B1 has another format now." in capsys.readouterr().err
    assert main(["undo", made, "--yes"]) == 0
    assert client.values(identifier, "'Продажи'!A1:B1") == [["Край", "Товар"]]


def test_an_earlier_run_names_the_later_one_that_wrote_over_it(
    openai_server: ProtocolServer, live: Any, capsys: Any
) -> None:
    client, identifier = live
    before = everything(client, identifier)
    first = run(openai_server, identifier, PRICE, capsys=capsys)
    second = run(openai_server, identifier, {**PRICE, "options": ["value=42"]}, capsys=capsys)
    assert main(["undo", first]) == 7
    assert f"Run {second} wrote later" in capsys.readouterr().err
    assert main(["undo"]) == 0
    assert main(["undo"]) == 0
    assert everything(client, identifier) == before
    assert main(["undo"]) == 2
    assert "no run to undo" in capsys.readouterr().err


def test_rows_written_since_where_the_run_made_room_are_a_conflict(
    openai_server: ProtocolServer, live: Any, capsys: Any
) -> None:
    client, identifier = live
    made = run(openai_server, identifier, ROWS, capsys=capsys)
    client.update_values(identifier, "'Продажи'!B4", [["new"]])
    client.update_values(identifier, "'Продажи'!B15", [["moves along"]])
    assert main(["undo", made]) == 7
    assert "'Продажи'!B4 held nothing and holds “new” now." in capsys.readouterr().err
    assert main(["undo", made, "--yes"]) == 0
    assert client.values(identifier, "'Продажи'!B13") == [["moves along"]]


def test_a_batch_whose_answer_was_lost_is_undone_only_where_it_landed(live: Any, capsys: Any) -> None:
    client, identifier = live
    before = everything(client, identifier)
    row = {"range": {"sheetId": 0, "startRowIndex": 1, "endRowIndex": 2, "startColumnIndex": 3, "endColumnIndex": 4}}
    batch = [{"repeatCell": {**row, "cell": {"userEnteredValue": {"numberValue": 41}}, "fields": "userEnteredValue"}}]
    from sheets_agent.undo.recording import inverse_of

    _, back = inverse_of(client.scratch(identifier), identifier, batch)
    Journal().begin_batch(Author("lost1", "never landed"), identifier, back)
    assert main(["undo", "lost1"]) == 0
    assert "never landed" in capsys.readouterr().out
    Journal().begin_batch(Author("lost2", "landed"), identifier, back)
    client.batch_update(identifier, batch)
    assert main(["history"]) == 0
    assert "unknown" in capsys.readouterr().out
    assert main(["undo", "lost2"]) == 0
    assert everything(client, identifier) == before


def test_what_cannot_be_undone_is_refused(live: Any, capsys: Any) -> None:
    _, identifier = live
    journal = Journal()
    journal.landed(journal.begin_batch(Author("mixed", "shuffle"), identifier, Inverse((), Left(), ("By chance.",))))
    assert main(["history"]) == 0
    assert "By chance." in capsys.readouterr().out
    assert main(["undo", "mixed"]) == 2
    assert "cannot be undone. By chance." in capsys.readouterr().err


def test_a_spreadsheet_that_is_gone(openai_server: ProtocolServer, live: Any, capsys: Any) -> None:
    client, identifier = live
    made = run(openai_server, identifier, PRICE, capsys=capsys)
    client.http.emulator.remove(identifier)  # type: ignore[attr-defined]
    assert main(["undo", made]) == 5
    assert identifier in capsys.readouterr().err


# ------------------------------------------------------------------------------------------------------ files


def test_a_file_written_over_is_put_back_byte_for_byte(openai_server: ProtocolServer, sales: Path, capsys: Any) -> None:
    before = sales.read_bytes()
    made = run(openai_server, "sales.xlsx", HEADER, REVENUE, capsys=capsys, more=["--in-place"])
    after = sales.read_bytes()
    assert after != before
    assert main(["undo", made]) == 0
    assert sales.read_bytes() == before
    again = json.loads(_json(["history", "--json"], capsys))[0]["run_id"]
    assert main(["undo", again]) == 0
    assert sales.read_bytes() == after
    assert sorted(path.name for path in sales.parent.iterdir()) == ["sales.xlsx"]


def test_a_file_that_a_run_made_is_taken_away_and_the_result_does_it(
    openai_server: ProtocolServer, sales: Path
) -> None:
    before = sales.read_bytes()
    openai_server.script(*good_run())
    result = agent().run("sales.xlsx", TASK)
    assert Path(result.files[0]).exists()
    result.undo()
    assert not Path(result.files[0]).exists()
    assert sales.read_bytes() == before


def test_work_that_went_on_in_the_file_is_kept(openai_server: ProtocolServer, sales: Path, capsys: Any) -> None:
    made = run(openai_server, "sales.xlsx", HEADER, REVENUE, PRICE, capsys=capsys, more=["--in-place"])
    book = openpyxl.load_workbook(sales)
    book["Продажи"]["B3"] = "Другой товар"
    book.save(sales)
    assert main(["undo", made]) == 0
    assert "the other changes are kept" in capsys.readouterr().out
    shown = cells(str(sales), "Продажи")
    assert (shown["B3"], shown["D2"]) == ("Другой товар", 40)
    assert not {"E1", "E2"} & shown.keys()


def test_a_cell_changed_in_the_file_is_a_conflict(openai_server: ProtocolServer, sales: Path, capsys: Any) -> None:
    made = run(openai_server, "sales.xlsx", PRICE, capsys=capsys, more=["--in-place"])
    book = openpyxl.load_workbook(sales)
    book["Продажи"]["D2"] = 77
    book.save(sales)
    with pytest.raises(PersonNeeded, match="1 thing changed") as refused:
        agent().undo(made)
    assert "D2 held “41” and holds “77” now" in refused.value.hint
    assert cells(str(sales), "Продажи")["D2"] == 77
    agent().undo(made, force=True)
    assert cells(str(sales), "Продажи")["D2"] == 40


def test_a_file_that_is_gone_or_broken_is_asked_about(openai_server: ProtocolServer, sales: Path, capsys: Any) -> None:
    before = sales.read_bytes()
    made = run(openai_server, "sales.xlsx", PRICE, capsys=capsys, more=["--in-place"])
    sales.unlink()
    assert main(["undo", made]) == 7
    sales.write_bytes(b"not a workbook")
    assert main(["undo", made]) == 7
    assert "what changed cannot be told" in capsys.readouterr().err
    assert sales.read_bytes() == b"not a workbook"
    assert main(["undo", made, "--yes"]) == 0
    assert sales.read_bytes() == before


# ------------------------------------------------------------------------------------------------- the journal


def test_the_journal_is_its_owners_only_and_nothing_is_there_before_a_run(capsys: Any) -> None:
    assert main(["history"]) == 0
    assert "No run has written anything yet." in capsys.readouterr().out
    assert stat.S_IMODE((data_dir() / "journal.sqlite").stat().st_mode) == 0o600


@pytest.mark.parametrize("arguments", [["undo", "nonsense"], ["undo"]])
def test_an_unknown_run(arguments: list[str], capsys: Any) -> None:
    assert main(arguments) == 2
    assert "sheets-agent history" in capsys.readouterr().err


def test_a_run_is_undone_once(openai_server: ProtocolServer, sales: Path, capsys: Any) -> None:
    made = run(openai_server, "sales.xlsx", PRICE, capsys=capsys)
    assert main(["undo", made]) == 0
    assert main(["undo", made]) == 2
    assert "is undone already" in capsys.readouterr().err


def test_nothing_is_written_while_the_journal_cannot_be(openai_server: ProtocolServer, live: Any, capsys: Any) -> None:
    client, identifier = live
    before = everything(client, identifier)
    path = data_dir() / "journal.sqlite"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"this is no database at all" * 100)
    openai_server.script(describes(), plans(PRICE), sums_up("Готово."))
    assert main(["run", identifier, OF_D2, *MODEL]) == 3
    assert "damaged" in capsys.readouterr().err
    assert everything(client, identifier) == before
    assert main(["history"]) == 3


def test_a_locked_journal_is_said(monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
    assert main(["history"]) == 0
    monkeypatch.setattr("sheets_agent.undo.journal.PATIENCE", 0.1)
    with sqlite3.connect(data_dir() / "journal.sqlite") as other:
        other.execute("BEGIN EXCLUSIVE")
        assert main(["history"]) == 3
    assert "locked" in capsys.readouterr().err


def test_old_batches_are_forgotten_and_a_large_journal_loses_the_oldest_runs(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    journal = Journal(tmp_path / "journal.sqlite")
    first = journal.begin_batch(Author("old", "first"), "sheet", Inverse((), Left()))
    journal.landed(first)
    with sqlite3.connect(tmp_path / "journal.sqlite") as raw:
        raw.execute("UPDATE batches SET at = '2020-01-01T00:00:00+00:00'")
    second = journal.begin_file(Author("large", "second"), tmp_path / "a.xlsx", b"x" * 1000, b"y" * 1000)
    journal.landed(second)
    assert [entry.run for entry in journal.entries()] == ["large"]
    monkeypatch.setattr("sheets_agent.undo.journal.MOST_BYTES", 1500)
    third = journal.begin_file(Author("new", "third"), tmp_path / "a.xlsx", b"z" * 1600, None)
    journal.landed(third)
    assert [entry.run for entry in journal.entries()] == ["new"]


def _json(arguments: list[str], capsys: Any) -> str:
    capsys.readouterr()
    assert main(arguments) == 0
    return str(capsys.readouterr().out)
