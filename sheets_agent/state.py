"""The frozen models that travel between the stages.

`description` comes from the retriever, `Plan` from the planner, `Critique` from the reflectors, `Trial` from trying a
plan on a copy, `ToolRecord` and `CellProblem` from the executor and the verifier, and `RunResult` is what a run gives
back. All are plain data, travel through checkpoints as JSON, and know nothing of clients or models.
"""

from __future__ import annotations

from enum import StrEnum
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Protocol

from pydantic import BaseModel, ConfigDict, Field, PrivateAttr

from sheets_agent.a1 import GridRange, parse_cells
from sheets_agent.actions import AnyAction
from sheets_agent.errors import UsageError

if TYPE_CHECKING:
    from sheets_agent.feedback.person import Person
    from sheets_agent.undo.results import Undone


class Model(BaseModel):
    """A frozen value."""

    model_config = ConfigDict(frozen=True, extra="forbid")


# ---------------------------------------------------------------------------------------------- what the sheet holds

ColumnType = Literal["number", "date", "text", "boolean", "formula error", "empty", "mixed"]


class Column(Model):
    """One column of a table, or one value column of a dictionary."""

    letter: str
    header: str = ""
    type: ColumnType = "empty"
    name: str = ""
    meaning: str = ""
    samples: tuple[str, ...] = ()
    formula: str | None = None
    """The formula of the column's first data row, when its rows repeat one pattern."""
    number_format: str | None = None


