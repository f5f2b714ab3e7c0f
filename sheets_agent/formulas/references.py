"""References inside formulas, as they are typed. What becomes of them is in `changed_references.py`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from sheets_agent.a1 import A1Range, column_index, column_letters
from sheets_agent.formulas.tokens import Kind, tokens

_CORNER = re.compile(r"(\$?)([A-Za-z]{1,3})?(?:(\$?)([0-9]{1,8}))?")


@dataclass(frozen=True, slots=True)
class Corner:
    """One end of a reference: zero-based, None in the direction where it is open."""

    row: int | None
    column: int | None
    row_absolute: bool = False
    column_absolute: bool = False

    def __str__(self) -> str:
        column = "" if self.column is None else ("$" if self.column_absolute else "") + column_letters(self.column)
        return column + ("" if self.row is None else ("$" if self.row_absolute else "") + str(self.row + 1))


@dataclass(frozen=True, slots=True)
class Reference:
    """A reference as it stands in a formula.

    Attributes:
        prefix: the sheet as typed, quotes and `!` included; "" when none is named.
        first: the corner before the colon.
        last: the corner after the colon, None for a single cell.
        typed: the text it was read from, "" once changed.
    """

    prefix: str
    first: Corner
    last: Corner | None = None
    typed: str = ""

    @property
    def sheet(self) -> str | None:
        """The sheet's title without quotes, None when none is named."""
        if not self.prefix:
            return None
        title = self.prefix[:-1]
        return title[1:-1].replace("''", "'") if title.startswith("'") else title

    @property
    def single(self) -> bool:
        """Whether it is one cell, written without a colon."""
        return self.last is None

    @property
    def area(self) -> A1Range:
        """The rectangle, corners in order, open bounds None."""
        last = self.last or self.first
        rows = _ordered(self.first.row, last.row)
        columns = _ordered(self.first.column, last.column)
        return A1Range(self.sheet, *rows, *columns)

    def __str__(self) -> str:
        if self.typed:
            return self.typed
        return f"{self.prefix}{self.first}" + ("" if self.last is None else f":{self.last}")


def _ordered(one: int | None, two: int | None) -> tuple[int | None, int | None]:
    if one is not None and two is not None:
        return min(one, two), max(one, two) + 1
    return (two if one is None else one), None


@lru_cache(maxsize=8192)
def read(text: str) -> Reference:
    """Read one reference token.

    Raises:
        ValueError: when the text is not a reference.
    """
    title, bang, cells = text.rpartition("!")
    first, colon, last = cells.partition(":")
    return Reference(title + bang, _corner(first), _corner(last) if colon else None, text)


def _corner(text: str) -> Corner:
    match = _CORNER.fullmatch(text)
    if match is None or not text:
        raise ValueError(f"{text} is not a reference")
    column_dollar, letters, row_dollar, digits = match.groups()
    if not letters:  # "$5": the first group took the row's dollar
        row_dollar = column_dollar or row_dollar
    return Corner(
        int(digits) - 1 if digits else None,
        column_index(letters) if letters else None,
        bool(row_dollar) and bool(digits),
        bool(column_dollar) and bool(letters),
    )


@lru_cache(maxsize=8192)
def split(text: str) -> tuple[str | Reference, ...]:
    """The formula as plain pieces and references, in order; joined as text they are the formula again."""
    pieces: list[str | Reference] = []
    plain: list[str] = []
    for token in tokens(text):
        if token.kind is not Kind.REFERENCE:
            plain.append(token.text)
            continue
        reference = read(token.text)
        if _exists(reference.first) and (reference.last is None or _exists(reference.last)):
            pieces += ["".join(plain), reference]
            plain = []
        else:  # row 0: Sheets reads no reference here
            plain.append(token.text)
    return (*pieces, "".join(plain))


def _exists(corner: Corner) -> bool:
    return corner.row is None or corner.row >= 0


def references(text: str) -> tuple[Reference, ...]:
    """Every reference of a formula, in order."""
    return tuple(piece for piece in split(text) if isinstance(piece, Reference))
