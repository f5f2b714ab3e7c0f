"""What is put to people who answer later, and what they say: the one protocol of all feedback channels.

A channel posts what is asked where people are (comments of the spreadsheet, Label Studio, TagMe, Argilla), and is
looked at again until they have answered. A posted task is known by a reference, a plain text, so that waiting survives
the process. Somebody who can answer at once is a `sheets_agent.feedback.person.Person` instead.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, Protocol

from pydantic import Field

from sheets_agent.state.model import Model

AskedKind = Literal["question", "description", "plan", "result"]
Verdict = Literal["accept", "revise", "reject"]


class Asked(Model):
    """One thing that is put to people: a question, or something to review.

    Attributes:
        id: the same whenever the same thing is asked, such as `3f2a.clarify.1`; a channel may use it as its own key.
        kind: a `question` is answered; a `description`, `plan` or `result` is reviewed.
        task: the request of the person whose run it is.
        text: the question; or what is to be reviewed, as text.
        details: what helps to judge: the difference a plan makes, why it is asked, what the question is about.
        options: of a question: up to five answers to choose from; empty asks for free text.
        spreadsheet_id: where it belongs.
        cell: the A1 address it is about, such as "'Q1 2024'!B7"; empty when it is about no cell.
    """

    id: str
    kind: AskedKind
    task: str
    text: str
    details: str = ""
    options: tuple[str, ...] = Field(default=(), max_length=5)
    spreadsheet_id: str = ""
    cell: str = ""


class Reply(Model):
    """What one person said.

    Attributes:
        who: the person, as the channel knows them; empty when it does not say.
        answer: to a question; empty is “I don't know”.
        verdict: on something reviewed.
        critique: what is wrong, or why.
        rating: 1 (bad) to 5 (good).
        edited: the reviewed text as the person would have it; empty when they changed nothing.
    """

    who: str = ""
    answer: str = ""
    verdict: Verdict | None = None
    critique: str = ""
    rating: int | None = Field(default=None, ge=1, le=5)
    edited: str = ""


class Channel(Protocol):
    """A place where people are asked, and answer in their own time.

    Every method may raise `sheets_agent.errors.FeedbackError` when the service refuses or cannot be reached.
    """

    name: str
    """As in a message: “waits for an answer in Label Studio”."""
    overlap: int
    """How many people are asked the same."""

    def post(self, asked: Asked) -> str:
        """Put it before people; what was posted already under the same `Asked.id` is found, and not posted twice.

        The process may be killed right after the service has taken it, so this looks at the service, not at memory.

        Returns:
            A reference, by which another process finds it again.
        """

    def replies(self, asked: Asked, reference: str) -> Sequence[Reply]:
        """What people have said so far, one reply for each person who has finished; waits for nobody."""

    def where(self, reference: str) -> str:
        """Where a person goes to answer: an address, or a sentence."""

    def withdraw(self, asked: Asked, reference: str) -> None:
        """Nobody waits for it any more, because it was answered or decided elsewhere: close it, so far as possible.

        What people have said stays. It may be called more than once.
        """
