"""Formulas repeated over a range, and what a formula reads."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar, Literal

from pydantic import Field, field_validator
from typing_extensions import override

from sheets_agent.a1 import A1Range, GridRange
from sheets_agent.actions.base import Action, FormulaText, RangeTarget, Request, bounded, place, room_for
from sheets_agent.actions.cells import repeat_cell
from sheets_agent.actions.literals import Entered, in_locale
from sheets_agent.errors import ActionError
from sheets_agent.formulas.changed_references import shift
from sheets_agent.formulas.references import Reference, references
from sheets_agent.formulas.tokens import Kind, tokens
from sheets_agent.sheets.book import Book


def formula_reads(book: Book, text: str, area: GridRange) -> list[GridRange]:
    """What a formula written for the first cell of a bounded range reads, once repeated over the range.

    References to sheets that do not exist read nothing. A text that is no formula reads nothing.
    """
    if not text.startswith("="):
        return []
    moved = shift(text, max(area.rows - 1, 0), max(area.columns - 1, 0))
    last = references(moved)
    found = []
    for index, reference in enumerate(references(text)):
        sheet_id = _sheet_id(book, reference, area.sheet_id)
        # A reference that leaves the grid on the way became #REF!, and the two lists no longer match: read the first.
        other = last[index] if len(last) == len(references(text)) else reference
        if sheet_id is not None:
            found.append(_union(reference.area, other.area, sheet_id))
    names = (token.text for token in tokens(text) if token.kind is Kind.NAME)
    found += [book.named_ranges[name] for name in names if name in book.named_ranges]
    return list(dict.fromkeys(found))


def _sheet_id(book: Book, reference: Reference, here: int) -> int | None:
    if reference.sheet is None:
        return here
    title = reference.sheet.casefold()
    return next((sheet.sheet_id for sheet in book.sheets if sheet.title.casefold() == title), None)


def _union(one: A1Range, two: A1Range, sheet_id: int) -> GridRange:
    """The smallest rectangle around two; open where one of them is."""
    return GridRange(
        sheet_id,
        _outer(one.start_row, two.start_row, min),
        _outer(one.end_row, two.end_row, max),
        _outer(one.start_column, two.start_column, min),
        _outer(one.end_column, two.end_column, max),
    )


def _outer(one: int | None, two: int | None, choose: Any) -> int | None:
    return None if one is None or two is None else choose(one, two)


class RepeatFormula(Action):
    """Write one formula into every cell of a range, as if it were typed into the first cell and dragged.

    Relative references move along with each cell; put $ before what must stay, as in $B$1.
    """

    kind: Literal["repeat_formula"] = "repeat_formula"
    hint: ClassVar[str] = "formula==D2*E2"
    target: RangeTarget = Field(description="The range to fill, both ends named, such as Orders!F2:F61.")
    formula: FormulaText = Field(
        description="The formula as it stands in the first cell of the range, such as =D2*E2, with commas between "
        "arguments and English function names."
    )
    example: ClassVar[dict[str, Any]] = {
        "kind": "repeat_formula",
        "target": "Orders!F2:F61",
        "formula": "=D2*E2",
    }

    @field_validator("formula", mode="before")
    @classmethod
    def _begins_with_equals(cls, text: Any) -> Any:
        bare = isinstance(text, str) and bool(text.strip()) and not text.strip().startswith("=")
        return f"={text.strip()}" if bare else text

    def requests(self, book: Book) -> list[Request]:
        """The grid grown where needed, and one repeatCell: Sheets moves the references."""
        area = self._area(book)
        if self.formula == "=":
            raise ActionError("The formula is empty. Write it for the first cell of the range, such as =D2*E2.")
        formula = Entered({"formulaValue": in_locale(self.formula, book.locale)})
        return [*room_for(book, area), *repeat_cell(book, area, formula)]

    def writes(self, book: Book) -> Sequence[GridRange]:
        """The range."""
        return (self._area(book),)

    def reads(self, book: Book) -> Sequence[GridRange]:
        """What the formula refers to, over all cells of the range."""
        return formula_reads(book, self.formula, self._area(book))

    def _area(self, book: Book) -> GridRange:
        return bounded(book, self.target, place(book, self.target))

    @override
    def sentence(self) -> str:
        return f"Repeat the formula {self.formula} over {self.target}."
