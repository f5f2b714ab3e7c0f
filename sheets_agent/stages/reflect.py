"""Try the plan on a copy, and let the reflectors mend it with the facts that came out."""

from __future__ import annotations

from langgraph.runtime import Runtime

from sheets_agent.reflectors.review import review
from sheets_agent.run_state import Context, RunState
from sheets_agent.state import Critique, Fact, Plan

REFLECTORS = ("action", "cell", "formula", "general")
"""In this order: what to do, where, with which formulas, and all in all."""


def reflect(run: RunState, runtime: Runtime[Context]) -> RunState:
    """Run the reflectors that are switched on, trying the plan anew after each change."""
    context = runtime.context
    plan, own = run["plan"], run.get("written", ())
    trial = context.copies.attempt(plan, own)
    critiques: list[Critique] = []
    for name in REFLECTORS if plan.steps else ():
        if name not in context.settings.reflectors:
            continue
        revised, critique = review(name, context, run, plan, trial)
        critiques.append(critique)
        if revised.steps != plan.steps:
            plan, trial = revised, context.copies.attempt(revised, own)
    errors = len(trial.errors)
    return {
        "plan": plan,
        "trial": trial,
        "critiques": (*run.get("critiques", ()), *critiques),
        "complaints": tuple(_complaint(plan, fact) for fact in trial.errors),
        "edited": False,
        "notes": tuple(dict.fromkeys((*run.get("notes", ()), *context.copies.notes))),
        "outcome": f"{errors} errors in the trial" if errors else f"tried: {trial.diff.cell_count} cells change",
    }


def _complaint(plan: Plan, fact: Fact) -> str:
    """A fact as the planner hears of it, who does not see the plan it is about."""
    if fact.step is None or fact.step >= len(plan.steps):
        return fact.sentence
    return f"The step “{plan.steps[fact.step].action.sentence()}” failed: {fact.sentence}"


def after_reflection(run: RunState) -> str:
    """Where the graph goes on: `approve`, `plan` again while the trial shows errors, or `finish`."""
    written = run.get("wrote", False)
    if run["trial"].errors:
        return "plan" if run.get("plans_left", 0) > 0 and not written else "finish"
    if run.get("dry_run") or (written and not run["plan"].steps):
        return "finish"
    return "approve"
