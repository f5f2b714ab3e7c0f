"""As much of Drive v3 as goes with spreadsheets: create, get, list, copy, delete, export, comments.

Source: https://developers.google.com/workspace/drive/api/reference/rest/v3/files and recorded answers.
"""

from __future__ import annotations

import csv
import html
import io
import re
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from sheets_agent.a1 import GridRange
from sheets_agent.emulator import copies
from sheets_agent.emulator.cell_output import Rendering, cell_values
from sheets_agent.emulator.documents import Document
from sheets_agent.emulator.effort import Shown
from sheets_agent.emulator.errors import ApiError, Refusal
from sheets_agent.emulator.losses import Losses
from sheets_agent.emulator.masks import FieldMask, parse, select
from sheets_agent.emulator.schema import Call
from sheets_agent.emulator.workbook import JSON
from sheets_agent.emulator.xlsx_write import write_xlsx

if TYPE_CHECKING:
    from sheets_agent.emulator.service import Emulator

SPREADSHEET_TYPE = "application/vnd.google-apps.spreadsheet"
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV_TYPE = "text/csv"

_DEFAULT_FIELDS = parse("kind,id,name,mimeType")
_DEFAULT_LIST_FIELDS = parse("kind,incompleteSearch,files(kind,id,name,mimeType)")
_TERM = re.compile(r"""\s*(name|mimeType|trashed)\s*(=|!=|contains)\s*("[^"]*"|'(?:[^'\\]|\\.)*'|true|false)\s*""")


class DriveError(ApiError):
    """An error in Drive's shape, which lists its causes."""

    def __init__(self, code: int, message: str, reason: str, location: str) -> None:
        super().__init__(code, message)
        self._cause = {
            "message": message,
            "domain": "global",
            "reason": reason,
            "location": location,
            "locationType": "parameter",
        }

    def body(self) -> JSON:
        """The JSON body: code, message and errors, without a status."""
        return {"error": {"code": self.code, "message": str(self), "errors": [self._cause]}}


def create(emulator: Emulator, call: Call) -> JSON:
    """A new, empty spreadsheet."""
    if call.body.get("mimeType") != SPREADSHEET_TYPE:
        raise ApiError(501, f"The local Drive API creates spreadsheets only ({SPREADSHEET_TYPE}).")
    made = emulator.create(call.body.get("name", "Untitled"))
    return select(_file(emulator.document(made.spreadsheet_id)), _mask(call, _DEFAULT_FIELDS))  # type: ignore[no-any-return]


def get(emulator: Emulator, call: Call) -> JSON:
    """What is known about one file."""
    return select(_file(document_of(emulator, call["fileId"])), _mask(call, _DEFAULT_FIELDS))  # type: ignore[no-any-return]


def list_files(emulator: Emulator, call: Call) -> JSON:
    """The files that match a query, newest first, all on one page."""
    wanted = _query(call.get("q", ""))
    files = [_file(document) for document in emulator.documents()]
    body = {
        "kind": "drive#fileList",
        "incompleteSearch": False,
        "files": [file for file in files if wanted(file)],
    }
    return select(body, _mask(call, _DEFAULT_LIST_FIELDS))  # type: ignore[no-any-return]


def delete(emulator: Emulator, call: Call) -> None:
    """Remove a file for good."""
    document_of(emulator, call["fileId"])
    emulator.remove(call["fileId"])


def copy(emulator: Emulator, call: Call) -> JSON:
    """A copy of a spreadsheet under a new id."""
    document = document_of(emulator, call["fileId"])
    with document.lock:
        title = call.body.get("name") or f"Copy of {document.workbook.properties['title']}"
        made = emulator.add(copies.copy_of(document.workbook, title))
    return select(_file(emulator.document(made.spreadsheet_id)), _mask(call, _DEFAULT_FIELDS))  # type: ignore[no-any-return]


@dataclass(frozen=True, slots=True)
class File:
    """The content of a file."""

    content_type: str
    content: bytes


def export(emulator: Emulator, call: Call) -> File:
    """The first sheet as CSV, or everything as .xlsx."""
    kind = call.get("mimeType")
    if kind not in (CSV_TYPE, XLSX_TYPE):
        raise ApiError(501, f"The local Drive API exports {CSV_TYPE} and {XLSX_TYPE} only.")
    document = document_of(emulator, call["fileId"])
    stored = sum(len(cells) for sheet in document.workbook.grids for cells in sheet.rows.values())
    try:
        Shown().add(stored)
        return File(kind, _csv(document) if kind == CSV_TYPE else _xlsx(document))
    except Refusal:
        details = [{"domain": "global", "reason": "exportSizeLimitExceeded"}]
        raise ApiError(403, "This file is too large to be exported.", details) from None


