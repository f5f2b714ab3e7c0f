"""Requests about tables: addTable, updateTable, deleteTable.

Source: https://developers.google.com/workspace/sheets/api/guides/tables
"""

from __future__ import annotations

from dataclasses import replace

from sheets_agent.a1 import GridRange
from sheets_agent.emulator.errors import Refusal
from sheets_agent.emulator.masks import merge
from sheets_agent.emulator.requests.colours import mask_of, normalised
from sheets_agent.emulator.requests.filters import text_of
from sheets_agent.emulator.requests.lookup import bounded_range, every, put, swap, taken_ids
from sheets_agent.emulator.requests.placing import put_cells
from sheets_agent.emulator.requests.ranges import insertRange
from sheets_agent.emulator.requests.sizing import grow_rows
from sheets_agent.emulator.workbook import JSON, Cell, Sheet, Workbook
from sheets_agent.formulas.tables import renamed

_DEFAULT_COLOURS = {
    "headerColorStyle": {"rgbColor": {"red": 0.20784314, "green": 0.40784314, "blue": 0.32941177}},
    "firstBandColorStyle": {"rgbColor": {"red": 1.0, "green": 1.0, "blue": 1.0}},
    "secondBandColorStyle": {"rgbColor": {"red": 0.9647059, "green": 0.972549, "blue": 0.9764706}},
}


def addTable(workbook: Workbook, request: JSON) -> JSON:
    """Make a range a table: named columns, alternating colours, and a frozen header when it starts the sheet."""
    given = normalised(workbook, request.get("table", {}))
    sheet, area = bounded_range(workbook, given.get("range"))
    _check_free(sheet, area, None)
    if any(other["tableId"] == given.get("tableId") for _, other in every(workbook, "tables")):
        raise Refusal(f"A table with id {given['tableId']} already exists.")
    identifier = given.get("tableId") or str(workbook.new_id(taken_ids(workbook)))
    columns = _columns(workbook, sheet, area, given.get("columnProperties", []))
    table = {
        "tableId": identifier,
        "name": _name(workbook, given.get("name"), None),
        "range": area.to_api(),
        "rowsProperties": {**_DEFAULT_COLOURS, **_styles(given.get("rowsProperties", {}))},
        "columnProperties": columns,
    }
    put(sheet, "tables", [*sheet.list("tables"), table])
    _write_headers(workbook, sheet, area, columns)
    if area.start_row == 0 and sheet.row_count > 1:
        grid = {**sheet.properties["gridProperties"]}
        grid["frozenRowCount"] = max(1, int(grid.get("frozenRowCount", 0)))
        sheet.properties = {**sheet.properties, "gridProperties": grid}
    workbook.restructured()
    return {"table": table}


def _styles(given: JSON) -> JSON:
    return {key: value for key, value in given.items() if key.endswith("Style")}


def _check_free(sheet: Sheet, area: GridRange, table: JSON | None) -> None:
    for other in sheet.list("tables"):
        if other is not table and GridRange.from_api(other["range"]).intersection(area) is not None:
            raise Refusal("A table cannot overlap another table.")


def _name(workbook: Workbook, wanted: str | None, table: JSON | None) -> str:
    taken = {other["name"].casefold() for _, other in every(workbook, "tables") if other is not table}
    if wanted:
        if wanted.casefold() in taken:
            raise Refusal(f'A table with the name "{wanted}" already exists.')
        return wanted
    number = 1
    while f"table{number}" in taken:
        number += 1
    return f"Table{number}"


def _columns(workbook: Workbook, sheet: Sheet, area: GridRange, given: list[JSON]) -> list[JSON]:
    """Every column's properties; names come from the header row where none are given, and are made unique."""
    chosen = {int(column.get("columnIndex", 0)): column for column in given}
    columns: list[JSON] = []
    names: set[str] = set()
    for index in range(area.columns):
        shown = text_of(workbook, sheet, area.start_row or 0, (area.start_column or 0) + index)
        own = chosen.get(index, {})
        name = base = str(own.get("columnName") or shown or f"Column {index + 1}")
        number = 2
        while name.casefold() in names:
            name, number = f"{base} {number}", number + 1
        names.add(name.casefold())
        columns.append({**own, "columnIndex": index, "columnName": name})
    return columns


