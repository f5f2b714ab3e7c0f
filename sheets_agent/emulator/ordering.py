"""The order in which Sheets puts values: numbers (dates among them), text, booleans, errors, and blanks last."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from sheets_agent.formulas.values import ErrorValue, Value

Key = tuple[int, float, str, str]


def sort_key(value: Value) -> Key:
    """A key that sorts values upwards; blanks are not for sorting, see `is_blank`."""
    if isinstance(value, bool):
        return 2, float(value), "", ""
    if isinstance(value, int | float):
        return 0, float(value), "", ""
    if isinstance(value, ErrorValue):
        return 3, 0.0, str(value), ""
    text = value or ""
    return 1, 0.0, collation(text), text


def collation(text: str) -> str:
    """Text without case and accents, by which alike words stand together."""
    decomposed = unicodedata.normalize("NFD", text.casefold())
    plain = "".join(letter for letter in decomposed if not unicodedata.combining(letter) or letter == "\u0306")
    return unicodedata.normalize("NFC", plain)


def is_blank(value: Value) -> bool:
    """Whether a value sorts last whatever the order."""
    return value is None or value == ""


def sorted_places(columns: Sequence[Sequence[Value]], descending: Sequence[bool], count: int) -> list[int]:
    """The order of rows by several columns, earlier ones first; rows that compare alike keep their order.

    Args:
        columns: for each column to sort by, the value of every row.
        descending: for each of these columns, whether large values come first; blanks come last either way.
        count: how many rows there are.
    """
    places = list(range(count))
    for column, downwards in reversed(list(zip(columns, descending, strict=True))):
        filled = [place for place in places if not is_blank(column[place])]
        blank = [place for place in places if is_blank(column[place])]
        keys = {place: sort_key(column[place])[:3] for place in filled}
        places = sorted(filled, key=keys.__getitem__, reverse=downwards) + blank
    return places
