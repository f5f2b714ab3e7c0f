"""Changes of cells, told in runs: a formula repeated down a column is one line, not four hundred."""

from __future__ import annotations

from collections.abc import Iterable

from sheets_agent.a1 import GridRange
from sheets_agent.formulas.references import shift
from sheets_agent.planners.snapshot import Change
from sheets_agent.sheets.book import Book
from sheets_agent.state import CellChange

SHORTEST_RUN = 3


def told(book: Book, changes: Iterable[Change]) -> list[CellChange]:
    """The changes as they are shown: sheet by sheet, in reading order, runs down a column joined."""
    ordered = sorted(changes, key=lambda change: (change.key[0], change.key[2], change.key[1]))
    found: list[tuple[Change, Change]] = []
    start = 0
    while start < len(ordered):
        end = start + 1
        while end < len(ordered) and _continues(ordered[start], ordered[end], end - start):
            end += 1
        if end - start < SHORTEST_RUN:
            end = start + 1
        found.append((ordered[start], ordered[end - 1]))
        start = end
    found.sort(key=lambda run: run[0].key)
    return [_told(book, first, last) for first, last in found]


def _continues(first: Change, other: Change, distance: int) -> bool:
    """Whether a change is the first one, `distance` rows further down, and nothing was there before."""
    sheet_id, row, column = first.key
    if other.key != (sheet_id, row + distance, column) or first.before or other.before or not first.after:
        return False
    return other.after == (shift(first.after, distance, 0) if first.after.startswith("=") else first.after)


def _told(book: Book, first: Change, last: Change) -> CellChange:
    sheet_id, row, column = first.key
    area = GridRange(sheet_id, row, last.key[1] + 1, column, column + 1)
    formula = first.after.startswith("=")
    results = first.shown if first is last else f"{first.shown} … {last.shown}"
    return CellChange(
        sheet=book.sheet_by_id(sheet_id).title,
        cell=area.to_a1(),
        before=first.before,
        after=first.after if formula else first.shown or first.after,
        result=results if formula else "",
    )
