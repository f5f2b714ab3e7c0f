"""Putting one run on record: its models' calls, and what people and reflectors decided."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from sheets_agent.chat.usage import Tokens
from sheets_agent.feedback.channel import Asked, AskedKind, Reply, Verdict
from sheets_agent.feedback.record_file import RecordFile
from sheets_agent.feedback.records import FeedbackRecord, Said, call_record
from sheets_agent.feedback.verdicts import judged

if TYPE_CHECKING:
    from langchain_core.messages import AIMessage, BaseMessage


class RunRecords:
    """The records of one run. Safe to use from several threads. Without a file it records nothing.

    A run that goes on in another process finds what it has recorded already, and records none of it twice.

    Args:
        path: the file they are added to; None where the person wants no records.
        run_id: of the run; empty where there is none, as for a plan alone.
        tell: is told once when records cannot be written any more.

    Raises:
        FileError: when the file cannot be written, or holds something else.
    """

    def __init__(
        self, path: Path | None = None, run_id: str = "", tell: Callable[[str], None] = lambda text: None
    ) -> None:
        self._file = None if path is None else RecordFile(path)
        self._run = run_id
        self._tell = tell
        self._lock = threading.Lock()
        self._failed = False
        self._ids: set[str] = set()
        self._last: dict[str, FeedbackRecord] = {}
        for record in self._file.of_run(run_id) if self._file and run_id else ():
            self._remember(record)

    def call(
        self,
        role: str,
        model: str,
        messages: Sequence[BaseMessage],
        answer: AIMessage,
        tokens: Tokens,
        seconds: float,
        slot: tuple[str, int] | None,
    ) -> None:
        """Record an answered call.

        Args:
            role: the model's.
            model: its name.
            messages: what it was asked.
            answer: what it answered.
            tokens: that the answer took.
            seconds: that it took; 0 for an answer that was kept from before.
            slot: what the answer is kept under, by which the same call is known again; None where none is kept.
        """
        if self._file is None:
            return
        found = _mark(self._run, "call", *slot) if slot else ""
        record = call_record(
            messages,
            answer,
            id=found,
            run_id=self._run,
            role=role,
            model=model,
            tokens=tokens if answer.usage_metadata else None,
            seconds=seconds,
        )
        self._add(record)

    def decided(
        self,
        about: AskedKind,
        role: str,
        messages: Sequence[Said],
        response: str,
        *,
        by: Literal["person", "model"],
        who: str = "",
        channel: str = "",
        answer: str = "",
        verdict: Verdict | None = None,
        critique: str = "",
        rating: int | None = None,
        edited: str = "",
    ) -> None:
        """Record what somebody said of a model's answer. The fields are those of `FeedbackRecord`."""
        if self._file is None:
            return
        parts = (about, role, response, by, who, channel, answer, verdict, critique, rating, edited)
        record = FeedbackRecord(
            id=_mark(self._run, "decision", *parts),
            kind="decision",
            run_id=self._run,
            role=role,
            messages=tuple(messages),
            response=response,
            about=about,
            by=by,
            who=who,
            channel=channel,
            answer=answer,
            verdict=verdict,
            critique=critique,
            rating=rating,
            edited="" if edited == response else edited,
        )
        self._add(record)

    def replied(self, asked: Asked, reply: Reply, channel: str) -> None:
        """Record what one person said through a feedback channel.

        Args:
            asked: what was put to them.
            reply: what they said.
            channel: its name.
        """
        role = ANSWERED_BY[asked.kind]
        self.decided(
            asked.kind,
            role,
            self.last_asked(role, asked.text),
            asked.text,
            by="person",
            who=reply.who,
            channel=channel,
            answer=reply.answer,
            verdict=None if asked.kind == "question" else judged(reply),
            critique=reply.critique,
            rating=reply.rating,
            edited=reply.edited,
        )

    def last_asked(self, role: str, answer: str | None = None) -> tuple[Said, ...]:
        """What a role was asked last in this run, as far as it is on record; empty when it was asked nothing.

        Args:
            role: the model's.
            answer: what it has to have answered, word for word; what people see is often more than that, and then it is
                not to be learnt as an answer.
        """
        with self._lock:
            last = self._last.get(role)
        if last is None or (answer is not None and last.response.strip() != answer.strip()):
            return ()
        return last.messages

    @property
    def on(self) -> bool:
        """Whether anything is recorded."""
        return self._file is not None

    def _add(self, record: FeedbackRecord) -> None:
        if self._file is None:
            return
        with self._lock:
            if record.id in self._ids:
                return
            self._remember(record)
            try:
                self._file.append(record)
            except OSError as error:
                if not self._failed:
                    self._failed = True
                    self._tell(f"The records in {self._file.path} are not complete: {error.strerror or error}.")

    def _remember(self, record: FeedbackRecord) -> None:
        self._ids.add(record.id)
        if record.kind == "call":
            self._last[record.role] = record


ANSWERED_BY: dict[AskedKind, str] = {
    "question": "retriever",
    "description": "retriever",
    "plan": "planner",
    "result": "executor",
}
"""Whose answer it is that people are shown."""


def _mark(*parts: object) -> str:
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:32]
