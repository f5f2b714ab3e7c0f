"""One plan from one model call: the conversation goes in, a validated plan of known actions comes out."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from langchain_core.messages import BaseMessage

from sheets_agent.actions.wire import decode, encode, plan_schema
from sheets_agent.chat import Chat
from sheets_agent.errors import ActionError
from sheets_agent.state import Plan, Step


def draft_plan(chat: Chat, messages: Sequence[BaseMessage]) -> Plan:
    """Ask a role for a plan.

    Raises:
        UnusableAnswer: when no valid plan came, also after the validation errors were sent back.
        ModelUnreachable: when the provider did not answer.
    """
    return chat.structured(list(messages), plan_schema(), read_plan)


def read_plan(body: dict[str, Any]) -> Plan:
    """A plan from its wire form.

    Raises:
        ActionError: naming every step that is wrong and why, for the model to mend at once.
    """
    steps, errors = [], []
    raw = body.get("steps")
    if not isinstance(raw, list):
        raise ActionError("The plan has no list of steps.")
    for index, item in enumerate(raw, 1):
        try:
            steps.append(Step(why=str(item.get("why", "")), action=decode(item)))  # type: ignore[arg-type]
        except ActionError as error:
            errors.append(f"Step {index}: {error}")
        except AttributeError:
            errors.append(f"Step {index}: a step is an object with why, action and the action's fields.")
    if errors:
        raise ActionError("\n".join(errors))
    return Plan(thoughts=str(body.get("thoughts", "")), steps=tuple(steps))


def as_wire(plan: Plan) -> str:
    """A plan as the JSON text that models read and write, one step to a line."""
    lines = ",\n ".join(json.dumps({"why": step.why, **encode(step.action)}, ensure_ascii=False) for step in plan.steps)
    return f'{{"steps": [{lines}]}}'
