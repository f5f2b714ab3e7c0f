"""Reading a model's answer: the JSON in it, or what it did instead.

Nothing is guessed: a cut-off answer is an error, however much of it could be mended into valid JSON, because what is
missing may be the step that mattered.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from langchain_core.messages import AIMessage

JSONSchema = Mapping[str, Any]

_CUT_OFF = {"length", "max_tokens", "max_output_tokens", "model_length"}
_REFUSED = {"blacklist", "content_filter", "refusal", "safety", "prohibited_content"}
_THINKING = re.compile(r"<think>.*?(?:</think>|\Z)", re.DOTALL)
_FENCE = re.compile(r"```[\w-]*\s*\n(.*?)```", re.DOTALL)
_STRING_OR_TRAILING_COMMA = re.compile(r'("(?:[^"\\]|\\.)*")|,(?=\s*[}\]])', re.DOTALL)
_MAX_STARTS = 200
"""Opening braces tried in one answer."""
_DECODER = json.JSONDecoder(strict=False)


class Fault(StrEnum):
    """What is wrong with an answer, as it goes into a sentence: “the model …”."""

    PROSE = "answered with prose where JSON was asked for"
    BROKEN = "answered with broken JSON"
    CUT_OFF = "was cut off in the middle of its answer"
    EMPTY = "answered with nothing"
    REFUSED = "refused to answer"
    INVALID = "answered with JSON that does not fit"


class BadAnswer(Exception):
    """An answer that cannot be used: the fault, what to tell the model, and what it had said."""

    def __init__(self, fault: Fault, advice: str = "", said: str = "") -> None:
        super().__init__(fault.value)
        self.fault = fault
        self.advice = advice
        self.said = said


def text_of(message: AIMessage) -> str:
    """The visible text of a message, without a reasoning model's thoughts."""
    return _THINKING.sub("", str(message.text)).strip()


def check_finish(message: AIMessage) -> None:
    """Look at why the model stopped.

    Raises:
        BadAnswer: cut off, or refused.
    """
    data = message.response_metadata
    reason = str(data.get("finish_reason") or data.get("stop_reason") or data.get("done_reason") or "").lower()
    if reason in _CUT_OFF:
        raise BadAnswer(Fault.CUT_OFF, "Answer again, in full but more briefly.")
    if reason in _REFUSED or message.additional_kwargs.get("refusal"):
        raise BadAnswer(Fault.REFUSED, said=str(message.additional_kwargs.get("refusal") or text_of(message)))


def read_object(message: AIMessage, schema: JSONSchema, tool: str) -> dict[str, Any]:
    """The JSON object of an answer: the arguments of the call to `tool`, or the JSON found in the text.

    Raises:
        BadAnswer: with the fault.
    """
    check_finish(message)
    required = schema.get("required", ())
    for call in sorted(message.tool_calls, key=lambda call: call["name"] != tool):
        if call["name"] == tool or all(name in call["args"] for name in required):
            return _checked(call["args"], schema)
    if message.tool_calls:
        names = ", ".join(call["name"] for call in message.tool_calls)
        raise BadAnswer(Fault.INVALID, f"There is no function {names}; call {tool}.", f"a call of {names}")
    broken = [str(call.get("args") or "") for call in message.invalid_tool_calls]
    text = text_of(message) or "\n".join(broken)
    if not text:
        raise BadAnswer(Fault.EMPTY, "Answer with the JSON object.")
    return _checked(find_object(text, required), schema)


def find_object(text: str, required: Sequence[str] = ()) -> dict[str, Any]:
    """The JSON object in a text: bare, in a fence, or among prose; trailing commas are forgiven.

    Args:
        text: what the model wrote.
        required: keys an object must have to be taken for the answer when there are several.

    Raises:
        BadAnswer: no JSON, or broken JSON.
    """
    for candidate in (text, *_FENCE.findall(text)):
        found = _objects(_STRING_OR_TRAILING_COMMA.sub(lambda match: match[1] or "", candidate))
        fitting = [item for item in found if all(name in item for name in required)]
        if fitting:
            return max(fitting, key=lambda item: len(json.dumps(item)))
        if len(found) == 1 and len(candidate) == len(text):
            return found[0]
    if re.search(r"\{\s*\"", text):
        raise BadAnswer(Fault.BROKEN, "Answer again with one complete, valid JSON object.", text)
    raise BadAnswer(Fault.PROSE, "Answer with the JSON object alone, without any other text.", text)


def _objects(text: str) -> list[dict[str, Any]]:
    """The top-level JSON objects of a text. The inside of an object that breaks off is never taken for one."""
    found = []
    position = text.find("{")
    for _ in range(_MAX_STARTS):
        if position < 0:
            break
        try:
            value, end = _DECODER.raw_decode(text, position)
        except json.JSONDecodeError as error:
            if re.match(r"\{\s*\"", text[position:]) or error.pos >= len(text.rstrip()):
                break
            end = position + 1
        except RecursionError:
            break
        else:
            if isinstance(value, dict):
                found.append(value)
        position = text.find("{", end)
    return found


def _checked(value: dict[str, Any], schema: JSONSchema) -> dict[str, Any]:
    unfolded = unfold(value, schema)
    missing = [name for name in schema.get("required", ()) if name not in unfolded]
    if missing:
        raise BadAnswer(
            Fault.INVALID, f"These keys are missing: {', '.join(missing)}.", json.dumps(value, ensure_ascii=False)
        )
    return unfolded  # type: ignore[no-any-return]


def unfold(value: Any, schema: JSONSchema) -> Any:
    """Undo a habit of weaker models: a list or an object given as a string of JSON, where the schema wants the thing.

    Everything else stays as it is. Nulls of optional keys are dropped: absent means absent.
    """
    kind = schema.get("type")
    if kind in ("array", "object") and isinstance(value, str):
        try:
            value = json.loads(value)
        except ValueError:
            return value
    if kind == "object" and isinstance(value, dict):
        properties, required = schema.get("properties", {}), schema.get("required", ())
        return {
            key: unfold(item, properties.get(key, {}))
            for key, item in value.items()
            if item is not None or key in required
        }
    if kind == "array" and isinstance(value, list):
        return [unfold(item, schema.get("items", {})) for item in value]
    return value


def explain(error: Exception) -> str:
    """Validation errors in lines the model can act on: the path and what is wrong there."""
    from pydantic import ValidationError

    if not isinstance(error, ValidationError):
        return str(error)
    lines = []
    for item in error.errors(include_url=False)[:12]:
        path = ".".join(str(part) for part in item["loc"])
        given = json.dumps(item.get("input"), ensure_ascii=False, default=str)
        shown = f" (given: {given[:120]})" if item["type"] != "missing" else ""
        lines.append(f"- {path or 'the answer'}: {item['msg']}{shown}")
    return "\n".join(lines)
