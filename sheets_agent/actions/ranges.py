"""Actions on ranges as wholes: clear, copy, move, name."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field
from typing_extensions import override

from sheets_agent.a1 import GridRange
from sheets_agent.actions.base import (
    Action,
    RangeSource,
    RangeTarget,
    Request,
    Risk,
    Role,
    block,
    new_id,
    place,
    room_for,
)
from sheets_agent.actions.cells import coordinate
from sheets_agent.errors import ActionError
from sheets_agent.sheets.book import Book

JSON = dict[str, Any]

_NAME = re.compile(r"[^\W\d]\w{0,249}")
_CELL_NAME = re.compile(r"[A-Za-z]{1,3}[0-9]+|[Rr][0-9]*[Cc][0-9]*")


class ClearRange(Action):
    """Clear a range: its contents, its formats, or both. Rows and columns stay."""

    kind: Literal["clear_range"] = "clear_range"
    risk: ClassVar[Risk] = Risk.DELETE
    target: RangeTarget = Field(description="The range, such as Orders!A2:F61, or a whole sheet, such as Draft.")
    what: Annotated[Literal["contents", "formats", "both"], Role.OPTION] = Field(
        "contents", description="contents, formats, or both; contents when absent."
    )
    example: ClassVar[dict[str, Any]] = {"kind": "clear_range", "target": "Orders!A2:F61", "what": "both"}

    def requests(self, book: Book) -> list[Request]:
        """One updateCells without rows: the fields of its mask are cleared."""
        fields = {
            "contents": "userEnteredValue",
            "formats": "userEnteredFormat",
            "both": "userEnteredValue,userEnteredFormat",
        }[self.what]
        area = book.clipped(book.range(self.target))
        return [{"updateCells": {"range": area.to_api(), "fields": fields}}]

    def writes(self, book: Book) -> Sequence[GridRange]:
        """The range."""
        return (book.range(self.target),)

    @override
    def changes_contents(self) -> bool:
        return self.what != "formats"

    @override
    def sentence(self) -> str:
        what = {"contents": "contents", "formats": "formats", "both": "contents and formats"}[self.what]
        return f"Clear the {what} of {self.target}."


class CopyRange(Action):
    """Copy a range to another place. Relative references of copied formulas move along."""

    kind: Literal["copy_range"] = "copy_range"
    source: RangeSource = Field(description="The range to copy, such as Orders!A1:F61.")
    target: RangeTarget = Field(
        description="The top left cell to copy to, such as Archive!A1; a larger range is filled with repeats."
    )
    what: Annotated[
        Literal["all", "values", "formulas", "formats", "validation", "conditional_formats"], Role.OPTION
    ] = Field("all", description="What is copied, such as values for results in place of formulas; all when absent.")
    transpose: Annotated[bool, Role.OPTION] = Field(
        False, description="Whether rows become columns; false when absent."
    )
    example: ClassVar[dict[str, Any]] = {
        "kind": "copy_range",
        "source": "Orders!A1:F61",
        "target": "Archive!A1",
        "what": "values",
    }

    def requests(self, book: Book) -> list[Request]:
        """The grid grown where needed, and one copyPaste."""
        area = self._written(book)
        paste = {
            "all": "NORMAL",
            "values": "VALUES",
            "formulas": "FORMULA",
            "formats": "FORMAT",
            "validation": "DATA_VALIDATION",
            "conditional_formats": "CONDITIONAL_FORMATTING",
        }[self.what]
        request = {
            "source": book.clipped(book.range(self.source)).to_api(),
            "destination": area.to_api(),
            "pasteType": f"PASTE_{paste}",
            "pasteOrientation": "TRANSPOSE" if self.transpose else "NORMAL",
        }
        return [*room_for(book, area), {"copyPaste": request}]

    def writes(self, book: Book) -> Sequence[GridRange]:
        """The place the copy lands on, repeats included."""
        return (self._written(book),)

    def reads(self, book: Book) -> Sequence[GridRange]:
        """The source."""
        return (book.range(self.source),)

    def _written(self, book: Book) -> GridRange:
        """Whole repeats of the source inside the target; one copy where the target is smaller or not a multiple."""
        source = book.clipped(book.range(self.source))
        rows, columns = (source.columns, source.rows) if self.transpose else (source.rows, source.columns)
        target = place(book, self.target)
        if target.bounded:
            rows *= target.rows // rows if target.rows % rows == 0 else 1
            columns *= target.columns // columns if target.columns % columns == 0 else 1
        return block(target, rows, columns)

    @override
    def changes_contents(self) -> bool:
        return self.what in ("all", "values", "formulas")

    @override
    def sentence(self) -> str:
        what = "" if self.what == "all" else f"the {self.what.replace('_', ' ')} of "
        return f"Copy {what}{self.source} to {self.target}{', transposed' if self.transpose else ''}."


class MoveRange(Action):
    """Move a range to another place. Formulas that refer to it follow."""

    kind: Literal["move_range"] = "move_range"
    risk: ClassVar[Risk] = Risk.DELETE
    source: RangeSource = Field(description="The range to move, such as Orders!H1:J20.")
    target: RangeTarget = Field(description="The top left cell to move it to, such as Summary!A1.")
    example: ClassVar[dict[str, Any]] = {"kind": "move_range", "source": "Orders!H1:J20", "target": "Summary!A1"}

    def requests(self, book: Book) -> list[Request]:
        """The grid grown where needed, and one cutPaste."""
        source, target = self._areas(book)
        request = {"source": source.to_api(), "destination": coordinate(target), "pasteType": "PASTE_NORMAL"}
        return [*room_for(book, target), {"cutPaste": request}]

    def writes(self, book: Book) -> Sequence[GridRange]:
        """Both places."""
        return self._areas(book)

    def reads(self, book: Book) -> Sequence[GridRange]:
        """The source."""
        return (book.range(self.source),)

    def _areas(self, book: Book) -> tuple[GridRange, GridRange]:
        source = book.clipped(book.range(self.source))
        return source, block(place(book, self.target), source.rows, source.columns)

    @override
    def sentence(self) -> str:
        return f"Move {self.source} to {self.target}."


class NamedRange(Action):
    """Give a range a name that formulas can use; an existing name is moved to the range."""

    kind: Literal["named_range"] = "named_range"
    contents: ClassVar[bool] = False
    target: RangeTarget = Field(description="The range, such as Orders!E2:E61.")
    name: Annotated[str, Role.OPTION] = Field(description="The name, without spaces, such as Revenue or ставка_ндс.")
    example: ClassVar[dict[str, Any]] = {"kind": "named_range", "target": "Orders!E2:E61", "name": "Revenue"}

    def requests(self, book: Book) -> list[Request]:
        """One addNamedRange with an id derived from the name, or one updateNamedRange."""
        area = book.range(self.target).to_api()
        known = next((name for name in book.named_ranges if name.casefold() == self.name.casefold()), None)
        if known is not None:
            named = {"namedRangeId": book.named_range_ids[known], "range": area}
            return [{"updateNamedRange": {"namedRange": named, "fields": "range"}}]
        if not _NAME.fullmatch(self.name) or _CELL_NAME.fullmatch(self.name) or self.name.upper() in ("TRUE", "FALSE"):
            raise ActionError(
                f"“{self.name}” cannot name a range. A name has letters, digits and underscores, begins with a letter, "
                "and does not look like a cell."
            )
        taken = [int(known) for known in book.named_range_ids.values() if known.isdigit()]
        named = {"namedRangeId": str(new_id(f"name {self.name}", taken)), "name": self.name, "range": area}
        return [{"addNamedRange": {"namedRange": named}}]

    @override
    def sentence(self) -> str:
        return f"Name {self.target} “{self.name}”."
