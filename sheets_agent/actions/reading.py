"""Reading cells, and calculating without writing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field
from typing_extensions import override

from sheets_agent.a1 import GridRange
from sheets_agent.actions.base import Action, FormulaText, RangeSource, Request, Risk, Role
from sheets_agent.errors import ActionError
from sheets_agent.formulas.references import references
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


class Calculate(Action):
    """Work a formula out to answer a question; changes nothing."""

    kind: Literal["calculate"] = "calculate"
    risk: ClassVar[Risk] = Risk.READ
    contents: ClassVar[bool] = False
    formula: FormulaText = Field(
        description="The formula, every reference with its sheet, such as =SUM('My orders'!F2:F61). It may spill."
    )
    label: Annotated[str | None, Role.OPTION] = Field(
        None, description="What it works out, for the person, such as Revenue in May."
    )
    hint: ClassVar[str] = "every reference names its sheet"
    example: ClassVar[dict[str, Any]] = {
        "kind": "calculate",
        "formula": "=SUM(Orders!F2:F61)",
        "label": "Revenue",
    }

    def requests(self, book: Book) -> list[Request]:
        """None: it is calculated on a copy."""
        self.reads(book)
        return []

    def reads(self, book: Book) -> Sequence[GridRange]:
        """The ranges the formula refers to, without repeats.

        Raises:
            ActionError: for a reference without a sheet, or to one that does not exist.
        """
        found = references(self.formula)
        bare = next((reference for reference in found if reference.sheet is None), None)
        if bare is not None:
            raise ActionError(f"{self.formula} refers to {bare} without naming the sheet, such as 'My orders'!{bare}.")
        areas = [reference.area.grid_range(book.sheet(reference.sheet or "").sheet_id) for reference in found]
        return tuple(dict.fromkeys(areas))

    @override
    def sentence(self) -> str:
        about = f"{self.label}: " if self.label else ""
        return f"Calculate {about}{self.formula}."
