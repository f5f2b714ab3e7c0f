"""A spreadsheet as it was, and as it is."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from sheets_agent.emulator.workbook import Sheet, Workbook
from sheets_agent.undo.normal import Key, Things, changed, things


@dataclass(frozen=True)
class Pair:
    """Both spreadsheets, and what differs between them; what is worked out is kept.

    Attributes:
        before: the spreadsheet as it was.
        old: everything of it but its cells.
        now: the spreadsheet as it is.
    """

    before: Workbook
    old: Things
    now: Workbook

    @classmethod
    def of(cls, before: Workbook, now: Workbook) -> Pair:
        """Two spreadsheets that nobody has looked at yet."""
        return cls(before, things(before), now)

    @cached_property
    def new(self) -> Things:
        """Everything of the spreadsheet as it is but its cells."""
        return things(self.now)

    @cached_property
    def changed(self) -> list[Key]:
        """The keys of what differs, cells aside."""
        return changed(self.old, self.new)

    @cached_property
    def sheets(self) -> list[tuple[Sheet, Sheet]]:
        """The tabs that are in both, as they were and as they are."""
        both = ((sheet, self.now.sheet(sheet.sheet_id)) for sheet in self.before.sheets)
        return [(sheet, other) for sheet, other in both if other is not None]
