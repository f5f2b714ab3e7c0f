"""Let the reflectors mend the plan with the facts of its trial."""

from __future__ import annotations

from langgraph.runtime import Runtime

from sheets_agent.planners.budget import Budget
from sheets_agent.planners.draft import with_fetched
from sheets_agent.reflectors.choice import reviewers
from sheets_agent.reflectors.review import review
from sheets_agent.run_state import Context, RunState
from sheets_agent.stages.approve import only_reads
from sheets_agent.stages.describe_text import plain
from sheets_agent.stages.on_record import plan_reflected
from sheets_agent.state.planned import NOTHING_YET, Critique, Fact, Plan


def reflect(run: RunState, runtime: Runtime[Context]) -> RunState:
    """Ask the reflectors that the facts call for, trying the plan anew after each change."""
    context, settings = runtime.context, runtime.context.settings
    plan, own = with_fetched(run["plan"], context.sources), run.get("own", NOTHING_YET)
    trial = run["trial"] if run.get("tried") else context.copies.attempt(plan, own, run["task"])
    critiques: list[Critique] = []
    budget, notes = Budget(settings.search, context.chats.planning_usage), [*run.get("notes", ())]
    for name in reviewers(settings.reflect, settings.reflectors, trial) if plan.steps else ():
        if limit := budget.exhausted():
            notes.append(f"The {name} reflector was not asked: planning ended at {limit}.")
            break
        revised, critique = review(name, context, run, plan, trial)
        critiques.append(critique)
        plan_reflected(run, context, plan, revised, critique)
        if revised.steps != plan.steps:
            plan, trial = revised, context.copies.attempt(revised, own, run["task"])
    errors = len(trial.errors)
    return {
        "plan": plan,
        "trial": context.copies.assume(trial),
        "tried": True,
        "critiques": (*run.get("critiques", ()), *critiques),
        "complaints": tuple(_complaint(plan, fact) for fact in (trial.doubts if errors else ())),
        "notes": tuple(dict.fromkeys((*notes, *context.copies.notes))),
        "planning": context.chats.planning_usage(),
        "outcome": f"{errors} errors in the trial" if errors else f"tried: {trial.diff.cell_count} cells change",
    }


def _complaint(plan: Plan, fact: Fact) -> str:
    """A fact as the planner hears of it, who does not see the plan it is about."""
    if fact.step is None or fact.step >= len(plan.steps):
        return plain(fact.sentence)
    return f"The step “{plan.steps[fact.step].action.sentence()}” failed: {plain(fact.sentence)}"


def after_reflection(run: RunState) -> str:
    """Where the graph goes on: `approve`, `plan` again while the trial shows errors, or `finish`."""
    written = run.get("wrote", False)
    if run["trial"].errors:
        return "plan" if run.get("plans_left", 0) > 0 and not written else "finish"
    if (run.get("dry_run") and not only_reads(run["plan"])) or (written and not run["plan"].steps):
        return "finish"
    return "approve"
