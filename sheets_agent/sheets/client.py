"""The Sheets API v4 as this project uses it. Outside of this folder only the emulator knows googleapiclient.

A `SheetsClient` speaks over an injected transport, an object with `request(uri, method, body, headers)`: an
`AuthorizedHttp` for Google, an `EmulatorHttp` for the local API in process. Everything above is the same for both.

Source: https://developers.google.com/workspace/sheets/api/reference/rest/v4/spreadsheets and its `values` resource.
"""

from __future__ import annotations

import functools
import math
import random
import time
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Literal, Protocol, cast, runtime_checkable

from sheets_agent.a1 import GridRange
from sheets_agent.errors import InvalidRequest, SheetsError, SheetsServerError
from sheets_agent.sheets import areas, as_read, markers
from sheets_agent.sheets.as_read import AsRead
from sheets_agent.sheets.book import JSON, Book
from sheets_agent.sheets.limiter import Limiter
from sheets_agent.sheets.markers import Marker
from sheets_agent.sheets.masks import BOOK_FIELDS, CELL_FIELDS, SIZE_FIELDS, TEXT_FIELDS, Rows, size_of, texts_of
from sheets_agent.sheets.methods import methods
from sheets_agent.sheets.sending import Http, OnWait, Sender, Waits

Render = Literal["FORMATTED_VALUE", "UNFORMATTED_VALUE", "FORMULA"]
Dates = Literal["SERIAL_NUMBER", "FORMATTED_STRING"]
Major = Literal["ROWS", "COLUMNS"]

GOOGLE = "https://sheets.googleapis.com"

READ_CELLS = 78_000
"""Cells of the grid asked for in one `spreadsheets.get`: three tabs as Google makes them, some megabytes when all of
the cells are filled. A person may read 60 times in a minute."""
READ_TEXTS = 300_000
"""Cells whose texts alone are asked for in one call."""


@runtime_checkable
class ForkingHttp(Http, Protocol):
    """A transport whose spreadsheets are local, and can be copied in no time."""

    def fork(self, spreadsheet_id: str) -> ForkingHttp:
        """A transport to an isolated copy of one spreadsheet, under the same id."""


