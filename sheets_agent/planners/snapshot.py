"""What the cells of some sheets hold at one moment, and what changed between two moments.

A snapshot keeps two readings of each sheet: what was entered (formulas as text) and what is shown. Comparing rows as
lists first makes the comparison of two nearly equal sheets cheap.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from sheets_agent.a1 import GridRange
from sheets_agent.formulas.values import ERROR_TYPES
from sheets_agent.sheets.book import Book
from sheets_agent.sheets.client import SheetsClient

WHOLE_SHEET_CELLS = 300_000
"""A sheet with a larger grid is read only where it is written."""

Key = tuple[int, int, int]
"""Sheet id, zero-based row and column."""


@dataclass(frozen=True, slots=True)
class Block:
    """One rectangle: `entered` and `shown` are ragged rows of texts from its top left corner."""

    area: GridRange
    entered: list[list[str]]
    shown: list[list[str]]

    def fills(self, area: GridRange) -> bool:
        """Whether a cell of a bounded range inside this block shows something."""
        top, left = self.area.start_row or 0, self.area.start_column or 0
        first, last = (area.start_column or 0) - left, (area.end_column or 0) - left
        rows = self.shown[(area.start_row or 0) - top : (area.end_row or 0) - top]
        return any(any(row[first:last]) for row in rows)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Blocks of cells by sheet. A block of a sheet replaces an earlier one when snapshots are merged."""

    blocks: Mapping[GridRange, Block] = field(default_factory=dict)

    def with_blocks(self, other: Snapshot) -> Snapshot:
        """Both together; where both hold a block, the other's, and the other's last."""
        kept = {area: block for area, block in self.blocks.items() if area not in other.blocks}
        return Snapshot({**kept, **other.blocks})

    def without(self, areas: Iterable[GridRange]) -> Snapshot:
        """The blocks but those of some areas."""
        dropped = set(areas)
        return Snapshot({area: block for area, block in self.blocks.items() if area not in dropped})

    def shown(self, key: Key) -> str:
        """What a cell shows, by the block read last; empty also where nothing was read."""
        sheet_id, row, column = key
        here = GridRange(sheet_id, row, row + 1, column, column + 1)
        for area, block in reversed(tuple(self.blocks.items())):
            if area.contains(here):
                top, left = area.start_row or 0, area.start_column or 0
                texts = block.shown[row - top] if row - top < len(block.shown) else []
                return texts[column - left] if column - left < len(texts) else ""
        return ""

    def errors(self) -> dict[Key, str]:
        """The cells that show an error value."""
        return {
            (area.sheet_id, (area.start_row or 0) + row, (area.start_column or 0) + column): text
            for area, block in self.blocks.items()
            for row, texts in enumerate(block.shown)
            for column, text in enumerate(texts)
            if text and text[0] == "#" and text in ERROR_TYPES
        }


@dataclass(frozen=True, slots=True)
class Change:
    """A cell whose entered content (or computed content, for pivots and spills) changed."""

    key: Key
    before: str
    after: str
    shown: str

    @property
    def overwrote(self) -> bool:
        """Whether something was there before."""
        return self.before != ""


def areas_to_watch(book: Book, areas: Iterable[GridRange]) -> list[GridRange]:
    """What to read for a change of some ranges: their whole sheets, or only themselves on very large sheets."""
    watched: dict[GridRange, None] = {}
    for area in areas:
        sheet = book.sheet_by_id(area.sheet_id)
        whole = sheet.grid if sheet.grid.cells <= WHOLE_SHEET_CELLS else book.clipped(area)
        if whole.cells:
            watched[whole] = None
    return list(watched)


def take(client: SheetsClient, book: Book, areas: Iterable[GridRange], *, entered: bool = True) -> Snapshot:
    """Read what some ranges hold now, in two reads of the API; in one without what was `entered`."""
    wanted = list(areas)
    if not wanted:
        return Snapshot()
    ranges = [book.a1(area) for area in wanted]
    typed: list[list[list[object]]] = [[] for _ in wanted]
    if entered:
        typed = client.batch_values(book.spreadsheet_id, ranges, render="FORMULA")
    shown = client.batch_values(book.spreadsheet_id, ranges, render="FORMATTED_VALUE")
    return Snapshot(
        {area: Block(area, _texts(one), _texts(two)) for area, one, two in zip(wanted, typed, shown, strict=True)}
    )


def _texts(rows: list[list[object]]) -> list[list[str]]:
    return [[value if isinstance(value, str) else _text(value) for value in row] for row in rows]


def _text(value: object) -> str:
    return "" if value is None else str(value).upper() if isinstance(value, bool) else str(value)


def changes(before: Snapshot, after: Snapshot) -> Iterator[Change]:
    """The cells that differ, over the blocks of `after`. A block that was not there before counts as blank."""
    for area, block in after.blocks.items():
        old = before.blocks.get(area) or _same_sheet(before, area)
        old_rows = old.entered if old else []
        for row in range(max(len(old_rows), len(block.entered))):
            was = old_rows[row] if row < len(old_rows) else []
            now = block.entered[row] if row < len(block.entered) else []
            if was != now:
                yield from _row_changes(area, row, was, now, block)


def _same_sheet(snapshot: Snapshot, area: GridRange) -> Block | None:
    """The block of the same sheet and corner, when the grid grew between the two moments."""
    corner = (area.sheet_id, area.start_row, area.start_column)
    for other, block in snapshot.blocks.items():
        if (other.sheet_id, other.start_row, other.start_column) == corner:
            return block
    return None


def _row_changes(area: GridRange, row: int, was: list[str], now: list[str], block: Block) -> Iterator[Change]:
    shown = block.shown[row] if row < len(block.shown) else []
    for column in range(max(len(was), len(now))):
        before = was[column] if column < len(was) else ""
        after = now[column] if column < len(now) else ""
        if before != after:
            key = (area.sheet_id, (area.start_row or 0) + row, (area.start_column or 0) + column)
            yield Change(key, before, after, shown[column] if column < len(shown) else "")


def address(book: Book, key: Key) -> str:
    """A cell in A1 notation with its sheet."""
    sheet_id, row, column = key
    return book.a1(GridRange(sheet_id, row, row + 1, column, column + 1))
