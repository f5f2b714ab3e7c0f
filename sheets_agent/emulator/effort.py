"""How much one call may ask for: bounds that keep time and memory small whatever comes.

Google's grids have ten million cells, and Google answers for all of them. The local API does too where that is cheap:
what is empty costs nothing, and rows that are alike are kept once. Beyond that it refuses.
"""

from __future__ import annotations

from sheets_agent.emulator.errors import Refusal
from sheets_agent.emulator.workbook import Workbook

MOST_CHANGED = 2_000_000
"""Cells that one call may write: a formula takes some forty microseconds and a kilobyte with its first value."""
MOST_SHOWN = 2_000_000
"""Cells that one answer may show the values of."""
MOST_DESCRIBED = 250_000
"""Cells that one answer may show with their formats: each takes some two kilobytes."""


def spend(workbook: Workbook, cells: int) -> None:
    """Count cells that a request is about to write; those that only move count for less.

    Raises:
        Refusal: with those before it, the call asks for more than the local API does at once.
    """
    workbook.effort += cells
    if workbook.effort > MOST_CHANGED:
        raise Refusal(
            f"The local Sheets API changes at most {MOST_CHANGED} cells in one call, and this one comes to "
            f"{workbook.effort}. Use smaller ranges, or several calls."
        )


class Shown:
    """Counts the cells that go into one answer."""

    def __init__(self, most: int = MOST_SHOWN) -> None:
        self._most = most
        self._cells = 0

    def add(self, cells: int) -> None:
        """Count cells that are about to go in.

        Raises:
            Refusal: they are too many.
        """
        self._cells += cells
        if self._cells > self._most:
            raise Refusal(
                f"The local Sheets API shows at most {self._most} cells of this kind in one answer. "
                "Ask for smaller ranges, or for fewer fields."
            )
