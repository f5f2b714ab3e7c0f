"""Threads: runs that follow one another in one dialogue.

A thread is a LangGraph thread. While a run goes on, its checkpoints are there; when it has ended they are replaced by
one that holds only the memory of the thread: its history and where to go on. A thread is called like its first run; the
runs that follow put a dot and letters of their own behind, so that each of them names the thread.
"""

from __future__ import annotations

import datetime
import uuid
from pathlib import Path
from typing import Any, cast

from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import BaseCheckpointSaver

from sheets_agent.dialogue import turn_of, with_turn
from sheets_agent.errors import UsageError
from sheets_agent.graph import build_graph
from sheets_agent.run_state import RunState
from sheets_agent.state.done import Status

DAYS = 30
"""How long the memory of a thread is kept after its last run."""
MEMORY = ("history", "target", "output", "in_place", "files")


def thread_of(run_id: str) -> str:
    """The thread that a run belongs to."""
    return run_id.partition(".")[0]


def next_run(run_id: str) -> str:
    """An id for a run that follows in the thread of another one."""
    return f"{thread_of(run_id)}.{uuid.uuid4().hex[:6]}"


def config_of(run_id: str) -> RunnableConfig:
    """What LangGraph knows a run's thread by."""
    return {"configurable": {"thread_id": thread_of(run_id)}, "recursion_limit": 100}


def settle(saver: BaseCheckpointSaver[Any], run_id: str) -> None:
    """Replace the checkpoints of a run that has ended, or failed, by the memory of its thread.

    A first run that failed leaves nothing; threads that nobody has followed for long are forgotten.
    """
    config, graph = config_of(run_id), build_graph(saver)
    state = graph.get_state(config).values
    saver.delete_thread(thread_of(run_id))
    if state.get("history"):
        graph.update_state(config, {name: state[name] for name in MEMORY if name in state}, as_node="finish")
    _forget_old(saver)


def give_up(saver: BaseCheckpointSaver[Any], run_id: str, *, wrote: bool) -> None:
    """Settle a run that did not come to its end, and will not.

    Args:
        saver: where checkpoints are kept.
        run_id: of the run.
        wrote: whether what its state says it wrote is there; of a file nothing is there before the run ends.
    """
    config, graph = config_of(run_id), build_graph(saver)
    state = cast(RunState, graph.get_state(config).values)
    if wrote and state.get("wrote"):
        ended: RunState = {**state, "status": Status.INCOMPLETE, "summary": "It was given up before its end."}
        history = with_turn(state.get("history", ()), turn_of(ended))
        graph.update_state(config, {"history": history}, as_node="finish")
    settle(saver, run_id)


def unsay(saver: BaseCheckpointSaver[Any], run_id: str) -> None:
    """Take the last turn out of a thread's memory: what it did was not saved."""
    config, graph = config_of(run_id), build_graph(saver)
    history = graph.get_state(config).values.get("history", ())
    graph.update_state(config, {"history": history[:-1]}, as_node="finish")


def go_on_with(saver: BaseCheckpointSaver[Any], run_id: str, file: Path) -> None:
    """Let the runs that follow work on the file that this one has written."""
    build_graph(saver).update_state(
        config_of(run_id), {"target": str(file.resolve()), "output": None, "in_place": True}, as_node="finish"
    )


def recall(saver: BaseCheckpointSaver[Any], run_id: str) -> RunState:
    """The memory of a run's thread.

    Raises:
        UsageError: when there is none, or the thread's last run waits for an answer.
    """
    kept = build_graph(saver).get_state(config_of(run_id))
    if kept.interrupts:
        raise UsageError(f"Run {run_id} waits for an answer.", "Answer it with `resume` first.")
    if "task" in kept.values:
        raise UsageError(f"Run {run_id} did not come to its end.", f"Go on with it: sheets-agent resume {run_id}")
    if not kept.values.get("history"):
        raise UsageError(
            f"Nothing is known of a run {run_id}: it never ended, or is over {DAYS} days old.",
            "Start anew with `run`.",
        )
    return cast(RunState, {name: value for name, value in kept.values.items() if name in MEMORY})


def last(saver: BaseCheckpointSaver[Any]) -> str:
    """The thread that was worked in last.

    Raises:
        UsageError: when there is none.
    """
    newest = max(saver.list(None), key=lambda found: str(found.checkpoint["ts"]), default=None)
    if newest is None:
        raise UsageError("There is no earlier run to follow.", "Start with `run`.")
    return str(newest.config["configurable"]["thread_id"])


def _forget_old(saver: BaseCheckpointSaver[Any]) -> None:
    """Delete threads that nobody has followed for long; runs that wait for an answer stay."""
    limit = datetime.datetime.now(datetime.UTC) - datetime.timedelta(days=DAYS)
    newest: dict[str, datetime.datetime] = {}
    for found in saver.list(None):
        thread = str(found.config["configurable"]["thread_id"])
        at = datetime.datetime.fromisoformat(str(found.checkpoint["ts"]))
        newest[thread] = max(at, newest.get(thread, at))
    for thread, at in newest.items():
        if at < limit and not build_graph(saver).get_state(config_of(thread)).interrupts:
            saver.delete_thread(thread)
