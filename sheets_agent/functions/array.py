"""What functions take and give: rectangles of values."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any, Protocol

from sheets_agent.a1 import GridRange
from sheets_agent.formulas.values import ErrorValue, Value

JSON = dict[str, Any]


class Failure(Exception):
    """The function's value is an error."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.error = ErrorValue(kind, message)


MOST_LETTERS = 50_000
"""In a text: https://support.google.com/drive/answer/37603."""
MOST_VALUES = 2_000_000
"""In an array that is calculated here."""


def too_long(name: str) -> Failure:
    """What a function says whose text is longer than a cell can hold."""
    return Failure("VALUE", f"Text result of {name} is longer than the limit of {MOST_LETTERS} characters.")


def too_large(name: str) -> Failure:
    """What stands for an array that would take too long, or too much memory."""
    return Failure("ERROR", f"The local Sheets API does not calculate so large a result of {name}.")


@dataclass(frozen=True, slots=True)
class Array:
    """A rectangle of values; a single value is one of 1 × 1.

    Attributes:
        rows: the values, all rows of one length.
        formats: the NumberFormat of each column, where known; else empty.
        area: where the values stand, when they come straight from cells. The rows may end before the area does: what
            is past the last filled row is blank.
    """

    rows: tuple[tuple[Value, ...], ...]
    formats: tuple[JSON | None, ...] = ()
    area: GridRange | None = None

    @property
    def value(self) -> Value:
        """The first value, None when there is none."""
        return self.rows[0][0] if self.rows and self.rows[0] else None

    @property
    def height(self) -> int:
        """How many rows it has."""
        return len(self.rows)

    @property
    def width(self) -> int:
        """How many columns it has."""
        return len(self.rows[0]) if self.rows else 0

    def same(self, other: Array) -> bool:
        """Whether another array shows the same: 1 and TRUE are not the same."""
        if self.rows != other.rows or self.formats != other.formats:
            return False
        return all(type(one) is type(two) for one, two in zip(self.values, other.values, strict=True))

    @property
    def values(self) -> list[Value]:
        """All values, row by row."""
        return [value for row in self.rows for value in row]


def single(value: Value) -> Array:
    """An array of one value."""
    return Array(((value,),))


def array(rows: Iterable[Iterable[Value]], formats: Iterable[JSON | None] = ()) -> Array:
    """An array of rows of one length."""
    return Array(tuple(map(tuple, rows)), tuple(formats))


class World(Protocol):
    """What a function can ask for beyond its arguments."""

    def now(self) -> float:
        """The moment, in the spreadsheet's time zone, as a serial number."""
        ...

    def chance(self, call: int) -> Random:
        """What a call of the formula draws from, told apart from the formula's other calls by a number."""
        ...

    def formula(self, sheet_id: int, row: int, column: int) -> str | None:
        """The formula of a cell, as the spreadsheet's locale writes it."""
        ...

    def number_format(self, sheet_id: int, row: int, column: int) -> JSON | None:
        """The effective NumberFormat of a cell."""
        ...

    def rows(self, sheet_id: int) -> Mapping[int, JSON]:
        """The DimensionProperties of a sheet's rows that are not the usual ones."""
        ...

    def calling(self, area: GridRange, name: str) -> set[tuple[int, int]]:
        """The cells of a range whose formulas call a function, as rows and columns."""
        ...

    def cells(self, area: GridRange) -> Array | None:
        """The cells of a range, cut at the end of the grid; None when the range is not in the grid."""
        ...

    def area(self, reference: str) -> GridRange | None:
        """What a reference in A1 notation or a name stands for; None when it stands for nothing."""
        ...

    def text(self, value: Value, number_format: JSON | None) -> str:
        """A value as a cell of that format shows it."""
        ...

    def is_date_text(self, text: str) -> bool:
        """Whether a text, typed into a cell, would become a date."""
        ...

    def number(self, text: str) -> float | None:
        """The number, date or time that a text, typed into a cell, would become; None for a text."""
        ...

    def pattern(self, text: str) -> str | None:
        """A pattern as TEXT takes it, in the notation of number formats; None when its meaning is not known."""
        ...

    def money(self, digits: str) -> str:
        """The pattern of an amount of the locale's currency around a pattern of digits."""
        ...

    def pivot_value(self, area: GridRange, name: str, items: Sequence[tuple[str, Value]]) -> Value:
        """A value of the pivot table that the first cell of a range belongs to.

        Raises:
            KeyError: there is no pivot table there, or it has no such value.
        """
        ...

    def outside(self, name: str, arguments: list[Array]) -> Array | None:
        """What the outside world answers to a function; None when nobody provides that."""
        ...


Function = Callable[[World, list[Array | None]], Array]
"""A function of Sheets; an argument left out is None."""
