"""One spreadsheet that is worked on step by step by somebody else's agent, with what protects the runs of our own.

A run plans, is approved, and writes by itself. Tools of another agent and an MCP server are called one by one instead;
what lies between the call and the cells is the same: each change is tried on a copy, held against the scope, shown
where it loses something, journalled with its inverse, and sent once. Each change is a run of its own in the history,
and can be undone alone.
"""

from __future__ import annotations

import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from sheets_agent.bench.left import Left
from sheets_agent.bench.opened import Opened, Opener
from sheets_agent.bench.proposals import Applied, Proposal, Proposals
from sheets_agent.errors import (
    ChangedMeanwhile,
    InvalidRequest,
    OutsideScope,
    PersonNeeded,
    Rejected,
    UsageError,
)
from sheets_agent.feedback.person import Person
from sheets_agent.feedback.said import agrees
from sheets_agent.guard.check import Guard
from sheets_agent.guard.scope import Scope
from sheets_agent.planners.copies import Copies
from sheets_agent.planners.draft import with_fetched
from sheets_agent.plugins import allow
from sheets_agent.settings import Settings
from sheets_agent.sheets.client import SheetsClient
from sheets_agent.stages.approve import only_reads, risks, same_outcome
from sheets_agent.stages.batches import Batches
from sheets_agent.stages.hands import Hands
from sheets_agent.stages.retrieve import look
from sheets_agent.state.described import Description
from sheets_agent.state.done import Question, ToolRecord
from sheets_agent.state.planned import Own, Plan
from sheets_agent.targets import Target, open_target
from sheets_agent.undo.journal import UNKNOWN, Author, Journal
from sheets_agent.undo.recording import Recorder, held
from sheets_agent.undo.results import PastRun, Undone
from sheets_agent.undo.undoing import Undoing, past_runs


