"""What a request points at, checked against the spreadsheet in Google's words.

Every handler resolves its ranges here, so that a range outside the grid or on a missing sheet is refused the same way
everywhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from sheets_agent.a1 import GridRange
from sheets_agent.emulator.errors import Refusal
from sheets_agent.emulator.workbook import JSON, Sheet, Workbook

RESOURCE_IDS = {
    "charts": "chartId",
    "filterViews": "filterViewId",
    "protectedRanges": "protectedRangeId",
    "bandedRanges": "bandedRangeId",
    "slicers": "slicerId",
}
"""The field that identifies a resource, by the name of its list in the API's Sheet message."""


def sheet_of(workbook: Workbook, sheet_id: int) -> Sheet:
    """The sheet with an id.

    Raises:
        Refusal: there is none.
    """
    found = workbook.sheet(sheet_id)
    if found is None:
        raise Refusal(f"No sheet with id: {sheet_id}")
    return found


def grid_of(workbook: Workbook, sheet_id: int) -> Sheet:
    """The sheet with an id, where cells are meant.

    Raises:
        Refusal: there is none, or it is a chart sheet.
    """
    found = workbook.sheet(sheet_id)
    if found is None or not found.is_grid:
        raise Refusal(f"No grid with id: {sheet_id}")
    return found


def open_range(workbook: Workbook, body: JSON | None) -> tuple[Sheet, GridRange]:
    """A GridRange of a request, its open bounds kept open.

    Raises:
        Refusal: no range, no such grid, or bounds that lie outside the grid or cross each other.
    """
    if body is None:
        raise Refusal("No range specified.")
    area = GridRange.from_api(body)
    sheet = grid_of(workbook, area.sheet_id)
    _check_bounds("Row", area.start_row, area.end_row, sheet.row_count)
    _check_bounds("Column", area.start_column, area.end_column, sheet.column_count)
    return sheet, area


def bounded_range(workbook: Workbook, body: JSON | None) -> tuple[Sheet, GridRange]:
    """A GridRange of a request with all four bounds, open ones taken from the grid.

    Raises:
        Refusal: as `open_range`.
    """
    sheet, area = open_range(workbook, body)
    return sheet, area.clipped(sheet.row_count, sheet.column_count)


_BACKINGS = ("range", "namedRangeId", "tableId")


def backing_range(workbook: Workbook, body: JSON) -> JSON | None:
    """The GridRange of what is backed by a range, by a named range or by a table; None when none is given.

    Raises:
        Refusal: more than one is given, or there is no such named range or table.
    """
    given = [key for key in _BACKINGS if key in body]
    if len(given) > 1:
        raise Refusal(f"Only one of {', '.join(given)} can be set.")
    if "namedRangeId" in body:
        for named in workbook.named_ranges:
            if named["namedRangeId"] == body["namedRangeId"]:
                return dict(named["range"])
        raise Refusal(f"No named range with id: {body['namedRangeId']}")
    if "tableId" in body:
        for _, table in every(workbook, "tables"):
            if table["tableId"] == body["tableId"]:
                return dict(table["range"])
        raise Refusal(f"No table with id: {body['tableId']}")
    area: JSON | None = body.get("range")
    return area


def with_one_backing(merged: JSON, given: JSON) -> JSON:
    """What an update makes of a resource, with only what now backs it: what is stored holds the range as well."""
    chosen = [key for key in _BACKINGS if key in given] or [key for key in _BACKINGS[::-1] if key in merged][:1]
    return {key: value for key, value in merged.items() if key not in _BACKINGS or key in chosen}


def _check_bounds(name: str, start: int | None, end: int | None, count: int) -> None:
    last = name.lower()
    if start is not None and start < 0:
        raise Refusal(f"GridRange.start{name}Index[{start}] cannot be negative.")
    if start is not None and start >= count:
        raise Refusal(f"GridRange.start{name}Index[{start}] is after last {last} in grid[{count - 1}]")
    if end is not None and end > count:
        raise Refusal(f"GridRange.end{name}Index[{end}] is after last {last} in grid[{count}]")
    if end is not None and end <= (start or 0):
        raise Refusal(f"GridRange.start{name}Index[{start or 0}] must be less than end{name}Index[{end}]")


