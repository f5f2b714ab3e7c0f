"""References after a change: a formula copied elsewhere, and formulas after what happens to a sheet.

All work on tokens, so the typed text, its spaces and its case stay as they were wherever a reference does not change.

Source for the rules: https://support.google.com/docs/answer/62813 and the API's insertDimension, deleteDimension,
moveDimension, cutPaste, insertRange and deleteRange requests.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from sheets_agent.a1 import MAX_COLUMNS, MAX_ROWS, A1Range, quote_title
from sheets_agent.formulas.references import Corner, Reference, split
from sheets_agent.formulas.tokens import Kind, tokens

REF_ERROR = "#REF!"
Dimension = Literal["ROWS", "COLUMNS"]


def shift(text: str, rows: int, columns: int) -> str:
    """The formula as a relative copy `rows` further down and `columns` further right.

    What `$` holds stays; what would leave the grid becomes #REF!.
    """
    if not rows and not columns:
        return text
    return "".join(piece if isinstance(piece, str) else _text(_shifted(piece, rows, columns)) for piece in split(text))


def _text(reference: Reference | None) -> str:
    return REF_ERROR if reference is None else str(reference)


def _shifted(reference: Reference, rows: int, columns: int) -> Reference | None:
    first = _shifted_corner(reference.first, rows, columns)
    last = reference.last and _shifted_corner(reference.last, rows, columns)
    if first is None or (reference.last is not None and last is None):
        return None
    if (first, last) == (reference.first, reference.last):
        return reference
    return replace(reference, first=first, last=last, typed="")


def _shifted_corner(corner: Corner, rows: int, columns: int) -> Corner | None:
    row = corner.row if corner.row is None or corner.row_absolute else corner.row + rows
    column = corner.column if corner.column is None or corner.column_absolute else corner.column + columns
    if row is not None and not 0 <= row < MAX_ROWS:
        return None
    if column is not None and not 0 <= column < MAX_COLUMNS:
        return None
    return replace(corner, row=row, column=column)


@dataclass(frozen=True, slots=True)
class Inserted:
    """`count` rows or columns came in before `index` of a sheet."""

    sheet: str
    dimension: Dimension
    index: int
    count: int


@dataclass(frozen=True, slots=True)
class Deleted:
    """The rows or columns `start` to `end` (exclusive) of a sheet are gone."""

    sheet: str
    dimension: Dimension
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class DimensionMoved:
    """The rows or columns `start` to `end` (exclusive) now stand before what was `destination`, as in moveDimension."""

    sheet: str
    dimension: Dimension
    start: int
    end: int
    destination: int


@dataclass(frozen=True, slots=True)
class Moved:
    """The cells of `area` (its sheet named) went to `to_sheet`, `rows` down and `columns` right: a cut and paste."""

    area: A1Range
    to_sheet: str
    rows: int
    columns: int


@dataclass(frozen=True, slots=True)
class Removed:
    """The cells of `area` (its sheet named) are gone, their neighbours having taken their place."""

    area: A1Range


@dataclass(frozen=True, slots=True)
class SheetRenamed:
    """A sheet has a new title."""

    old: str
    new: str


@dataclass(frozen=True, slots=True)
class SheetDeleted:
    """A sheet is gone."""

    sheet: str


Change = Inserted | Deleted | DimensionMoved | Moved | Removed | SheetRenamed | SheetDeleted


def adjust(text: str, on_sheet: str, change: Change) -> str:
    """The formula of a cell on `on_sheet` after `change`: its references follow the cells they meant.

    References whose cells are gone become #REF!. For `Moved`, the formula's own place does not matter as long as it
    stays on its sheet; a formula that itself went to another sheet is passed through `relocate` as well, first.
    """
    if isinstance(change, SheetRenamed):
        return _renamed(text, change)
    pieces = split(text)
    return "".join(piece if isinstance(piece, str) else _text(_followed(piece, on_sheet, change)) for piece in pieces)


def relocate(text: str, from_sheet: str, to_sheet: str) -> str:
    """The formula of a cell cut from one sheet and pasted on another, still meaning the same cells."""
    if from_sheet.casefold() == to_sheet.casefold():
        return text
    prefix = f"{quote_title(from_sheet)}!"
    return "".join(
        str(piece if isinstance(piece, str) or piece.prefix else replace(piece, prefix=prefix, typed=""))
        for piece in split(text)
    )


def _renamed(text: str, change: SheetRenamed) -> str:
    prefix = f"{quote_title(change.new)}!"
    old = change.old.casefold()
    changed = []
    for token in tokens(text):
        title, bang, rest = token.text.rpartition("!")
        if token.kind in (Kind.REFERENCE, Kind.NAME) and bang and _unquoted(title).casefold() == old:
            changed.append(prefix + rest)
        else:
            changed.append(token.text)
    return "".join(changed)


def _unquoted(title: str) -> str:
    return title[1:-1].replace("''", "'") if title.startswith("'") else title


def _followed(reference: Reference, on_sheet: str, change: Change) -> Reference | None:
    sheet = (on_sheet if reference.sheet is None else reference.sheet).casefold()
    match change:
        case SheetDeleted():
            return None if sheet == change.sheet.casefold() else reference
        case SheetRenamed():
            return reference
        case Moved() | Removed():
            if change.area.sheet is None or sheet != change.area.sheet.casefold():
                return reference
            if not _within(reference.area, change.area):
                return reference
            return None if isinstance(change, Removed) else _carried(reference, on_sheet, change)
        case _ if sheet != change.sheet.casefold():
            return reference
        case _:
            return _along(reference, change)


def _within(inner: A1Range, outer: A1Range) -> bool:
    return _interval_within((inner.start_row, inner.end_row), (outer.start_row, outer.end_row)) and _interval_within(
        (inner.start_column, inner.end_column), (outer.start_column, outer.end_column)
    )


def _interval_within(inner: tuple[int | None, int | None], outer: tuple[int | None, int | None]) -> bool:
    starts = (inner[0] or 0) >= (outer[0] or 0)
    return starts and (outer[1] is None or (inner[1] is not None and inner[1] <= outer[1]))


def _carried(reference: Reference, on_sheet: str, change: Moved) -> Reference | None:
    """Follow a cut and paste: `$` does not hold a reference back here."""
    corners = [_moved_corner(corner, change) for corner in (reference.first, reference.last) if corner is not None]
    if None in corners:
        return None
    prefix = reference.prefix
    if change.to_sheet.casefold() != (change.area.sheet or "").casefold():
        prefix = "" if change.to_sheet.casefold() == on_sheet.casefold() else f"{quote_title(change.to_sheet)}!"
    first, last = corners[0], corners[1] if len(corners) > 1 else None
    assert first is not None
    return _rebuilt(reference, first, last, prefix)


def _moved_corner(corner: Corner, change: Moved) -> Corner | None:
    free = replace(corner, row_absolute=False, column_absolute=False)
    moved = _shifted_corner(free, change.rows, change.columns)
    return moved and replace(moved, row_absolute=corner.row_absolute, column_absolute=corner.column_absolute)


def _along(reference: Reference, change: Inserted | Deleted | DimensionMoved) -> Reference | None:
    """Follow a change along one dimension."""
    by_rows = change.dimension == "ROWS"
    first = reference.first.row if by_rows else reference.first.column
    end = reference.last or reference.first
    last = end.row if by_rows else end.column
    if first is None and last is None:
        return reference
    low, high = (first, last) if first is not None and (last is None or first <= last) else (last, first)
    assert low is not None
    interval = _interval(low, high, change)
    if interval is None:
        return None
    new_low, new_high = interval
    in_order = low == first
    corners = (new_low, new_high) if in_order else (new_high, new_low)
    return _rebuilt(
        reference,
        _placed(reference.first, by_rows, corners[0]),
        None if reference.last is None else _placed(reference.last, by_rows, corners[1]),
        reference.prefix,
    )


def _placed(corner: Corner, by_rows: bool, index: int | None) -> Corner:
    return replace(corner, row=index) if by_rows else replace(corner, column=index)


def _rebuilt(reference: Reference, first: Corner, last: Corner | None, prefix: str) -> Reference:
    if (first, last, prefix) == (reference.first, reference.last, reference.prefix):
        return reference
    return Reference(prefix, first, last)


def _interval(low: int, high: int | None, change: Inserted | Deleted | DimensionMoved) -> tuple[int, int | None] | None:
    """Where the inclusive interval `low` to `high` (None: open) went; None when nothing of it is left."""
    match change:
        case Inserted(index=index, count=count):
            return (low + count if low >= index else low), (high if high is None or high < index else high + count)
        case Deleted(start=start, end=end):
            return _after_deletion(low, high, start, end)
        case DimensionMoved():
            return _after_move(low, high, change)


def _after_deletion(low: int, high: int | None, start: int, end: int) -> tuple[int, int | None] | None:
    if high is not None and start <= low and high < end:
        return None
    count = end - start
    new_low = low if low < start else start if low < end else low - count
    new_high = high if high is None or high < start else start - 1 if high < end else high - count
    return new_low, new_high


def _after_move(low: int, high: int | None, change: DimensionMoved) -> tuple[int, int | None] | None:
    """As inserting the gap, carrying what lies wholly inside the block, and deleting the old place."""
    start, end, count = change.start, change.end, change.end - change.start
    if start <= change.destination <= end:
        return low, high
    step = change.destination - end if change.destination > end else change.destination - start
    if high is not None and start <= low and high < end:
        return low + step, high + step
    gap = Inserted(change.sheet, change.dimension, change.destination, count)
    opened = _interval(low, high, gap)
    assert opened is not None
    old_start = start + count if change.destination <= start else start
    return _after_deletion(*opened, old_start, old_start + count)
