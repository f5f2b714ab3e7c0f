"""Rows of texts as a table: where it begins, what its header is."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

_YEAR = re.compile(r"(19|20)\d\d")
Cell = str | None
"""The text of a cell; None where it is covered by a merged cell."""


@dataclass(frozen=True)
class Grid:
    """A table before its cells are read.

    Attributes:
        header: a text for each column; () where the first row is no header.
        rows: what is below, all rows of one width.
        caption: the line above the header.
    """

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    caption: str = ""


def grid_of(rows: Sequence[Sequence[Cell]], is_text: Callable[[str], bool], *, titled: bool = False) -> Grid | None:
    """A table out of rows; None where there is nothing in them.

    Blank rows and columns around it are left out. The first row is the header where all that stands in it is text, or
    text and years, and something is below. A header of two rows, as merged cells make them, is joined: “2024 / Plan”.

    Args:
        rows: of any width.
        is_text: whether the text of a cell is neither number nor date.
        titled: whether a first row with one filled cell is the caption of a table that is three columns wide or more.
    """
    table = _trimmed(rows)
    caption = ""
    while titled and len(table) > 2 and len(table[0]) > 2 and _filled(table[0]) == 1:
        caption = f"{caption} {next(cell for cell in table[0] if cell)}".strip()
        table = _trimmed(table[1:])
    if not table:
        return None
    height = _header_height(table, is_text)
    header = _joined(table[:height]) if height else ()
    body = tuple(tuple(cell or "" for cell in row) for row in table[height:])
    return Grid(header, body, caption)


def _filled(row: Sequence[Cell]) -> int:
    return sum(1 for cell in row if cell and cell.strip())


def _trimmed(rows: Sequence[Sequence[Cell]]) -> list[list[Cell]]:
    """The rows without blank ones at their ends and without blank columns at theirs, all of one width."""
    filled = [index for index, row in enumerate(rows) if _filled(row)]
    if not filled:
        return []
    kept = rows[filled[0] : filled[-1] + 1]
    used = {column for row in kept for column, cell in enumerate(row) if cell and cell.strip()}
    first, last = min(used), max(used)
    return [[row[column] if column < len(row) else "" for column in range(first, last + 1)] for row in kept]


def _header_height(table: Sequence[Sequence[Cell]], is_text: Callable[[str], bool]) -> int:
    if len(table) < 2:
        return 0
    if None in table[0] and len(table) > 2 and _says_names(table[1], is_text):
        return 2
    return 1 if _says_names(table[0], is_text) else 0


def _says_names(row: Sequence[Cell], is_text: Callable[[str], bool]) -> bool:
    """Whether a row is of names: texts, and years where there is a text."""
    texts = [cell.strip() for cell in row if cell and cell.strip()]
    others = [text for text in texts if not is_text(text)]
    return len(others) < len(texts) and all(_YEAR.fullmatch(text) for text in others)


def _joined(rows: Sequence[Sequence[Cell]]) -> tuple[str, ...]:
    """The names of the columns: merged cells stand for all the columns they cover."""
    filled = []
    for row in rows:
        names: list[str] = []
        for cell in row:
            names.append((names[-1] if names else "") if cell is None else " ".join(cell.split()))
        filled.append(names)
    if len(rows) == 2:  # below a cell that is merged downwards there is nothing, not its neighbour
        filled[1] = ["" if below is None else " ".join(below.split()) for below in rows[1]]
    return tuple(" / ".join(dict.fromkeys(name for name in column if name)) for column in zip(*filled, strict=True))
