"""Charts on sheets of their own: sheets of the type OBJECT, which have no cells and hold one chart.

Source: EmbeddedObjectPosition and SheetType of the v4 discovery document, and
https://developers.google.com/workspace/sheets/api/guides/field-masks (such a sheet has no gridProperties).
"""

from __future__ import annotations

from sheets_agent.emulator.errors import Refusal
from sheets_agent.emulator.requests.lookup import put
from sheets_agent.emulator.requests.sheets import free_title, place_sheet, remove_sheet, sheet_id_for
from sheets_agent.emulator.workbook import JSON, Sheet, Workbook


def wants_own_sheet(position: JSON) -> bool:
    """Whether a position asks for a sheet of its own.

    Raises:
        Refusal: it asks for a place over cells as well.
    """
    asked = [key for key in ("newSheet", "sheetId", "overlayPosition") if position.get(key) not in (None, False)]
    if len(asked) > 1:
        raise Refusal(f"Only one of {', '.join(asked)} can be set in the position of an object.")
    return asked in (["newSheet"], ["sheetId"])


def add_chart_sheet(workbook: Workbook, position: JSON) -> Sheet:
    """A new sheet for one chart, behind the others, with an id of the client's own choice or a random one.

    Raises:
        Refusal: the id is taken or negative.
    """
    wanted = position.get("sheetId")
    properties = {
        "sheetId": sheet_id_for(workbook, None if wanted is None else int(wanted)),
        "title": free_title(workbook, lambda number: f"Chart{number}", 1),
        "index": len(workbook.sheets),
        "sheetType": "OBJECT",
    }
    sheet = Sheet(properties)
    place_sheet(workbook, sheet, None)
    return sheet


def put_chart(sheet: Sheet, chart: JSON) -> JSON:
    """Make a chart the one that a sheet of its own shows; the chart, at its place."""
    placed = {**chart, "position": {"sheetId": sheet.sheet_id}}
    put(sheet, "charts", [placed])
    return placed


def leave(workbook: Workbook, sheet: Sheet) -> None:
    """What happens to a sheet that was made for a chart which is there no more: it goes.

    Raises:
        Refusal: it is the only one that can be seen.
    """
    if not sheet.is_grid:
        remove_sheet(workbook, sheet)