class Workbench:
    """One open spreadsheet. Its methods may be called from several threads; one at a time works.

    Args:
        opener: opens the spreadsheet.
        settings: the scope (`only`, `allow_functions`, and `max_cells` for all that is written here), and the approval
            policy.
        read_only: whether anything that writes is refused.
        free: whether a file's result goes to a free name, so that it is written over nothing that was there.
    """

    def __init__(self, opener: Opener, settings: Settings, *, read_only: bool = False, free: bool = False) -> None:
        allow(settings.plugins)
        self._settings = settings
        self._lock = threading.RLock()
        self._proposals = Proposals()
        self._left = Left()
        self._cells = 0
        # What the caller says of its task is a model's word: it widens nothing.
        self._scope = Scope.of("", settings, writes=not read_only)
        self._opened = Opened(opener, free=free)
        self._copies = self._fresh_copies()

    @classmethod
    def open(
        cls,
        target: str | Path,
        settings: Settings,
        *,
        output: str | Path | None = None,
        in_place: bool = False,
        read_only: bool = False,
    ) -> Workbench:
        """Open what a person named: a file, an id or a URL. A file's result goes where a run would write it.

        Raises:
            UsageError, FileError, CredentialsError: as `sheets_agent.targets.open_target`.
        """
        chosen: list[Path] = []

        def opener(saved: bool) -> Target:
            if saved:
                return open_target(str(chosen[0]), settings, in_place=True)
            found = open_target(str(target), settings, output=output, in_place=in_place, reading=read_only)
            if found.output is not None:
                chosen[:] = [found.output]
            return found

        return cls(opener, settings, read_only=read_only, free=output is None and not in_place)

    @classmethod
    def on(cls, client: SheetsClient, spreadsheet_id: str, settings: Settings, *, read_only: bool = False) -> Workbench:
        """Work through a client that is there already, and stays open."""
        target = Target(client, spreadsheet_id, None, spreadsheet_id)
        return cls(lambda saved: target, settings, read_only=read_only)

    # ------------------------------------------------------------------------------------------------ looking

    @property
    def name(self) -> str:
        """How to call the spreadsheet: a file's name, or the id."""
        return self._target.name

    @property
    def output(self) -> Path | None:
        """Where a file's result goes; None for a live spreadsheet."""
        return self._target.output

    @property
    def settings(self) -> Settings:
        """The scope and the approval policy."""
        return self._settings

    @property
    def place(self) -> str:
        """What a run would be given to work on the same spreadsheet as it is now."""
        return self._opened.place

    @property
    def notes(self) -> tuple[str, ...]:
        """What opening could not take over."""
        return self._target.notes

    def describe(self) -> Description:
        """What the spreadsheet holds, as far as code can tell. No model is asked."""
        with self._lock:
            self._refresh()
            client, spreadsheet_id = self._target.client, self._target.spreadsheet_id
            return look(client, spreadsheet_id, self._settings.sample_budget, self._target.sheet_id)

    def read(self, kind: str, arguments: dict[str, Any]) -> ToolRecord:
        """Call an action that only reads."""
        with self._lock:
            self._refresh()
            return self._hands(Recorder(Author("", ""), Journal(), file=True), Batches(""), "only reads").call(
                kind, arguments
            )

    # ------------------------------------------------------------------------------------------------ writing

    def propose(self, plan: Plan, task: str) -> Proposal:
        """Try a plan on a copy. Writes nothing."""
        with self._lock:
            if not self._scope.writes and not only_reads(plan):
                raise OutsideScope(f"{self.name} is open for reading only.")
            self._refresh()
            plan = with_fetched(plan)
            trial = self._copies.attempt(plan, self._own(), task)
            reasons = risks(plan, trial)
            policy = self._settings.approve
            approval = not only_reads(plan) and (policy == "always" or (policy == "risky" and bool(reasons)))
            cells = trial.own.cells - self._cells
            found = Proposal(uuid.uuid4().hex[:8], task, plan, trial, reasons, approval, cells)
            self._proposals.keep(found)
            return found

    def proposal(self, proposal_id: str) -> Proposal:
        """A proposal by its id.

        Raises:
            UsageError: it was never made, is forgotten, or was applied already.
        """
        return self._proposals.get(proposal_id)

    def apply(
        self, proposal: Proposal, *, approved: bool = False, run_id: str = "", just_tried: bool = False
    ) -> Applied:
        """Write a proposal as it was shown, or not at all.

        Args:
            proposal: what to write.
            approved: whether a person has approved of it.
            run_id: by which it is known in the history; a new one by default.
            just_tried: whether it was made a moment ago, and nobody has looked at it since.

        Raises:
            UsageError: it was applied already.
            OutsideScope: its trial found errors, or the scope does not let it.
            PersonNeeded: it needs approval and has none.
            ChangedMeanwhile: it would do something else by now.
            InvalidRequest: Google refuses it; nothing was written.
        """
        with self._lock:
            self._proposals.check_not_applied(proposal.id)
            if proposal.errors:
                raise OutsideScope(f"Nothing was written: {' '.join(proposal.errors)}")
            if self._cells + proposal.cells > self._scope.max_cells:  # others were written since it was made
                count = self._cells + proposal.cells
                raise OutsideScope(
                    f"Nothing was written: with this plan {count:,} cells would be written in all, and may be "
                    f"{self._scope.max_cells:,}. To let it, give --max-cells {count}."
                )
            if proposal.approval and not approved:
                why = " ".join(proposal.reasons) or "The person approves every write."
                raise PersonNeeded(f"Not written: a person has to approve of it. {why}")
            if not just_tried:
                self._refresh()
                self._check_unchanged(proposal)
            run_id = run_id or uuid.uuid4().hex[:12]
            recorder = Recorder(Author(run_id, proposal.task), Journal(), file=self._target.local)
            marks = Batches(run_id)
            hands = self._hands(recorder, marks, "risky")
            records = tuple(hands.apply(proposal.plan, proposal.trial))
            if hands.changed:
                raise ChangedMeanwhile(f"Nothing was written. {hands.changed}")
            if any(proposal.trial.requests) and not hands.wrote:
                why = " ".join(step.error for step in hands.steps if not step.success)
                raise InvalidRequest(f"Nothing was written. {why}")
            files, notes = self._save(recorder, marks) if hands.wrote else ((), ())
            self._remember(proposal, run_id)
            return Applied(run_id if hands.wrote else "", records, files, notes)

    def landed(self, run_id: str) -> bool:
        """Whether a change is sure to have been written under a run's id."""
        journal = Journal()
        return any(
            entry.state != UNKNOWN or (entry.file and held(Path(entry.place)) == journal.contents(entry)[1])
            for entry in journal.entries(run=run_id)
        )

    def undo(self, run_id: str | None, person: Person | None, name: str = "") -> Undone:
        """Take back a run that wrote in this spreadsheet, by default its last one.

        Args:
            run_id: the run.
            person: asked where something changed since.
            name: of this undoing, which is done once; by default another one each time.

        Raises:
            UsageError: there is none, or it wrote elsewhere.
            PersonNeeded: something changed since, it was not written here, or every write is asked about, and there is
                nobody to ask.
            Rejected: the person said no.
        """
        with self._lock:
            if not self._scope.writes:
                raise OutsideScope("Nothing was undone: this spreadsheet is open for reading only.")
            runs = self.history()
            if name and (done := next((run for run in runs if run.run_id.endswith(f".{name}")), None)):
                return Undone(run_id=done.run_id, undone=done.undoes, place=done.place)
            known = {run.run_id for run in runs}
            wanted = run_id or next((run.run_id for run in runs if run.state != "undone" and not run.undoes), "")
            if wanted not in known:
                what = (
                    f"Run {run_id} did not write in {self.name}."
                    if run_id
                    else f"There is no run to undo in {self.name}."
                )
                raise UsageError(what, "The history lists the runs.")
            target = None if self._target.local else self._target
            self._ask_to_undo(wanted, person, Undoing(self._settings, None, dry_run=True, target=target))
            try:
                return Undoing(self._settings, person, target=target, name=name).run(wanted, Journal())
            finally:
                self._left.clear()
                self._proposals.clear()
                self._copies.forget()

    def _ask_to_undo(self, run_id: str, person: Person | None, tried: Undoing) -> None:
        """Ask before a run is undone that was not written here, or where every write is asked about.

        Where something changed since, undoing asks about that itself, which is enough for what was written here.

        Raises:
            PersonNeeded: there is nobody to ask.
            Rejected: the person said no.
        """
        policy, own = self._settings.approve, self._proposals.made(run_id)
        if own and (policy != "always" or tried.run(run_id, Journal()).conflict_count):
            return
        why = f"Undo run {run_id}?" if own else f"Undo run {run_id}, which was not written through these tools?"
        if person is None or policy == "never":
            raise PersonNeeded(f"Not undone: a person has to approve of it. {why}", f"Type: sheets-agent undo {run_id}")
        if not agrees(person.answer((Question(text=why, options=("yes", "no"), about=f"run {run_id}"),)), "yes"):
            raise Rejected("Nothing was undone: the person said no.")

    def history(self) -> list[PastRun]:
        """The runs that wrote in this spreadsheet, newest first."""
        place = str(self._target.output.resolve()) if self._target.output else self._target.spreadsheet_id
        return past_runs(Journal(), place=place)

    def close(self) -> None:
        """Let go of connections."""
        self._target.close()

    # ------------------------------------------------------------------------------------------------ machinery

    @property
    def _target(self) -> Target:
        return self._opened.target

    def _hands(self, recorder: Recorder, marks: Batches, policy: str) -> Hands:
        target = self._target
        return Hands(target.client, target.spreadsheet_id, self._copies, recorder, marks, policy, [])

    def _fresh_copies(self) -> Copies:
        return Copies(self._target.client, self._target.spreadsheet_id, Guard(self._scope))

    def _check_unchanged(self, proposal: Proposal) -> None:
        """Make sure that a proposal still does what it was shown to do.

        Raises:
            ChangedMeanwhile: it does not.
        """
        if self._copies.unchanged:
            return
        self._copies.forget()
        now = self._copies.attempt(proposal.plan, self._own(), proposal.task)
        if not same_outcome(now, proposal.trial):
            self._proposals.forget(proposal.id)
            raise ChangedMeanwhile(
                "Nothing was written: the spreadsheet changed since the plan was shown, and it would do something else "
                "now. Make the plan again."
            )

    def _save(self, recorder: Recorder, marks: Batches) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Write a file's result, or remove the marks from a live spreadsheet."""
        if not self._target.local:
            marked = marks.unmark(self._target.client, self._target.spreadsheet_id, 1)
            return (), (*recorder.notes, *marked)
        try:
            files, losses = self._target.finish(True, partial(self._saving, recorder))
        except BaseException:
            self._reopen()  # what was changed in memory and not saved is gone
            raise
        self._opened.saved()
        return tuple(map(str, files)), (*losses, *recorder.notes)

    @contextmanager
    def _saving(self, recorder: Recorder, path: Path, after: bytes) -> Iterator[None]:
        """As `Recorder.saving`; refused where somebody wrote the file since it was looked at.

        Raises:
            ChangedMeanwhile: somebody did.
            FileError: the journal cannot be written.
        """
        if self._opened.changed():
            raise ChangedMeanwhile(f"Nothing was written: {self.name} was changed meanwhile. Make the plan again.")
        with recorder.saving(path, after):
            yield

    def _remember(self, proposal: Proposal, run_id: str) -> None:
        self._proposals.applied(proposal.id, run_id)
        self._cells += proposal.cells
        self._left.keep(self._target, proposal.trial.own.ranges)  # with those left before, where they did not move

    def _own(self) -> Own:
        """The ranges written here that still hold what was left in them: writing them again loses nothing."""
        return Own(ranges=self._left.standing(self._target), cells=self._cells)

    def _refresh(self) -> None:
        """Open a file anew that somebody else, or an undoing, has changed; a live spreadsheet is read anew."""
        if not self._target.local:
            self._copies.forget()
        elif self._opened.changed():
            self._reopen()

    def _reopen(self) -> None:
        self._opened.reopen()
        self._copies = self._fresh_copies()
        self._left.clear()