class SheetsClient:
    """Reads and writes spreadsheets.

    Reads are repeated on a used-up quota, a failing server and a broken connection, with growing pauses. So are
    batches that carry a marker, which lands once however often it is sent; other writes are repeated on a used-up quota
    only, where Google is sure to have done nothing. One client may be used from several threads.

    Args:
        http: the transport.
        account: the e-mail address of whoever is signed in; appears in hints.
        on_wait: is told why and how many seconds, before each pause.
        sleep: makes the pause.
        jitter: gives numbers from 0 to 1, so that several clients do not come back at once.
        endpoint: where the API is served.
        limiter: keeps inside the quota of the account.

    Attributes:
        reads: the reading calls made so far, repeated ones included.
        writes: the writing calls made so far.
        origin: of a scratch copy of a live spreadsheet, what was read of it.
        in_doubt: the ids of markers of batches of which an answer was lost: a request may still be on its way.
        notes: what a scratch copy could not take over from the spreadsheet it copies.
        local: whether the spreadsheets are in this process.

    All methods raise the errors under `SheetsError`, or `CredentialsError`.
    """

    def __init__(
        self,
        http: Http,
        *,
        account: str = "",
        on_wait: OnWait | None = None,
        sleep: Callable[[float], None] = time.sleep,
        jitter: Callable[[], float] = random.random,
        endpoint: str = GOOGLE,
        limiter: Limiter | None = None,
        notes: tuple[str, ...] = (),
        origin: AsRead | None = None,
    ) -> None:
        self.http = http
        self.reads = 0
        self.writes = 0
        self.notes = notes
        self.local = isinstance(http, ForkingHttp)
        self.origin = origin
        self.in_doubt: set[int] = set()
        waits = Waits(on_wait, sleep, jitter)
        self._beside = functools.partial(
            SheetsClient,
            http,
            account=account,
            on_wait=on_wait,
            sleep=sleep,
            jitter=jitter,
            endpoint=endpoint,
            limiter=limiter,
        )
        self._sender = Sender(http, account, waits, limiter, local=self.local, count=self._count)
        self._api = methods(endpoint)
        self._sizes: dict[str, int] = {}  # cells of all grids of a spreadsheet, as last seen

    def _count(self, writing: bool) -> None:
        if writing:
            self.writes += 1
        else:
            self.reads += 1

    # ------------------------------------------------------------------------------------------------ reading

    def get(
        self,
        spreadsheet_id: str,
        *,
        ranges: Sequence[str] = (),
        fields: str | None = None,
        include_grid_data: bool = False,
    ) -> JSON:
        """`spreadsheets.get`: the Spreadsheet resource, as far as `fields` asks for it."""
        request = self._api.spreadsheets.get(
            spreadsheetId=spreadsheet_id, ranges=list(ranges), fields=fields, includeGridData=include_grid_data
        )
        return self._sender.read(request, spreadsheet_id)

    def book(self, spreadsheet_id: str) -> Book:
        """The metadata of a spreadsheet and of all its sheets; no cells."""
        body = self.get(spreadsheet_id, fields=BOOK_FIELDS)
        self._sizes[spreadsheet_id] = size_of(body)
        return Book.from_api(body)

    def fits_in_a_call(self, spreadsheet_id: str) -> bool:
        """Whether a spreadsheet was so small when it was last seen that one call reads all of its cells."""
        return self._size_of(spreadsheet_id) <= READ_CELLS

    def _size_of(self, spreadsheet_id: str) -> float:
        return self._sizes.get(spreadsheet_id, math.inf)

    def book_with_texts(self, spreadsheet_id: str) -> tuple[Book, dict[int, Rows] | None]:
        """The metadata, and what each sheet shows by its id, in one read.

        None stands for the texts of a large spreadsheet, or of a local one, where the values that are wanted are read
        faster by themselves.
        """
        if self.local or self._size_of(spreadsheet_id) > READ_TEXTS:
            return self.book(spreadsheet_id), None
        body = self.get(spreadsheet_id, fields=TEXT_FIELDS)
        self._sizes[spreadsheet_id] = size_of(body)
        texts = {int(sheet["properties"].get("sheetId", 0)): texts_of(sheet) for sheet in body.get("sheets", ())}
        return Book.from_api(body), texts

    def load(self, book: Book, ranges: Iterable[GridRange]) -> Book:
        """The same book with the cells of some ranges, clipped to their sheets; what is loaded already is not read.

        Large ranges are read in several calls. Either all of the ranges are loaded, or an error is raised.
        """
        wanted = [area for area in map(book.clipped, ranges) if area.cells]
        missing = areas.missing(wanted, book.loaded)
        if not missing:
            return book.with_grid_data({}, _new(wanted, book.loaded))
        found: list[JSON] = []
        for group in areas.in_calls(missing, READ_CELLS):
            body = self.get(book.spreadsheet_id, ranges=[book.a1(area) for area in group], fields=CELL_FIELDS)
            found.extend(body.get("sheets", ()))
        return book.with_grid_data({"sheets": found}, _new(wanted, book.loaded))

    def comments(self, spreadsheet_id: str) -> list[JSON]:
        """The comment threads of a spreadsheet: CommentThread resources."""
        request = self._api.spreadsheets.get(
            spreadsheetId=spreadsheet_id, commentsViewMode="COMMENTS_VIEW_MODE_INCLUDED", fields="comments"
        )
        return list(self._sender.read(request, spreadsheet_id).get("comments", ()))

    def values(
        self,
        spreadsheet_id: str,
        range_: str,
        *,
        render: Render = "FORMATTED_VALUE",
        dates: Dates = "SERIAL_NUMBER",
        major: Major = "ROWS",
    ) -> Rows:
        """`values.get`: the values of one range in A1 notation."""
        return self.batch_values(spreadsheet_id, [range_], render=render, dates=dates, major=major)[0]

    def batch_values(
        self,
        spreadsheet_id: str,
        ranges: Sequence[str],
        *,
        render: Render = "FORMATTED_VALUE",
        dates: Dates = "SERIAL_NUMBER",
        major: Major = "ROWS",
    ) -> list[Rows]:
        """`values.batchGet`: the values of several ranges, in their order."""
        if not ranges:
            return []
        request = self._api.values.batchGet(
            spreadsheetId=spreadsheet_id,
            ranges=list(ranges),
            valueRenderOption=render,
            dateTimeRenderOption=dates,
            majorDimension=major,
        )
        answer = self._sender.read(request, spreadsheet_id)
        found = [cast(Rows, item.get("values", [])) for item in answer.get("valueRanges", ())]
        if len(found) != len(ranges):
            raise SheetsServerError(f"The Sheets API answered {len(found)} of {len(ranges)} ranges.")
        return found

    # ------------------------------------------------------------------------------------------------ writing

    def update_values(self, spreadsheet_id: str, range_: str, rows: Rows, *, entered: bool = True) -> JSON:
        """`values.update`: write rows from the top left corner of a range.

        Args:
            spreadsheet_id: the spreadsheet.
            range_: A1 notation.
            rows: the values; None leaves a cell as it is, "" clears it.
            entered: whether texts are parsed as if typed by a person (formulas, dates), or kept as they are.
        """
        request = self._api.values.update(
            spreadsheetId=spreadsheet_id,
            range=range_,
            valueInputOption="USER_ENTERED" if entered else "RAW",
            body={"values": rows},
        )
        return self._sender.write(request, spreadsheet_id)

    def batch_update(
        self,
        spreadsheet_id: str,
        requests: Sequence[JSON],
        *,
        response_ranges: Sequence[str] = (),
        include_grid_data: bool = False,
        marker: Marker | None = None,
    ) -> JSON:
        """`spreadsheets.batchUpdate`: all requests, or none when one is refused.

        Args:
            spreadsheet_id: the spreadsheet.
            requests: Request dicts, in order.
            response_ranges: A1 ranges to give back in `updatedSpreadsheet` as they are afterwards.
            include_grid_data: whether `updatedSpreadsheet` holds the cells of these ranges.
            marker: makes the batch land once, however often it has to be sent.

        Returns:
            The answer: `replies`, one per request, and `updatedSpreadsheet` when ranges or cells were asked for. Of a
            batch that has landed and whose answer was lost, nothing but the spreadsheet's id.

        Raises:
            InvalidRequest: with the index of the refused request; nothing was written.
        """
        marker = None if self.local else marker
        body: JSON = {
            "requests": [*([marker.request()] if marker else []), *requests],
            "includeSpreadsheetInResponse": True,
        }
        fields = None
        if response_ranges or include_grid_data:
            body["responseIncludeGridData"] = include_grid_data
            body["responseRanges"] = list(response_ranges)
        else:
            fields = SIZE_FIELDS
        request = self._api.spreadsheets.batchUpdate(spreadsheetId=spreadsheet_id, body=body, fields=fields)
        if marker is None:
            answer = self._sender.write(request, spreadsheet_id)
        else:
            answer = self._write_once(request, spreadsheet_id, marker)
        self._sizes.pop(spreadsheet_id, None)
        if fields == SIZE_FIELDS and (updated := answer.pop("updatedSpreadsheet", None)):
            self._sizes[spreadsheet_id] = size_of(updated)
        return answer

    def _write_once(self, request: Any, spreadsheet_id: str, marker: Marker) -> JSON:
        """Send a marked batch until it is known to have landed, or to be refused."""

        def lost() -> None:
            self.in_doubt.add(marker.id)

        try:
            answer = self._sender.write(request, spreadsheet_id, on_lost=lost)
        except SheetsError as error:
            if (error.in_doubt or _of_the_marker(error)) and self._has_landed(spreadsheet_id, marker):
                return {"spreadsheetId": spreadsheet_id}
            if isinstance(error, InvalidRequest):
                raise marker.uncounted(error) from error
            raise
        return {**answer, "replies": answer["replies"][1:]} if answer.get("replies") else answer

    def _has_landed(self, spreadsheet_id: str, marker: Marker) -> bool:
        try:
            return marker.is_in(self.get(spreadsheet_id, fields=markers.FIELDS))
        except SheetsError as error:
            error.in_doubt = True
            error.args = (f"{error} Whether the write before it has landed is not known.",)
            raise

    def as_read(self, spreadsheet_id: str, ranges: Sequence[str]) -> AsRead:
        """What people entered in some ranges in A1 notation, and the objects of their sheets, in one read.

        Raises:
            InvalidRequest: a range is not there.
        """
        fields = f"{as_read.FIELDS}{as_read.CELLS if ranges else ''})"
        return AsRead.from_api(self.get(spreadsheet_id, ranges=ranges, fields=fields))

    def marked(self, spreadsheet_id: str) -> list[int]:
        """The ids of all markers that runs have left in a spreadsheet."""
        return [number for number, _ in markers.marks(self.get(spreadsheet_id, fields=markers.FIELDS))]

    def unmark(self, spreadsheet_id: str, ids: Sequence[int]) -> None:
        """Remove markers; those that are gone already are passed over."""
        body = {"requests": markers.removal(ids)}
        request = self._api.spreadsheets.batchUpdate(spreadsheetId=spreadsheet_id, body=body, fields="spreadsheetId")
        self._sender.write(request, spreadsheet_id, on_lost=lambda: None)

    def create(self, title: str, locale: str | None = None, time_zone: str | None = None) -> JSON:
        """`spreadsheets.create`: a new spreadsheet with one sheet."""
        given = {"title": title, "locale": locale, "timeZone": time_zone}
        properties = {key: value for key, value in given.items() if value is not None}
        return self._sender.write(self._api.spreadsheets.create(body={"properties": properties}), "")

    def beside(self) -> SheetsClient:
        """A client over the same connection whose calls are counted by themselves."""
        return self._beside()

    # ------------------------------------------------------------------------------------------------ copies

    def scratch(self, spreadsheet_id: str, ranges: Iterable[GridRange] | None = None) -> SheetsClient:
        """A client on an isolated local copy, under the same id, to try things on.

        A local spreadsheet is forked. A live one is read once, then the copy is local, and forks of the copy
        (`copy.scratch(…)`) cost nothing more.

        Args:
            spreadsheet_id: the spreadsheet.
            ranges: the ranges whose cells are copied; None copies all. Forks always have all.
        """
        if isinstance(self.http, ForkingHttp):  # the same as `local`, in words mypy understands
            return SheetsClient(self.http.fork(spreadsheet_id), notes=self.notes)
        from sheets_agent.sheets.scratch import copy_of  # the local API is loaded only where it is used

        return copy_of(self, spreadsheet_id, ranges)


def _of_the_marker(error: SheetsError) -> bool:
    """Whether it may be a marker that was refused, which is the first of its batch's requests."""
    return isinstance(error, InvalidRequest) and not error.request_index


def _new(wanted: Iterable[GridRange], loaded: Sequence[GridRange]) -> list[GridRange]:
    return [area for area in wanted if not any(known.contains(area) for known in loaded)]
