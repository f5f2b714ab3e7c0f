"""What is put down around a write, when writing or putting down goes wrong."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from sheets_agent.emulator.service import Emulator
from sheets_agent.emulator.transport import EmulatorHttp
from sheets_agent.errors import FileError, InvalidRequest, SheetsServerError
from sheets_agent.sheets.client import SheetsClient
from sheets_agent.undo.journal import Author, Journal
from sheets_agent.undo.recording import Recorder

BATCH = [{"addSheet": {"properties": {"title": "New"}}}]
AUTHOR = Author("r1", "task")


@pytest.fixture
def sheet() -> tuple[SheetsClient, str]:
    client = SheetsClient(EmulatorHttp(Emulator()))
    return client, client.create("Undo")["spreadsheetId"]


class Forgetful(Journal):
    """Can begin a row, and then the disk is full."""

    def landed(self, row: int, after: bytes | None = None) -> None:
        raise FileError("The disk is full.")


def states(journal: Journal) -> list[str]:
    return [entry.state for entry in journal.entries()]


@pytest.mark.parametrize(("error", "left"), [(InvalidRequest("no"), []), (SheetsServerError("503"), ["unknown"])])
def test_a_refused_batch_is_forgotten_and_one_without_an_answer_stays_unknown(
    sheet: Any, tmp_path: Path, error: Exception, left: list[str]
) -> None:
    client, identifier = sheet
    journal = Journal(tmp_path / "journal.sqlite")
    recorder = Recorder(AUTHOR, journal, file=False)
    seen: list[Any] = []

    def send(requests: Any) -> None:
        seen.extend((states(journal), requests[0]["addSheet"]["properties"]["sheetId"] > 0))
        raise error

    def write() -> None:
        with recorder.writing(identifier, lambda: client.scratch(identifier), BATCH) as requests:
            send(requests)

    with pytest.raises(type(error)):
        write()
    assert seen == [["unknown"], True]
    assert states(journal) == left


def test_a_write_that_landed_is_no_failure_when_the_journal_cannot_follow(sheet: Any, tmp_path: Path) -> None:
    client, identifier = sheet
    recorder = Recorder(AUTHOR, Forgetful(tmp_path / "journal.sqlite"), file=False)
    with recorder.writing(identifier, lambda: client.scratch(identifier), BATCH) as requests:
        client.batch_update(identifier, requests)
    assert recorder.notes == ["This was written, but the journal does not say so: The disk is full."]
    assert states(Journal(tmp_path / "journal.sqlite")) == ["unknown"]


def test_what_chance_decides_is_told_not_to_be_undone(sheet: Any, tmp_path: Path) -> None:
    client, identifier = sheet
    recorder = Recorder(AUTHOR, Journal(tmp_path / "journal.sqlite"), file=False)
    shuffle = [{"randomizeRange": {"range": {"sheetId": 0, "endRowIndex": 3}}}]
    with recorder.writing(identifier, lambda: client.scratch(identifier), shuffle) as requests:
        client.batch_update(identifier, requests)
    assert "cannot be undone" in recorder.notes[0]


def test_a_file_that_could_not_be_saved_leaves_no_row(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal.sqlite")
    recorder = Recorder(AUTHOR, journal, file=True)
    path = tmp_path / "a.xlsx"
    path.write_bytes(b"before")
    with pytest.raises(FileError), recorder.saving(path, b"after"):
        raise FileError("no")
    assert states(journal) == []
    with recorder.saving(path, b"after"):
        path.write_bytes(b"after")
    assert journal.contents(journal.entries()[0]) == (b"before", b"after")
