"""What functions that are calculated here can ask of a workbook beyond their arguments."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from random import Random
from typing import TYPE_CHECKING

from sheets_agent.a1 import GridRange, parse_a1
from sheets_agent.emulator.entry import parse
from sheets_agent.emulator.errors import Unsupported
from sheets_agent.emulator.locales import locale
from sheets_agent.emulator.number_format import render
from sheets_agent.emulator.placed import Place
from sheets_agent.emulator.reading import LocaleReading
from sheets_agent.errors import UsageError
from sheets_agent.formulas.locale import from_canonical
from sheets_agent.formulas.tokens import Kind, tokens
from sheets_agent.formulas.values import ErrorValue, Value
from sheets_agent.functions.array import JSON, Array

if TYPE_CHECKING:
    from sheets_agent.emulator.workbook import Workbook

_EPOCH = datetime(1899, 12, 30)


class HostWorld:
    """The world of one formula of a workbook, by its place."""

    def __init__(self, workbook: Workbook, place: Place) -> None:
        self._workbook = workbook
        self._place = place
        self._sheet_id = place[0]
        self._chances: dict[int, Random] = {}

    def now(self) -> float:
        """The moment, in the spreadsheet's time zone, as a serial number."""
        return self._workbook.engine.moment or self._workbook.now()

    def _today(self) -> date:
        return (_EPOCH + timedelta(days=self.now())).date()

    def chance(self, call: int) -> Random:
        """What a call of the formula draws from: until the next calculation always the same."""
        if call not in self._chances:
            seed = f"{self._workbook.engine.seed(self._workbook)} {self._place} {call}"
            self._chances[call] = Random(seed)
        return self._chances[call]

    def formula(self, sheet_id: int, row: int, column: int) -> str | None:
        """The formula of a cell, as the spreadsheet's locale writes it."""
        sheet = self._workbook.sheet(sheet_id)
        formula = None if sheet is None else sheet.cell(row, column).formula
        return None if formula is None else from_canonical(formula, self._workbook.locale)

    def number_format(self, sheet_id: int, row: int, column: int) -> JSON | None:
        """The effective NumberFormat of a cell."""
        sheet = self._workbook.sheet(sheet_id)
        return None if sheet is None else self._workbook.number_format(sheet, row, column)

    def rows(self, sheet_id: int) -> Mapping[int, JSON]:
        """The DimensionProperties of a sheet's rows that are not the usual ones."""
        sheet = self._workbook.sheet(sheet_id)
        return {} if sheet is None else sheet.row_metadata

    def calling(self, area: GridRange, name: str) -> set[tuple[int, int]]:
        """The cells of a range whose formulas call a function, as rows and columns."""
        sheet = self._workbook.sheet(area.sheet_id)
        cells = () if sheet is None else sheet.cells(area)
        return {(row, column) for row, column, cell in cells if cell.formula and _calls(cell.formula, name)}

    def cells(self, area: GridRange) -> Array | None:
        """The cells of a range, cut at the end of the grid; None when the range is not in the grid."""
        sheet = self._workbook.sheet(area.sheet_id)
        if sheet is None:
            return None
        cut = area.intersection(GridRange(area.sheet_id, 0, sheet.row_count, 0, sheet.column_count))
        if cut is None:
            return None
        columns = range(cut.start_column or 0, cut.end_column or 0)
        rows = range(cut.start_row or 0, cut.end_row or 0)
        return Array(self._workbook.values(sheet, rows, columns), area=cut)

    def area(self, reference: str) -> GridRange | None:
        """What a reference in A1 notation or a name stands for; None when it stands for nothing."""
        named = (one for one in self._workbook.named_ranges if str(one["name"]).casefold() == reference.casefold())
        if (found := next(named, None)) is not None:
            return GridRange.from_api(found["range"])
        try:
            read = parse_a1(reference)
        except UsageError:
            return None
        if read.sheet is None:
            return read.grid_range(self._sheet_id)
        sheet = self._workbook.sheet_titled(read.sheet)
        return None if sheet is None else read.grid_range(sheet.sheet_id)

    def text(self, value: Value, number_format: JSON | None) -> str:
        """A value as a cell of that format shows it."""
        return render(value, number_format, self._workbook.locale)

    def is_date_text(self, text: str) -> bool:
        """Whether a text, typed into a cell, would become a date."""
        shown = parse(text, self._workbook.locale, None, self._today()).number_format or {}
        return shown.get("type") in ("DATE", "DATE_TIME")

    def number(self, text: str) -> float | None:
        """The number, date or time that a text, typed into a cell, would become; None for a text."""
        typed = parse(text, self._workbook.locale, None, self._today()).value
        return typed if isinstance(typed, float) else None

    def pattern(self, text: str) -> str | None:
        """A pattern as TEXT takes it, in the notation of number formats; None when its meaning is not known."""
        return LocaleReading(self._workbook.locale).pattern(text)

    def money(self, digits: str) -> str:
        """The pattern of an amount of the locale's currency around a pattern of digits."""
        return locale(self._workbook.locale).money(digits)

    def pivot_value(self, area: GridRange, name: str, items: Sequence[tuple[str, Value]]) -> Value:
        """A value of the pivot table that the first cell of a range belongs to.

        Raises:
            KeyError: there is no pivot table there, or it has no such value.
        """
        try:
            table = self._workbook.engine.pivot_table((area.sheet_id, area.start_row or 0, area.start_column or 0))
            if table is None:
                raise KeyError(name)
            return table.value(name, items)
        except Unsupported as reason:
            return ErrorValue("ERROR", str(reason))

    def outside(self, name: str, arguments: list[Array]) -> Array | None:
        """What the workbook's provider answers; None when it has none, or the provider does not know."""
        provider = self._workbook.outside
        return None if provider is None else provider(name, arguments)


def _calls(formula: str, name: str) -> bool:
    if name not in formula.upper():
        return False
    return any(token.kind is Kind.FUNCTION and token.text.upper() == name for token in tokens(formula))
