"""Books to compile against, and the judge of what comes out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pytest

from sheets_agent.a1 import GridRange
from sheets_agent.emulator.messages import Messages, Violations
from sheets_agent.emulator.schema import discovery
from sheets_agent.sheets.book import Book

Cell = str | float | bool | None | dict[str, Any]
Rows = Sequence[Sequence[Cell]]

ORDERS: Rows = [
    ["Date", "Region", "Category", "Qty", "Price", "Revenue", "Status"],
    [45292.0, "North", "A", 2.0, 10.0, 20.0, "Paid"],
    [45323.0, "South", "B", 1.0, 7.5, 7.5, "New"],
    [45352.0, "North", "B", 4.0, 2.0, 8.0, "Paid"],
]


def _cell_data(cell: Cell) -> dict[str, Any]:
    if cell is None:
        return {}
    if isinstance(cell, dict):
        return cell
    key = "boolValue" if isinstance(cell, bool) else "numberValue" if isinstance(cell, float) else "stringValue"
    return {"userEnteredValue": {key: cell}, "effectiveValue": {key: cell}, "formattedValue": str(cell)}


def make_book(
    sheets: Mapping[str, Rows] | None = None,
    *,
    locale: str = "en_US",
    size: tuple[int, int] = (100, 20),
    resources: Mapping[str, Mapping[str, Any]] | None = None,
    named: Sequence[dict[str, Any]] = (),
) -> Book:
    """A book with every cell loaded; sheet ids are 0, 101, 102, …"""
    body = []
    for index, (title, rows) in enumerate((sheets or {"Orders": ORDERS}).items()):
        properties = {
            "sheetId": 100 + index if index else 0,
            "title": title,
            "index": index,
            "gridProperties": {"rowCount": size[0], "columnCount": size[1]},
        }
        data = [{"rowData": [{"values": [_cell_data(cell) for cell in row]} for row in rows]}]
        body.append({"properties": properties, "data": data, **(resources or {}).get(title, {})})
    book = Book.from_api(
        {"spreadsheetId": "x", "properties": {"locale": locale}, "sheets": body, "namedRanges": list(named)}
    )
    return book.with_grid_data({}, [GridRange(sheet.sheet_id) for sheet in book.sheets])


@pytest.fixture
def book_of() -> Callable[..., Book]:
    """Makes books: `book_of({"Orders": rows}, locale="ru_RU")`."""
    return make_book


@pytest.fixture
def book() -> Book:
    """Orders, a Cyrillic tab, a quoted one and one named like a cell."""
    return make_book({"Orders": ORDERS, "Продажи": ORDERS, "It's here": ORDERS, "P1": ORDERS})


@pytest.fixture
def judge() -> Callable[[Sequence[dict[str, Any]]], None]:
    """Fails for requests that the discovery document does not describe."""
    messages = Messages(discovery("sheets", "v4").schemas)

    def check(requests: Sequence[dict[str, Any]]) -> None:
        violations = Violations()
        messages.message("BatchUpdateSpreadsheetRequest", {"requests": list(requests)}, None, violations)
        violations.raise_any()

    return check
