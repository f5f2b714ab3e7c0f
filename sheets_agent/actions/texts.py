"""Actions on texts: split them into columns, find and replace."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field
from typing_extensions import override

from sheets_agent.a1 import GridRange
from sheets_agent.actions.base import Action, RangeTarget, Request, Role, room_for
from sheets_agent.errors import ActionError
from sheets_agent.sheets.book import Book

JSON = dict[str, Any]


class SplitText(Action):
    """Split the texts of one column at a delimiter into the columns to its right."""

    kind: Literal["split_text"] = "split_text"
    target: RangeTarget = Field(description="The cells of one column, such as People!A2:A61.")
    delimiter: Annotated[str | None, Role.OPTION] = Field(
        None, min_length=1, description="What stands between the parts, such as ; or a space; found out when absent."
    )
    example: ClassVar[dict[str, Any]] = {"kind": "split_text", "target": "People!A2:A61", "delimiter": ";"}

    def requests(self, book: Book) -> list[Request]:
        """The grid grown for the parts, and one textToColumns."""
        area = self._column(book)
        delimiter = self._found(book)
        named = {",": "COMMA", ";": "SEMICOLON", ".": "PERIOD", " ": "SPACE"}
        how = {"delimiterType": named[delimiter]} if delimiter in named else _custom(delimiter)
        return [*room_for(book, self._written(book)), {"textToColumns": {"source": area.to_api(), **how}}]

    def writes(self, book: Book) -> Sequence[GridRange]:
        """The column and as many columns to its right as the longest text has parts."""
        return (self._written(book),)

    def looks(self, book: Book) -> Sequence[GridRange]:
        """The column: how many parts there are."""
        return (self._column(book),)

    def _column(self, book: Book) -> GridRange:
        area = book.clipped(book.range(self.target))
        if area.columns != 1:
            raise ActionError(f"{self.target} is more than one column. Name the cells of one column.")
        return area

    def _texts(self, book: Book) -> list[str]:
        return [cell.text for _, _, cell in book.filled(self._column(book))]

    def _written(self, book: Book) -> GridRange:
        area = self._column(book)
        delimiter = self._found(book)
        width = max((len(text.split(delimiter)) for text in self._texts(book)), default=1)
        left = area.start_column or 0
        return GridRange(area.sheet_id, area.start_row, area.end_row, left, left + width)

    def _found(self, book: Book) -> str:
        """The delimiter, found here where none is given: what will be written must be known before."""
        if self.delimiter is not None:
            return self.delimiter
        texts = self._texts(book)
        counts = {mark: sum(mark in text for text in texts) for mark in (";", ",", "|", "\t", "/", " ")}
        best = max(counts, key=lambda mark: counts[mark])
        if not counts[best]:
            raise ActionError(f"The texts of {self.target} have no delimiter in common. Say at what to split them.")
        return best

    @override
    def sentence(self) -> str:
        at = f" at “{self.delimiter}”" if self.delimiter else ""
        return f"Split the texts of {self.target}{at} into columns."


def _custom(delimiter: str) -> JSON:
    return {"delimiterType": "CUSTOM", "delimiter": delimiter}


class FindReplace(Action):
    """Replace a text in a range, on a sheet, or everywhere."""

    kind: Literal["find_replace"] = "find_replace"
    target: Annotated[str | None, Role.TARGET] = Field(
        None, description="The range or the sheet, such as Orders!C2:C61; the whole spreadsheet when absent."
    )
    find: Annotated[str, Role.OPTION, Field(min_length=1)] = Field(description="The text to find, such as Nothr.")
    replacement: Annotated[str, Role.OPTION] = Field(
        description="What comes in its place, such as North; empty to remove it."
    )
    match_case: Annotated[bool, Role.OPTION] = Field(
        False, description="Whether case counts; false when absent, so that north finds North."
    )
    whole_cell: Annotated[bool, Role.OPTION] = Field(
        False, description="Whether the whole cell must be the text; false when absent."
    )
    regex: Annotated[bool, Role.OPTION] = Field(
        False, description="Whether find is a regular expression, such as ^\\s+; false when absent."
    )
    in_formulas: Annotated[bool, Role.OPTION] = Field(
        False, description="Whether formulas are changed as well; false when absent."
    )
    example: ClassVar[dict[str, Any]] = {
        "kind": "find_replace",
        "target": "Orders!C2:C61",
        "find": "Nothr",
        "replacement": "North",
    }

    def requests(self, book: Book) -> list[Request]:
        """One findReplace, or one for each sheet, so that none is met that was not tried."""
        request: JSON = {
            "find": self.find,
            "replacement": self.replacement,
            "matchCase": self.match_case,
            "matchEntireCell": self.whole_cell,
            "searchByRegex": self.regex,
            "includeFormulas": self.in_formulas,
        }
        areas = (area for area in self.writes(book) if book.sheet_by_id(area.sheet_id).grid.cells)
        return [{"findReplace": {**request, **_scope(area)}} for area in areas]

    def writes(self, book: Book) -> Sequence[GridRange]:
        """The range, or every sheet."""
        if self.target is not None:
            return (book.range(self.target),)
        return [GridRange(sheet.sheet_id) for sheet in book.sheets]

    @override
    def reads(self, book: Book) -> Sequence[GridRange]:
        return self.writes(book)

    @override
    def sentence(self) -> str:
        where = self.target or "the whole spreadsheet"
        return f"Replace “{self.find}” with “{self.replacement}” in {where}."


def _scope(area: GridRange) -> JSON:
    """Where a replacement looks: on a whole sheet, or in a range."""
    return {"sheetId": area.sheet_id} if area == GridRange(area.sheet_id) else {"range": area.to_api()}
