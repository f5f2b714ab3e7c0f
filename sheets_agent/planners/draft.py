"""One plan from one model call: the conversation goes in, a validated plan of known actions comes out."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from langchain_core.messages import BaseMessage

from sheets_agent.actions import ACTIONS
from sheets_agent.actions.base import Risk
from sheets_agent.actions.wire import decode, encode, plan_schema
from sheets_agent.chat import Chat
from sheets_agent.errors import ActionError
from sheets_agent.fetching import fetched
from sheets_agent.sources.model import NO_SOURCES, Sources
from sheets_agent.state.done import Intent
from sheets_agent.state.planned import Plan, Step


def draft_plan(
    chat: Chat, messages: Sequence[BaseMessage], intent: Intent = Intent.COMMAND, sources: Sources = NO_SOURCES
) -> Plan:
    """Ask a role for a plan.

    Args:
        chat: the role's.
        messages: the request.
        intent: of the person's message; a plan that answers a question writes nothing.
        sources: the documents that it may take tables of.

    Raises:
        UnusableAnswer: when no valid plan came, also after the validation errors were sent back.
        ModelUnreachable: when the provider did not answer.
    """
    read = read_plan_that_only_reads if intent is Intent.QUESTION else read_plan
    return chat.structured(list(messages), plan_schema(), lambda body: read(body, sources))


def read_plan_that_only_reads(body: dict[str, Any], sources: Sources = NO_SOURCES) -> Plan:
    """A plan that answers a question, from its wire form.

    Raises:
        ActionError: when the plan is wrong, or writes.
    """
    plan = read_plan(body, sources)
    writing = [step.action.kind for step in plan.steps if step.action.risk is not Risk.READ]
    if writing:
        reading = ", ".join(kind for kind, action in ACTIONS.items() if action.risk is Risk.READ)
        raise ActionError(
            f"The person asked a question, so nothing may be written: leave out {', '.join(dict.fromkeys(writing))}, "
            f"and find the answer with {reading}."
        )
    return plan


def read_plan(body: dict[str, Any], sources: Sources = NO_SOURCES) -> Plan:
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
            steps.append(Step(why=str(item.get("why", "")), action=fetched(decode(item), sources)))
        except ActionError as error:
            errors.append(f"Step {index}: {error}")
        except AttributeError:
            errors.append(f"Step {index}: a step is an object with why, action and the action's fields.")
    if errors:
        raise ActionError("\n".join(errors))
    return Plan(thoughts=str(body.get("thoughts", "")), steps=tuple(steps))


def with_fetched(plan: Plan, sources: Sources = NO_SOURCES) -> Plan:
    """The same plan with what its actions fetch; of an action that fails to, its trial will say so."""
    steps = tuple(_fetched(step, sources) for step in plan.steps)
    return plan if steps == plan.steps else plan.model_copy(update={"steps": steps})


def _fetched(step: Step, sources: Sources) -> Step:
    try:
        return step.model_copy(update={"action": fetched(step.action, sources)})
    except ActionError:
        return step


@dataclass(frozen=True, slots=True)
class Continuations:
    """Ways to go on with a plan, none of them empty, and whether it is done as it is."""

    plans: tuple[Plan, ...]
    done: bool = False


def read_continuations(
    body: dict[str, Any], intent: Intent = Intent.COMMAND, sources: Sources = NO_SOURCES
) -> Continuations:
    """Ways to go on from their wire form, where each step says to which variant it belongs.

    A variant with a step that is not valid is left out while another one is.

    Raises:
        ActionError: when no variant is valid, and the plan is not said to be done.
    """
    raw, done = body.get("steps"), body.get("done") is True
    steps = [step for step in raw if isinstance(step, dict)] if isinstance(raw, list) else []
    variants: dict[str, list[dict[str, Any]]] = {}
    for step in steps:
        variants.setdefault(str(step.get("variant", 1)), []).append(step)
    plans, errors = [], []
    for name, own in variants.items():
        wire = {"steps": [{key: value for key, value in step.items() if key != "variant"} for step in own]}
        try:
            read = read_plan_that_only_reads if intent is Intent.QUESTION else read_plan
            plans.append(read(wire, sources))
        except ActionError as error:
            errors.append(f"Variant {name}: {error}")
    if not plans and not done:
        raise ActionError("\n".join(errors) or "There is no variant, and done is not true.")
    return Continuations(tuple(plans), done)


def as_wire(plan: Plan) -> str:
    """A plan as the JSON text that models read and write, one step to a line."""
    lines = ",\n ".join(json.dumps({"why": step.why, **encode(step.action)}, ensure_ascii=False) for step in plan.steps)
    return f'{{"steps": [{lines}]}}'
