"""From the grids of a document to its tables, each with an id of its own, within bounds."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from sheets_agent.emulator.csv_file import told_locale
from sheets_agent.errors import FileError
from sheets_agent.sources.cells import as_text, cleaned, of_text
from sheets_agent.sources.grids import Cell, Grid, grid_of
from sheets_agent.sources.model import SourceTable, shown

MOST_TABLES = 200
"""Tables of one document; the others are said to be left out."""
MOST_CELLS = 1_000_000
"""Cells of one document."""
_LONGEST_ID = 40
_SPLIT = "Split it, or give the part of it that the task needs."


@dataclass(frozen=True)
class Place:
    """A grid in a document.

    Attributes:
        key: what tells it from the others in an id, such as `p2.t1`; empty for the only one.
        name: what a person calls it, such as `page 2, table 1`; empty for the only one.
        rows: of texts.
        caption: the line above it.
    """

    key: str
    name: str
    rows: list[list[Cell]]
    caption: str = ""


@dataclass(frozen=True)
class Read:
    """What a reader found in a document."""

    tables: tuple[SourceTable, ...]
    notes: tuple[str, ...] = ()


def read_texts(path: Path, places: list[Place], locale: str, *, titled: bool = False) -> Read:
    """The tables of a document whose cells are texts: their numbers and dates are found out.

    Args:
        path: the document.
        places: its grids.
        locale: of the spreadsheet; counts where the document itself does not tell.
        titled: whether a line above a table is its caption.

    Raises:
        FileError: too large.
    """
    here = _told([place.rows for place in places]) or locale
    return tables_of(path, places, lambda text: of_text(text, here), here, titled=titled)


def tables_of(
    path: Path, places: Iterable[Place], cell: Callable[[str], str] = str, locale: str = "", *, titled: bool = False
) -> Read:
    """The tables of a document.

    Args:
        path: the document.
        places: its grids.
        cell: the neutral notation of a text of it; the texts are in it already where it is left out.
        locale: by which `cell` reads.
        titled: whether a line above a table is its caption.

    Raises:
        FileError: too large.
    """
    tables: list[SourceTable] = []
    count = left_out = 0
    for place in places:
        known: dict[str, str] = {}

        def neutral(text: str, known: dict[str, str] = known) -> str:
            if text not in known:
                known[text] = cell(text)
            return known[text]

        check_cells(path, len(place.rows) * max(map(len, place.rows), default=0))
        grid = grid_of(place.rows, lambda text: neutral(text).startswith("'"), titled=titled)
        if grid is None:
            continue
        if len(tables) == MOST_TABLES:
            left_out += 1
            continue
        if cell is str:
            grid = Grid(tuple(map(shown, grid.header)), grid.rows, shown(grid.caption))
        table = _table(path, place, grid, neutral, locale)
        count += table.width * (len(table.rows) + 1)
        check_cells(path, count)
        tables.append(table)
    notes = (f"{path.name}: {left_out} tables after the first {MOST_TABLES} are left out.",) if left_out else ()
    return Read(tuple(tables), notes)


def check_cells(path: Path, count: int) -> None:
    """Refuse a document with more cells than are read.

    Raises:
        FileError: it has.
    """
    if count > MOST_CELLS:
        raise FileError(f"{path.name} has more than {MOST_CELLS:,} cells.", _SPLIT)


def neutral_text(text: str) -> str:
    """A text of a document that has types of its own: text it stays."""
    return as_text(cleaned(text))


def slug(text: str) -> str:
    """A text as a part of an id: letters, digits, _ and -."""
    return re.sub(r"[^\w-]+", "_", text).strip("_")[:_LONGEST_ID] or "file"


def _table(path: Path, place: Place, grid: Grid, neutral: Callable[[str], str], locale: str) -> SourceTable:
    return SourceTable(
        id=".".join(part for part in (slug(path.stem), place.key) if part),
        file=path.name,
        place=place.name,
        header=tuple(cleaned(text) for text in grid.header),
        rows=tuple(tuple(map(neutral, row)) for row in grid.rows),
        caption=cleaned(place.caption or grid.caption),
        locale=locale,
    )


def _told(grids: list[list[list[Cell]]]) -> str | None:
    rows = [[cell or "" for cell in row] for grid in grids for row in grid[:200]]
    return told_locale(rows, " ".join(" ".join(row) for row in rows[:200]))
