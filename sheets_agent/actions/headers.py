"""Columns by name: the header row of a table, and what a model may call its columns."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass

from sheets_agent.a1 import GridRange, column_index, column_letters
from sheets_agent.errors import ActionError, UsageError
from sheets_agent.sheets.book import Book


def header_row(book: Book, area: GridRange) -> GridRange:
    """The first row of a range, inside the grid."""
    whole = book.clipped(area)
    top = whole.start_row or 0
    return GridRange(area.sheet_id, top, min(top + 1, whole.end_row or 0), whole.start_column, whole.end_column)


@dataclass(frozen=True, slots=True)
class Header:
    """The columns of a range by their names.

    Attributes:
        place: the range in A1 notation, for messages.
        start: the range's first column, zero-based on the sheet.
        names: what the first row shows, one name a column; empty where there is no header.
    """

    place: str
    start: int
    names: tuple[str, ...]

    @classmethod
    def of(cls, book: Book, area: GridRange, *, present: bool = True) -> Header:
        """Read the header of a range.

        Args:
            book: with the first row of the range loaded.
            area: the range, its header row included.
            present: whether the first row is a header; otherwise columns have letters only.

        Raises:
            NotLoaded: when the first row was not loaded.
            ActionError: when the range holds no cell.
        """
        row = header_row(book, area)
        if not row.cells:
            raise ActionError(f"{book.a1(area)} holds no cell.")
        columns = range(row.start_column or 0, row.end_column or 0)
        top = row.start_row or 0
        names = tuple(" ".join(_shown(book, area.sheet_id, top, column).split()) for column in columns)
        return cls(book.a1(area), columns.start, names if present else ("",) * len(columns))

    def column(self, name: str) -> int:
        """The column of a name, or of a letter such as C or column C, zero-based on the sheet.

        Raises:
            ActionError: when there is none, or more than one; the text lists what there is.
        """
        wanted = " ".join(name.split()).strip('"“”«»').strip()
        found = [index for index, known in enumerate(self.names) if known and known.casefold() == wanted.casefold()]
        if len(found) == 1:
            return self.start + found[0]
        if found:
            letters = ", ".join(column_letters(self.start + index) for index in found)
            raise ActionError(f"{self.place} has several columns “{name}”: {letters}. Name the column by its letter.")
        lettered = self._lettered(wanted)
        if lettered is not None:
            return lettered
        close = difflib.get_close_matches(wanted, [known for known in self.names if known], 1)
        advice = f"Did you mean “{close[0]}”?" if close else f"Its columns are: {self.listed()}."
        raise ActionError(f"{self.place} has no column “{name}”. {advice}")

    def has(self, name: str) -> bool:
        """Whether a name or a letter is one of the columns."""
        try:
            self.column(name)
        except ActionError:
            return False
        return True

    def name(self, column: int) -> str:
        """What a column is called, its letter where it has no name."""
        return self.names[column - self.start] or column_letters(column)

    def listed(self) -> str:
        """All columns, for messages."""
        return ", ".join(self.name(self.start + index) for index in range(len(self.names)))

    def split(self, text: str) -> tuple[int, str]:
        """A text that begins with a column, as in `Revenue > 100`: the column and the rest.

        Raises:
            ActionError: when it begins with none of the columns.
        """
        text = " ".join(text.split())
        if quoted := re.fullmatch(r"""(["“«'])(.+?)["”»'](\s*.*)""", text):
            return self.column(quoted[2]), quoted[3].strip()
        for known in sorted((name for name in self.names if name), key=len, reverse=True):
            rest = text[len(known) :]
            if text.casefold().startswith(known.casefold()) and (rest == "" or not rest[0].isalnum()):
                return self.column(known), rest.strip()
        first, _, rest = text.partition(" ")
        return self.column(first), rest.strip()

    def _lettered(self, name: str) -> int | None:
        match = re.fullmatch(r"(?:(?:column|столбец)\s+)?\$?([A-Z]{1,3})", name, re.IGNORECASE)
        if match is None:
            return None
        try:
            index = column_index(match[1])
        except UsageError:
            return None
        return index if self.start <= index < self.start + len(self.names) else None


def _shown(book: Book, sheet_id: int, row: int, column: int) -> str:
    cell = book.cell(sheet_id, row, column)
    return cell.text or ("" if cell.value is None else str(cell.value))
