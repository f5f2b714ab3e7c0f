"""Everything that points at cells follows when cells move: formulas, names, charts, filters, rules, pivot tables.

`follow` rewrites every formula and every stored range of the
spreadsheet accordingly; the cells themselves are moved by whoever calls it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from sheets_agent.a1 import GridRange
from sheets_agent.emulator.requests.following_pivots import followed_pivot
from sheets_agent.emulator.requests.happenings import Happening, followed_interval, followed_range
from sheets_agent.emulator.workbook import JSON, Cell, Sheet, Workbook
from sheets_agent.formulas.changed_references import (
    Change,
    Deleted,
    DimensionMoved,
    Inserted,
    SheetDeleted,
    SheetRenamed,
    adjust,
)
from sheets_agent.formulas.references import Reference, split

Row = dict[int, Cell]

_RANGES = frozenset({"range", "ranges", "source", "sources", "dataRange", "unprotectedRanges"})
_NEED_RANGE = {
    "filterViews": "range",
    "protectedRanges": "range",
    "bandedRanges": "range",
    "tables": "range",
    "commentAnchors": "range",
    "conditionalFormats": "ranges",
}
"""Resources that go when nothing is left of what they cover, and the field that says what they cover."""


def follow(workbook: Workbook, happening: Happening) -> None:
    """Rewrite every formula and every stored range after a happening."""
    _each_formula(workbook, happening, lambda text, title: followed_formula(text, title, happening))
    if isinstance(happening.change, SheetRenamed):
        return
    for sheet in workbook.sheets:
        _follow_sheet(sheet, happening)
    names = [_followed(named, happening) for named in workbook.named_ranges]
    workbook.named_ranges = [named for named in names if named.get("range")]
    located = [_followed_location(item, happening) for item in workbook.developer_metadata]
    workbook.developer_metadata = [item for item in located if item is not None]
    workbook.restructured()


def followed_formula(text: str, on_sheet: str, happening: Happening) -> str:
    """A formula after a happening."""
    if happening.band is None:
        return adjust(text, on_sheet, happening.change)
    return "".join(
        piece if isinstance(piece, str) else _followed_reference(piece, on_sheet, happening) for piece in split(text)
    )


def _followed_reference(reference: Reference, on_sheet: str, happening: Happening) -> str:
    change, band = happening.change, happening.band
    assert isinstance(change, Inserted | Deleted)
    assert band is not None
    area = reference.area
    across = (area.start_column, area.end_column) if change.dimension == "ROWS" else (area.start_row, area.end_row)
    inside = across[0] is not None and across[1] is not None and band[0] <= across[0] and across[1] <= band[1]
    return adjust(f"={reference}", on_sheet, change)[1:] if inside else str(reference)


def _each_formula(workbook: Workbook, happening: Happening, rewrite: Callable[[str, str], str]) -> None:
    """Rewrite the formulas that can be touched: those on the sheet itself, and those elsewhere that name it."""
    change = happening.change
    renamed_or_gone = isinstance(change, SheetRenamed | SheetDeleted)
    title = change.old if isinstance(change, SheetRenamed) else change.sheet if isinstance(change, SheetDeleted) else ""
    if not renamed_or_gone:
        at_home = workbook.sheet(happening.sheet_id)
        title = at_home.title if at_home is not None else ""
    mention = title.replace("'", "''").casefold()
    workbook.named_functions = [{**one, "formula": rewrite(one["formula"], "")} for one in workbook.named_functions]
    for sheet in workbook.sheets:
        own = sheet.sheet_id == happening.sheet_id

        def rewritten(cells: Row, own: bool = own, home: str = sheet.title) -> Row:
            return {
                column: replace(cell, formula=text)
                for column, cell in cells.items()
                if cell.formula is not None
                and (own or mention in cell.formula.casefold())
                and (text := rewrite(cell.formula, home)) != cell.formula
            }

        if new_rows := _changed_rows(sheet, rewritten):
            workbook.replace_rows(sheet, {**sheet.rows, **new_rows})
        _rewrite_conditions(sheet, lambda text, home=sheet.title: rewrite(text, home))  # type: ignore[misc]


def _changed_rows(sheet: Sheet, change: Callable[[Row], Row]) -> dict[int, Row]:
    """The rows that have cells which a rule changes, with what it makes of these; rows that are one object stay one."""
    known: dict[int, Row | None] = {}
    for cells in sheet.distinct_rows():
        changed = change(cells)
        known[id(cells)] = {**cells, **changed} if changed else None
    return {row: new for row, cells in sheet.rows.items() if (new := known[id(cells)]) is not None}


def _rewrite_conditions(sheet: Sheet, rewrite: Callable[[str], str]) -> None:
    """Rewrite the formulas inside the conditions of rules and filters."""
    for name in ("conditionalFormats", "filterViews"):
        if sheet.list(name):
            sheet.resources[name] = [rewrite_conditions(item, rewrite) for item in sheet.list(name)]
    if sheet.basic_filter is not None:
        sheet.basic_filter = rewrite_conditions(sheet.basic_filter, rewrite)

    def rewritten(cells: Row) -> Row:
        pivots = {
            column: replace(cell, pivot=spec)
            for column, cell in cells.items()
            if cell.pivot is not None and (spec := rewrite_conditions(cell.pivot, rewrite)) != cell.pivot
        }
        rules = {
            column: replace(pivots.get(column, cell), validation=rule)
            for column, cell in cells.items()
            if cell.validation is not None and (rule := rewrite_conditions(cell.validation, rewrite)) != cell.validation
        }
        return {**pivots, **rules}

    sheet.rows.update(_changed_rows(sheet, rewritten))


def rewrite_conditions(body: Any, rewrite: Callable[[str], str]) -> Any:
    """A resource with the formulas in its conditions' values rewritten."""
    if isinstance(body, list):
        return [rewrite_conditions(item, rewrite) for item in body]
    if not isinstance(body, dict):
        return body
    return {
        key: rewrite(value)
        if key == "userEnteredValue" and isinstance(value, str) and value.startswith("=")
        else rewrite_conditions(value, rewrite)
        for key, value in body.items()
    }


