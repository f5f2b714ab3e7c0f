"""What a run leaves on record where the person wants it: a log of its events, a trace, feedback records."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

import click

from sheets_agent.cli.options import Function, setting_option

if TYPE_CHECKING:
    from sheets_agent.cli.progress import Progress
    from sheets_agent.events import Event
    from sheets_agent.logs import JsonLog
    from sheets_agent.state.result import RunResult

_LOG = "sheets_agent.log_json"


def recording_options(command: Function) -> Function:
    """What is put on record."""
    trace = setting_option(
        "trace",
        "--trace",
        type=click.Path(file_okay=False, path_type=Path),
        metavar="DIR",
        help="A folder for every question to a model and its answer, one file for each call. They hold what was read.",
    )
    record = setting_option(
        "record",
        "--record",
        type=click.Path(dir_okay=False, path_type=Path),
        metavar="FILE",
        help="Add a feedback record for each call of a model and each decision, a JSON object a line, to learn from.",
    )
    return log_option(trace(record(command)))


def log_option(command: Function) -> Function:
    """Where the log goes; it is in `recorded`."""

    def keep(context: click.Context, _: click.Parameter, value: str | None) -> None:
        context.meta[_LOG] = value

    return click.option(
        "--log-json",
        metavar="FILE",
        expose_value=False,
        callback=keep,
        help="Write what happens as JSON, an event a line; - writes it to standard error, in place of the progress.",
    )(command)


class Told:
    """A listener that passes the events on to the progress display and the log."""

    def __init__(self, progress: Progress | None, log: JsonLog | None) -> None:
        self._progress = progress
        self._log = log

    def __call__(self, event: Event) -> None:
        """Pass one event on."""
        for listener in (self._progress, self._log):
            if listener is not None:
                listener(event)

    def result(self, result: RunResult) -> RunResult:
        """Log how the run ended, and give its result back."""
        return result if self._log is None else self._log.result(result)


@contextlib.contextmanager
def recorded(progress: Progress) -> Iterator[Told]:
    """The listener of the command that runs; the log is open while the block runs.

    Raises:
        FileError: when the log cannot be written.
    """
    place: str | None = click.get_current_context().meta.get(_LOG)
    if place is None:
        yield Told(progress, None)
        return
    from sheets_agent.logs import JsonLog

    with contextlib.ExitStack() as opened:
        log = opened.enter_context(JsonLog(sys.stderr if place == "-" else opened.enter_context(_open(Path(place)))))
        yield Told(None if place == "-" else progress, log)


def _open(path: Path) -> TextIO:
    """A log to add to, that only its owner can read."""
    from sheets_agent.errors import FileError

    try:
        handle = os.open(path.expanduser(), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        return os.fdopen(handle, "a", encoding="utf-8")
    except OSError as error:
        sentence = f"The log {path} cannot be written: {error.strerror or error}."
        raise FileError(sentence, "Name another file.") from error
