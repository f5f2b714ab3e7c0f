"""What functions that are calculated here can ask of a workbook beyond their arguments."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sheets_agent.emulator.entry import parse
from sheets_agent.emulator.number_format import render
from sheets_agent.formulas.locale import from_canonical
from sheets_agent.formulas.values import Value
from sheets_agent.functions.array import JSON, Array

if TYPE_CHECKING:
    from sheets_agent.emulator.workbook import Workbook

_EPOCH = datetime(1899, 12, 30)


class HostWorld:
    """The world of one workbook."""

    def __init__(self, workbook: Workbook) -> None:
        self._workbook = workbook

    def now(self) -> float:
        """The moment, in the spreadsheet's time zone, as a serial number."""
        try:
            zone: ZoneInfo | timezone = ZoneInfo(str(self._workbook.properties.get("timeZone") or "UTC"))
        except (ZoneInfoNotFoundError, ValueError):
            zone = UTC
        return (datetime.now(zone).replace(tzinfo=None) - _EPOCH) / timedelta(days=1)

    def formula(self, sheet_id: int, row: int, column: int) -> str | None:
        """The formula of a cell, as the spreadsheet's locale writes it."""
        sheet = self._workbook.sheet(sheet_id)
        formula = None if sheet is None else sheet.cell(row, column).formula
        return None if formula is None else from_canonical(formula, self._workbook.locale)

    def number_format(self, sheet_id: int, row: int, column: int) -> JSON | None:
        """The effective NumberFormat of a cell."""
        sheet = self._workbook.sheet(sheet_id)
        return None if sheet is None else self._workbook.number_format(sheet, row, column)

    def text(self, value: Value, number_format: JSON | None) -> str:
        """A value as a cell of that format shows it."""
        return render(value, number_format, self._workbook.locale)

    def is_date_text(self, text: str) -> bool:
        """Whether a text, typed into a cell, would become a date."""
        shown = parse(text, self._workbook.locale).number_format or {}
        return shown.get("type") in ("DATE", "DATE_TIME")

    def outside(self, name: str, arguments: list[Array]) -> Array | None:
        """What the workbook's provider answers; None when it has none, or the provider does not know."""
        provider = self._workbook.outside
        return None if provider is None else provider(name, arguments)