def coordinate(workbook: Workbook, body: JSON | None) -> tuple[Sheet, int, int]:
    """A GridCoordinate: its sheet, row and column.

    Raises:
        Refusal: no coordinate, no such grid, or a cell outside it.
    """
    if body is None:
        raise Refusal("No coordinate specified.")
    sheet = grid_of(workbook, int(body.get("sheetId", 0)))
    row, column = int(body.get("rowIndex", 0)), int(body.get("columnIndex", 0))
    if row < 0 or row >= sheet.row_count:
        raise Refusal(f"GridCoordinate.rowIndex[{row}] is after last row in grid[{sheet.row_count - 1}]")
    if column < 0 or column >= sheet.column_count:
        raise Refusal(f"GridCoordinate.columnIndex[{column}] is after last column in grid[{sheet.column_count - 1}]")
    return sheet, row, column


@dataclass(frozen=True, slots=True)
class Dimension:
    """A run of whole rows or columns of one sheet: zero-based, half-open."""

    sheet: Sheet
    rows: bool
    start: int
    end: int

    @property
    def count(self) -> int:
        """How many rows or columns."""
        return self.end - self.start

    @property
    def size(self) -> int:
        """How many rows or columns the grid has in this direction."""
        return self.sheet.row_count if self.rows else self.sheet.column_count

    @property
    def noun(self) -> str:
        """What one of them is called."""
        return "row" if self.rows else "column"

    def to_api(self) -> JSON:
        """The API's DimensionRange."""
        return {
            "sheetId": self.sheet.sheet_id,
            "dimension": "ROWS" if self.rows else "COLUMNS",
            "startIndex": self.start,
            "endIndex": self.end,
        }


def is_rows(dimension: str | None) -> bool:
    """Whether a Dimension enum means rows.

    Raises:
        Refusal: it is neither rows nor columns.
    """
    if dimension not in ("ROWS", "COLUMNS"):
        raise Refusal("No dimension specified.")
    return dimension == "ROWS"


def dimension_range(workbook: Workbook, body: JSON | None) -> Dimension:
    """A DimensionRange of a request, an open end taken from the grid; the indexes are not checked against it.

    Raises:
        Refusal: no range, no such grid, no dimension, or an end that is not after the start.
    """
    if body is None:
        raise Refusal("No range specified.")
    sheet = grid_of(workbook, int(body.get("sheetId", 0)))
    rows = is_rows(body.get("dimension"))
    size = sheet.row_count if rows else sheet.column_count
    start, end = int(body.get("startIndex", 0)), int(body.get("endIndex", size))
    if start < 0 or end <= start:
        raise Refusal(f"range.startIndex[{start}] must be less than range.endIndex[{end}]")
    return Dimension(sheet, rows, start, end)


def taken_ids(workbook: Workbook) -> set[int]:
    """Every numeric id in use in the spreadsheet, by sheets and by what lies on them."""
    taken = {sheet.sheet_id for sheet in workbook.sheets}
    for name, key in RESOURCE_IDS.items():
        taken |= {int(item[key]) for _, item in every(workbook, name)}
    return taken | {int(item["metadataId"]) for item in workbook.developer_metadata}


def every(workbook: Workbook, name: str) -> Iterator[tuple[Sheet, JSON]]:
    """Every resource of one list, over all sheets, with its sheet."""
    for sheet in workbook.sheets:
        for item in sheet.list(name):
            yield sheet, item


def resource(workbook: Workbook, name: str, identifier: int, noun: str) -> tuple[Sheet, JSON]:
    """One resource by its id.

    Raises:
        Refusal: there is none; `noun` is what Google calls it.
    """
    key = RESOURCE_IDS[name]
    for sheet, item in every(workbook, name):
        if item[key] == identifier:
            return sheet, item
    raise Refusal(f"No {noun} with id: {identifier}")


def chosen_id(workbook: Workbook, name: str, wanted: int | None, noun: str) -> int:
    """The id for a new resource: the client's own, or a random free one.

    Raises:
        Refusal: the client's id is taken.
    """
    if wanted is None:
        return workbook.new_id(taken_ids(workbook))
    key = RESOURCE_IDS[name]
    if any(item[key] == wanted for _, item in every(workbook, name)):
        raise Refusal(f"{noun} with id {wanted} already exists.")
    return int(wanted)


def put(sheet: Sheet, name: str, items: Iterable[JSON]) -> None:
    """Replace one resource list of a sheet."""
    sheet.resources[name] = list(items)


def swap(sheet: Sheet, name: str, old: JSON, new: JSON | None) -> None:
    """Replace one resource of a list, or remove it when `new` is None."""
    kept = [new if item is old else item for item in sheet.list(name)]
    put(sheet, name, [item for item in kept if item is not None])