def _write_headers(workbook: Workbook, sheet: Sheet, area: GridRange, columns: list[JSON]) -> None:
    row, left = area.start_row or 0, area.start_column or 0
    headers = {}
    for column in columns:
        place = (row, left + column["columnIndex"])
        old = sheet.cell(*place)
        if old.formula is None and old.value != column["columnName"]:
            headers[place] = Cell(column["columnName"], None, old.format, old.note, old.validation)
    put_cells(workbook, sheet, headers)


def table_of(workbook: Workbook, identifier: str) -> tuple[Sheet, JSON]:
    """A table by its id, with its sheet.

    Raises:
        Refusal: there is none.
    """
    for sheet, table in every(workbook, "tables"):
        if table["tableId"] == identifier:
            return sheet, table
    raise Refusal(f"No table with id: {identifier}")


def grow_table(workbook: Workbook, sheet: Sheet, table: JSON, at: int, count: int) -> None:
    """Give a table more rows before a row, counted as it is now; what stands below it moves down if it must."""
    area = GridRange.from_api(table["range"])
    end = area.end_row or 0
    below = GridRange(sheet.sheet_id, end, end + count, area.start_column, area.end_column)
    if at < end or any(True for _ in sheet.cells(below)):
        room = GridRange(sheet.sheet_id, at, at + count, area.start_column, area.end_column)
        grow_rows(workbook, sheet, max(sheet.row_count, at + count))
        insertRange(workbook, {"range": room.to_api(), "shiftDimension": "ROWS"})
    else:
        grow_rows(workbook, sheet, end + count)
    _, moved = table_of(workbook, str(table["tableId"]))
    swap(sheet, "tables", moved, {**moved, "range": {**area.to_api(), "endRowIndex": end + count}})
    workbook.restructured()


def updateTable(workbook: Workbook, request: JSON) -> JSON:
    """Change a table's name, range, colours or columns."""
    given = normalised(workbook, request.get("table", {}))
    sheet, old = table_of(workbook, str(given.get("tableId", "")))
    merged = merge(old, given, mask_of(request))
    home, area = bounded_range(workbook, merged.get("range"))
    if home is not sheet:
        raise Refusal("A table cannot be moved to another sheet.")
    _check_free(sheet, area, old)
    new = {
        "tableId": old["tableId"],
        "name": _name(workbook, merged.get("name"), old),
        "range": area.to_api(),
        "rowsProperties": {**_DEFAULT_COLOURS, **_styles(merged.get("rowsProperties", {}))},
        "columnProperties": _columns(workbook, sheet, area, merged.get("columnProperties", [])),
    }
    swap(sheet, "tables", old, new)
    _write_headers(workbook, sheet, area, new["columnProperties"])
    _rename_in_formulas(workbook, old, new)
    workbook.restructured()
    return {}


def _rename_in_formulas(workbook: Workbook, old: JSON, new: JSON) -> None:
    """Formulas go on to refer to a table and its columns by their new names."""
    before, after = ([str(one["columnName"]) for one in table["columnProperties"]] for table in (old, new))
    columns = {one.casefold(): other for one, other in zip(before, after, strict=False) if one != other}
    if not columns and old["name"] == new["name"]:
        return
    for sheet in workbook.grids:
        changed = {}
        for row, column, cell in sheet.cells():
            if cell.formula is not None:
                formula = renamed(cell.formula, old["name"], new["name"], columns)
                if formula != cell.formula:
                    changed[row, column] = replace(cell, formula=formula)
        put_cells(workbook, sheet, changed)


def deleteTable(workbook: Workbook, request: JSON) -> JSON:
    """Remove a table with all its cells."""
    sheet, old = table_of(workbook, str(request.get("tableId", "")))
    swap(sheet, "tables", old, None)
    area = GridRange.from_api(old["range"])
    put_cells(workbook, sheet, {(row, column): Cell() for row, column, _ in sheet.cells(area)})
    workbook.restructured()
    return {}
