"""The agent as a part of another LangGraph graph."""

from __future__ import annotations

from pathlib import Path
from typing import Any, TypedDict

import pytest
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.checkpoint.sqlite import SqliteSaver
from langgraph.graph import END, START, StateGraph
from langgraph.types import Command
from protocol_server import ProtocolServer
from scenario import HEADER, OVERWRITING, REVENUE, TASK, agent, cells, describes, plans, sums_up

from sheets_agent.checkpoints import serializer
from sheets_agent.errors import UnusableAnswer
from sheets_agent.run_state import Context, RunState
from sheets_agent.state.done import Status
from sheets_agent.subgraph import node
from sheets_agent.undo.journal import Journal
from sheets_agent.undo.undoing import past_runs

YES = Command(resume={"decisions": [{"type": "approve"}]})
CONFIG: Any = {"configurable": {"thread_id": "1"}}


class Parent(TypedDict, total=False):
    request: str
    task: str
    result: dict[str, Any]
    report: str


def parent(sheets: Any, checkpointer: Any = None) -> Any:
    """A graph with a state of its own around the agent."""
    graph = StateGraph(Parent)
    graph.add_node("ask", lambda state: {"task": state["request"]})
    graph.add_node("sheets", sheets)
    graph.add_node("report", lambda state: {"report": f"Reported: {state['result']['summary']}"})
    graph.add_edge(START, "ask")
    graph.add_edge("ask", "sheets")
    graph.add_edge("sheets", "report")
    graph.add_edge("report", END)
    return graph.compile(checkpointer=checkpointer)


def test_a_node_does_the_task_of_the_parents_state(openai_server: ProtocolServer, sales: Path) -> None:
    openai_server.script(describes(), plans(HEADER, REVENUE), sums_up("Fertig."))
    state = parent(node(agent(), sales)).invoke({"request": TASK})
    assert state["report"] == "Reported: Fertig."
    assert state["result"]["status"] == "done"
    assert cells(state["result"]["files"][0], "Продажи")["E2"] == 40
    assert [run.run_id for run in past_runs(Journal())] == [state["result"]["run_id"]]


def test_its_question_is_the_parents_and_nothing_is_done_twice(
    openai_server: ProtocolServer, sales: Path, caplog: pytest.LogCaptureFixture
) -> None:
    openai_server.script(describes(), plans(OVERWRITING), sums_up())
    app = parent(node(agent(), sales), InMemorySaver(serde=serializer()))
    paused = app.invoke({"request": TASK}, CONFIG)
    [pause] = paused["__interrupt__"]
    assert pause.value["action_requests"][0]["name"] == "apply_plan"
    assert list(sales.parent.iterdir()) == [sales]
    state = app.invoke(YES, CONFIG)
    assert state["result"]["status"] == "done"
    assert cells(state["result"]["files"][0], "Продажи")["A1"] == "Выручка"
    assert openai_server.left == 0
    assert "unregistered" not in caplog.text


def test_another_process_goes_on(openai_server: ProtocolServer, sales: Path, tmp_path: Path) -> None:
    openai_server.script(describes(), plans(OVERWRITING), sums_up())
    path = str(tmp_path / "parent.sqlite")
    with SqliteSaver.from_conn_string(path) as saver:
        saver.serde = serializer()
        assert "__interrupt__" in parent(node(agent(), sales), saver).invoke({"request": TASK}, CONFIG)
    with SqliteSaver.from_conn_string(path) as saver:  # a new node, as in another process
        saver.serde = serializer()
        state = parent(node(agent(), sales), saver).invoke(YES, CONFIG)
    assert state["result"]["status"] == "done"
    assert cells(state["result"]["files"][0], "Продажи")["A1"] == "Выручка"
    assert openai_server.left == 0


def test_what_was_written_in_a_process_that_is_gone_is_not_taken_for_saved(
    openai_server: ProtocolServer, sales: Path
) -> None:
    """Paused after the writing, before a correction: a file's contents were in that process."""
    openai_server.script(describes(), plans(HEADER), sums_up())
    begun = agent().subgraph(sales, TASK)
    state = begun.graph.invoke(begun.first, context=begun.context)
    begun.close()
    later = agent().subgraph(sales, TASK)
    with pytest.raises(Exception, match="process that is gone"):
        later.finish(state)  # type: ignore[arg-type]
    assert list(sales.parent.iterdir()) == [sales]


def test_a_failure_lets_go_of_the_spreadsheet(openai_server: ProtocolServer, sales: Path) -> None:
    from protocol_replies import Reply

    openai_server.script(describes(), *[Reply(text="no plan")] * 3)
    sheets = node(agent(), sales)
    with pytest.raises(UnusableAnswer):
        parent(sheets).invoke({"request": TASK})
    openai_server.script(describes(), plans(HEADER), sums_up())
    assert parent(sheets).invoke({"request": TASK})["result"]["status"] == "done"


def test_the_compiled_graph_itself_is_a_node_of_a_graph_with_the_same_state(
    openai_server: ProtocolServer, sales: Path
) -> None:
    openai_server.script(describes(), plans(OVERWRITING), sums_up())
    part = agent().subgraph(sales, TASK)
    builder = StateGraph(RunState, context_schema=Context)
    builder.add_node("sheets", part.graph)
    builder.add_edge(START, "sheets")
    app = builder.compile(checkpointer=InMemorySaver(serde=serializer()))
    assert "__interrupt__" in app.invoke(part.first, CONFIG, context=part.context)
    result = part.finish(app.invoke(YES, CONFIG, context=part.context))  # type: ignore[arg-type]
    assert result.status is Status.DONE
    assert cells(result.files[0], "Продажи")["A1"] == "Выручка"
