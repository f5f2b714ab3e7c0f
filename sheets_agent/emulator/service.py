"""The local Sheets API: it takes HTTP requests and gives HTTP answers, without a network.

    emulator = Emulator()
    workbook = emulator.create("Budget")
    status, headers, body = emulator.handle("GET", f"/v4/spreadsheets/{workbook.spreadsheet_id}", {}, b"")

Handlers take a checked call and a workbook and give data; this module alone knows the wire.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from pydantic_core import to_json

from sheets_agent.emulator import batch, copies, new_spreadsheets, spreadsheets, values
from sheets_agent.emulator.documents import Document, new_workbook
from sheets_agent.emulator.drive import DRIVE_METHODS
from sheets_agent.emulator.errors import ApiError, Refusal, Unsupported, not_found
from sheets_agent.emulator.masks import select
from sheets_agent.emulator.schema import Call, discovery
from sheets_agent.emulator.workbook import JSON, Workbook

_JSON_TYPE = "application/json; charset=UTF-8"
_LOGGER = logging.getLogger(__name__)

Answer = tuple[int, dict[str, str], bytes]

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


class Emulator:
    """Spreadsheets behind the Sheets API v4, and as much of Drive v3 as lists and copies them.

    Safe to call from several threads: each spreadsheet has a lock, and calls on different ones run side by side.
    """

    def __init__(self, workbooks: Iterable[Workbook] = ()) -> None:
        self._documents: dict[str, Document] = {}
        self._lock = threading.Lock()
        for workbook in workbooks:
            self.add(workbook)

    # ------------------------------------------------------------------------------------------------- spreadsheets

    def add(self, workbook: Workbook) -> Workbook:
        """Hold a workbook under its id, in the place of any that had it."""
        with self._lock:
            self._documents[workbook.spreadsheet_id] = Document(workbook)
        return workbook

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
        with self._lock:
            if self._documents.pop(spreadsheet_id, None) is None:
                raise not_found()

    # --------------------------------------------------------------------------------------------------------- wire

    def handle(self, method: str, target: str, headers: Mapping[str, str], body: bytes) -> Answer:
        """Answer one HTTP request.

        Args:
            method: the HTTP method.
            target: path and query, percent-encoded.
            headers: the request's headers; only `x-http-method-override` is looked at.
            body: the request's body.

        Returns:
            Status, headers and body, errors in Google's shape included.
        """
        path, _, query = target.partition("?")
        override = next((value for name, value in headers.items() if name.lower() == "x-http-method-override"), None)
        if override and method == "POST":
            method, query, body = override.upper(), body.decode() or query, b""
        try:
            return self._dispatch(method, path, query, body)
        except ApiError as error:
            return _json(error.code, error.body())
        except Refusal as error:
            return _json(400, ApiError(400, str(error)).body())
        except Unsupported as error:
            return _json(501, ApiError(501, str(error)).body())
        except Exception as error:
            _LOGGER.exception("%s %s failed in the local Sheets API", method, path)
            return _json(500, ApiError(500, f"Internal error encountered: {type(error).__name__}: {error}").body())

    def _dispatch(self, method: str, path: str, query: str, body: bytes) -> Answer:
        for api in (discovery("sheets", "v4"), discovery("drive", "v3")):
            if found := api.method(method, path):
                called, path_values = found
                if called.id in DRIVE_METHODS:
                    return _answer(DRIVE_METHODS[called.id](self, api.call(called, path_values, query, body)))
                call = api.call(called, path_values, query, body)
                return _json(200, self._call(call), pretty=call.pretty)
        raise ApiError(404, f"The local Sheets API has no {method} {path}.")

    def _call(self, call: Call) -> JSON:
        answer = self._answer(call)
        if isinstance(answer, spreadsheets.Answer) or call.mask.everything:
            return answer
        cut: JSON = select(answer, call.mask)
        return cut

    def _answer(self, call: Call) -> JSON:
        if call.method.id == "sheets.spreadsheets.create":
            made = self.add(new_spreadsheets.create(call.body))
            return spreadsheets.body(made, call.mask, None, spreadsheets.View(), grid_included=call.masked)
        document = self.document(call["spreadsheetId"]) if "spreadsheetId" in call.parameters else None
        if document is None:
            raise ApiError(501, f"The local API does not support {call.method.id}.")
        if call.method.id == "sheets.spreadsheets.sheets.copyTo":
            return self._copy_to(document, call)
        with document.lock:
            return _on_document(document, call)

    def _copy_to(self, document: Document, call: Call) -> JSON:
        destination = self.document(call.body.get("destinationSpreadsheetId", ""))
        with document.lock:
            source = document.workbook.fork()
        with destination.lock:
            changed = destination.workbook.fork()
            answer = copies.copy_to(source, call["sheetId"], changed)
            destination.workbook, destination.modified = changed, datetime.now(UTC)
        return answer


def _on_document(document: Document, call: Call) -> JSON:
    """Run a method on a spreadsheet whose lock is held."""
    if read := _READS.get(call.method.id):
        return read(document.workbook, call)
    write = _WRITES.get(call.method.id)
    if write is None:
        raise ApiError(501, f"The local Sheets API does not support {call.method.id}.")
    changed = document.workbook.fork()
    answer = write(changed, call)
    document.workbook = changed  # only now: a write that fails half-way leaves no trace
    document.modified = datetime.now(UTC)
    return answer


def _json(status: int, body: Any, *, pretty: bool = True) -> Answer:
    data = to_json(body, indent=2 if pretty else None) + b"\n"
    return status, {"content-type": _JSON_TYPE, "content-length": str(len(data))}, data


def _answer(body: JSON | str | None) -> Answer:
    """Drive's answers: JSON, a file's text, or nothing."""
    if body is None:
        return 204, {"content-type": "text/html", "content-length": "0"}, b""
    if isinstance(body, str):
        data = body.encode()
        return 200, {"content-type": "text/csv", "content-length": str(len(data))}, data
    return _json(200, body)
