"""What people did in Label Studio, as replies."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sheets_agent.errors import FeedbackError
from sheets_agent.feedback.channel import Asked, Reply, Verdict
from sheets_agent.feedback.label_studio.configs import CONTROLS, VERDICTS
from sheets_agent.feedback.label_studio.wire import Annotation, Annotator, Marked

_UNKNOWN = "?"
"""The words of who does not know the answer."""


def replies_of(asked: Asked, annotations: Iterable[Annotation]) -> tuple[Reply, ...]:
    """One reply for each person, what they submitted last, in the order of these; skipped tasks are no replies.

    Raises:
        FeedbackError: an annotation holds a verdict or a rating that is none.
    """
    last: dict[str, Annotation] = {}
    for annotation in sorted(annotations, key=lambda annotation: (annotation.updated_at, annotation.id)):
        if not annotation.was_cancelled:
            person = _who(annotation) or f"annotation {annotation.id}"
            last.pop(person, None)
            last[person] = annotation
    return tuple(_reply(asked, annotation) for annotation in last.values())


def _reply(asked: Asked, annotation: Annotation) -> Reply:
    who = _who(annotation)
    said = {marked.from_name: _said(marked, annotation) for marked in annotation.result if marked.from_name in CONTROLS}
    words, chosen = said.get("answer", ""), said.get("choice", "")
    critique = "\n".join(text for text in (said.get("critique", ""), words) if text)
    rating = int(said["rating"]) if said.get("rating") else None
    if asked.kind == "question":
        reason = critique if chosen else said.get("critique", "")
        answer = chosen or ("" if words.strip() == _UNKNOWN else words)
        return Reply(who=who, answer=answer, critique=reason, rating=rating)
    edited = said.get("edited", "")
    edited = "" if edited.strip() == asked.text.strip() else edited
    verdict = _verdict(said.get("verdict") or chosen, annotation)
    return Reply(who=who, verdict=verdict, critique=critique, rating=rating, edited=edited)


def _said(marked: Marked, annotation: Annotation) -> str:
    """What a control holds, as text."""
    match marked.value:
        case {"choices": [*choices]}:
            return ", ".join(_choice(choice) for choice in choices)
        case {"text": str(text)}:
            return text
        case {"text": [*texts]}:
            return "\n".join(str(text) for text in texts)
        case {"rating": int(rating)} if 0 <= rating <= 5:
            return str(rating or "")
        case {"rating": rating}:
            raise _strange(annotation, f"the rating {rating}")
        case _:
            return ""


def _choice(choice: Any) -> str:
    """A choice; one inside of others comes with them, the outermost first."""
    return str(choice[-1] if isinstance(choice, Sequence) and not isinstance(choice, str) and choice else choice)


def _verdict(said: str, annotation: Annotation) -> Verdict | None:
    if not said:
        return None
    for verdict in VERDICTS:
        if said.casefold() == verdict:
            return verdict
    raise _strange(annotation, f"the verdict “{said}”")


def _strange(annotation: Annotation, what: str) -> FeedbackError:
    sentence = f"Annotation {annotation.id} in Label Studio has {what}."
    return FeedbackError(sentence, f"Verdicts are {', '.join(VERDICTS)}, and ratings 1 to 5: change it there.")


def _who(annotation: Annotation) -> str:
    match annotation.completed_by:
        case Annotator(email=email) if email:
            return email
        case Annotator(id=number) | int(number):
            return f"user {number}"
        case _:
            return ""
