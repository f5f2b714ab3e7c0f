"""A local copy of a live spreadsheet, read through the API."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from sheets_agent.a1 import GridRange
from sheets_agent.emulator.imported import RESOURCES, workbook_from_api
from sheets_agent.emulator.service import Emulator
from sheets_agent.emulator.transport import EmulatorHttp
from sheets_agent.sheets import areas
from sheets_agent.sheets.as_read import AsRead
from sheets_agent.sheets.book import JSON, Book

if TYPE_CHECKING:
    from sheets_agent.sheets.client import SheetsClient

WHOLE_GRID_CALLS = 5
"""Up to as many calls, tabs are copied with all of their empty cells."""

BODY_FIELDS = (
    "spreadsheetId,properties,namedRanges,developerMetadata,dataSources.dataSourceId,"
    f"sheets(properties,merges,basicFilter,{','.join(RESOURCES)})"
)
GRID_FIELDS = (
    "sheets(properties.sheetId,data(startRow,startColumn,rowMetadata(pixelSize,hiddenByUser,hiddenByFilter),"
    "columnMetadata(pixelSize,hiddenByUser),rowData.values(userEnteredValue,effectiveValue,"
    "userEnteredFormat,note,dataValidation,pivotTable,textFormatRuns)))"
)
WHOLE_FIELDS = BODY_FIELDS.removesuffix(")") + GRID_FIELDS.removeprefix("sheets(properties.sheetId")
"""Both at once, for what fits in a call."""


def copy_of(client: SheetsClient, spreadsheet_id: str, ranges: Iterable[GridRange] | None) -> SheetsClient:
    """Read a spreadsheet, whole or some ranges of it, into the local API.

    Returns:
        A client on the copy; its `notes` say what the copy does not have.
    """
    if ranges is None and client.fits_in_a_call(spreadsheet_id):
        return _local(client.get(spreadsheet_id, fields=WHOLE_FIELDS), client.notes)
    from sheets_agent.sheets.client import READ_CELLS

    body = client.get(spreadsheet_id, fields=BODY_FIELDS)
    book = Book.from_api(body)
    notes = client.notes
    wanted = [sheet.grid for sheet in book.sheets] if ranges is None else [book.clipped(area) for area in ranges]
    if ranges is None and sum(area.cells for area in wanted) > WHOLE_GRID_CALLS * READ_CELLS:
        wanted = _used(client, book)
        notes = (*notes, "Formats and rules of the empty cells past the last value of a tab are not on the copy.")
    blocks: dict[int, list[JSON]] = {}
    for group in areas.in_calls(areas.missing([area for area in wanted if area.cells], ()), READ_CELLS):
        grid = client.get(spreadsheet_id, ranges=[book.a1(area) for area in group], fields=GRID_FIELDS)
        for sheet in grid.get("sheets", ()):
            sheet_id = int(sheet.get("properties", {}).get("sheetId", 0))
            blocks.setdefault(sheet_id, []).extend(sheet.get("data", ()))
    for sheet in body.get("sheets", ()):
        sheet["data"] = blocks.get(int(sheet.get("properties", {}).get("sheetId", 0)), [])
    return _local(body, notes)


def _local(body: JSON, notes: tuple[str, ...]) -> SheetsClient:
    """A client on a Spreadsheet with its cells, in the local API."""
    from sheets_agent.sheets.client import SheetsClient

    imported = workbook_from_api(body)
    emulator = Emulator([imported.workbook])
    return SheetsClient(EmulatorHttp(emulator), notes=(*notes, *imported.notes), origin=AsRead.from_api(body))


def _used(client: SheetsClient, book: Book) -> list[GridRange]:
    """Each tab's rectangle from A1 to the last value or formula, found in one call.

    Cells of a grid cost a call for every `READ_CELLS`, filled or not; their values alone come without the empty rest.
    """
    grids = [sheet.grid for sheet in book.sheets if sheet.grid.cells]
    found = client.batch_values(book.spreadsheet_id, [book.a1(area) for area in grids], render="FORMULA")
    return [
        GridRange(area.sheet_id, 0, len(rows), 0, max(map(len, rows), default=0))
        for area, rows in zip(grids, found, strict=True)
    ]
