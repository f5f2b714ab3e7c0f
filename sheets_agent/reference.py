"""What names a spreadsheet of Google: its id, or its URL."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

from sheets_agent.errors import UsageError

_SPREADSHEET_ID = re.compile(r"[A-Za-z0-9_-]{20,100}")


@dataclass(frozen=True, slots=True)
class SpreadsheetReference:
    """A spreadsheet id, and the tab its URL pointed at (`#gid=…`), None when it named none."""

    spreadsheet_id: str
    sheet_id: int | None = None


def parse_reference(text: str) -> SpreadsheetReference:
    """A spreadsheet id or the URL of a Google spreadsheet, nothing else.

    Raises:
        UsageError: for other hosts, other kinds of documents, published (`/d/e/…`) links and malformed ids.
    """
    text = text.strip()
    if _SPREADSHEET_ID.fullmatch(text):
        return SpreadsheetReference(text)
    hint = (
        "Give a spreadsheet id, https://docs.google.com/spreadsheets/d/<id>/edit, or a path to an .xlsx or .csv file."
    )
    try:
        parts = urlsplit(text)
        host = parts.hostname
    except ValueError as error:  # such as an unclosed bracket
        raise UsageError(f"“{text}” is neither a spreadsheet id nor a URL.", hint) from error
    if parts.scheme not in ("http", "https") or host != "docs.google.com":
        raise UsageError(f"“{text}” is neither a spreadsheet id nor the URL of a Google spreadsheet.", hint)
    match = re.match(r"/(?:a/[^/]+/)?spreadsheets/(?:u/\d+/)?d/([^/]+)(?:/|$)", parts.path)
    if match is None or not _SPREADSHEET_ID.fullmatch(match[1]):
        raise UsageError(f"The URL {text} does not name a Google spreadsheet.", hint)
    return SpreadsheetReference(match[1], _gid(parts.fragment, parts.query))


def _gid(fragment: str, query: str) -> int | None:
    for part in (fragment, query):
        values = parse_qs(part).get("gid")
        if values and values[0].isascii() and values[0].isdigit():
            return int(values[0])
    return None
