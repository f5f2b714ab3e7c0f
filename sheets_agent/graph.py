"""The graph of a run, on one page.

    retrieve → clarify → review_description → plan → reflect → approve → execute → verify → review_result → finish
        ▲                        │              ▲        │         │                  │           │  └► offer_undo ▲
        └────────────────────────┘              └────────┴─────────┘     correct ◄────┴───────────┘         └──────┘
              (sent back)                 (facts, or the person, say no)    └──► reflect

A correction that the person sends back with a reason goes to `correct` once more: a whole new plan would not know what
is written already.

`clarify`, `approve`, the reviews and `offer_undo` are where a person is asked: they pause with LangGraph's
`interrupt()`, which re-enters the node from its top when the answer comes, and so they do nothing else. Everything else
is a plain function from the state to a partial update; what it needs arrives in `Context`.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.graph import END, START, StateGraph
from langgraph.graph.state import CompiledStateGraph
from langgraph.runtime import Runtime

from sheets_agent.events import StageEnded, StageStarted
from sheets_agent.run_state import Context, RunState
from sheets_agent.stages.approve import after_approval, approve
from sheets_agent.stages.clarify import clarify
from sheets_agent.stages.correct import correct
from sheets_agent.stages.execute import after_execution, execute
from sheets_agent.stages.finish import finish
from sheets_agent.stages.plan import plan
from sheets_agent.stages.reflect import after_reflection, reflect
from sheets_agent.stages.retrieve import retrieve
from sheets_agent.stages.review import after_description, after_review, offer_undo, review_description, review_result
from sheets_agent.stages.verify import after_verification, verify

STAGES = (
    retrieve,
    clarify,
    review_description,
    plan,
    reflect,
    approve,
    execute,
    verify,
    correct,
    review_result,
    offer_undo,
    finish,
)
Stage = Callable[[RunState, Runtime[Context]], RunState]
Graph = CompiledStateGraph[RunState, Context, RunState, RunState]


def build_graph(checkpointer: BaseCheckpointSaver[Any] | None = None) -> Graph:
    """The compiled graph; with a checkpointer it can pause for a person and go on."""
    graph = StateGraph(RunState, context_schema=Context)
    for stage in STAGES:
        graph.add_node(stage.__name__, _told(stage))  # type: ignore[call-overload]
    graph.add_edge(START, "retrieve")
    graph.add_edge("retrieve", "clarify")
    graph.add_edge("clarify", "review_description")
    graph.add_conditional_edges("review_description", after_description, ["plan", "retrieve", "finish"])
    graph.add_edge("plan", "reflect")
    graph.add_conditional_edges("reflect", after_reflection, ["plan", "approve", "finish"])
    graph.add_conditional_edges("approve", after_approval, ["plan", "correct", "execute", "reflect", "finish"])
    graph.add_conditional_edges("execute", after_execution, ["verify", "retrieve", "finish"])
    graph.add_conditional_edges("verify", after_verification, ["correct", "review_result"])
    graph.add_conditional_edges("review_result", after_review, ["correct", "offer_undo", "finish"])
    graph.add_edge("offer_undo", "finish")
    graph.add_edge("correct", "reflect")
    graph.add_edge("finish", END)
    return graph.compile(checkpointer=checkpointer)


def _told(stage: Stage) -> Stage:
    """The same stage, telling the listener when it starts and ends."""
    name = stage.__name__

    def told(run: RunState, runtime: Runtime[Context]) -> RunState:
        emit = runtime.context.emit
        emit(StageStarted(name))
        started = time.perf_counter()
        update = stage(run, runtime)
        seconds = time.perf_counter() - started
        emit(StageEnded(name, seconds, update.pop("outcome", "")))
        timings = dict(run.get("timings", {}))
        timings[name] = timings.get(name, 0.0) + seconds
        return {**update, "timings": timings}

    told.__name__ = name
    return told
