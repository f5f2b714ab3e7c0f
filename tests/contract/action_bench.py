"""A spreadsheet on which actions are carried out as a run does it, and read back."""

from __future__ import annotations

from typing import Any

from sheets_agent.a1 import GridRange, cell_name, parse_cells, quote_title
from sheets_agent.actions import by_kind
from sheets_agent.emulator.service import Emulator
from sheets_agent.emulator.transport import EmulatorHttp
from sheets_agent.sheets.book import Book
from sheets_agent.sheets.client import SheetsClient

TITLES = ("Orders", "Заказы", "It's a tab", "P1", "TRUE")
ORDERS: list[list[Any]] = [
    ["Date", "Region", "Category", "Qty", "Price", "Status"],
    ["2024-01-10", "North", "A", 2, 10, "Paid"],
    ["2024-01-20", "South", "B", 1, 7.5, "New"],
    ["2024-02-05", "North", "B", 4, 2, "Paid"],
    ["2024-03-01", "East", "A", 3, 5, "Paid"],
]

MOVING = (
    "create_pivot", "insert_rows", "insert_columns", "delete_rows", "delete_columns", "move_range", "rename_sheet",
    "duplicate_sheet", "delete_sheet",
)  # fmt: skip
"""Actions after which cells elsewhere show something else: results, and formulas that follow."""


class Bench:
    """One local spreadsheet, with the real client between."""

    def __init__(self, locale: str = "en_US") -> None:
        self.client = SheetsClient(EmulatorHttp(Emulator()), sleep=lambda seconds: None)
        self.id: str = self.client.create("Bench", locale)["spreadsheetId"]

    def book(self) -> Book:
        return self.client.book(self.id)

    def sheet(self, title: str, rows: list[list[Any]] | None = None, at: str = "A1") -> str:
        """Add a sheet (the first takes the place of Sheet1) with rows at a cell; gives back its quoted title."""
        book = self.book()
        if [sheet.title for sheet in book.sheets] == ["Sheet1"] and title != "Sheet1":
            properties: dict[str, Any] = {"sheetId": 0, "title": title}
            self.client.batch_update(
                self.id, [{"updateSheetProperties": {"properties": properties, "fields": "title"}}]
            )
        elif title not in [sheet.title for sheet in book.sheets]:
            self.client.batch_update(self.id, [{"addSheet": {"properties": {"title": title}}}])
        if rows:
            self.client.update_values(self.id, f"{quote_title(title)}!{at}", rows)
        return quote_title(title)

    def do(self, kind: str, **fields: Any) -> list[GridRange]:
        """Carry out an action, with no more loaded than it asks for.

        Returns:
            The ranges it said it would write; that it wrote nowhere else is checked.
        """
        action = by_kind(kind).model_validate({"kind": kind, **fields})
        book = self.client.load(self.book(), action.looks(self.book()))
        requests = action.requests(book)
        written = list(action.writes(book))
        before = self._contents()
        if requests:
            self.client.batch_update(self.id, requests)
        if kind not in MOVING:
            for key in (after := self._contents()).keys() | before.keys():
                if before.get(key) != after.get(key):
                    here = GridRange(key[0], key[1], key[1] + 1, key[2], key[2] + 1)
                    assert any(area.contains(here) for area in written), (kind, book.a1(here), before.get(key))
        return written

    def _contents(self) -> dict[tuple[int, int, int], Any]:
        """What is entered, on all sheets."""
        sheets = self.book().sheets
        texts = self.client.batch_values(self.id, [quote_title(sheet.title) for sheet in sheets], render="FORMULA")
        return {
            (sheet.sheet_id, row, column): text
            for sheet, rows in zip(sheets, texts, strict=True)
            for row, cells in enumerate(rows)
            for column, text in enumerate(cells)
            if text != ""
        }

    def shown(self, place: str) -> list[list[Any]]:
        return self.client.values(self.id, place)

    def numbers(self, place: str) -> list[list[Any]]:
        return self.client.values(self.id, place, render="UNFORMATTED_VALUE")

    def formulas(self, place: str) -> list[list[Any]]:
        return self.client.values(self.id, place, render="FORMULA")

    def cells(self, place: str) -> list[list[dict[str, Any]]]:
        """CellData, row by row."""
        body = self.client.get(self.id, ranges=[place], include_grid_data=True)
        return [row.get("values", []) for row in body["sheets"][0]["data"][0].get("rowData", [])]

    def resources(self, title: str) -> dict[str, Any]:
        """The API's Sheet without cells."""
        sheets = self.client.get(self.id)["sheets"]
        return next(sheet for sheet in sheets if sheet["properties"]["title"] == title)


def offset(anchor: str, rows: int, columns: int) -> str:
    """The cell some rows down and columns right of a cell: offset("A1", 1, 2) is C2."""
    start = parse_cells(anchor)
    return cell_name((start.start_row or 0) + rows, (start.start_column or 0) + columns)


def span(anchor: str, first: tuple[int, int], last: tuple[int, int]) -> str:
    """A range by offsets from a cell: span("B2", (1, 0), (3, 0)) is B3:B5."""
    return f"{offset(anchor, *first)}:{offset(anchor, *last)}"
