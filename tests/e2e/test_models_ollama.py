"""A local model served by Ollama, through its real client where that is installed."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from langchain_core.messages import HumanMessage, ToolMessage
from protocol_server import ProtocolServer, Reply

from sheets_agent.actions import ACTIONS
from sheets_agent.actions.tools import tool_schema
from sheets_agent.actions.wire import plan_schema
from sheets_agent.chat import Chat, Chats
from sheets_agent.errors import NoModel, UnusableAnswer

pytest.importorskip("langchain_ollama")

PLAN = {
    "thoughts": "Думаю.",
    "steps": [{"why": "Надо.", "action": "write_cell", "target": "A1", "options": ["value=5"]}],
}
ASK = [HumanMessage("Write 5.")]


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[ProtocolServer]:
    with ProtocolServer("ollama") as server:
        monkeypatch.setenv("OLLAMA_HOST", server.url)
        yield server
    assert server.unscripted == []


@pytest.fixture
def planner(server: ProtocolServer) -> Iterator[Chat]:
    with Chats("ollama:qwen3:8b", sleep=lambda _: None) as chats:
        yield chats.role("planner")


def test_the_schema_is_the_format(server: ProtocolServer, planner: Chat) -> None:
    server.script(Reply(json=PLAN))
    assert planner.structured(ASK, plan_schema(), dict) == PLAN
    body = server.chats[0].body
    assert body["model"] == "qwen3:8b"
    assert body["format"]["properties"] == plan_schema()["properties"]


def test_prose_is_asked_again_in_words(server: ProtocolServer, planner: Chat) -> None:
    server.script(Reply(text="Sure!"), Reply(json=PLAN, match="Its JSON schema"))
    assert planner.structured(ASK, plan_schema(), dict) == PLAN


def test_a_cut_off_answer_is_not_taken(server: ProtocolServer, planner: Chat) -> None:
    server.script(*[Reply(json=PLAN, finish_reason="length")] * 3)
    with pytest.raises(UnusableAnswer, match="was cut off"):
        planner.structured(ASK, plan_schema(), dict)


def test_a_tool_loop_with_parallel_calls(server: ProtocolServer, planner: Chat) -> None:
    tools = [tool_schema(action) for action in ACTIONS.values()]
    server.script(
        Reply(calls=[("read_range", {"source": "A1:B2"}), ("read_range", {"source": "C1"})]), Reply(text="Done.")
    )
    answer = planner.with_tools(ASK, tools)
    results = [ToolMessage('{"ok": true}', tool_call_id=call["id"]) for call in answer.tool_calls]
    assert len(results) == 2
    assert str(planner.with_tools([*ASK, answer, *results], tools).text) == "Done."


def test_a_model_that_was_not_fetched_says_how(server: ProtocolServer, planner: Chat) -> None:
    server.script(Reply(error=404, body={"error": "model 'qwen3:8b' not found"}))
    with pytest.raises(NoModel, match="model 'qwen3:8b' not found") as caught:
        planner.text(ASK)
    assert caught.value.hint == "Fetch it with: ollama pull qwen3:8b"
