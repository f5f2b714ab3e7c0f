"""Requests that copy and move cells: copyPaste, cutPaste.

Source: https://developers.google.com/workspace/sheets/api/reference/rest/v4/spreadsheets/request
"""

from __future__ import annotations

from dataclasses import replace

from sheets_agent.a1 import A1Range, GridRange
from sheets_agent.emulator.effort import spend
from sheets_agent.emulator.errors import Refusal
from sheets_agent.emulator.requests import moving
from sheets_agent.emulator.requests.lookup import bounded_range, coordinate
from sheets_agent.emulator.requests.placing import put_cells
from sheets_agent.emulator.workbook import EMPTY, JSON, Cell, Sheet, Workbook
from sheets_agent.formulas.changed_references import relocate, shift
from sheets_agent.formulas.values import ErrorValue

_WITH_FORMATS = ("PASTE_NORMAL", "PASTE_NO_BORDERS", "PASTE_FORMAT")
_WITH_RULES = (*_WITH_FORMATS, "PASTE_CONDITIONAL_FORMATTING")


def copyPaste(workbook: Workbook, request: JSON) -> JSON:
    """Copy a range, repeated over a destination that is a multiple of it; relative references shift."""
    source_sheet, source = bounded_range(workbook, request.get("source"))
    target_sheet, target = bounded_range(workbook, request.get("destination"))
    kind = request.get("pasteType", "PASTE_NORMAL")
    transpose = request.get("pasteOrientation") == "TRANSPOSE"
    height, width = (source.columns, source.rows) if transpose else (source.rows, source.columns)
    blocks = _blocks(workbook, target, height, width)
    bottom, right = max(row for row, _ in blocks) + height, max(column for _, column in blocks) + width
    if bottom > target_sheet.row_count or right > target_sheet.column_count:
        raise Refusal(
            f"Cannot paste beyond the end of the sheet. Max rows: {target_sheet.row_count}, "
            f"max columns: {target_sheet.column_count}"
        )
    pasted: dict[tuple[int, int], Cell] = {}
    for top, left in blocks:
        for row in range(source.rows):
            for column in range(source.columns):
                place = (top + column, left + row) if transpose else (top + row, left + column)
                origin = ((source.start_row or 0) + row, (source.start_column or 0) + column)
                copied = _copied(workbook, source_sheet, origin, place, kind)
                pasted[place] = _pasted(target_sheet.cell(*place), copied, kind)
    if kind in _WITH_FORMATS:
        spend(workbook, len(blocks) * len(source_sheet.merges))
        _copy_merges(source_sheet, source, target_sheet, blocks, transpose)
    if kind in _WITH_RULES and not transpose:
        spend(workbook, len(blocks) * len(source_sheet.list("conditionalFormats")))
        _copy_rules(source_sheet, source, target_sheet, blocks)
    put_cells(workbook, target_sheet, pasted)
    return {}


def _blocks(workbook: Workbook, target: GridRange, height: int, width: int) -> list[tuple[int, int]]:
    """The first cells of the copies: several where the destination is a multiple of the source, else one."""
    down = target.rows // height if target.rows % height == 0 else 1
    across = target.columns // width if target.columns % width == 0 else 1
    spend(workbook, down * across * height * width)
    top, left = target.start_row or 0, target.start_column or 0
    return [(top + row * height, left + column * width) for row in range(down) for column in range(across)]


def _copied(workbook: Workbook, sheet: Sheet, origin: tuple[int, int], place: tuple[int, int], kind: str) -> Cell:
    """A cell as it is copied to a place: its formula shifted, or what it shows when only values are pasted."""
    cell = sheet.cell(*origin)
    if kind == "PASTE_VALUES":
        value = workbook.value(sheet, *origin)
        return replace(cell, value=str(value) if isinstance(value, ErrorValue) else value, formula=None)
    if cell.formula is None:
        return cell
    return replace(cell, formula=shift(cell.formula, place[0] - origin[0], place[1] - origin[1]))


def _pasted(old: Cell, new: Cell, kind: str) -> Cell:
    """What a cell becomes when another is pasted onto it."""
    match kind:
        case "PASTE_NORMAL":
            return new
        case "PASTE_NO_BORDERS":
            borders = (old.format or {}).get("borders")
            rest = {key: value for key, value in (new.format or {}).items() if key != "borders"}
            return replace(new, format=({**rest, "borders": borders} if borders else rest) or None)
        case "PASTE_VALUES":
            return replace(old, value=new.value, formula=None, runs=None)
        case "PASTE_FORMULA":
            return replace(old, value=new.value, formula=new.formula, runs=None)
        case "PASTE_FORMAT":
            return replace(old, format=new.format)
        case "PASTE_DATA_VALIDATION":
            return replace(old, validation=new.validation)
        case "PASTE_CONDITIONAL_FORMATTING":
            return old
        case _:
            raise Refusal(f"Invalid pasteType: {kind}")


