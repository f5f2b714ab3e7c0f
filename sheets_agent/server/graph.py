"""The graph that LangGraph's server serves.

    begin ──► (a question stands?) ──► ask ──► resume ─┐
                    │        ▲                         │
                    ▼        └─────────────────────────┘
                   end

The agent's own graph runs inside `begin` and `resume`, with checkpoints of its own, as it does for the command line.
`ask` puts one question after the other (`forms.py`) and the decisions together, in the shape that chat clients show:
`{"action_requests": […], "review_configs": […]}`, resumed with `{"decisions": […]}`.
"""

from __future__ import annotations

import asyncio
import contextvars
from collections.abc import Callable
from typing import Annotated, Any, TypedDict

from langchain_core.messages import AnyMessage, HumanMessage
from langchain_core.runnables import RunnableConfig
from langgraph.graph import END, START, StateGraph
from langgraph.graph.message import add_messages
from langgraph.types import StreamWriter, interrupt

from sheets_agent.server.forms import filled, forms
from sheets_agent.server.relay import Job
from sheets_agent.server.work import WORK

NOT_READ = "What is attached to the message was not read: only its text is."


class Asked(TypedDict, total=False):
    """What a client sends: messages, as chat clients do, or a task; and the spreadsheet, if no text names it."""

    messages: Annotated[list[AnyMessage], add_messages]
    task: str
    target: str


class Told(TypedDict, total=False):
    """What a client gets: the messages with the answer, and how the run ended."""

    messages: Annotated[list[AnyMessage], add_messages]
    result: dict[str, Any] | None


class State(Asked, total=False):
    """The state of a thread. `request` is the question that stands, `answer` what was said to it."""

    result: dict[str, Any] | None
    request: dict[str, Any] | None
    answer: Any


async def begin(state: State, config: RunnableConfig, writer: StreamWriter) -> dict[str, Any]:
    """Do what the last message says."""
    task, new = state.get("task") or "", []
    text, attached = (task, False) if task else _last(state.get("messages", []))
    if task:
        new = [HumanMessage(task)]
    job = _job(config, writer)
    if attached:
        writer({"event": "note", "text": NOT_READ})
    update = await _in_a_thread(job, lambda: WORK.begin(job, text, state.get("target") or ""))
    return {**update, "messages": [*new, *update["messages"]], "task": "", "target": "", "answer": None}


def ask(state: State) -> dict[str, Any]:
    """Wait for a person; re-entered from its top with each answer."""
    asked, decisions = state.get("request"), list[Any]()
    shown = forms(asked)
    if not shown:
        return {"answer": interrupt(asked)}
    for form in shown:
        answer = interrupt(form)
        found = filled(form, answer)
        if found is None:  # whoever reads the answer says what is wrong with it
            return {"answer": answer}
        decisions += found
    return {"answer": {"decisions": decisions}}


async def resume(state: State, config: RunnableConfig, writer: StreamWriter) -> dict[str, Any]:
    """Go on with the answer."""
    job = _job(config, writer)
    answer, asked = state.get("answer"), state.get("request")
    update = await _in_a_thread(job, lambda: WORK.resume(job, answer, asked))
    return {**update, "answer": None}


def after(state: State) -> str:
    """`ask` where a question stands, else the end."""
    return "ask" if state.get("request") else END


def _job(config: RunnableConfig, writer: StreamWriter) -> Job:
    """Who asks, and where, as the server tells it; a client cannot set these."""
    told, here = config["configurable"], contextvars.copy_context()

    def write(event: Any) -> None:  # the writer looks for its stream in the context; a context is for one thread
        here.copy().run(writer, event)

    return Job(str(told["thread_id"]), str(told["run_id"]), str(told["langgraph_auth_user_id"]), write)


def _last(messages: list[AnyMessage]) -> tuple[str, bool]:
    """The text of the last message of the person, and whether anything else is in it."""
    found = next((message for message in reversed(messages) if isinstance(message, HumanMessage)), None)
    if found is None:
        return "", False
    blocks = found.content if isinstance(found.content, list) else []
    return str(found.text), any(isinstance(block, dict) and block.get("type") != "text" for block in blocks)


async def _in_a_thread(job: Job, work: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """Work that waits for models and sheets, outside the event loop and outside this graph's own run.

    Who cancels the job stops the run at its next event, and nothing is written after that.
    """
    loop = asyncio.get_running_loop()
    try:
        # in a context of its own, or the agent's graph would take itself for a part of this one
        return await loop.run_in_executor(None, lambda: contextvars.Context().run(work))
    except asyncio.CancelledError:
        job.stopped.set()
        raise


_graph = StateGraph(State, input_schema=Asked, output_schema=Told)
_graph.add_node("begin", begin)
_graph.add_node("ask", ask)
_graph.add_node("resume", resume)
_graph.add_edge(START, "begin")
_graph.add_conditional_edges("begin", after, ["ask", END])
_graph.add_edge("ask", "resume")
_graph.add_conditional_edges("resume", after, ["ask", END])
graph = _graph.compile(name="sheets-agent")
