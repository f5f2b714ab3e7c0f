"""Actions on whole sheets: add, rename, duplicate, delete, freeze."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Annotated, Any, ClassVar, Literal

from pydantic import AfterValidator, Field
from typing_extensions import override

from sheets_agent.a1 import GridRange
from sheets_agent.actions.base import Action, RangeSource, RangeTarget, Request, Risk, Role, new_id, place
from sheets_agent.errors import ActionError
from sheets_agent.sheets.book import Book


def _unquoted(title: str) -> str:
    """A title without the apostrophes that stand around it in a range: a model may keep them for a new sheet."""
    while (match := re.fullmatch(r"'((?:[^']|'')+)'!?", title)) is not None:
        title = match[1].replace("''", "'")
    return title


SheetName = Annotated[str, Field(min_length=1, max_length=100), AfterValidator(_unquoted)]


def free_name(book: Book, name: str, ours: int | None = None) -> str:
    """A title that no other sheet has (Sheets compares titles without case).

    Raises:
        ActionError: when it is taken.
    """
    for sheet in book.sheets:
        if sheet.title.casefold() == name.casefold() and sheet.sheet_id != ours:
            raise ActionError(f"There is already a sheet “{sheet.title}”. Choose another name, or write into that one.")
    return name


def sheet_id_for(book: Book, name: str) -> int:
    """The id a new sheet of that name gets."""
    return new_id(f"sheet {name}", [sheet.sheet_id for sheet in book.sheets])


class AddSheet(Action):
    """Add an empty sheet (a tab)."""

    kind: Literal["add_sheet"] = "add_sheet"
    contents: ClassVar[bool] = False
    target: Annotated[SheetName, Role.TARGET] = Field(
        description="The name of the new sheet, without quotes, such as Сводная 2024."
    )
    index: Annotated[int | None, Role.OPTION] = Field(
        None,
        ge=0,
        description="The place of the tab counted from 0, such as 0 for the first; the last place when absent.",
    )
    example: ClassVar[dict[str, Any]] = {"kind": "add_sheet", "target": "Pivot", "index": 1}

    def requests(self, book: Book) -> list[Request]:
        """One addSheet with an id derived from the name."""
        properties: dict[str, Any] = {
            "sheetId": sheet_id_for(book, self.target),
            "title": free_name(book, self.target),
        }
        if self.index is not None:
            properties["index"] = min(self.index, len(book.sheets))
        return [{"addSheet": {"properties": properties}}]

    @override
    def sentence(self) -> str:
        return f"Add a sheet “{self.target}”."


class RenameSheet(Action):
    """Give a sheet another name. Formulas that mention the sheet follow."""

    kind: Literal["rename_sheet"] = "rename_sheet"
    contents: ClassVar[bool] = False
    target: RangeTarget = Field(description="The name of the sheet to rename, such as Sheet1.")
    name: Annotated[SheetName, Role.OPTION] = Field(description="The new name, such as Orders 2024.")
    example: ClassVar[dict[str, Any]] = {"kind": "rename_sheet", "target": "Sheet1", "name": "Orders"}

    def requests(self, book: Book) -> list[Request]:
        """One updateSheetProperties of the title."""
        sheet_id = book.range(self.target).sheet_id
        title = free_name(book, self.name, sheet_id)
        return [
            {"updateSheetProperties": {"properties": {"sheetId": sheet_id, "title": title}, "fields": "title"}},
        ]

    @override
    def sentence(self) -> str:
        return f"Rename the sheet “{self.target}” to “{self.name}”."


class DuplicateSheet(Action):
    """Copy a sheet with everything on it into a new sheet of the same spreadsheet."""

    kind: Literal["duplicate_sheet"] = "duplicate_sheet"
    contents: ClassVar[bool] = False
    source: RangeSource = Field(description="The name of the sheet to copy, such as Template.")
    target: Annotated[SheetName, Role.TARGET] = Field(
        description="The name of the new sheet, without quotes, such as March."
    )
    index: Annotated[int | None, Role.OPTION] = Field(
        None,
        ge=0,
        description="The place of the new tab counted from 0, such as 2; right after the original when absent.",
    )
    example: ClassVar[dict[str, Any]] = {"kind": "duplicate_sheet", "source": "Orders", "target": "Orders copy"}

    def requests(self, book: Book) -> list[Request]:
        """One duplicateSheet with an id derived from the name."""
        original = book.sheet_by_id(book.range(self.source).sheet_id)
        index = original.index + 1 if self.index is None else min(self.index, len(book.sheets))
        return [
            {
                "duplicateSheet": {
                    "sourceSheetId": original.sheet_id,
                    "insertSheetIndex": index,
                    "newSheetId": sheet_id_for(book, self.target),
                    "newSheetName": free_name(book, self.target),
                }
            }
        ]

    def reads(self, book: Book) -> Sequence[GridRange]:
        """The whole original."""
        return (GridRange(book.range(self.source).sheet_id),)

    @override
    def sentence(self) -> str:
        return f"Copy the sheet “{self.source}” to a new sheet “{self.target}”."


class DeleteSheet(Action):
    """Delete a sheet with everything on it."""

    kind: Literal["delete_sheet"] = "delete_sheet"
    risk: ClassVar[Risk] = Risk.DELETE
    target: RangeTarget = Field(description="The name of the sheet to delete, such as Draft.")
    example: ClassVar[dict[str, Any]] = {"kind": "delete_sheet", "target": "Draft"}

    def requests(self, book: Book) -> list[Request]:
        """One deleteSheet."""
        sheet = book.sheet_by_id(book.range(self.target).sheet_id)
        if not any(other for other in book.sheets if other is not sheet and not other.hidden):
            raise ActionError(
                f"“{sheet.title}” is the only visible sheet and cannot be deleted. Add another one first."
            )
        return [{"deleteSheet": {"sheetId": sheet.sheet_id}}]

    def writes(self, book: Book) -> Sequence[GridRange]:
        """The whole sheet."""
        return (GridRange(book.range(self.target).sheet_id),)

    @override
    def sentence(self) -> str:
        return f"Delete the sheet “{self.target}”."


class Freeze(Action):
    """Freeze the first rows and columns of a sheet so that they stay in view; 0 unfreezes."""

    kind: Literal["freeze"] = "freeze"
    contents: ClassVar[bool] = False
    target: RangeTarget = Field(description="The name of the sheet, such as Orders.")
    rows: Annotated[int | None, Role.OPTION] = Field(
        None, ge=0, description="The number of rows to freeze, such as 1 for a header; unchanged when absent."
    )
    columns: Annotated[int | None, Role.OPTION] = Field(
        None, ge=0, description="The number of columns to freeze, such as 1; unchanged when absent."
    )
    example: ClassVar[dict[str, Any]] = {"kind": "freeze", "target": "Orders", "rows": 1}

    def requests(self, book: Book) -> list[Request]:
        """One updateSheetProperties of the grid."""
        sheet = book.sheet_by_id(place(book, self.target).sheet_id)
        wanted = {"frozenRowCount": self.rows, "frozenColumnCount": self.columns}
        grid = {name: count for name, count in wanted.items() if count is not None}
        if not grid:
            raise ActionError("Say how many rows or columns to freeze, such as rows=1.")
        if (self.rows or 0) >= sheet.row_count or (self.columns or 0) >= sheet.column_count:
            raise ActionError(
                f"At least one row and column must stay free; “{sheet.title}” has {sheet.row_count} rows and "
                f"{sheet.column_count} columns."
            )
        fields = ",".join(f"gridProperties.{name}" for name in grid)
        properties = {"sheetId": sheet.sheet_id, "gridProperties": grid}
        return [{"updateSheetProperties": {"properties": properties, "fields": fields}}]

    @override
    def sentence(self) -> str:
        parts = [f"{count} {name}" for count, name in ((self.rows, "rows"), (self.columns, "columns")) if count]
        return f"Freeze {' and '.join(parts)} of “{self.target}”." if parts else f"Unfreeze “{self.target}”."
