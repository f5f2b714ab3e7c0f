"""What a run leaves to learn from: one record for each call of a model, and one for each decision on what it said.

A record is clean by construction: known secrets are replaced when it is made, so that whatever it is written to, a file
or an annotation server, gets none of them.
"""

from __future__ import annotations

import json
import math
import uuid
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import BeforeValidator, Field, ValidationInfo

from sheets_agent.chat.usage import Tokens
from sheets_agent.feedback.channel import AskedKind, Verdict
from sheets_agent.redaction import redacted
from sheets_agent.state.model import Model

if TYPE_CHECKING:
    from langchain_core.messages import AIMessage, BaseMessage

STORED = "stored"
"""Validation context of what was cleaned when it was written."""

Speaker = Literal["system", "user", "assistant", "tool"]


def clean(value: Any) -> Any:
    """A JSON value without secrets, and without the half characters that models emit and no encoding takes."""
    if isinstance(value, str):
        return redacted(value.encode("utf-8", "replace").decode("utf-8"))
    if isinstance(value, Mapping):
        return {clean(str(key)): clean(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [clean(item) for item in value]
    if isinstance(value, float):
        return value if math.isfinite(value) else str(value)  # JSON has no other numbers
    return value if value is None or isinstance(value, bool | int) else clean(repr(value))


def _cleaned(value: Any, info: ValidationInfo) -> Any:
    return value if info.context and info.context.get(STORED) else clean(value)


Text = Annotated[str, BeforeValidator(_cleaned)]


class Called(Model):
    """A function call that a model asked for."""

    id: str = ""
    name: Text
    arguments: Annotated[dict[str, Any], BeforeValidator(_cleaned)] = Field(default_factory=dict)


class Said(Model):
    """One message of a conversation.

    Attributes:
        role: who says it.
        content: its text; parts that are no text are left out.
        tool_calls: what an assistant calls.
        tool_call_id: of a tool's message: the call it answers.
    """

    role: Speaker
    content: Text = ""
    tool_calls: tuple[Called, ...] = ()
    tool_call_id: str = ""


class TokenUsage(Model):
    """Tokens of one answer; `input` includes `cached`."""

    input: int = 0
    cached: int = 0
    output: int = 0


class FeedbackRecord(Model):
    """One call of a model, or one decision on something a model said.

    Attributes:
        id: the same whenever the same thing is recorded, so that nothing is recorded twice.
        kind: a `call` of a model, or a `decision` on what one said.
        time: when it was recorded, UTC.
        run_id: of the run; empty outside of one.
        role: the model's role (`planner`, `executor`, …): of a call who answered, of a decision whose answer it is on.
        messages: what the model was asked.
        response: what it answered, as text. Of a decision on a plan: the plan, as JSON in the form models write it.
        tool_calls: the calls in its answer.
        model: its name; empty on a decision.
        usage: what a call took; None where the provider does not say, and on a decision.
        seconds: that a call took; 0 where it is not known.
        about: what was decided on; None on a call that nobody judged.
        by: whether a person or a model (a reflector) decided.
        who: the person, as their channel knows them, or the reflector.
        channel: through which they were asked.
        answer: to a question.
        verdict: accept; revise: it was edited, or has to be made again; reject.
        critique: what is wrong with it, or why.
        rating: 1 (bad) to 5 (good).
        edited: the response as it should have been; empty when nothing was changed.
    """

    id: str
    kind: Literal["call", "decision"]
    time: datetime = Field(default_factory=lambda: datetime.now(UTC))
    run_id: str = ""
    role: str = ""
    messages: tuple[Said, ...] = ()
    response: Text = ""
    tool_calls: tuple[Called, ...] = ()
    model: str = ""
    usage: TokenUsage | None = None
    seconds: float = 0.0
    about: AskedKind | None = None
    by: Literal["person", "model"] | None = None
    who: Text = ""
    channel: str = ""
    answer: Text = ""
    verdict: Verdict | None = None
    critique: Text = ""
    rating: int | None = Field(default=None, ge=1, le=5)
    edited: Text = ""


def said(messages: Sequence[BaseMessage]) -> tuple[Said, ...]:
    """LangChain's messages as records hold them."""
    return tuple(_said(message) for message in messages)


def call_record(
    messages: Sequence[BaseMessage],
    answer: AIMessage,
    *,
    id: str = "",
    run_id: str = "",
    role: str = "",
    model: str = "",
    tokens: Tokens | None = None,
    seconds: float = 0.0,
) -> FeedbackRecord:
    """The record of an answered call; without an id it gets one of its own."""
    usage = None if tokens is None else TokenUsage(input=tokens.input, cached=tokens.cached, output=tokens.output)
    return FeedbackRecord(
        id=id or uuid.uuid4().hex,
        kind="call",
        run_id=run_id,
        role=role,
        messages=said(messages),
        response=str(answer.text),
        tool_calls=_calls(answer),
        model=model,
        usage=usage,
        seconds=round(seconds, 3),
    )


def as_prompt(messages: Sequence[Said]) -> str:
    """A conversation as one text, for models and annotators that see no turns."""
    if len(messages) == 1:
        return messages[0].content
    return "\n\n".join(f"{message.role}:\n{told(message)}" for message in messages)


def told(message: Said) -> str:
    """A message as text, its calls included."""
    calls = [f"{call.name}({json.dumps(call.arguments, ensure_ascii=False)})" for call in message.tool_calls]
    return "\n".join(part for part in (message.content, *calls) if part)


def answer_of(record: FeedbackRecord) -> Said:
    """The answer of a record as the message it is."""
    return Said.model_construct(
        role="assistant", content=record.response, tool_calls=record.tool_calls, tool_call_id=""
    )


def _said(message: BaseMessage) -> Said:
    from langchain_core.messages import AIMessage, ChatMessage, FunctionMessage, SystemMessage, ToolMessage

    text = str(message.text)
    if isinstance(message, AIMessage):
        return Said(role="assistant", content=text, tool_calls=_calls(message))
    if isinstance(message, SystemMessage):
        return Said(role="system", content=text)
    if isinstance(message, ToolMessage | FunctionMessage):
        return Said(role="tool", content=text, tool_call_id=getattr(message, "tool_call_id", ""))
    if isinstance(message, ChatMessage):
        return Said(role=_SPEAKERS.get(message.role, "user"), content=text)
    return Said(role="user", content=text)


_SPEAKERS: dict[str, Speaker] = {"system": "system", "developer": "system", "assistant": "assistant", "tool": "tool"}


def _calls(message: AIMessage) -> tuple[Called, ...]:
    return tuple(Called(id=call["id"] or "", name=call["name"], arguments=call["args"]) for call in message.tool_calls)
