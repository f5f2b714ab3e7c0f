"""What a spreadsheet holds, as far as it was looked at."""

from __future__ import annotations

from typing import Literal

from sheets_agent.state.model import Model

ColumnType = Literal["number", "date", "text", "boolean", "formula error", "empty", "mixed"]


class Column(Model):
    """One column of a table, or one value column of a dictionary."""

    letter: str
    header: str = ""
    type: ColumnType = "empty"
    name: str = ""
    meaning: str = ""
    samples: tuple[str, ...] = ()
    formula: str | None = None
    """The formula of the column's first data row, when its rows repeat one pattern."""
    number_format: str | None = None


class Region(Model):
    """A block of filled cells: a relational table, a vertical dictionary (name beside value), or free text."""

    kind: Literal["table", "dictionary", "text", "pivot"]
    range: str
    """A1 with the sheet's title, header included. Open at the bottom never: the last row is probed."""
    header_row: int | None = None
    """One-based row of the header, None when there is none."""
    columns: tuple[Column, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    """Sampled rows as shown, the one-based row number first."""
    description: str = ""
    not_shown: str = ""
    """What was left out, e.g. "rows 61–100000"; empty when everything is shown."""


class SheetDescription(Model):
    """What one sheet holds."""

    title: str
    sheet_id: int
    row_count: int
    column_count: int
    hidden: bool = False
    regions: tuple[Region, ...] = ()
    objects: tuple[str, ...] = ()
    """Charts, pivots, filters, merges, protected ranges: one line each."""
    notes: tuple[str, ...] = ()
    """What a reader must know: what was not looked at, hidden text, …"""


class QuestionAnswer(Model):
    """A question put to the person and the answer."""

    question: str
    answer: str


class SourceFile(Model):
    """A document that was given with a task, as it was then: `digest` is the SHA-256 of its contents."""

    path: str
    digest: str


class Description(Model):
    """What the spreadsheet holds, as far as it was looked at."""

    title: str
    locale: str = "en_US"
    sheets: tuple[SheetDescription, ...] = ()
    named_ranges: tuple[str, ...] = ()
    answers: tuple[QuestionAnswer, ...] = ()
