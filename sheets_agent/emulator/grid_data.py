"""Grid data: the cells of a range with everything about them, computed only as far as a mask asks.

Source: the GridData, RowData and CellData messages of the v4 discovery document.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from sheets_agent.a1 import GridRange
from sheets_agent.emulator.answers import without_defaults
from sheets_agent.emulator.cell_output import formatted, localised_formula, number, used_end
from sheets_agent.emulator.data_filters import location_range
from sheets_agent.emulator.documents import DEFAULT_FORMAT
from sheets_agent.emulator.effort import MOST_DESCRIBED, MOST_SHOWN, Shown
from sheets_agent.emulator.looks import Looks, laid_over
from sheets_agent.emulator.masks import FieldMask, select
from sheets_agent.emulator.workbook import EMPTY, JSON, Cell, Sheet, Workbook
from sheets_agent.formulas.values import ErrorValue, Value

ROW_PIXELS = 21
COLUMN_PIXELS = 100
_ROWS_A_CELL = 10
"""Rows without cells that weigh as much in an answer as one cell."""

_HYPERLINK = re.compile(r'\s*=\s*HYPERLINK\(\s*"((?:[^"]|"")*)"', re.IGNORECASE)
_CALCULATED = ("effectiveValue", "formattedValue", "effectiveFormat")

Field = Callable[[int, int, Cell, Value], Any]


def shown_with(mask: FieldMask) -> Shown:
    """The bound of an answer with GridData cut to a mask."""
    below = mask.below("rowData")
    formats = below is not None and below.wants("values", "effectiveFormat")
    return Shown(MOST_DESCRIBED if formats else MOST_SHOWN)


def grid_data(workbook: Workbook, sheet: Sheet, area: GridRange, mask: FieldMask, shown: Shown) -> JSON:
    """GridData of a bounded range.

    Raises:
        Refusal: with what was shown before, it is too much for one answer.
    """
    body: JSON = {}
    if mask.wants("startRow") and area.start_row:
        body["startRow"] = area.start_row
    if mask.wants("startColumn") and area.start_column:
        body["startColumn"] = area.start_column
    if (below := mask.below("rowData")) and (rows := _row_data(workbook, sheet, area, below, shown)):
        body["rowData"] = rows
    if below := mask.below("rowMetadata"):
        span = range(area.start_row or 0, area.end_row or 0)
        shown.add(len(span) // _ROWS_A_CELL)
        body["rowMetadata"] = _dimension_metadata(workbook, sheet, span, below, rows=True)
    if below := mask.below("columnMetadata"):
        span = range(area.start_column or 0, area.end_column or 0)
        body["columnMetadata"] = _dimension_metadata(workbook, sheet, span, below, rows=False)
    return body


def _row_data(workbook: Workbook, sheet: Sheet, area: GridRange, mask: FieldMask, shown: Shown) -> list[JSON]:
    """RowData, cut after the last row and the last cell that hold something; gaps are `{}`."""
    below = mask.below("values")
    if below is None:
        return []
    calculated = any(below.wants(name) for name in _CALCULATED)
    values_end, values_right = used_end(workbook, sheet, area) if calculated else (0, 0)
    last_row = min(max(values_end, max(sheet.rows, default=-1) + 1), area.end_row or 0)
    start, end = area.start_column or 0, area.end_column or 0
    shown.add(max(0, last_row - (area.start_row or 0)) // _ROWS_A_CELL)
    looks = _looks(workbook, sheet, replace(area, end_row=last_row)) if below.wants("effectiveFormat") else None
    fields = CellFields(workbook, sheet, below, looks)
    rows: list[JSON] = []
    filled = 0
    for row in range(area.start_row or 0, last_row):
        entered = sheet.rows.get(row, {})
        shown.add(sum(start <= column < end for column in entered))
        last = max((column + 1 for column in entered if column < end), default=0)
        if row < values_end:
            last = max(last, values_right)
        columns = range(start, last)
        values = workbook.values(sheet, range(row, row + 1), columns)[0] if calculated else (None,) * len(columns)
        cells: list[JSON] = []
        used = 0
        if not entered and values.count(None) == len(values):
            rows.append({})
            continue
        for column, value in zip(columns, values, strict=True):
            cell = entered.get(column, EMPTY)
            if cell is EMPTY and value is None:
                cells.append({})
            else:
                cells.append(fields.body(row, column, cell, value))
                used = len(cells)
        rows.append({"values": cells[:used]} if used else {})
        if used:
            filled = len(rows)
    return rows[:filled]


def _looks(workbook: Workbook, sheet: Sheet, area: GridRange) -> Looks | None:
    """What rules make of the cells of a range that are not empty; None on a sheet without rules."""
    if not (sheet.list("conditionalFormats") or sheet.list("bandedRanges")):
        return None
    entered = max((max(cells, default=-1) + 1 for cells in sheet.distinct_rows()), default=0)
    right = min(area.end_column or 0, max(workbook.extent(sheet)[1], entered))
    rows, columns = range(area.start_row or 0, area.end_row or 0), range(area.start_column or 0, right)
    return Looks(
        workbook,
        sheet,
        [
            (row, column)
            for row, values in zip(rows, workbook.values(sheet, rows, columns), strict=True)
            for column, value in zip(columns, values, strict=True)
            if value is not None or sheet.cell(row, column).format is not None
        ],
    )


class CellFields:
    """Writes CellData with the fields a mask wants. Made for one answer: it remembers the formats it met."""

    def __init__(self, workbook: Workbook, sheet: Sheet, mask: FieldMask, looks: Looks | None) -> None:
        self._workbook = workbook
        self._sheet = sheet
        self._looks = looks
        self._effective: dict[tuple[int, str, str, str, str], JSON] = {}
        self._kept: list[JSON] = []
        writers: dict[str, Field] = {
            "userEnteredValue": self._entered_value,
            "effectiveValue": lambda row, column, cell, value: effective_value(value),
            "formattedValue": self._formatted,
            "userEnteredFormat": lambda row, column, cell, value: cell.format,
            "effectiveFormat": self._effective_format,
            "hyperlink": lambda row, column, cell, value: _hyperlink(cell),
            "note": lambda row, column, cell, value: cell.note,
            "textFormatRuns": lambda row, column, cell, value: cell.runs,
            "dataValidation": lambda row, column, cell, value: without_defaults("DataValidationRule", cell.validation),
            "pivotTable": lambda row, column, cell, value: without_defaults("PivotTable", cell.pivot),
        }
        self._fields = [
            (name, writer, None if below.everything else below)
            for name, writer in writers.items()
            if (below := mask.below(name)) is not None
        ]

    def body(self, row: int, column: int, cell: Cell, value: Value) -> JSON:
        """CellData of one cell."""
        body = {}
        for name, write, below in self._fields:
            found = write(row, column, cell, value)
            if found is not None:
                body[name] = found if below is None else select(found, below)
        return body

    def _entered_value(self, row: int, column: int, cell: Cell, value: Value) -> JSON | None:
        if cell.formula is not None:
            return {"formulaValue": localised_formula(self._workbook, cell.formula)}
        return effective_value(cell.value)

    def _formatted(self, row: int, column: int, cell: Cell, value: Value) -> str | None:
        return None if value is None else formatted(self._workbook, self._sheet, row, column, value)

    def _effective_format(self, row: int, column: int, cell: Cell, value: Value) -> JSON | None:
        if value is None and cell.format is None:
            return None
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        number_format = self._workbook.number_format(self._sheet, row, column) if is_number else None
        alignment = _natural_alignment(value)
        under = self._looks.under(row, column) if self._looks else None
        over = self._looks.over(row, column) if self._looks else None
        key = (id(cell.format), alignment, repr(number_format), repr(under), repr(over))
        known = self._effective.get(key)
        if known is None:
            known = effective_format(self._workbook, {**(under or {}), **(cell.format or {})}, alignment, number_format)
            known = self._effective[key] = laid_over(known, over) if over else known
            if cell.format is not None:
                self._kept.append(cell.format)  # an id is only a name while its object lives
        return known


def effective_value(value: Value) -> JSON | None:
    """An ExtendedValue, None for a blank."""
    if value is None:
        return None
    if isinstance(value, bool):
        return {"boolValue": value}
    if isinstance(value, ErrorValue):
        return {"errorValue": {"type": value.type, **({"message": value.message} if value.message else {})}}
    if isinstance(value, str):
        return {"stringValue": value}
    return {"numberValue": number(float(value))}


def effective_format(workbook: Workbook, own: JSON, alignment: str, number_format: JSON | None) -> JSON:
    """The CellFormat that shows where no condition says otherwise: the spreadsheet's default under the cell's own."""
    default = workbook.properties.get("defaultFormat", DEFAULT_FORMAT)
    first = {"numberFormat": number_format} if number_format else {}
    merged: JSON = {**first, **default, **({"horizontalAlignment": alignment} if alignment else {}), **own}
    merged["textFormat"] = {**default.get("textFormat", {}), **own.get("textFormat", {})}
    merged.setdefault("hyperlinkDisplayType", "PLAIN_TEXT")
    return merged


def _natural_alignment(value: Value) -> str:
    if value is None:
        return ""
    if isinstance(value, bool | ErrorValue):
        return "CENTER"
    return "LEFT" if isinstance(value, str) else "RIGHT"


def _hyperlink(cell: Cell) -> str | None:
    if cell.formula is not None:
        match = _HYPERLINK.match(cell.formula)
        return match[1].replace('""', '"') if match else None
    link: str | None = (cell.format or {}).get("textFormat", {}).get("link", {}).get("uri")
    if link or not cell.runs:
        return link
    links = {run["format"]["link"]["uri"] for run in cell.runs if run.get("format", {}).get("link", {}).get("uri")}
    return links.pop() if len(links) == 1 else None


def _dimension_metadata(workbook: Workbook, sheet: Sheet, span: range, mask: FieldMask, *, rows: bool) -> list[JSON]:
    """DimensionProperties of rows or columns, with the developer metadata attached to each."""
    own = sheet.row_metadata if rows else sheet.column_metadata
    default = {"pixelSize": ROW_PIXELS if rows else COLUMN_PIXELS}
    attached = dict(_attached(workbook, sheet, rows=rows)) if mask.wants("developerMetadata") else {}
    plain = select(default, mask)
    return [
        select({**default, **own.get(index, {}), **attached.get(index, {})}, mask)
        if index in own or index in attached
        else plain
        for index in span
    ]


def _attached(workbook: Workbook, sheet: Sheet, *, rows: bool) -> Iterator[tuple[int, JSON]]:
    found: dict[int, list[JSON]] = {}
    for item in workbook.developer_metadata:
        location = item.get("location", {})
        dimension = location.get("dimensionRange", {})
        place = location_range(location) if dimension else None
        if place is not None and place.sheet_id == sheet.sheet_id and (dimension.get("dimension") == "ROWS") == rows:
            index = (place.start_row if rows else place.start_column) or 0
            found.setdefault(index, []).append(without_defaults("DeveloperMetadata", item))
    for index, items in found.items():
        yield index, {"developerMetadata": items}
