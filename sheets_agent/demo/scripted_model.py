"""A chat model that answers from prepared replies, so that the agent can be shown without any account.

It is an ordinary LangChain model, and the agent cannot tell it from another. What it is is never hidden: its name is
`scripted`, and a request that no reply was prepared for is an error, not a guess. Its tokens are estimated from the
texts, because no model has counted them.
"""

from __future__ import annotations

import json
import re
import threading
import uuid
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from langchain_core.callbacks import CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel, LanguageModelInput
from langchain_core.messages import AIMessage, BaseMessage
from langchain_core.messages.ai import UsageMetadata
from langchain_core.messages.tool import tool_call
from langchain_core.outputs import ChatGeneration, ChatResult
from langchain_core.runnables import Runnable
from langchain_core.tools import BaseTool
from langchain_core.utils.function_calling import convert_to_openai_tool
from pydantic import BaseModel, ConfigDict, PrivateAttr, model_validator

from sheets_agent.errors import ModelError
from sheets_agent.stages.describe_text import tokens


class NoReply(ModelError):
    """No reply was prepared for a request."""


class ScriptedReply(BaseModel):
    """One prepared reply: prose, JSON, or tool calls.

    Attributes:
        text: prose.
        json_answer: a JSON answer, under `json` in the data: the arguments of the tool that is forced, else text.
        tool_calls: `{"name": …, "args": {…}}` each.
        match: a regular expression the messages must contain for this reply to be used.
        repeat: whether it may be used again and again.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    text: str = ""
    json_answer: dict[str, Any] | None = None
    tool_calls: tuple[dict[str, Any], ...] = ()
    match: str = ""
    repeat: bool = False

    @model_validator(mode="before")
    @classmethod
    def _json_key(cls, data: Any) -> Any:
        if isinstance(data, dict) and "json" in data:
            return {**{key: value for key, value in data.items() if key != "json"}, "json_answer": data["json"]}
        return data


class ScriptedChatModel(BaseChatModel):
    """Plays one role from its prepared replies: each request gets the first unused reply that matches it.

    Attributes:
        role: whose replies these are, for the error when none fits.
        replies: in order.
    """

    role: str = "model"
    replies: tuple[ScriptedReply, ...] = ()
    model_name: str = "scripted"

    _used: set[int] = PrivateAttr(default_factory=set)
    _lock: Any = PrivateAttr(default_factory=threading.Lock)

    @property
    def _llm_type(self) -> str:
        return "scripted"

    def bind_tools(
        self,
        tools: Sequence[dict[str, Any] | type | Callable[..., Any] | BaseTool],
        *,
        tool_choice: str | None = None,
        **kwargs: Any,
    ) -> Runnable[LanguageModelInput, AIMessage]:
        """`tool_choice` may name the tool to be called."""
        return self.bind(tools=[convert_to_openai_tool(tool) for tool in tools], tool_choice=tool_choice, **kwargs)

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        asked = "\n".join(str(message.text) for message in messages)
        tools = kwargs.get("tools") or ()
        names = [tool["function"]["name"] for tool in tools]
        reply = self._choose(asked)
        forced = kwargs.get("tool_choice")
        message = _as_message(reply, forced if forced in names else None)
        unknown = [call["name"] for call in message.tool_calls if call["name"] not in names]
        if unknown:
            raise NoReply(f"A prepared reply of the {self.role} calls {', '.join(unknown)}, which is no tool here.")
        message.usage_metadata = _usage(f"{asked}\n{_json(list(tools))}", message)
        return ChatResult(generations=[ChatGeneration(message=message)])

    def _choose(self, text: str) -> ScriptedReply:
        with self._lock:
            for index, reply in enumerate(self.replies):
                if index not in self._used and re.search(reply.match, text):
                    if not reply.repeat:
                        self._used.add(index)
                    return reply
        raise NoReply(
            f"No reply of the {self.role} was prepared for this request: {' '.join(text.split())[-200:]}",
            "The scripted model only plays its own demo; choose a real one with --model provider:model.",
        )


def scripted_models(script: Mapping[str, Sequence[Mapping[str, Any]]]) -> dict[str, ScriptedChatModel]:
    """One model per role, from `{role: [reply, …]}` with replies as plain data.

    Raises:
        pydantic.ValidationError: for a reply with unknown keys.
    """
    return {
        role: ScriptedChatModel(role=role, replies=tuple(ScriptedReply.model_validate(reply) for reply in replies))
        for role, replies in script.items()
    }


def _as_message(reply: ScriptedReply, forced: str | None) -> AIMessage:
    calls = [
        tool_call(name=call["name"], args=call.get("args", {}), id=f"scripted_{uuid.uuid4().hex[:12]}")
        for call in reply.tool_calls
    ]
    if reply.json_answer is not None and forced:
        calls.append(tool_call(name=forced, args=reply.json_answer, id=f"scripted_{uuid.uuid4().hex[:12]}"))
    elif reply.json_answer is not None:
        return AIMessage(_json(reply.json_answer))
    return AIMessage(reply.text, tool_calls=calls)


def _usage(asked: str, answer: AIMessage) -> UsageMetadata:
    """Roughly what a model would have counted."""
    given, said = tokens(asked), tokens(str(answer.text) + "".join(_json(call["args"]) for call in answer.tool_calls))
    return UsageMetadata(input_tokens=given, output_tokens=said, total_tokens=given + said)


def _json(data: Any) -> str:
    return json.dumps(data, ensure_ascii=False)
