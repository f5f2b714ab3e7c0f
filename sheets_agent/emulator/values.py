"""The `values.*` methods: cell contents as plain JSON values, read and written by range.

Source: https://developers.google.com/workspace/sheets/api/reference/rest/v4/spreadsheets.values and recorded answers.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

from sheets_agent.a1 import GridRange
from sheets_agent.emulator.appending import table_around
from sheets_agent.emulator.cell_input import checked_rows, entered_cell
from sheets_agent.emulator.cell_output import Rendering, cell_values
from sheets_agent.emulator.data_filters import filtered_ranges, matching_ranges
from sheets_agent.emulator.effort import Shown, spend
from sheets_agent.emulator.errors import invalid
from sheets_agent.emulator.ranges import in_grid, past_grid, resolve, resolve_in_grid
from sheets_agent.emulator.requests import HANDLERS
from sheets_agent.emulator.requests.placing import change_alike
from sheets_agent.emulator.requests.sizing import resize
from sheets_agent.emulator.schema import Call
from sheets_agent.emulator.workbook import JSON, Sheet, Workbook

# ---------------------------------------------------------------------------------------------------------------- read


def get(workbook: Workbook, call: Call) -> JSON:
    """Read one range."""
    area = resolve(workbook, call["range"])
    return _value_range(workbook, area, _rendering(call), call.get("majorDimension"), Shown())


def batch_get(workbook: Workbook, call: Call) -> JSON:
    """Read several ranges, in the order asked."""
    areas = [resolve(workbook, text) for text in call.get("ranges", [])]
    shown = Shown()
    answers = [_value_range(workbook, area, _rendering(call), call.get("majorDimension"), shown) for area in areas]
    return _with_list({"spreadsheetId": workbook.spreadsheet_id}, "valueRanges", answers)


def batch_get_by_data_filter(workbook: Workbook, call: Call) -> JSON:
    """Read the ranges that data filters pick, with the filters that picked each."""
    rendering = Rendering.of(call.body.get("valueRenderOption"), call.body.get("dateTimeRenderOption"))
    dimension, shown = call.body.get("majorDimension"), Shown()
    matched = [
        {"valueRange": _value_range(workbook, area, rendering, dimension, shown), "dataFilters": filters}
        for area, filters in filtered_ranges(workbook, call.body.get("dataFilters", []))
    ]
    return _with_list({"spreadsheetId": workbook.spreadsheet_id}, "valueRanges", matched)


def _rendering(call: Call) -> Rendering:
    return Rendering.of(call.get("valueRenderOption"), call.get("dateTimeRenderOption"))


def _value_range(
    workbook: Workbook, area: GridRange, rendering: Rendering, dimension: str | None, shown: Shown
) -> JSON:
    sheet, bounded = in_grid(workbook, area)
    columns = dimension == "COLUMNS"
    answer: JSON = {"range": bounded.to_a1(sheet.title), "majorDimension": "COLUMNS" if columns else "ROWS"}
    values = cell_values(workbook, sheet, bounded, rendering, shown, by_column=columns)
    return _with_list(answer, "values", values)


def _with_list(answer: JSON, name: str, items: Sequence[Any]) -> JSON:
    """The answer with a list that, as in every proto message, is left out when empty."""
    return {**answer, name: items} if items else answer


# --------------------------------------------------------------------------------------------------------------- write


@dataclass(frozen=True)
class Write:
    """A rectangle of values on its way into a sheet; None in `rows` skips a cell."""

    sheet: Sheet
    row: int
    column: int
    rows: Sequence[Sequence[Any]]

    @property
    def area(self) -> GridRange:
        """The anchor with the shape of the matrix."""
        height, width = max(1, len(self.rows)), max(1, max(map(len, self.rows), default=0))
        return GridRange(self.sheet.sheet_id, self.row, self.row + height, self.column, self.column + width)

    def written(self) -> Iterable[tuple[int, int, Any]]:
        """The cells that are written: row, column and value."""
        for row, values in enumerate(self.rows, self.row):
            for column, value in enumerate(values, self.column):
                if value is not None:
                    yield row, column, value


@dataclass(frozen=True)
class Writing:
    """How values are taken in, and how they are shown in the answer (None: not at all)."""

    user_entered: bool
    response: Rendering | None
    shown: Shown

    @classmethod
    def of(cls, option: str | None, included: bool, rendering: Rendering) -> Writing:
        """From a request's options.

        Raises:
            ApiError: 400 without a valueInputOption.
        """
        if option in (None, "INPUT_VALUE_OPTION_UNSPECIFIED"):
            raise invalid("'valueInputOption' is required but not specified")
        return cls(option == "USER_ENTERED", rendering if included else None, Shown())


def update(workbook: Workbook, call: Call) -> JSON:
    """Write one range."""
    write = _planned(workbook, resolve(workbook, call["range"]), call.body)
    return _written(workbook, write, _writing(call), call.body.get("majorDimension"))


def batch_update(workbook: Workbook, call: Call) -> JSON:
    """Write several ranges, all or none."""
    data = call.body.get("data", [])
    planned = [_planned(workbook, resolve(workbook, item.get("range", "")), item) for item in data]
    dimensions = [item.get("majorDimension") for item in data]
    return _written_together(workbook, call.body, planned, dimensions)


def batch_update_by_data_filter(workbook: Workbook, call: Call) -> JSON:
    """Write the ranges that data filters pick, all or none."""
    planned, dimensions, filters = [], [], []
    for item in call.body.get("data", []):
        for area in matching_ranges(workbook, item.get("dataFilter", {})):
            planned.append(_planned(workbook, area, item))
            dimensions.append(item.get("majorDimension"))
            filters.append(item.get("dataFilter", {}))
    answer = _written_together(workbook, call.body, planned, dimensions)
    for response, data_filter in zip(answer.get("responses", []), filters, strict=True):
        response.pop("spreadsheetId")
        response["dataFilter"] = data_filter
    return answer


def append(workbook: Workbook, call: Call) -> JSON:
    """Write below the table found in a range, or at the range's start when there is none; the grid grows as needed."""
    sheet, area = resolve_in_grid(workbook, call["range"])
    rows = checked_rows(call.body)
    writing = _writing(call)
    table = table_around(workbook, sheet, area)
    row, column = (table.end_row, table.start_column) if table else (area.start_row, area.start_column)
    write = Write(sheet, row or 0, column or 0, rows)
    _make_room(workbook, write, insert=call.get("insertDataOption") == "INSERT_ROWS")
    answer: JSON = {"spreadsheetId": workbook.spreadsheet_id}
    if table:
        answer["tableRange"] = table.to_a1(sheet.title)
    return {**answer, "updates": _written(workbook, write, writing, call.body.get("majorDimension"))}


