"""The agent as a Python API.

Example:
    agent = SheetsAgent(model="gigachat:GigaChat-2-Max")
    result = agent.run("sales.xlsx", "Add a revenue column and chart it by month")
    print(result.summary, result.files)
"""

from __future__ import annotations

import asyncio
import queue
import threading
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from langchain_core.language_models import BaseChatModel
from langgraph.runtime import Runtime
from langgraph.types import Command

from sheets_agent import threads
from sheets_agent.chat.kept import KeptAnswers, opened
from sheets_agent.checkpoints import checkpoints, runs_file
from sheets_agent.errors import SheetsAgentError, UsageError
from sheets_agent.events import Event, Listener, Note
from sheets_agent.feedback.channel import Channel
from sheets_agent.feedback.decided import Decided
from sheets_agent.feedback.person import Person
from sheets_agent.feedback.posted import Posted
from sheets_agent.graph import build_graph
from sheets_agent.guard.scope import Scope
from sheets_agent.guards import Guard, guards_of
from sheets_agent.opening import Opening
from sheets_agent.people import People
from sheets_agent.plugins import allow
from sheets_agent.resuming import Left, held, left, saved
from sheets_agent.run_state import RunState
from sheets_agent.running import Run, Unanswered, finished, interrupted, paused, result_of, until_asked
from sheets_agent.settings import Settings, load
from sheets_agent.sources.loading import files_of, joined
from sheets_agent.stages.batches import Batches
from sheets_agent.stages.plan import plan as plan_stage
from sheets_agent.stages.reflect import after_reflection
from sheets_agent.stages.reflect import reflect as reflect_stage
from sheets_agent.stages.retrieve import look
from sheets_agent.stages.retrieve import retrieve as retrieve_stage
from sheets_agent.state.described import Description
from sheets_agent.state.done import RoleUsage, Status
from sheets_agent.state.result import RunResult, Undo
from sheets_agent.subgraph import Subgraph
from sheets_agent.targets import names_a_file
from sheets_agent.undo.journal import Journal
from sheets_agent.undo.results import PastRun, Undone
from sheets_agent.undo.undoing import Undoing, last_to_undo, past_runs


