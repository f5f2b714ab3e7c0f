"""Cell values as the API shows them: formatted, unformatted, or as formulas."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sheets_agent.a1 import GridRange
from sheets_agent.emulator.effort import Shown
from sheets_agent.emulator.number_format import pattern_kind, render
from sheets_agent.emulator.workbook import JSON, Sheet, Workbook
from sheets_agent.formulas.locale import from_canonical
from sheets_agent.formulas.values import ErrorValue, Value

_SMALL = 5_000
_LOOKED_AT = 10
"""Cells that are looked at, blank ones too, that weigh as much in an answer as one that is shown."""
_DATE_KINDS = ("DATE", "TIME", "DATE_TIME")


@dataclass(frozen=True)
class Rendering:
    """A ValueRenderOption and, for what is not formatted, a DateTimeRenderOption."""

    values: str = "FORMATTED_VALUE"
    dates: str = "SERIAL_NUMBER"

    @classmethod
    def of(cls, values: str | None, dates: str | None) -> Rendering:
        """From a request's options, absent ones at Google's defaults."""
        return cls(values or cls.values, dates or cls.dates)


def number(value: float) -> float | int:
    """A number as JSON shows it: without a fraction that is zero."""
    return int(value) if value.is_integer() and abs(value) < 1e17 else value


def plain(value: Value) -> bool | float | int | str:
    """An effective value without its number format; a blank is an empty text, an error its text."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return value
    if isinstance(value, float | int):
        return number(float(value))
    return str(value)


def formatted(workbook: Workbook, sheet: Sheet, row: int, column: int, value: Value) -> str:
    """An effective value as the cell shows it."""
    if isinstance(value, str):
        own = sheet.cell(row, column).format
        return render(value, own["numberFormat"], workbook.locale) if own and "numberFormat" in own else value
    if isinstance(value, bool | ErrorValue) or value is None:
        return render(value, None, workbook.locale)
    return render(value, workbook.number_format(sheet, row, column), workbook.locale)


def localised_formula(workbook: Workbook, formula: str) -> str:
    """A stored formula as the spreadsheet's locale writes it."""
    return from_canonical(formula, workbook.locale)


def cell_values(
    workbook: Workbook, sheet: Sheet, area: GridRange, rendering: Rendering, shown: Shown, *, by_column: bool = False
) -> list[list[Any]]:
    """The values of a bounded range, cut after the last one in every line and after the last line.

    Raises:
        Refusal: with what was shown before, it is too much for one answer.
    """
    show = _renderer(workbook, sheet, rendering)
    rows_end, columns_end = used_end(workbook, sheet, area)
    top, left = area.start_row or 0, area.start_column or 0
    shown.add(max(0, rows_end - top) * max(0, columns_end - left) // _LOOKED_AT)
    rows = workbook.values(sheet, range(top, rows_end), range(left, columns_end))
    if by_column:
        shown.add(len(rows) * max(0, columns_end - left))
        lines = [
            [
                "" if found is None else show(row, column, found)
                for row, found in enumerate(values[: _filled(values)], top)
            ]
            for column, values in enumerate(zip(*rows, strict=True), left)
        ]
    else:
        lines = []
        for row, values in enumerate(rows, top):
            end = _filled(values)
            shown.add(end)
            found = enumerate(values[:end], left)
            lines.append(["" if value is None else show(row, column, value) for column, value in found])
    filled = max((index for index, line in enumerate(lines, 1) if line), default=0)
    return lines[:filled]


def _filled(values: Sequence[Value]) -> int:
    """How many of the values stand up to the last that is not blank."""
    count = len(values)
    if values.count(None) == count:
        return 0
    while count and values[count - 1] is None:
        count -= 1
    return count


def used_end(workbook: Workbook, sheet: Sheet, area: GridRange) -> tuple[int, int]:
    """Where the values of a bounded range end at the latest: the row and the column after the last."""
    last_row, last_column = area.end_row or 0, area.end_column or 0
    if area.cells <= _SMALL:  # a window is sooner looked at than the sheet measured
        return last_row, last_column
    rows, columns = workbook.extent(sheet)
    return min(last_row, rows), min(last_column, columns)


def _renderer(workbook: Workbook, sheet: Sheet, rendering: Rendering) -> Callable[[int, int, Value], Any]:
    def as_shown(row: int, column: int, value: Value) -> Any:
        return formatted(workbook, sheet, row, column, value)

    def unformatted(row: int, column: int, value: Value) -> Any:
        if rendering.dates == "FORMATTED_STRING" and _is_date(workbook, sheet, row, column, value):
            return formatted(workbook, sheet, row, column, value)
        return plain(value)

    def as_formula(row: int, column: int, value: Value) -> Any:
        formula = sheet.cell(row, column).formula
        return unformatted(row, column, value) if formula is None else localised_formula(workbook, formula)

    return {"UNFORMATTED_VALUE": unformatted, "FORMULA": as_formula}.get(rendering.values, as_shown)


def _is_date(workbook: Workbook, sheet: Sheet, row: int, column: int, value: Value) -> bool:
    if isinstance(value, bool) or not isinstance(value, float | int):
        return False
    number_format = workbook.number_format(sheet, row, column)
    return number_format is not None and kind_of(number_format) in _DATE_KINDS


def kind_of(number_format: JSON) -> str:
    """The NumberFormatType, taken from the pattern where the format names none."""
    return str(number_format.get("type") or pattern_kind(str(number_format.get("pattern", ""))))
