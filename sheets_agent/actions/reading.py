"""Reading cells."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar, Literal

from pydantic import Field
from typing_extensions import override

from sheets_agent.a1 import GridRange
from sheets_agent.actions.base import Action, RangeSource, Request, Risk
from sheets_agent.sheets.book import Book


class ReadRange(Action):
    """Read the values, formulas and formats of a range; changes nothing."""

    kind: Literal["read_range"] = "read_range"
    risk: ClassVar[Risk] = Risk.READ
    contents: ClassVar[bool] = False
    source: RangeSource = Field(description="The range to read, such as 'My orders'!A1:F20.")
    example: ClassVar[dict[str, Any]] = {"kind": "read_range", "source": "Orders!A1:F20"}

    def requests(self, book: Book) -> list[Request]:
        """None: a batch update does not read."""
        book.range(self.source)
        return []

    def reads(self, book: Book) -> Sequence[GridRange]:
        """The range."""
        return (book.range(self.source),)

    @override
    def sentence(self) -> str:
        return f"Read {self.source}."
