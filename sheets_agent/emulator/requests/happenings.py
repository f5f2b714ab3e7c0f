"""What became of the cells of a sheet, and where that leaves ranges of them.

The rules are those by which references in formulas follow (`formulas.references`), for half-open GridRanges.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from sheets_agent.a1 import GridRange
from sheets_agent.formulas.changed_references import Change, Deleted, DimensionMoved, Inserted, Moved, SheetDeleted


@dataclass(frozen=True, slots=True)
class Happening:
    """What became of the cells of one sheet.

    Attributes:
        change: the same in the words of the formulas, which name sheets by title.
        sheet_id: the sheet it happened on.
        band: where only part of the sheet moved (insertRange, deleteRange), the columns or rows across the movement
            that took part: half-open. None for all of them.
        to_sheet_id: where the cells of a `Moved` went; None for the same sheet.
    """

    change: Change
    sheet_id: int
    band: tuple[int, int] | None = None
    to_sheet_id: int | None = None


def followed_range(area: GridRange, happening: Happening) -> GridRange | None:
    """A range after a happening; None when nothing of it is left."""
    change, band = happening.change, happening.band
    if area.sheet_id != happening.sheet_id:
        return area
    if isinstance(change, SheetDeleted):
        return None
    if isinstance(change, Moved):
        return _carried(area, change, happening)
    if not isinstance(change, Inserted | Deleted | DimensionMoved):
        return area
    by_rows = change.dimension == "ROWS"
    along = (area.start_row, area.end_row) if by_rows else (area.start_column, area.end_column)
    across = (area.start_column, area.end_column) if by_rows else (area.start_row, area.end_row)
    if band is not None and not (
        across[0] is not None and across[1] is not None and band[0] <= across[0] and across[1] <= band[1]
    ):
        return area
    place = followed_interval(*along, change)
    if place is None:
        return None
    if by_rows:
        return replace(area, start_row=place[0], end_row=place[1])
    return replace(area, start_column=place[0], end_column=place[1])


def _carried(area: GridRange, change: Moved, happening: Happening) -> GridRange:
    """A range after a cut and paste: it goes along when all of it was cut."""
    if not change.area.grid_range(happening.sheet_id).contains(area) or not area.bounded:
        return area
    target = happening.sheet_id if happening.to_sheet_id is None else happening.to_sheet_id
    return GridRange(
        target,
        (area.start_row or 0) + change.rows,
        (area.end_row or 0) + change.rows,
        (area.start_column or 0) + change.columns,
        (area.end_column or 0) + change.columns,
    )


Interval = tuple[int | None, int | None]


def followed_interval(
    start: int | None, end: int | None, change: Inserted | Deleted | DimensionMoved
) -> Interval | None:
    """Where the rows or columns `start` to `end` (half-open, None: open) went; None when nothing of them is left."""
    low = start or 0
    if isinstance(change, Inserted):
        new_low = low + change.count if start is not None and low >= change.index else start
        return new_low, end if end is None or end <= change.index else end + change.count
    if isinstance(change, Deleted):
        return _after_deletion(start, end, change.start, change.end)
    if change.start <= change.destination <= change.end:
        return start, end
    count = change.end - change.start
    if start is not None and end is not None and change.start <= start and end <= change.end:
        down = change.destination > change.end
        step = change.destination - (change.end if down else change.start)
        return start + step, end + step
    opened = followed_interval(start, end, Inserted(change.sheet, change.dimension, change.destination, count))
    if opened is None:
        return None
    old = change.start + count if change.destination <= change.start else change.start
    return _after_deletion(*opened, old, old + count)


def _after_deletion(start: int | None, end: int | None, gone_from: int, gone_to: int) -> Interval | None:
    low, count = start or 0, gone_to - gone_from
    if end is not None and gone_from <= low and end <= gone_to:
        return None
    new_low = low if low < gone_from else gone_from if low < gone_to else low - count
    new_end = end if end is None or end <= gone_from else gone_from if end <= gone_to else end - count
    return (None if start is None else new_low), new_end
