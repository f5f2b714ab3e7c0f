"""Reads the documents that a person gave, by their kind, and knows whether they are still the same."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from sheets_agent.errors import FileError, UsageError
from sheets_agent.sheets.client import SheetsClient
from sheets_agent.sources import json_tables, markdown, pdf, text_tables, workbooks
from sheets_agent.sources.model import NO_SOURCES, Sources, SourceTable
from sheets_agent.sources.tables import Read
from sheets_agent.state.described import SourceFile

MOST_FILES = 20
MOST_BYTES = 32 << 20
"""Bytes of one document."""
_TEXTS = (".csv", ".tsv", ".tab", ".md", ".markdown", ".json")
_KINDS = (".pdf", ".xlsx", ".xlsm", *_TEXTS)
_SIGNS = ((b"%PDF", "a PDF", ".pdf"), (b"PK\x03\x04", "a workbook or another zip archive", ".xlsx"))


def files_of(paths: Sequence[str | Path]) -> tuple[SourceFile, ...]:
    """The documents at some paths, as they are now; a path that is given twice counts once.

    Raises:
        UsageError: there are too many, or one is of a kind that is not read.
        FileError: one is not there, is a folder, empty, too large, or cannot be read.
    """
    places = tuple(dict.fromkeys(map(_place, paths)))
    if len(places) > MOST_FILES:
        raise UsageError(f"{len(places)} files are given, and {MOST_FILES} are the most.", "Give fewer of them.")
    return tuple(SourceFile(path=str(place), digest=_digest(place)) for place in places)


def _place(path: str | Path) -> Path:
    try:
        return Path(path).expanduser().resolve()
    except (OSError, ValueError, RuntimeError) as error:
        raise FileError(f"{str(path)!r} is no path to a file.", "Check the name and the folder.") from error


def joined(earlier: Sequence[SourceFile], given: Sequence[SourceFile]) -> tuple[SourceFile, ...]:
    """The documents of a thread and those that come to them; one of the same path comes in its place."""
    return tuple({file.path: file for file in (*earlier, *given)}.values())


def sources_for(files: Sequence[SourceFile], client: SheetsClient, spreadsheet_id: str) -> Sources:
    """The tables of documents for a spreadsheet, by whose locale they are read where they do not tell.

    Raises:
        FileError: one cannot be read, has no table, or is not what it was.
        UsageError: one is of a kind that is not read.
    """
    return load(files, client.book(spreadsheet_id).locale) if files else NO_SOURCES


def load(files: Sequence[SourceFile], locale: str) -> Sources:
    """The tables of documents.

    Args:
        files: the documents, as they were when the run began.
        locale: of the spreadsheet; counts where a document does not tell how it writes numbers and dates.

    Raises:
        FileError: one cannot be read, has no table, or is not what it was.
        UsageError: one is of a kind that is not read.
    """
    taken: set[str] = set()
    tables: list[SourceTable] = []
    notes: list[str] = []
    for file in files:
        path = Path(file.path)
        _check_same(file)
        read = _read(path, locale)
        _check_same(file)  # nobody wrote to it meanwhile
        for table in read.tables:
            tables.append(replace(table, id=_own(table.id, taken)))
        notes += read.notes
    return Sources(tuple(files), tuple(tables), tuple(notes))


def _own(name: str, taken: set[str]) -> str:
    """An id that no other table has."""
    found, count = name, 1
    while found.casefold() in taken:
        count += 1
        found = f"{name}~{count}"
    taken.add(found.casefold())
    return found


def _read(path: Path, locale: str) -> Read:
    ending = path.suffix.lower()
    if ending == ".pdf":
        return pdf.read(path, locale)
    if ending in (".xlsx", ".xlsm"):
        return workbooks.read(path)
    if ending == ".json":
        return json_tables.read(path)
    if ending in (".md", ".markdown"):
        return markdown.read(path, locale)
    found = text_tables.read(path, locale)
    if not found.tables:
        raise FileError(f"{path.name} holds nothing but blanks.", "Give a file with a table.")
    return found


def _check_same(file: SourceFile) -> None:
    if _digest(Path(file.path)) != file.digest:
        raise FileError(
            f"{Path(file.path).name} has changed since it was given.", "Put it back as it was, or start the task again."
        )


def _digest(path: Path) -> str:
    """The SHA-256 of a document that can be read at all."""
    ending = path.suffix.lower()
    try:
        there = path.exists()
    except OSError as error:
        raise FileError(f"{path} cannot be read: {error.strerror or error}.", "Check its permissions.") from error
    if not there:
        raise FileError(f"There is no file {path}.", "Check the name and the folder.")
    if path.is_dir():
        raise FileError(f"{path} is a folder.", "Name the files in it, each with --file.")
    if ending not in _KINDS:
        kinds = ", ".join(kind for kind in _KINDS if kind not in (".tab", ".markdown", ".xlsm"))
        raise UsageError(f"{path.name} is not of a kind that is read: {kinds}.", "Save or export it as one of them.")
    if not path.is_file():
        raise FileError(f"{path} is no ordinary file.", "Copy what it holds to a file.")
    try:
        size = path.stat().st_size
        if not size:
            raise FileError(f"{path.name} is empty (0 bytes).", "Give a file with a table.")
        if size > MOST_BYTES:
            raise FileError(
                f"{path.name} has {size >> 20} MB, and {MOST_BYTES >> 20} MB are the most that is read.", "Split it."
            )
        with path.open("rb") as stream:
            start = stream.read(1024)
            stream.seek(0)
            digest = hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        raise FileError(f"{path} cannot be read: {error.strerror or error}.", "Check its permissions.") from error
    _check_kind(path, start)
    return digest


def _check_kind(path: Path, start: bytes) -> None:
    """Refuse a document that is of another kind than its name says."""
    ending = path.suffix.lower()
    for sign, kind, proper in _SIGNS:
        if start.startswith(sign) and ending not in (proper, ".xlsm" if proper == ".xlsx" else proper):
            raise FileError(f"{path.name} is {kind}, in spite of its name.", f"Rename it to {path.stem}{proper}.")
    if ending == ".pdf" and b"%PDF" not in start:
        raise FileError(f"{path.name} is not a PDF, in spite of its name.", "Give it the ending of what it is.")
    if ending in _TEXTS and b"\0" in start and not start.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise FileError(f"{path.name} is not text, in spite of its name.", "Save or export it again.")
