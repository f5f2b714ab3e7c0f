"""The demo's scripted model, through the same paths as any other provider."""

from __future__ import annotations

import pytest
from langchain_core.messages import HumanMessage, ToolMessage
from pydantic import ValidationError

from sheets_agent.chat import Chats
from sheets_agent.demo.scripted_model import NoReply, scripted_models

SCHEMA = {"title": "plan", "type": "object", "properties": {"steps": {"type": "array"}}, "required": ["steps"]}
TOOL = {
    "name": "read",
    "description": "Read.",
    "parameters": {"type": "object", "properties": {"a": {"type": "string"}}},
}


def chats(**script: list[dict[str, object]]) -> Chats:
    models = scripted_models(script)
    return Chats(next(iter(models.values())), models)


def test_replies_come_by_role_in_order_and_by_match() -> None:
    run = chats(
        planner=[{"json": {"steps": [1]}}, {"json": {"steps": [2]}}],
        executor=[{"text": "About B.", "match": "B"}, {"text": "About A.", "match": "A"}],
    )
    planner, executor = run.role("planner"), run.role("executor")
    ask = [HumanMessage("Plan.")]
    assert [planner.structured(ask, SCHEMA, dict)["steps"] for _ in range(2)] == [[1], [2]]
    assert executor.text([HumanMessage("Tell me of A")]) == "About A."
    assert planner.name == "scripted"
    assert planner.model._llm_type == "scripted"


def test_a_tool_loop() -> None:
    executor = chats(executor=[{"tool_calls": [{"name": "read", "args": {"a": "A1"}}]}, {"text": "Done."}]).role(
        "executor"
    )
    history = [HumanMessage("Go.")]
    answer = executor.with_tools(history, [TOOL])
    (call,) = answer.tool_calls
    assert call["args"] == {"a": "A1"}
    history += [answer, ToolMessage("5", tool_call_id=call["id"])]
    assert str(executor.with_tools(history, [TOOL]).text) == "Done."


def test_a_reply_may_be_prepared_for_every_request() -> None:
    voter = chats(voter=[{"json": {"steps": []}, "repeat": True}]).role("voter")
    for _ in range(3):
        assert voter.structured([HumanMessage("x")], SCHEMA, dict) == {"steps": []}


def test_what_nothing_was_prepared_for_is_an_error() -> None:
    planner = chats(planner=[{"text": "x", "match": "cats"}]).role("planner")
    with pytest.raises(NoReply, match=r"No reply of the planner was prepared.*dogs"):
        planner.text([HumanMessage("dogs")])


def test_a_prepared_call_of_a_tool_that_is_not_there_is_an_error() -> None:
    executor = chats(executor=[{"tool_calls": [{"name": "write"}]}]).role("executor")
    with pytest.raises(NoReply, match="calls write, which is no tool here"):
        executor.with_tools([HumanMessage("x")], [TOOL])


def test_a_misspelled_reply_is_refused() -> None:
    with pytest.raises(ValidationError, match="txt"):
        scripted_models({"planner": [{"txt": "x"}]})
