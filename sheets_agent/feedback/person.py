"""What a person is asked, and the wire shape of a pause.

A stage that needs a person calls LangGraph's `interrupt()` with the request built here, and reads the answer with the
functions beside it. A `Person` is a channel in this process (terminal, callback) that answers such a request at once.

The wire shape is LangChain's human-in-the-loop request:
`{"action_requests": [{"name", "args", "description"}], "review_configs": [{"action_name", "allowed_decisions"}]}`,
answered by `{"decisions": [{"type": "approve" | "edit" | "reject" | "respond", …}]}`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal, Protocol

from pydantic import ValidationError

from sheets_agent.errors import UsageError
from sheets_agent.state.done import Question
from sheets_agent.state.model import Model
from sheets_agent.state.planned import Diff, Fact, Plan

ANSWER = "answer_question"
APPLY = "apply_plan"


class Review(Model):
    """A plan shown to a person before it is written."""

    plan: Plan
    diff: Diff
    facts: tuple[Fact, ...] = ()
    reasons: tuple[str, ...] = ()
    """Why a person is asked: what would be overwritten or deleted; empty when the policy is to ask always."""


class Decision(Model):
    """What the person decided. `plan` is the edited plan; `comment` says why it was rejected."""

    verdict: Literal["approve", "edit", "reject"]
    plan: Plan | None = None
    comment: str = ""


class Person(Protocol):
    """Somebody who can answer now."""

    def answer(self, questions: Sequence[Question]) -> Sequence[str]:
        """One answer for each question, in order; an empty text is “I don't know”."""

    def review(self, review: Review) -> Decision:
        """Approve, edit or reject a plan."""


def question_request(questions: Sequence[Question]) -> dict[str, Any]:
    """The pause that asks all questions at once."""
    return {
        "action_requests": [
            {"name": ANSWER, "args": question.model_dump(mode="json"), "description": question.text}
            for question in questions
        ],
        "review_configs": [{"action_name": ANSWER, "allowed_decisions": ["respond"]}],
    }


def review_request(review: Review) -> dict[str, Any]:
    """The pause that asks whether a plan may run."""
    lines = [f"{index}. {step.action.sentence()}" for index, step in enumerate(review.plan.steps, 1)]
    return {
        "action_requests": [
            {"name": APPLY, "args": review.model_dump(mode="json"), "description": "\n".join([*lines, *review.reasons])}
        ],
        "review_configs": [{"action_name": APPLY, "allowed_decisions": ["approve", "edit", "reject"]}],
    }


def ask(person: Person, request: dict[str, Any]) -> dict[str, Any]:
    """Put a pause to a person in this process.

    Returns:
        The resume value: `{"decisions": […]}`.
    """
    actions = request["action_requests"]
    if actions[0]["name"] == ANSWER:
        answers = person.answer([Question.model_validate(action["args"]) for action in actions])
        return {"decisions": [{"type": "respond", "message": answer} for answer in answers]}
    decision = person.review(Review.model_validate(actions[0]["args"]))
    if decision.verdict == "edit" and decision.plan is not None:
        edited = {"name": APPLY, "args": {"plan": decision.plan.model_dump(mode="json")}}
        return {"decisions": [{"type": "edit", "edited_action": edited}]}
    return {"decisions": [{"type": decision.verdict, "message": decision.comment}]}


def check_answer(request: Mapping[str, Any], response: object) -> None:
    """Find out before a run goes on whether an answer fits what was asked.

    Raises:
        UsageError: it does not.
    """
    actions = request["action_requests"]
    if actions[0]["name"] == ANSWER:
        read_answers(response, len(actions))
    else:
        read_decision(response)


def read_answers(response: object, count: int) -> tuple[str, ...]:
    """The texts of `count` answers.

    Raises:
        UsageError: when the resume value is not in the shape above.
    """
    decisions = _decisions(response)
    if len(decisions) != count:
        raise UsageError(f"{count} answers were asked for and {len(decisions)} came.")
    return tuple(str(decision.get("message", "")) for decision in decisions)


def read_decision(response: object) -> Decision:
    """The decision on a plan.

    Raises:
        UsageError: when the resume value is not in the shape above.
    """
    (decision, *_) = _decisions(response)
    match decision.get("type"):
        case "approve":
            return Decision(verdict="approve")
        case "reject":
            return Decision(verdict="reject", comment=str(decision.get("message") or ""))
        case "edit":
            return Decision(verdict="edit", plan=_edited(decision))
        case other:
            raise UsageError(f"“{other}” is not a decision.", 'Decisions are "approve", "edit" and "reject".')


def _edited(decision: dict[str, Any]) -> Plan:
    try:
        return Plan.model_validate(decision["edited_action"]["args"]["plan"])
    except (KeyError, TypeError, ValidationError) as error:
        form = '{"type": "edit", "edited_action": {"name": "apply_plan", "args": {"plan": {"steps": […]}}}}'
        raise UsageError(f"The edited plan is not valid: {error}", f"An edited plan comes as {form}.") from error


def _decisions(response: object) -> list[dict[str, Any]]:
    decisions = response.get("decisions") if isinstance(response, Mapping) else None
    if not isinstance(decisions, list) or not decisions or not all(isinstance(item, dict) for item in decisions):
        raise UsageError("The answer to the pause is malformed.", 'Answer with {"decisions": [{"type": "approve"}]}.')
    return decisions
