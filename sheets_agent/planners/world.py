"""The world in which plans are tried: a copy of the workbook, where a step is applied and its outcome looked at.

Nothing here asks a model. What comes out are facts (each with a severity, an address and a sentence), the requests
each step compiles to, and the difference between before and after.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from copy import copy
from dataclasses import replace

from sheets_agent.a1 import GridRange
from sheets_agent.actions.base import Action, Request
from sheets_agent.actions.reading import Calculate
from sheets_agent.errors import ActionError, InvalidRequest, SheetsServerError
from sheets_agent.formulas.syntax import Call, walk
from sheets_agent.guard.check import NOBODY, SETTLED, Guard, Left, cells_of
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
from sheets_agent.planners.outcome import outcome
from sheets_agent.planners.own import cells_in, own_after, ranges_of
from sheets_agent.planners.rules import rules_on
from sheets_agent.planners.runs import told
from sheets_agent.planners.snapshot import Block, Change, Key, Snapshot
from sheets_agent.planners.start import Start
from sheets_agent.sheets.book import NotLoaded
from sheets_agent.sheets.client import SheetsClient
from sheets_agent.state.planned import NOTHING_YET, Diff, Fact, Own, Severity, Trial

SHOWN_CHANGES = 200
"""Changes listed in a diff; the count of cells is never cut."""
SHOWN_ADDRESSES = 5


MOVING = frozenset({"sortRange", "randomizeRange", "deleteDuplicates"})
"""Requests that only take contents elsewhere, or away."""
REWRITING = frozenset({"clear_range", "find_replace", "move_range", "remove_duplicates", "sort_range"})
"""Actions that write over cells by what they are."""


class World:
    """A copy of a spreadsheet on which the steps of one plan are tried, one after the other.

    Args:
        client: a client on the copy.
        spreadsheet_id: the spreadsheet's id, the same in the copy.
        own: what this run has written itself.
        final: whether what the copy cannot do, the spreadsheet cannot either, being local itself.
        task: what the person asked for, if it is known.
        start: the copy as it was read already.
        guard: holds each step against the scope of the run.
    """

    def __init__(
        self,
        client: SheetsClient,
        spreadsheet_id: str,
        own: Own = NOTHING_YET,
        final: bool = False,
        task: str = "",
        start: Start | None = None,
        guard: Guard | None = None,
    ) -> None:
        self._client = client
        self._guard = guard or Guard()
        self._final = final
        self._id = spreadsheet_id
        self._task = Task(task)
        start = start or Start.of(client, spreadsheet_id)
        self._start = start
        self.book = start.book
        self._own = cells_in(own.ranges, self.book)
        self._later = bool(own.ranges or own.cells)
        self._seen = start.cells
        self._errors_at_first = start.errors
        self._shifted = False
        self._shifted_early = False
        self._shifted_away: set[Key] = set()
        self._changes: dict[Key, Change] = {}
        self._facts: list[Fact] = []
        self._objects: list[str] = []
        self._requests: list[tuple[Request, ...]] = []
        self._written: list[tuple[int, GridRange]] = []
        self._areas: list[GridRange] = []
        self._blamed: dict[Key, int] = {}
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
        other._shifted_away = set(self._shifted_away)
        other._changes, other._blamed = dict(self._changes), dict(self._blamed)
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
        self._shifted_early |= self._shifted
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
            self._settle()
        looked = action.changes_contents() or shifts
        before = self._before(snapshot.areas_to_watch(self.book, writes) if looked else ())
        filled = cells_of(requests, [reach(request, self.book) for request in requests], self.book)
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
        areas = [self.book.clipped(area) for area in writes if self._is_present(area)]  # the grid may have grown
        self._areas += areas
        contradicts = False
        if looked:
            changed = self._compare(index, action, before, areas, shifts)
            self._own = own_after(self._own, requests, changed, areas, was)
            self._note_left(index, requests, before, changed)
            filled = max(filled, self._filled(requests, changed))
            self._facts += step.facts_after(areas, self.ground())
            contradicts = self._note_contradictions(index, action, changed, areas)
        self._note_copied(index, requests)
        filled += self._copied(requests)
        self._facts += self._guard.count(index, self._cells + filled, self._cells)
        self._cells += filled
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
        self._facts += formula_facts(index, action, self.book, self._is_blank)
        return requests, list(action.writes(self.book))

    def _is_blank(self, area: GridRange) -> bool:
        """Whether no cell of a bounded range shows anything now."""
        watched = snapshot.areas_to_watch(self.book, [area])
        self._seen = self._before(watched)
        return all(not self._seen.blocks[whole].fills(area) for whole in watched)

    def _before(self, watched: Sequence[GridRange]) -> Snapshot:
        unseen = [area for area in watched if area not in self._seen.blocks]
        return self._seen.with_blocks(snapshot.take(self._client, self.book, unseen)) if unseen else self._seen

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
        for change in changed:
            sheet, row, column = change.key
            if self._guard.outside(GridRange(sheet, row, row + 1, column, column + 1), self.book):
                where = snapshot.address(self.book, change.key)
                sentence = self._guard.scope.refusal(f"Step {index + 1} fills {where}")
                self._fact("outside_scope", Severity.ERROR, index, sentence, where)
                return
        self._add(self._guard.protected(index, ranges_of(change.key for change in changed), self.book))
        formulas = [change for change in changed if change.after.startswith("=")]
        if not formulas or all(kind in SETTLED for request in requests for kind in request):
            return
        stood = {sheet: before.formulas(sheet) for sheet in {change.key[0] for change in formulas}}
        cells = (
            Left(
                where=snapshot.address(self.book, change.key),
                formula=change.after,
                was_formula=change.before.startswith("=") and before.value(change.key) != change.before,
                stood=change.after in stood[change.key[0]],
            )
            for change in formulas
        )
        self._add(self._guard.left(index, requests, cells, self.book.locale))

    @staticmethod
    def _filled(requests: Sequence[Request], changed: Sequence[Change]) -> int:
        """How many cells a step has given other contents, what spills included; not those that it only moved."""
        return 0 if {kind for request in requests for kind in request} <= MOVING else len(changed)

    def _made_by_copying(self, requests: Sequence[Request]) -> list[GridRange]:
        made = {int(one["duplicateSheet"]["newSheetId"]) for one in requests if "duplicateSheet" in one}
        return [sheet.grid for sheet in self.book.sheets if sheet.sheet_id in made and sheet.grid.cells]

    def _note_copied(self, index: int, requests: Sequence[Request]) -> None:
        """What speaks against the formulas and rules on sheets that a step has copied: they would send once more."""
        for grid in self._made_by_copying(requests):
            copied = sorted(snapshot.take(self._client, self.book, [grid]).formulas(grid.sheet_id))
            where = self.book.a1(grid)
            cells = (Left(where=where, formula=text, was_formula=True, stood=False) for text in copied)
            self._add(self._guard.left(index, requests, cells, self.book.locale))
            rules = rules_on(self._client, self._id, where)
            self._add(self._guard.copied(index, rules, self.book.locale, where))

    def _copied(self, requests: Sequence[Request]) -> int:
        """How many filled cells stand on the sheets that a step has copied."""
        grids = self._made_by_copying(requests)
        blocks = snapshot.values(self._client, self.book, grids, "UNFORMATTED_VALUE").blocks.values()
        return sum(value != "" for block in blocks for row in block.values for value in row)

    def _compare(
        self, index: int, action: Action, before: Snapshot, areas: list[GridRange], shifts: bool
    ) -> tuple[Change, ...]:
        watched = snapshot.areas_to_watch(self.book, areas)
        self._shifted |= shifts
        if shifts:
            self._entered.moved()
            self._shifted_away |= self._changes.keys()
        stale = self._stale(before, watched, shifts)
        again = [kept for area in stale if self._is_present(area) and (kept := self.book.clipped(area)).cells]
        after = snapshot.take(self._client, self.book, dict.fromkeys([*again, *watched]))
        changed = {} if shifts else {change.key: change for change in snapshot.changes(before, after)}
        self._note_overwritten(index, action, [one for one in changed.values() if not _worked_out(one, before, after)])
        for change in changed.values():
            first = self._changes.get(change.key)
            moved = change.key in self._shifted_away  # what stood there stands elsewhere now
            self._changes[change.key] = change if first is None or moved else _joined(first, change)
            self._shifted_away.discard(change.key)
        for key in after.errors().keys() - before.errors().keys():
            self._blamed.setdefault(key, index)
        self._seen = before.without(stale).with_blocks(after)
        return tuple(changed.values())

    def _settle(self) -> None:
        """Keep what the changed cells show, before they move or at the end."""
        still = [key for key in self._changes if key not in self._shifted_away and self._is_present_sheet(key[0])]
        now = snapshot.shown(self._client, self.book, still)
        self._changes.update({key: replace(self._changes[key], shown=now.get(key, "")) for key in still})

    @staticmethod
    def _stale(before: Snapshot, watched: Sequence[GridRange], shifts: bool) -> list[GridRange]:
        """What was read before a step and may not be so any more, though not all of it is read again."""
        if shifts:
            return list(before.blocks)
        return [area for area in before.blocks if any(area.intersection(other) for other in watched)]

    def _note_overwritten(self, index: int, action: Action, changed: Sequence[Change]) -> None:
        lost = [change for change in snapshot.gone(changed) if self._loses(change)]
        if not lost:
            return
        examples = ", ".join(
            f"{snapshot.address(self.book, change.key)} (“{change.before[:40]}”)" for change in lost[:SHOWN_ADDRESSES]
        )
        more = f" and {len(lost) - SHOWN_ADDRESSES} more" if len(lost) > SHOWN_ADDRESSES else ""
        sentence = f"Overwrites {len(lost)} cell{'s' * (len(lost) > 1)} that held something: {examples}{more}."
        named = self._asks_for(lost)
        asked = action.kind in REWRITING or named
        scope = self._guard.scope
        where = snapshot.address(self.book, lost[0].key)
        if scope.alone and not named and not (asked and self._guard.asks_for(action.kind)) and not scope.only:
            sentence += f" The task does not ask for it, and {NOBODY} To let it, name the cells with --only."
            self._fact("overwrite", Severity.ERROR, index, sentence, where)
            return
        self._fact("overwrite", Severity.WARNING, index, sentence, where, asked=asked)

    def _asks_for(self, lost: Sequence[Change]) -> bool:
        """Whether the task names the cells that are written over, by address or by column."""
        ground = self.ground()
        columns: dict[tuple[int, int], list[int]] = {}
        for change in lost:
            columns.setdefault((change.key[0], change.key[2]), []).append(change.key[1])
        return all(
            self._task.names(GridRange(sheet, min(rows), max(rows) + 1, column, column + 1), ground)
            for (sheet, column), rows in columns.items()
        )

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
        for earlier, area in self._written:
            common = next((found for mine in areas if (found := area.intersection(mine))), None)
            if common is not None:
                where = self.book.a1(common)
                sentence = f"Step {index + 1} writes {where}, which step {earlier + 1} has written already."
                asked = action.kind in REWRITING
                self._fact("overlap", Severity.WARNING, index, sentence, where, asked=asked)
        self._written.extend((index, area) for area in areas)

    def _fact(
        self, kind: str, severity: Severity, step: int, sentence: str, address: str = "", *, asked: bool = False
    ) -> None:
        self._facts.append(
            Fact(kind=kind, severity=severity, step=step, address=address, sentence=sentence, asked=asked)
        )

    def ground(self) -> Ground:
        """The spreadsheet at this moment, for facts to look at."""
        return Ground(self.book, self._block, self._start.tables)

    def _block(self, area: GridRange) -> Block | None:
        """What was read of a sheet, or of a range on a very large one."""
        watched = snapshot.areas_to_watch(self.book, [area])
        self._seen = self._before(watched)
        return self._seen.blocks[watched[0]] if watched else None

    def _errors(self) -> dict[Key, str]:
        """The cells of all sheets that show an error now; of very large sheets, only where steps wrote."""
        present = {sheet.sheet_id for sheet in self.book.sheets}
        written = {key: text for key, text in self._seen.errors().items() if key[0] in present}
        small = snapshot.whole_sheets(self.book)
        everywhere = snapshot.values(self._client, self.book, small, "UNFORMATTED_VALUE").errors()
        whole = {area.sheet_id for area in small}
        return everywhere | {key: text for key, text in written.items() if key[0] not in whole}

    def trial(self) -> Trial:
        """What came of all steps taken so far."""
        self._settle()
        now = self._errors()
        new = self._new_errors(now)
        return Trial(
            facts=(*self._facts, *error_facts(self._client, self.book, new, self._blamed), *self._untouched()),
            diff=self._diff(),
            requests=tuple(self._requests),
            depends=depends_on(self._touches),
            written=tuple(dict.fromkeys(self.book.a1(area) for area in self._areas if self._is_present(area))),
            own=self._what_is_own(),
            touched=self._taken_for_granted(),
            standing_errors=tuple(snapshot.address(self.book, key) for key in now if key not in new),
        )

    def _what_is_own(self) -> Own:
        there = (area for area in ranges_of(self._own) if self._is_present(area))
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

    def _is_present(self, area: GridRange) -> bool:
        return self._is_present_sheet(area.sheet_id)

    def _is_present_sheet(self, sheet_id: int) -> bool:
        return any(sheet.sheet_id == sheet_id for sheet in self.book.sheets)

    def _new_errors(self, now: dict[Key, str]) -> dict[Key, str]:
        """The errors that were not there before the plan.

        Where rows or columns moved, old errors stand at new addresses: there only a growing number is new.
        """
        new = {key: text for key, text in now.items() if key not in self._errors_at_first}
        if not self._shifted:
            return new
        before = Counter(key[0] for key in self._errors_at_first)
        after = Counter(key[0] for key in now)
        return {key: text for key, text in new.items() if after[key[0]] > before[key[0]]}

    def _diff(self) -> Diff:
        """What changed, as it is shown now: a later step may have given a cell another format."""
        changed = [
            change
            for change in self._changes.values()
            if change.before != change.after and self._is_present_sheet(change.key[0])
        ]
        return Diff(
            cells=tuple(told(self.book, changed)[:SHOWN_CHANGES]),
            cell_count=len(changed),
            overwritten=sum(change.overwrote for change in changed),
            objects=tuple(self._objects),
            moved=self._shifted,
        )


def _worked_out(change: Change, before: Snapshot, after: Snapshot) -> bool:
    """Whether a formula comes in the place of a constant and shows the same: an example filled in by hand."""
    if change.before.startswith("=") or not change.after.startswith("="):
        return False
    return before.value(change.key) == after.value(change.key)


def _joined(first: Change, last: Change) -> Change:
    return Change(last.key, first.before, last.after, last.shown)
