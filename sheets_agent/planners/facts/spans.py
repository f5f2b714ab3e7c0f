"""Whether a range holds the rows of data of a table: all of them, and not the header and the totals."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sheets_agent.a1 import GridRange
from sheets_agent.planners.facts.ground import Ground, Table

FEW = 0.1
"""A range that leaves out at most this share of the rows (or two) is taken to mean all of them."""
ROUND = 50
"""A range that ends at a multiple of this row leaves room for more rows on purpose."""


@dataclass(frozen=True)
class Span:
    """How the rows of a range lie on those of a table.

    Attributes:
        table: the table.
        header: whether the range holds its header.
        above: rows of data above the range.
        below: rows of data below it.
        totals: whether it holds a row of totals.
        past: blank rows of the range below the table.
    """

    table: Table
    header: bool
    above: int
    below: int
    totals: bool
    past: int


def span(ground: Ground, area: GridRange) -> Span | None:
    """How a range lies on its table; None where it means no table, or a part of one chosen on purpose."""
    table = ground.table(area)
    if table is None or table.shape != "table" or table.height < 2 or not area.bounded:
        return None
    top, end = area.start_row or 0, area.end_row or 0
    if not area.rows > 1 or end <= table.first or top >= table.end:
        return None
    above, below = max(0, top - table.first), max(0, table.end - end)
    if above + below > max(2, FEW * table.height) or 4 * (above + below) > table.height:
        return None
    bottom = table.area.end_row or 0
    return Span(
        table,
        header=table.header_rows > 0 and top < table.first,
        above=above,
        below=below,
        totals=table.total_rows > 0 and end > table.end,
        past=0 if end % ROUND == 0 or end in (_rows(ground, area), 999) else max(0, end - bottom),
    )


def _rows(ground: Ground, area: GridRange) -> int:
    return ground.book.sheet_by_id(area.sheet_id).row_count


def short(ground: Ground, found: Span) -> Iterator[str]:
    """What a range leaves out of its table, or holds beyond it, as the end of a sentence."""
    table = found.table
    data = ground.book.a1(
        GridRange(table.area.sheet_id, table.first, table.end, table.area.start_column, table.area.end_column)
    )
    if found.above:
        yield f"leaves out the first {_count(found.above)} of data of the table, whose data is {data}"
    if found.below:
        yield f"leaves out the last {_count(found.below)} of data of the table, whose data is {data}"
    if found.past:
        yield f"goes on for {_count(found.past)} below the table, whose data is {data}"


def _count(rows: int) -> str:
    return "row" if rows == 1 else f"{rows} rows"
