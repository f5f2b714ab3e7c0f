"""Which steps of a plan rest on which: told by what they read, write and make.

A step depends on an earlier one when it reads or writes what that one writes, writes what that one reads, or stands on
a sheet that it makes or shifts. Steps that do not depend on one another can go into one batch in any order; a batch
keeps the order of the others, because the API carries its requests out one after the other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from sheets_agent.a1 import GridRange
from sheets_agent.actions.base import Action, Request
from sheets_agent.errors import ActionError
from sheets_agent.formulas.references import references
from sheets_agent.sheets.book import Book

SHIFTING = frozenset(
    {
        "insertDimension",
        "deleteDimension",
        "moveDimension",
        "insertRange",
        "deleteRange",
        "deleteDuplicates",
        "deleteSheet",
    }
)
"""Requests after which other cells stand at the same addresses."""
MAKING = frozenset({"addSheet", "duplicateSheet", "updateSheetProperties"})
"""Requests that make a sheet, or give one another name."""


@dataclass(frozen=True, slots=True)
class Touch:
    """What one step reads and writes.

    Attributes:
        reads: ranges the step depends on, those its formulas refer to included.
        writes: ranges it changes.
        sheets: ids of the sheets that it makes, renames, or whose cells it moves: nothing on them is independent of it.
    """

    reads: tuple[GridRange, ...] = ()
    writes: tuple[GridRange, ...] = ()
    sheets: frozenset[int] = frozenset()

    def on(self) -> frozenset[int]:
        """The ids of all sheets it has to do with."""
        return self.sheets | {area.sheet_id for area in (*self.reads, *self.writes)}


def touch(action: Action, requests: Sequence[Request], book: Book) -> Touch:
    """What a step touches.

    Args:
        action: of the step.
        requests: what it compiles to.
        book: the spreadsheet after the step, so that sheets it makes are known.
    """
    writes = _known(lambda: action.writes(book))
    reads = [*_known(lambda: action.reads(book)), *_of_formulas(action, writes, book)]
    if action.kind == "create_pivot":  # how far it will reach is told by its data
        writes = tuple(GridRange(area.sheet_id, area.start_row, None, area.start_column, None) for area in writes)
    return Touch(tuple(reads), writes, frozenset(_sheets(requests)))


def depends_on(touches: Sequence[Touch]) -> tuple[tuple[int, ...], ...]:
    """For each step the zero-based indexes of the earlier steps it depends on."""
    return tuple(
        tuple(before for before in range(index) if _depends(step, touches[before]))
        for index, step in enumerate(touches)
    )


def levels(depends: Sequence[Sequence[int]]) -> tuple[int, ...]:
    """For each step its level: 0 for those that depend on none, else one more than the highest they depend on."""
    found: list[int] = []
    for before in depends:
        found.append(1 + max((found[index] for index in before), default=-1))
    return tuple(found)


def _depends(step: Touch, earlier: Touch) -> bool:
    if step.on() & earlier.sheets or earlier.on() & step.sheets:
        return True
    return _meet(step.reads, earlier.writes) or _meet(step.writes, earlier.writes) or _meet(step.writes, earlier.reads)


def _meet(some: Iterable[GridRange], others: Sequence[GridRange]) -> bool:
    return any(area.intersection(other) is not None for area in some for other in others)


def _known(look: Callable[[], Iterable[GridRange]]) -> tuple[GridRange, ...]:
    try:
        return tuple(look())
    except ActionError:
        return ()


def _of_formulas(action: Action, writes: Sequence[GridRange], book: Book) -> Iterable[GridRange]:
    """The ranges that the formulas of a step refer to, from the first cell it writes to the last."""
    home = writes[0] if writes else None
    for text in action.formula_texts():
        for reference in references(text):
            title = reference.sheet
            try:
                named = book.sheet(title).sheet_id if title is not None else None
            except ActionError:
                continue
            if named is not None:
                yield _moved_along(reference.area.grid_range(named), home)
            elif home is not None:
                yield _moved_along(reference.area.grid_range(home.sheet_id), home)


def _moved_along(area: GridRange, home: GridRange | None) -> GridRange:
    """A range and all that it becomes where its formula is repeated downwards and to the right."""
    if home is None or not home.bounded or not area.bounded:
        return area
    rows, columns = home.rows - 1, home.columns - 1
    return GridRange(
        area.sheet_id,
        area.start_row,
        (area.end_row or 0) + rows,
        area.start_column,
        (area.end_column or 0) + columns,
    )


def _sheets(requests: Sequence[Request]) -> Iterable[int]:
    for request in requests:
        for kind, body in request.items():
            if kind in MAKING:
                yield int(body.get("properties", {}).get("sheetId", body.get("newSheetId", 0)))
            elif kind in SHIFTING:
                place = body.get("range") or body.get("source") or body
                yield int(place.get("sheetId", 0))
