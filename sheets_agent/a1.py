"""A1 notation and GridRange.

Two views of a rectangle: `A1Range` is what people and models write (a sheet's title and cells), `GridRange` is what
the API takes (a sheet id and half-open zero-based indexes). Both leave a bound None where the range is open, as in
`A:C`, `2:5` or `A2:C`.

Source: https://developers.google.com/workspace/sheets/api/guides/concepts#cell and the GridRange message of the v4
discovery document.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any, Self

from sheets_agent.errors import UsageError

MAX_COLUMNS = 18_278  # "ZZZ", the widest sheet Google allows
MAX_ROWS = 10_000_000

_BARE_TITLE = re.compile(r"[^\W\d]\w*", re.UNICODE)
_CELL = re.compile(r"(?:\$?([A-Za-z]{1,3}))?(\$?[0-9]{1,8})?")
_CELL_LIKE = re.compile(r"[A-Za-z]{1,3}[0-9]+|[Rr]([0-9]*|\[-?[0-9]+\])[Cc]([0-9]*|\[-?[0-9]+\])|[A-Za-z]{1,3}")


def column_letters(index: int) -> str:
    """Zero-based column index to letters: 0 → "A", 26 → "AA"."""
    if index < 0:
        raise ValueError(f"a column index cannot be negative: {index}")
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def column_index(letters: str) -> int:
    """Letters to zero-based column index: "A" → 0, "aa" → 26.

    Raises:
        UsageError: for anything but one to three Latin letters.
    """
    if not re.fullmatch(r"[A-Za-z]{1,3}", letters):
        raise UsageError(f"“{letters}” is not a column.", "Columns are Latin letters, A to ZZZ.")
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1


def cell_name(row: int, column: int) -> str:
    """Zero-based row and column to A1: (0, 0) → "A1"."""
    return f"{column_letters(column)}{row + 1}"


def quote_title(title: str) -> str:
    """A sheet's title as it stands before the `!` of a range, quoted only where Sheets needs it.

    Titles that look like a cell ("P1", "R1C1") and titles with anything but letters, digits and underscores are
    quoted; an apostrophe inside is doubled.
    """
    ascii_bare = title.isascii() and _BARE_TITLE.fullmatch(title) and not _looks_like_a_cell(title)
    return title if ascii_bare else "'" + title.replace("'", "''") + "'"


def _looks_like_a_cell(title: str) -> bool:
    return bool(_CELL_LIKE.fullmatch(title)) or title.upper() in ("TRUE", "FALSE")


@dataclass(frozen=True, slots=True)
class GridRange:
    """A rectangle of one sheet: zero-based, half-open, None where unbounded. The API's GridRange."""

    sheet_id: int
    start_row: int | None = None
    end_row: int | None = None
    start_column: int | None = None
    end_column: int | None = None

    @classmethod
    def from_api(cls, body: dict[str, Any]) -> Self:
        """From the API's JSON; an absent sheetId is 0, as on the wire."""
        return cls(
            int(body.get("sheetId", 0)),
            body.get("startRowIndex"),
            body.get("endRowIndex"),
            body.get("startColumnIndex"),
            body.get("endColumnIndex"),
        )

    def to_api(self) -> dict[str, int]:
        """The API's JSON, open bounds left out."""
        bounds = {
            "startRowIndex": self.start_row,
            "endRowIndex": self.end_row,
            "startColumnIndex": self.start_column,
            "endColumnIndex": self.end_column,
        }
        return {
            "sheetId": self.sheet_id,
            **{key: value for key, value in bounds.items() if value is not None},
        }

    def clipped(self, row_count: int, column_count: int) -> GridRange:
        """The same range, bounded by a grid; may come out empty (`cells == 0`)."""
        return GridRange(
            self.sheet_id,
            min(self.start_row or 0, row_count),
            row_count if self.end_row is None else min(self.end_row, row_count),
            min(self.start_column or 0, column_count),
            column_count if self.end_column is None else min(self.end_column, column_count),
        )

    @property
    def bounded(self) -> bool:
        """Whether all four bounds are given."""
        return None not in (self.start_row, self.end_row, self.start_column, self.end_column)

    @property
    def rows(self) -> int:
        """Number of rows of a bounded range.

        Raises:
            ValueError: when the range is open in that direction.
        """
        if self.end_row is None:
            raise ValueError("the range has no last row; clip it first")
        return max(0, self.end_row - (self.start_row or 0))

    @property
    def columns(self) -> int:
        """Number of columns of a bounded range.

        Raises:
            ValueError: when the range is open in that direction.
        """
        if self.end_column is None:
            raise ValueError("the range has no last column; clip it first")
        return max(0, self.end_column - (self.start_column or 0))

    @property
    def cells(self) -> int:
        """Number of cells of a bounded range."""
        return self.rows * self.columns

    def intersection(self, other: GridRange) -> GridRange | None:
        """The common rectangle, None when there is none."""
        if self.sheet_id != other.sheet_id:
            return None
        start_row = max(self.start_row or 0, other.start_row or 0)
        start_column = max(self.start_column or 0, other.start_column or 0)
        end_row = _least(self.end_row, other.end_row)
        end_column = _least(self.end_column, other.end_column)
        if (end_row is not None and end_row <= start_row) or (end_column is not None and end_column <= start_column):
            return None
        return GridRange(self.sheet_id, start_row, end_row, start_column, end_column)

    def contains(self, other: GridRange) -> bool:
        """Whether every cell of `other` is a cell of this range."""
        return (
            self.sheet_id == other.sheet_id
            and (self.start_row or 0) <= (other.start_row or 0)
            and (self.start_column or 0) <= (other.start_column or 0)
            and (self.end_row is None or (other.end_row is not None and other.end_row <= self.end_row))
            and (self.end_column is None or (other.end_column is not None and other.end_column <= self.end_column))
        )

    def to_a1(self, title: str | None = None) -> str:
        """A1 notation, with the sheet's title when given."""
        return str(A1Range(title, self.start_row, self.end_row, self.start_column, self.end_column))


