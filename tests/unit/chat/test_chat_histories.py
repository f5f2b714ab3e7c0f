"""Histories in the shapes the providers take."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, ToolMessage

from sheets_agent.chat.providers import GIGACHAT, OPENAI
from sheets_agent.chat.tools import as_json_object, history_for


def turn(*names: str, ids: str = "c") -> list[BaseMessage]:
    calls = [{"name": name, "args": {"n": n}, "id": f"{ids}{n}", "type": "tool_call"} for n, name in enumerate(names)]
    results = [ToolMessage(f"result {n}", tool_call_id=f"{ids}{n}") for n in range(len(names))]
    return [AIMessage("Working.", tool_calls=calls), *results]


def test_openai_keeps_several_calls_and_results_get_their_names() -> None:
    history = history_for(OPENAI, [HumanMessage("hi"), *turn("read", "write")])
    assert [type(message).__name__ for message in history] == [
        "HumanMessage",
        "AIMessage",
        "ToolMessage",
        "ToolMessage",
    ]
    assert [message.name for message in history[2:]] == ["read", "write"]
    assert history[3].content == "result 1"


@settings(max_examples=40)
@given(st.lists(st.lists(st.sampled_from(["read", "write"]), min_size=1, max_size=4), max_size=4))
def test_gigachat_gets_calls_one_by_one_in_order(turns: list[list[str]]) -> None:
    messages = [message for index, names in enumerate(turns) for message in turn(*names, ids=f"t{index}_")]
    history = history_for(GIGACHAT, messages)
    pairs = list(zip(history[::2], history[1::2], strict=True))
    assert [call.tool_calls[0]["name"] for call, _ in pairs] == [name for names in turns for name in names]
    for call, result in pairs:
        assert len(call.tool_calls) == 1
        assert result.tool_call_id == call.tool_calls[0]["id"]
        assert isinstance(json.loads(str(result.content)), dict)


def test_results_may_come_in_another_order_than_the_calls() -> None:
    message, first, second = turn("read", "write")
    history = history_for(GIGACHAT, [message, second, first])
    assert [result.tool_call_id for result in history[1::2]] == ["c0", "c1"]


def test_ids_used_again_in_a_later_turn_are_not_mixed_up() -> None:
    history = history_for(OPENAI, [*turn("read"), *turn("write")])
    assert [message.name for message in history[1::2]] == ["read", "write"]


def test_a_call_without_a_result_is_our_mistake() -> None:
    with pytest.raises(ValueError, match="not followed by their results: write"):
        history_for(OPENAI, turn("read", "write")[:-1])
    with pytest.raises(ValueError, match="answers no call"):
        history_for(OPENAI, turn("read")[1:])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('{"a": 1}', '{"a": 1}'),
        ("готово", '{"result": "готово"}'),
        ("12", '{"result": 12}'),
        ("[1]", '{"result": [1]}'),
    ],
)
def test_results_become_json_objects(text: str, expected: str) -> None:
    assert as_json_object(text) == expected
