"""What the agent really sends (plans, critiques, tools) is within what the services accept."""

from __future__ import annotations

import json
from typing import Any

import pytest
from langchain_core.messages import HumanMessage
from protocol_replies import Reply
from protocol_server import ProtocolServer

from sheets_agent.actions import ACTIONS
from sheets_agent.actions.tools import from_tool_call, tool_schema
from sheets_agent.actions.wire import plan_schema
from sheets_agent.chat import Chats
from sheets_agent.chat.schemas import annotation_schema, reflection_schema, vote_schema

SCHEMAS = {
    "plan": plan_schema(),
    "annotation": annotation_schema(),
    "reflection": reflection_schema(),
    "vote": vote_schema(),
}
MOST_PROPERTIES = 8
"""GigaChat was seen to break functions with more."""


def answer_to(schema: dict[str, Any]) -> Any:
    """Something that fits a schema."""
    match schema["type"]:
        case "object":
            return {key: answer_to(inner) for key, inner in schema["properties"].items()}
        case "array":
            return [answer_to(schema["items"])]
        case "integer":
            return 1
        case _:
            return schema.get("enum", ["текст"])[0]


def objects(schema: dict[str, Any]) -> list[dict[str, Any]]:
    inner = [*schema.get("properties", {}).values(), *([schema["items"]] if "items" in schema else [])]
    own = [schema] if schema.get("type") == "object" else []
    return own + [found for item in inner for found in objects(item)]


@pytest.fixture(params=["gigachat:GigaChat-2-Max", "openai:gpt-test"])
def server(request: pytest.FixtureRequest) -> tuple[str, ProtocolServer]:
    provider = request.param.partition(":")[0]
    return request.param, request.getfixturevalue(f"{provider}_server")


@pytest.mark.parametrize("name", SCHEMAS)
def test_every_structured_answer_is_asked_for_in_the_providers_strongest_way(
    server: tuple[str, ProtocolServer], name: str
) -> None:
    spec, scripted = server
    answer = answer_to(SCHEMAS[name])
    scripted.script(Reply(json=answer))
    with Chats(spec) as chats:
        got = chats.role("planner").structured([HumanMessage("x")], SCHEMAS[name], dict)
    assert got == answer
    assert scripted.refusals == []
    assert len(scripted.chats) == 1


def test_every_action_is_a_tool_the_providers_take(server: tuple[str, ProtocolServer]) -> None:
    spec, scripted = server
    tools = [tool_schema(action) for action in ACTIONS.values()]
    scripted.script(*[Reply(calls=[(kind, action.example and _arguments(action))]) for kind, action in ACTIONS.items()])
    with Chats(spec) as chats:
        for kind, action in ACTIONS.items():
            (call,) = chats.role("executor").with_tools([HumanMessage("x")], tools).tool_calls
            assert from_tool_call(call["name"], call["args"]) == action.model_validate(action.example), kind
    assert scripted.refusals == []


def _arguments(action: Any) -> dict[str, Any]:
    return {key: value for key, value in action.example.items() if key != "kind"}


@pytest.mark.parametrize("name", SCHEMAS)
def test_schemas_are_small_and_flat(name: str) -> None:
    text = json.dumps(SCHEMAS[name])
    assert not [word for word in ("anyOf", "oneOf", "allOf", "$ref", "$defs", '"default"', '"const"') if word in text]
    for found in objects(SCHEMAS[name]):
        assert len(found["properties"]) <= MOST_PROPERTIES
        assert "title" not in found["properties"]
        assert set(found.get("required", ())) <= set(found["properties"])
