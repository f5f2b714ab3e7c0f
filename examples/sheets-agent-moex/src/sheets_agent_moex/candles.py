"""Candles of the Moscow Exchange's ISS service: columnar JSON, 500 rows a page.

Source: https://iss.moex.com/iss/reference/155
"""

from __future__ import annotations

import datetime
import json
from typing import Any

from sheets_agent.actions.fetching import Get
from sheets_agent.errors import ActionError

PAGE = 500
MOST = 5_000
"""Candles that are written at most."""
HEADER = ["Date", "Open", "High", "Low", "Close", "Volume"]
_COLUMNS = ("begin", "open", "high", "low", "close", "volume")
INTERVALS = {"day": "24", "week": "7", "month": "31"}


def candles(get: Get, security: str, start: str, end: str, interval: str) -> list[list[str]]:
    """The header, and a row for each candle, oldest first.

    Args:
        get: fetches from the service.
        security: the code of the share, such as SBER.
        start: the first day, ISO 8601.
        end: the last day, ISO 8601.
        interval: day, week or month.

    Raises:
        ActionError: there are none, too many, or not such as are known.
    """
    path = f"iss/engines/stock/markets/shares/securities/{security}/candles.json"
    rows: list[list[str]] = []
    while True:
        asked = {"from": start, "till": end, "interval": INTERVALS[interval], "start": str(len(rows))}
        page = _page(get(path, {"iss.meta": "off", **asked}), security)
        rows += page
        if len(rows) > MOST:
            raise ActionError(f"There are more than {MOST} candles. Take a shorter time or a longer interval.")
        if len(page) < PAGE:
            break
    if not rows:
        raise ActionError(
            f"The exchange has no prices of {security} from {start} to {end}. Check the code and the days."
        )
    return [list(HEADER), *rows]


def _page(body: bytes, security: str) -> list[list[str]]:
    try:
        table = json.loads(body)["candles"]
        names, data = list(table["columns"]), list(table["data"])
        places = [names.index(name) for name in _COLUMNS]
        return [_row([row[place] for place in places]) for row in data]
    except (ValueError, KeyError, TypeError, IndexError) as error:
        raise ActionError(f"What the exchange answers about {security} is not as expected: {error}.") from error


def _row(cells: list[Any]) -> list[str]:
    begin, *numbers = cells
    return [datetime.datetime.fromisoformat(begin).date().isoformat(), *map(_number, numbers)]


def _number(value: Any) -> str:
    """A number with a decimal point; blank where there was no trade."""
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError(f"{value!r} is no number")
    return repr(value)
