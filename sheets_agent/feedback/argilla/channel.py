"""Asking and reviewing in Argilla.

    argilla://DATASET                   DATASET for reviews, DATASET-questions for questions; made if not there
    argilla://DATASET?workspace=NAME    in a workspace; by default the first one of the user

The server and the key are in ARGILLA_API_URL and ARGILLA_API_KEY.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast
from urllib.parse import parse_qs, unquote, urlsplit

from sheets_agent.errors import FeedbackError, UsageError
from sheets_agent.feedback.argilla import sdk
from sheets_agent.feedback.argilla.dataset import Dataset, Kind, Response, Row
from sheets_agent.feedback.channel import Asked, Reply, Verdict
from sheets_agent.feedback.channels import Place

ABOUT = "about"
"""The metadata of a record that a run waits for: what it is."""
VERDICTS = ("accept", "revise", "reject")


def channel(url: str, place: Place) -> Argilla:
    """The channel at `argilla://DATASET`.

    Raises:
        UsageError: the address is wrong, the SDK is not installed, or there is no key.
        FeedbackError: the server refuses, or cannot be reached.
    """
    name, workspace = place_of(url)
    sdk.connect(sdk.load())
    return Argilla(name, workspace, place.reviewers)


def place_of(url: str) -> tuple[str, str]:
    """The dataset's and the workspace's name of an address.

    Raises:
        UsageError: the address is wrong.
    """
    parts = urlsplit(url)
    name = unquote(parts.netloc + parts.path).strip("/")
    given = {key: values[-1] for key, values in parse_qs(parts.query, keep_blank_values=True).items()}
    if parts.scheme != "argilla" or not name or set(given) - {"workspace"} or not all(given.values()):
        raise UsageError(f"“{url}” names no dataset of Argilla.", "Write: --feedback argilla://DATASET?workspace=NAME.")
    return name, given.get("workspace", "")


class Argilla:
    """Two datasets of Argilla.

    Args:
        dataset: the name of the one for reviews; the one for questions is called after it.
        workspace: the workspace's name; empty for the first one of the user.
        overlap: how many people are asked the same.
    """

    name = "Argilla"

    def __init__(self, dataset: str, workspace: str = "", overlap: int = 1) -> None:
        self.overlap = overlap
        self._name = dataset
        self._workspace = workspace
        self._open: dict[Kind, Dataset] = {}

    def post(self, asked: Asked) -> str:
        """Add a record for it, or find the one that was added."""
        dataset = self._dataset(asked)
        dataset.log(_row(asked))
        return dataset.address

    def replies(self, asked: Asked, reference: str) -> Sequence[Reply]:
        """What people have submitted on its record."""
        return tuple(_reply(asked, response) for response in self._dataset(asked).responses(asked.id))

    def where(self, reference: str) -> str:
        """The address of the dataset."""
        return reference

    def withdraw(self, asked: Asked, reference: str) -> None:
        """Take its record away, unless somebody has said something of it."""
        self._dataset(asked).remove_unanswered(asked.id)

    def _dataset(self, asked: Asked) -> Dataset:
        kind: Kind = "question" if asked.kind == "question" else "review"
        if kind not in self._open:
            name = f"{self._name}-questions" if kind == "question" else self._name
            self._open[kind] = Dataset(name, kind, "prompt", self._workspace, self.overlap)
        return self._open[kind]


def _row(asked: Asked) -> Row:
    details = "\n".join(part for part in (asked.cell, asked.details) if part)
    metadata = {name: value for name, value in (("spreadsheet", asked.spreadsheet_id), (ABOUT, asked.kind)) if value}
    match asked.kind:
        case "question":
            text = "\n".join([asked.text, *(f"• {option}" for option in asked.options)])
            return Row(asked.id, asked.task, text, details, metadata=metadata)
        case "plan":
            plan = "\n\n".join(part for part in (asked.text, details) if part)
            return Row(asked.id, asked.task, "", plan, {"edited": asked.text}, "sheets-agent", metadata)
        case _:
            return Row(asked.id, asked.task, asked.text, details, {"edited": asked.text}, "sheets-agent", metadata)


def _reply(asked: Asked, response: Response) -> Reply:
    if asked.kind == "question":
        answer = str(response.values.get("answer", "")).strip()
        return Reply(who=response.who, answer="" if answer == "-" else answer)
    return Reply(who=response.who, **judgement_of(response.values, asked.text))


def judgement_of(values: Mapping[str, Any], text: str) -> dict[str, Any]:
    """What somebody submitted on an answer, as a reply and a record have it.

    Args:
        values: by question.
        text: the answer; submitted as it was suggested, it was not edited.

    Raises:
        FeedbackError: the verdict is none that is known here.
    """
    verdict = values.get("verdict")
    if verdict not in VERDICTS:
        sentence = f"Argilla gave “{verdict}” for a verdict."
        raise FeedbackError(sentence, f"The labels of the question “verdict” have to be {', '.join(VERDICTS)}.")
    edited = str(values.get("edited") or "").strip()
    return {
        "verdict": cast("Verdict", verdict),
        "critique": str(values.get("critique") or "").strip(),
        "rating": values.get("rating"),
        "edited": "" if edited == text.strip() else edited,
    }
