"""Where the calculation engine keeps what no cell of the workbook shows: sheets of the model that no workbook has.

The argument of a function that is calculated here stands there as a formula, and so does the function's result, for the
rest of the formula to refer to.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from sheets_agent.formulas.surroundings import CLOCK_TITLE, ENGINE_COLUMNS

CLOCK = (-1_000_000, 0, 0)
"""The cell of a hidden sheet that holds the moment of the calculation."""


@dataclass(frozen=True, slots=True)
class Slot:
    """A place for values: `width` columns from a column of a hidden sheet, all rows. A width of 1 may be one cell."""

    sheet_id: int
    row: int
    column: int
    width: int


@dataclass
class HiddenSheets:
    """Which hidden sheets there are, and which of their columns are taken. Their ids are negative."""

    mirrors: dict[tuple[int, int], int] = field(default_factory=dict)
    count: int = 0
    current: int = 0
    used: int = 0
    free: dict[int, list[Slot]] = field(default_factory=dict)

    def copy(self) -> HiddenSheets:
        """An independent copy."""
        free = {width: list(slots) for width, slots in self.free.items()}
        return HiddenSheets(dict(self.mirrors), self.count, self.current, self.used, free)

    def mirror(self, sheet_id: int, ordinal: int, row: int, column: int) -> Slot:
        """A single cell at the same row and column as a formula, so that what depends on its place stays right.

        Args:
            sheet_id: the formula's sheet.
            ordinal: tells several cells for one formula apart.
            row: the formula's row.
            column: the formula's column.
        """
        key = (sheet_id, ordinal)
        if key not in self.mirrors:
            self.count += 1
            self.mirrors[key] = -self.count
        return Slot(self.mirrors[key], row, column, 1)

    def columns(self, width: int) -> Slot:
        """Free columns next to one another."""
        width = min(1 << (max(width, 1) - 1).bit_length(), ENGINE_COLUMNS)
        if self.free.get(width):
            return self.free[width].pop()
        if not self.current or self.used + width > ENGINE_COLUMNS:
            self.count += 1
            self.current, self.used = -self.count, 0
        slot = Slot(self.current, 0, self.used, width)
        self.used += width
        return slot

    def release(self, slot: Slot) -> None:
        """Give columns back; a mirror's cell needs no giving back."""
        if slot.sheet_id not in self.mirrors.values():
            self.free.setdefault(slot.width, []).append(slot)


def hidden_title(sheet_id: int) -> str:
    """What the model calls a hidden sheet: nothing that a workbook's sheet is called there."""
    return CLOCK_TITLE if sheet_id == CLOCK[0] else f"hidden{-sheet_id}\ue002"
