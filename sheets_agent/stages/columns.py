"""What the columns of a table hold: type, repeated formula, number format, samples."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from sheets_agent.a1 import column_letters
from sheets_agent.emulator.entry import parse
from sheets_agent.emulator.number_format import pattern_kind
from sheets_agent.formulas.changed_references import shift
from sheets_agent.sheets.book import CellView
from sheets_agent.stages.cells import kind_of
from sheets_agent.stages.sampling import View
from sheets_agent.state.described import Column, ColumnType

MOSTLY = 0.9
REPEATED = 0.8
FORMULA_STARTS = 3
SAMPLES = 4
TEXTS_TRIED = 50
SAMPLE_LENGTH = 40
HEADER_SEPARATOR = " / "


Repeated = tuple[int, str]
"""A formula that a column repeats, and the zero-based row it is taken from."""


def describe(view: View, column: int, header: Sequence[int], data: Sequence[int], repeated: Repeated | None) -> Column:
    """One column of a table.

    Args:
        view: what was looked at.
        column: zero-based index.
        header: zero-based rows of the header, upper ones first.
        data: zero-based rows of data that were read.
        repeated: the column's repeated formula, if it has one.
    """
    cells = [view.cell(row, column) for row in data]
    return Column(
        letter=column_letters(column),
        header=_header(view, column, header),
        type=column_type(cells),
        samples=_samples(cells),
        formula=repeated[1] if repeated else None,
        number_format=_number_format(cells),
    )


def column_type(cells: Sequence[CellView]) -> ColumnType:
    """The type of a column: the kind of nine tenths of its cells that are not blank, else mixed."""
    kinds = Counter(kind for kind in map(kind_of, cells) if kind != "blank")
    if not kinds:
        return "empty"
    kind, count = kinds.most_common(1)[0]
    return kind if count >= MOSTLY * sum(kinds.values()) else "mixed"


def repeated_formula(rows: Sequence[int], cells: Sequence[CellView]) -> Repeated | None:
    """The formula whose relative copies fill most of a column, and the row it stands in.

    It stands in one of the first rows of data: the very first may differ, as where a count starts with a plain 1. An
    array formula fills the rows below by itself, and counts as repeated.
    """
    filled = [(row, cell) for row, cell in zip(rows, cells, strict=True) if not cell.blank]
    for row, cell in filled[:FORMULA_STARTS]:
        if cell.formula is None:
            continue
        if cell.formula.upper().startswith("=ARRAYFORMULA("):
            return row, cell.formula
        same = sum(follows(cell.formula, other.formula, below - row) for below, other in filled)
        if same > 1 and same >= REPEATED * len(filled):
            return row, cell.formula
    return None


def follows(first: str, formula: str | None, rows_below: int) -> bool:
    """Whether a formula is the relative copy of one that many rows above it."""
    return formula is not None and (formula == first or formula == shift(first, rows_below, 0))


def numbers_as_text(cells: Sequence[CellView], locale: str) -> bool:
    """Whether most of the texts of a column would be numbers or dates, had they been typed."""
    texts = [cell.value for cell in cells if isinstance(cell.value, str) and cell.value.strip()][:TEXTS_TRIED]
    numbers = sum(isinstance(parse(text, locale).value, float) for text in texts)
    return numbers > 1 and numbers >= REPEATED * len(texts)


def _header(view: View, column: int, header: Sequence[int]) -> str:
    """The name of a column; the names of a header of several rows, merged cells read across, joined from the top."""
    names: list[str] = []
    for row in header:
        text = view.cell(*_owner(view, row, column)).text.strip()
        if text and text not in names:
            names.append(text)
    return HEADER_SEPARATOR.join(names)


def _owner(view: View, row: int, column: int) -> tuple[int, int]:
    """The cell that is shown at a place: the first one of a merge, if there is one."""
    for merge in view.sheet.merges:
        top, left = merge.start_row or 0, merge.start_column or 0
        if top <= row < (merge.end_row or top) and left <= column < (merge.end_column or left):
            return top, left
    return row, column


def _samples(cells: Sequence[CellView]) -> tuple[str, ...]:
    texts = dict.fromkeys(cell.text.strip() for cell in cells if not cell.blank)
    found = [text for text in texts if text][:SAMPLES]
    return tuple(text if len(text) <= SAMPLE_LENGTH else text[: SAMPLE_LENGTH - 1] + "…" for text in found)


def _number_format(cells: Sequence[CellView]) -> str | None:
    """The commonest number format of the cells that hold numbers or dates; None when they have none."""
    formats = Counter(
        str(cell.number_format.get("pattern") or cell.number_format.get("type"))
        for cell in cells
        if cell.number_format and kind_of(cell) in ("number", "date")
    )
    if not formats:
        return None
    pattern = formats.most_common(1)[0][0]
    return None if pattern_kind(pattern) == "" else pattern