def _least(one: int | None, two: int | None) -> int | None:
    return two if one is None else one if two is None else min(one, two)


@dataclass(frozen=True, slots=True)
class A1Range:
    """A range as people write it. `sheet` is the title without quotes, None when none was written.

    All four bounds None means a whole sheet.
    """

    sheet: str | None
    start_row: int | None = None
    end_row: int | None = None
    start_column: int | None = None
    end_column: int | None = None

    def __str__(self) -> str:
        cells = self._cells()
        if self.sheet is None:
            return cells
        return f"{quote_title(self.sheet)}!{cells}" if cells else quote_title(self.sheet)

    def _cells(self) -> str:
        if (self.start_row, self.end_row, self.start_column, self.end_column) == (None, None, None, None):
            return ""
        top, left = self.start_row or 0, self.start_column or 0
        if self.end_row is None and self.end_column is None:
            # open on both ends; Sheets has no notation for it, so the widest column stands in, as in A2:ZZZ
            last = column_letters(MAX_COLUMNS - 1)
            return f"{cell_name(top, left) if top else column_letters(left)}:{last}"
        if self.end_row is None or self.end_column is None:
            return self._half_open(top, left)
        first, last = cell_name(top, left), cell_name(self.end_row - 1, self.end_column - 1)
        return first if first == last else f"{first}:{last}"

    def _half_open(self, top: int, left: int) -> str:
        """`A:C`, `A2:C`, `2:5` or `C2:5`: one end is open, and the other is not."""
        if self.end_column is not None:
            first = cell_name(top, left) if top else column_letters(left)
            return f"{first}:{column_letters(self.end_column - 1)}"
        first = cell_name(top, left) if left else str(top + 1)
        return f"{first}:{self.end_row}"

    def on(self, sheet: str) -> A1Range:
        """The same cells with a sheet's title."""
        return replace(self, sheet=sheet)

    def grid_range(self, sheet_id: int) -> GridRange:
        """The same rectangle as the API takes it."""
        return GridRange(sheet_id, self.start_row, self.end_row, self.start_column, self.end_column)


