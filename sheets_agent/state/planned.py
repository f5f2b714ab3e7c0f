"""What is to be done, what trying it on a copy has shown, and what was said of it."""

from __future__ import annotations

from enum import StrEnum
from typing import Any, Literal

from sheets_agent.a1 import GridRange, parse_cells
from sheets_agent.actions import AnyAction
from sheets_agent.state.model import Model


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
    """What a plan changes: cells, and in `objects` a sentence a step. `cells` may be cut; `cell_count` counts all."""

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


class Own(Model):
    """What a run has written itself so far.

    Attributes:
        ranges: the cells that hold what it put there, in A1 notation; writing over them loses nothing of the person's.
        cells: how many cells it has written in all.
    """

    ranges: tuple[str, ...] = ()
    cells: int = 0


NOTHING_YET = Own()


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
    own: Own = Own()
    """What the run has written itself once the plan is written."""
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
