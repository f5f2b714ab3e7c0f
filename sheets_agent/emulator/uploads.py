"""Drive v2's media upload, the way by which clients still turn CSV into a spreadsheet.

    PUT /upload/drive/v2/files/{id}?uploadType=media&convert=True

Source: https://developers.google.com/workspace/drive/api/reference/rest/v2/files/update and recorded answers.
"""

from __future__ import annotations

import csv
import io
import re
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, unquote

from sheets_agent.emulator.cell_input import checked_rows, entered_cell
from sheets_agent.emulator.documents import new_workbook
from sheets_agent.emulator.drive import CSV_TYPE, SPREADSHEET_TYPE, document_of, rfc3339
from sheets_agent.emulator.errors import ApiError, invalid
from sheets_agent.emulator.grid_size import MAX_CELLS, imported_size
from sheets_agent.emulator.workbook import EMPTY, JSON, Workbook

if TYPE_CHECKING:
    from sheets_agent.emulator.service import Emulator

_PATH = re.compile(r"/upload/drive/v2/files/([^/:]+)")
_TIME_ZONE = "America/Los_Angeles"
"""What a converted file has, wherever its owner lives."""


def uploaded_to(method: str, path: str) -> str | None:
    """The file that a request uploads to, None when it is no such request."""
    match = _PATH.fullmatch(path) if method == "PUT" else None
    return unquote(match[1]) if match else None


def upload(emulator: Emulator, file_id: str, query: str, content_type: str, body: bytes) -> JSON:
    """Replace a spreadsheet by the contents of a CSV file: one sheet, titled like the file.

    Raises:
        ApiError: 404 without such a file, 400 for what is no CSV, 501 for other uploads.
    """
    options = parse_qs(query)
    if options.get("uploadType") != ["media"] or options.get("convert", [""])[0].lower() != "true":
        raise ApiError(501, "The local Drive API takes uploads with uploadType=media and convert=true only.")
    if content_type.partition(";")[0].strip().lower() != CSV_TYPE:
        raise ApiError(501, f"The local Drive API converts {CSV_TYPE} only.")
    document = document_of(emulator, file_id)
    with document.lock:
        title = document.title
        emulator.keep(document, _converted(document.workbook, title, body))
    return {
        "kind": "drive#file",
        "id": file_id,
        "title": title,
        "mimeType": SPREADSHEET_TYPE,
        "alternateLink": f"https://docs.google.com/spreadsheets/d/{file_id}/edit?usp=drivesdk",
        "createdDate": rfc3339(document.created),
        "modifiedDate": rfc3339(document.modified),
        "editable": True,
        "copyable": True,
    }


def _converted(old: Workbook, title: str, content: bytes) -> Workbook:
    try:
        rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), strict=True))
    except (UnicodeDecodeError, csv.Error) as error:
        raise invalid(f"Bad Request: the content is no CSV in UTF-8: {error}") from error
    checked_rows({"values": rows})
    row_count, column_count = imported_size(len(rows), max(map(len, rows), default=0))
    if row_count * column_count > MAX_CELLS:
        raise invalid(f"Bad Request: the content has more than {MAX_CELLS} cells.")
    workbook = new_workbook(title, old.locale, _TIME_ZONE)
    workbook.spreadsheet_id = old.spreadsheet_id
    workbook.clock, workbook.random, workbook.outside = old.clock, old.random, old.outside
    [sheet] = workbook.sheets
    sheet.properties = {
        **sheet.properties,
        "sheetId": workbook.new_id(set()),
        "title": title[:100] or "Sheet1",
        "gridProperties": {"rowCount": row_count, "columnCount": column_count},
    }
    entered = {
        row: {column: entered_cell(workbook, EMPTY, text, True) for column, text in enumerate(fields) if text}
        for row, fields in enumerate(rows)
    }
    workbook.replace_rows(sheet, {row: cells for row, cells in entered.items() if cells})
    return workbook
