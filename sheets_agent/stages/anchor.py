"""The cell that a question is about, as far as code can tell from its words: where somebody would look."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sheets_agent.a1 import quote_title, split_sheet
from sheets_agent.errors import UsageError
from sheets_agent.state.described import Description, Region

SHORTEST_HEADER = 3
"""Letters: shorter headers stand in too many words."""
_ADDRESS = re.compile(r"('(?:[^']|'')+'|\w+)!\$?([A-Za-z]{1,3})\$?([1-9]\d{0,6})\b")


def cell_of(text: str, description: Description) -> str:
    """The A1 address a question is about: one it names, a header or a sheet it names, else the first filled cell.

    Args:
        text: the question.
        description: of the spreadsheet it is about.

    Returns:
        The address with its sheet; empty where nothing is filled.
    """
    titles = {sheet.title for sheet in description.sheets}
    for found in _ADDRESS.finditer(text):
        title = found[1][1:-1].replace("''", "'") if found[1].startswith("'") else found[1]
        if title in titles:
            return f"{quote_title(title)}!{found[2].upper()}{found[3]}"
    words = text.casefold()
    headers = sorted(_headers(description), key=lambda header: -len(header[0]))
    for header, address in headers:
        if re.search(rf"(?<!\w){re.escape(header)}(?!\w)", words):
            return address
    sheets = [sheet for sheet in description.sheets if sheet.regions]
    named = [sheet for sheet in sheets if sheet.title.casefold() in words]
    for sheet in (*named, *(one for one in sheets if not one.hidden)):
        return _corner(sheet.regions[0])
    return ""


def _headers(description: Description) -> Iterator[tuple[str, str]]:
    """The headers of tables, and where they stand."""
    for region in (region for sheet in description.sheets for region in sheet.regions):
        if region.header_row is None:
            continue
        title, _ = split_sheet(region.range)
        for column in region.columns:
            header = column.header.strip().casefold()
            if len(header) >= SHORTEST_HEADER and title is not None:
                yield header, f"{quote_title(title)}!{column.letter}{region.header_row}"


def _corner(region: Region) -> str:
    try:
        title, cells = split_sheet(region.range)
    except UsageError:
        return ""
    return f"{quote_title(title)}!{cells.partition(':')[0]}" if title else ""
