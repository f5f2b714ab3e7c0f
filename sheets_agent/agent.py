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
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from langchain_core.language_models import BaseChatModel
from langchain_core.runnables import RunnableConfig
from langgraph.runtime import Runtime
from langgraph.types import Command

from sheets_agent.chat import Chats
from sheets_agent.checkpoints import checkpoints
from sheets_agent.errors import SheetsAgentError, UsageError
from sheets_agent.events import Event, Listener, Note, Waiting
from sheets_agent.feedback.person import APPLY, Person, ask, check_answer
from sheets_agent.graph import Graph, build_graph
from sheets_agent.planners.world import Copies
from sheets_agent.prompts import Prompts
from sheets_agent.run_state import Context, RunState
from sheets_agent.settings import Settings, load
from sheets_agent.stages.plan import plan as plan_stage
from sheets_agent.stages.reflect import reflect as reflect_stage
from sheets_agent.stages.retrieve import look
from sheets_agent.stages.retrieve import retrieve as retrieve_stage
from sheets_agent.state import Description, Diff, Question, RunResult, Status, Usage
from sheets_agent.targets import Target, open_target
from sheets_agent.viewing import View


@dataclass(frozen=True)
class _Run:
    """One run that is open in this process."""

    run_id: str
    task: str
    target: Target
    context: Context

    def close(self) -> None:
        """Let go of the spreadsheet and of the models' connections."""
        self.target.close()
        self.context.chats.close()

    @property
    def config(self) -> RunnableConfig:
        return {"configurable": {"thread_id": self.run_id}, "recursion_limit": 100}