def _follow_sheet(sheet: Sheet, happening: Happening) -> None:
    for name, items in list(sheet.resources.items()):
        if name in ("rowGroups", "columnGroups"):
            if sheet.sheet_id == happening.sheet_id:
                groups = [_followed_group(item, happening.change) for item in items]
                sheet.resources[name] = [group for group in groups if group is not None]
            continue
        followed = [_followed(item, happening) for item in items]
        if name == "tables":
            followed = [_followed_table(*pair, happening) for pair in zip(items, followed, strict=True)]
        needed = _NEED_RANGE.get(name)
        sheet.resources[name] = [item for item in followed if needed is None or item.get(needed)]
    if sheet.basic_filter is not None:
        filtered = _followed(sheet.basic_filter, happening)
        sheet.basic_filter = filtered if filtered.get("range") else None
    if sheet.sheet_id == happening.sheet_id:
        merges = [followed_range(merge, happening) for merge in sheet.merges]
        sheet.merges = [merge for merge in merges if merge is not None and merge.cells > 1]

    def with_pivots(cells: Row) -> Row:
        return {
            column: replace(cell, pivot=spec)
            for column, cell in cells.items()
            if cell.pivot is not None and (spec := followed_pivot(cell.pivot, happening)) != cell.pivot
        }

    sheet.rows.update(_changed_rows(sheet, with_pivots))


def _followed(body: JSON, happening: Happening) -> JSON:
    """A resource with its ranges followed; ranges of which nothing is left are dropped."""
    result: JSON = {}
    home = body.get("range", {}).get("sheetId") if isinstance(body.get("range"), dict) else None
    for key, value in body.items():
        if key in _RANGES and isinstance(value, dict):
            area = followed_range(GridRange.from_api(value), happening)
            if area is not None:
                result[key] = area.to_api()
        elif key in _RANGES and isinstance(value, list):
            areas = [followed_range(GridRange.from_api(item), happening) for item in value]
            result[key] = [area.to_api() for area in areas if area is not None]
        elif key == "anchorCell" and isinstance(value, dict):
            result[key] = _followed_anchor(value, happening)
        elif isinstance(value, dict):
            result[key] = _followed(value, happening)
        elif isinstance(value, list):
            result[key] = [_followed(item, happening) if isinstance(item, dict) else item for item in value]
        else:
            result[key] = value
    return _followed_columns(result, happening) if home == happening.sheet_id else result


