"""Plan the mending of what is wrong in the sheet after writing: errors that stand, or what a reviewer sent back."""

from __future__ import annotations

from langgraph.runtime import Runtime

from sheets_agent.actions.wire import action_space
from sheets_agent.planners.draft import as_wire, draft_plan
from sheets_agent.run_state import Context, RunState
from sheets_agent.stages.describe_text import plain

LISTED = 30
"""Errors told to the corrector."""


def correct(run: RunState, runtime: Runtime[Context]) -> RunState:
    """Ask the corrector for a plan that mends what is left; it is tried and approved like any plan."""
    context = runtime.context
    left = [problem for problem in run.get("problems", ()) if not problem.fixed]
    errors = [
        plain(f"- {problem.address} shows {problem.error} {problem.message} {problem.formula}".rstrip())
        for problem in left[:LISTED]
    ]
    complaints = [*run.get("complaints", ()), *filter(None, [run.get("changed", "")])]  # why it was not written before
    messages = context.prompts.messages(
        "corrector",
        actions=action_space(files=bool(context.sources)),
        task=run["task"],
        description=context.describe(run["description"]),
        plan=as_wire(run["plan"]),
        errors="\n".join(errors) or "none",
        complaints="\n".join(f"- {text}" for text in complaints) or "none",
    )
    plan = draft_plan(context.chats.role("corrector"), messages, sources=context.sources)
    return {
        "plan": plan,
        "corrections_left": run.get("corrections_left", 0) - 1,
        "complaints": (),
        "tried": False,
        "outcome": f"{len(plan.steps)} steps to mend {f'{len(left)} errors' if left else 'the result'}",
    }
