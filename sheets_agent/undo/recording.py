"""What a run writes, put down in the journal before it is written."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import cast

from sheets_agent.emulator.transport import EmulatorHttp
from sheets_agent.emulator.workbook import JSON, Workbook
from sheets_agent.errors import (
    FileError,
    InvalidRequest,
    PermissionDenied,
    QuotaExceeded,
    SheetsServerError,
    SpreadsheetNotFound,
)
from sheets_agent.sheets.client import SheetsClient
from sheets_agent.undo.inverse import Inverse, inverse
from sheets_agent.undo.journal import UNKNOWN, Author, Journal
from sheets_agent.undo.left import Left

Request = JSON

_REFUSALS = (InvalidRequest, PermissionDenied, QuotaExceeded, SpreadsheetNotFound)
"""Answers after which nothing was written."""
_IDS = {
    "addSheet": ("properties", "sheetId"),
    "addChart": ("chart", "chartId"),
    "addSlicer": ("slicer", "slicerId"),
    "addFilterView": ("filter", "filterViewId"),
    "addProtectedRange": ("protectedRange", "protectedRangeId"),
    "addBanding": ("bandedRange", "bandedRangeId"),
    "addNamedRange": ("namedRange", "namedRangeId"),
    "addTable": ("table", "tableId"),
    "createDeveloperMetadata": ("developerMetadata", "metadataId"),
}
"""Where a request and its reply name the id of what is made."""


class Recorder:
    """Puts down what one run writes.

    Args:
        author: the run.
        journal: where it is put down.
        file: whether the run works on a copy of a file, of which only the saving is put down.

    Attributes:
        notes: what undoing will not restore, a sentence each.
    """

    def __init__(self, author: Author, journal: Journal, *, file: bool) -> None:
        self._author = author
        self._journal = journal
        self._file = file
        self.notes: list[str] = []

    @contextmanager
    def writing(
        self, spreadsheet_id: str, copy: Callable[[], SheetsClient], requests: Sequence[Request]
    ) -> Iterator[list[Request]]:
        """Put a batch down, let it be sent while the block runs, and put down what came of it.

        Args:
            spreadsheet_id: the spreadsheet.
            copy: gives a client on a local copy of it as it is before the batch.
            requests: the batch.

        Yields:
            The batch to send: the same, with an id of our own choice for all that it adds.

        Raises:
            FileError: the journal cannot be written; nothing was sent.
        """
        if self._file:
            yield list(requests)
            return
        sent, found = inverse_of(copy(), spreadsheet_id, requests)
        row = self._journal.begin_batch(self._author, spreadsheet_id, found)
        try:
            yield sent
        except _REFUSALS:
            self._journal.refused(row)
            raise
        self._landed(row)
        self.notes += [note for note in found.lost if note not in self.notes]

    def sent(self, spreadsheet_id: str) -> tuple[int, ...]:
        """The rows of this run's batches of which nobody knows whether they landed: its process was killed.

        Raises:
            FileError: the journal cannot be read.
        """
        if self._file:
            return ()
        rows = self._journal.entries(run=self._author.run, place=spreadsheet_id)
        return tuple(row.id for row in rows if row.state == UNKNOWN)

    def settle(self, rows: Sequence[int], *, landed: bool) -> None:
        """Put down whether such a batch has landed; one that has not is put down anew when it is sent again.

        Raises:
            FileError: the journal cannot be written.
        """
        for row in rows:
            if landed:
                self._landed(row)
            else:
                self._journal.refused(row)

    @contextmanager
    def saving(self, path: Path, after: bytes | None) -> Iterator[None]:
        """Put down what a file holds before it is written over, or taken away, while the block runs.

        Args:
            path: the file.
            after: what it will hold; None where it is taken away.

        Raises:
            FileError: the journal cannot be written; the file is unchanged.
        """
        before = held(path)
        row = self._journal.begin_file(self._author, path.resolve(), before, after)
        try:
            yield
        except BaseException:
            if held(path) == before:
                self._journal.refused(row)
            raise
        self._landed(row)

    def _landed(self, row: int) -> None:
        """Put down that something was written. That it cannot be put down does not undo the writing."""
        try:
            self._journal.landed(row)
        except FileError as error:
            self.notes.append(f"This was written, but the journal does not say so: {error}")


def held(path: Path) -> bytes | None:
    """What a file holds; None when there is none.

    Raises:
        FileError: it cannot be read.
    """
    try:
        return path.read_bytes() if path.exists() else None
    except OSError as error:
        raise FileError(f"{path} cannot be read: {error.strerror or error}.", "Check its permissions.") from error


def workbook_of(client: SheetsClient, spreadsheet_id: str) -> Workbook:
    """The spreadsheet behind a client on a local copy."""
    return cast(EmulatorHttp, client.http).emulator.workbook(spreadsheet_id)


def inverse_of(copy: SheetsClient, spreadsheet_id: str, requests: Sequence[Request]) -> tuple[list[Request], Inverse]:
    """The batch with ids of our own choice, and what takes it back.

    Args:
        copy: a client on a local copy of the spreadsheet before the batch; the batch is carried out on it.
        spreadsheet_id: the spreadsheet.
        requests: the batch.
    """
    before = workbook_of(copy, spreadsheet_id)
    if any("randomizeRange" in request for request in requests):
        why = "What was written cannot be undone here: rows were put in a random order, another one than on the copy."
        return list(requests), Inverse((), Left(), (why,))
    try:
        answer = copy.batch_update(spreadsheet_id, requests)
    except (InvalidRequest, SheetsServerError) as error:
        why = f"What was written cannot be undone here: the local copy could not do it ({error})."
        return list(requests), Inverse((), Left(), (why,))
    sent = [_numbered(request, reply) for request, reply in zip(requests, answer.get("replies", ()), strict=True)]
    return sent, inverse(before, workbook_of(copy, spreadsheet_id), sent)


def _placed(chart: JSON, made: JSON) -> JSON:
    """The position of a chart, with the id of the sheet that it gets for itself."""
    asked: JSON = chart.get("position", {})
    return {"sheetId": made["position"]["sheetId"]} if asked.get("newSheet") else asked


def _numbered(request: Request, reply: JSON) -> Request:
    """A request with the id that its reply names, so that the same thing has the same id everywhere."""
    [(kind, body)] = request.items()
    if kind == "duplicateSheet":
        return {kind: {**body, "newSheetId": reply[kind]["properties"]["sheetId"]}}
    if kind == "updateEmbeddedObjectPosition" and "newSheet" in body.get("newPosition", {}):
        return {kind: {**body, "newPosition": reply[kind]["position"]}}
    if kind not in _IDS:
        return request
    name, key = _IDS[kind]
    if kind == "addChart":
        body = {**body, name: {**body.get(name, {}), "position": _placed(body.get(name, {}), reply[kind][name])}}
    return {kind: {**body, name: {**body.get(name, {}), key: reply[kind][name][key]}}}
