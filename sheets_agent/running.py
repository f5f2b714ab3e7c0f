"""One run of the graph: from a step to its end or its next question, and what comes of it as a result."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from langchain_core.runnables import RunnableConfig
from langgraph.types import Command

from sheets_agent import threads
from sheets_agent.chat.kept import opened
from sheets_agent.checkpoints import checkpoints, runs_file
from sheets_agent.dialogue import turn_of, with_turn
from sheets_agent.errors import FileError, SheetsAgentError
from sheets_agent.feedback.decided import Decided
from sheets_agent.feedback.desk import Desk
from sheets_agent.feedback.person import APPLY, REVIEW, Person, Work, ask
from sheets_agent.feedback.posted import Posted
from sheets_agent.graph import Graph, build_graph
from sheets_agent.resuming import Left
from sheets_agent.run_state import Context, RunState
from sheets_agent.state.done import Intent, Question, Status, Usage
from sheets_agent.state.planned import Diff
from sheets_agent.state.result import RunResult
from sheets_agent.targets import Target
from sheets_agent.viewing import View


class Stopped(BaseException):
    """Raised by a listener to stop a run where it is. The run stays unfinished, and can be gone on with."""


@dataclass(frozen=True)
class Run:
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
    def decided(self) -> Decided:
        """What was answered at its pauses."""
        return Decided(opened(str(runs_file())), self.run_id)

    @property
    def config(self) -> RunnableConfig:
        """What LangGraph knows the run by."""
        return threads.config_of(self.run_id)


def until_asked(
    run: Run, step: RunState | Command[Any] | Left | None, person: Person | None, desk: Desk | None = None
) -> tuple[RunState, dict[str, Any] | None]:
    """Run the graph; whoever is here answers its questions, or whoever the desk waits for.

    Args:
        run: the run.
        step: how it goes on; a run that was left waiting is waited for first.
        person: who is here.
        desk: where people are waited for who are not. Where it fails or is interrupted, the run stays paused.

    Returns:
        The state, and the request that nobody has answered, None at the end. Of a run that failed only the memory of
        its thread stays.

    Raises:
        Unanswered: waiting failed or was interrupted.
    """
    with checkpoints() as saver:
        graph = build_graph(saver)
        try:
            state, request = (step.state, step.request) if isinstance(step, Left) else _invoke(graph, run, step)
            while request is not None:
                number = state.get("pauses", 0) + 1
                answer = run.decided.find(request, number)
                if answer is None:
                    answer = ask(person, request) if person is not None else _waited(desk, request, number)
                if answer is None:
                    break
                run.decided.keep(request, number, answer)
                state, request = _invoke(graph, run, Command(resume=answer))
        except (Stopped, Unanswered, sqlite3.Error):  # `resume` goes on from what is kept
            raise
        except BaseException as error:
            if isinstance(error, SheetsAgentError) and (ended := _written_before(error, graph, run)):
                return ended, None
            _settle(run)
            raise
    return state, request


class Unanswered(Exception):
    """Waiting for people failed or was interrupted; the run stays paused. The cause is what is shown."""


def _waited(desk: Desk | None, request: dict[str, Any], number: int) -> dict[str, Any] | None:
    if desk is None:
        return None
    try:
        return desk.answer(request, number)
    except BaseException as error:
        raise Unanswered from error


def _settle(run: Run) -> None:
    """Keep of a run that has ended, or failed, what its thread remembers, and nothing else."""
    with checkpoints() as saver:
        threads.settle(saver, run.run_id)
    run.context.chats.forget_answers()
    run.context.batches.forget()
    run.decided.forget()
    Posted(opened(str(runs_file())), run.run_id).forget()


def finished(run: Run, state: RunState, saved: Path | None = None) -> RunResult:
    """The result of a run that ended; a local file's is written.

    Args:
        run: the run.
        state: what it knew last.
        saved: the file that it had written already before its process was killed.

    Raises:
        FileError: when it cannot be written.
    """
    try:
        result = kept(run, state, saved)
    except FileError:
        with checkpoints() as saver:
            threads.unsay(saver, run.run_id)
        raise
    finally:
        _settle(run)
    if result.files:
        with checkpoints() as saver:
            threads.go_on_with(saver, run.run_id, Path(result.files[0]))
    return result


def kept(run: Run, state: RunState, saved: Path | None = None) -> RunResult:
    """What a run leaves behind outside of its thread: a file's result is written, marks are removed, all is closed.

    Args:
        run: the run.
        state: what it knew last.
        saved: the file that it had written already before its process was killed.

    Raises:
        FileError: when it cannot be written.
    """
    last = max((step.batch or 0 for step in state.get("steps", ())), default=0)
    marks = run.context.batches.unmark(run.context.client, run.context.spreadsheet_id, last)
    try:
        changed = state.get("wrote", False) and saved is None
        files, losses = run.target.finish(changed, run.context.undo.saving)
        files = files or (() if saved is None else (saved,))
    finally:
        run.close()
    result = result_of(run, state, state["status"])
    paths = tuple(str(path) for path in files)
    view = View(run.context.client, run.context.spreadsheet_id, state.get("written", ()))
    notes = (*result.notes, *losses, *run.context.undo.notes, *marks)
    return result.model_copy(update={"files": paths, "notes": notes}).viewed_through(view)


def paused(run: Run, state: RunState, request: dict[str, Any], waiting: str = "") -> RunResult:
    """The result of a run that waits for an answer, with its questions; `waiting` says for what and where."""
    result = result_of(run, state, Status.PAUSED)
    actions = request["action_requests"]
    if actions[0]["name"] == APPLY:
        asked = Question(
            text="May this plan be written?", options=("approve", "edit", "reject"), about=actions[0]["description"]
        )
        questions: tuple[Question, ...] = (asked,)
    elif actions[0]["name"] == REVIEW:
        work = Work.model_validate(actions[0]["args"])
        text = f"Is this {work.kind} as it should be?"
        questions = (Question(text=text, options=("approve", "respond", "reject"), about=work.text, cell=work.cell),)
    else:
        questions = tuple(Question.model_validate(action["args"]) for action in actions)
    done = "The plan was written; a correction" if state.get("wrote") else "Nothing was written yet: the run"
    summary = f"{done} waits for {waiting or 'an answer'}."
    if waiting:
        summary += f" Go on waiting: sheets-agent resume {run.run_id}"
    return result.model_copy(update={"questions": questions, "summary": summary})


def result_of(run: Run, state: RunState, status: Status) -> RunResult:
    """What is known of a run, as a result."""
    client = run.context.client
    trial = state.get("trial")
    return RunResult(
        run_id=run.run_id,
        task=run.task,
        intent=state.get("intent", Intent.COMMAND),
        status=status,
        summary=state.get("summary", ""),
        spreadsheet_id=run.context.spreadsheet_id,
        description=state.get("description"),
        plan=state.get("plan"),
        critiques=state.get("critiques", ()),
        diff=state.get("diff") or (trial.diff if trial else Diff()),
        facts=trial.facts if trial else (),
        search=state.get("search"),
        steps=state.get("steps", ()),
        calculations=state.get("calculations", ()),
        tool_calls=state.get("tool_calls", ()),
        problems=state.get("problems", ()),
        usage=Usage(roles=run.context.chats.usage(), api_reads=client.reads, api_writes=client.writes),
        timings=state.get("timings", {}),
        notes=state.get("notes", ()),
    )


def _invoke(graph: Graph, run: Run, step: RunState | Command[Any] | None) -> tuple[RunState, dict[str, Any] | None]:
    """Run the graph to its end or to its next pause.

    Returns:
        The state, and the request of the pause, None at the end.
    """
    state: dict[str, Any] = graph.invoke(step, run.config, context=run.context, durability="sync")
    pauses = state.pop("__interrupt__", ())
    return cast(RunState, state), pauses[0].value if pauses else None


def _written_before(error: SheetsAgentError, graph: Graph, run: Run) -> RunState | None:
    """How a run ends that fails after it has written: with what it wrote, and the reason. None where it has not."""
    state = cast(RunState, graph.get_state(run.config).values)
    if not state.get("wrote"):
        return None
    summary = f"{state.get('summary', '')} The plan was written, but the run could not go on: {error}".strip()
    ended: RunState = {**state, "status": Status.INCOMPLETE, "summary": summary}
    history = with_turn(state.get("history", ()), turn_of(ended))
    graph.update_state(run.config, {"history": history}, as_node="finish")
    return {**ended, "history": history}


def interrupted(run: Run) -> str:
    """What an interrupted run leaves behind, in a sentence."""
    if run.target.local:
        return "Interrupted: nothing was saved."
    if not run.context.client.writes:
        return "Interrupted: nothing was written."
    written = ", ".join(dict.fromkeys(run.context.journal))
    if not written:
        return "Interrupted while writing, which may or may not have landed; look at the spreadsheet's version history."
    return f"Interrupted after writing {written}; the version history has it, `sheets-agent undo` takes it back."
