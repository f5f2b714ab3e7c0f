"""Actions on whole rows and columns: insert, delete, resize."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field
from typing_extensions import override

from sheets_agent.a1 import GridRange
from sheets_agent.actions.base import Action, RangeTarget, Request, Risk, Role, place, room_for
from sheets_agent.errors import ActionError
from sheets_agent.sheets.book import Book

Dimension = Literal["ROWS", "COLUMNS"]
Inherit = Annotated[
    Literal["before", "after"] | None,
    Role.OPTION,
]


def span(book: Book, text: str, area: GridRange, dimension: Dimension) -> tuple[int, int]:
    """The rows or columns a target names, zero-based and half-open.

    Raises:
        ActionError: when it names none, or names the other dimension only.
    """
    by_rows = dimension == "ROWS"
    start, end = (area.start_row, area.end_row) if by_rows else (area.start_column, area.end_column)
    if start is None or end is None:
        sheet = book.sheet_by_id(area.sheet_id)
        example = GridRange(sheet.sheet_id, 1, 4) if by_rows else GridRange(sheet.sheet_id, None, None, 1, 3)
        raise ActionError(
            f"{text} does not name {'rows' if by_rows else 'columns'} with both ends. Write it like {book.a1(example)}."
        )
    return start, end


def dimension_range(sheet_id: int, dimension: Dimension, start: int, end: int) -> dict[str, Any]:
    """The API's DimensionRange."""
    return {"sheetId": sheet_id, "dimension": dimension, "startIndex": start, "endIndex": end}


def _count(book: Book, sheet_id: int, dimension: Dimension) -> int:
    sheet = book.sheet_by_id(sheet_id)
    return sheet.row_count if dimension == "ROWS" else sheet.column_count


def _inserted(book: Book, text: str, dimension: Dimension, inherit: str | None) -> list[Request]:
    area = place(book, text)
    start, end = span(book, text, area, dimension)
    if start >= _count(book, area.sheet_id, dimension):
        rows = GridRange(area.sheet_id, start, end) if dimension == "ROWS" else None
        return room_for(book, rows or GridRange(area.sheet_id, None, None, start, end))
    return [
        {
            "insertDimension": {
                "range": dimension_range(area.sheet_id, dimension, start, end),
                "inheritFromBefore": start > 0 and inherit != "after",
            }
        }
    ]


def _deleted(book: Book, text: str, dimension: Dimension) -> list[Request]:
    area = book.range(text)
    start, end = span(book, text, area, dimension)
    count = _count(book, area.sheet_id, dimension)
    if start == 0 and end >= count:
        raise ActionError(f"{text} is the whole sheet. Use clear_range to empty it or delete_sheet to remove it.")
    return [{"deleteDimension": {"range": dimension_range(area.sheet_id, dimension, start, min(end, count))}}]


class InsertRows(Action):
    """Insert empty rows; what is below moves down."""

    kind: Literal["insert_rows"] = "insert_rows"
    hint: ClassVar[str] = "target: the rows that will be new"
    contents: ClassVar[bool] = False
    target: RangeTarget = Field(
        description="The rows that will be new, such as Orders!5:7 for three empty rows from row 5 on."
    )
    inherit: Inherit = Field(
        None,
        description="Which neighbour the format comes from, such as after for the first row below a header; "
        "before when absent.",
    )
    example: ClassVar[dict[str, Any]] = {"kind": "insert_rows", "target": "Orders!5:7"}

    def requests(self, book: Book) -> list[Request]:
        """One insertDimension, or an appendDimension past the end of the grid."""
        return _inserted(book, self.target, "ROWS", self.inherit)

    @override
    def sentence(self) -> str:
        return f"Insert empty rows {self.target}."


