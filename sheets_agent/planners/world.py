"""The world in which plans are tried: a copy of the workbook, where a step is applied and its outcome looked at.

Nothing here asks a model. What comes out are facts (each with a severity, an address and a sentence), the requests
each step compiles to, and the difference between before and after.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from copy import copy

from sheets_agent.a1 import GridRange
from sheets_agent.actions.base import Action, Request
from sheets_agent.actions.reading import Calculate
from sheets_agent.errors import ActionError, InvalidRequest, SheetsServerError
from sheets_agent.formulas.syntax import Call, walk
from sheets_agent.guard.check import Guard, Left, cells_of
from sheets_agent.guard.reach import reach
from sheets_agent.planners import snapshot
from sheets_agent.planners.assumed import apart, rested_on
from sheets_agent.planners.calculation import calculate
from sheets_agent.planners.causes import error_facts
from sheets_agent.planners.dependencies import SHIFTING, Touch, depends_on, touch
from sheets_agent.planners.facts.asked import Task, Touched, touched
from sheets_agent.planners.facts.contradictions import Entered
from sheets_agent.planners.facts.ground import Ground
from sheets_agent.planners.facts.step import Step
from sheets_agent.planners.formula_facts import formula_facts
from sheets_agent.planners.left_behind import copied_sheets, filled, formulas_left, outside
from sheets_agent.planners.outcome import outcome
from sheets_agent.planners.own import cells_in, own_after, ranges_of
from sheets_agent.planners.rules import rules_on
from sheets_agent.planners.snapshot import Change, Snapshot
from sheets_agent.planners.start import Start
from sheets_agent.planners.watch import Watch, is_present
from sheets_agent.planners.writing_over import REWRITING, overlaps, overwritten
from sheets_agent.sheets.book import NotLoaded
from sheets_agent.sheets.client import SheetsClient
from sheets_agent.state.planned import Fact, Own, Severity, Trial


class World:
    """A copy of a spreadsheet on which the steps of one plan are tried, one after the other.

    Args:
        client: a client on the copy.
        spreadsheet_id: the spreadsheet's id, the same in the copy.
        own: what this run has written itself.
        final: whether what the copy cannot do, the spreadsheet cannot either, being local itself.
        task: what the person asked for; empty where it is not known.
        start: the copy as it was read already.
        guard: holds each step against the scope of the run.
    """

    def __init__(
        self,
        client: SheetsClient,
        spreadsheet_id: str,
        own: Own,
        final: bool,
        task: str,
        start: Start,
        guard: Guard,
    ) -> None:
        self._client = client
        self._guard = guard
        self._final = final
        self._id = spreadsheet_id
        self._task = Task(task)
        self._start = start
        self.book = start.book
        self._own = cells_in(own.ranges, self.book)
        self._later = bool(own.ranges or own.cells)
        self._watch = Watch(client, start)
        self._shifted_early = False
        self._facts: list[Fact] = []
        self._objects: list[str] = []
        self._requests: list[tuple[Request, ...]] = []
        self._written: list[tuple[int, GridRange]] = []
        self._areas: list[GridRange] = []
        self._touches: list[Touch] = []
        self._entered = Entered()
        self._results: list[str] = []
        self._rests: list[GridRange] = []
        self._touched: list[Touched] = []
        self._functions: set[str] = set()
        self._cells = own.cells

    def fork(self) -> World:
        """An isolated copy of what was tried so far, for other steps to follow. It costs next to nothing."""
        other = copy(self)
        other._client = self._client.scratch(self._id)
        other._watch = self._watch.fork(other._client)
        other._facts, other._objects, other._areas = list(self._facts), list(self._objects), list(self._areas)
        other._requests, other._written = list(self._requests), list(self._written)
        other._touches, other._rests = list(self._touches), list(self._rests)
        other._results, other._entered = list(self._results), self._entered.copy()
        other._touched, other._functions = list(self._touched), set(self._functions)
        return other

    def take(self, index: int, action: Action) -> None:
        """Apply one step, and keep what came of it."""
        try:
            requests, writes = self._compile(index, action)
        except ActionError as error:
            self._fact("invalid_action", Severity.ERROR, index, str(error))
            self._requests.append(())
            self._touches.append(Touch())
            return
        self._requests.append(tuple(requests))
        self._touches.append(touch(action, requests, self.book))
        self._rests += rested_on(action, self._touches[-1], requests, self.book)
        self._shifted_early |= self._watch.shifted
        ground = self.ground()
        step = Step.of(index, action, requests, ground)
        self._touched.append(touched(action, step.requests, ground))
        self._functions |= {
            call.name for formula in step.formulas for call in walk(formula.node) if isinstance(call, Call)
        }
        if isinstance(action, Calculate):
            self._note_calculation(index, action)
            self._facts += [*step.facts(), *step.facts_after((), ground)]
        if not requests:
            return
        too_much = self._kept_out(index, action, requests)
        self._facts += step.facts()
        if too_much:
            return
        shifts = any(kind in SHIFTING for request in requests for kind in request)
        if shifts:
            self._watch.settle(self.book)
        looked = action.changes_contents() or shifts
        before = self._watch.before(self.book, snapshot.areas_to_watch(self.book, writes) if looked else ())
        count = cells_of(requests, [reach(request, self.book) for request in requests], self.book)
        try:
            self._client.batch_update(self._id, requests)
        except InvalidRequest as error:
            self._fact("refused", Severity.ERROR, index, f"The Sheets API refuses this step: {error}")
            return
        except SheetsServerError as error:
            severity = Severity.ERROR if self._final else Severity.UNKNOWN
            self._fact("not_tried", severity, index, f"The local copy cannot do this step: {error}")
            return
        was, self.book = self.book, self._client.book(self._id)
        self._objects.append(action.sentence())
        areas = [self.book.clipped(area) for area in self._present(writes)]  # the grid may have grown
        self._areas += areas
        contradicts = False
        if looked:
            changed = self._compare(index, action, before, areas, shifts)
            self._own = own_after(self._own, requests, changed, areas, was)
            self._note_left(index, requests, before, changed)
            count = max(count, filled(requests, changed))
            self._facts += step.facts_after(areas, self.ground())
            contradicts = self._note_contradictions(index, action, changed, areas)
        self._note_copied(index, requests)
        count += self._copied(requests)
        self._facts += self._guard.count(index, self._cells + count, self._cells)
        self._cells += count
        if not contradicts:
            self._note_overlap(index, action, areas)

    def _note_calculation(self, index: int, action: Calculate) -> None:
        """What is wrong with a formula that is worked out beside the spreadsheet."""
        try:
            found = calculate(self._client.scratch(self._id), self._id, action, self._guard)
        except (ActionError, InvalidRequest) as error:
            self._fact("invalid_action", Severity.ERROR, index, f"{action.formula} cannot be calculated: {error}")
            return
        self._results.append(repr(found.rows))
        if found.error:
            self._fact("error_value", Severity.ERROR, index, f"{action.formula} gives {found.error}")

    def _compile(self, index: int, action: Action) -> tuple[list[Request], list[GridRange]]:
        """The requests and the ranges they write, with what they need loaded."""
        self.book = self._client.load(self.book, list(action.looks(self.book)))
        for _ in range(3):
            try:
                requests = action.requests(self.book)
                break
            except NotLoaded as missing:
                self.book = self._client.load(self.book, [missing.range])
        else:
            raise ActionError(f"The action {action.kind} asks for cells that cannot be loaded.")
        self._facts += formula_facts(index, action, self.book, lambda area: self._watch.is_blank(self.book, area))
        return requests, list(action.writes(self.book))

    def _kept_out(self, index: int, action: Action, requests: Sequence[Request]) -> bool:
        """What keeps a step from being written; whether it is so much that it cannot even be tried."""
        found = self._guard.step(index, action, requests, self.book, self._cells)
        self._add(found)
        return any(fact.kind == "too_many_cells" for fact in found)

    def _add(self, facts: Iterable[Fact]) -> None:
        """Keep facts whose sentences were not told yet."""
        known = {(fact.kind, fact.sentence) for fact in self._facts}
        self._facts += [fact for fact in facts if (fact.kind, fact.sentence) not in known]

    def _note_left(self, index: int, requests: Sequence[Request], before: Snapshot, changed: Sequence[Change]) -> None:
        """What a step left in cells that the scope of the run does not let it leave there."""
        if where := outside(self._guard, changed, self.book):
            sentence = self._guard.scope.refusal(f"Step {index + 1} fills {where}")
            self._fact("outside_scope", Severity.ERROR, index, sentence, where)
            return
        self._add(self._guard.protected(index, ranges_of(change.key for change in changed), self.book))
        if cells := formulas_left(requests, before, changed, self.book):
            self._add(self._guard.left(index, requests, cells, self.book.locale))

    def _note_copied(self, index: int, requests: Sequence[Request]) -> None:
        """What speaks against the formulas and rules on sheets that a step has copied: they would send once more."""
        for grid in copied_sheets(requests, self.book):
            copied = sorted(snapshot.take(self._client, self.book, [grid]).formulas(grid.sheet_id))
            where = self.book.a1(grid)
            cells = (Left(where=where, formula=text, was_formula=True, stood=False) for text in copied)
            self._add(self._guard.left(index, requests, cells, self.book.locale))
            rules = rules_on(self._client, self._id, where)
            self._add(self._guard.copied(index, rules, self.book.locale, where))

    def _copied(self, requests: Sequence[Request]) -> int:
        """How many filled cells stand on the sheets that a step has copied."""
        grids = copied_sheets(requests, self.book)
        blocks = snapshot.values(self._client, self.book, grids, "UNFORMATTED_VALUE").blocks.values()
        return sum(value != "" for block in blocks for row in block.values for value in row)

    def _compare(
        self, index: int, action: Action, before: Snapshot, areas: list[GridRange], shifts: bool
    ) -> tuple[Change, ...]:
        if shifts:
            self._entered.moved()
        found = self._watch.compare(self.book, before, areas, shifts)
        if lost := [change for change in found.lost if self._loses(change)]:
            self._facts.append(overwritten(index, action.kind, lost, self.ground(), self._task, self._guard))
        self._watch.keep(index, found)
        return found.changed

    def _loses(self, change: Change) -> bool:
        """Whether a change writes over something that neither this plan nor this run put there."""
        return change.overwrote and change.key not in self._own

    def _note_contradictions(
        self, index: int, action: Action, changed: Sequence[Change], areas: Sequence[GridRange]
    ) -> bool:
        """Whether a step takes back what an earlier one wrote. What is made to write over cells does not."""
        found = self._entered.contradictions(index, changed, areas, self._touches[-1].reads, self.book)
        if action.kind in REWRITING:
            return False
        self._facts += found
        return bool(found)

    def _note_overlap(self, index: int, action: Action, areas: Sequence[GridRange]) -> None:
        if not action.changes_contents():
            return
        self._facts += overlaps(index, action.kind, areas, self._written, self.book)
        self._written.extend((index, area) for area in areas)

    def _fact(self, kind: str, severity: Severity, step: int, sentence: str, address: str = "") -> None:
        self._facts.append(Fact(kind=kind, severity=severity, step=step, address=address, sentence=sentence))

    def ground(self) -> Ground:
        """The spreadsheet at this moment, for facts to look at."""
        return Ground(self.book, lambda area: self._watch.block(self.book, area), self._start.tables)

    def trial(self) -> Trial:
        """What came of all steps taken so far."""
        self._watch.settle(self.book)
        now = self._watch.errors(self.book)
        new = self._watch.new_errors(now)
        facts = error_facts(self._client, self.book, new, self._watch.blamed)
        return Trial(
            facts=(*self._facts, *facts, *self._untouched()),
            diff=self._watch.diff(self.book, self._objects),
            requests=tuple(self._requests),
            depends=depends_on(self._touches),
            written=tuple(dict.fromkeys(self.book.a1(area) for area in self._present(self._areas))),
            own=self._what_is_own(),
            touched=self._taken_for_granted(),
            standing_errors=tuple(snapshot.address(self.book, key) for key in now if key not in new),
        )

    def _what_is_own(self) -> Own:
        there = self._present(ranges_of(self._own))
        return Own(ranges=tuple(map(self.book.a1, there)), cells=self._cells)

    def _taken_for_granted(self) -> tuple[GridRange, ...]:
        """The ranges the steps rest on, as far as they were there before the plan."""
        sheets = {sheet.sheet_id for sheet in self._start.book.sheets}
        return apart(self._start.book.clipped(area) for area in self._rests if area.sheet_id in sheets)

    def _untouched(self) -> list[Fact]:
        """What the task names or asks for and no step touched."""
        if self._later:  # what the task names may have been touched before
            return []
        functions = frozenset(self._functions)
        return list(self._task.untouched(self._touched, self._start.ground, functions, moved=self._shifted_early))

    def outcome(self) -> str:
        """A fingerprint of the copy as it is now: equal for two plans that leave the same."""
        shifts = [one for step in self._requests for one in step if SHIFTING & one.keys()]
        left = outcome(self._client, self.book, self._areas, shifts)
        return "\n".join([left, *sorted(self._results)])  # what was calculated leaves nothing in the sheet

    def _present(self, areas: Iterable[GridRange]) -> list[GridRange]:
        """The areas on sheets that are there now."""
        return [area for area in areas if is_present(self.book, area.sheet_id)]
