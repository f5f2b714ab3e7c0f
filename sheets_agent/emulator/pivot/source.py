"""Reading the source of a pivot table: headings, formats, and the rows its filters leave."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import groupby
from typing import TYPE_CHECKING

from sheets_agent.a1 import GridRange
from sheets_agent.emulator.cell_output import formatted
from sheets_agent.emulator.pivot.calculated import columns_named
from sheets_agent.emulator.pivot.filters import Records, columns_asked, filter_test
from sheets_agent.emulator.pivot.model import JSON, Source, filter_specs
from sheets_agent.formulas.values import Value

if TYPE_CHECKING:
    from sheets_agent.emulator.workbook import Sheet, Workbook


def read_source(workbook: Workbook, spec: JSON, home: Sheet | None = None) -> Source | None:
    """The source a PivotTable names, filtered; None when it is gone.

    Args:
        workbook: where the source is.
        spec: the PivotTable message.
        home: the sheet that the table is on, that of the source when none is given.
    """
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
    at, rows = sheet, range(top + 1, end)
    headings = tuple(_text(workbook, sheet, top, column, workbook.value(sheet, top, column)) for column in columns)
    held = _held(spec, headings) | columns_asked(workbook, spec, headings)
    read = _read(workbook, sheet, rows, columns, held)

    def shown(index: int, offset: int) -> str:
        return _text(workbook, at, rows[index], columns[offset], read[offset][index])

    kept = _filtered(spec, Records(workbook, home or sheet, headings, read, len(rows)), shown)
    filtered = len(kept) < len(rows)
    return Source(
        headings,
        tuple(_column_format(workbook, sheet, rows, column) for column in columns),
        len(kept),
        tuple([values[index] for index in kept] if filtered and values else values for values in read),
        lambda index, offset: shown(kept[index], offset),
        workbook.locale,
    )


def _held(spec: JSON, headings: Sequence[str]) -> frozenset[int]:
    """Which columns are needed: a large source has many that are not."""
    fields = [*spec.get("rows", []), *spec.get("columns", []), *spec.get("values", [])]
    named = [columns_named(field["formula"], headings) for field in fields if "formula" in field]
    return frozenset(int(field.get("sourceColumnOffset", 0)) for field in fields).union(*named)


def _read(workbook: Workbook, sheet: Sheet, rows: range, columns: range, held: frozenset[int]) -> list[Sequence[Value]]:
    """What the columns that are needed hold; those side by side are read together, which is quicker."""
    read: list[Sequence[Value]] = [()] * len(columns)
    offsets = enumerate(offset for offset in range(len(columns)) if offset in held)
    for _, together in groupby(offsets, key=lambda item: item[1] - item[0]):
        run = [offset for _, offset in together]
        lines = workbook.values(sheet, rows, columns[run[0] : run[-1] + 1])
        read[run[0] : run[-1] + 1] = zip(*lines, strict=True) if lines else [()] * len(run)
    return read


def _text(workbook: Workbook, sheet: Sheet, row: int, column: int, value: Value) -> str:
    return "" if value is None else formatted(workbook, sheet, row, column, value)


def _column_format(workbook: Workbook, sheet: Sheet, rows: range, column: int) -> JSON | None:
    filled = next((row for row in rows if not sheet.cell(row, column).blank), None)
    return None if filled is None else workbook.number_format(sheet, filled, column)


def _filtered(spec: JSON, records: Records, shown: Callable[[int, int], str]) -> Sequence[int]:
    """The data rows that every filter shows.

    A filter shows the listed values, none when it lists none, or all of them when it is visible by default; its
    condition must hold as well.
    """
    kept: Sequence[int] = range(records.count)
    for item in filter_specs(spec):
        offset, criteria = int(item.get("columnOffsetIndex", 0)), item.get("filterCriteria", {})
        if offset >= len(records.columns):
            continue
        if not criteria.get("visibleByDefault"):
            wanted = {str(text) for text in criteria.get("visibleValues", [])}
            kept = [index for index in kept if shown(index, offset) in wanted]
        if criteria.get("condition"):
            holds = filter_test(records, criteria["condition"], offset)
            kept = [index for index in kept if holds(index, shown(index, offset))]
    return kept