def _followed_columns(body: JSON, happening: Happening) -> JSON:
    """A filter whose criteria and sort orders, kept by column, follow their columns."""
    change = happening.change
    if happening.band is not None or not isinstance(change, Inserted | Deleted | DimensionMoved):
        return body
    if change.dimension != "COLUMNS" or not {"filterSpecs", "sortSpecs"} & body.keys():
        return body
    result = dict(body)
    for name, key in (("filterSpecs", "columnIndex"), ("sortSpecs", "dimensionIndex")):
        moved = (
            (item, followed_interval(item.get(key, 0), item.get(key, 0) + 1, change)) for item in body.get(name, [])
        )
        result[name] = [{**item, key: place[0]} for item, place in moved if place is not None]
    result["criteria"] = {str(item["columnIndex"]): item.get("filterCriteria", {}) for item in result["filterSpecs"]}
    return {key: value for key, value in result.items() if value or key not in ("filterSpecs", "sortSpecs", "criteria")}


def _followed_table(before: JSON, after: JSON, happening: Happening) -> JSON:
    """A table whose columns, kept by their place in it, follow the sheet's; new ones get a name of their own."""
    change = happening.change
    if "range" not in after or not isinstance(change, Inserted | Deleted | DimensionMoved):
        return after
    if change.dimension != "COLUMNS" or before["range"]["sheetId"] != happening.sheet_id:
        return after
    old_start, area = int(before["range"].get("startColumnIndex", 0)), after["range"]
    new_start = int(area.get("startColumnIndex", 0))
    kept: dict[int, JSON] = {}
    for column in before.get("columnProperties", []):
        index = old_start + int(column.get("columnIndex", 0))
        place = followed_interval(index, index + 1, change)
        if place is not None and place[0] is not None:
            kept[place[0] - new_start] = column
    width = int(area["endColumnIndex"]) - new_start
    columns = [
        {**kept.get(index, {"columnName": f"Column {index + 1}"}), "columnIndex": index} for index in range(width)
    ]
    return {**after, "columnProperties": columns}


def _followed_anchor(anchor: JSON, happening: Happening) -> JSON:
    """Where a chart hangs: its cell's new place, or the edge of what was deleted."""
    row, column = int(anchor.get("rowIndex", 0)), int(anchor.get("columnIndex", 0))
    change = happening.change
    if int(anchor.get("sheetId", 0)) != happening.sheet_id or happening.band is not None:
        return anchor
    if not isinstance(change, Inserted | Deleted | DimensionMoved):
        return anchor
    index = row if change.dimension == "ROWS" else column
    place = followed_interval(index, index + 1, change)
    new = place[0] if place is not None and place[0] is not None else max(0, getattr(change, "start", 0) - 1)
    return {**anchor, "rowIndex" if change.dimension == "ROWS" else "columnIndex": new}


def _followed_group(group: JSON, change: Change) -> JSON | None:
    dimension = group["range"]
    if not isinstance(change, Inserted | Deleted | DimensionMoved) or change.dimension != dimension["dimension"]:
        return group
    place = followed_interval(dimension["startIndex"], dimension["endIndex"], change)
    if place is None:
        return None
    return {**group, "range": {**dimension, "startIndex": place[0], "endIndex": place[1]}}


def _followed_location(item: JSON, happening: Happening) -> JSON | None:
    """Developer metadata after a happening; it goes with its row, column or sheet."""
    location = item.get("location", {})
    if isinstance(happening.change, SheetDeleted):
        on_sheet = location.get("sheetId", location.get("dimensionRange", {}).get("sheetId"))
        return None if on_sheet == happening.sheet_id else item
    dimension = location.get("dimensionRange")
    change = happening.change
    if dimension is None or dimension.get("sheetId", 0) != happening.sheet_id or happening.band is not None:
        return item
    if not isinstance(change, Inserted | Deleted | DimensionMoved) or change.dimension != dimension["dimension"]:
        return item
    place = followed_interval(dimension.get("startIndex", 0), dimension["endIndex"], change)
    if place is None:
        return None
    return {
        **item,
        "location": {**location, "dimensionRange": {**dimension, "startIndex": place[0], "endIndex": place[1]}},
    }
