"""Cutting what was seen of a sheet into blocks of filled cells.

The cells are cut along blank rows and blank columns, again and again, until no piece has a blank row or column right
through it. Then what a blank row cut apart, but is one table, is joined again.
"""

from __future__ import annotations

import bisect
from collections.abc import Iterable
from dataclasses import dataclass

from sheets_agent.a1 import GridRange
from sheets_agent.stages.cells import kind_of
from sheets_agent.stages.sampling import View

MOST_BLOCKS = 400
"""From here on pieces are left as they are, however they could be cut."""


@dataclass(frozen=True, slots=True)
class Block:
    """A rectangle of a view: half-open, `top` and `bottom` are places in `View.rows`, not row numbers."""

    top: int
    bottom: int
    left: int
    right: int

    @property
    def width(self) -> int:
        """Number of columns."""
        return self.right - self.left

    @property
    def height(self) -> int:
        """Number of rows that were read."""
        return self.bottom - self.top


def find(view: View) -> list[Block]:
    """The blocks of a view, from top to bottom and left to right."""
    places = {row: place for place, row in enumerate(view.rows)}
    filled = {(places[row], column) for row, column in view.cells}
    filled |= _merged_cells(view, places, filled)
    blocks = _cut(filled)
    return _joined(view, sorted(blocks, key=lambda block: (block.top, block.left)))


def _merged_cells(view: View, places: dict[int, int], filled: set[tuple[int, int]]) -> set[tuple[int, int]]:
    """Cells covered by a merge whose first cell is filled: they hold a block together."""
    covered: set[tuple[int, int]] = set()
    for merge in view.sheet.merges:
        area = merge.clipped(view.sheet.row_count, view.columns)
        place = places.get(area.start_row or 0)
        if place is None or (place, area.start_column or 0) not in filled:
            continue
        rows = range(place, bisect.bisect_left(view.rows, area.end_row or 0))
        covered |= {(row, column) for row in rows for column in _columns(area)}
    return covered


def _columns(area: GridRange) -> range:
    return range(area.start_column or 0, area.end_column or 0)


def _cut(filled: set[tuple[int, int]]) -> list[Block]:
    """Cut along blank rows, then along blank columns, until nothing comes apart any more."""
    blocks: list[Block] = []
    pending = [filled] if filled else []
    while pending and len(blocks) < MOST_BLOCKS:
        cells = pending.pop()
        pieces = _bands(cells, 0)
        if len(pieces) == 1:
            pieces = _bands(cells, 1)
        if len(pieces) == 1:
            blocks.append(_bounds(cells))
        else:
            pending.extend(reversed(pieces))
    return [*blocks, *(_bounds(cells) for cells in pending)]


def _bands(cells: set[tuple[int, int]], axis: int) -> list[set[tuple[int, int]]]:
    """Split cells where no cell lies on an index of an axis."""
    used = sorted({cell[axis] for cell in cells})
    band_of: dict[int, int] = {}
    band = 0
    for before, index in zip([used[0] - 1, *used], used, strict=False):
        band += index > before + 1
        band_of[index] = band
    bands: list[set[tuple[int, int]]] = [set() for _ in range(band + 1)]
    for cell in cells:
        bands[band_of[cell[axis]]].add(cell)
    return bands


def _bounds(cells: Iterable[tuple[int, int]]) -> Block:
    rows, columns = zip(*cells, strict=True)
    return Block(min(rows), max(rows) + 1, min(columns), max(columns) + 1)


def _joined(view: View, blocks: list[Block]) -> list[Block]:
    """Join a block to the one above it when only a blank row parts them and it goes on with the same columns."""
    joined: list[Block] = []
    for block in blocks:
        above = next((place for place, other in enumerate(joined) if _continues(view, other, block)), None)
        if above is None:
            joined.append(block)
        else:
            joined[above] = Block(joined[above].top, block.bottom, joined[above].left, joined[above].right)
    return joined


def _continues(view: View, above: Block, below: Block) -> bool:
    """Whether a block is more of the one above: one blank row between, the same columns, and data at once."""
    if (
        below.top - above.bottom != 1
        or not (above.left <= below.left and below.right <= above.right)
        or above.height < 3
        or above.width < 2
    ):
        return False
    last, first = _kinds(view, above, above.bottom - 1), _kinds(view, above, below.top)
    if 2 * _filled(first) < _filled(last):  # a total below the table, not more of it
        return False
    shared = [(one, two) for one, two in zip(last, first, strict=True) if one != "blank" and two != "blank"]
    return (
        bool(shared) and any(kind not in ("text", "blank") for kind in first) and all(one == two for one, two in shared)
    )


def _filled(kinds: list[str]) -> int:
    return sum(kind != "blank" for kind in kinds)


def _kinds(view: View, block: Block, place: int) -> list[str]:
    row = view.rows[place]
    return [kind_of(view.cell(row, column)) for column in range(block.left, block.right)]
