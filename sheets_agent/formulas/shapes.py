"""Formulas that differ only in the cells they point at.

A sheet's hundred thousand formulas are copies of a few; what is true of one copy is true of all. The shape of a formula
is its text with the single cells and the closed ranges of its own sheet left out.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from sheets_agent.formulas.references import Reference

CELL, RANGE = "\x01", "\x02"

_PIECE = re.compile(
    r"""(?P<kept>"(?:[^"]|"")*"|'(?:[^']|'')+'!?[$A-Za-z0-9:]*|[^\W\d][\w.]*(?:![$A-Za-z0-9:]*|[\[(]))
    |(?<![\w.!:$'])\$?(?P<column>[A-Za-z]{1,3})\$?(?P<row>[1-9][0-9]{0,6})
     (?P<range>:\$?(?P<last_column>[A-Za-z]{1,3})\$?(?P<last_row>[1-9][0-9]{0,6}))?(?![\w.!:(\[])(?!\s*\()""",
    re.VERBOSE,
)


class Shape(NamedTuple):
    """A formula taken apart.

    Attributes:
        outline: the text, with `CELL` or `RANGE` for every cell or range left out.
        references: what was left out, in order.
        corners: the row and the column, zero-based, where each of them starts.
        row: the highest row among them, counted from 1; 0 when there are none.
        column: the highest column, likewise.
    """

    outline: str
    references: list[str]
    corners: list[tuple[int, int]]
    row: int
    column: int


def shape(formula: str) -> Shape:
    """Take a formula apart."""
    found: list[str] = []
    corners: list[tuple[int, int]] = []
    rows, columns = [0], [0]

    def mark(match: re.Match[str]) -> str:
        kept, column, row, closed, last_column, last_row = match.groups()
        if kept is not None:
            return kept
        text = match[0]
        top, left = int(row), _column(column)
        if closed is not None:
            bottom, right = int(last_row), _column(last_column)
            if bottom < top or right < left:
                return text  # corners the wrong way round are put right by the slow way
            rows.append(bottom)
            columns.append(right)
            found.append(text)
            corners.append((top - 1, left - 1))
            return RANGE
        rows.append(top)
        columns.append(left)
        found.append(text)
        corners.append((top - 1, left - 1))
        return CELL

    outline = _PIECE.sub(mark, formula)
    return Shape(outline, found, corners, max(rows), max(columns))


def left_out(reference: Reference) -> bool:
    """Whether `shape` leaves a reference out."""
    first, last = reference.first, reference.last or reference.first
    if reference.prefix or None in (first.row, first.column, last.row, last.column):
        return False
    area = reference.area
    return (area.start_row, area.start_column) == (first.row, first.column)


@lru_cache(maxsize=20_000)
def _column(letters: str) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number