def _copy_merges(
    source_sheet: Sheet, source: GridRange, target_sheet: Sheet, blocks: list[tuple[int, int]], transpose: bool
) -> None:
    inside = [merge for merge in source_sheet.merges if source.contains(merge)]
    height, width = (source.columns, source.rows) if transpose else (source.rows, source.columns)
    for top, left in blocks:
        area = GridRange(target_sheet.sheet_id, top, top + height, left, left + width)
        target_sheet.merges = [merge for merge in target_sheet.merges if merge.intersection(area) is None]
        for merge in inside:
            down, across = (
                (merge.start_row or 0) - (source.start_row or 0),
                (merge.start_column or 0) - (source.start_column or 0),
            )
            rows, columns = merge.rows, merge.columns
            if transpose:
                down, across, rows, columns = across, down, columns, rows
            target_sheet.merges.append(
                GridRange(target_sheet.sheet_id, top + down, top + down + rows, left + across, left + across + columns)
            )


def _copy_rules(source_sheet: Sheet, source: GridRange, target_sheet: Sheet, blocks: list[tuple[int, int]]) -> None:
    """Conditional formats of the source cells apply to their copies too."""
    same_sheet = source_sheet is target_sheet
    rules = []
    added = []
    for rule in source_sheet.list("conditionalFormats"):
        ranges = [GridRange.from_api(item).intersection(source) for item in rule.get("ranges", [])]
        covered = [area for area in ranges if area is not None]
        moved = [
            _moved(area, target_sheet, top - (source.start_row or 0), left - (source.start_column or 0)).to_api()
            for top, left in blocks
            for area in covered
        ]
        if same_sheet and moved:
            known = {GridRange.from_api(body) for body in rule["ranges"]}
            missing = [body for body in moved if GridRange.from_api(body) not in known]
            rules.append({**rule, "ranges": [*rule["ranges"], *missing]})
        else:
            rules.append(rule)
            if moved:
                added.append({**rule, "ranges": moved})
    if same_sheet:
        target_sheet.resources["conditionalFormats"] = rules
    elif added:
        target_sheet.resources["conditionalFormats"] = [*target_sheet.list("conditionalFormats"), *added]


def _moved(area: GridRange, sheet: Sheet, rows: int, columns: int) -> GridRange:
    return GridRange(
        sheet.sheet_id,
        (area.start_row or 0) + rows,
        (area.end_row or 0) + rows,
        (area.start_column or 0) + columns,
        (area.end_column or 0) + columns,
    )


def cutPaste(workbook: Workbook, request: JSON) -> JSON:
    """Move a range; whatever referred to its cells follows them."""
    sheet, source = bounded_range(workbook, request.get("source"))
    target, row, column = coordinate(workbook, request.get("destination"))
    kind = request.get("pasteType", "PASTE_NORMAL")
    if row + source.rows > target.row_count or column + source.columns > target.column_count:
        raise Refusal(
            f"Cannot paste beyond the end of the sheet. Max rows: {target.row_count}, "
            f"max columns: {target.column_count}"
        )
    down, across = row - (source.start_row or 0), column - (source.start_column or 0)
    spend(workbook, source.cells)
    cut = {(r, c): _lifted(workbook, sheet, target, r, c, kind) for r, c in _places(source)}
    put_cells(workbook, sheet, dict.fromkeys(cut, EMPTY))
    put_cells(
        workbook,
        target,
        {
            (r + down, c + across): _pasted(target.cell(r + down, c + across), cell, kind)
            for (r, c), cell in cut.items()
        },
    )
    area = A1Range(sheet.title, source.start_row, source.end_row, source.start_column, source.end_column)
    moving.carry(workbook, sheet, area, target, down, across)
    return {}


def _places(area: GridRange) -> list[tuple[int, int]]:
    return [
        (row, column)
        for row in range(area.start_row or 0, area.end_row or 0)
        for column in range(area.start_column or 0, area.end_column or 0)
    ]


def _lifted(workbook: Workbook, sheet: Sheet, target: Sheet, row: int, column: int, kind: str) -> Cell:
    """A cell as it is cut: on another sheet its formula goes on meaning the same cells."""
    if kind == "PASTE_VALUES":
        return _copied(workbook, sheet, (row, column), (row, column), kind)
    cell = sheet.cell(row, column)
    if cell.formula is None:
        return cell
    return replace(cell, formula=relocate(cell.formula, sheet.title, target.title))
