"""The journal of what runs have written, with what takes it back: a SQLite file that only its owner can read.

There is one row for each batch, or for each file that was saved. A row is there before anything is written, in the
state `unknown`; it is `written` when the answer came, and `undone` when it was taken back. So a row that stays
`unknown` is one whose answer was lost. Old rows go after some months, the oldest ones sooner when the journal is large.
"""

from __future__ import annotations

import datetime
import json
import sqlite3
import zlib
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sheets_agent.checkpoints import DATA_DIR, PATIENCE, data_dir
from sheets_agent.emulator.workbook import JSON
from sheets_agent.errors import FileError
from sheets_agent.undo.inverse import Inverse
from sheets_agent.undo.left import Left

DAYS = 90
"""How long a batch can be undone."""
MOST_BYTES = 512 << 20
"""How large the journal grows; the oldest rows go first, the newest run stays whatever its size."""

UNKNOWN, WRITTEN, UNDONE = "unknown", "written", "undone"

_TABLE = """
CREATE TABLE IF NOT EXISTS batches (
    id INTEGER PRIMARY KEY,
    run TEXT NOT NULL,
    at TEXT NOT NULL,
    place TEXT NOT NULL,
    file INTEGER NOT NULL,
    task TEXT NOT NULL,
    state TEXT NOT NULL,
    undoes TEXT NOT NULL,
    undone_by TEXT NOT NULL DEFAULT '',
    cells INTEGER NOT NULL DEFAULT 0,
    lost TEXT NOT NULL DEFAULT '[]',
    inverse BLOB,
    before BLOB,
    after BLOB
)"""
_COLUMNS = "id, run, at, place, file, task, state, undoes, undone_by, cells, lost"


@dataclass(frozen=True)
class Entry:
    """One batch of a run, or one file that it saved.

    Attributes:
        id: its number in the journal; they grow.
        run: the run that wrote it.
        at: when, in ISO 8601.
        place: the spreadsheet's id, or the path of the file.
        file: whether it is a file.
        task: what the run was to do.
        state: unknown, written or undone.
        undoes: the run that this one took back, "" for a run of another kind.
        undone_by: the run that took this one back.
        cells: how many cells it changed; of a file it is not counted.
        lost: what undoing cannot restore, in sentences.
    """

    id: int
    run: str
    at: str
    place: str
    file: bool
    task: str
    state: str
    undoes: str = ""
    undone_by: str = ""
    cells: int = 0
    lost: tuple[str, ...] = ()


@dataclass(frozen=True)
class Author:
    """Who writes: a run, and what it takes back when it is an undoing itself."""

    run: str
    task: str
    undoes: str = ""