class Region(Model):
    """A block of filled cells: a relational table, a vertical dictionary (name beside value), or free text."""

    kind: Literal["table", "dictionary", "text", "pivot"]
    range: str
    """A1 with the sheet's title, header included. Open at the bottom never: the last row is probed."""
    header_row: int | None = None
    """One-based row of the header, None when there is none."""
    columns: tuple[Column, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    """Sampled rows as shown, the one-based row number first."""
    description: str = ""
    not_shown: str = ""
    """What was left out, e.g. "rows 61–100000"; empty when everything is shown."""


class SheetDescription(Model):
    """What one sheet holds."""

    title: str
    sheet_id: int
    row_count: int
    column_count: int
    hidden: bool = False
    regions: tuple[Region, ...] = ()
    objects: tuple[str, ...] = ()
    """Charts, pivots, filters, merges, protected ranges: one line each."""
    notes: tuple[str, ...] = ()
    """What a reader must know: what was not looked at, hidden text, …"""


class QuestionAnswer(Model):
    """A question put to the person and the answer."""

    question: str
    answer: str


class Description(Model):
    """What the spreadsheet holds, as far as it was looked at."""

    title: str
    locale: str = "en_US"
    sheets: tuple[SheetDescription, ...] = ()
    named_ranges: tuple[str, ...] = ()
    answers: tuple[QuestionAnswer, ...] = ()


# ------------------------------------------------------------------------------------------------------ what to do


class Step(Model):
    """One action of a plan and why it is there."""

    why: str = ""
    action: AnyAction


class Plan(Model):
    """What the planner wants done, in order."""

    thoughts: str = ""
    steps: tuple[Step, ...] = ()


class Severity(StrEnum):
    """How bad a fact is: an ERROR stops the plan until mended, a WARNING is shown, UNKNOWN could not be checked."""

    ERROR = "error"
    WARNING = "warning"
    UNKNOWN = "unknown"


class Fact(Model):
    """Something code found out about a plan, in a sentence that a model or a person can act on."""

    kind: str
    """A stable name: unknown_function, argument_count, overlap, overwrite, blank_reference, error_value, …"""
    severity: Severity
    step: int | None = None
    """Zero-based index of the step it is about."""
    address: str = ""
    sentence: str
    asked: bool = False
    """Whether the task asks for just this, as for an overwrite: a person may want to know, the plan is right."""


class CellChange(Model):
    """One cell before and after, or a range whose cells all changed in the same way.

    A formula shows as its text, with the value it gives in `result`. For a range, `cell` is the range, `before` and
    `after` are those of its first cell (a formula's relative references move along), `result` some of the values.
    """

    sheet: str
    cell: str
    before: str = ""
    after: str = ""
    result: str = ""

    @property
    def area(self) -> GridRange:
        """The cells it stands for, on whichever sheet."""
        return parse_cells(self.cell).grid_range(0)

    @property
    def count(self) -> int:
        """How many cells it stands for."""
        return self.area.cells


class Diff(Model):
    """What a plan changes: cells, and objects in a line each. `cells` may be cut; `cell_count` counts every cell."""

    cells: tuple[CellChange, ...] = ()
    cell_count: int = 0
    overwritten: int = 0
    objects: tuple[str, ...] = ()
    moved: bool = False
    """Whether rows, columns or cells moved, so that a change may stand elsewhere in the end."""

    def then(self, later: Diff) -> Diff:
        """This difference followed by a later one: cells in both count once, and keep their first “before”."""
        cells = {(change.sheet, change.cell): change for change in self.cells}
        earlier = [(change, change.area) for change in self.cells]
        cell_count, overwritten = self.cell_count + later.cell_count, self.overwritten + later.overwritten
        for change in later.cells:
            before, area = change.before, change.area
            for first, other in earlier:
                common = area.intersection(other) if first.sheet == change.sheet else None
                if common is not None:
                    before = first.before
                    cell_count -= common.cells
                    overwritten -= common.cells if change.before else 0  # told before, or ours to write over
            cells[change.sheet, change.cell] = change.model_copy(update={"before": before})
        return Diff(
            cells=tuple(cells.values()),
            cell_count=cell_count,
            overwritten=overwritten,
            objects=(*self.objects, *later.objects),
            moved=self.moved or later.moved,
        )


class Assumption(Model):
    """Something in the spreadsheet that a plan takes for granted.

    Attributes:
        kind: the size and name of a sheet, the contents of cells, or an object.
        what: what it is called in a sentence.
        id: of the sheet or the chart.
        name: the id of a named range.
        area: the cells.
        mark: stands for how it was when the plan was tried; empty when it was blank or not there.
    """

    kind: Literal["sheet", "cells", "chart", "name", "rules", "filter", "merges"]
    what: str
    id: int = 0
    name: str = ""
    area: GridRange | None = None
    mark: str = ""


class Trial(Model):
    """What came of trying a plan on a copy of the workbook."""

    facts: tuple[Fact, ...] = ()
    diff: Diff = Diff()
    requests: tuple[tuple[dict[str, Any], ...], ...] = ()
    """The API requests of each step, in the plan's order."""
    depends: tuple[tuple[int, ...], ...] = ()
    """For each step the zero-based indexes of the earlier steps it depends on."""
    written: tuple[str, ...] = ()
    """The A1 ranges written, by any step."""
    touched: tuple[GridRange, ...] = ()
    """The ranges, in the spreadsheet before the plan, whose contents the plan takes for granted."""
    rests_on: tuple[Assumption, ...] = ()
    """What the plan takes for granted, as it was; looked at again before the plan is written."""
    standing_errors: tuple[str, ...] = ()
    """The cells that show an error on the copy afterwards and did before the plan, wherever they stand now."""

    @property
    def errors(self) -> tuple[Fact, ...]:
        """The facts that stop the plan."""
        return tuple(fact for fact in self.facts if fact.severity is Severity.ERROR)

    @property
    def doubts(self) -> tuple[Fact, ...]:
        """The facts for which a plan should go back: errors, and warnings that are not what the task asks for."""
        return tuple(fact for fact in self.facts if fact.severity is not Severity.UNKNOWN and not fact.asked)


class SearchTree(Model):
    """A node of a tree that a strategy searched, for people to look at.

    Attributes:
        label: the step taken here; empty at the root.
        value: what the node was worth when the search ended, from 0 to 1.
        visits: how often the search came here.
        chosen: whether it lies on the way to the plan.
        facts: what spoke against it, a sentence each.
    """

    label: str = ""
    value: float | None = None
    visits: int = 0
    chosen: bool = False
    facts: tuple[str, ...] = ()
    children: tuple[SearchTree, ...] = ()


class Critique(Model):
    """What one reflector said, and which steps it changed (zero-based)."""

    reflector: str
    comment: str = ""
    facts: tuple[Fact, ...] = ()
    changed: tuple[int, ...] = ()
    dropped: tuple[str, ...] = ()
    """Changes it asked for outside its aspect, which the code did not take over."""


# -------------------------------------------------------------------------------------------------- what was done


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
