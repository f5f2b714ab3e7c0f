"""Putting the decisions of a run on record, as the stages know them."""

from __future__ import annotations

import json
from collections.abc import Sequence

from sheets_agent.actions.wire import encode
from sheets_agent.dialogue import told
from sheets_agent.feedback.channel import Verdict
from sheets_agent.feedback.person import Decision, Judgement, Work
from sheets_agent.feedback.records import Said, said
from sheets_agent.feedback.run_records import ANSWERED_BY
from sheets_agent.planners.generator import plan_messages
from sheets_agent.run_state import Context, RunState
from sheets_agent.state.done import Intent, Question
from sheets_agent.state.planned import Critique, Plan

_VERDICTS: dict[str, Verdict] = {"approve": "accept", "edit": "revise", "reject": "reject"}


def plan_decided(run: RunState, context: Context, plan: Plan, decision: Decision) -> None:
    """Record what a person decided on a plan."""
    if not context.records.on:
        return
    again = decision.verdict == "reject" and decision.comment and not decision.final
    verdict: Verdict = "revise" if again else _VERDICTS[decision.verdict]
    role, messages = _asked(run, context)
    context.records.decided(
        "plan",
        role,
        messages,
        plan_text(plan),
        by="person",
        verdict=verdict,
        critique=decision.comment,
        edited=plan_text(decision.plan) if decision.plan is not None else "",
    )


def plan_reflected(run: RunState, context: Context, plan: Plan, revised: Plan, critique: Critique) -> None:
    """Record what a reflector said of a plan, and the plan it made of it."""
    if not context.records.on:
        return
    changed = revised.steps != plan.steps
    role, messages = _asked(run, context)
    context.records.decided(
        "plan",
        role,
        messages,
        plan_text(plan),
        by="model",
        who=f"{critique.reflector}_reflector",
        verdict="revise" if changed else "accept",
        critique=critique.comment,
        edited=plan_text(revised) if changed else "",
    )


def questions_answered(context: Context, questions: Sequence[Question], answers: Sequence[str]) -> None:
    """Record what a person answered."""
    records = context.records
    for question, answer in zip(questions, answers, strict=True):
        records.decided(
            "question", "retriever", records.last_asked("retriever"), question.text, by="person", answer=answer
        )


def work_judged(context: Context, work: Work, judgement: Judgement) -> None:
    """Record what a person said of a description or a result."""
    records, role = context.records, ANSWERED_BY[work.kind]
    records.decided(
        work.kind,
        role,
        records.last_asked(role, work.text),
        work.text,
        by="person",
        verdict=judgement.verdict,
        critique=judgement.critique,
    )


def plan_text(plan: Plan) -> str:
    """A plan as the JSON that models write, its thoughts first."""
    steps = [{"why": step.why, **encode(step.action)} for step in plan.steps]
    return json.dumps({"thoughts": plan.thoughts, "steps": steps}, ensure_ascii=False)


def _asked(run: RunState, context: Context) -> tuple[str, tuple[Said, ...]]:
    """Whose plan it is, and what that role is asked for such a plan.

    A plan is an answer to the planner's prompt however it was found, by one call or by a search.
    """
    if run.get("wrote"):
        return "corrector", context.records.last_asked("corrector")
    intent = run.get("intent", Intent.COMMAND)
    description = context.describe(run["description"])
    history = told(run.get("history", ()))
    files = bool(context.sources)
    asked = plan_messages(context.prompts, run["task"], description, "none", intent, history, files=files)
    return "planner", said(asked)
