"""Cells with values, as requests.

Contents and number formats are written by separate requests: one `updateCells` whose mask would name both clears the
formats of all cells that bring none. A cell that already shows numbers of the kind keeps its own format. A plain number
in a cell that has shown dates so far would show as a day of 1900: there the number format is taken away.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from sheets_agent.a1 import GridRange
from sheets_agent.actions.base import Request
from sheets_agent.actions.literals import JSON, Entered, entered
from sheets_agent.sheets.book import Book

_SHOWS_ALREADY = {
    "DATE": ("DATE", "DATE_TIME"),
    "DATE_TIME": ("DATE", "DATE_TIME", "TIME"),
    "TIME": ("TIME", "DATE_TIME"),
    "PERCENT": ("PERCENT",),
    "CURRENCY": ("CURRENCY",),
    "NUMBER": ("NUMBER", "CURRENCY", "PERCENT", "SCIENTIFIC"),
}
_MOMENTS = ("DATE", "DATE_TIME", "TIME")
_AUTOMATIC: JSON = {}
"""No number format: what a plain number needs."""


def coordinate(area: GridRange) -> dict[str, int]:
    """The top left cell of a range as the API's GridCoordinate."""
    return {
        "sheetId": area.sheet_id,
        "rowIndex": area.start_row or 0,
        "columnIndex": area.start_column or 0,
    }


def write_cells(book: Book, area: GridRange, rows: Sequence[Sequence[Entered]]) -> list[Request]:
    """Different values into a range: contents first, then number formats where they are needed.

    Raises:
        NotLoaded: when a cell that may have a number format was not loaded.
    """
    contents = [{"values": [_cell(content) for content in row]} for row in rows]
    update = {"updateCells": {"start": coordinate(area), "rows": contents, "fields": "userEnteredValue"}}
    return [update, *(_formatted(where, pattern) for where, pattern in _runs(book, area, rows))]


def repeat_cell(book: Book, area: GridRange, content: Entered) -> list[Request]:
    """One value or formula into every cell of a bounded range; a formula's relative references move along.

    Raises:
        NotLoaded: when a cell that may have a number format was not loaded.
    """
    repeat = {"repeatCell": {"range": area.to_api(), "cell": _cell(content), "fields": "userEnteredValue"}}
    wanted = _wanted(content)
    if wanted is None or not _needs(book, area, wanted):
        return [repeat]
    if wanted:
        return [repeat, _formatted(area, wanted)]
    rows = [[content] * area.columns] * area.rows  # the cells that showed dates, and no others
    return [repeat, *(_formatted(where, pattern) for where, pattern in _runs(book, area, rows))]


def formats_to_keep(book: Book, area: GridRange, texts: Iterable[str]) -> tuple[GridRange, ...]:
    """What must be loaded to write some texts: the range when one of them needs a number format, otherwise nothing."""
    brings = any(_wanted(entered(text, book.locale, formulas=False)) is not None for text in texts)
    return (book.clipped(area),) if brings else ()


def _wanted(content: Entered) -> JSON | None:
    """The number format that shows a content as it is meant; None where any format does."""
    return _AUTOMATIC if content.number_format is None and "numberValue" in content.value else content.number_format


def _cell(content: Entered) -> JSON:
    return {"userEnteredValue": content.value} if content.value else {}


def _formatted(area: GridRange, number_format: JSON) -> Request:
    cell = {"userEnteredFormat": {"numberFormat": number_format} if number_format else {}}
    return {"repeatCell": {"range": area.to_api(), "cell": cell, "fields": "userEnteredFormat.numberFormat"}}


def _needs(book: Book, area: GridRange, number_format: JSON) -> bool:
    return any(
        not _shows(book, area.sheet_id, row, column, number_format)
        for row in range(area.start_row or 0, area.end_row or 0)
        for column in range(area.start_column or 0, area.end_column or 0)
    )


def _shows(book: Book, sheet_id: int, row: int, column: int, number_format: JSON) -> bool:
    """Whether a cell already shows such a value as it should. A cell past the grid shows nothing yet."""
    sheet = book.sheet_by_id(sheet_id)
    if row >= sheet.row_count or column >= sheet.column_count:
        return not number_format
    present = (book.cell(sheet_id, row, column).number_format or {}).get("type", "")
    return present in _SHOWS_ALREADY[number_format["type"]] if number_format else present not in _MOMENTS


def _runs(book: Book, area: GridRange, rows: Sequence[Sequence[Entered]]) -> Iterator[tuple[GridRange, JSON]]:
    """The parts of columns that need one and the same number format."""
    top, left = area.start_row or 0, area.start_column or 0
    for column in range(max((len(row) for row in rows), default=0)):
        start, wanted = 0, None
        for index in range(len(rows) + 1):
            cell = rows[index][column] if index < len(rows) and column < len(rows[index]) else None
            here = _wanted(cell) if cell else None
            if here is not None and _shows(book, area.sheet_id, top + index, left + column, here):
                here = None
            if here != wanted:
                if wanted is not None:
                    yield GridRange(area.sheet_id, top + start, top + index, left + column, left + column + 1), wanted
                start, wanted = index, here