def _writing(call: Call) -> Writing:
    rendering = Rendering.of(call.get("responseValueRenderOption"), call.get("responseDateTimeRenderOption"))
    return Writing.of(call.get("valueInputOption"), bool(call.get("includeValuesInResponse")), rendering)


def _planned(workbook: Workbook, asked: GridRange, body: JSON) -> Write:
    """A write to a range, checked: nothing outside the range asked for (a single cell is only an anchor)."""
    rows = checked_rows(body)
    sheet, area = in_grid(workbook, asked)
    write = Write(sheet, area.start_row or 0, area.start_column or 0, rows)
    if not (asked.bounded and asked.cells == 1):
        _check_inside(sheet, asked, write.area)
    if write.area.clipped(sheet.row_count, sheet.column_count) != write.area:
        raise past_grid(sheet, write.area)
    return write


def _check_inside(sheet: Sheet, asked: GridRange, written: GridRange) -> None:
    within = f"Requested writing within range [{asked.to_a1(sheet.title)}], but tried writing to"
    if asked.end_row is not None and (written.end_row or 0) > asked.end_row:
        raise invalid(f"{within} row [{asked.end_row + 1}]")
    if asked.end_column is not None and (written.end_column or 0) > asked.end_column:
        past = GridRange(0, None, None, asked.end_column, asked.end_column + 1).to_a1().partition(":")[0]
        raise invalid(f"{within} column [{past}]")


