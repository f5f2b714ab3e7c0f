"""The local Sheets API: it takes HTTP requests and gives HTTP answers, without a network.

    emulator = Emulator()
    workbook = emulator.create("Budget")
    status, headers, body = emulator.handle("GET", f"/v4/spreadsheets/{workbook.spreadsheet_id}", {}, b"")

Handlers take a checked call and a workbook and give data; this module alone knows the wire.
"""

from __future__ import annotations

import logging
import random
import threading
from collections.abc import Callable, Iterable, Mapping

from sheets_agent.emulator import batch, copies, new_spreadsheets, spreadsheets, uploads, values
from sheets_agent.emulator.documents import Document, new_workbook
from sheets_agent.emulator.drive import DRIVE_METHODS, File
from sheets_agent.emulator.errors import ApiError, Refusal, Unsupported, not_found
from sheets_agent.emulator.folder import Folder
from sheets_agent.emulator.masks import select
from sheets_agent.emulator.requests.sizing import make_room_for_pivots
from sheets_agent.emulator.schema import Call, discovery
from sheets_agent.emulator.wire import Answer, content_answer, error_answer, header, json_answer
from sheets_agent.emulator.workbook import JSON, Clock, Workbook

_LOGGER = logging.getLogger(__name__)

_READS: dict[str, Callable[[Workbook, Call], JSON]] = {
    "sheets.spreadsheets.get": spreadsheets.get,
    "sheets.spreadsheets.getByDataFilter": spreadsheets.get_by_data_filter,
    "sheets.spreadsheets.developerMetadata.get": spreadsheets.developer_metadata_get,
    "sheets.spreadsheets.developerMetadata.search": spreadsheets.developer_metadata_search,
    "sheets.spreadsheets.values.get": values.get,
    "sheets.spreadsheets.values.batchGet": values.batch_get,
    "sheets.spreadsheets.values.batchGetByDataFilter": values.batch_get_by_data_filter,
}
_WRITES: dict[str, Callable[[Workbook, Call], JSON]] = {
    "sheets.spreadsheets.batchUpdate": batch.batch_update,
    "sheets.spreadsheets.values.update": values.update,
    "sheets.spreadsheets.values.batchUpdate": values.batch_update,
    "sheets.spreadsheets.values.batchUpdateByDataFilter": values.batch_update_by_data_filter,
    "sheets.spreadsheets.values.append": values.append,
    "sheets.spreadsheets.values.clear": values.clear,
    "sheets.spreadsheets.values.batchClear": values.batch_clear,
    "sheets.spreadsheets.values.batchClearByDataFilter": values.batch_clear_by_data_filter,
}
_CREATE = "sheets.spreadsheets.create"
_COPY_TO = "sheets.spreadsheets.sheets.copyTo"
METHODS = frozenset({_CREATE, _COPY_TO, *_READS, *_WRITES})
"""Every method of the Sheets API that is answered."""


