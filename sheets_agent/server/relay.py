"""The events of a run, passed on to the stream of whoever listens to it; also the way to stop it."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Any

from sheets_agent.events import Event
from sheets_agent.redaction import redacted
from sheets_agent.running import Stopped

_WORD = re.compile(r"(?<!^)(?=[A-Z])")


@dataclass(frozen=True)
class Job:
    """One request to the server that lets a run begin or go on.

    Attributes:
        thread: the LangGraph thread.
        request: the LangGraph run; the same when the server tries it again.
        user: the name of who is authenticated.
        write: puts something into the stream of custom events.
        stopped: set when nobody wants it any more.
    """

    thread: str
    request: str
    user: str
    write: Callable[[Any], None]
    stopped: threading.Event = field(default_factory=threading.Event)


class Relay:
    """A listener for one run after another job: a run that was paused goes on in another request.

    Events go out as `{"event": "stage_ended", "stage": "plan", "seconds": 2.1, "outcome": "9 steps"}`.
    """

    def __init__(self, job: Job) -> None:
        self.job = job

    def __call__(self, event: Event) -> None:
        """Pass one event on.

        Raises:
            Stopped: the job was stopped; so a run ends before its next stage, or after the call that it makes.
        """
        if self.job.stopped.is_set():
            raise Stopped
        fields = {name: redacted(value) if isinstance(value, str) else value for name, value in asdict(event).items()}
        self.job.write({"event": _WORD.sub("_", type(event).__name__).lower(), **fields})
