"""Plans that any table allows, made for the tables of other people's workbooks: sums, columns, sorts, pivots, charts.

Their tables are found by the code that the facts go by as well, so this tells of wrong alarms around a table and not
of tables that were not understood.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from plan_tasks import Example, Step, cell, done, fill, made

from sheets_agent.a1 import GridRange, cell_name, column_letters, quote_title
from sheets_agent.emulator.files import open_file
from sheets_agent.emulator.service import Emulator
from sheets_agent.emulator.transport import EmulatorHttp
from sheets_agent.errors import FileError
from sheets_agent.planners.copies import Copies
from sheets_agent.planners.facts.ground import Ground, Table
from sheets_agent.sheets.client import SheetsClient

TABLES = 2
"""Tables of a workbook that plans are made for."""
LARGEST = 5_000


def workbooks(folder: Path) -> Iterator[tuple[str, Copies, list[Example]]]:
    """The .xlsx files below a folder that have a table, and plans for each."""
    for path in sorted(folder.rglob("*.xlsx")):
        try:
            workbook = open_file(path).workbook
        except FileError:
            continue
        emulator = Emulator()
        emulator.add(workbook)
        copies = Copies(SheetsClient(EmulatorHttp(emulator), sleep=lambda seconds: None), workbook.spreadsheet_id)
        ground = copies.world().ground()
        found = [table for _, table in ground.everywhere() if _usable(table)][:TABLES]
        examples = [one for table in found for one in _plans(path.stem, table, ground)]
        if examples:
            yield path.name, copies, examples


def _usable(table: Table) -> bool:
    names = [table.header(column) for column in table.columns]
    distinct = all(names) and len({name.casefold() for name in names}) == len(names)
    return table.shape == "table" and table.header_rows == 1 and 5 <= table.height <= LARGEST and distinct


def _plans(book: str, table: Table, ground: Ground) -> Iterator[Example]:
    title = quote_title(ground.book.sheet_by_id(table.area.sheet_id).title) + "!"
    numbers = [column for column in table.columns if table.kind(column) == "number" and "" not in table.column(column)]
    texts = [column for column in table.columns if table.kind(column) == "text" and "" not in table.column(column)]
    body = GridRange(0, (table.area.start_row or 0), table.end, table.area.start_column, table.area.end_column)
    whole = title + body.to_a1()
    free = (table.area.end_column or 0) + 3
    bottom = ground.book.clipped(table.area).end_row or 0

    def data(column: int, dollar: str = "") -> str:
        letters = column_letters(column)
        return f"{letters}{dollar}{table.first + 1}:{letters}{dollar}{table.end}"

    def named(column: int) -> str:
        return f"“{table.header(column)}”"

    def example(task: str, *steps: Step) -> Example:
        return Example(book, task, steps)

    if _blocked(table, ground):
        return
    for column in numbers[:2]:
        for name in ("SUM", "AVERAGE"):
            step = cell(title + cell_name(table.first, free), f"={name}({data(column)})")
            yield example(f"Write the {name.lower()} of {named(column)} beside the table", step)
        yield example(
            f"Sort the table by {named(column)}", done("sort_range", whole, f"by={column_letters(column)} desc")
        )
    for text in texts[:1]:
        value = str(table.column(text)[0])
        if not set(value) & set('*?~"<>='):
            step = cell(title + cell_name(table.first, free), f'=COUNTIF({data(text)},"{value}")')
            yield example(f"How many rows have “{value}” in {named(text)}?", step)
        yield example(
            f"Filter the table by {named(text)}",
            done("filter_range", whole, f"conditions={column_letters(text)} is not empty"),
        )
    if len(numbers) > 1:
        one, two = (f"{column_letters(column)}{table.first + 1}" for column in numbers[:2])
        column = column_letters(table.area.end_column or 0)
        new = [
            cell(f"{title}{column}{table.first}", "Added"),
            fill(f"{title}{column}{table.first + 1}:{column}{table.end}", f"={one}+{two}"),
        ]
        yield example(f"Add a column with {named(numbers[0])} plus {named(numbers[1])}", *new)
    if numbers and texts:
        text, number = texts[0], numbers[-1]
        options = (f"rows={column_letters(text)}", f"values=SUM of {column_letters(number)}")
        task = f"Pivot table of {named(number)} by {named(text)} on a new sheet Zwölf"
        yield example(task, done("add_sheet", "Zwölf"), made("create_pivot", "'Zwölf'!A1", whole, *options))
        options = ("chart_type=column", f"x={column_letters(text)}", f"series={column_letters(number)}")
        place = title + cell_name(bottom + 60, free)
        yield example(f"Chart of {named(number)} by {named(text)}", made("create_chart", place, whole, *options))


def _blocked(table: Table, ground: Ground) -> bool:
    """Whether something stands to the right of a table, where plans would write, or far below it."""
    right = table.area.end_column or 0
    beside = GridRange(table.area.sheet_id, 0, None, right, right + 12)
    below = GridRange(table.area.sheet_id, table.area.end_row, None, 0, right + 12)
    return any(value != "" for area in (beside, below) for value in ground.values(area))
