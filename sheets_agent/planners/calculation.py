"""Working out a formula beside a spreadsheet: on a copy, by the calculation engine and not by a model."""

from __future__ import annotations

from sheets_agent.a1 import quote_title
from sheets_agent.actions.reading import Calculate
from sheets_agent.actions.values import WriteCell
from sheets_agent.errors import ActionError
from sheets_agent.formulas.values import ErrorValue
from sheets_agent.guard.check import Guard
from sheets_agent.sheets.client import SheetsClient
from sheets_agent.state.done import Calculation

TITLE = "calculation"
SHOWN_ROWS, SHOWN_COLUMNS = 200, 26
"""How much of a result is read; a question is answered with a few values."""


def calculate(copy: SheetsClient, spreadsheet_id: str, action: Calculate, guard: Guard) -> Calculation:
    """Work out a formula on a sheet of its own.

    Args:
        copy: a client on a copy of the spreadsheet, which the sheet is added to.
        spreadsheet_id: its id.
        action: the formula.
        guard: holds the formula against the scope of the run.

    Raises:
        ActionError: for a reference that names no sheet, or one that does not exist, or a function that is not allowed.
        InvalidRequest: when the formula is refused.
    """
    book = copy.book(spreadsheet_id)
    rests_on = tuple(book.a1(area) for area in action.reads(book))
    taken = {sheet.title.casefold() for sheet in book.sheets}
    title = TITLE
    while title.casefold() in taken:
        title += "_"
    copy.batch_update(spreadsheet_id, [{"addSheet": {"properties": {"title": title}}}])
    book = copy.book(spreadsheet_id)
    home = f"{quote_title(title)}!A1"
    requests = WriteCell(target=home, value=action.formula).requests(book)
    if refused := guard.refusals(requests, book.locale):
        raise ActionError(" ".join(refused))
    copy.batch_update(spreadsheet_id, requests)
    block = book.range(home)
    cell = copy.load(copy.book(spreadsheet_id), [block]).cell(block.sheet_id, 0, 0)
    place = quote_title(title)
    area = f"{place}!R1C1:R{SHOWN_ROWS}C{SHOWN_COLUMNS}"
    rows = tuple(tuple(map(str, row)) for row in copy.values(spreadsheet_id, area))
    error = f"{rows[0][0]} {cell.value.message}".strip() if isinstance(cell.value, ErrorValue) and rows else ""
    return Calculation(
        label=action.label or "",
        formula=action.formula,
        rows=rows,
        left_out=_left_out(copy, spreadsheet_id, place),
        rests_on=rests_on,
        error=error,
    )


def _left_out(copy: SheetsClient, spreadsheet_id: str, place: str) -> str:
    """What of a result is not read, in words; empty when all of it is."""
    everything = copy.values(spreadsheet_id, place)
    count, width = len(everything), max(map(len, everything), default=0)
    if count <= SHOWN_ROWS and width <= SHOWN_COLUMNS:
        return ""
    return (
        f"only the first {min(count, SHOWN_ROWS)} of {count} rows and the first {min(width, SHOWN_COLUMNS)} of {width} "
        "columns are here"
    )
