"""Reading the source of a pivot table: headings, formats, and the rows its filters leave."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sheets_agent.a1 import GridRange
from sheets_agent.emulator.cell_output import formatted
from sheets_agent.emulator.conditions import condition_test
from sheets_agent.emulator.pivot.model import JSON, Record, Source, filter_specs
from sheets_agent.formulas.values import Value

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
    top, end, columns = area.start_row or 0, area.end_row or 0, range(area.start_column or 0, area.end_column or 0)
    if top >= end:
        return None
    shown, held = _offsets(spec, len(columns))
    records = [_record(workbook, sheet, row, columns, shown, held) for row in range(top + 1, end)]
    return Source(
        tuple(_text(workbook, sheet, top, column, workbook.value(sheet, top, column)) for column in columns),
        tuple(_column_format(workbook, sheet, range(top + 1, end), column) for column in columns),
        _filtered(workbook, spec, records),
        workbook.locale,
    )


def _offsets(spec: JSON, width: int) -> tuple[frozenset[int], frozenset[int]]:
    """Which columns are needed as they are shown, and which with their values: a large source has many of neither."""
    groups = [*spec.get("rows", []), *spec.get("columns", [])]
    values = spec.get("values", [])
    shown = {int(group.get("sourceColumnOffset", 0)) for group in groups}
    shown |= {int(item.get("columnOffsetIndex", 0)) for item in filter_specs(spec)}
    if any("formula" in value for value in values):  # it may name any column
        return frozenset(shown), frozenset(range(width))
    return frozenset(shown), frozenset(shown | {int(value.get("sourceColumnOffset", 0)) for value in values})


def _record(
    workbook: Workbook, sheet: Sheet, row: int, columns: range, shown: frozenset[int], held: frozenset[int]
) -> Record:
    values = tuple(
        workbook.value(sheet, row, column) if offset in held else None for offset, column in enumerate(columns)
    )
    texts = tuple(
        _text(workbook, sheet, row, column, values[offset]) if offset in shown else ""
        for offset, column in enumerate(columns)
    )
    return Record(values, texts)


def _text(workbook: Workbook, sheet: Sheet, row: int, column: int, value: Value) -> str:
    return "" if value is None else formatted(workbook, sheet, row, column, value)


def _column_format(workbook: Workbook, sheet: Sheet, rows: range, column: int) -> JSON | None:
    filled = next((row for row in rows if not sheet.cell(row, column).blank), None)
    return None if filled is None else workbook.number_format(sheet, filled, column)


def _filtered(workbook: Workbook, spec: JSON, records: list[Record]) -> tuple[Record, ...]:
    """The records that every filter shows.

    A filter shows the listed values, none when it lists none, or all of them when it is visible by default; its
    condition must hold as well.
    """
    for item in filter_specs(spec):
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
