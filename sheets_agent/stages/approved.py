"""Where the executor and its corrections may write without a new approval: the sheets of the approved plan."""

from __future__ import annotations

from collections.abc import Iterable

from sheets_agent.a1 import split_sheet
from sheets_agent.guard.reach import sheets_of
from sheets_agent.planners.copies import Copies
from sheets_agent.planners.facts.asked import Task
from sheets_agent.state.planned import Trial


def beyond(trial: Trial, copies: Copies, approved: Trial | None, written: Iterable[str], task: str) -> str:
    """What a trial writes on that nobody has approved of, in a sentence; empty where there is nothing.

    Approved are the sheets that the approved plan writes on or makes, those the run has written, and those that the
    task names.

    Args:
        trial: what is to be written.
        copies: of the spreadsheet.
        approved: the trial of the approved plan, where there is one.
        written: the A1 ranges that the run has written.
        task: what the person asked for.
    """
    book, words = copies.book, Task(task)
    titles = {split_sheet(text)[0] for text in written}
    known = {sheet.sheet_id for sheet in book.sheets if sheet.title in titles or words.names_sheet(sheet.title)}
    if approved is not None:
        known |= sheets_of((request for step in approved.requests for request in step), book)
    there = {sheet.sheet_id: sheet.title for sheet in book.sheets}
    found = sheets_of((request for step in trial.requests for request in step), book) - known
    if not found:
        return ""
    where = ", ".join(f"“{there[one]}”" if one in there else "a new sheet" for one in sorted(found))
    return f"It writes on {where}, and the approved plan does not."
