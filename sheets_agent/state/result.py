"""What a run gives back."""

from __future__ import annotations

from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from pydantic import Field, PrivateAttr

from sheets_agent.errors import UsageError
from sheets_agent.state.described import Description
from sheets_agent.state.done import Calculation, CellProblem, Intent, Question, Status, StepResult, ToolRecord, Usage
from sheets_agent.state.model import Model
from sheets_agent.state.planned import Critique, Diff, Fact, Plan, SearchTree

if TYPE_CHECKING:
    from sheets_agent.feedback.person import Person
    from sheets_agent.undo.results import Undone


class RunResult(Model):
    """What a run gives back."""

    run_id: str
    task: str
    intent: Intent = Intent.COMMAND
    status: Status
    summary: str = ""
    spreadsheet_id: str = ""
    description: Description | None = None
    plan: Plan | None = None
    critiques: tuple[Critique, ...] = ()
    diff: Diff = Diff()
    facts: tuple[Fact, ...] = ()
    search: SearchTree | None = None
    """What was searched for the plan, by strategies that search a tree."""
    steps: tuple[StepResult, ...] = ()
    """Everything that was done, in order: the plan's steps, corrections, and what the executor called itself."""
    calculations: tuple[Calculation, ...] = ()
    """What the answer to a question rests on."""
    tool_calls: tuple[ToolRecord, ...] = ()
    problems: tuple[CellProblem, ...] = ()
    usage: Usage = Usage()
    timings: dict[str, float] = Field(default_factory=dict)
    questions: tuple[Question, ...] = ()
    """Open questions of a paused run."""
    files: tuple[str, ...] = ()
    """Paths written (.xlsx, pictures)."""
    notes: tuple[str, ...] = ()
    """What an import or export could not keep, and other things to know."""

    _view: View | None = PrivateAttr(default=None)
    _undo: Undo | None = PrivateAttr(default=None)

    def successful_steps(self) -> tuple[StepResult, ...]:
        """The steps that were carried out."""
        return tuple(step for step in self.steps if step.success)

    def failed_steps(self) -> tuple[StepResult, ...]:
        """The steps that were not carried out, each with its error."""
        return tuple(step for step in self.steps if not step.success)

    def viewed_through(self, view: View) -> RunResult:
        """The same result, able to show the spreadsheet."""
        shown = self.model_copy()
        shown._view = view
        return shown

    def undone_by(self, undo: Undo) -> RunResult:
        """The same result, able to take back what the run wrote."""
        shown = self.model_copy()
        shown._undo = undo
        return shown

    def undo(self, person: Person | None = None) -> Undone:
        """Take back what the run wrote; `person` is asked where somebody changed the same cells since.

        Raises:
            UsageError: it wrote nothing, or is undone already.
            PersonNeeded: something changed since, and there is nobody to ask.
            Rejected: the person said no.
        """
        if self._undo is None:
            raise UsageError(f"Run {self.run_id} has not ended.", "Only a run that has ended can be undone.")
        return self._undo(person)

    def save_pictures(self, folder: Path) -> tuple[Path, ...]:
        """Write the spreadsheet's charts into a folder as PNG files, and give back their paths."""
        return self._view.save_pictures(folder) if self._view else ()

    def _repr_html_(self) -> str:
        """What a notebook shows: the summary, the written parts of the sheets, and the charts."""
        return self._view.html(self) if self._view else f"<p>{escape(self.status.value)}: {escape(self.summary)}</p>"


class Undo(Protocol):
    """Takes back what a run wrote."""

    def __call__(self, person: Person | None) -> Undone:
        """Undo it, asking a person where something changed since."""


class View(Protocol):
    """Shows the spreadsheet of a finished run."""

    def html(self, result: RunResult) -> str:
        """The result as HTML."""

    def save_pictures(self, folder: Path) -> tuple[Path, ...]:
        """Write the charts into a folder."""
