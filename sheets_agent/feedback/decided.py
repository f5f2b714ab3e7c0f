"""What was answered at each pause of a run, whoever answered it, kept until the run ends.

A run on a file that is gone with its process starts anew, and nobody has to say again what they have said: the same
request at the same pause has the same answer.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from sqlite3 import Connection
from typing import Any

from sheets_agent.chat.kept import Connect

_TABLE = "CREATE TABLE IF NOT EXISTS decided (run TEXT, pause TEXT, answer TEXT, PRIMARY KEY (run, pause))"


class Decided:
    """The answers to one run's pauses.

    Args:
        connect: opens the SQLite file.
        run_id: of the run.
    """

    def __init__(self, connect: Connect, run_id: str) -> None:
        self._connect = connect
        self._run = run_id

    def find(self, request: Mapping[str, Any], number: int) -> dict[str, Any] | None:
        """The resume value of a pause that was answered before; None of one that was not."""
        with self._open() as connection:
            found = "SELECT answer FROM decided WHERE run = ? AND pause = ?"
            row = connection.execute(found, (self._run, mark(request, number))).fetchone()
        return None if row is None else dict(json.loads(row[0]))

    def keep(self, request: Mapping[str, Any], number: int, answer: Mapping[str, Any]) -> None:
        """Keep the resume value of a pause, before the run goes on with it."""
        row = (self._run, mark(request, number), json.dumps(answer))
        with self._open() as connection:
            connection.execute("INSERT OR REPLACE INTO decided VALUES (?, ?, ?)", row)

    def forget(self) -> None:
        """Delete what was kept: the run has ended."""
        with self._open() as connection:
            connection.execute("DELETE FROM decided WHERE run = ?", (self._run,))

    @contextmanager
    def _open(self) -> Iterator[Connection]:
        with self._connect() as connection, connection:
            connection.execute(_TABLE)
            yield connection


def mark(request: Mapping[str, Any], number: int) -> str:
    """What a pause is known by: what it asks, and which one of the run's pauses it is, from 1."""
    asked = json.dumps(request["action_requests"], sort_keys=True)
    return f"{hashlib.sha256(asked.encode()).hexdigest()[:8]}.{number}"
