"""Make a plan: thoughts first, then steps made only of known actions, tried on a copy."""

from __future__ import annotations

from langgraph.runtime import Runtime

from sheets_agent.dialogue import told
from sheets_agent.events import Note
from sheets_agent.planners.budget import Budget
from sheets_agent.planners.generator import Generator
from sheets_agent.planners.problem import Problem
from sheets_agent.planners.strategies import strategy
from sheets_agent.run_state import Context, RunState
from sheets_agent.state.done import Intent
from sheets_agent.state.planned import NOTHING_YET


def plan(run: RunState, runtime: Runtime[Context]) -> RunState:
    """Plan with the strategy in force; with complaints from facts or the person, a plan that heeds them."""
    context = runtime.context
    search = context.settings.search
    problem = Problem(
        task=run["task"],
        generator=Generator(
            context.chats,
            context.prompts,
            run["task"],
            context.describe(run["description"]),
            run.get("complaints", ()),
            run.get("intent", Intent.COMMAND),
            told(run.get("history", ())),
            context.sources,
        ),
        copies=context.copies,
        budget=Budget(search, context.chats.planning_usage),
        search=search,
        own=run.get("own", NOTHING_YET),
        tell=lambda line: context.emit(Note(line)),
    )
    rounds = run.get("rounds", 0)
    proposal = strategy(context.settings.planner, rounds)(problem)
    if proposal.note:
        context.emit(Note(proposal.note))
    steps = len(proposal.chosen.plan.steps)
    outcome = f"{steps} step{'s' * (steps != 1)}"
    if proposal.considered > 1:
        outcome += f", the best of {proposal.considered} plans tried"
    update: RunState = {
        "plan": proposal.chosen.plan,
        "trial": proposal.chosen.trial,
        "tried": True,
        "rounds": rounds + 1,
        "plans_left": run.get("plans_left", 1) - 1,
        "complaints": (),
        "planning": context.chats.planning_usage(),
        "outcome": outcome,
    }
    if proposal.note:
        update["notes"] = tuple(dict.fromkeys((*run.get("notes", ()), proposal.note)))
    if proposal.tree is not None:
        update["search"] = proposal.tree
    return update
