"""A dataset of Argilla: its settings, its records with suggestions, and what people said of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from sheets_agent.errors import UsageError
from sheets_agent.feedback.argilla import sdk
from sheets_agent.feedback.handlers import Mode

Kind = Literal["review", "question"]

GUIDELINES: dict[Kind, str] = {
    "review": """An agent works in spreadsheets. You see what it was asked (prompt), what it answered (response), and,
where there is one, its plan with what the plan would change.

Accept what is right. Where it is not, choose *revise* and say what is wrong: the work is mended by what you write.
*Reject* what should not be done at all. If you can, write the answer as it should be.""",
    "question": """An agent works in a spreadsheet and cannot tell something by itself. Answer its question: in your own
words, or with one of the answers it offers. Write - if you do not know.""",
}


@dataclass(frozen=True)
class Row:
    """One record.

    Attributes:
        id: the record's own; logged again under the same id it stays one record, and what people said stays.
        prompt: what was asked: text, or the messages of a chat.
        response: what was answered.
        plan: a plan, or what helps to judge.
        suggestions: by question: what a person may take over or change.
        agent: who suggests, such as a model's name.
        metadata: what else is known.
    """

    id: str
    prompt: str | Sequence[Mapping[str, str]]
    response: str = ""
    plan: str = ""
    suggestions: Mapping[str, str] = field(default_factory=dict)
    agent: str = ""
    metadata: Mapping[str, str | int] = field(default_factory=dict)


@dataclass(frozen=True)
class Response:
    """What one person has submitted: the values by question, and the person's name or id."""

    who: str
    values: Mapping[str, Any]


