"""What a run tells while it works: small frozen values, for a progress display or a log."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RunStarted:
    """A run began, or goes on in this process; by its id."""

    run: str


@dataclass(frozen=True, slots=True)
class StageStarted:
    """A stage of the graph began."""

    stage: str


@dataclass(frozen=True, slots=True)
class StageEnded:
    """A stage of the graph ended, with one line on what came of it."""

    stage: str
    seconds: float
    outcome: str = ""


@dataclass(frozen=True, slots=True)
class Note:
    """Something the person should know, in a sentence."""

    text: str


@dataclass(frozen=True, slots=True)
class Waiting:
    """The run waits (a quota, a slow server): why, and for how many seconds."""

    why: str
    seconds: float


@dataclass(frozen=True, slots=True)
class ToolCalled:
    """The executor called a tool."""

    name: str
    target: str
    success: bool


Event = RunStarted | StageStarted | StageEnded | Note | Waiting | ToolCalled
Listener = Callable[[Event], None]
