"""What the cells of some sheets hold at one moment, and what changed between two moments.

A snapshot keeps two readings of each sheet: what was entered (formulas as text) and the values. Comparing rows as
lists first makes the comparison of two nearly equal sheets cheap. What cells show is read for changed cells alone:
it takes longer than both together.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from sheets_agent.a1 import GridRange
from sheets_agent.formulas.values import ERROR_TYPES
from sheets_agent.sheets.book import Book
from sheets_agent.sheets.client import Render, SheetsClient
from sheets_agent.sheets.masks import Rows

WHOLE_SHEET_CELLS = 300_000
"""A sheet with a larger grid is read only where it is written."""

Key = tuple[int, int, int]
"""Sheet id, zero-based row and column."""


@dataclass(frozen=True, slots=True)
class Block:
    """One rectangle: `entered` and `values` are ragged rows from its top left corner.

    Values are numbers (dates too), booleans and texts; an error is its text, a blank cell the empty text.
    """

    area: GridRange
    entered: Rows
    values: Rows

    def fills(self, area: GridRange) -> bool:
        """Whether a cell of a bounded range inside this block shows something."""
        return any(value != "" for row in self.rows_of(area) for value in row)

    def rows_of(self, area: GridRange) -> Rows:
        """The values of a bounded range inside this block; ragged as well."""
        top, left = self.area.start_row or 0, self.area.start_column or 0
        first, last = (area.start_column or 0) - left, (area.end_column or 0) - left
        return [row[first:last] for row in self.values[(area.start_row or 0) - top : (area.end_row or 0) - top]]


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

    def value(self, key: Key) -> object:
        """The value of a cell, by the block read last; the empty text also where nothing was read."""
        sheet_id, row, column = key
        here = GridRange(sheet_id, row, row + 1, column, column + 1)
        for area, block in reversed(tuple(self.blocks.items())):
            if area.contains(here):
                top, left = area.start_row or 0, area.start_column or 0
                found = block.values[row - top] if row - top < len(block.values) else []
                return found[column - left] if column - left < len(found) else ""
        return ""

    def formulas(self, sheet_id: int) -> frozenset[str]:
        """What is entered in the cells of a sheet and begins like a formula."""
        blocks = (block for area, block in self.blocks.items() if area.sheet_id == sheet_id)
        rows = (row for block in blocks for row in block.entered)
        return frozenset(text for row in rows for text in row if isinstance(text, str) and text.startswith("="))

    def errors(self) -> dict[Key, str]:
        """The cells that show an error value."""
        return {
            (area.sheet_id, (area.start_row or 0) + row, (area.start_column or 0) + column): value
            for area, block in self.blocks.items()
            for row, values in enumerate(block.values)
            for column, value in enumerate(values)
            if isinstance(value, str) and value[:1] == "#" and value in ERROR_TYPES
        }


@dataclass(frozen=True, slots=True)
class Change:
    """A cell whose entered content (or computed content, for pivots and spills) changed."""

    key: Key
    before: str
    after: str
    shown: str = ""

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


def whole_sheets(book: Book) -> list[GridRange]:
    """The grids of all sheets that are read whole."""
    return [sheet.grid for sheet in book.sheets if 0 < sheet.grid.cells <= WHOLE_SHEET_CELLS]


def take(client: SheetsClient, book: Book, areas: Iterable[GridRange]) -> Snapshot:
    """Read what some ranges hold now, in two reads of the API."""
    wanted = list(areas)
    typed, values = (_read(client, book, wanted, render) for render in ("FORMULA", "UNFORMATTED_VALUE"))
    return _snapshot(wanted, typed, values)


def values(
    client: SheetsClient, book: Book, areas: Iterable[GridRange], render: Render = "FORMATTED_VALUE"
) -> Snapshot:
    """Read the values of some ranges, as texts as they are shown or otherwise, and not what was entered."""
    wanted = list(areas)
    return _snapshot(wanted, [[] for _ in wanted], _read(client, book, wanted, render))


def cut(texts: Mapping[int, Rows], areas: Iterable[GridRange]) -> Snapshot:
    """What some ranges show, out of what whole sheets show by their ids."""
    wanted = list(areas)
    found = [
        [
            row[area.start_column or 0 : area.end_column]
            for row in texts[area.sheet_id][area.start_row or 0 : area.end_row]
        ]
        for area in wanted
    ]
    return _snapshot(wanted, [[] for _ in wanted], found)


def _snapshot(areas: list[GridRange], typed: list[Rows], values: list[Rows]) -> Snapshot:
    return Snapshot({area: Block(area, one, two) for area, one, two in zip(areas, typed, values, strict=True)})


def shown(client: SheetsClient, book: Book, keys: Iterable[Key]) -> dict[Key, str]:
    """What some cells show now; read in one call, the smallest rectangle around those of a sheet."""
    places: dict[int, list[Key]] = {}
    for key in keys:
        places.setdefault(key[0], []).append(key)
    areas = [area for found in places.values() for area in _around(book, found)]
    texts: dict[Key, str] = {}
    for area, rows in zip(areas, _read(client, book, areas, "FORMATTED_VALUE"), strict=True):
        top, left = area.start_row or 0, area.start_column or 0
        for row, cells in enumerate(rows, top):
            texts.update({(area.sheet_id, row, column): str(text) for column, text in enumerate(cells, left)})
    return texts


def _around(book: Book, keys: list[Key]) -> list[GridRange]:
    """Rectangles that hold some cells of one sheet: one, or on a very large sheet one for each column."""
    sheet_id = keys[0][0]
    columns = sorted({key[2] for key in keys})
    groups = [keys]
    if book.sheet_by_id(sheet_id).grid.cells > WHOLE_SHEET_CELLS:
        groups = [[key for key in keys if key[2] == column] for column in columns]
    return [
        GridRange(
            sheet_id,
            min(key[1] for key in group),
            max(key[1] for key in group) + 1,
            min(key[2] for key in group),
            max(key[2] for key in group) + 1,
        )
        for group in groups
    ]


def _read(client: SheetsClient, book: Book, areas: list[GridRange], render: Render) -> list[Rows]:
    if not areas:
        return []
    return client.batch_values(book.spreadsheet_id, [book.a1(area) for area in areas], render=render)


def text_of(value: object) -> str:
    """A value as the text of what was entered."""
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
                yield from _row_changes(area, row, was, now)


def _same_sheet(snapshot: Snapshot, area: GridRange) -> Block | None:
    """The block of the same sheet and corner, when the grid grew between the two moments."""
    corner = (area.sheet_id, area.start_row, area.start_column)
    for other, block in snapshot.blocks.items():
        if (other.sheet_id, other.start_row, other.start_column) == corner:
            return block
    return None


def _row_changes(area: GridRange, row: int, was: list[object], now: list[object]) -> Iterator[Change]:
    for column in range(max(len(was), len(now))):
        before = text_of(was[column]) if column < len(was) else ""
        after = text_of(now[column]) if column < len(now) else ""
        if before != after:
            yield Change((area.sheet_id, (area.start_row or 0) + row, (area.start_column or 0) + column), before, after)


def gone(changed: Iterable[Change]) -> list[Change]:
    """The changes whose former content is gone: what a sort or a move takes elsewhere is not."""
    changes = list(changed)
    kept = Counter(change.after for change in changes)
    lost = []
    for change in changes:
        if kept[change.before]:
            kept[change.before] -= 1
        else:
            lost.append(change)
    return lost


def address(book: Book, key: Key) -> str:
    """A cell in A1 notation with its sheet."""
    sheet_id, row, column = key
    return book.a1(GridRange(sheet_id, row, row + 1, column, column + 1))
