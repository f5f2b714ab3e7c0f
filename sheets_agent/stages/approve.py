"""Ask the person whether the plan may be written, when the policy says so."""

from __future__ import annotations

from langgraph.runtime import Runtime
from langgraph.types import interrupt

from sheets_agent.actions.base import Risk
from sheets_agent.feedback.person import Decision, Review, read_decision, review_request
from sheets_agent.run_state import Context, RunState
from sheets_agent.stages.approved import beyond
from sheets_agent.stages.on_record import plan_decided
from sheets_agent.state.done import Status
from sheets_agent.state.planned import NOTHING_YET, Plan, Trial

RISKY_FACTS = frozenset({"overwrite", "external_function", "protected_range", "not_tried"})


def risks(plan: Plan, trial: Trial) -> tuple[str, ...]:
    """What a plan may lose or let out: each step that overwrites, deletes, moves, reaches outside or was not tried."""
    deleting = [step.action.sentence() for step in plan.steps if step.action.risk is Risk.DELETE]
    return (*(fact.sentence for fact in trial.facts if fact.kind in RISKY_FACTS), *deleting)


def only_reads(plan: Plan) -> bool:
    """Whether no step of a plan writes."""
    return all(step.action.risk is Risk.READ for step in plan.steps)


def approve(run: RunState, runtime: Runtime[Context]) -> RunState:
    """Pause for a decision on the plan: approve, edit, reject.

    Re-entered from its top when the decision comes: nothing happens before `interrupt()`, and after it the spreadsheet
    is only read: a plan that would do something else by now is tried and shown again.
    """
    plan, trial = run["plan"], run["trial"]
    reasons, context = risks(plan, trial), runtime.context
    policy = context.settings.approve
    if run.get("wrote") and (why := beyond(trial, context.copies, None, run.get("written", ()), run["task"])):
        if policy == "never":
            summary = f"{run.get('summary', '')} A correction was not written: {why}".strip()
            return {"status": Status.INCOMPLETE, "summary": summary, "outcome": "not approved"}
        reasons = (*reasons, why)
    if policy == "never" or (policy == "risky" and not reasons) or only_reads(plan):
        return {"complaints": (), "outcome": "not needed"}
    review = Review(plan=plan, diff=trial.diff, facts=trial.facts, reasons=reasons)
    decision = read_decision(interrupt(review_request(review)))
    plan_decided(run, context, plan, decision)
    return {"pauses": run.get("pauses", 0) + 1, **_decided(run, context, decision)}


def _decided(run: RunState, context: Context, decision: Decision) -> RunState:
    """What a decision on the plan leads to."""
    if decision.verdict == "edit" and decision.plan is not None:
        return {"plan": decision.plan, "tried": False, "complaints": (), "outcome": "edited"}
    if decision.verdict == "approve" and _changed_meanwhile(run, context):
        return {"tried": False, "complaints": (), "outcome": "the spreadsheet changed meanwhile: tried again"}
    if decision.verdict == "approve":
        return {"complaints": (), "outcome": "approved"}
    sent = run.get("sent_back", {})
    if decision.comment and not decision.final and sent.get("plan", 0) < context.settings.feedback.rounds:
        complaint = f"The person rejected the plan: {decision.comment}"
        sent = {**sent, "plan": sent.get("plan", 0) + 1}
        return {"complaints": (complaint,), "sent_back": sent, "rounds": 0, "outcome": "rejected: replanned"}
    why = f" {decision.comment}" if decision.comment else ""
    if decision.comment and not decision.final:
        why = f" The rounds for it are used up. What was said last: {decision.comment}"
    if run.get("wrote"):
        rejected = f"A correction was rejected; what was written before it stays.{why}"
        summary = f"{run.get('summary', '')} {rejected}".strip()
        return {"status": Status.INCOMPLETE, "summary": summary, "outcome": "rejected"}
    summary = f"The plan was rejected; nothing was written.{why}"
    return {"status": Status.REJECTED, "summary": summary, "outcome": "rejected"}


def _changed_meanwhile(run: RunState, context: Context) -> bool:
    """Whether the plan would do something else now than what the person was shown: they may have taken days."""
    context.copies.forget()
    now = context.copies.attempt(run["plan"], run.get("own", NOTHING_YET))
    return not same_outcome(now, run["trial"])


def same_outcome(one: Trial, other: Trial) -> bool:
    """Whether two trials send the same requests and change the same cells in the same way."""
    return (one.requests, _told(one)) == (other.requests, _told(other))


def _told(trial: Trial) -> list[tuple[str, ...]]:
    """What a person was shown of the cells; results of volatile formulas aside."""
    return [(change.sheet, change.cell, change.before, change.after) for change in trial.diff.cells]


def after_approval(run: RunState) -> str:
    """Where the graph goes on: `execute`, `plan` or `correct` again, `reflect` on an edited plan, or `finish`."""
    if "status" in run:
        return "finish"
    if run.get("complaints"):
        return "correct" if run.get("wrote") else "plan"
    return "execute" if run.get("tried") else "reflect"
