"""Reading JSON out of what models write."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from langchain_core.messages import AIMessage
from pydantic import BaseModel

from sheets_agent.chat.answers import BadAnswer, Fault, check_finish, explain, find_object, read_object, unfold

SCHEMA = {
    "type": "object",
    "properties": {"steps": {"type": "array", "items": {"type": "object"}}},
    "required": ["steps"],
}
ANSWER = {"steps": [{"a": "b, {c}"}]}
texts = st.text(max_size=12)
objects = st.dictionaries(
    texts,
    st.recursive(
        st.none() | st.booleans() | st.integers() | texts,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
        max_leaves=6,
    ),
    min_size=1,
    max_size=4,
)


@pytest.mark.parametrize(
    "text",
    [
        '{"steps": [{"a": "b, {c}"}]}',
        '```json\n{"steps": [{"a": "b, {c}"}]}\n```',
        'Here is the plan:\n\n```\n{"steps": [{"a": "b, {c}"},]}\n```\nAnything else?',
        'I use {curly} words first. {"steps": [{"a": "b, {c}"}]} That is all.',
        'First {"note": 1}, then {"steps": [{"a": "b, {c}"}]}',
        '{"steps": [{"a": "b, {c}"},],}',
    ],
)
def test_the_answer_is_found(text: str) -> None:
    assert find_object(text, ["steps"]) == ANSWER


@settings(max_examples=60)
@given(objects, texts.filter(lambda text: "{" not in text and "`" not in text))
def test_any_object_is_found_among_prose(value: dict[str, Any], prose: str) -> None:
    for text in (json.dumps(value), f"{prose}\n{json.dumps(value, ensure_ascii=False, indent=1)}\n{prose}"):
        assert find_object(text) == value


@settings(max_examples=60)
@given(objects, st.data())
def test_no_part_of_a_cut_off_object_is_taken_for_the_answer(value: dict[str, Any], data: st.DataObject) -> None:
    text = json.dumps({"steps": [value, value]})
    cut = text[: data.draw(st.integers(1, len(text) - 1))]
    with pytest.raises(BadAnswer):
        find_object(cut)


def test_text_inside_strings_is_left_alone() -> None:
    assert find_object('{"a": "x, ]", "b": ",}"}') == {"a": "x, ]", "b": ",}"}


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("I would sort the table.", Fault.PROSE),
        ("Use {A1} and {B2}.", Fault.PROSE),
        ('{"steps": [{"a": ', Fault.BROKEN),
        ('{"steps": [}', Fault.BROKEN),
        ("[" * 5000 + '{"a"', Fault.BROKEN),
        ('{"a":' * 5000, Fault.BROKEN),
    ],
)
def test_what_cannot_be_read_is_named(text: str, fault: Fault) -> None:
    with pytest.raises(BadAnswer) as caught:
        find_object(text, ["steps"])
    assert caught.value.fault is fault


def test_a_reasoning_models_thoughts_are_not_the_answer() -> None:
    message = AIMessage('<think>{"steps": []} or not?</think>{"steps": [{"a": 1}]}')
    assert read_object(message, SCHEMA, "plan") == {"steps": [{"a": 1}]}


def test_lists_given_as_strings_are_unfolded_where_the_schema_wants_lists() -> None:
    message = AIMessage(json.dumps({"steps": '[{"a": "[1]"}]'}))
    assert read_object(message, SCHEMA, "plan") == {"steps": [{"a": "[1]"}]}
    assert unfold("[1", {"type": "array"}) == "[1"


def test_nulls_of_optional_keys_are_absent() -> None:
    schema = {"type": "object", "properties": {"a": {"type": "string"}}, "required": ["b"]}
    assert unfold({"a": None, "b": None}, schema) == {"b": None}


@pytest.mark.parametrize(
    "metadata",
    [
        {"finish_reason": "length"},
        {"stop_reason": "max_tokens"},
        {"done_reason": "length"},
        {"finish_reason": "MAX_TOKENS"},
    ],
)
def test_every_providers_word_for_a_cut_off_is_known(metadata: dict[str, str]) -> None:
    with pytest.raises(BadAnswer) as caught:
        check_finish(AIMessage('{"steps": []}', response_metadata=metadata))
    assert caught.value.fault is Fault.CUT_OFF


def test_openais_refusal_is_one() -> None:
    with pytest.raises(BadAnswer) as caught:
        check_finish(AIMessage("", additional_kwargs={"refusal": "I can't help with that."}))
    assert caught.value.fault is Fault.REFUSED
    assert caught.value.said == "I can't help with that."


def test_validation_errors_become_lines_with_paths() -> None:
    class Step(BaseModel):
        action: str
        count: int

    class Answer(BaseModel):
        steps: list[Step]

    with pytest.raises(ValueError, match="2 validation errors") as caught:
        Answer.model_validate({"steps": [{"count": "много"}]})
    lines = explain(caught.value).splitlines()
    assert lines[0] == "- steps.0.action: Field required"
    assert lines[1].startswith("- steps.0.count: Input should be a valid integer")
    assert lines[1].endswith('(given: "много")')
