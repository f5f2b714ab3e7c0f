"""The agent inside somebody else's graph.

Its graph is a LangGraph graph like any other; `Subgraph` is that graph, what its nodes work with, and what it starts
from. `node` makes a node of it for a graph with a state of its own:

    builder.add_node("sheets", node(SheetsAgent(), "sales.xlsx"))
    app = builder.compile(checkpointer=InMemorySaver(serde=serializer()))
    app.invoke({"task": "Add a revenue column"}, config)        # → {"task": …, "result": {…}}

Where the agent needs a person, its interrupt is the parent's: `app.invoke(Command(resume={"decisions": […]}), config)`
goes on.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from langgraph.errors import GraphBubbleUp
from langgraph.runtime import Runtime, get_runtime

from sheets_agent.errors import UsageError
from sheets_agent.graph import Graph
from sheets_agent.resuming import held
from sheets_agent.run_state import Context, RunState
from sheets_agent.running import Run, kept
from sheets_agent.state.result import RunResult

if TYPE_CHECKING:
    from sheets_agent.agent import SheetsAgent

STEPS = 100
"""Steps that one run may take through its graph."""


@dataclass(frozen=True)
class Subgraph:
    """One run, ready to be carried out by another graph.

    Attributes:
        graph: compiled without a checkpointer: inside another graph it has that one's.
        first: the state it starts from.
        run: what is open for it.
    """

    graph: Graph
    first: RunState
    run: Run

    @property
    def context(self) -> Context:
        """What the nodes work with: `graph.invoke(first, context=context)`."""
        return self.run.context

    def finish(self, state: RunState) -> RunResult:
        """Save a file's result, let go of the spreadsheet, and say what was done. Once, with the last state.

        Raises:
            FileError: the result cannot be written.
            UsageError: the run was paused after it had written to a file, in a process that is gone.
        """
        run = self.run
        if run.target.local and not set(state.get("written", ())) <= set(run.context.journal):
            self.close()
            raise UsageError(
                "What the run had written to the file was in a process that is gone; nothing was saved.",
                "Start the task again.",
            )
        try:
            return kept(run, state)
        finally:
            self.close()

    def close(self) -> None:
        """Let go of the spreadsheet, without saving, and of what was kept to go on with."""
        self.run.close()
        self.run.context.chats.forget_answers()
        self.run.context.batches.forget()


Node = Callable[[Mapping[str, Any]], dict[str, Any]]


def node(
    agent: SheetsAgent,
    target: str | Path,
    *,
    output: str | Path | None = None,
    in_place: bool = False,
    task: str = "task",
    result: str = "result",
) -> Node:
    """The agent as a node of another graph.

    Args:
        agent: whose model and settings count; its person and channel are not asked: who resumes the graph is.
        target: what it works on.
        output: where a file's result goes.
        in_place: write a file's result over the file itself.
        task: the key of the parent's state that holds what to do.
        result: the key that gets the result: a `RunResult` as JSON.
    """
    open_: dict[str, Subgraph] = {}

    def sheets(state: Mapping[str, Any]) -> dict[str, Any]:
        run_id = _run_id()
        with held(run_id):
            if run_id not in open_:
                open_[run_id] = agent.subgraph(
                    target, str(state[task]), output=output, in_place=in_place, run_id=run_id
                )
            opened = open_[run_id]
            try:
                last = opened.graph.invoke(opened.first, {"recursion_limit": STEPS}, context=opened.context)
            except GraphBubbleUp:  # somebody is asked, and the node is entered again with the answer
                raise
            except BaseException:
                del open_[run_id]
                opened.close()
                raise
            del open_[run_id]
            return {result: opened.finish(last).model_dump(mode="json")}  # type: ignore[arg-type]

    return sheets


def _run_id() -> str:
    """An id that is the same when the node is entered again."""
    try:
        runtime: Runtime[Any] | None = get_runtime()
    except (KeyError, RuntimeError):
        runtime = None
    info = runtime.execution_info if runtime is not None else None
    if info is None:
        return uuid.uuid4().hex[:12]
    return hashlib.sha256(f"{info.thread_id} {info.task_id}".encode()).hexdigest()[:12]