def _written_together(
    workbook: Workbook, body: JSON, planned: Sequence[Write], dimensions: Sequence[str | None]
) -> JSON:
    rendering = Rendering.of(body.get("responseValueRenderOption"), body.get("responseDateTimeRenderOption"))
    writing = Writing.of(body.get("valueInputOption"), bool(body.get("includeValuesInResponse")), rendering)
    pairs = zip(planned, dimensions, strict=True)
    responses = [_written(workbook, write, writing, dimension) for write, dimension in pairs]
    cells = [(write.sheet.sheet_id, row, column) for write in planned for row, column, _ in write.written()]
    totals = {
        "totalUpdatedRows": len({(sheet, row) for sheet, row, _ in cells}),
        "totalUpdatedColumns": len({(sheet, column) for sheet, _, column in cells}),
        "totalUpdatedCells": len(cells),
        "totalUpdatedSheets": len({sheet for sheet, _, _ in cells}),
    }
    answer = {"spreadsheetId": workbook.spreadsheet_id, **_nonzero(totals)}
    return _with_list(answer, "responses", responses)


def _written(workbook: Workbook, write: Write, writing: Writing, dimension: str | None) -> JSON:
    """Write, and say what was written."""
    cells = list(write.written())
    spend(workbook, len(cells))
    for row, column, value in cells:
        old = write.sheet.cell(row, column)
        workbook.set_cell(write.sheet, row, column, entered_cell(workbook, old, value, writing.user_entered))
    counts = {
        "updatedRows": len({row for row, _, _ in cells}),
        "updatedColumns": len({column for _, column, _ in cells}),
        "updatedCells": len(cells),
    }
    answer: JSON = {
        "spreadsheetId": workbook.spreadsheet_id,
        "updatedRange": write.area.to_a1(write.sheet.title),
        **_nonzero(counts),
    }
    if writing.response is not None:
        answer["updatedData"] = _value_range(workbook, write.area, writing.response, dimension, writing.shown)
    return answer


def _nonzero(counts: dict[str, int]) -> dict[str, int]:
    return {name: count for name, count in counts.items() if count}


def _make_room(workbook: Workbook, write: Write, *, insert: bool) -> None:
    """Insert rows for an append, or lengthen and widen the grid where it is too small."""
    sheet, area = write.sheet, write.area
    last_row, last_column = area.end_row or 0, area.end_column or 0
    if insert and write.rows and write.row < sheet.row_count:
        rows = {"sheetId": sheet.sheet_id, "dimension": "ROWS", "startIndex": write.row, "endIndex": last_row}
        HANDLERS["insertDimension"](workbook, {"range": rows, "inheritFromBefore": write.row > 0})
    if last_row > sheet.row_count or last_column > sheet.column_count:
        resize(workbook, sheet, max(sheet.row_count, last_row), max(sheet.column_count, last_column))


# --------------------------------------------------------------------------------------------------------------- clear


def clear(workbook: Workbook, call: Call) -> JSON:
    """Empty one range; formats, notes and rules stay."""
    cleared = _cleared(workbook, [resolve(workbook, call["range"])])
    return {"spreadsheetId": workbook.spreadsheet_id, "clearedRange": cleared[0]}


def batch_clear(workbook: Workbook, call: Call) -> JSON:
    """Empty several ranges, all or none."""
    areas = [resolve(workbook, text) for text in call.body.get("ranges", [])]
    return _with_list({"spreadsheetId": workbook.spreadsheet_id}, "clearedRanges", _cleared(workbook, areas))


def batch_clear_by_data_filter(workbook: Workbook, call: Call) -> JSON:
    """Empty the ranges that data filters pick, all or none."""
    matched = (matching_ranges(workbook, data_filter) for data_filter in call.body.get("dataFilters", []))
    areas = list(chain.from_iterable(matched))
    return _with_list({"spreadsheetId": workbook.spreadsheet_id}, "clearedRanges", _cleared(workbook, areas))


def _cleared(workbook: Workbook, areas: Sequence[GridRange]) -> list[str]:
    bounded = [in_grid(workbook, area) for area in areas]
    for sheet, area in bounded:
        change_alike(workbook, sheet, area, lambda cell, column: cell.without_content(), entered=True)
    return [area.to_a1(sheet.title) for sheet, area in bounded]
