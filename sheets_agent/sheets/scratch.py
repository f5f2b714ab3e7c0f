"""A local copy of a live spreadsheet, read through the API."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from sheets_agent.a1 import GridRange
from sheets_agent.emulator.imported import RESOURCES, workbook_from_api
from sheets_agent.emulator.service import Emulator
from sheets_agent.emulator.transport import EmulatorHttp
from sheets_agent.sheets import areas
from sheets_agent.sheets.book import JSON, Book

if TYPE_CHECKING:
    from sheets_agent.sheets.client import SheetsClient

BODY_FIELDS = (
    "spreadsheetId,properties,namedRanges,developerMetadata,dataSources.dataSourceId,"
    f"sheets(properties,merges,basicFilter,{','.join(RESOURCES)})"
)
GRID_FIELDS = (
    "sheets(properties.sheetId,data(startRow,startColumn,rowData.values(userEnteredValue,effectiveValue,"
    "userEnteredFormat,note,dataValidation,pivotTable,textFormatRuns)))"
)


def copy_of(client: SheetsClient, spreadsheet_id: str, ranges: Iterable[GridRange] | None) -> SheetsClient:
    """Read a spreadsheet, whole or some ranges of it, into the local API.

    Returns:
        A client on the copy; its `notes` say what the copy does not have.
    """
    from sheets_agent.sheets.client import READ_CELLS, SheetsClient

    body = client.get(spreadsheet_id, fields=BODY_FIELDS)
    book = Book.from_api(body)
    wanted = [sheet.grid for sheet in book.sheets] if ranges is None else [book.clipped(area) for area in ranges]
    blocks: dict[int, list[JSON]] = {}
    for group in areas.in_calls(areas.missing([area for area in wanted if area.cells], ()), READ_CELLS):
        grid = client.get(spreadsheet_id, ranges=[book.a1(area) for area in group], fields=GRID_FIELDS)
        for sheet in grid.get("sheets", ()):
            sheet_id = int(sheet.get("properties", {}).get("sheetId", 0))
            blocks.setdefault(sheet_id, []).extend(sheet.get("data", ()))
    for sheet in body.get("sheets", ()):
        sheet["data"] = blocks.get(int(sheet.get("properties", {}).get("sheetId", 0)), [])
    imported = workbook_from_api(body)
    emulator = Emulator([imported.workbook])
    return SheetsClient(EmulatorHttp(emulator), notes=(*client.notes, *imported.notes))