class Emulator:
    """Spreadsheets behind the Sheets API v4, and as much of Drive v3 as lists and copies them.

    Safe to call from several threads: each spreadsheet has a lock, and calls on different ones run side by side.

    Args:
        workbooks: spreadsheets to begin with.
        folder: where all of them are kept; each write is there before it is answered. None for memory only.
        clock: what time it is in all of them; None leaves each its own.
        seed: what is drawn by chance in each of them comes from it; None leaves each its own chance.
    """

    def __init__(
        self,
        workbooks: Iterable[Workbook] = (),
        *,
        folder: Folder | None = None,
        clock: Clock | None = None,
        seed: int | None = None,
    ) -> None:
        self._folder = folder
        self._clock = clock
        self._seed = seed
        kept = folder.documents() if folder else []
        for document in kept:
            document.prepare(self._prepare)
        self._documents = {document.spreadsheet_id: document for document in kept}
        self._lock = threading.Lock()
        for workbook in workbooks:
            self.add(workbook)

    # ------------------------------------------------------------------------------------------------- spreadsheets

    def add(self, workbook: Workbook) -> Workbook:
        """Hold a workbook under its id, in the place of any that had it."""
        self._prepare(workbook)
        document = Document.of(workbook)
        if self._folder:
            self._folder.save(document, workbook, document.modified)
        with self._lock:
            self._documents[workbook.spreadsheet_id] = document
        return workbook

    def _prepare(self, workbook: Workbook) -> None:
        if self._clock is not None:
            workbook.clock = self._clock
        if self._seed is not None:
            workbook.random = random.Random(self._seed)
        if self._clock is not None or self._seed is not None:
            workbook.restructured()  # what was calculated at another moment counts no more

    def create(
        self, title: str = "Untitled spreadsheet", locale: str = "en_US", time_zone: str = "Etc/GMT"
    ) -> Workbook:
        """A new spreadsheet with one empty sheet, as Google makes it."""
        return self.add(new_workbook(title, locale, time_zone))

    def workbook(self, spreadsheet_id: str) -> Workbook:
        """The spreadsheet as it is now. A write puts another object in its place, so ask again after one.

        Raises:
            ApiError: 404 when there is none.
        """
        return self.document(spreadsheet_id).workbook

    def fork(self, spreadsheet_id: str) -> Emulator:
        """A local API of its own that holds an isolated copy of one spreadsheet, under the same id.

        Raises:
            ApiError: 404 when there is none.
        """
        document = self.document(spreadsheet_id)
        with document.lock:
            return Emulator([document.workbook.fork()])

    def document(self, spreadsheet_id: str) -> Document:
        """What is held under an id.

        Raises:
            ApiError: 404 when there is nothing.
        """
        with self._lock:
            document = self._documents.get(spreadsheet_id)
        if document is None:
            raise not_found()
        return document

    def documents(self) -> list[Document]:
        """Everything held, newest first."""
        with self._lock:
            return sorted(self._documents.values(), key=lambda document: document.created, reverse=True)

    def remove(self, spreadsheet_id: str) -> None:
        """Forget a spreadsheet.

        Raises:
            ApiError: 404 when there is none.
        """
        document = self.document(spreadsheet_id)
        with document.lock, self._lock:
            if self._documents.pop(spreadsheet_id, None) is None:
                raise not_found()
            if self._folder:
                self._folder.remove(spreadsheet_id)

    # --------------------------------------------------------------------------------------------------------- wire

    def handle(self, method: str, target: str, headers: Mapping[str, str], body: bytes) -> Answer:
        """Answer one HTTP request.

        Args:
            method: the HTTP method.
            target: path and query, percent-encoded.
            headers: the request's headers; only `x-http-method-override` and an upload's type are looked at.
            body: the request's body.

        Returns:
            Status, headers and body, errors in Google's shape included.
        """
        path, _, query = target.partition("?")
        try:
            override = header(headers, "x-http-method-override")
            if override and method == "POST":
                method, query, body = override.upper(), body.decode(errors="replace") or query, b""
            if file_id := uploads.uploaded_to(method, path):
                content_type = header(headers, "content-type") or ""
                return json_answer(200, uploads.upload(self, file_id, query, content_type, body))
            return self._dispatch(method, path, query, body)
        except ApiError as error:
            return error_answer(error)
        except Refusal as error:
            return error_answer(ApiError(400, str(error)))
        except Unsupported as error:
            return error_answer(ApiError(501, str(error)))
        except Exception as error:
            _LOGGER.exception("%s %s failed in the local Sheets API", method, path)
            return error_answer(ApiError(500, f"Internal error encountered: {type(error).__name__}: {error}"))

    def _dispatch(self, method: str, path: str, query: str, body: bytes) -> Answer:
        for api in (discovery("sheets", "v4"), discovery("drive", "v3")):
            if found := api.method(method, path):
                called, path_values = found
                if called.id in DRIVE_METHODS:
                    return _answer(DRIVE_METHODS[called.id](self, api.call(called, path_values, query, body)))
                call = api.call(called, path_values, query, body)
                return json_answer(200, self._call(call), pretty=call.pretty)
        raise ApiError(404, f"The local Sheets API has no {method} {path}.")

    def _call(self, call: Call) -> JSON:
        answer = self._answer(call)
        if isinstance(answer, spreadsheets.Answer) or call.mask.everything:
            return answer
        cut: JSON = select(answer, call.mask)
        return cut

    def _answer(self, call: Call) -> JSON:
        if call.method.id == _CREATE:
            made = self.add(new_spreadsheets.create(call.body))
            return spreadsheets.body(made, call.mask, None, spreadsheets.View(), grid_included=call.masked)
        document = self.document(call["spreadsheetId"]) if "spreadsheetId" in call.parameters else None
        if document is None:
            raise ApiError(501, f"The local API does not support {call.method.id}.")
        if call.method.id == _COPY_TO:
            return self._copy_to(document, call)
        with document.lock:
            return self._on_document(document, call)

    def _copy_to(self, document: Document, call: Call) -> JSON:
        destination = self.document(call.body.get("destinationSpreadsheetId", ""))
        with document.lock:
            source = document.workbook.fork()
        with destination.lock:
            changed = destination.workbook.fork()
            answer = copies.copy_to(source, call["sheetId"], changed)
            self.keep(destination, changed)
        return answer

    def _on_document(self, document: Document, call: Call) -> JSON:
        """Run a method on a spreadsheet whose lock is held."""
        if read := _READS.get(call.method.id):
            return read(document.workbook, call)
        write = _WRITES.get(call.method.id)
        if write is None:
            raise ApiError(501, f"The local Sheets API does not support {call.method.id}.")
        changed = document.workbook.fork()
        answer = write(changed, call)
        make_room_for_pivots(changed)
        self.keep(document, changed)  # only now: a write that fails half-way leaves no trace
        return answer

    def keep(self, document: Document, changed: Workbook) -> None:
        """Hold a changed spreadsheet, whose lock is held, once it is in the folder.

        Raises:
            ApiError: 404 when the spreadsheet was removed meanwhile.
        """
        now = changed.clock()
        with self._lock:
            if self._documents.get(document.spreadsheet_id) is not document:
                raise not_found()  # removed while this call waited
        if self._folder:
            self._folder.save(document, changed, now)
        document.replace(changed, now)


def _answer(body: JSON | File | None) -> Answer:
    """Drive's answers: JSON, a file, or nothing."""
    if body is None:
        return 204, {"content-type": "text/html", "content-length": "0"}, b""
    if isinstance(body, File):
        return content_answer(200, body.content_type, body.content)
    return json_answer(200, body)
