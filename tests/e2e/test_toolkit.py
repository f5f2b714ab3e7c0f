"""The tools of a spreadsheet in agents of LangChain and graphs of LangGraph, with the real libraries."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from langchain.agents import create_agent
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage, ToolMessage
from langchain_core.outputs import ChatGeneration, ChatResult
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.graph import START, MessagesState, StateGraph
from langgraph.prebuilt import ToolNode
from langgraph.types import Command
from protocol_replies import Reply
from protocol_server import ProtocolServer
from scenario import Person, cells

from sheets_agent.actions import offered
from sheets_agent.emulator.server import serve
from sheets_agent.emulator.service import Emulator
from sheets_agent.emulator.transport import EmulatorHttp
from sheets_agent.errors import UsageError
from sheets_agent.feedback.person import Decision
from sheets_agent.settings import load
from sheets_agent.sheets.client import SheetsClient
from sheets_agent.toolkit import GraphPerson, SheetsToolkit
from sheets_agent.workbench import Workbench

NOTE = {"target": "'Продажи'!E1", "value": "Ours"}
OVER = {"target": "'Продажи'!A1", "value": "Area"}


class Scripted(BaseChatModel):
    """A model that calls tools from a script."""

    script: list[AIMessage]

    @property
    def _llm_type(self) -> str:
        return "scripted"

    def bind_tools(self, tools: Any, **options: Any) -> Any:
        return self

    def _generate(self, messages: Sequence[BaseMessage], *args: Any, **options: Any) -> ChatResult:
        said = sum(isinstance(message, AIMessage) for message in messages)
        return ChatResult(generations=[ChatGeneration(message=self.script[said])])


def calls(*given: tuple[str, dict[str, Any]]) -> AIMessage:
    return AIMessage("", tool_calls=[{"name": n, "args": a, "id": f"call_{i}"} for i, (n, a) in enumerate(given)])


def agent_of(toolkit: SheetsToolkit, *script: AIMessage, **options: Any) -> Any:
    return create_agent(Scripted(script=[*script, AIMessage("Done.")]), toolkit.get_tools(), **options)


def answers(state: dict[str, Any]) -> list[dict[str, Any]]:
    return [json.loads(str(message.content)) for message in state["messages"] if isinstance(message, ToolMessage)]


def tool(toolkit: SheetsToolkit, name: str) -> Any:
    return next(one for one in toolkit.get_tools() if one.name == name)


def test_there_is_a_tool_for_each_action(sales: Path) -> None:
    toolkit = SheetsToolkit.open(sales)
    names = [one.name for one in toolkit.get_tools()]
    assert names == ["describe_spreadsheet", *offered(files=False), "undo_run"]
    assert [one.name for one in toolkit.get_tools(["read_range"])] == ["describe_spreadsheet", "read_range", "undo_run"]
    with pytest.raises(UsageError, match="write_cell"):
        toolkit.get_tools(["write_cel"])


def test_reading_only(sales: Path) -> None:
    toolkit = SheetsToolkit.open(sales, read_only=True)
    assert [one.name for one in toolkit.get_tools()] == ["describe_spreadsheet", "read_range", "calculate"]
    with pytest.raises(UsageError, match="read-only"):
        toolkit.get_tools(["write_cell"])


def test_an_agent_of_langchain_reads_writes_and_undoes(sales: Path) -> None:
    toolkit = SheetsToolkit.open(sales)
    agent = agent_of(
        toolkit,
        calls(("describe_spreadsheet", {}), ("calculate", {"formula": "=SUM('Продажи'!C2:C13)"})),
        calls(("write_cell", NOTE), ("repeat_formula", {"target": "'Продажи'!E2:E13", "formula": "=C2*D2"})),
        calls(("write_cell", {"target": "'Нет'!A1", "value": "x"}), ("write_cell", OVER)),
        calls(("undo_run", {})),
    )
    found = answers(agent.invoke({"messages": [("user", "go")]}))
    assert "Регион" in found[0]["spreadsheet"]
    assert found[1]["rows"] == [["78"]]
    assert [one["ok"] for one in found] == [True, True, True, True, False, False, True]
    assert "Нет" in found[4]["error"]
    assert "person has to approve" in found[5]["error"]
    shown = cells(found[2]["files"][0], "Продажи")
    assert shown["A1"] == "Регион"
    assert {found[2]["run"], found[3]["run"]} >= {found[6]["undone"]}


def test_real_client_and_real_schemas(openai_server: ProtocolServer, sales: Path) -> None:
    openai_server.script(Reply(calls=[("write_cell", NOTE)]), Reply(text="Done."))
    from langchain_openai import ChatOpenAI

    agent = create_agent(ChatOpenAI(model="gpt-test"), SheetsToolkit.open(sales).get_tools())
    state = agent.invoke({"messages": [("user", "go")]})
    assert answers(state)[0]["ok"]
    sent = {one["function"]["name"]: one["function"] for one in openai_server.chats[0].body["tools"]}
    assert sent["write_cell"]["parameters"]["required"] == ["target", "value"]
    assert cells(answers(state)[0]["files"][0], "Продажи")["E1"] == "Ours"


def test_a_callback_person_approves_edits_and_rejects(sales: Path) -> None:
    from sheets_agent.actions.tools import from_tool_call
    from sheets_agent.state.planned import Plan, Step

    edited = Plan(steps=(Step(action=from_tool_call("write_cell", NOTE)),))
    person = Person(
        Decision(verdict="reject", comment="Not there."),
        Decision(verdict="edit", plan=edited),
        Decision(verdict="approve"),
    )
    toolkit = SheetsToolkit.open(sales, person=person)
    rejected, changed, approved = (json.loads(tool(toolkit, "write_cell").invoke(OVER)) for _ in range(3))
    assert (rejected["ok"], "Not there." in rejected["error"]) == (False, True)
    assert (changed["ok"], approved["ok"]) == (True, True)
    shown = cells(approved["files"][0], "Продажи")
    assert (shown["A1"], shown["E1"]) == ("Area", "Ours")
    assert len(person.reviews) == 3


def test_the_graph_pauses_for_a_person_and_writes_once(sales: Path) -> None:
    toolkit = SheetsToolkit.open(sales, person=GraphPerson())
    config = {"configurable": {"thread_id": "1"}}
    agent = agent_of(toolkit, calls(("write_cell", NOTE), ("write_cell", OVER)), checkpointer=InMemorySaver())
    paused = agent.invoke({"messages": [("user", "go")]}, config)
    [pause] = paused["__interrupt__"]
    assert pause.value["action_requests"][0]["name"] == "apply_plan"
    assert "Регион" in str(pause.value)
    done = answers(agent.invoke(Command(resume={"decisions": [{"type": "approve"}]}), config))
    assert [one["ok"] for one in done] == [True, True]
    assert len(toolkit.bench.history()) == 2
    shown = cells(done[1]["files"][0], "Продажи")
    assert (shown["A1"], shown["E1"]) == ("Area", "Ours")


def test_a_node_that_is_carried_out_again_writes_nothing_again(emulator: Emulator) -> None:
    """One node carries both calls out: the second pauses, and so the first is called once more."""
    theirs = SheetsClient(EmulatorHttp(emulator))
    identifier = theirs.create("Online")["spreadsheetId"]
    theirs.update_values(identifier, "Sheet1!A1", [["Region"], ["North"]])
    with serve(emulator, 0) as local:
        toolkit = SheetsToolkit.open(identifier, settings=load(api_endpoint=local.url), person=GraphPerson())
        insert = ("insert_rows", {"target": "Sheet1!2:2"})
        over = ("write_cell", {"target": "Sheet1!A1", "value": "Area"})
        graph = StateGraph(MessagesState)
        graph.add_node("tools", ToolNode(toolkit.get_tools()))
        graph.add_edge(START, "tools")
        app = graph.compile(checkpointer=InMemorySaver())
        config: Any = {"configurable": {"thread_id": "1"}, "max_concurrency": 1}
        yes = {"decisions": [{"type": "approve"}]}
        state: Any = app.invoke({"messages": [calls(insert, insert, over)]}, config)
        for _ in range(5):
            if "__interrupt__" not in state:
                break
            state = app.invoke(Command(resume=yes), config)
        assert [one["ok"] for one in answers(state)] == [True, True, True]
        assert theirs.values(identifier, "Sheet1!A1:A9") == [["Area"], [], [], ["North"]]
        again = app.invoke({"messages": [calls(insert)]}, config)  # another call, though it looks the same
        while "__interrupt__" in again:
            again = app.invoke(Command(resume=yes), config)
        toolkit.bench.close()
        assert theirs.values(identifier, "Sheet1!A1:A9") == [["Area"], [], [], [], ["North"]]


def test_an_undoing_that_is_carried_out_again_undoes_one_run(sales: Path) -> None:
    toolkit = SheetsToolkit.open(sales, person=GraphPerson())
    for column in "EFG":
        tool(toolkit, "write_cell").invoke({"target": f"'Продажи'!{column}1", "value": column})
    graph = StateGraph(MessagesState)
    graph.add_node("tools", ToolNode(toolkit.get_tools()))
    graph.add_edge(START, "tools")
    app = graph.compile(checkpointer=InMemorySaver())
    config: Any = {"configurable": {"thread_id": "1"}, "max_concurrency": 1}
    state: Any = app.invoke({"messages": [calls(("undo_run", {}), ("write_cell", OVER))]}, config)
    while "__interrupt__" in state:
        state = app.invoke(Command(resume={"decisions": [{"type": "approve"}]}), config)
    undone, wrote = answers(state)
    assert undone["ok"]
    shown = cells(wrote["files"][0], "Продажи")
    assert [shown.get(f"{column}1") for column in "AEFG"] == ["Area", "E", "F", None]


def test_an_answer_counts_only_for_what_was_shown(emulator: Emulator) -> None:
    theirs = SheetsClient(EmulatorHttp(emulator))
    identifier = theirs.create("Online")["spreadsheetId"]
    theirs.update_values(identifier, "Sheet1!A1", [["Region"]])
    yes = Command(resume={"decisions": [{"type": "approve"}]})
    with serve(emulator, 0) as local:
        settings = load(api_endpoint=local.url)
        config: Any = {"configurable": {"thread_id": "1"}}
        saver = InMemorySaver()
        script = calls(("write_cell", {"target": "Sheet1!A1", "value": "Ours"}))
        toolkit = SheetsToolkit.open(identifier, settings=settings, person=GraphPerson())
        agent = agent_of(toolkit, script, checkpointer=saver)
        assert "Region" in str(agent.invoke({"messages": [("user", "go")]}, config)["__interrupt__"])
        theirs.update_values(identifier, "Sheet1!A1", [["Colleague's"]])
        [again] = agent.invoke(yes, config)["__interrupt__"]  # what they approved of was the loss of something else
        assert "Colleague's" in str(again.value)
        assert theirs.values(identifier, "Sheet1!A1") == [["Colleague's"]]
        toolkit.bench.close()

        toolkit = SheetsToolkit.open(identifier, settings=settings, person=GraphPerson())  # as in another process
        agent = agent_of(toolkit, script, checkpointer=saver)
        assert "__interrupt__" in agent.invoke(yes, config)
        assert theirs.values(identifier, "Sheet1!A1") == [["Colleague's"]]
        assert answers(agent.invoke(yes, config))[0]["ok"]
        assert theirs.values(identifier, "Sheet1!A1") == [["Ours"]]
        toolkit.bench.close()


@pytest.mark.parametrize("at_once", [1, 4])
def test_the_approval_of_one_call_is_not_that_of_another(sales: Path, at_once: int) -> None:
    """One node carries both calls out. The first is written when the node is entered for the second answer."""
    toolkit = SheetsToolkit.open(sales, person=GraphPerson())
    graph = StateGraph(MessagesState)
    graph.add_node("tools", ToolNode(toolkit.get_tools()))
    graph.add_edge(START, "tools")
    app = graph.compile(checkpointer=InMemorySaver())
    config: Any = {"configurable": {"thread_id": "1"}, "max_concurrency": at_once}
    other = {"target": "'Продажи'!B1", "value": "Refused"}
    state: Any = app.invoke({"messages": [calls(("write_cell", OVER), ("write_cell", other))]}, config)
    asked = []
    while "__interrupt__" in state and len(asked) < 9:
        asked.append(str(state["__interrupt__"][0].value))
        said = "reject" if "Refused" in asked[-1] else "approve"
        state = app.invoke(Command(resume={"decisions": [{"type": said}]}), config)
    assert [one["ok"] for one in answers(state)] == [True, False]
    assert toolkit.bench.output is not None
    shown = cells(str(toolkit.bench.output), "Продажи")
    assert (shown["A1"], shown["B1"]) == ("Area", cells(str(sales), "Продажи")["B1"])
    assert len(asked) == 2 or at_once > 1  # what is written meanwhile may be asked about again


def test_a_workbench_has_its_own_settings(sales: Path) -> None:
    bench = Workbench.open(sales, load())
    with pytest.raises(UsageError, match="settings already"):
        SheetsToolkit(bench, settings=load(approve="always"))
    assert SheetsToolkit(bench, settings=load()).bench is bench


async def _ainvoke(agent: Any) -> Any:
    return await agent.ainvoke({"messages": [("user", "go")]})


def test_asynchronous_agents(sales: Path) -> None:
    import asyncio

    toolkit = SheetsToolkit.open(sales)
    state = asyncio.run(_ainvoke(agent_of(toolkit, calls(("write_cell", NOTE)))))
    assert answers(state)[0]["ok"]


def test_a_client_needs_to_know_which_spreadsheet(emulator: Emulator) -> None:
    client = SheetsClient(EmulatorHttp(emulator))
    with pytest.raises(UsageError, match="which spreadsheet"):
        SheetsToolkit(client)
    toolkit = SheetsToolkit(client, client.create("Here")["spreadsheetId"])
    assert json.loads(tool(toolkit, "write_cell").invoke({"target": "Sheet1!A1", "value": "x"}))["ok"]
