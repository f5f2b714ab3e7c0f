"""Asking people in Label Studio: a task for each question or review, and their annotations read back."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sheets_agent.errors import FeedbackError, FileError
from sheets_agent.feedback.channel import Asked, AskedKind, Reply
from sheets_agent.feedback.channels import Place
from sheets_agent.feedback.label_studio.answers import replies_of
from sheets_agent.feedback.label_studio.client import KEY, LabelStudio
from sheets_agent.feedback.label_studio.configs import CONFIGS, VERDICTS, check_asks
from sheets_agent.feedback.label_studio.named import NamedProject, named_in
from sheets_agent.feedback.label_studio.wire import Project, Task

_TITLES: dict[AskedKind, tuple[str, str]] = {
    "question": ("A question about a task", "The question"),
    "description": ("To review: how the spreadsheet was understood", "The description"),
    "plan": ("To review: a plan, before it is written", "The plan"),
    "result": ("To review: what was written", "The result"),
}
_INSTRUCTION = (
    "An agent that works in spreadsheets asks or shows something. Answer a question with one of its options or in your "
    "own words. Of what is to be reviewed say whether it is accepted, has to be revised, or is rejected, and why."
)


def channel(url: str, place: Place) -> LabelStudioChannel:
    """The channel at `label-studio://project/12`, or at a title: `label-studio://project/Reviews`.

    A project that is not there is made with the first question; `?config=FILE` gives it a labelling configuration of
    one's own.

    Raises:
        UsageError: the address is wrong, or it is not known where Label Studio is.
        FileError: the configuration cannot be read.
        FeedbackError: Label Studio refuses, cannot be reached, or the project does not fit.
    """
    name, file = named_in(url)
    config = _read_config(file) if file else CONFIGS["feedback"]
    return LabelStudioChannel(LabelStudio.from_environment(), name, overlap=place.reviewers, config=config)


class LabelStudioChannel:
    """One project in which people are asked.

    Args:
        server: where it is.
        project: its id, or its title.
        overlap: how many people are asked the same.
        config: the labelling configuration it gets if it has to be made.

    Raises:
        UsageError: the title is too short or too long.
        FeedbackError: Label Studio refuses, cannot be reached, or the project does not fit.
    """

    name = "Label Studio"

    def __init__(
        self, server: LabelStudio, project: str, *, overlap: int = 1, config: str = CONFIGS["feedback"]
    ) -> None:
        self.overlap = overlap
        self._server = server
        self._project = NamedProject(server, project, config, overlap=overlap, instruction=_INSTRUCTION)

    def post(self, asked: Asked) -> str:
        """Make a task of it, or find the one that was made. The reference is `PROJECT/TASK`."""
        project = self._project.ready()
        check_asks(project, asked.kind)
        task = self._task_for(project, asked)
        if task.overlap != self.overlap:
            self._server.change_task(task.id, overlap=self.overlap)
        return f"{project.id}/{task.id}"

    def replies(self, asked: Asked, reference: str) -> Sequence[Reply]:
        """What people have submitted, the last of each; who skipped the task has said nothing."""
        task = self._server.task(_ids(reference)[1])
        if task is None:
            raise FeedbackError(f"The task {self.where(reference)} is no longer in Label Studio.")
        _check_same(task, asked)
        return replies_of(asked, task.annotations)

    def where(self, reference: str) -> str:
        """The address of the task."""
        return self._server.page_of(*_ids(reference))

    def withdraw(self, asked: Asked, reference: str) -> None:
        """Delete a task that nobody has answered; take an answered one out of the queue."""
        task = self._server.task(_ids(reference)[1])
        if task is None:
            return
        _check_same(task, asked)
        if all(annotation.was_cancelled for annotation in task.annotations):
            self._server.delete_task(task.id)
        elif not task.is_labeled:
            self._server.change_task(task.id, is_labeled=True)

    def _task_for(self, project: Project, asked: Asked) -> Task:
        found = self._server.tasks_with(project.id, asked.id)
        if not found:
            self._server.import_tasks(project.id, [_data(asked)])
            found = self._server.tasks_with(project.id, asked.id)
            for double in found[1:]:  # two processes at the same moment: both keep the first
                self._server.delete_task(double.id)
        if not found:
            raise FeedbackError("Label Studio has taken the task, but does not show it yet.", "Try again later.")
        return found[0]


def _data(asked: Asked) -> dict[str, Any]:
    title, subject = _TITLES[asked.kind]
    choices = asked.options if asked.kind == "question" else VERDICTS
    return {
        KEY: asked.id,
        "kind": asked.kind,
        "title": title,
        "subject": f"{subject}, about {asked.cell}" if asked.cell else subject,
        "task": asked.task or "—",
        "text": asked.text or "—",
        "details": asked.details or "—",
        "choices": [{"value": choice} for choice in choices],
        "spreadsheet_id": asked.spreadsheet_id,
        "cell": asked.cell,
    }


def _check_same(task: Task, asked: Asked) -> None:
    if task.data.get(KEY) != asked.id:
        sentence = f"Task {task.id} in Label Studio asks something else than this run."
        raise FeedbackError(sentence, "See whether LABEL_STUDIO_URL is still the same server.")


def _ids(reference: str) -> tuple[int, int]:
    """The project and the task of a reference."""
    if not (found := re.fullmatch(r"(\d+)/(\d+)", reference)):
        raise FeedbackError(f"“{reference}” is no task in Label Studio.")
    return int(found[1]), int(found[2])


def _read_config(path: Path) -> str:
    try:
        return path.expanduser().read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not UTF-8 text"
        raise FileError(f"The labelling configuration {path} cannot be read: {reason}.", "Name another file.") from (
            error
        )
