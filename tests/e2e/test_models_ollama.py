"""A local model served by Ollama, through its real client where that is installed."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from langchain_core.messages import HumanMessage
from protocol_replies import Reply
from protocol_server import ProtocolServer
from scenario import SMALL_PLAN

from sheets_agent.actions.wire import plan_schema
from sheets_agent.chat import Chat, Chats
from sheets_agent.errors import NoModel

pytest.importorskip("langchain_ollama")

ASK = [HumanMessage("Write 5.")]


@pytest.fixture
def planner(ollama_server: ProtocolServer) -> Iterator[Chat]:
    with Chats("ollama:qwen3:8b", sleep=lambda _: None) as chats:
        yield chats.role("planner")


def test_the_schema_is_the_format(ollama_server: ProtocolServer, planner: Chat) -> None:
    ollama_server.script(Reply(json=SMALL_PLAN))
    assert planner.structured(ASK, plan_schema(), dict) == SMALL_PLAN
    body = ollama_server.chats[0].body
    assert body["model"] == "qwen3:8b"
    assert body["format"]["properties"] == plan_schema()["properties"]


def test_prose_is_asked_again_in_words(ollama_server: ProtocolServer, planner: Chat) -> None:
    ollama_server.script(Reply(text="Sure!"), Reply(json=SMALL_PLAN, match="Its JSON schema"))
    assert planner.structured(ASK, plan_schema(), dict) == SMALL_PLAN


def test_a_model_that_was_not_fetched_says_how(ollama_server: ProtocolServer, planner: Chat) -> None:
    ollama_server.script(Reply(error=404, body={"error": "model 'qwen3:8b' not found"}))
    with pytest.raises(NoModel, match="model 'qwen3:8b' not found") as caught:
        planner.text(ASK)
    assert caught.value.hint == "Fetch it with: ollama pull qwen3:8b"
