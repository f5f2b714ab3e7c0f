"""The action that writes prices."""

from __future__ import annotations

import datetime
import os
from collections.abc import Sequence
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import Field, field_validator, model_validator
from typing_extensions import override

from sheets_agent.a1 import GridRange
from sheets_agent.actions.base import RangeTarget, Request, Role
from sheets_agent.actions.fetching import FetchingAction, Get
from sheets_agent.actions.values import WriteTable
from sheets_agent.sheets.book import Book
from sheets_agent_moex.candles import candles


class WritePrices(FetchingAction):
    """Write the prices of a share from the Moscow Exchange: date, open, high, low, close, volume."""

    kind: Literal["write_prices"] = "write_prices"
    origin: ClassVar[str] = os.environ.get("SHEETS_AGENT_MOEX_ORIGIN", "https://iss.moex.com")
    hint: ClassVar[str] = "days as 2024-01-31; a header row and 6 columns"
    target: RangeTarget = Field(description="The top left cell of the table, such as Prices!A1.")
    security: Annotated[str, Role.OPTION, Field(pattern=r"^[A-Z0-9.\-]{1,20}$")] = Field(
        description="The code of the share at the exchange, such as SBER."
    )
    start: Annotated[str, Role.OPTION] = Field(description="The first day, such as 2024-01-01.")
    end: Annotated[str, Role.OPTION] = Field(description="The last day, such as 2024-01-31.")
    interval: Annotated[Literal["day", "week", "month"], Role.OPTION] = Field(
        "day", description="What one row stands for, such as week."
    )
    example: ClassVar[dict[str, Any]] = {
        "kind": "write_prices",
        "target": "Prices!A1",
        "security": "SBER",
        "start": "2024-01-01",
        "end": "2024-01-31",
    }

    @field_validator("start", "end")
    @classmethod
    def _day(cls, text: str) -> str:
        return datetime.date.fromisoformat(text).isoformat()

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.start > self.end:
            raise ValueError("start comes after end")
        return self

    def query(self) -> str:
        """The security, the days and the interval."""
        return f"{self.security} {self.start} {self.end} {self.interval}"

    def fetch(self, get: Get) -> list[list[str]]:
        """The candles."""
        return candles(get, self.security, self.start, self.end, self.interval)

    def requests(self, book: Book) -> list[Request]:
        """Those of a table of values."""
        return self._table.requests(book)

    def writes(self, book: Book) -> Sequence[GridRange]:
        """The rectangle of the table."""
        return self._table.writes(book)

    def looks(self, book: Book) -> Sequence[GridRange]:
        """As the table."""
        return self._table.looks(book)

    @override
    def sentence(self) -> str:
        rows = f", {len(self.rows())} rows" if self.is_fetched else ""
        days = f"{self.start} to {self.end}"
        return f"Write the prices of {self.security} by {self.interval}, {days}{rows}, at {self.target}."

    @property
    def _table(self) -> WriteTable:
        return WriteTable(target=self.target, values=self.rows())