def split_sheet(text: str) -> tuple[str | None, str]:
    """Split `'My sheet'!A1:B2` into the unquoted title (None when absent) and the rest.

    Raises:
        UsageError: on an unclosed quote, or a `!` with no title before it.
    """
    text = text.strip()
    if text.startswith("'"):
        match = re.match(r"'((?:[^']|'')+)'(?:!(.*))?$", text, re.DOTALL)
        if match is None:
            raise UsageError(f"The range {text} has an unclosed quote.", "Write it like 'My sheet'!A1:B10.")
        return match[1].replace("''", "'"), match[2] or ""
    title, bang, cells = text.rpartition("!")
    if bang and not title:
        raise UsageError(f"The range {text} names no sheet before the “!”.", "Write it like 'My sheet'!A1:B10.")
    return (title, cells) if bang else (None, text)


def split_place(text: str, titles: Iterable[str] = ()) -> tuple[str | None, str]:
    """Split what a person calls a range or a sheet: what is neither quoted nor cells is the title of a sheet.

    Raises:
        UsageError: when its cells are none.
    """
    if text in titles:
        return text, ""
    title, cells = split_sheet(text)
    if title is None:
        try:
            parse_cells(cells)
        except UsageError:
            return cells, ""
    elif cells:
        parse_cells(cells)
    return title, cells


def parse_cells(text: str) -> A1Range:
    """Parse the part after the `!`: `A1`, `A1:B2`, `A:C`, `2:5`, `A2:C`, `$A$1`, swapped corners included.

    Raises:
        UsageError: when it is not A1 notation.
    """
    first, colon, last = text.partition(":")
    start = _corner(first, text)
    end = _corner(last, text) if colon else start
    if not colon and None in start:
        raise UsageError(f"“{text}” is not a cell or a range.", "Write a range like A1:C10, A:C or 2:5.")
    if (start[0] is None and end[1] is None) or (start[1] is None and end[0] is None):  # as in A:5
        raise UsageError(f"“{text}” mixes a row and a column.", "Write a range like A1:C10, A:C or 2:5.")
    row_bounds = _bounds(start[0], end[0])
    column_bounds = _bounds(start[1], end[1])
    return A1Range(None, *row_bounds, *column_bounds)


def _corner(text: str, whole: str) -> tuple[int | None, int | None]:
    match = _CELL.fullmatch(text.strip())
    if match is None or not (match[1] or match[2]):
        raise UsageError(f"“{whole}” is not a cell or a range.", "Write a range like A1:C10, A:C or 2:5.")
    row = int(match[2].lstrip("$")) - 1 if match[2] else None
    column = column_index(match[1]) if match[1] else None
    if row is not None and not 0 <= row < MAX_ROWS:
        raise UsageError(f"“{whole}” names a row that no sheet has.", "Rows are counted from 1.")
    return row, column


def _bounds(one: int | None, two: int | None) -> tuple[int | None, int | None]:
    """Half-open bounds of two inclusive ends; one missing end leaves the range open at the far side."""
    if one is not None and two is not None:
        return min(one, two), max(one, two) + 1
    if one is None and two is None:
        return None, None
    return (one if one is not None else two), None


def parse_a1(text: str) -> A1Range:
    """Parse a range with or without a sheet: `Sheet1!A1:B2`, `'Мой лист'!A:A`, `A1`.

    A quoted text without `!` is a whole sheet. An unquoted text without `!` is read as cells: whether `P1` is a cell
    or a tab is for whoever knows the tabs to decide.

    Raises:
        UsageError: when it is not A1 notation.
    """
    title, cells = split_sheet(text)
    if not cells:
        if title is None:
            raise UsageError("The range is empty.", "Write a range like A1:C10 or 'My sheet'!A1:C10.")
        return A1Range(title)
    parsed = parse_cells(cells)
    return parsed if title is None else parsed.on(title)