class Dataset:
    """A dataset, made when there is none of its name and its mode is said.

    Args:
        name: of the dataset.
        kind: whether answers are reviewed or questions answered in it.
        mode: whether its prompt is a text or a chat; None for a dataset that has to be there, whichever it is.
        workspace: the workspace's name; empty for the first one of the user.
        overlap: how many people judge each record; of a dataset that exists it stays as it is.

    Raises:
        UsageError: the SDK is not installed, there is no key, or a dataset of that name is of another form.
        FeedbackError: the server refuses, or cannot be reached.
    """

    def __init__(
        self, name: str, kind: Kind = "review", mode: Mode | None = "prompt", workspace: str = "", overlap: int = 1
    ) -> None:
        self._sdk = sdk.load()
        self._client = sdk.connect(self._sdk)
        self._users: dict[str, str] | None = None
        with sdk.asking():
            self._dataset = self._found(name, workspace) or self._made(name, kind, mode, workspace, overlap)
            self._check(name, kind, mode)

    @property
    def address(self) -> str:
        """Where people go."""
        return f"{sdk.server_url()}/dataset/{self._dataset.id}/annotation-mode"

    def log(self, row: Row) -> None:
        """Add a record, or bring the one with its id up to date.

        Raises:
            FeedbackError: the server refuses, or cannot be reached.
        """
        fields: dict[str, Any] = {"prompt": row.prompt if isinstance(row.prompt, str) else list(row.prompt)}
        fields |= {name: text for name, text in (("response", row.response), ("plan", row.plan)) if text}
        suggestions = [
            self._sdk.Suggestion(name, text, agent=row.agent or None, type="model")
            for name, text in row.suggestions.items()
            if text
        ]
        with sdk.asking():
            record = self._sdk.Record(id=row.id, fields=fields, metadata=dict(row.metadata), suggestions=suggestions)
            record.dataset = self._dataset
            # dataset.records.log() draws a progress bar; this is what it calls
            self._client.api.records.bulk_upsert(dataset_id=self._dataset.id, records=[record.api_model()])

    def responses(self, id: str) -> list[Response]:
        """What people have submitted on the record with an id; drafts and discarded ones are left out.

        Raises:
            FeedbackError: the server refuses, or cannot be reached.
        """
        with sdk.asking():
            return [response for record in self._with_id(id) for response in self._submitted(record)]

    def judged(self) -> Iterator[tuple[Any, Response]]:
        """Every record of the SDK on which somebody has submitted, with what they said.

        Raises:
            FeedbackError: the server refuses, or cannot be reached.
        """
        with sdk.asking():
            records = list(self._dataset.records(with_suggestions=False, with_responses=True))
            found = [(record, response) for record in records for response in self._submitted(record)]
        yield from found

    def remove_unanswered(self, id: str) -> None:
        """Delete a record that nobody has said anything of.

        Raises:
            FeedbackError: the server refuses, or cannot be reached.
        """
        with sdk.asking():
            for record in self._with_id(id):
                if not len(record.responses):
                    self._client.api.records.delete(record_id=record._server_id)

    def _with_id(self, id: str) -> list[Any]:
        query = self._sdk.Query(filter=[("id", "==", id)])
        return list(self._dataset.records(query, with_suggestions=False, with_responses=True))

    def _submitted(self, record: Any) -> list[Response]:
        values: dict[str, dict[str, Any]] = defaultdict(dict)
        for response in record.responses:
            if response.status == "submitted":
                values[str(response.user_id)][response.question_name] = response.value
        return [Response(self._name_of(user), said) for user, said in values.items()]

    def _name_of(self, user: str) -> str:
        """A person's name; only owners may ask for it, so that it is their id for others."""
        if self._users is None:
            try:
                self._users = {str(found.id): found.username for found in self._client.users.list()}
            except self._sdk._exceptions.ForbiddenError:
                self._users = {}
        return self._users.get(user, user)

    def _found(self, name: str, workspace: str) -> Any:
        if workspace and self._client.workspaces(workspace) is None:
            raise UsageError(f"Argilla has no workspace “{workspace}”.", "Name one that your user is in.")
        found = self._client.datasets(name, workspace=workspace or None)
        if found is not None and not found._is_published():  # its process was killed before it was whole
            found.delete()
            return None
        return found

    def _made(self, name: str, kind: Kind, mode: Mode | None, workspace: str, overlap: int) -> Any:
        if mode is None:
            raise UsageError(
                f"Argilla at {sdk.server_url()} has no dataset “{name}”.", "Look at its name and workspace."
            )
        settings = settings_for(self._sdk, self._client, kind, mode, overlap)
        return self._sdk.Dataset(name, workspace=workspace or None, settings=settings, client=self._client).create()

    def _check(self, name: str, kind: Kind, mode: Mode | None) -> None:
        """See that a dataset that somebody may have made has what is written and read here."""
        asked = {question.name for question in self._dataset.settings.questions}
        fields = {one.name: one for one in self._dataset.settings.fields}
        missing = [*({"review": {"verdict"}, "question": {"answer"}}[kind] - asked), *(FIELDS - fields.keys())]
        if missing:
            parts = " and ".join(f"“{part}”" for part in missing)
            raise UsageError(f"Argilla's dataset “{name}” has no {parts}.", "Name another one: it is made as needed.")
        has_turns = type(fields["prompt"]).__name__ == "ChatField"
        if mode is not None and has_turns != (mode == "chat"):
            other = "chat" if mode == "prompt" else "prompt"
            raise UsageError(f"Argilla's dataset “{name}” was made for {other} mode.", "Name another one.")


FIELDS = {"prompt", "response", "plan"}


def settings_for(argilla: Any, client: Any, kind: Kind, mode: Mode, overlap: int) -> Any:
    """The settings of a dataset: fields, questions, guidelines, and how many judge each record."""
    prompt = (
        argilla.ChatField("prompt", title="Prompt", _client=client)
        if mode == "chat"
        else argilla.TextField("prompt", title="Prompt", client=client)
    )
    fields = [
        prompt,
        argilla.TextField("response", title="Response", required=False, client=client),
        argilla.TextField("plan", title="Plan", required=False, client=client),
    ]
    if kind == "question":
        questions = [argilla.TextQuestion("answer", title="Your answer", required=True, client=client)]
    else:
        labels = {"accept": "Accept", "revise": "Revise", "reject": "Reject"}
        questions = [
            argilla.LabelQuestion("verdict", labels=labels, title="Is it right?", required=True, client=client),
            argilla.RatingQuestion("rating", values=[1, 2, 3, 4, 5], title="How good?", required=False, client=client),
            argilla.TextQuestion("critique", title="What is wrong?", required=False, client=client),
            argilla.TextQuestion("edited", title="As it should be", required=False, client=client),
        ]
    return argilla.Settings(
        fields=fields,
        questions=questions,
        guidelines=GUIDELINES[kind],
        allow_extra_metadata=True,
        distribution=argilla.TaskDistribution(min_submitted=overlap),
    )
