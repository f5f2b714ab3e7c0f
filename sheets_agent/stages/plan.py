"""Make a plan: thoughts first, then steps made only of known actions."""

from __future__ import annotations

from langgraph.runtime import Runtime

from sheets_agent.actions.wire import action_space
from sheets_agent.planners.draft import draft_plan
from sheets_agent.planners.samples import draw, vote
from sheets_agent.run_state import Context, RunState


def plan(run: RunState, runtime: Runtime[Context]) -> RunState:
    """Draft a plan; with complaints from facts or the person, one that heeds them."""
    context = runtime.context
    description = context.describe(run["description"])
    messages = context.prompts.messages(
        "planner",
        task=run["task"],
        actions=action_space(),
        description=description,
        complaints="\n".join(f"- {text}" for text in run.get("complaints", ())) or "none",
    )
    planner = context.chats.role("planner")
    samples = context.settings.plan_samples
    if samples > 1:
        plans = draw(planner, messages, samples)
        drafted = vote(context.chats.role("voter"), context.prompts, run["task"], description, plans)
    else:
        drafted = draft_plan(planner, messages)
    return {
        "plan": drafted,
        "plans_left": run.get("plans_left", 1) - 1,
        "complaints": (),
        "edited": False,
        "outcome": f"{len(drafted.steps)} step{'s' * (len(drafted.steps) != 1)}",
    }
