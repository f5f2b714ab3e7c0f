"""Actions that write values: a table, one cell, the same value everywhere."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field
from typing_extensions import override

from sheets_agent.a1 import GridRange
from sheets_agent.actions.base import (
    Action,
    FormulaText,
    RangeTarget,
    Request,
    Role,
    Rows,
    block,
    bounded,
    first_cell,
    place,
    room_for,
)
from sheets_agent.actions.cells import formats_to_keep, repeat_cell, write_cells
from sheets_agent.actions.formulas import formula_reads
from sheets_agent.actions.literals import entered
from sheets_agent.errors import ActionError
from sheets_agent.sheets.book import Book


class WriteTable(Action):
    """Write a small table at a cell: rows of values, the header row first.

    Numbers have a decimal point, dates are ISO (2024-01-31), booleans TRUE or FALSE; everything else is text. A text
    that begins with "=" stays text unless `formulas` is true.
    """

    kind: Literal["write_table"] = "write_table"
    hint: ClassVar[str] = "formulas=true if texts that begin with = are formulas"
    target: RangeTarget = Field(description="The top left cell of the table, such as 'My sheet'!B2.")
    values: Annotated[Rows, Field(min_length=1)] = Field(
        description='The rows of the table, such as [["Region","Sales"],["North","120.5"]]. An empty text '
        "is a blank cell."
    )
    formulas: Annotated[bool, Role.OPTION] = Field(
        False, description='True when texts that begin with "=" are formulas, such as a total =SUM(B2:B9).'
    )
    example: ClassVar[dict[str, Any]] = {
        "kind": "write_table",
        "target": "Summary!A1",
        "values": [["Region", "Sales"], ["North", "120.5"], ["South", "98"]],
    }

    def requests(self, book: Book) -> list[Request]:
        """The grid grown where needed, one updateCells, and number formats for dates, percents and money."""
        area = self._area(book)
        rows = [
            [entered(text, book.locale, formulas=self.formulas) for text in (*row, *[""] * (area.columns - len(row)))]
            for row in self.values
        ]
        return [*room_for(book, area), *write_cells(book, area, rows)]

    def writes(self, book: Book) -> Sequence[GridRange]:
        """The rectangle of the table."""
        return (self._area(book),)

    def reads(self, book: Book) -> Sequence[GridRange]:
        """What the table's formulas refer to."""
        if not self.formulas:
            return ()
        area = self._area(book)
        return [
            found
            for row, texts in enumerate(self.values, area.start_row or 0)
            for column, text in enumerate(texts, area.start_column or 0)
            for found in formula_reads(book, text, GridRange(area.sheet_id, row, row + 1, column, column + 1))
        ]

    def looks(self, book: Book) -> Sequence[GridRange]:
        """The rectangle of the table where it brings number formats: a cell that has a fitting one keeps it."""
        texts = (text for row in self.values for text in row)
        return formats_to_keep(book, self._area(book), texts)

    @override
    def formula_texts(self) -> list[str]:
        return [text for row in self.values for text in row if text.startswith("=")] if self.formulas else []

    def _area(self, book: Book) -> GridRange:
        columns = max(len(row) for row in self.values)
        if not columns:
            raise ActionError("The table has no columns. Give the rows in values.")
        return block(place(book, self.target), len(self.values), columns)

    @override
    def sentence(self) -> str:
        return f"Write a table of {len(self.values)} × {max(len(row) for row in self.values)} cells at {self.target}."


class WriteCell(Action):
    """Write one value or one formula into one cell.

    A formula begins with "=", has function names in English, commas between arguments, and decimal points.
    """

    kind: Literal["write_cell"] = "write_cell"
    target: RangeTarget = Field(description="The cell, such as 'My sheet'!B2.")
    value: FormulaText = Field(
        description="The value or the formula, such as 120.5, 2024-01-31, Total or =SUM(B2:B61); '007 is the text 007."
    )
    example: ClassVar[dict[str, Any]] = {"kind": "write_cell", "target": "Orders!G1", "value": "=SUM(E2:E61)"}

    def requests(self, book: Book) -> list[Request]:
        """The grid grown where needed, one updateCells, and a number format where the value needs one."""
        area = self._cell(book)
        return [*room_for(book, area), *write_cells(book, area, [[entered(self.value, book.locale)]])]

    def writes(self, book: Book) -> Sequence[GridRange]:
        """The cell."""
        return (self._cell(book),)

    def reads(self, book: Book) -> Sequence[GridRange]:
        """What the formula refers to."""
        return formula_reads(book, self.value, self._cell(book))

    def looks(self, book: Book) -> Sequence[GridRange]:
        """The cell where the value brings a number format: where it has a fitting one, it keeps it."""
        return formats_to_keep(book, self._cell(book), [self.value])

    def _cell(self, book: Book) -> GridRange:
        area = place(book, self.target)
        if area != first_cell(area):
            raise ActionError(
                f"{self.target} is more than one cell. Name one cell, or use repeat_formula or fill_constant."
            )
        return area

    @override
    def sentence(self) -> str:
        return f"Write {self.value} into {self.target}."


class FillConstant(Action):
    """Write the same value into every cell of a range (for formulas use repeat_formula)."""

    kind: Literal["fill_constant"] = "fill_constant"
    target: RangeTarget = Field(description="The range to fill, both ends named, such as Orders!H2:H61.")
    value: Annotated[str, Role.OPTION] = Field(
        description="The value for every cell, such as 0.2, 2024-01-31, TRUE or Open."
    )
    example: ClassVar[dict[str, Any]] = {"kind": "fill_constant", "target": "Orders!H2:H61", "value": "Open"}

    def requests(self, book: Book) -> list[Request]:
        """The grid grown where needed, one repeatCell, and a number format where the value needs one."""
        area = self._area(book)
        content = entered(self.value, book.locale, formulas=False)
        return [*room_for(book, area), *repeat_cell(book, area, content)]

    def writes(self, book: Book) -> Sequence[GridRange]:
        """The range."""
        return (self._area(book),)

    def looks(self, book: Book) -> Sequence[GridRange]:
        """The range where the value brings a number format: a cell that has a fitting one keeps it."""
        return formats_to_keep(book, self._area(book), [self.value])

    def _area(self, book: Book) -> GridRange:
        if self.value.startswith("=") and len(self.value) > 1:
            raise ActionError("fill_constant writes values. Use repeat_formula for a formula.")
        return bounded(book, self.target, place(book, self.target))

    @override
    def sentence(self) -> str:
        return f"Write {self.value or 'nothing'} into every cell of {self.target}."
