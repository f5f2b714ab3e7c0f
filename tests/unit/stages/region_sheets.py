"""Sheets made of blocks of cells, and the regions that are found in them."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sheets_agent.a1 import GridRange, parse_a1
from sheets_agent.emulator.entry import parse
from sheets_agent.emulator.number_format import render
from sheets_agent.formulas.values import ErrorValue, Value
from sheets_agent.sheets.book import Book, CellView, SheetInfo
from sheets_agent.stages.regions import describe_sheet
from sheets_agent.state.described import Region, SheetDescription

Cells = dict[tuple[int, int], CellView]
BOLD = {"textFormat": {"bold": True}}


def view(typed: str | float | ErrorValue | CellView) -> CellView:
    """A cell as it looks after typing; “=formula → value” is a formula with its value."""
    if isinstance(typed, CellView):
        return typed
    if not isinstance(typed, str):
        return CellView(typed, render(typed, None, "en_US"))
    formula, arrow, result = typed.partition(" → ")
    entry = parse(result if arrow else typed, "en_US")
    value: Value = entry.value
    return CellView(
        value,
        render(value, entry.number_format, "en_US"),
        formula if arrow else None,
        entry.number_format,
    )


def block(top_left: str, rows: Sequence[Sequence[str | float | ErrorValue | CellView]]) -> Cells:
    corner = parse_a1(top_left)
    top, left = corner.start_row or 0, corner.start_column or 0
    return {
        (top + row, left + column): view(typed)
        for row, line in enumerate(rows)
        for column, typed in enumerate(line)
        if typed != ""
    }


class Loader:
    """A spreadsheet with one sheet that counts what is read of it."""

    def __init__(self, cells: Cells, rows: int = 1000, columns: int = 26, **info: Any) -> None:
        self.sheet = SheetInfo(7, info.pop("title", "Data"), 0, rows, columns, **info)
        self.book = Book("id", "Test", "en_US", "Etc/GMT", (self.sheet,))
        self.all = cells
        self.calls = 0
        self.cells_read = 0

    def __call__(self, ranges: Sequence[GridRange]) -> Book:
        self.calls += 1
        found = dict(self.book.cells)
        for area in map(self.book.clipped, ranges):
            self.cells_read += area.cells
            for row in range(area.start_row or 0, area.end_row or 0):
                for column in range(area.start_column or 0, area.end_column or 0):
                    if (row, column) in self.all:
                        found[7, row, column] = self.all[row, column]
        self.book = replace(self.book, cells=found, loaded=(*self.book.loaded, *ranges))
        return self.book

    def describe(self, budget: int = 400) -> SheetDescription:
        return describe_sheet(self.sheet, self, budget)


def regions(*blocks: Cells, **options: Any) -> tuple[Region, ...]:
    return Loader({place: cell for cells in blocks for place, cell in cells.items()}, **options).describe().regions


SALES = [
    ["Date", "Region", "Units", "Price"],
    ["2024-01-05", "North", "12", "$9.50"],
    ["2024-01-06", "South", "7", "$10.00"],
    ["2024-01-07", "North", "3", "$9.75"],
]


# -------------------------------------------------------------------------------------------------------------- columns


def table_with(values: Sequence[str | float | ErrorValue | CellView]) -> Region:
    rows = [["Name", "Value", "Note"], *([f"row {chr(97 + at)}", value, "x"] for at, value in enumerate(values))]
    return regions(block("A1", rows))[0]
