"""Changes of cells, told in runs: a formula repeated over a range is one line, not four hundred."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sheets_agent.a1 import GridRange
from sheets_agent.formulas.changed_references import shift
from sheets_agent.formulas.locale import to_canonical
from sheets_agent.planners.snapshot import Change
from sheets_agent.sheets.book import Book
from sheets_agent.state.planned import CellChange

SHORTEST_RUN = 3
SHOWN_RESULTS = 4
"""Results told of a run, equal neighbours counted as one; the last comes on top."""


@dataclass(frozen=True, slots=True)
class _Run:
    """Changes of neighbouring cells that are one change repeated, column by column."""

    cells: tuple[Change, ...]
    rows: int = 1
    columns: int = 1

    @property
    def first(self) -> Change:
        return self.cells[0]


def told(book: Book, changes: Iterable[Change]) -> list[CellChange]:
    """The changes as they are shown: sheet by sheet, in reading order, what is repeated over a rectangle joined."""
    runs = _across(_down(changes))
    return [_told(book, run) for run in sorted(runs, key=lambda run: run.first.key)]


def _down(changes: Iterable[Change]) -> list[_Run]:
    """Runs down a column."""
    ordered = sorted(changes, key=lambda change: (change.key[0], change.key[2], change.key[1]))
    found: list[_Run] = []
    start = 0
    while start < len(ordered):
        end = start + 1
        while end < len(ordered) and _repeats(ordered[start], ordered[end], end - start, 0):
            end += 1
        if end - start < SHORTEST_RUN:
            end = start + 1
        found.append(_Run(tuple(ordered[start:end]), rows=end - start))
        start = end
    return found


def _across(runs: Iterable[_Run]) -> list[_Run]:
    """The runs with those joined that go on from column to column; single cells only when enough of them do."""
    ordered = sorted(runs, key=lambda run: (run.first.key[0], run.first.key[1], run.rows, run.first.key[2]))
    found: list[_Run] = []
    start = 0
    while start < len(ordered):
        first, end = ordered[start], start + 1
        while (
            end < len(ordered)
            and ordered[end].rows == first.rows
            and _repeats(first.first, ordered[end].first, 0, end - start)
        ):
            end += 1
        if first.rows == 1 and end - start < SHORTEST_RUN:
            end = start + 1
        cells = tuple(cell for run in ordered[start:end] for cell in run.cells)
        found.append(_Run(cells, first.rows, end - start))
        start = end
    return found


def _repeats(first: Change, other: Change, down: int, right: int) -> bool:
    """Whether a change is the first one so many rows and columns further on."""
    sheet_id, row, column = first.key
    if other.key != (sheet_id, row + down, column + right) or not first.after:
        return False
    return _moved(first.after, down, right) == other.after and _moved(first.before, down, right) == other.before


def _moved(text: str, down: int, right: int) -> str:
    return shift(text, down, right) if text.startswith("=") else text


def _told(book: Book, run: _Run) -> CellChange:
    sheet_id, row, column = run.first.key
    area = GridRange(sheet_id, row, row + run.rows, column, column + run.columns)
    formula = run.first.after.startswith("=")
    return CellChange(
        sheet=book.sheet_by_id(sheet_id).title,
        cell=area.to_a1(),
        before=_canonical(run.first.before, book.locale),
        after=_canonical(run.first.after, book.locale) if formula else run.first.shown or run.first.after,
        result=_results([cell.shown for cell in run.cells]) if formula else "",
    )


def _canonical(entered: str, locale: str) -> str:
    """What was entered, a formula with commas and decimal points whatever the locale: as it stands in the plan."""
    return to_canonical(entered, locale) if entered.startswith("=") else entered


def _results(shown: Sequence[str]) -> str:
    """What a run shows: its first values and its last, equal neighbours counted."""
    if len(shown) == 1:
        return shown[0]
    groups = [(text or "(empty)", sum(1 for _ in same)) for text, same in itertools.groupby(shown)]
    texts = [f"{text} × {count}" if count > 1 else text for text, count in groups]
    if len(texts) <= SHOWN_RESULTS + 1:
        return "; ".join(texts)
    return f"{'; '.join(texts[:SHOWN_RESULTS])} … {texts[-1]}"