class SheetsAgent:
    """Does work in a spreadsheet, in Google Sheets or in a local file.

    Args:
        settings: everything that can be set; by default from the environment and the user's configuration file.
        model: overrides `settings.model`: a provider string ("gigachat:GigaChat-2-Max", "openai:gpt-5", "ollama:…")
            or a LangChain chat model.
        models: a model for single roles, such as {"planner": "openai:gpt-5"}.
        person: who is asked; without one a needed question pauses the run, and `resume()` goes on.
        on_event: called with every event of a run, from the thread that runs it.
    """

    def __init__(
        self,
        settings: Settings | None = None,
        *,
        model: str | BaseChatModel | None = None,
        models: Mapping[str, str | BaseChatModel] | None = None,
        person: Person | None = None,
        on_event: Listener | None = None,
    ) -> None:
        self.settings = settings or load()
        self._model = model
        self._models = dict(models or {})
        self._person = person
        self._listener: Listener = on_event or (lambda event: None)
        self._open: dict[str, _Run] = {}

    def run(
        self,
        target: str | Path,
        task: str,
        *,
        output: str | Path | None = None,
        in_place: bool = False,
        dry_run: bool = False,
    ) -> RunResult:
        """Do a task in a spreadsheet.

        Args:
            target: a spreadsheet id, a Google Sheets URL, or a path to an .xlsx or .csv file.
            task: what to do, in the person's own words.
            output: where a local file's result is written; by default beside it, as `name.agent.xlsx`.
            in_place: write a local file's result over the file itself.
            dry_run: plan, try and check, but write nothing.

        Returns:
            What was done. With no person to ask, a run that needs one comes back with status PAUSED.

        Raises:
            SheetsAgentError: for everything a person can mend; see `sheets_agent.errors`.
        """
        if not task.strip():
            raise UsageError("The task is empty.", "Say what to do, for example: “Chart revenue by month”.")
        run = self._start(target, task, output, in_place, reading=dry_run)
        first: RunState = {
            "task": task,
            "target": str(target),
            "output": None if output is None else str(output),
            "in_place": in_place,
            "sheet_id": run.target.sheet_id,
            "dry_run": dry_run,
            "plans_left": 1 + self.settings.max_rounds,
            "corrections_left": self.settings.max_rounds,
            "notes": run.target.notes,
        }
        return self._advance(run, first)

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
            self.settings, model=self._model, models=self._models, person=self._person, on_event=listen
        )

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

    def resume(self, run_id: str, answer: Mapping[str, Any]) -> RunResult:
        """Go on with a paused run.

        Args:
            run_id: of the paused result.
            answer: `{"decisions": [{"type": "approve"}]}` for a plan, `{"decisions": [{"type": "respond",
                "message": "…"}, …]}` for questions; see `sheets_agent.feedback.person`.

        Raises:
            UsageError: when no such run is paused, the answer is malformed (the run stays paused), or the run cannot
                go on because it worked on a file in another process and had written to its copy of it.
        """
        with checkpoints() as saver:
            kept = build_graph(saver).get_state({"configurable": {"thread_id": run_id}})
        if not kept.interrupts:
            raise UsageError(f"No run {run_id} is paused.", "Start the task again with `run`.")
        check_answer(kept.interrupts[0].value, answer)
        run = self._open.get(run_id) or self._reopened(run_id, cast(RunState, kept.values))
        return self._advance(run, Command(resume=dict(answer)))

    def _reopened(self, run_id: str, state: RunState) -> _Run:
        """A run that another process left paused."""
        run = self._start(
            state["target"], state["task"], state["output"], state["in_place"], reading=False, run_id=run_id
        )
        if run.target.local and state.get("wrote"):
            run.close()
            raise UsageError(
                f"Run {run_id} had written to a copy of {state['target']} that is gone with its process.",
                "The file itself is unchanged: start the task again with `run`.",
            )
        return run

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
                return look(run.context, run.target.sheet_id)
            state: RunState = {"task": task or "Describe the spreadsheet.", "sheet_id": run.target.sheet_id}
            return retrieve_stage(state, Runtime(context=run.context))["description"]
        finally:
            run.close()

    def plan(self, target: str | Path, task: str) -> RunResult:
        """A plan for a task, tried and criticised. Writes nothing; nobody is asked."""
        if not task.strip():
            raise UsageError("The task is empty.", "Say what to do, for example: “Chart revenue by month”.")
        run = self._start(target, task, reading=True)
        runtime = Runtime(context=run.context)
        state: RunState = {
            "task": task,
            "sheet_id": run.target.sheet_id,
            "dry_run": True,
            "notes": run.target.notes,
        }
        try:
            for stage in (retrieve_stage, plan_stage, reflect_stage):
                state = {**state, **stage(state, runtime)}
        finally:
            run.close()
        return self._result(run, state, Status.DRY_RUN)

    # ------------------------------------------------------------------------------------------------- machinery

    def _start(
        self,
        target: str | Path,
        task: str,
        output: str | Path | None = None,
        in_place: bool = False,
        *,
        reading: bool,
        run_id: str = "",
    ) -> _Run:
        chats = Chats(
            self._model or self.settings.model,
            {**self.settings.models, **self._models},
            prices=self.settings.prices,
            timeout=self.settings.model_timeout,
            temperature=self.settings.temperature,
            listener=self._listener,
        )
        prompts = Prompts(self.settings.prompts)
        opened = open_target(
            str(target), self.settings, output=output, in_place=in_place, reading=reading, on_wait=self._waiting
        )
        for note in opened.notes:
            self._listener(Note(note))
        context = Context(
            client=opened.client,
            spreadsheet_id=opened.spreadsheet_id,
            copies=Copies(opened.client, opened.spreadsheet_id),
            chats=chats,
            prompts=prompts,
            settings=self.settings,
            emit=self._listener,
        )
        return _Run(run_id or uuid.uuid4().hex[:12], task, opened, context)

    def _waiting(self, why: str, seconds: float) -> None:
        self._listener(Waiting(why, seconds))

    def _advance(self, run: _Run, step: RunState | Command[Any]) -> RunResult:
        """Go on until the run ends or needs somebody who is not here."""
        self._open.pop(run.run_id, None)
        try:
            state, request = self._until_asked(run, step)
        except KeyboardInterrupt:
            self._listener(Note(_interrupted(run)))
            run.close()
            raise
        except BaseException:
            run.close()
            raise
        if request is not None:
            self._open[run.run_id] = run
            return self._paused(run, state, request)
        return self._finished(run, state)

    def _until_asked(self, run: _Run, step: RunState | Command[Any]) -> tuple[RunState, dict[str, Any] | None]:
        """Run the graph; whoever is here answers its questions.

        Returns:
            The state, and the request that nobody here can answer, None at the end. Only then a checkpoint stays.
        """
        paused = False
        with checkpoints() as saver:
            graph = build_graph(saver)
            try:
                state, request = _invoke(graph, run, step)
                while request is not None and self._person is not None:
                    state, request = _invoke(graph, run, Command(resume=ask(self._person, request)))
                paused = request is not None
            except SheetsAgentError as error:
                state, request = _written_before(error, graph, run), None
            finally:
                if not paused:
                    saver.delete_thread(run.run_id)
        return state, request

    def _finished(self, run: _Run, state: RunState) -> RunResult:
        try:
            files, losses = run.target.finish(changed=state.get("wrote", False))
        finally:
            run.close()
        result = self._result(run, state, state["status"])
        paths = tuple(str(path) for path in files)
        view = View(run.context.client, run.context.spreadsheet_id, state.get("written", ()))
        return result.model_copy(update={"files": paths, "notes": (*result.notes, *losses)}).viewed_through(view)

    def _paused(self, run: _Run, state: RunState, request: dict[str, Any]) -> RunResult:
        result = self._result(run, state, Status.PAUSED)
        actions = request["action_requests"]
        if actions[0]["name"] == APPLY:
            asked = Question(
                text="May this plan be written?", options=("approve", "edit", "reject"), about=actions[0]["description"]
            )
            questions: tuple[Question, ...] = (asked,)
        else:
            questions = tuple(Question.model_validate(action["args"]) for action in actions)
        summary = "Nothing was written yet: the run waits for an answer."
        return result.model_copy(update={"questions": questions, "summary": summary})

    def _result(self, run: _Run, state: RunState, status: Status) -> RunResult:
        client = run.context.client
        trial = state.get("trial")
        return RunResult(
            run_id=run.run_id,
            task=run.task,
            status=status,
            summary=state.get("summary", ""),
            spreadsheet_id=run.context.spreadsheet_id,
            description=state.get("description"),
            plan=state.get("plan"),
            critiques=state.get("critiques", ()),
            diff=state.get("diff") or (trial.diff if trial else Diff()),
            facts=trial.facts if trial else (),
            tool_calls=state.get("tool_calls", ()),
            problems=state.get("problems", ()),
            usage=Usage(roles=run.context.chats.usage(), api_reads=client.reads, api_writes=client.writes),
            timings=state.get("timings", {}),
            notes=state.get("notes", ()),
        )


