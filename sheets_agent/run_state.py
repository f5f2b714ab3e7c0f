"""What travels along the graph, and what every stage is given."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, TypedDict

from sheets_agent.chat import Chats
from sheets_agent.events import Listener
from sheets_agent.feedback.run_records import RunRecords
from sheets_agent.guard.scope import Scope
from sheets_agent.planners.copies import Copies
from sheets_agent.prompts import Prompts
from sheets_agent.settings import Settings
from sheets_agent.sheets.client import SheetsClient
from sheets_agent.sources.model import NO_SOURCES, Sources
from sheets_agent.stages.batches import Batches
from sheets_agent.stages.describe_sources import with_sources
from sheets_agent.state.described import Description, SourceFile
from sheets_agent.state.done import (
    Calculation,
    CellProblem,
    Intent,
    Question,
    RoleUsage,
    Status,
    StepResult,
    ToolRecord,
    Turn,
)
from sheets_agent.state.planned import Critique, Diff, Own, Plan, SearchTree, Trial
from sheets_agent.undo.recording import Recorder


class RunState(TypedDict, total=False):
    """The state of one run. Stages return the keys they change.

    Attributes:
        run_id: of this run; the runs of a thread have ids of their own.
        settings: what the run was started with, so that another process can go on with it.
        scope: what the run may do at most, fixed before a cell is read.
        target: what the person named: a path, an id or a URL; with `output` and `in_place` it reopens a paused run.
        files: the documents that were given, as they were then.
        sheet_id: the tab the person pointed at, None when they named none.
        intent: what the message wants; given by the person (`--ask`), or told by the retriever.
        history: the runs before this one in the same thread.
        complaints: what the next planning has to heed: facts, or the person's reasons for rejecting.
        plans_left: how many more times a plan may be made when facts or the person say no.
        pauses: how often a person was asked since the run began.
        sent_back: how often people sent each thing they review back with a critique.
        unmet: what a reviewer wants otherwise in the result, until they accept it.
        take_back: whether the person wants what was written undone.
        corrections_left: how many more corrective rounds may follow the writing.
        planning: what planning has cost so far, in all processes.
        rounds: how often a plan was made since the run began or a person rejected one.
        tried: whether `trial` is of `plan` as it is; not when the person edited it, or the spreadsheet changed.
        search: what the planning strategy searched, when it searched a tree.
        diff: what was written, corrections included.
        written: A1 ranges this run has written; writing them again loses nothing of the person's.
        wrote: whether anything was written.
        changed: what somebody else changed while the plan was made, so that it could not be written; empty otherwise.
        outcome: one line for the progress display; not kept.
    """

    run_id: str
    settings: dict[str, Any]
    scope: Scope
    task: str
    target: str
    output: str | None
    in_place: bool
    files: tuple[SourceFile, ...]
    sheet_id: int | None
    dry_run: bool
    intent: Intent
    history: tuple[Turn, ...]
    description: Description
    questions: tuple[Question, ...]
    plan: Plan
    trial: Trial
    critiques: tuple[Critique, ...]
    complaints: tuple[str, ...]
    plans_left: int
    corrections_left: int
    pauses: int
    sent_back: dict[str, int]
    unmet: str
    take_back: bool
    rounds: int
    planning: RoleUsage
    tried: bool
    search: SearchTree
    steps: tuple[StepResult, ...]
    calculations: tuple[Calculation, ...]
    tool_calls: tuple[ToolRecord, ...]
    diff: Diff
    written: tuple[str, ...]
    own: Own
    wrote: bool
    changed: str
    problems: tuple[CellProblem, ...]
    notes: tuple[str, ...]
    summary: str
    status: Status
    timings: dict[str, float]
    outcome: str


@dataclass(frozen=True)
class Context:
    """What the stages work with; not part of the state, so never in a checkpoint."""

    client: SheetsClient
    spreadsheet_id: str
    copies: Copies
    chats: Chats
    prompts: Prompts
    settings: Settings
    emit: Listener
    undo: Recorder
    """Puts down what is written, before it is written, so that it can be taken back."""
    batches: Batches
    """How the batches of the run are known again."""
    records: RunRecords = field(default_factory=RunRecords)
    """Puts calls and decisions on record, where the person wants that."""
    sources: Sources = NO_SOURCES
    """The documents that were given with the task."""
    journal: list[str] = field(default_factory=list)
    """The A1 ranges written so far, kept outside the state so that an interruption can tell them."""

    def describe(self, description: Description) -> str:
        """The description and the sources as text for a prompt, within the token budget."""
        return with_sources(description, self.sources, self.settings.description_tokens)