def _xlsx(document: Document) -> bytes:
    with tempfile.TemporaryDirectory() as folder, document.lock:
        path = Path(folder) / "export.xlsx"
        write_xlsx(document.workbook, path, Losses())
        return path.read_bytes()


def _csv(document: Document) -> bytes:
    with document.lock:
        grids = document.workbook.grids
        if not grids:
            return b""
        sheet = grids[0]
        area = GridRange(sheet.sheet_id).clipped(sheet.row_count, sheet.column_count)
        rows = cell_values(document.workbook, sheet, area, Rendering(), Shown())
    width = max(map(len, rows), default=0)
    text = io.StringIO()
    csv.writer(text).writerows(row + [""] * (width - len(row)) for row in rows)
    return text.getvalue().removesuffix("\r\n").encode()


def list_comments(emulator: Emulator, call: Call) -> JSON:
    """The comment threads of a spreadsheet."""
    threads = document_of(emulator, call["fileId"]).workbook.comments
    body = {"kind": "drive#commentList", "comments": [_comment(thread) for thread in threads]}
    return select(body, call.mask) if threads else {"comments": []}


def _comment(thread: JSON) -> JSON:
    """A thread as Drive writes it."""
    quote = thread.get("plainTextQuote")
    return {
        "kind": "drive#comment",
        "anchor": thread["anchorId"],
        **({"quotedFileContent": {"mimeType": "text/html", "value": html.escape(quote)}} if quote else {}),
        **_post(thread["headPost"]),
        "id": thread["commentId"],
        "resolved": thread["status"] == "RESOLVED",
        "replies": [{"kind": "drive#reply", **_post(post)} for post in thread.get("replies", [])],
    }


def _post(post: JSON) -> JSON:
    names = {"RESOLVE": "resolve", "REOPEN": "reopen"}
    author = {"displayName": post["author"]["displayName"], "me": True} if "author" in post else None
    found = {
        "id": post["postId"],
        "author": author,
        "content": post.get("content"),
        "htmlContent": post.get("contentHtml"),
        "createdTime": post["createTime"],
        "modifiedTime": post["updateTime"],
        "action": names.get(post.get("commentAction", "")),
    }
    return {"deleted": post.get("deleted", False), **{key: value for key, value in found.items() if value is not None}}


DRIVE_METHODS: dict[str, Callable[[Emulator, Call], JSON | File | None]] = {
    "drive.files.create": create,
    "drive.files.get": get,
    "drive.files.list": list_files,
    "drive.files.delete": delete,
    "drive.files.copy": copy,
    "drive.files.export": export,
    "drive.comments.list": list_comments,
}


def _mask(call: Call, default: FieldMask) -> FieldMask:
    return call.mask if call.masked else default


def document_of(emulator: Emulator, file_id: str) -> Document:
    """A file by its id.

    Raises:
        DriveError: 404 when there is none.
    """
    try:
        return emulator.document(file_id)
    except ApiError:
        raise DriveError(404, f"File not found: {file_id}.", "notFound", "fileId") from None


def _file(document: Document) -> JSON:
    return {
        "kind": "drive#file",
        "id": document.spreadsheet_id,
        "name": document.title,
        "mimeType": SPREADSHEET_TYPE,
        "createdTime": rfc3339(document.created),
        "modifiedTime": rfc3339(document.modified),
    }


def rfc3339(moment: datetime) -> str:
    """A time as Drive writes it."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _query(text: str) -> Callable[[JSON], bool]:
    """A `q` made of comparisons joined by `and`.

    Raises:
        ApiError: 501 for anything richer.
    """
    terms = []
    for part in re.split(r"\s+and\s+", text) if text else []:
        match = _TERM.fullmatch(part)
        if match is None:
            raise ApiError(501, f"The local Drive API does not understand the query {text}.")
        terms.append((match[1], match[2], match[3].strip("\"'").replace("\\'", "'")))

    def matches(file: JSON) -> bool:
        return all(_holds(file, *term) for term in terms)

    return matches


def _holds(file: JSON, name: str, operator: str, wanted: str) -> bool:
    actual = "false" if name == "trashed" else file[name]
    if operator == "contains":
        return wanted.casefold() in actual.casefold()
    return bool((actual == wanted) == (operator == "="))
