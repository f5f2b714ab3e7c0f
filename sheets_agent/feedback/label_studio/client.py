"""The calls to Label Studio that are made here, over plain HTTP.

Written against the open-source edition 1.23: https://api.labelstud.io/api-reference.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Self

from sheets_agent.errors import FeedbackError, UsageError
from sheets_agent.feedback.label_studio.connection import ADDRESS, TOKEN, Connection, read
from sheets_agent.feedback.label_studio.wire import Project, Projects, Task, Tasks

TITLE = (3, 50)
"""The fewest and the most characters of a project's title."""
KEY = "id"
"""What a task is found again by, in its data."""
_PER_PAGE = 100


class LabelStudio:
    """One Label Studio. Safe to use from several threads.

    Every call may raise `FeedbackError`: the server refuses, answers nonsense, or cannot be reached.

    Args:
        address: where it is, such as `https://labels.example.com`.
        token: a legacy token, or a personal access token.
        timeout: seconds for one answer.

    Raises:
        UsageError: the address or the token cannot be one.
    """

    def __init__(self, address: str, token: str, *, timeout: float = 30.0) -> None:
        self._connection = Connection(address, token, timeout)

    @classmethod
    def from_environment(cls, *, timeout: float = 30.0) -> Self:
        """The one that LABEL_STUDIO_URL and LABEL_STUDIO_API_KEY tell of.

        Args:
            timeout: seconds for one answer.

        Raises:
            UsageError: they are not set, or cannot be right.
        """
        given = {name: os.environ.get(name, "").strip() for name in (ADDRESS, TOKEN)}
        missing = " and ".join(name for name, value in given.items() if not value)
        if missing:
            hint = f"Set {missing}: the address, and a token from Account & Settings in Label Studio."
            raise UsageError("It is not known where Label Studio is, or with which token to speak to it.", hint)
        return cls(given[ADDRESS], given[TOKEN], timeout=timeout)

    @property
    def address(self) -> str:
        """Where it is."""
        return self._connection.address

    def project(self, project: int) -> Project:
        """A project by its id."""
        return read(Project, self._connection.call("GET", f"api/projects/{project}/", f"project {project}"))

    def find_project(self, title: str) -> Project | None:
        """The project with exactly this title, or None.

        Raises:
            FeedbackError: there are several.
        """
        found: list[Project] = []
        page, last = 1, False
        while not last:
            query = {"title": title, "page": page, "page_size": _PER_PAGE}
            answer = read(Projects, self._connection.call("GET", "api/projects/", "the projects", params=query))
            found += [project for project in answer.results if project.title == title]
            page, last = page + 1, answer.next is None
        if len(found) > 1:
            ids = ", ".join(str(project.id) for project in found)
            raise FeedbackError(f"Label Studio has several projects “{title}”: {ids}.", "Name one by its id.")
        return found[0] if found else None

    def create_project(self, title: str, config: str, *, overlap: int = 1, instruction: str = "") -> Project:
        """Make a project.

        Args:
            title: 3 to 50 characters.
            config: the labelling configuration; the server checks it.
            overlap: how many people annotate each task.
            instruction: what the annotators are told.

        Raises:
            UsageError: the title is too short or too long.
        """
        body = {
            "title": checked_title(title),
            "label_config": config,
            "maximum_annotations": overlap,
            "expert_instruction": instruction,
            "show_instruction": bool(instruction),
            "enable_empty_annotation": False,
        }
        return read(Project, self._connection.call("POST", "api/projects/", f"the project “{title}”", json=body))

    def delete_project(self, project: int) -> None:
        """Delete a project with its tasks; one that is not there is deleted already."""
        self._connection.call_if_there("DELETE", f"api/projects/{project}/", f"project {project}")

    def check_config(self, config: str) -> None:
        """Have the server check a labelling configuration.

        Raises:
            FeedbackError: it is none; says why.
        """
        body = {"label_config": config}
        self._connection.call("POST", "api/projects/validate/", "the labelling configuration", json=body)

    def import_tasks(self, project: int, tasks: Sequence[Mapping[str, Any]]) -> None:
        """Put tasks into a project by their data, all or none of them."""
        body = [{"data": dict(data)} for data in tasks]
        self._connection.call("POST", f"api/projects/{project}/import", f"project {project}", json=body)

    def tasks_with(self, project: int, id: str) -> tuple[Task, ...]:
        """The tasks of a project whose data have this id, the oldest first; without their annotations."""
        item = {"filter": f"filter:tasks:data.{KEY}", "operator": "equal", "type": "String", "value": id}
        found = self._tasks(project, item, "id,project,data,overlap,is_labeled", 1)
        return tuple(sorted((task for task in found.tasks if task.data.get(KEY) == id), key=lambda task: task.id))

    def annotated_tasks(self, project: int) -> Iterator[Task]:
        """The tasks of a project that somebody has annotated, with the annotations."""
        item = {"filter": "filter:tasks:total_annotations", "operator": "greater", "type": "Number", "value": 0}
        page, seen, last = 1, 0, False
        while not last:
            found = self._tasks(project, item, "id,project", page)
            for listed in found.tasks:
                if task := self.task(listed.id):  # only alone does it come with who annotated it
                    yield task
            page, seen = page + 1, seen + len(found.tasks)
            last = not found.tasks or seen >= found.total

    def _tasks(self, project: int, item: Mapping[str, Any], include: str, page: int) -> Tasks:
        query = {
            "project": project,
            "query": json.dumps({"filters": {"conjunction": "and", "items": [item]}}),
            "fields": "all",
            "include": include,
            "page": page,
            "page_size": _PER_PAGE,
        }
        return read(Tasks, self._connection.call("GET", "api/tasks", f"project {project}", params=query))

    def task(self, task: int) -> Task | None:
        """A task with its annotations; None when it is not there."""
        answer = self._connection.call_if_there("GET", f"api/tasks/{task}/", f"task {task}")
        return None if answer is None else read(Task, answer)

    def change_task(self, task: int, **changes: Any) -> None:
        """Change a task: `overlap` says how many people annotate it, `is_labeled` takes it out of the queue."""
        self._connection.call("PATCH", f"api/tasks/{task}/", f"task {task}", json=changes)

    def delete_task(self, task: int) -> None:
        """Delete a task with its annotations; one that is not there is deleted already."""
        self._connection.call_if_there("DELETE", f"api/tasks/{task}/", f"task {task}")

    def page_of(self, project: int, task: int) -> str:
        """The address at which a person sees a task."""
        return f"{self.address}/projects/{project}/data/?task={task}"


def checked_title(title: str) -> str:
    """A project's title without the blanks around it.

    Raises:
        UsageError: it is too short or too long.
    """
    least, most = TITLE
    if not least <= len(title.strip()) <= most:
        raise UsageError(f"“{title}” is no title for a project: it has {least} to {most} characters.")
    return title.strip()
