"""What an action is.

An action is a frozen Pydantic model with a literal `kind`. From the one class come: the planner's action space, the
executor's tool, the documentation table, the static checks, and three pure functions over a `Book`:

    requests(book)  the Sheets API Request dicts it compiles to
    writes(book)    the ranges it changes    (for overlap, overwrite and approval checks)
    reads(book)     the ranges it depends on

A field says what it is with a `Role` in its annotation. The role decides where it stands in a plan's flat wire step
(`wire.py`) and which reflector may change it.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import replace
from enum import StrEnum
from typing import Annotated, Any, ClassVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from sheets_agent.a1 import MAX_COLUMNS, MAX_ROWS, GridRange
from sheets_agent.errors import ActionError
from sheets_agent.formulas.locale import to_canonical
from sheets_agent.sheets.book import Book

Request = dict[str, Any]
"""One entry of batchUpdate's `requests`: a dict with a single key, the request kind."""


class Role(StrEnum):
    """What a field of an action means."""

    TARGET = "target"
    """The A1 range, cell or sheet that is written. Changed by the cell reflector."""
    SOURCE = "source"
    """The A1 range that is read. Changed by the cell reflector."""
    VALUES = "values"
    """Text to be written, as rows of cells. Changed by the general reflector."""
    FORMULA = "formula"
    """The text of a formula. Changed by the formula reflector."""
    OPTION = "option"
    """Anything else. Changed by the action reflector."""
    FETCHED = "fetched"
    """What was fetched before the action was tried. No model sees or writes it; see `FetchingAction`."""


class Risk(StrEnum):
    """What can be lost."""

    READ = "read"
    WRITE = "write"
    """Loses something only where it writes over cells that are not empty."""
    DELETE = "delete"
    """Removes or moves what is there, whatever the cells hold."""


class Action(BaseModel):
    """Base of all actions.

    Subclasses have at most eight fields, all flat: str, int, float, bool, a Literal of strings, a list of str, or rows
    of str; `X | None` where optional. They declare `kind: Literal["…"] = "…"` first, and describe every
    field in a full sentence with one example. The class docstring is the description the model reads; `example` is a
    valid instance.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    risk: ClassVar[Risk] = Risk.WRITE
    contents: ClassVar[bool] = True
    """Whether the cells of `writes` get new contents."""
    example: ClassVar[dict[str, Any]] = {}
    hint: ClassVar[str] = ""
    """What a planner must know beyond the description, as short as it can be said."""
    kind: str

    def requests(self, book: Book) -> list[Request]:
        """The requests this action compiles to, in order. Pure.

        Raises:
            ActionError: when it makes no sense on this spreadsheet; the text says what to change.
            NotLoaded: when it needs a cell outside `looks`.
        """
        raise NotImplementedError

    def writes(self, book: Book) -> Sequence[GridRange]:
        """The ranges whose contents or formats change."""
        return ()

    def reads(self, book: Book) -> Sequence[GridRange]:
        """The ranges the result depends on."""
        return ()

    def looks(self, book: Book) -> Sequence[GridRange]:
        """The ranges whose cells must be loaded before `requests` (header rows, mostly)."""
        return ()

    def changes_contents(self) -> bool:
        """Whether the cells of `writes` get new contents (formats, merges and rules alone do not)."""
        return self.contents

    def formula_texts(self) -> list[str]:
        """The formulas this action writes, as they stand in its fields (en_US separators)."""
        values = [getattr(self, name) for name, role in field_roles(type(self)).items() if role is Role.FORMULA]
        return [value for value in values if isinstance(value, str) and value.startswith("=")]

    def sentence(self) -> str:
        """One line for a person: what will be done."""
        raise NotImplementedError


def field_roles(action: type[Action]) -> dict[str, Role]:
    """The role of each field of an action class, in order; OPTION where none is declared. What is fetched has none."""
    roles = {
        name: next((item for item in field.metadata if isinstance(item, Role)), Role.OPTION)
        for name, field in action.model_fields.items()
        if name != "kind"
    }
    return {name: role for name, role in roles.items() if role is not Role.FETCHED}


def new_id(name: str, taken: Sequence[int]) -> int:
    """An id for a new object, derived from its name: the same plan compiles to the same requests.

    Returns:
        A positive 31-bit number that is not in `taken`.
    """
    candidate = zlib.crc32(name.encode()) & 0x7FFFFFFF or 1
    while candidate in taken:
        candidate = candidate % 0x7FFFFFFE + 1
    return candidate


MAX_CELLS = 10_000_000
"""Cells a spreadsheet may have. Source: https://support.google.com/drive/answer/37603"""


def place(book: Book, text: str) -> GridRange:
    """Where to write: like `Book.range`, but the place may lie past the last row and column of the grid.

    Raises:
        ActionError: unknown sheet, or not A1 notation.
    """
    roomy = replace(
        book, sheets=tuple(replace(sheet, row_count=MAX_ROWS, column_count=MAX_COLUMNS) for sheet in book.sheets)
    )
    return roomy.range(text)


def first_cell(area: GridRange) -> GridRange:
    """The top left cell of a range."""
    return block(area, 1, 1)


def block(area: GridRange, rows: int, columns: int) -> GridRange:
    """A rectangle of a given size at the top left cell of a range."""
    row, column = area.start_row or 0, area.start_column or 0
    return GridRange(area.sheet_id, row, row + rows, column, column + columns)


def bounded(book: Book, text: str, area: GridRange) -> GridRange:
    """A range with both ends, refused where one is open: what to fill must be said.

    Raises:
        ActionError: when the range is open, as in `F2:F`.
    """
    if not area.bounded:
        sheet = book.sheet_by_id(area.sheet_id)
        raise ActionError(
            f"{text} has no last row or column. Name both ends, such as {book.a1(block(area, 10, 1))}; "
            f"the grid of “{sheet.title}” has {sheet.row_count} rows and {sheet.column_count} columns."
        )
    return area


def room_for(book: Book, area: GridRange) -> list[Request]:
    """The requests that make the grid large enough for a range; none where it is.

    Raises:
        ActionError: when the spreadsheet would pass the ten million cells Google allows.
    """
    sheet = book.sheet_by_id(area.sheet_id)
    rows = max(0, (area.end_row or 0) - sheet.row_count)
    columns = max(0, (area.end_column or 0) - sheet.column_count)
    if not rows and not columns:
        return []
    others = sum(other.grid.cells for other in book.sheets if other is not sheet)
    if others + (sheet.row_count + rows) * (sheet.column_count + columns) > MAX_CELLS:
        raise ActionError(
            f"{book.a1(area)} is too far out: the spreadsheet would pass {MAX_CELLS:,} cells. "
            f"“{sheet.title}” has {sheet.row_count} rows and {sheet.column_count} columns."
        )
    return [
        {"appendDimension": {"sheetId": sheet.sheet_id, "dimension": dimension, "length": length}}
        for dimension, length in (("ROWS", rows), ("COLUMNS", columns))
        if length
    ]


RangeTarget = Annotated[str, Role.TARGET, Field(min_length=1)]
RangeSource = Annotated[str, Role.SOURCE, Field(min_length=1)]


def _comma_separated(text: str) -> str:
    """A formula with commas between its arguments; models that think in a decimal-comma locale write semicolons."""
    return to_canonical(text, "en_US") if text.startswith("=") else text


FormulaText = Annotated[str, Role.FORMULA, Field(min_length=1), AfterValidator(_comma_separated)]
OptionalFormula = Annotated[str | None, Role.FORMULA, AfterValidator(lambda text: text and _comma_separated(text))]
Rows = Annotated[list[list[str]], Role.VALUES]
