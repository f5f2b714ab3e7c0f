"""The autoFill request.

Source: https://developers.google.com/workspace/sheets/api/reference/rest/v4/spreadsheets/request#autofillrequest
"""

from __future__ import annotations

from dataclasses import replace

from sheets_agent.a1 import GridRange
from sheets_agent.emulator.autofill import Given, continued
from sheets_agent.emulator.effort import spend
from sheets_agent.emulator.errors import Refusal
from sheets_agent.emulator.requests.lookup import bounded_range, is_rows
from sheets_agent.emulator.requests.placing import put_cells
from sheets_agent.emulator.workbook import JSON, Cell, Sheet, Workbook
from sheets_agent.formulas.changed_references import shift

Places = list[tuple[int, int]]


def autoFill(workbook: Workbook, request: JSON) -> JSON:
    """Continue the series in a source, or in the part of a range that has data."""
    alternate = bool(request.get("useAlternateSeries", False))
    source: GridRange | None
    if "sourceAndDestination" in request:
        given = request["sourceAndDestination"]
        sheet, source = bounded_range(workbook, given.get("source"))
        length = int(given.get("fillLength", 0))
        _fill(workbook, sheet, source, is_rows(given.get("dimension")), length, alternate)
        return {}
    sheet, area = bounded_range(workbook, request.get("range"))
    source = _filled_part(sheet, area)
    if source is None:
        return {}
    below, above = (area.end_row or 0) - (source.end_row or 0), (source.start_row or 0) - (area.start_row or 0)
    after = (area.end_column or 0) - (source.end_column or 0)
    before = (source.start_column or 0) - (area.start_column or 0)
    rows = bool(below or above)
    for length in (below, -above) if rows else (after, -before):
        if length:
            _fill(workbook, sheet, source, rows, length, alternate)
    return {}


def _filled_part(sheet: Sheet, area: GridRange) -> GridRange | None:
    """The smallest range around the cells of an area that have content."""
    places = [(row, column) for row, column, _ in sheet.filled(area)]
    if not places:
        return None
    rows, columns = [row for row, _ in places], [column for _, column in places]
    return GridRange(sheet.sheet_id, min(rows), max(rows) + 1, min(columns), max(columns) + 1)


def _fill(workbook: Workbook, sheet: Sheet, source: GridRange, rows: bool, length: int, alternate: bool) -> None:
    """Fill `length` rows or columns after the source, or before it when negative.

    Raises:
        Refusal: the fill would leave the grid.
    """
    start, end = (
        (source.start_row or 0, source.end_row or 0) if rows else (source.start_column or 0, source.end_column or 0)
    )
    size = sheet.row_count if rows else sheet.column_count
    if end + max(length, 0) > size or start + min(length, 0) < 0:
        raise Refusal("The fill range exceeds the bounds of the sheet.")
    spend(workbook, abs(length) * (source.columns if rows else source.rows) + source.cells)
    along = list(range(start, end))
    targets = list(range(end, end + length)) if length > 0 else list(range(start - 1, start + length - 1, -1))
    if length < 0:
        along.reverse()
    across = (
        range(source.start_column or 0, source.end_column or 0)
        if rows
        else range(source.start_row or 0, source.end_row or 0)
    )
    filled: dict[tuple[int, int], Cell] = {}
    for other in across:
        from_places: Places = [(index, other) if rows else (other, index) for index in along]
        to_places: Places = [(index, other) if rows else (other, index) for index in targets]
        filled.update(_filled_line(workbook, sheet, from_places, to_places, length < 0, alternate))
    put_cells(workbook, sheet, filled)


def _filled_line(
    workbook: Workbook, sheet: Sheet, source: Places, targets: Places, backwards: bool, alternate: bool
) -> dict[tuple[int, int], Cell]:
    cells = [sheet.cell(*place) for place in source]
    given = [
        Given(cell.value, cell.formula is not None, str((workbook.number_format(sheet, *place) or {}).get("type", "")))
        for cell, place in zip(cells, source, strict=True)
    ]
    result = {}
    for place, new in zip(
        targets, continued(given, len(targets), workbook.locale, backwards=backwards, alternate=alternate), strict=True
    ):
        pattern, origin = cells[new.source], source[new.source]
        formula = pattern.formula and shift(pattern.formula, place[0] - origin[0], place[1] - origin[1])
        result[place] = replace(
            sheet.cell(*place),
            value=None if formula else new.value,
            formula=formula,
            format=pattern.format,
            validation=pattern.validation,
            runs=None,
        )
    return result
