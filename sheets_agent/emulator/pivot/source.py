"""Reading the source of a pivot table: headings, formats, and the rows its filters leave."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sheets_agent.a1 import GridRange
from sheets_agent.emulator.conditions import condition_test
from sheets_agent.emulator.number_format import render
from sheets_agent.emulator.pivot.model import JSON, Record, Source

if TYPE_CHECKING:
    from sheets_agent.emulator.workbook import Sheet, Workbook


def read_source(workbook: Workbook, spec: JSON) -> Source | None:
    """The source a PivotTable names, filtered; None when it is gone."""
    if "source" not in spec:
        return None
    area = GridRange.from_api(spec["source"])
    sheet = workbook.sheet(area.sheet_id)
    if sheet is None:
        return None
    area = area.clipped(sheet.row_count, sheet.column_count)
    top, columns = area.start_row or 0, range(area.start_column or 0, area.end_column or 0)
    formats = {
        (row, column): workbook.number_format(sheet, row, column)
        for row in range(top, area.end_row or 0)
        for column in columns
        if not sheet.cell(row, column).blank
    }
    rows = [_record(workbook, sheet, row, columns, formats) for row in range(top, area.end_row or 0)]
    if not rows:
        return None
    return Source(
        rows[0].texts,
        tuple(_column_format(formats, top + 1, area.end_row or 0, column) for column in columns),
        _filtered(workbook, spec, rows[1:]),
        workbook.locale,
    )


def _record(
    workbook: Workbook, sheet: Sheet, row: int, columns: range, formats: dict[tuple[int, int], JSON | None]
) -> Record:
    values = tuple(workbook.value(sheet, row, column) for column in columns)
    texts = tuple(
        "" if value is None else render(value, formats.get((row, column)), workbook.locale)
        for column, value in zip(columns, values, strict=True)
    )
    return Record(values, texts)


def _column_format(formats: dict[tuple[int, int], JSON | None], start: int, end: int, column: int) -> JSON | None:
    return next((formats[row, column] for row in range(start, end) if (row, column) in formats), None)


def _filtered(workbook: Workbook, spec: JSON, records: list[Record]) -> tuple[Record, ...]:
    """The records that every filter shows.

    A filter shows the listed values, none when it lists none, or all of them when it is visible by default; its
    condition must hold as well.
    """
    specs = spec.get("filterSpecs") or [
        {"columnOffsetIndex": int(offset), "filterCriteria": criteria}
        for offset, criteria in (spec.get("criteria") or {}).items()
    ]
    for item in specs:
        offset, criteria = int(item.get("columnOffsetIndex", 0)), item.get("filterCriteria", {})
        if records and offset >= len(records[0].values):  # its column was deleted since
            continue
        if not criteria.get("visibleByDefault"):
            wanted = {str(text) for text in criteria.get("visibleValues", [])}
            records = [record for record in records if record.texts[offset] in wanted]
        if criteria.get("condition"):
            holds = condition_test(workbook, criteria["condition"])
            records = [record for record in records if holds(record.values[offset], record.texts[offset])]
    return tuple(records)
