"""What the calls of a formula are given: the values of cells, and what the engine calculated on hidden sheets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sheets_agent.a1 import GridRange
from sheets_agent.emulator.hidden import Slot
from sheets_agent.formulas.blanks import BLANK
from sheets_agent.formulas.hosts import Argument
from sheets_agent.formulas.references import read
from sheets_agent.formulas.values import ErrorValue, Value
from sheets_agent.functions.array import JSON, Array

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sheets_agent.emulator.calculator import Calculator
    from sheets_agent.emulator.placed import Place
    from sheets_agent.emulator.workbook import Sheet, Workbook

_HEADERS = 20  # the first formatted cell of a column is looked for past this many


class Fetch:
    """What stands in cells and on hidden sheets, for the calls of one formula."""

    def __init__(self, workbook: Workbook, calculator: Calculator, place: Place, formats: bool) -> None:
        self._workbook = workbook
        self._calculator = calculator
        self._place = place
        self._formats = formats

    def circular(self, given: Array) -> bool:
        """Whether an argument holds the formula's own cell."""
        sheet_id, row, column = self._place
        own = GridRange(sheet_id, row, row + 1, column, column + 1)
        return given.area is not None and given.height > 0 and given.area.contains(own)

    def cells(self, text: str) -> Array:
        """The values of a closed reference, its sheet named as the engine names it."""
        reference = read(text)
        sheet = self._workbook.sheet(self._calculator.model.sheet_id(reference.sheet or ""))
        assert sheet is not None
        area = reference.area.grid_range(sheet.sheet_id)
        rows = range(area.start_row or 0, area.end_row or 0)
        columns = range(area.start_column or 0, area.end_column or 0)
        values = self._workbook.values(sheet, rows, columns)
        formats: tuple[JSON | None, ...] = ()
        if self._formats:
            formats = tuple(self._column_format(sheet, rows, column) for column in columns)
        return Array(values, formats, area)

    def _column_format(self, sheet: Sheet, rows: range, column: int) -> JSON | None:
        found = (self._workbook.number_format(sheet, row, column) for row in rows[: _HEADERS + 1])
        return next((one for one in found if one is not None), None)

    def calculated(self, slot: Slot, argument: Argument) -> Array:
        """What the engine calculated for an argument."""
        formats: tuple[JSON | None, ...] = ()
        if argument.number_format is not None:
            formats = ({"type": argument.number_format},)
        first = self._at(slot, 0, 0)
        if argument.scalar:
            return Array(((_plain(first),),), formats)
        height = next(row for row in self._counting() if self._at(slot, row, 0) is None)
        width = next(column for column in self._counting() if self._at(slot, 0, column) is None)
        values = [[_plain(self._at(slot, row, column)) for column in range(width)] for row in range(height)]
        return Array(tuple(map(tuple, values)), formats * width)

    def too_narrow(self, slot: Slot) -> bool:
        """Whether an argument has more columns than there is room for."""
        first = self._at(slot, 0, 0)
        blocked = isinstance(first, ErrorValue) and first.message.startswith("Array result")
        return blocked or (self._at(slot, 0, slot.width - 1) is not None and slot.width < 1 << 13)

    def _at(self, slot: Slot, row: int, column: int) -> Value:
        return self._calculator.model.result((slot.sheet_id, slot.row + row, slot.column + column))

    @staticmethod
    def _counting() -> Iterator[int]:
        return iter(range(1, 1 << 21))


def _plain(value: Value) -> Value:
    return None if value == BLANK else value
