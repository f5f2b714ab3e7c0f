"""Formulas that differ only in the cells they point at.

A sheet's hundred thousand formulas are copies of a few; what is true of one copy is mostly true of all. The shape of a
formula is its text with single cells and closed ranges of its own sheet left out.
"""

from __future__ import annotations

import re

_PIECE = re.compile(
    r"""(?P<kept>"(?:[^"]|"")*"|'(?:[^']|'')+'!?[$A-Za-z0-9:]*|[^\W\d][\w.]*(?:![$A-Za-z0-9:]*|[\[(]))
    |(?<![\w.!:$'])\$?(?P<column>[A-Za-z]{1,3})\$?(?P<row>[1-9][0-9]{0,6})
     (?P<range>:\$?(?P<last_column>[A-Za-z]{1,3})\$?(?P<last_row>[1-9][0-9]{0,6}))?(?![\w.!:(\[])""",
    re.VERBOSE,
)


def shape(formula: str) -> tuple[str, int, int]:
    """The shape of a formula, and the highest row and column left out of it, counted from 1 (0 when there are none)."""
    highest_row = highest_column = 0

    def mark(match: re.Match[str]) -> str:
        nonlocal highest_row, highest_column
        if match["kept"] is not None:
            return match[0]
        highest_row = max(highest_row, int(match["row"]), int(match["last_row"] or 0))
        highest_column = max(highest_column, _column(match["column"]), _column(match["last_column"] or ""))
        if match["range"] is None:
            return "\x01"
        return "\x02"

    return _PIECE.sub(mark, formula), highest_row, highest_column


def _column(letters: str) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number
