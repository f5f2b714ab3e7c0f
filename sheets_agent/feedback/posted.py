"""What was put to people and what they said, kept beside the checkpoints while a run goes on.

A process that is killed while it waits, or right after it has posted, is followed by one that finds the same task.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from sqlite3 import Connection

from sheets_agent.chat.kept import Connect
from sheets_agent.feedback.channel import Reply

_TABLE = """CREATE TABLE IF NOT EXISTS posted (
    run TEXT, asked TEXT, channel TEXT, deadline REAL, reference TEXT, replies TEXT,
    PRIMARY KEY (run, asked, channel)
)"""


@dataclass(frozen=True)
class Task:
    """One thing that was put to people.

    Attributes:
        reference: by which the channel finds it; None when it is not known whether it was posted.
        deadline: until when it is waited for, in seconds since 1970.
        replies: what people said; None while they are waited for.
    """

    reference: str | None
    deadline: float
    replies: tuple[Reply, ...] | None


class Posted:
    """What one run has put to people through one channel.

    Args:
        connect: opens the SQLite file.
        run_id: of the run.
        channel: the channel's name; none is needed to forget.
    """

    def __init__(self, connect: Connect, run_id: str, channel: str = "") -> None:
        self._connect = connect
        self._run = run_id
        self._channel = channel

    def find(self, asked: str) -> Task | None:
        """What is kept of it, None when it was never to be posted."""
        with self._open() as connection:
            row = connection.execute(
                "SELECT reference, deadline, replies FROM posted WHERE run = ? AND asked = ? AND channel = ?",
                (self._run, asked, self._channel),
            ).fetchone()
        if row is None:
            return None
        replies = None if row[2] is None else tuple(map(Reply.model_validate, json.loads(row[2])))
        return Task(row[0], row[1], replies)

    def keep(self, asked: str, task: Task) -> None:
        """Put it down, in place of what was known of it."""
        said = task.replies
        replies = None if said is None else json.dumps([reply.model_dump(mode="json") for reply in said])
        row = (self._run, asked, self._channel, task.deadline, task.reference, replies)
        with self._open() as connection:
            connection.execute("INSERT OR REPLACE INTO posted VALUES (?, ?, ?, ?, ?, ?)", row)

    def forget(self) -> None:
        """Delete what was kept: the run has ended."""
        with self._open() as connection:
            connection.execute("DELETE FROM posted WHERE run = ?", (self._run,))

    @contextmanager
    def _open(self) -> Iterator[Connection]:
        with self._connect() as connection, connection:
            connection.execute(_TABLE)
            yield connection
