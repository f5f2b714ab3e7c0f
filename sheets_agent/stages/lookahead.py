"""The executor's look ahead: several next messages are drawn and tried on copies, and the best is carried out."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from typing import Any

from langchain_core.messages import AIMessage, BaseMessage

from sheets_agent.actions.base import Risk
from sheets_agent.actions.tools import from_tool_call
from sheets_agent.chat import Chat
from sheets_agent.errors import ActionError
from sheets_agent.fetching import fetched
from sheets_agent.planners.copies import Copies
from sheets_agent.planners.parallel import all_of
from sheets_agent.planners.value import value_of
from sheets_agent.sources.model import Sources
from sheets_agent.state.planned import Own, Plan, Step


def best_of(
    chat: Chat,
    messages: Sequence[BaseMessage],
    tools: Sequence[dict[str, Any]],
    count: int,
    copies: Copies,
    own: Own,
    sources: Sources,
) -> AIMessage:
    """Draw several next messages, and take the one whose writing turns out best.

    Facts come before the count: of those that are worth the same, the one that was drawn most often is taken, and of
    those the first.

    Args:
        chat: the executor's.
        messages: the conversation so far.
        tools: the tools it may call.
        count: how many messages are drawn.
        copies: where their calls are tried.
        own: what this run has written itself.
        sources: the documents that calls may take tables of.

    Raises:
        ModelError: when not one came.
    """
    history, offered = list(messages), list(tools)
    answers = all_of([lambda: chat.with_tools(history, offered)] * count)
    votes = Counter(_key(answer) for answer in answers)
    values = {key: _value(answer, copies, own, sources) for key, answer in {_key(one): one for one in answers}.items()}
    return max(answers, key=lambda answer: (values[_key(answer)], votes[_key(answer)]))


def _key(answer: AIMessage) -> str:
    """What an answer does: equal for the same calls, and for all that call nothing and sum up."""
    return json.dumps([(call["name"], call["args"]) for call in answer.tool_calls], sort_keys=True, default=str)


def _value(answer: AIMessage, copies: Copies, own: Own, sources: Sources) -> float:
    """What an answer is worth by the facts of its trial; nothing when a call of it is not valid."""
    try:
        actions = [fetched(from_tool_call(call["name"], call["args"]), sources) for call in answer.tool_calls]
    except ActionError:
        return 0.0
    steps = [Step.model_validate({"action": action}) for action in actions if action.risk is not Risk.READ]
    return value_of(copies.attempt(Plan(steps=tuple(steps)), own)) if steps else 1.0
