"""What the formulas of a workbook see: its sheets and names, by the titles that the engine knows them by."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sheets_agent.emulator.reading import LocaleReading
from sheets_agent.formulas.dialect import Grid, Surroundings
from sheets_agent.formulas.references import Corner, Reference
from sheets_agent.formulas.tables import TableArea

if TYPE_CHECKING:
    from sheets_agent.emulator.workbook import Sheet, Workbook

_FORBIDDEN_IN_TITLES = frozenset("[]*?/\\:")


def titles_of(workbook: Workbook) -> list[tuple[int, str]]:
    """The sheets with cells, in an order that the model need not know: it does not change when tabs are moved."""
    return [(sheet.sheet_id, sheet.title) for sheet in workbook.grids]


def engine_title(sheet_id: int, title: str) -> str:
    """What the model calls a sheet. It takes fewer titles than Sheets; those few get a name of their own."""
    plain = 0 < len(title) <= 31 and not _FORBIDDEN_IN_TITLES & set(title) and title.isprintable()
    return title if plain and not title.startswith("'") and not title.endswith("'") else f"sheet {sheet_id}"


def surroundings_of(workbook: Workbook) -> Surroundings:
    """What the formulas of a workbook can refer to."""
    grids = {
        sheet.title.casefold(): Grid(
            sheet.title, engine_title(sheet.sheet_id, sheet.title), sheet.row_count, sheet.column_count
        )
        for sheet in workbook.grids
    }
    names = {}
    for named in workbook.named_ranges:
        area = named["range"]
        sheet = workbook.sheet(int(area.get("sheetId", 0)))
        if sheet is not None:
            names[str(named["name"]).casefold()] = _reference(sheet, area)
    functions = {str(one["name"]).casefold(): str(one["formula"]) for one in workbook.named_functions}
    tabs = sorted(workbook.sheets, key=lambda sheet: int(sheet.properties.get("index", 0)))
    tables = {
        str(table.get("name", "")).casefold(): _table(sheet, table)
        for sheet in workbook.grids
        for table in sheet.list("tables")
    }
    order = tuple(sheet.title for sheet in tabs)
    return Surroundings(grids, names, order, LocaleReading(workbook.locale), functions, tables)


def _table(sheet: Sheet, table: dict[str, Any]) -> TableArea:
    area = table["range"]
    top, end = int(area.get("startRowIndex", 0)), int(area.get("endRowIndex", sheet.row_count))
    totals = "footerColorStyle" in table.get("rowsProperties", {})
    left = int(area.get("startColumnIndex", 0))
    names = {int(one.get("columnIndex", 0)): one.get("columnName", "") for one in table.get("columnProperties", ())}
    width = int(area.get("endColumnIndex", sheet.column_count)) - left
    columns = tuple(str(names.get(index, "")).casefold() for index in range(width))
    footer = end - 1 if totals else None
    return TableArea(_prefix(sheet), top, end - 1 - totals, footer, left, columns)


def _reference(sheet: Sheet, area: dict[str, int]) -> Reference:
    first = Corner(area.get("startRowIndex", 0), area.get("startColumnIndex", 0))
    last = Corner(
        area.get("endRowIndex", sheet.row_count) - 1,
        area.get("endColumnIndex", sheet.column_count) - 1,
    )
    return Reference(_prefix(sheet), first, None if first == last else last)


def _prefix(sheet: Sheet) -> str:
    return "'" + sheet.title.replace("'", "''") + "'!"
