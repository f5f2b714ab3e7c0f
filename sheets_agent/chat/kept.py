"""Answers of models, kept while a run goes on: a run that was killed asks for none of them again.

An answer is found by what was asked: the role, the model, the messages, and the tools or the format bound to it. The
same question asked several times in one process, as in self-consistency, has as many answers.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
import threading
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, closing
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from langchain_core.messages import AIMessage, BaseMessage

Connect = Callable[[], AbstractContextManager[sqlite3.Connection]]

_TABLE = """CREATE TABLE IF NOT EXISTS answers
    (run TEXT, question TEXT, number INTEGER, answer TEXT, PRIMARY KEY (run, question, number))"""


class KeptAnswers:
    """The answers of one run. Safe to use from several threads.

    Args:
        connect: opens the SQLite file they are kept in.
        run_id: of the run.
    """

    def __init__(self, connect: Connect, run_id: str) -> None:
        self._connect = connect
        self._run = run_id
        self._asked: Counter[str] = Counter()
        self._lock = threading.Lock()

    def slot(self, role: str, model: str, messages: Sequence[BaseMessage], bound: object) -> tuple[str, int]:
        """Where the answer to a question is kept: the question's mark, and how often it was asked before."""
        from langchain_core.messages import messages_to_dict

        asked = json.dumps([role, model, messages_to_dict(messages), bound], sort_keys=True, default=repr)
        mark = hashlib.sha256(asked.encode()).hexdigest()
        with self._lock:
            number = self._asked[mark]
            self._asked[mark] += 1
        return mark, number

    def find(self, slot: tuple[str, int]) -> AIMessage | None:
        """The answer kept there; None when there is none."""
        from langchain_core.messages import AIMessage, messages_from_dict

        with self._lock, self._connect() as connection:
            connection.execute(_TABLE)
            row = connection.execute(
                "SELECT answer FROM answers WHERE run = ? AND question = ? AND number = ?", (self._run, *slot)
            ).fetchone()
        if row is None:
            return None
        (message,) = messages_from_dict(json.loads(row[0]))
        return message if isinstance(message, AIMessage) else None

    def keep(self, slot: tuple[str, int], message: AIMessage) -> None:
        """Keep an answer."""
        from langchain_core.messages import messages_to_dict

        text = json.dumps(messages_to_dict([message]), default=repr)
        with self._lock, self._connect() as connection, connection:
            connection.execute(_TABLE)
            connection.execute("INSERT OR REPLACE INTO answers VALUES (?, ?, ?, ?)", (self._run, *slot, text))

    def forget(self) -> None:
        """Delete them: the run has ended."""
        with self._lock, self._connect() as connection, connection:
            connection.execute(_TABLE)
            connection.execute("DELETE FROM answers WHERE run = ?", (self._run,))


def bound_to(asked: Any) -> object:
    """What is bound to a model: tools, a format, a choice of tool."""
    return getattr(asked, "kwargs", {})


def opened(path: str) -> Connect:
    """How to open a SQLite file for one statement after the other, waiting where another process writes."""
    return lambda: closing(sqlite3.connect(path, timeout=30, check_same_thread=False))
