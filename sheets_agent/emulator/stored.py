"""A workbook as JSON and back: everything entered, nothing calculated.

    {"properties": …, "sheets": [{"properties": …, "rows": [[row, [[column, value, {rest}], …]], …], …}], "formats": …}

Formats are written once and named by their place in a list: most cells of a sheet share a few. So are rows that are one
object, as those of a format given to a whole sheet are.
"""

from __future__ import annotations

from typing import Any

from sheets_agent.a1 import GridRange
from sheets_agent.emulator.workbook import JSON, Cell, Sheet, Workbook

_REST = ("formula", "note", "validation", "pivot", "runs")
"""What a cell can have besides its value and its format."""


def to_stored(workbook: Workbook) -> JSON:
    """What a file keeps of a workbook; its parts are the workbook's own, so it is to be written, not changed."""
    formats = _Formats()
    return {
        "spreadsheetId": workbook.spreadsheet_id,
        "properties": workbook.properties,
        "sheets": [_stored_sheet(sheet, formats) for sheet in workbook.sheets],
        "namedRanges": workbook.named_ranges,
        "namedFunctions": workbook.named_functions,
        "developerMetadata": workbook.developer_metadata,
        "comments": workbook.comments,
        "formats": formats.listed,
    }


def from_stored(body: JSON) -> Workbook:
    """The workbook that `to_stored` wrote.

    Raises:
        KeyError, TypeError, ValueError, IndexError: it did not write this.
    """
    formats: list[JSON] = body["formats"]
    sheets = [_sheet(sheet, formats) for sheet in body["sheets"]]
    workbook = Workbook(body["spreadsheetId"], body["properties"], sheets)
    workbook.named_ranges = body["namedRanges"]
    workbook.named_functions = body.get("namedFunctions", [])
    workbook.developer_metadata = body["developerMetadata"]
    workbook.comments = body["comments"]
    return workbook


class _Formats:
    """Formats numbered as they are met. Equal ones that are not the same object get numbers of their own."""

    def __init__(self) -> None:
        self.listed: list[JSON] = []
        self._numbers: dict[int, int] = {}

    def number(self, cell_format: JSON) -> int:
        """The place of a format in the list."""
        known = self._numbers.get(id(cell_format))
        if known is None:
            known = self._numbers[id(cell_format)] = len(self.listed)
            self.listed.append(cell_format)
        return known


def _stored_sheet(sheet: Sheet, formats: _Formats) -> JSON:
    return {
        "properties": sheet.properties,
        "rows": _stored_rows(sheet, formats),
        "rowMetadata": list(sheet.row_metadata.items()),
        "columnMetadata": list(sheet.column_metadata.items()),
        "merges": [merge.to_api() for merge in sheet.merges],
        "resources": sheet.resources,
        "basicFilter": sheet.basic_filter,
    }


def _stored_rows(sheet: Sheet, formats: _Formats) -> list[list[Any]]:
    """The rows in order; one that is the same object as an earlier one names that one's place in the list."""
    stored: list[list[Any]] = []
    known: dict[int, int] = {}
    for row in sorted(sheet.rows):
        cells = sheet.rows[row]
        if id(cells) in known:
            stored.append([row, known[id(cells)]])
        else:
            known[id(cells)] = len(stored)
            stored.append([row, [_stored_cell(column, cell, formats) for column, cell in cells.items()]])
    return stored


def _rows(stored: list[list[Any]], formats: list[JSON]) -> dict[int, dict[int, Cell]]:
    rows: dict[int, dict[int, Cell]] = {}
    for row, cells in stored:
        alike = isinstance(cells, int)
        rows[row] = rows[stored[cells][0]] if alike else dict(_cell(cell, formats) for cell in cells)
    return rows


def _stored_cell(column: int, cell: Cell, formats: _Formats) -> list[Any]:
    rest: JSON = {name: value for name in _REST if (value := getattr(cell, name)) is not None}
    if cell.format is not None:
        rest["format"] = formats.number(cell.format)
    return [column, cell.value, rest] if rest else [column, cell.value]


def _sheet(body: JSON, formats: list[JSON]) -> Sheet:
    return Sheet(
        body["properties"],
        _rows(body["rows"], formats),
        dict(map(tuple, body["rowMetadata"])),
        dict(map(tuple, body["columnMetadata"])),
        [GridRange.from_api(merge) for merge in body["merges"]],
        body["resources"],
        body["basicFilter"],
    )


def _cell(body: list[Any], formats: list[JSON]) -> tuple[int, Cell]:
    if len(body) == 2:
        return body[0], Cell(body[1])
    rest: JSON = body[2]
    own = formats[rest.pop("format")] if "format" in rest else None
    return body[0], Cell(body[1], format=own, **rest)
