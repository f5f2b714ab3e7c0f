"""Where paused runs wait: a SQLite file in the user's data folder, readable by its owner only, or PostgreSQL.

A run's checkpoints hold what it has read of the spreadsheet, so they are deleted when the run ends.
"""

from __future__ import annotations

import inspect
import os
import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Any

import platformdirs
from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.checkpoint.serde.jsonplus import JsonPlusSerializer
from langgraph.checkpoint.sqlite import SqliteSaver

from sheets_agent import actions
from sheets_agent.errors import FileError
from sheets_agent.guard import scope
from sheets_agent.state import described, done, planned

DATA_DIR = "SHEETS_AGENT_DATA_DIR"
PATIENCE = 60.0
"""Seconds to wait while other runs write to a SQLite file of this program."""
DATABASE = "SHEETS_AGENT_DATABASE"
"""The address of a PostgreSQL database for checkpoints; without it they are in SQLite."""


def data_dir() -> Path:
    """The folder for what runs leave behind; SHEETS_AGENT_DATA_DIR overrides the platform's."""
    given = os.environ.get(DATA_DIR)
    return Path(given).expanduser() if given else platformdirs.user_data_path("sheets-agent", appauthor=False)


def runs_file() -> Path:
    """The SQLite file of paused and unfinished runs."""
    return data_dir() / "runs.sqlite"


@contextmanager
def checkpoints() -> Iterator[BaseCheckpointSaver[Any]]:
    """The store of checkpoints, open while the block runs.

    Raises:
        FileError: when the data folder cannot be written, or the file cannot be used while the block runs.
        UsageError: when the PostgreSQL database cannot be used.
    """
    if address := os.environ.get(DATABASE):
        from sheets_agent.postgres import saver_in

        with saver_in(address, serializer()) as kept:
            yield kept
        return
    path = private_file(runs_file())
    with ExitStack() as opened:
        try:
            connection = sqlite3.connect(path, timeout=PATIENCE, check_same_thread=False)
            saver = SqliteSaver(opened.enter_context(closing(connection)), serde=serializer())
            saver.setup()
            yield saver
        except sqlite3.Error as error:
            raise _unusable(path, error) from error


def private_file(path: Path) -> Path:
    """A file that is there and that its owner alone can read, with its folder.

    Raises:
        FileError: when it cannot be made.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        path.touch(mode=0o600)
    except OSError as error:
        raise unusable_folder(path, error) from error
    return path


def unusable_folder(path: Path, error: OSError) -> FileError:
    """What is said when a file or a folder of the data folder cannot be made."""
    return FileError(
        f"Runs cannot be kept in {path}: {error.strerror or error}.", f"Name another folder in {DATA_DIR}."
    )


def _unusable(path: Path, error: Exception) -> FileError:
    return FileError(
        f"Runs cannot be kept in {path}: {error}.", f"Let other runs end, or name another folder in {DATA_DIR}."
    )


def serializer() -> JsonPlusSerializer:
    """Checkpoints hold our own frozen models and nothing else that could run code."""
    classes = {
        item
        for module in (described, planned, done, scope, *_action_modules())
        for item in vars(module).values()
        if inspect.isclass(item) and item.__module__.startswith("sheets_agent.")
    }
    return JsonPlusSerializer(allowed_msgpack_modules=[(item.__module__, item.__name__) for item in classes])


def _action_modules() -> set[object]:
    return {inspect.getmodule(action) for action in actions.ACTIONS.values()}
