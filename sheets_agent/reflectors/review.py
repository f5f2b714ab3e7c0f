"""One reflector's work: the model criticises a tried plan with the facts in hand; its aspect is taken over."""

from __future__ import annotations

from typing import Any

from sheets_agent.actions.wire import action_space
from sheets_agent.chat.schemas import reflection_schema
from sheets_agent.planners.draft import as_wire, read_plan, read_plan_that_only_reads, with_fetched
from sheets_agent.planners.told import changes_told, facts_told
from sheets_agent.reflectors.aspects import ASPECTS, take_over
from sheets_agent.run_state import Context, RunState
from sheets_agent.sources.model import Sources
from sheets_agent.state.done import Intent
from sheets_agent.state.planned import Critique, Plan, Trial


def review(name: str, context: Context, run: RunState, plan: Plan, trial: Trial) -> tuple[Plan, Critique]:
    """Have one reflector look at a tried plan.

    Returns:
        The plan with what it may change taken over, and what it said.
    """
    aspect = ASPECTS[name]
    variables = {
        "task": run["task"],
        "description": context.describe(run["description"]),
        "plan": as_wire(plan),
        "facts": facts_told(trial.facts),
        "changes": changes_told(trial.diff),
    }
    if aspect.steps:
        variables["actions"] = action_space(files=bool(context.sources))
    messages = context.prompts.messages(f"{name}_reflector", **variables)
    chat = context.chats.role(f"{name}_reflector")
    comment, revised = chat.structured(
        messages, reflection_schema(), lambda body: _read(body, run.get("intent"), context.sources)
    )
    if revised is None:
        return plan, Critique(reflector=name, comment=comment, facts=trial.facts)
    taken = take_over(plan, revised, aspect)
    whole = with_fetched(taken.plan, context.sources)
    critique = Critique(
        reflector=name, comment=comment, facts=trial.facts, changed=taken.changed, dropped=taken.dropped
    )
    return whole, critique


def _read(body: dict[str, Any], intent: Intent | None, sources: Sources) -> tuple[str, Plan | None]:
    """The comment, and the revised plan when the verdict is to revise.

    Raises:
        ActionError: when the revised plan is not valid, or writes where a question was asked.
    """
    comment = str(body.get("comment", ""))
    if body.get("verdict") != "revise":
        return comment, None
    read = read_plan_that_only_reads if intent is Intent.QUESTION else read_plan
    return comment, read(body, sources)
