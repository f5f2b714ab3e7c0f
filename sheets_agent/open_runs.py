"""The runs of one agent: carried on until they end or wait, and kept open while they wait."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from langgraph.types import Command

from sheets_agent import threads
from sheets_agent.checkpoints import checkpoints
from sheets_agent.errors import SheetsAgentError
from sheets_agent.events import Note
from sheets_agent.feedback.person import Person
from sheets_agent.guard.scope import Scope
from sheets_agent.opening import Opening
from sheets_agent.people import People
from sheets_agent.resuming import Left, held, saved
from sheets_agent.run_state import RunState
from sheets_agent.running import Run, Unanswered, finished, interrupted, paused, until_asked
from sheets_agent.state.done import RoleUsage
from sheets_agent.state.result import RunResult, Undo
from sheets_agent.undo.journal import Journal
from sheets_agent.undo.results import Undone
from sheets_agent.undo.undoing import Undoing


class OpenRuns:
    """The runs of one agent.

    Args:
        opening: what a run is opened with, and who is told of it.
        people: who is asked.
    """

    def __init__(self, opening: Opening, people: People) -> None:
        self.opening = opening
        self.people = people
        self._open: dict[str, Run] = {}

    def advance(self, run: Run, step: RunState | Command[Any] | Left | None, decided: bool = False) -> RunResult:
        """Go on until the run ends or needs somebody who is not here; `decided` is what it was left waiting for."""
        self._open.pop(run.run_id, None)
        try:
            desk = self.people.desk_if_there(run) if decided else self.people.desk(run)
            with held(run.run_id):
                state, request = until_asked(run, step, self.people.person, desk)
                if request is None:
                    return self._ended(run, state)
        except Unanswered as left_open:
            self.opening.listener(Note(f"The run stays paused. To go on waiting: sheets-agent resume {run.run_id}"))
            run.close()
            raise (left_open.__cause__ or left_open) from None
        except KeyboardInterrupt:
            self.opening.listener(Note(interrupted(run)))
            run.close()
            raise
        except BaseException:
            run.close()
            raise
        self._open[run.run_id] = run
        waiting = "" if desk is None else desk.waits_for(request, state.get("pauses", 0) + 1)
        return paused(run, state, request, waiting)

    def _ended(self, run: Run, state: RunState, file: Path | None = None) -> RunResult:
        """The result of a run that came to its end; what a person wants undone is. `file` was saved already."""
        result = finished(run, state, file).undone_by(self._undo_of(run.run_id))
        if not state.get("take_back"):
            return result
        try:
            undone = self._undo_of(run.run_id)(None)
        except SheetsAgentError as error:
            note = f"What was written could not be taken back: {error} {error.hint}"
        else:
            note = f"What was written was taken back, as run {undone.run_id}."
        files = tuple(path for path in result.files if Path(path).exists())
        return result.model_copy(update={"notes": (*result.notes, note), "files": files})

    def go_on(self, found: Left, answer: Mapping[str, Any] | None) -> RunResult:
        """Go on with a run that was left, with an answer to what it waits for or without.

        Raises:
            UsageError: it waits for an answer and there is nobody to ask, or the answer is malformed.
        """
        run_id = found.run_id
        if found.request is not None:
            self.people.decide(found, answer)
        here = self._open.get(found.run_id)
        run = here or self._reopened(found)
        if answer is not None:
            self.people.withdraw(run, found)
        anew = here is None and run.target.local and (found.request is None or found.state.get("wrote", False))
        if anew and (file := saved(run_id)):
            return self._ended(run, found.state, file)
        if anew:  # what was written to a file's copy is gone with its process
            with checkpoints() as saver:
                saver.delete_thread(threads.thread_of(run_id))
            scope = run.context.copies.guard.scope
            state = self.opening.first_state(run, dry_run=found.state.get("dry_run", False), ask=False, scope=scope)
            return self.advance(run, {**state, **found.place}, answer is not None)
        if here is None:
            run.context.journal.extend(found.state.get("written", ()))
            run.context.chats.go_on_after(found.state.get("planning", RoleUsage()))
        return self.advance(run, None if found.request is None else found, answer is not None)

    def _reopened(self, found: Left) -> Run:
        """A run that another process left."""
        state = found.state
        run = self.opening.open(
            state["target"],
            state["task"],
            state["output"],
            state["in_place"],
            state.get("files", ()),
            reading=state.get("dry_run", False),
            run_id=found.run_id,
        )
        run.context.copies.keep_to(state.get("scope") or Scope.of(run.task, self.opening.settings))
        return run

    def let_go(self, found: Left) -> None:
        """Let go of a run that is given up, and close what it asks in a channel, if that can be done."""
        run = self._open.pop(found.run_id, None)
        try:
            if found.request is not None and self.people.asks_later:
                run = run or self._reopened(found)
                self.people.withdraw(run, found)
        except SheetsAgentError as error:
            self.opening.listener(Note(f"What the run has asked may stay open: {error}"))
        finally:
            if run is not None:
                run.close()

    def undo(self, run_id: str, person: Person | None, *, force: bool = False, dry_run: bool = False) -> Undone:
        """Take back what a run has written.

        Args:
            run_id: the run.
            person: asked where something changed since.
            force: write over what somebody changed since, without asking.
            dry_run: look what undoing would do, and write nothing.

        Raises:
            UsageError, PersonNeeded, Rejected: as `sheets_agent.undo.undoing.Undoing.run`.
        """
        with held(run_id):
            return Undoing(self.opening.settings, person, force, dry_run, self.opening.waiting).run(run_id, Journal())

    def _undo_of(self, run_id: str) -> Undo:
        """What a result of a run does to undo it."""

        def undo(person: Person | None) -> Undone:
            return self.undo(run_id, person or self.people.person)

        return undo

    def take_over(self, other: OpenRuns) -> None:
        """Keep the runs open that somebody else had open."""
        self._open.update(other._open)

    def close(self) -> None:
        """Let go of the spreadsheets of paused runs."""
        while self._open:
            self._open.popitem()[1].close()
