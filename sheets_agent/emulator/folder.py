"""Spreadsheets kept in a folder: one file each, replaced whole: no end of the process leaves one half done.

The first line of a file says what a listing shows; the second is the spreadsheet (`emulator.stored`), read when it is
first needed.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import secrets
import sys
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import IO

from pydantic_core import from_json, to_json

from sheets_agent.emulator.documents import Document
from sheets_agent.emulator.stored import from_stored, to_stored
from sheets_agent.emulator.workbook import JSON, Workbook
from sheets_agent.errors import FileError, UsageError

_SUFFIX = ".spreadsheet.json"
_VERSION = 1
_ID = re.compile(r"[A-Za-z0-9_-]+")


class Folder:
    """A folder of spreadsheets, held by one process at a time.

    Args:
        path: the folder; made when it does not exist.

    Raises:
        FileError: it cannot be made or written.
        UsageError: another process holds it.
    """

    def __init__(self, path: Path) -> None:
        self._path = Path(path)
        try:
            self._path.mkdir(parents=True, exist_ok=True)
            self._lock = (self._path / ".lock").open("w")
        except OSError as error:
            raise FileError(f"{path} cannot be used as a folder: {error.strerror}.", "Name another one.") from error
        if not _locked(self._lock):
            self._lock.close()
            raise UsageError(f"{path} is in use by another emulator.", "End that one, or name another folder.")
        for draft in self._path.glob(f".*{_SUFFIX}.part"):  # of a process that was killed while writing
            draft.unlink()

    def documents(self) -> list[Document]:
        """Everything in the folder; the spreadsheets themselves are read when they are needed.

        Raises:
            FileError: a file in it is damaged.
        """
        return [self._document(path) for path in sorted(self._path.glob(f"*{_SUFFIX}"))]

    def save(self, document: Document, workbook: Workbook, modified: datetime) -> None:
        """Keep a spreadsheet as it is now, in the place of what was kept of it.

        Raises:
            OSError: the disk is full, or the folder is gone; what was kept before is still there.
        """
        head = {
            "version": _VERSION,
            "spreadsheetId": workbook.spreadsheet_id,
            "title": workbook.properties["title"],
            "created": document.created.isoformat(),
            "modified": modified.isoformat(),
        }
        path = self._file(workbook.spreadsheet_id)
        draft = path.with_name(f".{secrets.token_hex(4)}{_SUFFIX}.part")
        try:
            with draft.open("wb") as file:
                file.write(to_json(head) + b"\n" + to_json(to_stored(workbook)) + b"\n")
                file.flush()
                os.fsync(file.fileno())  # else a power cut may leave the new name with nothing in it
            draft.replace(path)
            self._synchronise()
        finally:
            draft.unlink(missing_ok=True)

    def remove(self, spreadsheet_id: str) -> None:
        """Forget a spreadsheet."""
        self._file(spreadsheet_id).unlink(missing_ok=True)
        self._synchronise()

    def _synchronise(self) -> None:
        """Have the disk know the names in the folder, else a power cut may bring back what they stood for before."""
        if sys.platform == "win32":  # where folders cannot be opened, and names are kept with the files
            return
        folder = os.open(self._path, os.O_RDONLY)
        try:
            with contextlib.suppress(OSError):  # of file systems that know no such thing; the names are there anyway
                os.fsync(folder)
        finally:
            os.close(folder)

    def close(self) -> None:
        """Let other processes use the folder."""
        self._lock.close()

    def _file(self, spreadsheet_id: str) -> Path:
        if not _ID.fullmatch(spreadsheet_id):
            raise ValueError(f"{spreadsheet_id!r} is no spreadsheet id")
        return self._path / f"{spreadsheet_id}{_SUFFIX}"

    def _document(self, path: Path) -> Document:
        try:
            with path.open("rb") as file:
                head: JSON = json.loads(file.readline())
            if head["version"] != _VERSION:
                raise FileError(f"{path} was written by another version of this program.", "Move it elsewhere.")
            return Document(
                head["spreadsheetId"],
                head["title"],
                partial(_read, path),
                created=datetime.fromisoformat(head["created"]),
                modified=datetime.fromisoformat(head["modified"]),
            )
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise _damaged(path) from error


def _read(path: Path) -> Workbook:
    try:
        with path.open("rb") as file:
            file.readline()
            return from_stored(from_json(file.read()))
    except (OSError, ValueError, KeyError, TypeError, IndexError) as error:
        raise _damaged(path) from error


def _damaged(path: Path) -> FileError:
    return FileError(f"{path} is damaged and cannot be read.", "Move it elsewhere, or put back a copy of it.")


def _locked(file: IO[str]) -> bool:
    """Whether the lock of a folder is ours now; the system takes it back when the process ends, however it ends."""
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
