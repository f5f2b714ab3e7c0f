"""A spreadsheet before any step, read once for all the plans that are tried on copies of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from sheets_agent.planners import snapshot
from sheets_agent.planners.facts.ground import Ground, Tables
from sheets_agent.planners.snapshot import Key, Snapshot
from sheets_agent.sheets.book import Book
from sheets_agent.sheets.client import SheetsClient


@dataclass(frozen=True)
class Start:
    """A spreadsheet before any step, read once for all the plans that are tried on copies of it."""

    book: Book
    cells: Snapshot
    errors: Mapping[Key, str]
    tables: Tables = field(default_factory=Tables)

    @property
    def ground(self) -> Ground:
        """The spreadsheet as it was, without very large sheets."""
        return Ground(self.book, self.cells.blocks.get, self.tables)

    @classmethod
    def of(cls, client: SheetsClient, spreadsheet_id: str) -> Start:
        """Read the metadata, and the cells of all sheets but the very large ones."""
        book = client.book(spreadsheet_id)
        cells = snapshot.take(client, book, snapshot.whole_sheets(book))
        return cls(book, cells, cells.errors())
