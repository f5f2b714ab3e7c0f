"""Records in a file: one JSON object a line, added to while runs go on and read when they are exported."""

from __future__ import annotations

import hashlib
import json
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock
from pydantic import ValidationError

from sheets_agent.errors import FileError
from sheets_agent.feedback.records import STORED, FeedbackRecord


class RecordFile:
    """A file of records that only its owner can read. Several threads and processes may add to it at once.

    Args:
        path: the file; it is made if it is not there.

    Raises:
        FileError: when it cannot be written, or what is in it is no record.
    """

    def __init__(self, path: Path) -> None:
        from sheets_agent.checkpoints import data_dir

        self.path = path.expanduser().absolute()
        folder = data_dir() / "records"
        mark = hashlib.sha256(str(self.path.resolve()).encode()).hexdigest()[:16]
        self._lock = FileLock(folder / f"{mark}.lock")
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            self.path.parent.mkdir(parents=True, exist_ok=True)
            os.close(self._opened())
        except OSError as error:
            sentence = f"The records {path} cannot be written: {error.strerror or error}."
            raise FileError(sentence, "Name another file.") from error
        next(read_records(self.path), None)

    def append(self, record: FeedbackRecord) -> None:
        """Add a record: whole, or not at all.

        Raises:
            OSError: when it cannot be written; the file is as it was.
        """
        line = json.dumps(record.model_dump(mode="json"), ensure_ascii=False) + "\n"
        with self._lock:
            handle = self._opened()
            try:
                size = os.fstat(handle).st_size
                data = b"\n" * _cut_off(handle, size) + line.encode()
                try:
                    written = os.write(handle, data)
                except OSError:
                    os.ftruncate(handle, size)
                    raise
                if written < len(data):
                    os.ftruncate(handle, size)
                    raise OSError(f"only {written} of {len(data)} bytes could be written")
            finally:
                os.close(handle)

    def of_run(self, run_id: str) -> Iterator[FeedbackRecord]:
        """The records of one run that are in it already.

        Raises:
            FileError: when what is in the file is no record.
        """
        with _read_errors(self.path), self.path.open(encoding="utf-8") as file:
            for number, line in enumerate(file, 1):
                if run_id in line and (record := _read(self.path, number, line)).run_id == run_id:
                    yield record

    def _opened(self) -> int:
        handle = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            os.close(handle)
            raise OSError("it is no regular file")
        return handle


def read_records(path: Path) -> Iterator[FeedbackRecord]:
    """The records of a file, in their order.

    Raises:
        FileError: when it cannot be read, or a line of it is no record.
    """
    with _read_errors(path), path.expanduser().open(encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            if line.strip():
                yield _read(path, number, line)


@contextmanager
def _read_errors(path: Path) -> Iterator[None]:
    try:
        yield
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not UTF-8 text"
        hint = "Name a file that was written with --record."
        raise FileError(f"The records {path} cannot be read: {reason}.", hint) from error


def _cut_off(handle: int, size: int) -> bool:
    """Whether the last line has no end, as where somebody edited the file."""
    if not size:
        return False
    os.lseek(handle, -1, os.SEEK_END)
    return os.read(handle, 1) != b"\n"


def _read(path: Path, number: int, line: str) -> FeedbackRecord:
    try:
        return FeedbackRecord.model_validate_json(line, context={STORED: True})
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(map(str, first["loc"])) or "it"
        sentence = f"Line {number} of {path} is no feedback record: {where}: {first['msg']}."
        raise FileError(sentence, "Mend or remove the line, or name another file.") from error
