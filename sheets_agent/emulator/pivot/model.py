"""What a pivot table is made of and what it is made into."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from sheets_agent.emulator.conditions import criteria_column
from sheets_agent.formulas.values import Value

JSON = dict[str, Any]


@dataclass(frozen=True, slots=True)
class PivotCell:
    """One drawn cell: its value, None where the table leaves it empty, and the NumberFormat it is shown in."""

    value: Value = None
    number_format: JSON | None = None


BLANK = PivotCell()


@dataclass(frozen=True, slots=True)
class Record:
    """One data row of the source: what its columns hold and how they are shown, blank where the table needs neither."""

    values: tuple[Value, ...]
    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Source:
    """The source of a pivot table.

    Attributes:
        headings: the text of the first row, one per column.
        formats: the NumberFormat of each column's first filled data cell.
        records: the data rows that the filters leave.
        locale: the spreadsheet's locale.
    """

    headings: tuple[str, ...]
    formats: tuple[JSON | None, ...]
    records: tuple[Record, ...]
    locale: str

    def heading(self, offset: int) -> str:
        """A column's heading; empty past the source, as Sheets shows it."""
        return self.headings[offset] if 0 <= offset < len(self.headings) else ""

    def format(self, offset: int) -> JSON | None:
        """A column's NumberFormat."""
        return self.formats[offset] if 0 <= offset < len(self.formats) else None


@dataclass(frozen=True, slots=True)
class Label:
    """The label of a group of records. Labels of one order are the same group.

    Attributes:
        order: compares the groups of one field: blanks first, then by kind and value.
        cell: what is drawn.
        text: the label as it stands before the word Total.
    """

    order: tuple[Any, ...]
    cell: PivotCell = field(compare=False)
    text: str = field(compare=False)


Path = tuple[Label, ...]
"""The labels of a group and of the groups around it, outermost first."""


def filter_specs(pivot: JSON) -> list[JSON]:
    """The filters of a pivot table; `filterSpecs` goes before the deprecated `criteria`."""
    if pivot.get("filterSpecs"):
        return list(pivot["filterSpecs"])
    return [
        {"columnOffsetIndex": criteria_column(offset), "filterCriteria": criteria}
        for offset, criteria in (pivot.get("criteria") or {}).items()
    ]