def _invoke(graph: Graph, run: _Run, step: RunState | Command[Any]) -> tuple[RunState, dict[str, Any] | None]:
    """Run the graph to its end or to its next pause.

    Returns:
        The state, and the request of the pause, None at the end.
    """
    state: dict[str, Any] = graph.invoke(step, run.config, context=run.context, durability="sync")
    pauses = state.pop("__interrupt__", ())
    return cast(RunState, state), pauses[0].value if pauses else None


def _written_before(error: SheetsAgentError, graph: Graph, run: _Run) -> RunState:
    """How a run ends that fails after it has written: with what it wrote, and with the reason. Else it just fails."""
    state = cast(RunState, graph.get_state(run.config).values)
    if not state.get("wrote"):
        raise error
    summary = f"{state.get('summary', '')} The plan was written, but the run could not go on: {error}".strip()
    return {**state, "status": Status.INCOMPLETE, "summary": summary}


def _interrupted(run: _Run) -> str:
    if run.target.local:
        return "Interrupted: nothing was saved."
    if not run.context.client.writes:
        return "Interrupted: nothing was written."
    written = ", ".join(dict.fromkeys(run.context.journal))
    if not written:
        return "Interrupted while writing, which may or may not have landed; look at the spreadsheet's version history."
    return f"Interrupted after writing {written}; the version history of the spreadsheet has it."