class SheetsAgent:
    """Does work in a spreadsheet, in Google Sheets or in a local file.

    Args:
        settings: everything that can be set; by default from the environment and the user's configuration file.
        model: overrides `settings.model`: a provider string ("gigachat:GigaChat-2-Max", "openai:gpt-5", "ollama:…")
            or a LangChain chat model.
        models: a model for single roles, such as {"planner": "openai:gpt-5"}.
        person: who is asked, and answers at once. Comes before the channel that the settings name.
        channel: where people are asked who answer later; by default the one the settings name. With neither person nor
            channel a needed question pauses the run, and `resume()` goes on.
        on_event: called with every event of a run, from the thread that runs it.
        guards: judge the task and every answer of a model; see `sheets_agent.guards`.

    Raises:
        UsageError: when `settings.block_list` cannot be read, a plugin cannot be used, there is no such channel as the
            settings name, or both a person and a channel are given.
    """

    def __init__(
        self,
        settings: Settings | None = None,
        *,
        model: str | BaseChatModel | None = None,
        models: Mapping[str, str | BaseChatModel] | None = None,
        person: Person | None = None,
        channel: Channel | None = None,
        on_event: Listener | None = None,
        guards: Sequence[Guard] = (),
    ) -> None:
        self.settings = settings or load()
        allow(self.settings.plugins)
        self._listener: Listener = on_event or (lambda event: None)
        judges = guards_of(guards, self.settings.block_list)
        self._opening = Opening(self.settings, model, dict(models or {}), judges, self._tell)
        self._people = People(self.settings, person, channel, self._tell)
        self._open: dict[str, Run] = {}

    def run(
        self,
        target: str | Path,
        task: str,
        *,
        output: str | Path | None = None,
        in_place: bool = False,
        dry_run: bool = False,
        ask: bool = False,
        files: Sequence[str | Path] = (),
        run_id: str = "",
    ) -> RunResult:
        """Do a task in a spreadsheet, or answer a question about it.

        Args:
            target: a spreadsheet id, a Google Sheets URL, or a path to an .xlsx or .csv file.
            task: what to do, in the person's own words.
            output: where a local file's result is written; by default beside it, as `name.agent.xlsx`.
            in_place: write a local file's result over the file itself.
            dry_run: plan, try and check, but write nothing.
            ask: take the task for a question, and write nothing; otherwise the retriever tells questions from commands.
            files: documents with tables that the task needs: .pdf, .csv, .tsv, .xlsx, .json or .md.
            run_id: the id of the run, for callers that know runs by ids of their own; see `sheets_agent.threads`.

        Returns:
            What was done. With no person to ask, a run that needs one comes back with status PAUSED.

        Raises:
            SheetsAgentError: for everything a person can mend; see `sheets_agent.errors`.
        """
        _check_task(task)
        given = files_of(files)
        run = self._opening.open(
            target, task, output, in_place, given, reading=dry_run, run_id=run_id or uuid.uuid4().hex[:12]
        )
        first = self._opening.first_state(run, dry_run=dry_run, ask=ask)
        place = str(Path(target).expanduser().resolve()) if run.target.local else str(target)
        first |= {
            "target": place,
            "output": None if output is None else str(Path(output).expanduser().resolve()),
            "in_place": in_place,
            "files": given,
        }
        return self._advance(run, first)

    def follow(
        self,
        run_id: str,
        task: str,
        *,
        dry_run: bool = False,
        ask: bool = False,
        files: Sequence[str | Path] = (),
        new_id: str = "",
    ) -> RunResult:
        """Do another task in the thread of an earlier run, which knows what was done there and where.

        Works on the spreadsheet of that run; where it wrote a file, on that file.

        Args:
            run_id: of any earlier result of the thread.
            task: what to do now, such as “now make it a line chart”.
            dry_run: plan, try and check, but write nothing.
            ask: take the task for a question, and write nothing.
            files: documents that come to those of the thread; one of the same path comes in its place.
            new_id: the id of this run, in the same thread; by default one is drawn.

        Raises:
            UsageError: when nothing is known of that run any more.
            FileError: when a document of the thread is not what it was.
        """
        _check_task(task)
        with checkpoints() as saver:
            memory = threads.recall(saver, run_id)
        memory["files"] = joined(memory.get("files", ()), files_of(files))
        run = self._opening.open(
            memory["target"],
            task,
            memory["output"],
            memory["in_place"],
            memory["files"],
            reading=dry_run,
            run_id=new_id or threads.next_run(run_id),
        )
        first = self._opening.first_state(run, dry_run=dry_run, ask=ask)
        return self._advance(run, {**first, **memory})

    async def arun(self, target: str | Path, task: str, **options: Any) -> RunResult:
        """`run` for asynchronous callers: the work happens in a thread."""
        return await asyncio.to_thread(self.run, target, task, **options)

    def stream(self, target: str | Path, task: str, **options: Any) -> Iterator[Event | RunResult]:
        """`run`, giving every event as it happens and the result last; who stops listening does not stop the run."""
        told: queue.Queue[Event | RunResult | BaseException] = queue.Queue()

        def listen(event: Event) -> None:
            self._listener(event)
            told.put(event)

        opening, people = self._opening, self._people
        worker = SheetsAgent(
            self.settings,
            model=opening.model,
            models=opening.models,
            person=people.person,
            channel=people.channel,
            on_event=listen,
        )
        worker._opening = replace(opening, listener=listen)

        def work() -> None:
            try:
                told.put(worker.run(target, task, **options))
            except BaseException as error:
                told.put(error)

        threading.Thread(target=work, daemon=True).start()
        while True:
            item = told.get()
            if isinstance(item, BaseException):
                raise item
            yield item
            if isinstance(item, RunResult):
                self._open.update(worker._open)
                return

    def resume(self, run_id: str, answer: Mapping[str, Any] | None = None) -> RunResult:
        """Go on with a run that is paused, or whose process was killed; no model is asked again what it has answered.

        A run that waits for people in a channel waits on, for what was posted already.

        Args:
            run_id: of the paused result, or as `sheets-agent resume` tells it.
            answer: what a paused run waits for; without it the agent's person is asked, or the channel is looked at.
                `{"decisions": [{"type": "approve"}]}` for a plan,
                `{"decisions": [{"type": "respond", "message": "…"}, …]}` for questions; see
                `sheets_agent.feedback.person`.

        Raises:
            UsageError: when no such run is unfinished, it goes on in another process, it waits for an answer and none
                is given, or the answer is malformed (the run stays paused).
        """
        with held(run_id):
            return self._go_on(left(run_id), answer)

    def _go_on(self, found: Left, answer: Mapping[str, Any] | None) -> RunResult:
        run_id = found.run_id
        if found.request is not None:
            self._people.decide(found, answer)
        here = self._open.get(found.run_id)
        run = here or self._reopened(found)
        if answer is not None:
            self._people.withdraw(run, found)
        anew = here is None and run.target.local and (found.request is None or found.state.get("wrote", False))
        if anew and (file := saved(run_id)):
            return self._ended(run, found.state, file)
        if anew:  # what was written to a file's copy is gone with its process
            with checkpoints() as saver:
                saver.delete_thread(threads.thread_of(run_id))
            scope = run.context.copies.guard.scope
            state = self._opening.first_state(run, dry_run=found.state.get("dry_run", False), ask=False, scope=scope)
            return self._advance(run, {**state, **found.place}, answer is not None)
        if here is None:
            run.context.journal.extend(found.state.get("written", ()))
            run.context.chats.go_on_after(found.state.get("planning", RoleUsage()))
        return self._advance(run, None if found.request is None else found, answer is not None)

    def _reopened(self, found: Left) -> Run:
        """A run that another process left."""
        state = found.state
        run = self._opening.open(
            state["target"],
            state["task"],
            state["output"],
            state["in_place"],
            state.get("files", ()),
            reading=state.get("dry_run", False),
            run_id=found.run_id,
        )
        run.context.copies.keep_to(state.get("scope") or Scope.of(run.task, self.settings))
        return run

    def abandon(self, run_id: str) -> None:
        """Give up a run that is paused or was killed. What it wrote stays, and its thread remembers it.

        Raises:
            UsageError: when no such run is unfinished, or it goes on in another process.
        """
        with held(run_id):
            found = left(run_id)
            self._close_asked(found)
            kept = opened(str(runs_file()))
            with checkpoints() as saver:
                threads.give_up(saver, found.run_id, wrote=not names_a_file(found.state["target"]))
            KeptAnswers(kept, found.run_id).forget()
            Batches(found.run_id, kept).forget()
            Posted(kept, found.run_id).forget()
            Decided(kept, found.run_id).forget()

    def _close_asked(self, found: Left) -> None:
        """Let go of a run that is given up, and close what it asks in a channel, if that can be done."""
        run = self._open.pop(found.run_id, None)
        try:
            if found.request is not None and self._people.asks_later:
                run = run or self._reopened(found)
                self._people.withdraw(run, found)
        except SheetsAgentError as error:
            self._tell(Note(f"What the run has asked may stay open: {error}"))
        finally:
            if run is not None:
                run.close()

    def close(self) -> None:
        """Let go of the spreadsheets of paused runs. `resume()` opens them again; a file's run may start anew."""
        while self._open:
            self._open.popitem()[1].close()

    def last_run(self) -> str:
        """The thread that was worked in last, on this computer.

        Raises:
            UsageError: when there is none.
        """
        with checkpoints() as saver:
            return threads.last(saver)

    def undo(self, run_id: str | None = None, *, force: bool = False, dry_run: bool = False) -> Undone:
        """Take back all that a run has written; what cannot be restored exactly is in the result's notes.

        Args:
            run_id: the run; by default the last one that is not undone. An undoing is a run, too.
            force: write over what somebody changed since, without asking.
            dry_run: look what undoing would do, and write nothing.

        Raises:
            UsageError: nothing is known of the run, it goes on in another process, it is undone already, or it cannot
                be undone any more.
            PersonNeeded: where undoing would write, something changed since, and there is no person to ask.
            Rejected: the person said no.
        """
        journal = Journal()
        undoing = Undoing(self.settings, self._people.person, force, dry_run, self._opening.waiting)
        run_id = run_id or last_to_undo(journal)
        with held(run_id):
            return undoing.run(run_id, journal)

    def history(self, limit: int | None = None) -> list[PastRun]:
        """The runs that wrote something, newest first."""
        return past_runs(Journal(), limit)

    def describe(self, target: str | Path, task: str = "", *, annotate: bool = True) -> Description:
        """What a spreadsheet holds. Writes nothing.

        Args:
            target: a spreadsheet id, a Google Sheets URL, or a path to an .xlsx or .csv file.
            task: what the description is for; the model's words are chosen with it in mind.
            annotate: whether a model says what tables and columns mean; without it code alone looks.
        """
        run = self._opening.open(target, task, reading=True)
        try:
            if not annotate:
                place = run.target
                return look(place.client, place.spreadsheet_id, self.settings.sample_budget, place.sheet_id)
            state: RunState = {"task": task or "Describe the spreadsheet.", "sheet_id": run.target.sheet_id}
            return retrieve_stage(state, Runtime(context=run.context))["description"]
        finally:
            run.close()

    def plan(self, target: str | Path, task: str, *, files: Sequence[str | Path] = ()) -> RunResult:
        """A plan for a task, tried and criticised. Writes nothing; nobody is asked. `files` as for `run`."""
        _check_task(task)
        run = self._opening.open(target, task, files=files_of(files), reading=True)
        runtime = Runtime(context=run.context)
        state = self._opening.first_state(run, dry_run=True, ask=False)
        try:
            state |= retrieve_stage(state, runtime)
            again = "plan"
            while again == "plan":
                for stage in (plan_stage, reflect_stage):
                    state |= stage(state, runtime)
                again = after_reflection(state)
        finally:
            run.close()
        return result_of(run, state, Status.DRY_RUN)

    def subgraph(
        self,
        target: str | Path,
        task: str,
        *,
        output: str | Path | None = None,
        in_place: bool = False,
        run_id: str = "",
    ) -> Subgraph:
        """The compiled graph for a task, with what its nodes need, for another graph to carry out.

        Args:
            target: a spreadsheet id, a Google Sheets URL, or a path to an .xlsx or .csv file.
            task: what to do; it fixes what the run may do.
            output: where a local file's result is written.
            in_place: write a local file's result over the file itself.
            run_id: the same for the same task, where it is gone on with; by default a new one.
        """
        _check_task(task)
        with checkpoints():  # where answers are kept is there
            run = self._opening.open(
                target, task, output, in_place, reading=False, run_id=run_id or uuid.uuid4().hex[:12]
            )
        return Subgraph(build_graph(), self._opening.first_state(run, dry_run=False, ask=False), run)

    # ------------------------------------------------------------------------------------------------- machinery

    def _tell(self, event: Event) -> None:
        self._listener(event)

    def _undo_of(self, run_id: str) -> Undo:
        """What a result of a run does to undo it."""

        def undo(person: Person | None) -> Undone:
            return SheetsAgent(self.settings, person=person or self._people.person, on_event=self._listener).undo(
                run_id
            )

        return undo

    def _advance(self, run: Run, step: RunState | Command[Any] | Left | None, decided: bool = False) -> RunResult:
        """Go on until the run ends or needs somebody who is not here; `decided` is what it was left waiting for."""
        self._open.pop(run.run_id, None)
        try:
            desk = self._people.desk_if_there(run) if decided else self._people.desk(run)
            with held(run.run_id):
                state, request = until_asked(run, step, self._people.person, desk)
                if request is None:
                    return self._ended(run, state)
        except Unanswered as left_open:
            self._listener(Note(f"The run stays paused. To go on waiting: sheets-agent resume {run.run_id}"))
            run.close()
            raise (left_open.__cause__ or left_open) from None
        except KeyboardInterrupt:
            self._listener(Note(interrupted(run)))
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


def _check_task(task: str) -> None:
    if not task.strip():
        raise UsageError("The task is empty.", "Say what to do, for example: “Chart revenue by month”.")
