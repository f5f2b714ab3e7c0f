"""What a step has left in cells, in the terms in which the guard judges it and the cells of a run are counted."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sheets_agent.a1 import GridRange
from sheets_agent.actions.base import Request
from sheets_agent.guard.check import SETTLED, Guard, Left
from sheets_agent.planners import snapshot
from sheets_agent.planners.snapshot import Change, Snapshot
from sheets_agent.sheets.book import Book

MOVING = frozenset({"sortRange", "randomizeRange", "deleteDuplicates"})
"""Requests that only take contents elsewhere, or away."""


def outside(guard: Guard, changed: Iterable[Change], book: Book) -> str:
    """The address of a cell that a step has changed though the scope does not let it; empty where there is none."""
    for change in changed:
        sheet, row, column = change.key
        if guard.outside(GridRange(sheet, row, row + 1, column, column + 1), book):
            return snapshot.address(book, change.key)
    return ""


def formulas_left(
    requests: Sequence[Request], before: Snapshot, changed: Iterable[Change], book: Book
) -> tuple[Left, ...]:
    """The formulas that a step has left in cells, unless its requests cannot make any."""
    if all(kind in SETTLED for request in requests for kind in request):
        return ()
    formulas = [change for change in changed if change.after.startswith("=")]
    stood = {sheet: before.formulas(sheet) for sheet in {change.key[0] for change in formulas}}
    return tuple(
        Left(
            where=snapshot.address(book, change.key),
            formula=change.after,
            was_formula=change.before.startswith("=") and before.value(change.key) != change.before,
            stood=change.after in stood[change.key[0]],
        )
        for change in formulas
    )


def filled(requests: Sequence[Request], changed: Sequence[Change]) -> int:
    """How many cells a step has given other contents, what spills included; not those that it only moved."""
    return 0 if {kind for request in requests for kind in request} <= MOVING else len(changed)


def copied_sheets(requests: Sequence[Request], book: Book) -> list[GridRange]:
    """The grids of the sheets that a step has made by copying others."""
    made = {int(one["duplicateSheet"]["newSheetId"]) for one in requests if "duplicateSheet" in one}
    return [sheet.grid for sheet in book.sheets if sheet.sheet_id in made and sheet.grid.cells]
