"""Actions on the rows of a table: sort, filter, remove duplicates."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field
from typing_extensions import override

from sheets_agent.a1 import GridRange, cell_name
from sheets_agent.actions.base import Action, RangeTarget, Request, Risk, Role
from sheets_agent.actions.conditions import Condition
from sheets_agent.actions.headers import Header, header_row
from sheets_agent.actions.rows_columns import dimension_range
from sheets_agent.errors import ActionError
from sheets_agent.sheets.book import Book

JSON = dict[str, Any]
HasHeader = Annotated[bool, Role.OPTION]

_ORDER = re.compile(r"(.+?)\s+(asc|ascending|desc|descending|а-я|я-а)", re.IGNORECASE | re.DOTALL)


def data_rows(area: GridRange, header: bool) -> GridRange:
    """A range without its header row."""
    if not header:
        return area
    top = (area.start_row or 0) + 1
    return GridRange(area.sheet_id, top, area.end_row, area.start_column, area.end_column)


class SortRange(Action):
    """Sort the rows of a table by one column or several."""

    kind: Literal["sort_range"] = "sort_range"
    hint: ClassVar[str] = "by=Revenue desc"
    risk: ClassVar[Risk] = Risk.DELETE
    target: RangeTarget = Field(description="The table with its header row, such as Orders!A1:F61.")
    by: Annotated[list[str], Role.OPTION, Field(min_length=1)] = Field(
        description='The columns to sort by, by header or letter, the first counts most, such as ["Region", '
        '"Revenue desc"].'
    )
    header: HasHeader = Field(True, description="Whether the first row is a header, which stays; true when absent.")
    example: ClassVar[dict[str, Any]] = {
        "kind": "sort_range",
        "target": "Orders!A1:F61",
        "by": ["Region", "Revenue desc"],
    }

    def requests(self, book: Book) -> list[Request]:
        """One sortRange of the rows below the header."""
        area = book.clipped(book.range(self.target))
        header = Header.of(book, area, present=self.header)
        specs = [_sort_spec(text, header) for text in self.by]
        return [{"sortRange": {"range": data_rows(area, self.header).to_api(), "sortSpecs": specs}}]

    def writes(self, book: Book) -> Sequence[GridRange]:
        """The rows below the header."""
        return (data_rows(book.clipped(book.range(self.target)), self.header),)

    def reads(self, book: Book) -> Sequence[GridRange]:
        """The table."""
        return (book.range(self.target),)

    def looks(self, book: Book) -> Sequence[GridRange]:
        """The header row."""
        return (header_row(book, book.range(self.target)),)

    @override
    def sentence(self) -> str:
        return f"Sort {self.target} by {', then '.join(self.by)}."


def _sort_spec(text: str, header: Header) -> JSON:
    match = None if header.has(text) else _ORDER.fullmatch(text.strip())
    descending = match is not None and match[2].casefold() in ("desc", "descending", "я-а")
    return {
        "dimensionIndex": header.column(match[1] if match else text),
        "sortOrder": "DESCENDING" if descending else "ASCENDING",
    }


class FilterRange(Action):
    """Put a filter on a table, and hide the rows that do not meet its conditions; or take the filter off."""

    kind: Literal["filter_range"] = "filter_range"
    hint: ClassVar[str] = "conditions=Date after 2024-01-01, conditions=Region in North; South"
    contents: ClassVar[bool] = False
    target: RangeTarget = Field(description="The table with its header row, such as Orders!A1:F61.")
    conditions: Annotated[list[str], Role.OPTION] = Field(
        default=[],
        description='Which rows are shown, such as ["Status = Paid", "Revenue > 100", "Date after 2024-01-01", '
        '"Region in North; South"]; all when absent.',
    )
    clear: Annotated[bool, Role.OPTION] = Field(
        False, description="True to take the filter off the sheet and show every row; false when absent."
    )
    example: ClassVar[dict[str, Any]] = {
        "kind": "filter_range",
        "target": "Orders!A1:F61",
        "conditions": ["Status = Paid", "Revenue > 100"],
    }

    def requests(self, book: Book) -> list[Request]:
        """One setBasicFilter, or one clearBasicFilter."""
        area = book.range(self.target)
        if self.clear:
            return [{"clearBasicFilter": {"sheetId": area.sheet_id}}]
        header = Header.of(book, area)
        first = (book.clipped(area).start_row or 0) + 1
        specs: list[JSON] = []
        for text in self.conditions:
            column, rest = header.split(text)
            # The column stays and the row moves: a formula is judged for each row from the first below the header on.
            cell = "$" + cell_name(first, column)
            criteria = {"condition": Condition.parse(rest).for_cells(cell, book.locale)}
            specs.append({"columnIndex": column, "filterCriteria": criteria})
        columns = [spec["columnIndex"] for spec in specs]
        if len(set(columns)) < len(columns):
            raise ActionError("A filter has one condition a column. Join two into one, such as between 1 and 10.")
        wanted: JSON = {"range": area.to_api()}
        return [{"setBasicFilter": {"filter": {**wanted, "filterSpecs": specs} if specs else wanted}}]

    def reads(self, book: Book) -> Sequence[GridRange]:
        """The table."""
        return (book.range(self.target),)

    def looks(self, book: Book) -> Sequence[GridRange]:
        """The header row."""
        return () if self.clear else (header_row(book, book.range(self.target)),)

    @override
    def sentence(self) -> str:
        if self.clear:
            return f"Take the filter off {self.target}."
        by = f" by {'; '.join(self.conditions)}" if self.conditions else ""
        return f"Filter {self.target}{by}."


class RemoveDuplicates(Action):
    """Delete the rows of a table that repeat an earlier row; the rows below move up."""

    kind: Literal["remove_duplicates"] = "remove_duplicates"
    risk: ClassVar[Risk] = Risk.DELETE
    target: RangeTarget = Field(description="The table with its header row, such as Orders!A1:F61.")
    columns: Annotated[list[str], Role.OPTION] = Field(
        default=[], description='The columns that make a row the same, such as ["Email"]; all when absent.'
    )
    header: HasHeader = Field(True, description="Whether the first row is a header, which stays; true when absent.")
    example: ClassVar[dict[str, Any]] = {
        "kind": "remove_duplicates",
        "target": "Orders!A1:F61",
        "columns": ["Email"],
    }

    def requests(self, book: Book) -> list[Request]:
        """One deleteDuplicates of the rows below the header."""
        area = book.clipped(book.range(self.target))
        header = Header.of(book, area, present=self.header)
        columns = [header.column(name) for name in self.columns]
        compared = [dimension_range(area.sheet_id, "COLUMNS", column, column + 1) for column in columns]
        request: JSON = {"range": data_rows(area, self.header).to_api()}
        return [{"deleteDuplicates": {**request, "comparisonColumns": compared} if compared else request}]

    def writes(self, book: Book) -> Sequence[GridRange]:
        """The rows below the header."""
        return (data_rows(book.clipped(book.range(self.target)), self.header),)

    def reads(self, book: Book) -> Sequence[GridRange]:
        """The table."""
        return (book.range(self.target),)

    def looks(self, book: Book) -> Sequence[GridRange]:
        """The header row."""
        return (header_row(book, book.range(self.target)),)

    @override
    def sentence(self) -> str:
        by = f" by {', '.join(self.columns)}" if self.columns else ""
        return f"Delete repeated rows of {self.target}{by}."
