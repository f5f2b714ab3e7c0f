"""What was left in cells here: writing over it again loses nothing of anybody else's."""

from __future__ import annotations

from collections.abc import Sequence

from sheets_agent.errors import SheetsError
from sheets_agent.sheets.masks import Rows
from sheets_agent.targets import Target

MOST = 40
"""Ranges written here that may be written again without asking, while they hold what was left in them."""


class Left:
    """The ranges that were written last, with what was left in them."""

    def __init__(self) -> None:
        self._entered: dict[str, Rows] = {}

    def keep(self, target: Target, ranges: Sequence[str]) -> None:
        """Look what stands in ranges that were written just now; they come in the place of those before."""
        kept = list(dict.fromkeys(ranges[-MOST:]))
        try:
            self._entered = dict(zip(kept, _entered(target, kept), strict=True))
        except SheetsError:  # what we left cannot be told from what others do: all of it is asked about
            self._entered = {}

    def standing(self, target: Target) -> tuple[str, ...]:
        """The ranges that still hold what was left in them."""
        if not self._entered:
            return ()
        try:
            now = _entered(target, list(self._entered))
        except SheetsError:  # a sheet is gone or has another name
            self._entered = {}
            return ()
        return tuple(text for (text, rows), found in zip(self._entered.items(), now, strict=True) if rows == found)

    def clear(self) -> None:
        """Take nothing for our own any more."""
        self._entered = {}


def _entered(target: Target, ranges: Sequence[str]) -> list[Rows]:
    return target.client.batch_values(target.spreadsheet_id, ranges, render="FORMULA")
