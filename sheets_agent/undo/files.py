"""Files put back: byte for byte where nobody touched them since, else only what the run had changed in them."""

from __future__ import annotations

import secrets
import tempfile
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

from sheets_agent.emulator.files import open_file, save_file
from sheets_agent.emulator.workbook import JSON, Workbook
from sheets_agent.errors import FileError
from sheets_agent.undo.conflicts import conflicts
from sheets_agent.undo.draft import Draft
from sheets_agent.undo.inverse import inverse
from sheets_agent.undo.recording import held

Request = JSON
Around = Callable[[Path, bytes | None], AbstractContextManager[None]]


@dataclass(frozen=True)
class Found:
    """What undoing does to a file.

    Attributes:
        contents: what the file holds afterwards; None to take it away.
        merged: what is saved instead, where somebody went on working in the file.
        requests: what was done to it to come from the file as it is to `merged`.
        conflicts: what somebody changed since, and undoing would lose.
        notes: what else to know.
    """

    contents: bytes | None
    merged: Workbook | None = None
    requests: tuple[Request, ...] = ()
    conflicts: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def what_changed(path: Path, before: bytes | None, after: bytes | None) -> Found:
    """Compare a file with what a run left in it.

    Args:
        path: the file.
        before: what it held before the run; None when there was none.
        after: what the run left; None when the run took the file away, or it is not known.

    Raises:
        FileError: the file cannot be read.
    """
    now = held(path)
    if now in (before, after):
        return Found(before)
    if now is None:
        return Found(before, conflicts=(f"{path.name} is gone; undoing writes it again, as it was before the run.",))
    if after is None:
        return Found(before, conflicts=(f"There is a file {path.name} now; undoing writes over it.",))
    if before is None:
        why = f"{path.name} was changed since the run made it; undoing takes it away with all changes."
        return Found(None, conflicts=(why,))
    return _merged(path, before, after)


def _merged(path: Path, before: bytes, after: bytes) -> Found:
    """Take back what the run did, and leave what somebody did since."""
    try:
        old, left, now = _opened(path, before), _opened(path, after), open_file(path).workbook
    except FileError as error:
        why = f"{path.name} was changed since, and what changed cannot be told: {error}"
        return Found(before, conflicts=(why,))
    if _tabs(left) != _tabs(now):
        why = f"Tabs of {path.name} were added, removed or renamed since; undoing loses all changes made since."
        return Found(before, conflicts=(why,))
    back = inverse(old, left)
    found = conflicts(back.left, now, exact=True)
    draft = Draft(now)
    draft.apply(back.requests)
    notes = (*back.lost, *(f"Not restored: {why}" for _, why in draft.refused))
    kept = f"{path.name} was changed since the run: what the run did is undone, and the other changes are kept."
    return Found(before, draft.workbook, tuple(draft.done), tuple(found), (kept, *notes))


def _opened(path: Path, contents: bytes) -> Workbook:
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / path.name
        copy.write_bytes(contents)
        return open_file(copy).workbook


def _tabs(workbook: Workbook) -> list[tuple[int, str]]:
    return [(sheet.sheet_id, sheet.title) for sheet in workbook.sheets]


def put_back(path: Path, found: Found, around: Around) -> tuple[str, ...]:
    """Make a file what it was, whole or not at all.

    Args:
        path: the file.
        found: what is to be done to it.
        around: is given the path and what the file will hold; the file is written while its block runs.

    Returns:
        What the file cannot hold, a sentence each, where it had to be written anew.

    Raises:
        FileError: it cannot be written.
    """
    if found.merged is not None:
        return save_file(found.merged, path, around)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    try:
        with around(path, found.contents):
            if found.contents is None:
                path.unlink(missing_ok=True)
            else:
                draft.write_bytes(found.contents)
                if path.exists():
                    draft.chmod(path.stat().st_mode)
                draft.replace(path)
    except OSError as error:
        draft.unlink(missing_ok=True)
        raise FileError(
            f"{path} cannot be put back: {error.strerror or error}.", "Close it elsewhere first."
        ) from error
    return ()
