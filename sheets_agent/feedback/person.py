"""What a person is asked, and the wire shape of a pause.

A stage that needs a person calls LangGraph's `interrupt()` with the request built here, and reads the answer with the
functions beside it. A `Person` is a channel in this process (terminal, callback) that answers such a request at once.

The wire shape is LangChain's human-in-the-loop request:
`{"action_requests": [{"name", "args", "description"}], "review_configs": [{"action_name", "allowed_decisions"}]}`,
answered by `{"decisions": [{"type": "approve" | "edit" | "reject" | "respond", …}]}`.

    asked                 name              answers
    questions             answer_question   respond (message: the answer), one for each question
    a plan                apply_plan        approve, edit (edited_action), reject (message: with one the plan is made
                                            again, unless `final` is true beside it; without one the run stops)
    a description, result review_work       approve, respond (message: what should be different), reject (message: why)
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal, Protocol

from pydantic import ValidationError

from sheets_agent.errors import UsageError
from sheets_agent.feedback.channel import Verdict
from sheets_agent.state.done import Question
from sheets_agent.state.model import Model
from sheets_agent.state.planned import Diff, Fact, Plan

ANSWER = "answer_question"
APPLY = "apply_plan"
REVIEW = "review_work"


class Review(Model):
    """A plan shown to a person before it is written."""

    plan: Plan
    diff: Diff
    facts: tuple[Fact, ...] = ()
    reasons: tuple[str, ...] = ()
    """Why a person is asked: what would be overwritten or deleted; empty when the policy is to ask always."""


class Decision(Model):
    """What the person decided. `plan` is the edited plan; `comment` says why it was rejected.

    A plan that was rejected with a comment is made again, unless the decision is `final`.
    """

    verdict: Literal["approve", "edit", "reject"]
    plan: Plan | None = None
    comment: str = ""
    final: bool = False


class Work(Model):
    """Something finished that a person reviews.

    Attributes:
        kind: the description of the spreadsheet before planning, or the result after writing.
        text: what is reviewed.
        details: what helps to judge: of a result, the difference it made.
        cell: an A1 address in it; empty where there is none.
    """

    kind: Literal["description", "result"]
    text: str
    details: str = ""
    cell: str = ""


class Judgement(Model):
    """What a person says of finished work: accept it; revise it, and how; or reject it, and why."""

    verdict: Verdict
    critique: str = ""


class Person(Protocol):
    """Somebody who can answer now."""

    def answer(self, questions: Sequence[Question]) -> Sequence[str]:
        """One answer for each question, in order; an empty text is “I don't know”."""

    def review(self, review: Review) -> Decision:
        """Approve, edit or reject a plan."""

    def judge(self, work: Work) -> Judgement:
        """Accept, revise or reject finished work; only asked for what the setting `review` names."""


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


def work_request(work: Work) -> dict[str, Any]:
    """The pause that asks what a person says of finished work."""
    return {
        "action_requests": [{"name": REVIEW, "args": work.model_dump(mode="json"), "description": work.text}],
        "review_configs": [{"action_name": REVIEW, "allowed_decisions": ["approve", "respond", "reject"]}],
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
    if actions[0]["name"] == REVIEW:
        return judgement_response(person.judge(Work.model_validate(actions[0]["args"])))
    return decision_response(person.review(Review.model_validate(actions[0]["args"])))


def decision_response(decision: Decision) -> dict[str, Any]:
    """The resume value of a decision on a plan."""
    if decision.verdict == "edit" and decision.plan is not None:
        edited = {"name": APPLY, "args": {"plan": decision.plan.model_dump(mode="json")}}
        return {"decisions": [{"type": "edit", "edited_action": edited}]}
    final = {"final": True} if decision.final else {}
    return {"decisions": [{"type": decision.verdict, "message": decision.comment, **final}]}


def judgement_response(judgement: Judgement) -> dict[str, Any]:
    """The resume value of a judgement on finished work."""
    return {"decisions": [{"type": _TYPES[judgement.verdict], "message": judgement.critique}]}


_TYPES: dict[Verdict, str] = {"accept": "approve", "revise": "respond", "reject": "reject"}


def check_answer(request: Mapping[str, Any], response: object) -> None:
    """Find out before a run goes on whether an answer fits what was asked.

    Raises:
        UsageError: it does not.
    """
    actions = request["action_requests"]
    if actions[0]["name"] == ANSWER:
        read_answers(response, len(actions))
    elif actions[0]["name"] == REVIEW:
        read_judgement(response)
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
            final = decision.get("final") is True
            return Decision(verdict="reject", comment=str(decision.get("message") or ""), final=final)
        case "edit":
            return Decision(verdict="edit", plan=_edited(decision))
        case other:
            raise UsageError(f"“{other}” is not a decision.", 'Decisions are "approve", "edit" and "reject".')


def read_judgement(response: object) -> Judgement:
    """The judgement on finished work.

    Raises:
        UsageError: when the resume value is not in the shape above, or says that something is wrong and not what.
    """
    (decision, *_) = _decisions(response)
    said, critique = decision.get("type"), str(decision.get("message") or "").strip()
    verdict = next((verdict for verdict, name in _TYPES.items() if name == said), None)
    if verdict is None:
        raise UsageError(f"“{said}” is not a judgement.", 'Judgements are "approve", "respond" and "reject".')
    if verdict == "revise" and not critique:
        raise UsageError("What should be different is not said.", "Say it, or accept or reject.")
    return Judgement(verdict=verdict, critique=critique)


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
