"""The rectangle that a query reads: which rows are headers, what type each column has."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

from sheets_agent.a1 import column_index, column_letters
from sheets_agent.formulas.values import Value
from sheets_agent.functions.array import JSON, Array, too_large
from sheets_agent.functions.query.syntax import Column, QueryError

Cell = bool | float | str | None
"""A value of a query; None is null. A column holds values of one type only."""

_NUMBERED = re.compile(r"Col([1-9][0-9]*)")
_LONGEST_LABEL = 1_000_000
"""Headers are put together to texts longer than a cell can hold, and split again; but not to texts without end."""
_DATES = ("DATE", "DATE_TIME", "TIME")


@dataclass(frozen=True)
class Table:
    """The data of a query.

    Attributes:
        rows: the rows under the headers.
        labels: the header of each column, "" where it has none.
        formats: the NumberFormat of each column.
        types: bool, float or str by column.
        headers: how many rows were headers.
        letter: the index of the first column where columns go by letters; None where they are Col1, Col2, …
    """

    rows: list[tuple[Cell, ...]]
    labels: tuple[str, ...]
    formats: tuple[JSON | None, ...]
    types: tuple[type, ...]
    headers: int
    letter: int | None

    def index(self, column: Column) -> int:
        """Which column a name means.

        Raises:
            QueryError: when there is no such column.
        """
        numbered = _NUMBERED.fullmatch(column.name)
        index = -1
        if numbered:
            index = int(numbered[1]) - 1
        elif self.letter is not None and re.fullmatch("[A-Z]{1,3}", column.name):
            index = column_index(column.name) - self.letter
        if not 0 <= index < len(self.labels):
            raise QueryError(f"NO_COLUMN: {column.name}")
        return index

    def name(self, index: int) -> Column:
        """The name of a column."""
        return Column(f"Col{index + 1}" if self.letter is None else column_letters(self.letter + index))

    def is_date(self, index: int) -> bool:
        """Whether a column shows its numbers as dates or times."""
        return self.types[index] is float and (self.formats[index] or {}).get("type") in _DATES


def table(data: Array, headers: int | None) -> Table:
    """Read a rectangle.

    Args:
        data: the rectangle.
        headers: how many of its rows are headers; None to guess, as Sheets does when the argument is left out or -1.
    """
    letter = None if data.area is None else data.area.start_column or 0
    count = _guessed(data) if headers is None else min(headers, data.height)
    body = data.rows[count:]
    types = tuple(_type([row[index] for row in body]) for index in range(data.width))
    rows = [tuple(_cell(value, kind) for value, kind in zip(row, types, strict=True)) for row in body]
    labels = tuple(
        " ".join(text for row in data.rows[:count] if (text := _plain(row[index]))) for index in range(data.width)
    )
    if max(map(len, labels), default=0) > _LONGEST_LABEL:
        raise too_large("QUERY")
    formats = data.formats or (None,) * data.width
    return Table(rows, labels, formats, types, count, letter)


def _kind(value: Value) -> type | None:
    return type(value) if isinstance(value, bool | float | str) and value != "" else None


def _type(values: list[Value]) -> type:
    """The type of most values; the others are null to a query. A blank column counts as text."""
    counts = Counter(kind for value in values if (kind := _kind(value)) is not None)
    return max((str, float, bool), key=lambda kind: counts[kind]) if counts else str


def _cell(value: Value, kind: type) -> Cell:
    return value if isinstance(value, bool | float | str) and type(value) is kind else None


def _plain(value: Value) -> str:
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, float):
        return f"{value:.15g}"
    return value.strip() if isinstance(value, str) else ""


def _guessed(data: Array) -> int:
    """How many rows at the top hold texts where the columns below hold something else."""
    typed = [index for index in range(data.width) if _type([row[index] for row in data.rows[1:]]) is not str]
    count = 0
    for row in data.rows:
        over = [row[index] for index in typed]
        if not any(_kind(value) is str for value in over) or any(_kind(value) in (float, bool) for value in over):
            break
        count += 1
    return count