class InsertColumns(Action):
    """Insert empty columns; what is to the right moves on."""

    kind: Literal["insert_columns"] = "insert_columns"
    contents: ClassVar[bool] = False
    target: RangeTarget = Field(
        description="The columns that will be new, such as Orders!C:D for two empty columns from C on."
    )
    inherit: Inherit = Field(
        None, description="Which neighbour the format comes from, such as after; before when absent."
    )
    example: ClassVar[dict[str, Any]] = {"kind": "insert_columns", "target": "Orders!C:D", "inherit": "after"}

    def requests(self, book: Book) -> list[Request]:
        """One insertDimension, or an appendDimension past the end of the grid."""
        return _inserted(book, self.target, "COLUMNS", self.inherit)

    @override
    def sentence(self) -> str:
        return f"Insert empty columns {self.target}."


class DeleteRows(Action):
    """Delete whole rows; what is below moves up."""

    kind: Literal["delete_rows"] = "delete_rows"
    risk: ClassVar[Risk] = Risk.DELETE
    target: RangeTarget = Field(description="The rows to delete, such as Orders!5:7.")
    example: ClassVar[dict[str, Any]] = {"kind": "delete_rows", "target": "Orders!5:7"}

    def requests(self, book: Book) -> list[Request]:
        """One deleteDimension."""
        return _deleted(book, self.target, "ROWS")

    def writes(self, book: Book) -> Sequence[GridRange]:
        """The rows, in all columns."""
        area = book.range(self.target)
        return (GridRange(area.sheet_id, *span(book, self.target, area, "ROWS")),)

    @override
    def sentence(self) -> str:
        return f"Delete the rows {self.target}."


class DeleteColumns(Action):
    """Delete whole columns; what is to the right moves in."""

    kind: Literal["delete_columns"] = "delete_columns"
    risk: ClassVar[Risk] = Risk.DELETE
    target: RangeTarget = Field(description="The columns to delete, such as Orders!C:D.")
    example: ClassVar[dict[str, Any]] = {"kind": "delete_columns", "target": "Orders!C:D"}

    def requests(self, book: Book) -> list[Request]:
        """One deleteDimension."""
        return _deleted(book, self.target, "COLUMNS")

    def writes(self, book: Book) -> Sequence[GridRange]:
        """The columns, in all rows."""
        area = book.range(self.target)
        return (GridRange(area.sheet_id, None, None, *span(book, self.target, area, "COLUMNS")),)

    @override
    def sentence(self) -> str:
        return f"Delete the columns {self.target}."


class ResizeColumns(Action):
    """Set the width of columns, or fit it to what they show."""

    kind: Literal["resize_columns"] = "resize_columns"
    contents: ClassVar[bool] = False
    target: RangeTarget = Field(description="The columns, such as Orders!A:F.")
    width: Annotated[int | None, Role.OPTION] = Field(
        None, ge=1, le=2000, description="The width in pixels, such as 120; fitted to the contents when absent."
    )
    example: ClassVar[dict[str, Any]] = {"kind": "resize_columns", "target": "Orders!A:F", "width": 120}

    def requests(self, book: Book) -> list[Request]:
        """One updateDimensionProperties, or one autoResizeDimensions."""
        area = place(book, self.target)
        if area.start_column is None and area.end_column is None:
            area = GridRange(area.sheet_id, None, None, 0, _count(book, area.sheet_id, "COLUMNS"))
        start, end = span(book, self.target, area, "COLUMNS")
        grow = room_for(book, GridRange(area.sheet_id, None, None, start, end))
        columns = dimension_range(area.sheet_id, "COLUMNS", start, end)
        if self.width is None:
            return [*grow, {"autoResizeDimensions": {"dimensions": columns}}]
        properties = {"range": columns, "properties": {"pixelSize": self.width}, "fields": "pixelSize"}
        return [*grow, {"updateDimensionProperties": properties}]

    @override
    def sentence(self) -> str:
        how = f"{self.width} pixels wide" if self.width else "as wide as they need"
        return f"Make the columns {self.target} {how}."
