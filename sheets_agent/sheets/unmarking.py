"""Marks removed when what made them has ended, and what is said where they stay."""

from __future__ import annotations

from collections.abc import Iterable

from sheets_agent.errors import SheetsError
from sheets_agent.sheets.client import SheetsClient

STAYS = "A mark of this run stays in the spreadsheet: an answer was lost. `sheets-agent clean` removes it."


def remove_marks(client: SheetsClient, spreadsheet_id: str, ids: Iterable[int]) -> tuple[str, ...]:
    """Remove marks from a live spreadsheet. What cannot be removed is told, a sentence each.

    Where an answer was lost, a request may still be on its way, and only its mark keeps it from being carried out.
    """
    ours = set(ids)
    if client.local or not ours:
        return ()
    try:
        if done := sorted(ours - client.in_doubt):
            client.unmark(spreadsheet_id, done)
    except SheetsError as error:
        return (f"The marks of this run stay in the spreadsheet ({error}). `sheets-agent clean` removes them.",)
    if ours & client.in_doubt:
        return (STAYS,)
    return ()
