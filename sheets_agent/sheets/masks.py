"""What is asked of a spreadsheet, as masks of fields, and what is read from the answers."""

from __future__ import annotations

from typing import Any

from sheets_agent.sheets.book import JSON

Rows = list[list[Any]]
"""Values from the top left corner of a range; ragged, because the API cuts trailing blanks."""

BOOK_FIELDS = (
    "spreadsheetId,properties(title,locale,timeZone),namedRanges,"
    "sheets(properties,merges,charts,conditionalFormats,basicFilter,filterViews,protectedRanges,bandedRanges,"
    "slicers,tables,rowGroups,columnGroups,developerMetadata)"
)
CELL_FIELDS = (
    "sheets(properties.sheetId,data(startRow,startColumn,rowMetadata(hiddenByUser,hiddenByFilter),"
    "columnMetadata.hiddenByUser,rowData.values(userEnteredValue,effectiveValue,formattedValue,userEnteredFormat,effectiveFormat.numberFormat,note,dataValidation,pivotTable)))"
)

TEXT_FIELDS = f"{BOOK_FIELDS.removesuffix(')')},data.rowData.values.formattedValue)"
SIZE_FIELDS = "spreadsheetId,replies,updatedSpreadsheet.sheets.properties.gridProperties(rowCount,columnCount)"
"""What a write answers when nothing else is asked of it: how large the sheets are afterwards."""


def size_of(body: JSON) -> int:
    """The cells of all grids of a Spreadsheet."""
    grids = (sheet.get("properties", {}).get("gridProperties", {}) for sheet in body.get("sheets", ()))
    return sum(int(grid.get("rowCount", 0)) * int(grid.get("columnCount", 0)) for grid in grids)


def texts_of(sheet: JSON) -> Rows:
    """What the cells of a Sheet show, from A1."""
    rows = (row for data in sheet.get("data", ()) for row in data.get("rowData", ()))
    return [[cell.get("formattedValue", "") for cell in row.get("values", ())] for row in rows]
