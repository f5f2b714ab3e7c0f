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
from copy import copy
from dataclasses import replace
from pathlib import Path
from typing import Any

from langchain_core.language_models import BaseChatModel
from langgraph.runtime import Runtime

from sheets_agent import threads
from sheets_agent.chat.kept import KeptAnswers, opened
from sheets_agent.checkpoints import checkpoints, runs_file
from sheets_agent.errors import UsageError
from sheets_agent.events import Event, Listener
from sheets_agent.feedback.channel import Channel
from sheets_agent.feedback.decided import Decided
from sheets_agent.feedback.person import Person
from sheets_agent.feedback.posted import Posted
from sheets_agent.graph import build_graph
from sheets_agent.guards import Guard, guards_of
from sheets_agent.open_runs import OpenRuns
from sheets_agent.opening import Opening
from sheets_agent.people import People
from sheets_agent.plugins import allow
from sheets_agent.resuming import held, left
from sheets_agent.run_state import RunState
from sheets_agent.running import result_of
from sheets_agent.settings import Settings, load
from sheets_agent.sources.loading import files_of, joined
from sheets_agent.stages.batches import Batches
from sheets_agent.stages.plan import plan as plan_stage
from sheets_agent.stages.reflect import after_reflection
from sheets_agent.stages.reflect import reflect as reflect_stage
from sheets_agent.stages.retrieve import look
from sheets_agent.stages.retrieve import retrieve as retrieve_stage
from sheets_agent.state.described import Description
from sheets_agent.state.done import Status
from sheets_agent.state.result import RunResult
from sheets_agent.subgraph import Subgraph
from sheets_agent.targets import names_a_file
from sheets_agent.undo.journal import Journal
from sheets_agent.undo.results import PastRun, Undone
from sheets_agent.undo.undoing import last_to_undo, past_runs


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
        listener: Listener = on_event or (lambda event: None)
        judges = guards_of(guards, self.settings.block_list)
        opening = Opening(self.settings, model, dict(models or {}), judges, listener)
        self._runs = OpenRuns(opening, People(self.settings, person, channel, listener))

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
        run = self._runs.opening.open(
            target, task, output, in_place, given, reading=dry_run, run_id=run_id or uuid.uuid4().hex[:12]
        )
        first = self._runs.opening.first_state(run, dry_run=dry_run, ask=ask)
        place = str(Path(target).expanduser().resolve()) if run.target.local else str(target)
        first |= {
            "target": place,
            "output": None if output is None else str(Path(output).expanduser().resolve()),
            "in_place": in_place,
            "files": given,
        }
        return self._runs.advance(run, first)

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
        run = self._runs.opening.open(
            memory["target"],
            task,
            memory["output"],
            memory["in_place"],
            memory["files"],
            reading=dry_run,
            run_id=new_id or threads.next_run(run_id),
        )
        first = self._runs.opening.first_state(run, dry_run=dry_run, ask=ask)
        return self._runs.advance(run, {**first, **memory})

    async def arun(self, target: str | Path, task: str, **options: Any) -> RunResult:
        """`run` for asynchronous callers: the work happens in a thread."""
        return await asyncio.to_thread(self.run, target, task, **options)

    def stream(self, target: str | Path, task: str, **options: Any) -> Iterator[Event | RunResult]:
        """`run`, giving every event as it happens and the result last; who stops listening does not stop the run."""
        told: queue.Queue[Event | RunResult | BaseException] = queue.Queue()
        opening, people = self._runs.opening, self._runs.people

        def listen(event: Event) -> None:
            opening.listener(event)
            told.put(event)

        worker = copy(self)
        worker._runs = OpenRuns(replace(opening, listener=listen), replace(people, listener=listen))

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
                self._runs.take_over(worker._runs)
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
            return self._runs.go_on(left(run_id), answer)

    def abandon(self, run_id: str) -> None:
        """Give up a run that is paused or was killed. What it wrote stays, and its thread remembers it.

        Raises:
            UsageError: when no such run is unfinished, or it goes on in another process.
        """
        with held(run_id):
            found = left(run_id)
            self._runs.let_go(found)
            kept = opened(str(runs_file()))
            with checkpoints() as saver:
                threads.give_up(saver, found.run_id, wrote=not names_a_file(found.state["target"]))
            KeptAnswers(kept, found.run_id).forget()
            Batches(found.run_id, kept).forget()
            Posted(kept, found.run_id).forget()
            Decided(kept, found.run_id).forget()

    def close(self) -> None:
        """Let go of the spreadsheets of paused runs. `resume()` opens them again; a file's run may start anew."""
        self._runs.close()

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
        wanted = run_id or last_to_undo(Journal())
        return self._runs.undo(wanted, self._runs.people.person, force=force, dry_run=dry_run)

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
        run = self._runs.opening.open(target, task, reading=True)
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
        run = self._runs.opening.open(target, task, files=files_of(files), reading=True)
        runtime = Runtime(context=run.context)
        state = self._runs.opening.first_state(run, dry_run=True, ask=False)
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
            run = self._runs.opening.open(
                target, task, output, in_place, reading=False, run_id=run_id or uuid.uuid4().hex[:12]
            )
        return Subgraph(build_graph(), self._runs.opening.first_state(run, dry_run=False, ask=False), run)


def _check_task(task: str) -> None:
    if not task.strip():
        raise UsageError("The task is empty.", "Say what to do, for example: “Chart revenue by month”.")
