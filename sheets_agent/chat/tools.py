"""Tools and histories in the shapes the providers take."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sheets_agent.chat.answers import JSONSchema
from sheets_agent.chat.providers import Provider

if TYPE_CHECKING:
    from langchain_core.messages import AIMessage, BaseMessage, ToolMessage

Tool = Mapping[str, Any]
"""A tool as `{"type": "function", "function": {"name", "description", "parameters"}}`, or that inner object alone."""


def as_tool(tool: Tool) -> dict[str, Any]:
    """The outer form, which every LangChain client takes."""
    return dict(tool) if "function" in tool else {"type": "function", "function": dict(tool)}


def schema_tool(schema: JSONSchema) -> dict[str, Any]:
    """A tool whose arguments are the answer.

    Args:
        schema: a JSON schema with `title` (the tool's name) and `description`.
    """
    function: dict[str, Any] = {
        "name": schema_name(schema),
        "description": schema.get("description", "Give the answer."),
        "parameters": {key: value for key, value in schema.items() if key not in ("title", "description")},
    }
    return {"type": "function", "function": function}


def schema_name(schema: JSONSchema) -> str:
    """The name a schema goes by on the wire."""
    return str(schema.get("title") or "answer")


def history_for(provider: Provider, messages: Sequence[BaseMessage]) -> list[BaseMessage]:
    """A history the provider accepts.

    For a provider with one call per message, an assistant message with several calls becomes several messages, each
    followed by its result, and results become JSON objects. Names missing from results are filled in.

    Raises:
        ValueError: when a tool call has no result, or a result no call: no provider takes that.
    """
    from langchain_core.messages import AIMessage, ToolMessage

    history: list[BaseMessage] = []
    position = 0
    while position < len(messages):
        message = messages[position]
        position += 1
        if isinstance(message, ToolMessage):
            raise ValueError(f"the tool result {message.tool_call_id} answers no call")
        if not (isinstance(message, AIMessage) and message.tool_calls):
            history.append(message)
            continue
        following = messages[position : position + len(message.tool_calls)]
        results = {result.tool_call_id: result for result in following if isinstance(result, ToolMessage)}
        missing = [call["name"] for call in message.tool_calls if call["id"] not in results]
        if missing:
            raise ValueError(f"these tool calls are not followed by their results: {', '.join(missing)}")
        position += len(following)
        pairs = [(call, _named(results[call["id"] or ""], call["name"])) for call in message.tool_calls]
        history += _one_by_one(message, pairs) if provider.one_call_per_message else [message, *(p[1] for p in pairs)]
    return history


def alternating(messages: Sequence[BaseMessage]) -> list[BaseMessage]:
    """The messages with user messages that follow one another joined: many local models take turns strictly."""
    from langchain_core.messages import HumanMessage

    joined: list[BaseMessage] = []
    for message in messages:
        before = joined[-1] if joined else None
        if isinstance(message, HumanMessage) and isinstance(before, HumanMessage):
            joined[-1] = HumanMessage(f"{before.text}\n\n{message.text}")
        else:
            joined.append(message)
    return joined


def _named(result: ToolMessage, name: str) -> ToolMessage:
    return result if result.name else result.model_copy(update={"name": name})


def _one_by_one(message: AIMessage, pairs: Sequence[tuple[Any, ToolMessage]]) -> list[BaseMessage]:
    from langchain_core.messages import AIMessage

    messages: list[BaseMessage] = []
    for index, (call, result) in enumerate(pairs):
        first = message.model_copy(update={"tool_calls": [call]}) if index == 0 else AIMessage("", tool_calls=[call])
        messages += [first, result.model_copy(update={"content": as_json_object(str(result.text))})]
    return messages


def as_json_object(text: str) -> str:
    """A tool result as the text of a JSON object: as it is when it is one, else under `result`."""
    try:
        value = json.loads(text)
    except ValueError:
        value = text
    return text if isinstance(value, dict) else json.dumps({"result": value}, ensure_ascii=False)