class Journal:
    """The journal in the user's data folder.

    All methods raise FileError when it cannot be read or written.
    """

    def __init__(self, path: Path | None = None) -> None:
        self._path = path or data_dir() / "journal.sqlite"

    # ------------------------------------------------------------------------------------------------- writing

    def begin_batch(self, author: Author, place: str, inverse: Inverse) -> int:
        """Keep what takes a batch back, before it is sent. Returns the row's id."""
        body = {"requests": inverse.requests, "left": inverse.left.to_json()}
        return self._insert(
            author,
            place,
            {"inverse": _packed(body), "cells": inverse.left.cell_count, "lost": json.dumps(inverse.lost)},
        )

    def begin_file(self, author: Author, path: Path, before: bytes | None, after: bytes | None) -> int:
        """Keep what a file holds and will hold, before it is written; None for no file. Returns the row's id."""
        return self._insert(author, str(path), {"file": 1, "before": before, "after": after})

    def landed(self, row: int) -> None:
        """The batch or the file was written. Where it was an undoing, what it took back is undone from now on."""
        with self._open() as connection:
            connection.execute("UPDATE batches SET state = ? WHERE id = ?", (WRITTEN, row))
            [(run, undoes)] = connection.execute("SELECT run, undoes FROM batches WHERE id = ?", (row,)).fetchall()
            if undoes:
                _undone(connection, undoes, run)
            _prune(connection)

    def refused(self, row: int) -> None:
        """The batch was not written."""
        with self._open() as connection:
            connection.execute("DELETE FROM batches WHERE id = ?", (row,))

    def undone(self, run: str, by: str) -> None:
        """A run was taken back by another one that had nothing to write for it."""
        with self._open() as connection:
            _undone(connection, run, by)

    def _insert(self, author: Author, place: str, more: dict[str, Any]) -> int:
        now = datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
        row = {"run": author.run, "at": now, "place": place, "file": 0, "task": author.task, "state": UNKNOWN}
        row |= {"undoes": author.undoes, **more}
        names, marks = ", ".join(row), ", ".join("?" * len(row))
        with self._open() as connection:
            found = connection.execute(f"INSERT INTO batches ({names}) VALUES ({marks})", tuple(row.values()))
            return int(found.lastrowid or 0)

    # ------------------------------------------------------------------------------------------------- reading

    def entries(self, *, run: str | None = None, place: str | None = None) -> list[Entry]:
        """The entries of a run, of a place or all, oldest first."""
        found = "SELECT " + _COLUMNS + " FROM batches WHERE (? IS NULL OR run = ?) AND (? IS NULL OR place = ?)"
        with self._open() as connection:
            rows = connection.execute(f"{found} ORDER BY id", (run, run, place, place)).fetchall()
        return [_entry(row) for row in rows]

    def inverse(self, entry: Entry) -> Inverse:
        """What takes a batch back.

        Raises:
            FileError: what was kept is damaged.
        """
        with self._open() as connection:
            found = connection.execute("SELECT inverse FROM batches WHERE id = ?", (entry.id,)).fetchone()
        try:
            body = _unpacked(found[0])
            return Inverse(tuple(body["requests"]), Left.from_json(body["left"]), entry.lost)
        except (TypeError, ValueError, KeyError, zlib.error) as error:
            raise FileError(f"What undoes run {entry.run} is damaged in {self._path}.", _REMOVE) from error

    def contents(self, entry: Entry) -> tuple[bytes | None, bytes | None]:
        """What a file held before it was saved, and was to hold after; None where there was to be no file."""
        with self._open() as connection:
            found = connection.execute("SELECT before, after FROM batches WHERE id = ?", (entry.id,)).fetchone()
        before, after = found or (None, None)
        return before, after

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        with ExitStack() as opened:
            try:
                self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
                self._path.touch(mode=0o600)
                connection = opened.enter_context(closing(sqlite3.connect(self._path, timeout=PATIENCE)))
                with connection:
                    connection.execute("PRAGMA secure_delete = ON")
                    connection.execute(_TABLE)
                    yield connection
            except sqlite3.OperationalError as error:
                hint = f"Let other runs end, or name another folder in {DATA_DIR}."
                raise FileError(f"The journal {self._path} cannot be used: {error}.", hint) from error
            except sqlite3.Error as error:
                raise FileError(f"The journal {self._path} is damaged: {error}.", _REMOVE) from error
            except OSError as error:
                hint = f"Name another folder in {DATA_DIR}."
                raise FileError(
                    f"The journal cannot be kept in {self._path}: {error.strerror or error}.", hint
                ) from error


_REMOVE = "Move it elsewhere: a new one is begun, and what runs before it wrote can no longer be undone."


def _undone(connection: sqlite3.Connection, run: str, by: str) -> None:
    """A run is taken back; when it was an undoing itself, what it undid is there again."""
    change = "UPDATE batches SET state = ?, undone_by = ? WHERE"
    connection.execute(f"{change} run = ? AND state != ?", (UNDONE, by, run, UNDONE))
    connection.execute(f"{change} undone_by = ?", (WRITTEN, "", run))


def _packed(body: JSON) -> bytes:
    return zlib.compress(json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode(), 6)


def _unpacked(packed: bytes) -> JSON:
    body: JSON = json.loads(zlib.decompress(packed))
    return body


def _entry(row: tuple[Any, ...]) -> Entry:
    identifier, run, at, place, file, task, state, undoes, undone_by, cells, lost = row
    told = tuple(json.loads(lost))
    return Entry(identifier, run, at, place, bool(file), task, state, undoes, undone_by, cells, told)


def _prune(connection: sqlite3.Connection) -> None:
    """Forget what is old, and the oldest runs while the journal is too large."""
    limit = datetime.datetime.now(datetime.UTC) - datetime.timedelta(days=DAYS)
    connection.execute("DELETE FROM batches WHERE at < ?", (limit.isoformat(timespec="seconds"),))
    size = "IFNULL(LENGTH(inverse), 0) + IFNULL(LENGTH(before), 0) + IFNULL(LENGTH(after), 0)"
    runs = connection.execute(f"SELECT run, SUM({size}) FROM batches GROUP BY run ORDER BY MAX(id)").fetchall()
    total = sum(bytes_ for _, bytes_ in runs)
    for run, bytes_ in runs[:-1]:
        if total <= MOST_BYTES:
            break
        connection.execute("DELETE FROM batches WHERE run = ?", (run,))
        total -= bytes_
