"""Which cells a run has filled itself, so that writing over them loses nothing of the person's.

They are known by their addresses: where others come to stand there, because rows are inserted or sorted, nothing is
known any more.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sheets_agent.a1 import GridRange
from sheets_agent.actions.base import Request
from sheets_agent.errors import ActionError
from sheets_agent.guard.reach import reach
from sheets_agent.planners.dependencies import SHIFTING
from sheets_agent.planners.snapshot import Change, Key
from sheets_agent.sheets.book import Book

_FILLING = frozenset(
    {"updateCells", "repeatCell", "copyPaste", "autoFill", "pasteData", "appendCells", "appendDimension"}
)
"""Requests after which nothing the person wrote stands in the cells that changed."""


def cells_in(texts: Iterable[str], book: Book) -> frozenset[Key]:
    """The cells of some A1 ranges, as far as they are there."""
    return frozenset(key for text in texts for key in _cells(text, book))


def _cells(text: str, book: Book) -> Iterable[Key]:
    try:
        area = book.clipped(book.range(text))
    except ActionError:
        return
    for row in range(area.start_row or 0, area.end_row or 0):
        for column in range(area.start_column or 0, area.end_column or 0):
            yield area.sheet_id, row, column


def own_after(
    own: frozenset[Key],
    requests: Sequence[Request],
    changed: Iterable[Change],
    areas: Sequence[GridRange],
    book: Book,
) -> frozenset[Key]:
    """The cells that hold what the run put there, after a step.

    Args:
        own: those before it.
        requests: of the step.
        changed: the cells it changed; none where it moved whole rows or columns.
        areas: the ranges it writes.
        book: the spreadsheet before it.
    """
    kinds = {kind for request in requests for kind in request}
    moved = {area.sheet_id for request in requests if SHIFTING & request.keys() for area in reach(request, book).areas}
    kept = frozenset(key for key in own if key[0] not in moved) if moved else own
    if kinds <= _FILLING:
        return kept | {change.key for change in changed if not change.overwrote or _inside(change.key, areas)}
    return kept - {change.key for change in changed}


def ranges_of(keys: Iterable[Key]) -> list[GridRange]:
    """Some cells as ranges: runs down a column, those of neighbouring columns that are alike in one."""
    runs: dict[tuple[int, int, int], list[int]] = {}
    for sheet_id, column, first, end in _runs(keys):
        runs.setdefault((sheet_id, first, end), []).append(column)
    found = []
    for (sheet_id, first, end), columns in runs.items():
        left = last = columns[0]
        for column in [*columns[1:], -1]:
            if column != last + 1:
                found.append(GridRange(sheet_id, first, end, left, last + 1))
                left = column
            last = column
    return found


def _runs(keys: Iterable[Key]) -> Iterable[tuple[int, int, int, int]]:
    """Sheet id, column, first row and the row past the last, in order of the columns."""
    ordered = sorted((sheet_id, column, row) for sheet_id, row, column in keys)
    start = 0
    for place in range(1, len(ordered) + 1):
        sheet_id, column, row = ordered[place - 1]
        if place == len(ordered) or ordered[place] != (sheet_id, column, row + 1):
            yield sheet_id, column, ordered[start][2], row + 1
            start = place


def _inside(key: Key, areas: Sequence[GridRange]) -> bool:
    sheet_id, row, column = key
    here = GridRange(sheet_id, row, row + 1, column, column + 1)
    return any(area.contains(here) for area in areas)
