"""A record of what a run asked and got: one JSON object a line.

    {"time", "seconds", "method", "target", "body", "status", "answer"}

Access tokens are not kept: no request header is.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, TextIO

from sheets_agent.emulator.wire import Answer, Handle


class Recorder:
    """Writes down every request that a function answers, and its answer.

    Args:
        handle: what answers.
        file: an open text file; every line is flushed.
    """

    def __init__(self, handle: Handle, file: TextIO) -> None:
        self._handle = handle
        self._file = file
        self._lock = threading.Lock()

    def __call__(self, method: str, target: str, headers: Mapping[str, str], body: bytes) -> Answer:
        """Answer one request.

        Raises:
            ConnectionError: as the function does; recorded with status 0.
        """
        now, started = datetime.now(UTC), time.monotonic()
        status, content = 0, b""
        try:
            answer = self._handle(method, target, headers, body)
            status, _, content = answer
            return answer
        finally:
            line = {
                "time": now.isoformat(),
                "seconds": round(time.monotonic() - started, 6),
                "method": method,
                "target": target,
                "body": _readable(body),
                "status": status,
                "answer": _readable(content),
            }
            with self._lock:
                self._file.write(json.dumps(line, ensure_ascii=False) + "\n")
                self._file.flush()


def _readable(content: bytes) -> Any:
    """JSON as it is, other text as a string, None for nothing."""
    if not content:
        return None
    try:
        return json.loads(content)
    except (ValueError, RecursionError):
        return content.decode(errors="replace")
