"""What a run tells, as a log for machines: one JSON object a line.

    {"time": "2026-01-31T12:00:00.250+00:00", "run": "4f0c…", "event": "stage_ended", "stage": "plan", "seconds": 2.1}

Addresses of cells are in it, what stands in cells is not: quoted passages of sentences are left out.
"""

from __future__ import annotations

import json
import re
import threading
from dataclasses import asdict
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Self, TextIO

from sheets_agent.errors import SheetsAgentError
from sheets_agent.events import Event, RunStarted
from sheets_agent.printable import spelt_out
from sheets_agent.redaction import redacted
from sheets_agent.state.result import RunResult

_QUOTED = re.compile(r"“[^”]*(?:”|\Z)|«[^»]*(?:»|\Z)|\"[^\"]*(?:\"|\Z)|\(given: .*", re.DOTALL)
_WORD = re.compile(r"(?<!^)(?=[A-Z])")
_SENTENCES = ("text", "why", "outcome")


class JsonLog:
    """A listener that writes every event to a stream. Safe to be told from several threads.

    As a context manager it writes by what the block failed, too; it closes nothing.

    Args:
        stream: where the lines go; each is flushed.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._run = ""
        self._lock = threading.Lock()

    def __call__(self, event: Event) -> None:
        """Write one event."""
        if isinstance(event, RunStarted):
            self._run = event.run
        fields = {name: _sentence(value) if name in _SENTENCES else value for name, value in asdict(event).items()}
        self._write(_WORD.sub("_", type(event).__name__).lower(), fields)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is not None:
            known = isinstance(error, SheetsAgentError)
            self._write("failed", {"error": type(error).__name__, "text": _sentence(str(error)) if known else ""})

    def result(self, result: RunResult) -> RunResult:
        """Write how a run ended, in numbers. Gives the result back."""
        self._run = result.run_id
        roles = result.usage.roles.values()
        ended = {
            "status": result.status.value,
            "steps": len(result.steps),
            "problems": sum(not problem.fixed for problem in result.problems),
            "seconds": round(sum(result.timings.values()), 3),
            "calls": sum(role.calls for role in roles),
            "tokens": sum(role.input_tokens + role.output_tokens for role in roles),
            "api_reads": result.usage.api_reads,
            "api_writes": result.usage.api_writes,
        }
        self._write("ended", ended)
        return result

    def _write(self, event: str, fields: dict[str, Any]) -> None:
        now = datetime.now(UTC).isoformat(timespec="milliseconds")
        line = json.dumps({"time": now, "run": self._run, "event": event, **fields}, ensure_ascii=False)
        line = spelt_out(line)
        with self._lock:
            self._stream.write(f"{line}\n")
            self._stream.flush()


def _sentence(text: str) -> str:
    """A sentence without what it quotes, and without secrets."""
    return redacted(_QUOTED.sub("“…”", text))
