"""A spreadsheet as it was at one reading: what was entered in cells, and the objects around them, to be compared.

Only what people enter is kept. What formulas give changes by itself, and is no edit.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sheets_agent.a1 import GridRange
from sheets_agent.sheets import markers
from sheets_agent.sheets.book import JSON

_OBJECTS = "merges,basicFilter,charts,conditionalFormats"
FIELDS = (
    f"spreadsheetId,properties.locale,namedRanges,{markers.FIELDS},"
    f"sheets(properties(sheetId,title,gridProperties(rowCount,columnCount)),{_OBJECTS}"
)
"""What is read without cells; a parenthesis is left open for them."""
CELLS = ",data(startRow,startColumn,rowData.values.userEnteredValue)"


@dataclass(frozen=True, slots=True)
class AsRead:
    """One reading.

    Attributes:
        body: the Spreadsheet without cells.
        sheets: its sheets, without cells, by id.
        cells: what was entered in the cells of a sheet, by row and column; blank cells are not there.
    """

    body: JSON
    sheets: Mapping[int, JSON]
    cells: Mapping[int, Mapping[tuple[int, int], Any]]

    @classmethod
    def from_api(cls, body: JSON) -> AsRead:
        """From the API's Spreadsheet, with cells or without."""
        sheets: dict[int, JSON] = {}
        cells: dict[int, dict[tuple[int, int], Any]] = {}
        for sheet in body.get("sheets", ()):
            sheet_id = int(sheet.get("properties", {}).get("sheetId", 0))
            sheets[sheet_id] = {name: part for name, part in sheet.items() if name != "data"}
            cells[sheet_id] = _entered(sheet)
        return cls({name: part for name, part in body.items() if name != "sheets"}, sheets, cells)

    def entered(self, area: GridRange) -> list[tuple[int, int, Any]]:
        """What was entered in a range, by row and column, from its top left corner."""
        found = self.cells.get(area.sheet_id, {})
        top, left, bottom, right = area.start_row or 0, area.start_column or 0, area.end_row, area.end_column
        if bottom is not None and right is not None and area.cells < len(found):
            keys = [(row, column) for row in range(top, bottom) for column in range(left, right)]
            return [(row - top, column - left, found[row, column]) for row, column in keys if (row, column) in found]
        inside = [
            (row - top, column - left, value)
            for (row, column), value in found.items()
            if top <= row and left <= column and (bottom is None or row < bottom) and (right is None or column < right)
        ]
        return sorted(inside, key=lambda cell: cell[:2])


def _entered(sheet: JSON) -> dict[tuple[int, int], Any]:
    return {
        (row, column): cell["userEnteredValue"]
        for data in sheet.get("data", ())
        for row, values in enumerate(data.get("rowData", ()), int(data.get("startRow", 0)))
        for column, cell in enumerate(values.get("values", ()), int(data.get("startColumn", 0)))
        if cell.get("userEnteredValue")
    }
