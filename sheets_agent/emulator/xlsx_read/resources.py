"""Filters, protection and tables of a worksheet as the API's resources."""

from __future__ import annotations

import zlib
from typing import Any

from openpyxl.utils.cell import range_boundaries

from sheets_agent.a1 import GridRange
from sheets_agent.emulator.workbook import Sheet

JSON = dict[str, Any]

_OPERATORS = {
    "equal": "NUMBER_EQ",
    "notEqual": "NUMBER_NOT_EQ",
    "greaterThan": "NUMBER_GREATER",
    "greaterThanOrEqual": "NUMBER_GREATER_THAN_EQ",
    "lessThan": "NUMBER_LESS",
    "lessThanOrEqual": "NUMBER_LESS_THAN_EQ",
}


def area(sheet_id: int, reference: str) -> GridRange:
    """A reference such as `$A$1:C10` as a GridRange."""
    left, top, right, bottom = range_boundaries(reference)
    return GridRange(sheet_id, (top or 1) - 1, bottom, (left or 1) - 1, right)


def basic_filter(source: Any, sheet: Sheet) -> JSON | None:
    """The sheet's filter; rows that it hides become hidden by the filter."""
    if not source.auto_filter.ref:
        return None
    covered = area(sheet.sheet_id, source.auto_filter.ref).clipped(sheet.row_count, sheet.column_count)
    specs = []
    for column in source.auto_filter.filterColumn:
        criteria = _criteria(column, sheet, covered)
        if criteria:
            specs.append({"columnIndex": (covered.start_column or 0) + column.colId, "filterCriteria": criteria})
    if source.auto_filter.filterColumn:
        _hidden_by_filter(sheet, covered)
    return {"range": covered.to_api(), **({"filterSpecs": specs} if specs else {})}


def _hidden_by_filter(sheet: Sheet, covered: GridRange) -> None:
    """The file says only that rows are hidden: those below the header of a filter that has criteria, by it."""
    for row, entry in list(sheet.row_metadata.items()):
        if entry.get("hiddenByUser") and (covered.start_row or 0) < row < (covered.end_row or 0):
            kept = {name: value for name, value in entry.items() if name != "hiddenByUser"}
            sheet.row_metadata[row] = {**kept, "hiddenByFilter": True}


def filter_tables(source: Any, sheet: Sheet) -> None:
    """Let rows that the filters of tables hide be hidden by a filter."""
    for table in source.tables.values():
        if table.autoFilter is not None and table.autoFilter.filterColumn:
            _hidden_by_filter(sheet, area(sheet.sheet_id, table.autoFilter.ref or table.ref))


def _criteria(column: Any, sheet: Sheet, covered: GridRange) -> JSON | None:
    if column.filters is not None and column.filters.filter:
        shown = {str(value) for value in column.filters.filter}
        index = (covered.start_column or 0) + column.colId
        found = {_shown(sheet, row, index) for row in range((covered.start_row or 0) + 1, covered.end_row or 0)}
        hidden = found - shown - ({""} if column.filters.blank else set())
        return {"hiddenValues": sorted(hidden)} if hidden else None
    if column.customFilters is not None and len(column.customFilters.customFilter) == 1:
        condition = column.customFilters.customFilter[0]
        kind = _OPERATORS.get(condition.operator or "equal")
        return {"condition": {"type": kind, "values": [{"userEnteredValue": str(condition.val)}]}}
    return None


def _shown(sheet: Sheet, row: int, column: int) -> str:
    value = sheet.cell(row, column).value
    return f"{value:g}" if isinstance(value, float) else str(value or "")


def protected_ranges(source: Any, sheet_id: int) -> list[JSON]:
    """A protected sheet as one protected range; passwords and the people allowed are not in the file."""
    if not source.protection.sheet:
        return []
    return [
        {
            "protectedRangeId": zlib.crc32(source.title.encode()) & 0x7FFFFFFF,
            "range": {"sheetId": sheet_id},
            "description": "Protected in the .xlsx file",
            "requestingUserCanEdit": True,
            "editors": {},
        }
    ]


def tables(source: Any, sheet_id: int) -> list[JSON]:
    """Excel tables as Sheets tables, without their totals row."""
    result = []
    for table in source.tables.values():
        covered = area(sheet_id, table.ref)
        end = (covered.end_row or 0) - (1 if table.totalsRowCount else 0)
        if not table.headerRowCount:
            continue
        columns = [
            {**({"columnIndex": index} if index else {}), "columnName": column.name}
            for index, column in enumerate(table.tableColumns)
        ]
        result.append(
            {
                "tableId": str(zlib.crc32(table.displayName.encode())),
                "name": table.displayName,
                "range": {**covered.to_api(), "endRowIndex": end},
                "columnProperties": columns,
            }
        )
    return result
