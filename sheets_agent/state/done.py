"""What was done, what it cost, and how it ended."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from pydantic import Field

from sheets_agent.actions import AnyAction
from sheets_agent.state.model import Model


class ToolRecord(Model):
    """One tool call of the executor and its outcome."""

    name: str
    arguments: dict[str, Any] = Field(default_factory=dict)
    result: str = ""
    success: bool = True
    seconds: float = 0.0


class StepResult(Model):
    """One step that was carried out, or that failed: of the plan, or called by the executor after it.

    Attributes:
        event: why it was done.
        action: what was done.
        result: what came of it, in a sentence; what was read, as JSON.
        success: whether it was carried out.
        seconds: how long it took. The steps of one batch take the same time, each its part of it.
        error: why it failed; empty when it did not.
        batch: the number of the batch it was written in, from 1; None for what reads or was never sent. The steps of a
            batch that do not depend on one another have no order among them; the others keep theirs.
        depends_on: the zero-based indexes of the steps of the plan that it depends on.
    """

    event: str = ""
    action: AnyAction
    result: str = ""
    success: bool = True
    seconds: float = 0.0
    error: str = ""
    batch: int | None = None
    depends_on: tuple[int, ...] = ()


class Calculation(Model):
    """A formula that was worked out beside the spreadsheet, to answer a question."""

    label: str = ""
    formula: str
    rows: tuple[tuple[str, ...], ...] = ()
    """What it gives, as shown: one row of one text, or as many as it spills over."""
    left_out: str = ""
    """What of a large result is not in `rows`, in words; empty when all of it is."""
    rests_on: tuple[str, ...] = ()
    """The A1 ranges it refers to."""
    error: str = ""
    """The error value and its message, when it gives one."""


class CellProblem(Model):
    """An error value that was not there before the run."""

    address: str
    error: str
    message: str = ""
    formula: str = ""
    fixed: bool = False


class RoleUsage(Model):
    """What one role (planner, retriever, …) cost. `cost` is None when no prices were given."""

    calls: int = 0
    input_tokens: int = 0
    cached_tokens: int = 0
    output_tokens: int = 0
    seconds: float = 0.0
    cost: float | None = None


class Usage(Model):
    """Model and API use of a run."""

    roles: dict[str, RoleUsage] = Field(default_factory=dict)
    api_reads: int = 0
    api_writes: int = 0


class Status(StrEnum):
    """How a run ended."""

    DONE = "done"
    DRY_RUN = "dry run"
    PAUSED = "paused"
    """A question stands; `resume()` goes on."""
    REJECTED = "rejected"
    INCOMPLETE = "incomplete"
    """Written, but error values or undone steps remain; `problems` and `summary` say which."""


class Intent(StrEnum):
    """What a person's message wants."""

    COMMAND = "command"
    """The spreadsheet is to be changed."""
    QUESTION = "question"
    """Something is to be found out; nothing is written."""
    BOTH = "both"


class Turn(Model):
    """One run of a thread, as the runs after it are told of it."""

    run: str = ""
    """Its id."""
    task: str
    status: Status
    summary: str = ""
    did: tuple[str, ...] = ()
    """The steps that were carried out and the formulas that were calculated, a sentence each."""
    written: tuple[str, ...] = ()
    """The A1 ranges that were written."""


class Question(Model):
    """What the person is asked: free text, or one of up to five options."""

    text: str
    options: tuple[str, ...] = ()
    about: str = ""
    cell: str = ""
    """The A1 address it is about, such as "'Q1 2024'!B7"; empty when it is about no cell."""
