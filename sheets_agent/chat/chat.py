"""Talking to a model in one role: text, tool calls, and answers in a given shape.

The strongest way a provider has to give structured output is tried first. When the provider refuses that way, the
next is taken, and remembered. The answer is then read and validated here, and asked for again, at most twice, with
what was wrong with it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from sheets_agent.chat.answers import BadAnswer, Fault, JSONSchema, check_finish, explain, read_object, text_of
from sheets_agent.chat.calls import Caller, RequestRefused
from sheets_agent.chat.providers import GIGACHAT, Method
from sheets_agent.chat.tools import Tool, as_tool, history_for, schema_name, schema_tool
from sheets_agent.errors import ActionError, NoModel, UnusableAnswer

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel
    from langchain_core.messages import AIMessage, BaseMessage

    from sheets_agent.chat.calls import Asked

T = TypeVar("T")

RE_ASKS = 2
"""How often an unusable answer is asked for again."""


class Chat:
    """One role's conversation partner. Safe to use from several threads at once.

    Args:
        caller: makes the calls, retries and counts.
    """

    def __init__(self, caller: Caller) -> None:
        self._caller = caller
        self._methods = caller.provider.methods

    @property
    def model(self) -> BaseChatModel:
        """The LangChain model behind it."""
        return self._caller.model

    @property
    def name(self) -> str:
        """The model's name, as a person knows it."""
        return self._caller.name

    def text(self, messages: Sequence[BaseMessage]) -> str:
        """The model's answer in prose.

        Raises:
            UnusableAnswer: when it is empty, cut off or refused.
            ModelUnreachable: when the provider gives none.
        """

        def read(message: AIMessage) -> str:
            check_finish(message)
            text = text_of(message)
            if not text:
                raise BadAnswer(Fault.EMPTY, "Answer the request.")
            return text

        history = history_for(self._caller.provider, messages)
        return self._until_usable(history, lambda history, _: self._caller.call(self.model, history), read)

    def with_tools(
        self, messages: Sequence[BaseMessage], tools: Sequence[Tool], tool_choice: str = "auto"
    ) -> AIMessage:
        """The model's next message in a tool-calling loop: tool calls, or text without any.

        Args:
            messages: the history; every tool call in it is followed by its result.
            tools: the tools it may call.
            tool_choice: "auto", "none", or the name of the tool it must call.

        Raises:
            UnusableAnswer: when it is empty, cut off, refused, or its calls are broken.
            ModelUnreachable: when the provider gives none.
            NoModel: when the model cannot call tools.
        """

        def read(message: AIMessage) -> AIMessage:
            check_finish(message)
            if message.invalid_tool_calls:
                names = ", ".join(str(call.get("name")) for call in message.invalid_tool_calls)
                raise BadAnswer(Fault.BROKEN, f"The arguments of your call of {names} were not valid JSON; call again.")
            if not message.tool_calls and not text_of(message):
                raise BadAnswer(Fault.EMPTY, "Call a tool, or say in a few sentences what was done.")
            return message

        try:
            bound = self.model.bind_tools([as_tool(tool) for tool in tools], tool_choice=tool_choice)
        except NotImplementedError as error:
            hint = f"Give this role a model that can: --model {self._caller.role}=provider:model."
            raise NoModel(f"{self.name} cannot call tools.", hint) from error
        history = history_for(self._caller.provider, messages)
        return self._until_usable(history, lambda history, _: self._caller.call(bound, history), read)

    def structured(
        self,
        messages: Sequence[BaseMessage],
        schema: JSONSchema,
        validate: Callable[[dict[str, Any]], T],
    ) -> T:
        """The model's answer in the shape of a schema, validated.

        Args:
            messages: the request.
            schema: a flat JSON schema with `title` and `description`; see `schemas`.
            validate: turns the JSON into what is wanted; its ValueError or ActionError goes back to the model.

        Raises:
            UnusableAnswer: after the re-asks; says what the model did.
            ModelUnreachable: when the provider gives no answer.
        """
        tool = schema_name(schema)

        def read(message: AIMessage) -> T:
            value = read_object(message, schema, tool)
            try:
                return validate(value)
            except (ValueError, ActionError) as error:
                raise BadAnswer(Fault.INVALID, explain(error), json.dumps(value, ensure_ascii=False)) from error

        def call(history: Sequence[BaseMessage], faults: Sequence[BadAnswer]) -> AIMessage:
            ignored = sum(fault.fault in (Fault.PROSE, Fault.EMPTY) for fault in faults)
            return self._call_structured(history, schema, ignored)

        return self._until_usable(history_for(self._caller.provider, messages), call, read)

    def _call_structured(self, messages: Sequence[BaseMessage], schema: JSONSchema, ignored: int) -> AIMessage:
        """One call by the strongest method that the provider takes.

        Args:
            messages: the request.
            schema: the shape wanted.
            ignored: how often the model has ignored a method in this conversation; so many are skipped.
        """
        methods = self._methods
        while True:
            method = methods[min(ignored, len(methods) - 1)]
            try:
                asked, history = self._asked(method, messages, schema)
                message = self._caller.call(asked, history)
            except (RequestRefused, NotImplementedError):
                if method is methods[-1]:
                    raise
                methods = tuple(other for other in methods if other is not method)
            else:
                self._methods = methods  # what was refused, where another way was not, is not tried again
                return message

    def _asked(
        self, method: Method, messages: Sequence[BaseMessage], schema: JSONSchema
    ) -> tuple[Asked, list[BaseMessage]]:
        """The model bound to a method, and the messages to go with it."""
        history = list(messages)
        tool = schema_tool(schema)
        shape = tool["function"]["parameters"]
        match method:
            case Method.TOOL:
                return self.model.bind_tools([tool], tool_choice=schema_name(schema)), history
            case Method.JSON_SCHEMA if self._caller.provider is GIGACHAT:  # a form of its own
                return self.model.bind(
                    response_format={"type": "json_schema", "schema": shape, "strict": False}
                ), history
            case Method.JSON_SCHEMA:
                named = {"name": schema_name(schema), "schema": shape, "strict": False}
                return self.model.bind(response_format={"type": "json_schema", "json_schema": named}), history
            case Method.FORMAT:
                return self.model.bind(format=shape), history
            case Method.PROMPT:
                return self.model, _with_schema(history, shape)

    def _until_usable(
        self,
        messages: Sequence[BaseMessage],
        call: Callable[[Sequence[BaseMessage], Sequence[BadAnswer]], AIMessage],
        read: Callable[[AIMessage], T],
    ) -> T:
        """Call until the answer can be read, telling the model each time what was wrong."""
        history = list(messages)
        faults: list[BadAnswer] = []
        while True:
            try:
                return read(call(history, faults))
            except BadAnswer as fault:
                faults.append(fault)
                if fault.fault is Fault.REFUSED or len(faults) > RE_ASKS:
                    raise self._unusable(faults) from fault
                history = [*messages, *_complaint(fault)]
            except RequestRefused as refusal:
                raise refusal.error from refusal

    def _unusable(self, faults: Sequence[BadAnswer]) -> UnusableAnswer:
        """The sentence on what the model did, time after time."""
        last = faults[-1]
        did = list(dict.fromkeys(fault.fault.value for fault in faults))
        times = f" {len(faults)} times" if len(did) == 1 < len(faults) else ""
        detail = f": {_shortened(last.advice)}" if last.fault is Fault.INVALID else ""
        said = f" It said: “{_shortened(last.said)}”" if last.said and not detail else ""
        sentence = f"As {self._caller.role}, {self.name} {', then '.join(did)}{times}{detail}"
        return UnusableAnswer(
            f"{sentence.rstrip('.')}.{said}",
            f"Try again, or give this role another model: --model {self._caller.role}=provider:model.",
        )


def _with_schema(messages: Sequence[BaseMessage], shape: JSONSchema) -> list[BaseMessage]:
    """The messages with the wanted shape said in words."""
    from langchain_core.messages import HumanMessage

    lines = ["Answer with one JSON object and nothing else. Its JSON schema:", json.dumps(shape, ensure_ascii=False)]
    return [*messages, HumanMessage("\n".join(lines))]


def _complaint(fault: BadAnswer) -> list[BaseMessage]:
    """What the model said and what was wrong with it. Only the last fault is shown: the history stays short."""
    from langchain_core.messages import AIMessage, HumanMessage

    said: list[BaseMessage] = [AIMessage(fault.said)] if fault.said else []
    return [*said, HumanMessage(f"This cannot be used: your last message {fault.fault.value}.\n{fault.advice}")]


def _shortened(text: str, limit: int = 200) -> str:
    line = " ".join(text.split())
    return line if len(line) <= limit else line[: limit - 1] + "…"
