"""What every client of an optional package has to do: take whole answers alone, and go through a loop of tools."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from langchain_core.messages import HumanMessage, SystemMessage, ToolMessage
from protocol_replies import Reply
from protocol_server import ProtocolServer
from scenario import SMALL_PLAN

from sheets_agent.actions import ACTIONS
from sheets_agent.actions.tools import tool_schema
from sheets_agent.actions.wire import plan_schema
from sheets_agent.chat import Chat, Chats
from sheets_agent.errors import UnusableAnswer

MODELS = {"anthropic": "anthropic:claude-test", "ollama": "ollama:qwen3:8b"}
CUT_OFF = {"anthropic": "max_tokens", "ollama": "length"}
ASK = [SystemMessage("You plan."), HumanMessage("Write 5.")]


@pytest.fixture(params=MODELS)
def provider(request: pytest.FixtureRequest) -> str:
    pytest.importorskip(f"langchain_{request.param}")
    return str(request.param)


@pytest.fixture
def server(provider: str, request: pytest.FixtureRequest) -> ProtocolServer:
    found: ProtocolServer = request.getfixturevalue(f"{provider}_server")
    return found


@pytest.fixture
def planner(provider: str, server: ProtocolServer) -> Iterator[Chat]:
    with Chats(MODELS[provider], sleep=lambda _: None) as chats:
        yield chats.role("planner")


def test_a_cut_off_answer_is_not_taken(provider: str, server: ProtocolServer, planner: Chat) -> None:
    server.script(*[Reply(json=SMALL_PLAN, finish_reason=CUT_OFF[provider])] * 3)
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
    assert server.refusals == []
