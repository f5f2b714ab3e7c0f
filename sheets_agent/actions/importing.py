"""The action that brings a table of a document in: what a model names, it never retypes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import Field
from typing_extensions import override

from sheets_agent.a1 import GridRange
from sheets_agent.actions.base import RangeTarget, Request, Role, first_cell, place
from sheets_agent.actions.fetching import Fetched, FetchingAction
from sheets_agent.actions.values import WriteTable
from sheets_agent.errors import ActionError
from sheets_agent.sheets.book import Book
from sheets_agent.sources.model import Sources


class ImportTable(FetchingAction):
    """Write a table of a given file: its values, whatever their number.

    The files that were given with the task are listed as sources, each table with an id.
    """

    kind: Literal["import_table"] = "import_table"
    target: RangeTarget = Field(description="The top left cell of the table, such as 'My sheet'!B2.")
    source: Annotated[str, Role.SOURCE, Field(min_length=1)] = Field(
        description="The id of the source, such as report.p2.t1."
    )
    columns: Annotated[list[str], Role.OPTION] = Field(
        default=[], description="The columns to write, by their names, in their order; all of them by default."
    )
    header: Annotated[bool, Role.OPTION] = Field(True, description="False to leave the header row out.")
    example: ClassVar[dict[str, Any]] = {
        "kind": "import_table",
        "target": "Orders!H1",
        "source": "report.p2.t1",
        "columns": ["Region", "Sales"],
    }

    @override
    def query(self) -> str:
        return repr((self.source, self.columns, self.header))

    def with_rows_of(self, sources: Sources) -> Self:
        """The same action with the rows of the source.

        Raises:
            ActionError: there is no such source, no such column, or nothing to write.
        """
        if self.is_fetched:
            return self
        rows = sources.find(self.source).cells(self.columns, header=self.header)
        if not rows:
            raise ActionError(f"{self.source} has no rows to write.")
        return self.model_copy(update={"fetched": Fetched(query=self.query(), rows=tuple(map(tuple, rows)))})

    @override
    def rows(self) -> list[list[str]]:
        if not self.is_fetched:
            raise ActionError(f"There is no source “{self.source}” here.")
        return super().rows()

    def requests(self, book: Book) -> list[Request]:
        """Those of a table of values.

        Raises:
            ActionError: it does not fit into the range that was named.
        """
        area = place(book, self.target)
        [whole] = self._table.writes(book)
        if area.bounded and area != first_cell(area) and (area.rows < whole.rows or area.columns < whole.columns):
            raise ActionError(
                f"{self.source} has {whole.rows} rows and {whole.columns} columns, more than {self.target}. Name its "
                f"first cell to write all of it at {book.a1(whole)}, or fewer columns."
            )
        return self._table.requests(book)

    def writes(self, book: Book) -> Sequence[GridRange]:
        """The rectangle of the table."""
        return self._table.writes(book)

    def looks(self, book: Book) -> Sequence[GridRange]:
        """As a table of values."""
        return self._table.looks(book)

    @override
    def sentence(self) -> str:
        rows = f" ({len(self.rows())} rows)" if self.is_fetched else ""
        columns = f" {', '.join(self.columns)} of" if self.columns else ""
        return f"Import{columns} {self.source}{rows} at {self.target}."

    @property
    def _table(self) -> WriteTable:
        return WriteTable(target=self.target, values=self.rows(), formulas=False)
