"""Small workbooks for the emulator's tests, written as rows of what is entered."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sheets_agent.emulator.workbook import Cell, Sheet, Workbook

DATE = {"type": "DATE", "pattern": "yyyy-mm-dd"}
MONEY = {"type": "CURRENCY", "pattern": '"$"#,##0.00'}


def entered(content: Any) -> Cell:
    """A cell from a literal, a formula that starts with "=", or a cell."""
    if isinstance(content, Cell):
        return content
    if isinstance(content, str) and content.startswith("="):
        return Cell(formula=content)
    return Cell(float(content) if isinstance(content, int) and not isinstance(content, bool) else content)


def sheet_of_rows(
    rows: Sequence[Sequence[Any]], title: str = "Sheet1", sheet_id: int = 0, size: tuple[int, int] = (20, 10)
) -> Sheet:
    cells = {
        r: {c: entered(content) for c, content in enumerate(row) if content is not None}
        for r, row in enumerate(rows)
        if any(content is not None for content in row)
    }
    grid = {"rowCount": size[0], "columnCount": size[1]}
    return Sheet({"sheetId": sheet_id, "title": title, "index": 0, "sheetType": "GRID", "gridProperties": grid}, cells)


def workbook_of(*sheets: Sheet, locale: str = "en_US") -> Workbook:
    for index, sheet in enumerate(sheets):
        sheet.properties = {**sheet.properties, "index": index}
    return Workbook("book", {"title": "Book", "locale": locale, "timeZone": "Etc/GMT"}, list(sheets))


def book(*rows: Sequence[Any], **options: Any) -> Workbook:
    """A workbook of one sheet, Sheet1, id 0, 20 × 10 unless told otherwise."""
    return workbook_of(sheet_of_rows(rows, **options))


def contents(workbook: Workbook, sheet_id: int = 0) -> list[list[Any]]:
    """What is entered, row by row up to the last cell with content; blanks are None."""
    sheet = workbook.sheet(sheet_id)
    assert sheet is not None
    places = [(row, column) for row, column, cell in sheet.cells() if not cell.blank]
    height, width = (
        max((row for row, _ in places), default=-1) + 1,
        max((column for _, column in places), default=-1) + 1,
    )
    cells = [[sheet.cell(row, column) for column in range(width)] for row in range(height)]
    return [[cell.value if cell.formula is None else cell.formula for cell in line] for line in cells]


def area(a1: str, sheet_id: int = 0) -> dict[str, int]:
    """A GridRange from A1 notation."""
    from sheets_agent.a1 import parse_cells

    return parse_cells(a1).grid_range(sheet_id).to_api()
