"""Every call of a model in a file of its own, for who has to see what was asked and answered.

Written only where a person asks for it: the files hold what was read of the spreadsheet. Secrets are taken out.
"""

from __future__ import annotations

import itertools
import json
import os
import re
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sheets_agent.chat.usage import Tokens
from sheets_agent.errors import FileError
from sheets_agent.redaction import redacted

if TYPE_CHECKING:
    from langchain_core.messages import AIMessage, BaseMessage


@dataclass
class TracedCall:
    """One call while it is made."""

    number: int
    role: str
    model: str
    messages: Sequence[BaseMessage]
    bound: object
    time: datetime = field(default_factory=lambda: datetime.now(UTC))


class Trace:
    """Keeps the calls of one run. Safe to use from several threads.

    Args:
        folder: where the files go, `RUN-001-retriever.json` and on; it is made if it is not there.
        run_id: of the run; empty where there is none, as for a plan alone.
        tell: is told once when files cannot be written any more.

    Raises:
        FileError: when the folder cannot be made.
    """

    def __init__(self, folder: Path, run_id: str, tell: Callable[[str], None]) -> None:
        self._folder = folder.expanduser()
        self._run = run_id
        self._prefix = f"{run_id}-" if run_id else ""
        self._tell = tell
        self._lock = threading.Lock()
        self._failed = False
        try:
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            if not os.access(self._folder, os.W_OK | os.X_OK):
                raise PermissionError("it may not be written to")
        except OSError as error:
            raise FileError(f"No trace can be written to {folder}: {error}.", "Name another folder.") from error
        self._numbers = itertools.count(self._last() + 1)

    def _last(self) -> int:
        """The highest number of a process that was killed; of calls side by side a lower one may never have ended."""
        form = re.compile(rf"{re.escape(self._prefix)}(\d+)-\w+\.json")
        found = (form.fullmatch(path.name) for path in self._folder.iterdir())
        return max((int(match[1]) for match in found if match), default=0)

    def begin(self, role: str, model: str, messages: Sequence[BaseMessage], bound: object) -> TracedCall:
        """Number a call that is about to be made."""
        with self._lock:
            return TracedCall(next(self._numbers), role, model, messages, bound)

    def end(self, call: TracedCall, seconds: float, tokens: Tokens, answer: AIMessage | Exception) -> None:
        """Write a call down, with the answer or the failure that came of it."""
        failed = isinstance(answer, Exception)
        body = {
            "run": self._run,
            "number": call.number,
            "time": call.time.isoformat(timespec="milliseconds"),
            "role": call.role,
            "model": call.model,
            "messages": [_told(message) for message in call.messages],
            "bound": call.bound,
            "answer": None if isinstance(answer, Exception) else _told(answer),
            "error": f"{type(answer).__name__}: {answer}" if failed else None,
            "tokens": {"input": tokens.input, "cached": tokens.cached, "output": tokens.output},
            "seconds": round(seconds, 3),
        }
        text = redacted(json.dumps(body, ensure_ascii=False, indent=1, default=repr))
        path = self._folder / f"{self._prefix}{call.number:03}-{call.role}.json"
        try:
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(handle, "w", encoding="utf-8", errors="backslashreplace") as file:
                file.write(text)
        except OSError as error:
            if not self._failed:
                self._failed = True
                self._tell(f"The trace in {self._folder} is not complete: {error.strerror or error}.")


def _told(message: BaseMessage) -> dict[str, Any]:
    """A message as it matters to a reader: who says what, calls what, and answers which call."""
    told: dict[str, Any] = {"from": message.type, "content": message.content}
    for name in ("tool_calls", "invalid_tool_calls", "tool_call_id", "name", "response_metadata"):
        if value := getattr(message, name, None):
            told[name] = value
    return told
