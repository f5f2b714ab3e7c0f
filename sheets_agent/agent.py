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
from pathlib import Path
from typing import Any

from langchain_core.language_models import BaseChatModel
from langgraph.runtime import Runtime
from langgraph.types import Command

from sheets_agent import threads
from sheets_agent.chat import Chats
from sheets_agent.chat.kept import KeptAnswers, opened
from sheets_agent.chat.trace import Trace
from sheets_agent.checkpoints import checkpoints, runs_file
from sheets_agent.errors import SheetsAgentError, UsageError
from sheets_agent.events import Event, Listener, Note, RunStarted, Waiting
from sheets_agent.feedback.asking import Asker
from sheets_agent.feedback.channel import Channel
from sheets_agent.feedback.channels import TERMINAL, Place, scheme_of
from sheets_agent.feedback.channels import opened as opened_channel
from sheets_agent.feedback.decided import Decided
from sheets_agent.feedback.desk import Desk
from sheets_agent.feedback.moderator import merged
from sheets_agent.feedback.person import Person, ask, check_answer
from sheets_agent.feedback.posted import Posted
from sheets_agent.feedback.run_records import RunRecords
from sheets_agent.graph import build_graph
from sheets_agent.guard.scope import Scope
from sheets_agent.guards import Guard, guards_of
from sheets_agent.planners.copies import Copies
from sheets_agent.plugins import allow
from sheets_agent.prompts import Prompts, language_for
from sheets_agent.resuming import Left, held, left, saved
from sheets_agent.run_state import Context, RunState
from sheets_agent.running import Run, Unanswered, finished, interrupted, paused, result_of, until_asked
from sheets_agent.settings import Settings, load
from sheets_agent.sources.loading import files_of, joined, sources_for
from sheets_agent.stages.batches import Batches
from sheets_agent.stages.plan import plan as plan_stage
from sheets_agent.stages.reflect import after_reflection
from sheets_agent.stages.reflect import reflect as reflect_stage
from sheets_agent.stages.retrieve import look
from sheets_agent.stages.retrieve import retrieve as retrieve_stage
from sheets_agent.state.described import Description, SourceFile
from sheets_agent.state.done import Intent, RoleUsage, Status
from sheets_agent.state.result import RunResult, Undo
from sheets_agent.subgraph import Subgraph
from sheets_agent.targets import names_a_file, open_target
from sheets_agent.undo.journal import Author, Journal
from sheets_agent.undo.recording import Recorder
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
        self._guards = guards_of(guards, self.settings.block_list)
        allow(self.settings.plugins)
        self._model = model
        self._models = dict(models or {})
        if person is not None and channel is not None:
            raise UsageError("Both a person and a channel are given.", "Give one: who is asked.")
        self._person = person
        self._channel = channel
        if self._remote:
            scheme_of(self.settings.feedback.channel)
        self._listener: Listener = on_event or (lambda event: None)
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
        run = self._start(
            target, task, output, in_place, given, reading=dry_run, run_id=run_id or uuid.uuid4().hex[:12]
        )
        first = self._first(run, dry_run=dry_run, ask=ask)
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
        run = self._start(
            memory["target"],
            task,
            memory["output"],
            memory["in_place"],
            memory["files"],
            reading=dry_run,
            run_id=new_id or threads.next_run(run_id),
        )
        first = self._first(run, dry_run=dry_run, ask=ask)
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

        worker = SheetsAgent(
            self.settings,
            model=self._model,
            models=self._models,
            person=self._person,
            channel=self._channel,
            on_event=listen,
        )
        worker._guards = self._guards

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
            self._decide(found, answer)
        here = self._open.get(found.run_id)
        run = here or self._reopened(found)
        if answer is not None:
            self._withdraw(run, found)
        anew = here is None and run.target.local and (found.request is None or found.state.get("wrote", False))
        if anew and (file := saved(run_id)):
            return self._ended(run, found.state, file)
        if anew:  # what was written to a file's copy is gone with its process
            with checkpoints() as saver:
                saver.delete_thread(threads.thread_of(run_id))
            scope = run.context.copies.guard.scope
            state = self._first(run, dry_run=found.state.get("dry_run", False), ask=False, scope=scope)
            return self._advance(run, {**state, **found.place})
        if here is None:
            run.context.journal.extend(found.state.get("written", ()))
            run.context.chats.go_on_after(found.state.get("planning", RoleUsage()))
        return self._advance(run, None if found.request is None else found)

    def _withdraw(self, run: Run, found: Left) -> None:
        """Close what was asked in a channel and is decided elsewhere."""
        try:
            desk = self._desk(run)
            if desk is not None and found.request is not None:
                desk.withdraw(found.request, found.state.get("pauses", 0) + 1)
        except BaseException:
            run.close()
            raise

    def _decide(self, found: Left, answer: Mapping[str, Any] | None) -> None:
        """Keep what is answered to the pause that a run is left at, unless a channel is to be waited for.

        Raises:
            UsageError: the answer is malformed, or there is none and nobody to ask.
        """
        request, number = found.request or {}, found.state.get("pauses", 0) + 1
        decided = Decided(opened(str(runs_file())), found.run_id)
        if answer is None and decided.find(request, number) is not None:
            return
        if answer is None and self._person is not None:
            answer = ask(self._person, request)
        if answer is not None:
            check_answer(request, answer)
            decided.keep(request, number, answer)
        elif self._channel is None and not self._remote:
            raise UsageError(f"Run {found.run_id} waits for an answer.", "Give it: --approve, --reject or --answer.")

    def _reopened(self, found: Left) -> Run:
        """A run that another process left."""
        state = found.state
        run = self._start(
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
            if run := self._open.pop(found.run_id, None):
                run.close()
            kept = opened(str(runs_file()))
            with checkpoints() as saver:
                threads.give_up(saver, found.run_id, wrote=not names_a_file(found.state["target"]))
            KeptAnswers(kept, found.run_id).forget()
            Batches(found.run_id, kept).forget()
            Posted(kept, found.run_id).forget()
            Decided(kept, found.run_id).forget()

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
        undoing = Undoing(self.settings, self._person, force, dry_run, self._waiting)
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
        run = self._start(target, task, reading=True)
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
        run = self._start(target, task, files=files_of(files), reading=True)
        runtime = Runtime(context=run.context)
        state = self._first(run, dry_run=True, ask=False)
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
            run = self._start(target, task, output, in_place, reading=False, run_id=run_id or uuid.uuid4().hex[:12])
        return Subgraph(build_graph(), self._first(run, dry_run=False, ask=False), run)

    # ------------------------------------------------------------------------------------------------- machinery

    def _first(self, run: Run, *, dry_run: bool, ask: bool, scope: Scope | None = None) -> RunState:
        """What a run knows before it looks at the spreadsheet; what it may do is fixed here, if it was not before."""
        scope = scope or Scope.of(run.task, self.settings, writes=not ask)
        run.context.copies.keep_to(scope)
        first: RunState = {
            "run_id": run.run_id,
            "scope": scope,
            "settings": self.settings.model_dump(mode="json"),
            "task": run.task,
            "sheet_id": run.target.sheet_id,
            "dry_run": dry_run,
            "plans_left": 1 + self.settings.max_rounds,
            "corrections_left": self.settings.max_rounds,
            "notes": (*run.target.notes, *run.context.sources.notes),
        }
        return {**first, "intent": Intent.QUESTION} if ask else first

    def _start(
        self,
        target: str | Path,
        task: str,
        output: str | Path | None = None,
        in_place: bool = False,
        files: Sequence[SourceFile] = (),
        *,
        reading: bool,
        run_id: str = "",
    ) -> Run:
        self._guards.check_task(task)
        if run_id:
            self._listener(RunStarted(run_id))
        folder = self.settings.trace
        records = RunRecords(self.settings.record, run_id, lambda text: self._listener(Note(text)))
        chats = Chats(
            self._model or self.settings.model,
            {**self.settings.models, **self._models},
            prices=self.settings.prices,
            timeout=self.settings.model_timeout,
            temperature=self.settings.temperature,
            listener=self._listener,
            kept=KeptAnswers(opened(str(runs_file())), run_id) if run_id else None,
            trace=None if folder is None else Trace(folder, run_id, lambda text: self._listener(Note(text))),
            guards=self._guards,
            records=records,
        )
        prompts = Prompts(self.settings.prompts, language_for(task, self.settings.language))
        place = open_target(
            str(target), self.settings, output=output, in_place=in_place, reading=reading, on_wait=self._waiting
        )
        for note in place.notes:
            self._listener(Note(note))
        try:
            sources = sources_for(files, place.client, place.spreadsheet_id)
        except BaseException:
            place.close()
            raise
        for note in sources.notes:
            self._listener(Note(note))
        context = Context(
            client=place.client,
            spreadsheet_id=place.spreadsheet_id,
            copies=Copies(place.client, place.spreadsheet_id),
            chats=chats,
            prompts=prompts,
            settings=self.settings,
            emit=self._listener,
            undo=Recorder(Author(run_id, task), Journal(), file=place.local),
            batches=Batches(run_id, None if place.local else opened(str(runs_file()))),
            records=records,
            sources=sources,
        )
        return Run(run_id, task, place, context)

    def _waiting(self, why: str, seconds: float) -> None:
        self._listener(Waiting(why, seconds))

    def _undo_of(self, run_id: str) -> Undo:
        """What a result of a run does to undo it."""

        def undo(person: Person | None) -> Undone:
            return SheetsAgent(self.settings, person=person or self._person, on_event=self._listener).undo(run_id)

        return undo

    @property
    def _remote(self) -> bool:
        """Whether the settings name a channel, and nobody who was given comes before it."""
        return self._person is None and self._channel is None and self.settings.feedback.channel != TERMINAL

    def _desk(self, run: Run) -> Desk | None:
        """Where a run waits for people who answer later; None where there is no channel."""
        settings, context, channel = self.settings.feedback, run.context, self._channel
        if self._remote:
            channel = opened_channel(
                settings.channel, Place(context.client, context.spreadsheet_id, settings.reviewers)
            )
        if channel is None:
            return None
        return Desk(
            channel,
            Asker(run.run_id, run.task, context.spreadsheet_id),
            Posted(opened(str(runs_file())), run.run_id, channel.name),
            settings,
            self._listener,
            lambda asked, critiques: merged(context, asked, critiques),
            lambda asked, reply: context.records.replied(asked, reply, channel.name),
        )

    def _advance(self, run: Run, step: RunState | Command[Any] | Left | None) -> RunResult:
        """Go on until the run ends or needs somebody who is not here."""
        self._open.pop(run.run_id, None)
        try:
            desk = self._desk(run)
            with held(run.run_id):
                state, request = until_asked(run, step, self._person, desk)
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
