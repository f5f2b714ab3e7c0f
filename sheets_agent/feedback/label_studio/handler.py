"""Calls of models on record in Label Studio: a task for each, and what annotators made of it read back.

handler = LabelStudioHandler("Model calls", mode="chat")
model.invoke(messages, {"callbacks": [handler]})
write_rows(supervised(decisions(handler.server, handler.project)), Path("pairs.jsonl"))
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterator
from typing import Any

from pydantic import ValidationError

from sheets_agent.errors import FeedbackError, UsageError
from sheets_agent.feedback.channel import Asked, Reply
from sheets_agent.feedback.handlers import FeedbackHandler, Mode
from sheets_agent.feedback.label_studio.answers import replies_of
from sheets_agent.feedback.label_studio.client import KEY, LabelStudio
from sheets_agent.feedback.label_studio.configs import CONFIGS
from sheets_agent.feedback.label_studio.named import NamedProject, found_project, named_in
from sheets_agent.feedback.label_studio.wire import Task
from sheets_agent.feedback.records import STORED, FeedbackRecord, answer_of, as_prompt, told
from sheets_agent.feedback.verdicts import judged

HELD = 1000
"""Records that are kept for later while Label Studio cannot be reached; beyond, the oldest are dropped."""
AT_ONCE = 5
"""Held records that are sent with a new one: no call waits for all of them."""
PATIENCE = 10.0
"""Seconds that a call of a model is held up by a server that does not answer."""

_INSTRUCTION = (
    "These are calls of a language model. Rate the response, accept it, or say what is wrong with it and write it as "
    "it should be: accepted and edited responses are what a model learns from."
)


class LabelStudioHandler(FeedbackHandler):
    """Makes a task of every answered call of a model. Safe to use from several threads.

    A server that does not answer holds a call up for ten seconds and never fails it: LangChain logs the error, and the
    record is sent with the next ones.

    Args:
        project: its id, or a title by which it is found or made.
        mode: how the conversation is shown: `chat`, message by message; or `prompt`, as one text.
        run_id: goes into every task; by default the id of LangGraph's thread, where the call is made in one.
        server: where it is; by default LABEL_STUDIO_URL, with the token in LABEL_STUDIO_API_KEY.
        config: the labelling configuration of a project that has to be made; by default the one of the mode. A task has
            `prompt`, `messages` (of `role` and `content`), `response`, `tool_calls`, `model`, `role` and `usage`.
        overlap: how many people annotate each task of a project that has to be made.

    Raises:
        UsageError: it is not known where Label Studio is, or the title is too short or too long.
        FeedbackError: Label Studio refuses, cannot be reached, or the project does not fit.
    """

    def __init__(
        self,
        project: str,
        mode: Mode = "chat",
        run_id: str = "",
        *,
        server: LabelStudio | None = None,
        config: str | None = None,
        overlap: int = 1,
    ) -> None:
        super().__init__(mode, run_id)
        self.server = server or LabelStudio.from_environment(timeout=PATIENCE)
        self._named = NamedProject(
            self.server, project, config or CONFIGS[mode], overlap=overlap, instruction=_INSTRUCTION
        )
        self._sending = threading.Lock()
        self._held: deque[FeedbackRecord] = deque(maxlen=HELD)

    @property
    def project(self) -> int:
        """The id of the project, which is made if it is not there.

        Raises:
            FeedbackError: it cannot be made.
        """
        return self._named.ready().id

    def take(self, record: FeedbackRecord) -> None:
        """Make a task of it, and of some of those that are held.

        Raises:
            FeedbackError: it cannot be sent now, and is held.
        """
        with self._sending:
            try:
                self.server.import_tasks(self.project, [_data(record)])
            except FeedbackError:
                self._held.append(record)
                raise
            self._send_held(AT_ONCE)

    def flush(self) -> None:
        """Send what is held.

        Raises:
            FeedbackError: it cannot be sent yet.
        """
        with self._sending:
            self._send_held(HELD)

    def _send_held(self, most: int) -> None:
        for _ in range(min(most, len(self._held))):
            record = self._held.popleft()
            try:
                if not self.server.tasks_with(self.project, record.id):  # it may have arrived, and the answer not
                    self.server.import_tasks(self.project, [_data(record)])
            except FeedbackError:
                self._held.append(record)  # at the end: one that is always refused keeps back no other
                raise


def collected(address: str) -> Iterator[FeedbackRecord]:
    """What annotators decided on the recorded calls of the project at an address.

    Raises:
        UsageError: the address is wrong, there is no such project, or it is not known where Label Studio is.
        FeedbackError: Label Studio refuses, cannot be reached, or holds what cannot be read.
    """
    name, _ = named_in(address)
    server = LabelStudio.from_environment()
    project = found_project(server, name)
    if project is None:
        raise UsageError(f"There is no project “{name}” in Label Studio.", "Name the one that the handler has made.")
    return decisions(server, project.id)


def decisions(server: LabelStudio, project: int) -> Iterator[FeedbackRecord]:
    """What annotators decided on the recorded calls of a project, a record for each person and call.

    Raises:
        FeedbackError: Label Studio refuses, cannot be reached, or holds a task or an annotation that cannot be read.
    """
    for task in server.annotated_tasks(project):
        if "record" not in task.data:
            continue  # a question to people, or somebody else's task
        call = _call(task)
        about = Asked(id=call.id, kind="result", task="", text=_response(call), options=())
        for number, reply in enumerate(replies_of(about, task.annotations), 1):
            if reply != Reply(who=reply.who, rating=None):  # else it was submitted with nothing said
                yield _decision(f"{call.id}.{reply.who or number}", call, reply)


def _decision(id: str, call: FeedbackRecord, reply: Reply) -> FeedbackRecord:
    asked = call.model_dump(include={"run_id", "role", "messages", "response", "tool_calls"})
    said = reply.model_dump(include={"who", "critique", "rating", "edited"})
    return FeedbackRecord(
        id=id,
        kind="decision",
        about="result",
        by="person",
        channel="Label Studio",
        verdict=judged(reply),
        **asked,
        **said,
    )


def _call(task: Task) -> FeedbackRecord:
    try:
        return FeedbackRecord.model_validate(task.data["record"], context={STORED: True})
    except ValidationError as error:
        raise FeedbackError(f"Task {task.id} in Label Studio holds no record of a call.", "Delete it.") from error


def _response(record: FeedbackRecord) -> str:
    return told(answer_of(record)) or "—"


def _data(record: FeedbackRecord) -> dict[str, Any]:
    stored = record.model_dump(mode="json")
    return {
        KEY: record.id,
        "title": " · ".join(part for part in (record.role, record.model) if part) or "A call of a model",
        "prompt": as_prompt(record.messages) or "—",
        "messages": [{"role": message.role, "content": told(message) or "—"} for message in record.messages],
        "response": _response(record),
        **{name: stored[name] for name in ("tool_calls", "model", "role", "run_id", "usage")},
        "record": stored,
    }
