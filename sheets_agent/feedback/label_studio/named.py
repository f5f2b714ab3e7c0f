"""A project by what a person calls it: its id, or a title that it is found or made by."""

from __future__ import annotations

import re
import threading
from pathlib import Path
from urllib.parse import unquote

from sheets_agent.errors import FeedbackError, UsageError
from sheets_agent.feedback.label_studio.client import LabelStudio, checked_title
from sheets_agent.feedback.label_studio.configs import check_controls
from sheets_agent.feedback.label_studio.wire import Project

_HINT = "Type label-studio://project/12, or a title: label-studio://project/Reviews (? is %3F in it, and # is %23)."
_LONGEST = 18
"""Digits of an id; more are a title."""


def named_in(address: str) -> tuple[str, Path | None]:
    """The project that an address names, and the file with its labelling configuration, if it names one.

    Raises:
        UsageError: the address is wrong.
    """
    found = re.fullmatch(r"label-studio://project/([^?#]+)(?:\?config=([^&#]+))?", address)
    name = unquote(found[1]).strip() if found else ""
    if not found or not name:
        raise UsageError(f"“{address}” is no address of a project in Label Studio.", _HINT)
    return name, Path(unquote(found[2])) if found[2] else None


def found_project(server: LabelStudio, name: str) -> Project | None:
    """The project of this id, or of this title; None when there is none of the title.

    Raises:
        UsageError: the title is too short or too long.
        FeedbackError: Label Studio refuses, cannot be reached, or there is none of the id.
    """
    numbered = name.isascii() and name.isdigit() and len(name) <= _LONGEST
    return server.project(int(name)) if numbered else server.find_project(checked_title(name))


class NamedProject:
    """A project that is there, or will be made when it is needed first. Safe to use from several threads.

    Args:
        server: where it is.
        name: its id, or its title.
        config: the labelling configuration it gets if it has to be made.
        overlap: how many people annotate each of its tasks if it has to be made.
        instruction: what annotators are told in it then.

    Raises:
        UsageError: the title is too short or too long.
        FeedbackError: Label Studio refuses, cannot be reached, or the project does not fit.
    """

    def __init__(self, server: LabelStudio, name: str, config: str, *, overlap: int = 1, instruction: str = "") -> None:
        self._server = server
        self._config = config
        self._overlap = overlap
        self._instruction = instruction
        self._making = threading.Lock()
        self._title = name.strip()
        self._project = found_project(server, name)
        if self._project is None:
            server.check_config(config)
        else:
            check_controls(self._project)

    def ready(self) -> Project:
        """The project, made if it is not there.

        Raises:
            FeedbackError: Label Studio refuses, cannot be reached, or the project does not fit.
        """
        with self._making:
            if self._project is None:
                self._project = self._made()
            return self._project

    def _made(self) -> Project:
        project = self._server.find_project(self._title)  # another process may have made it meanwhile
        if project is not None:
            check_controls(project)
            return project
        project = self._server.create_project(
            self._title, self._config, overlap=self._overlap, instruction=self._instruction
        )
        try:
            check_controls(project)
        except FeedbackError:
            self._server.delete_project(project.id)
            raise
        return project
