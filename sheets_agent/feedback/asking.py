"""A pause of a run as what a channel is asked, and what people said as the answer to the pause. Pure functions."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sheets_agent.a1 import quote_title
from sheets_agent.feedback.channel import Asked, AskedKind, Reply
from sheets_agent.feedback.decided import mark
from sheets_agent.feedback.person import (
    ANSWER,
    REVIEW,
    Decision,
    Judgement,
    Review,
    Work,
    decision_response,
    judgement_response,
)
from sheets_agent.feedback.verdicts import answer_of, critiques_of, verdict_of
from sheets_agent.planners.told import changes_told
from sheets_agent.state.done import Question
from sheets_agent.state.planned import Severity

Merge = Callable[[Asked, Sequence[str]], str]
"""Several critiques of what was asked, as one."""
UNSAID = "The reviewers want it otherwise and did not say how."


@dataclass(frozen=True)
class Asker:
    """Whose question it is.

    Attributes:
        run_id: of the run.
        task: what the run is for.
        spreadsheet_id: where it works.
    """

    run_id: str
    task: str
    spreadsheet_id: str

    def asked(self, request: dict[str, Any], number: int) -> tuple[Asked, ...]:
        """What people are asked in a pause, each question by itself.

        Args:
            request: the pause, as `sheets_agent.feedback.person` writes it.
            number: which one of the run's pauses it is, from 1. With what is asked it makes the id, so that a run that
                starts anew finds what it has asked before.
        """
        actions = request["action_requests"]
        tail = mark(request, number)
        if actions[0]["name"] == ANSWER:
            questions = [Question.model_validate(action["args"]) for action in actions]
            found = [self._asked("question", tail, one.text, one.about, one.cell) for one in questions]
            return tuple(
                asked.model_copy(update={"id": f"{asked.id}.{place}", "options": question.options[:5]})
                for place, (asked, question) in enumerate(zip(found, questions, strict=True), 1)
            )
        if actions[0]["name"] == REVIEW:
            work = Work.model_validate(actions[0]["args"])
            return (self._asked(work.kind, tail, work.text, work.details, work.cell),)
        review = Review.model_validate(actions[0]["args"])
        text = "\n".join(f"{place}. {step.action.sentence()}" for place, step in enumerate(review.plan.steps, 1))
        return (self._asked("plan", tail, text, "\n".join(_details(review)), _cell(review)),)

    def _asked(self, kind: AskedKind, tail: str, text: str, details: str, cell: str) -> Asked:
        return Asked(
            id=f"{self.run_id}.{kind}.{tail}",
            kind=kind,
            task=self.task,
            text=text,
            details=details,
            spreadsheet_id=self.spreadsheet_id,
            cell=cell,
        )


def _details(review: Review) -> Iterator[str]:
    """Why a person is asked, what the plan changes, and what speaks against it."""
    yield from (f"! {reason}" for reason in review.reasons)
    yield changes_told(review.diff)
    for fact in review.facts:
        if fact.severity is not Severity.UNKNOWN and fact.sentence not in review.reasons:
            yield f"- {fact.sentence}"


def _cell(review: Review) -> str:
    """The first cell that changes."""
    return next((f"{quote_title(change.sheet)}!{change.cell.partition(':')[0]}" for change in review.diff.cells), "")


def answer_to(
    request: dict[str, Any], asked: Sequence[Asked], replies: Sequence[Sequence[Reply]], merge: Merge
) -> dict[str, Any]:
    """The resume value that people's replies make.

    Args:
        request: the pause.
        asked: what was asked in it.
        replies: to each of them.
        merge: makes one critique of several.
    """
    name = request["action_requests"][0]["name"]
    if name == ANSWER:
        return {"decisions": [{"type": "respond", "message": answer_of(said)} for said in replies]}
    (one,), (said,) = asked, replies
    verdict = verdict_of(said)
    critiques = critiques_of(said, verdict)
    if verdict == "revise":
        critique = (merge(one, critiques) if len(critiques) > 1 else "".join(critiques)) or UNSAID
    else:
        critique = "; ".join(critiques)
    if name == REVIEW:
        return judgement_response(Judgement(verdict=verdict, critique=critique))
    match verdict:
        case "accept":
            decision = Decision(verdict="approve", comment=critique)
        case "revise":
            decision = Decision(verdict="reject", comment=critique)
        case _:
            decision = Decision(verdict="reject", comment=critique, final=True)
    return decision_response(decision)
