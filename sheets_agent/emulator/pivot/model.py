"""What a pivot table is made of and what it is made into."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
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
class Source:
    """The source of a pivot table. Its records are the data rows that the filters leave, counted from 0.

    Attributes:
        headings: the text of the first row, one per column.
        formats: the NumberFormat of each column's first filled data cell.
        count: how many records there are.
        columns: for each column, what the records hold; nothing where the table does not need the column.
        shown: how a record shows a column.
        locale: the spreadsheet's locale.
    """

    headings: tuple[str, ...]
    formats: tuple[JSON | None, ...]
    count: int
    columns: tuple[Sequence[Value], ...]
    shown: Callable[[int, int], str]
    locale: str

    def heading(self, offset: int) -> str:
        """A column's heading; empty past the source, as Sheets shows it."""
        return self.headings[offset] if 0 <= offset < len(self.headings) else ""

    def format(self, offset: int) -> JSON | None:
        """A column's NumberFormat."""
        return self.formats[offset] if 0 <= offset < len(self.formats) else None

    def column(self, offset: int) -> Sequence[Value]:
        """What the records hold in a column; blanks past the source."""
        return self.columns[offset] if 0 <= offset < len(self.columns) else [None] * self.count


@dataclass(frozen=True, slots=True, eq=False)
class Label:
    """The label of a group of records. A field has one Label for each of its groups, so labels compare by identity.

    Attributes:
        order: compares the groups of one field: blanks first, then by kind and value.
        cell: what is drawn.
        name: gives the label as text, see `text`.
    """

    order: tuple[Any, ...]
    cell: PivotCell
    name: Callable[[], str]

    @property
    def text(self) -> str:
        """The label as it stands before the word Total."""
        return self.name()

    def shows(self, extended: JSON) -> bool:
        """Whether an ExtendedValue means this label: by what it holds, or by how it is shown."""
        wanted = next(iter(extended.values()), None)
        held = self.cell.value
        return (isinstance(held, bool) == isinstance(wanted, bool) and held == wanted) or self.text == wanted

    def is_item(self, item: Value) -> bool:
        """Whether a formula means this label: by what it holds, or by how it is shown."""
        held = self.cell.value
        if isinstance(item, str):
            return item.casefold() in (self.text.casefold(), held.casefold() if isinstance(held, str) else None)
        return isinstance(held, bool) == isinstance(item, bool) and held == item


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
