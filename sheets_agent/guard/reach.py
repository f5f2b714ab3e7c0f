"""Where a request writes: the ranges of cells, the anchors of objects, and what concerns the whole spreadsheet.

A kind of request that is not known here reaches everywhere, so that a new kind is refused and not forgotten.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from sheets_agent.a1 import GridRange
from sheets_agent.sheets.book import Book

JSON = dict[str, Any]

_RANGE = (
    "updateCells", "repeatCell", "autoFill", "trimWhitespace", "sortRange", "randomizeRange", "deleteDuplicates",
    "setDataValidation", "mergeCells", "unmergeCells", "updateBorders", "updateDimensionProperties",
    "addDimensionGroup", "deleteDimensionGroup",
)  # fmt: skip
_INNER = {
    "setBasicFilter": "filter",
    "addFilterView": "filter",
    "addProtectedRange": "protectedRange",
    "addNamedRange": "namedRange",
    "updateNamedRange": "namedRange",
    "addBanding": "bandedRange",
    "addTable": "table",
    "updateDimensionGroup": "dimensionGroup",
}
_SHIFTING = ("insertDimension", "deleteDimension", "insertRange", "deleteRange")
_WHOLE_SHEET = ("clearBasicFilter", "deleteSheet", "appendCells", "autoResizeDimensions", "deleteConditionalFormatRule")
CONTENTS = frozenset({"updateCells", "repeatCell", "copyPaste", "cutPaste", "autoFill", "pasteData", "appendCells"})
"""Requests that put contents into the cells of their ranges."""
REMOVING = frozenset(
    {"deleteSheet", "deleteDimension", "deleteRange", "deleteDuplicates", "deleteTable", "deleteNamedRange",
     "deleteProtectedRange", "deleteEmbeddedObject", "deleteFilterView", "deleteBanding", "deleteComment",
     "deleteCommentReply", "deleteDataSource", "deleteDeveloperMetadata", "deleteConditionalFormatRule"}
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Reach:
    """Where a request writes.

    Attributes:
        areas: ranges of cells, objects by their anchors.
        new_sheet: the title of a sheet that it makes, None when it makes none; empty where Google chooses it.
        grows: ids of sheets that only get blank rows or columns at their ends.
        everywhere: whether it concerns the whole spreadsheet.
    """

    areas: tuple[GridRange, ...] = ()
    new_sheet: str | None = None
    grows: tuple[int, ...] = ()
    everywhere: bool = False


def reach(request: JSON, book: Book) -> Reach:
    """Where one request writes."""
    (kind, body), *more = request.items() or [("", {})]
    if more or not isinstance(body, dict):
        return Reach(everywhere=True)
    if kind == "addSheet":
        return Reach(new_sheet=str(body.get("properties", {}).get("title", "")))
    if kind == "duplicateSheet":
        return Reach(new_sheet=str(body.get("newSheetName", "")))
    if kind == "appendDimension":
        return Reach(grows=(int(body.get("sheetId", 0)),))
    if kind in ("addChart", "updateEmbeddedObjectPosition", "addSlicer"):
        return _placed(kind, body, book)
    areas = tuple(_areas(kind, body, book))
    return Reach(areas) if areas else Reach(everywhere=True)


def sheets_of(requests: Iterable[JSON], book: Book) -> frozenset[int]:
    """The ids of the sheets that some requests write on, those that they make included."""
    found: set[int] = set()
    for request in requests:
        where = reach(request, book)
        found |= {area.sheet_id for area in where.areas}
        if where.everywhere:
            found |= {sheet.sheet_id for sheet in book.sheets}
        for kind, body in request.items():
            if kind == "addSheet":
                found.add(int(body.get("properties", {}).get("sheetId", 0)))
            elif kind == "duplicateSheet":
                found.add(int(body.get("newSheetId", 0)))
    return frozenset(found)


def _areas(kind: str, body: JSON, book: Book) -> Iterator[GridRange]:
    if kind == "updateCells" and "start" in body:
        yield _block(body["start"], body.get("rows", ()))
    elif kind == "autoFill" and "sourceAndDestination" in body:
        yield GridRange(GridRange.from_api(body["sourceAndDestination"].get("source", {})).sheet_id)
    elif kind in _RANGE:
        yield _dimension(body["range"]) if "dimension" in body.get("range", {}) else GridRange.from_api(body["range"])
    elif kind in _INNER:
        yield from _replaced(kind, body, book)
        inner = body.get(_INNER[kind], {})
        if "range" in inner:
            yield _dimension(inner["range"]) if "dimension" in inner["range"] else GridRange.from_api(inner["range"])
    elif kind in _SHIFTING:
        yield _shifted(body.get("range", {}))
    elif kind in _WHOLE_SHEET:
        yield GridRange(int(body.get("sheetId", body.get("dimensions", {}).get("sheetId", 0))))
    else:
        yield from _others(kind, body, book)


def _replaced(kind: str, body: JSON, book: Book) -> Iterator[GridRange]:
    """Where that stands which a request puts something else in the place of: a name, the filter of a sheet."""
    inner = body.get(_INNER[kind], {})
    for name, one in book.named_range_ids.items():
        if kind == "updateNamedRange" and one == inner.get("namedRangeId"):
            yield book.named_ranges[name]
    for sheet in book.sheets:
        there = (sheet.basic_filter or {}).get("range")
        if kind == "setBasicFilter" and there and sheet.sheet_id == int(inner.get("range", {}).get("sheetId", 0)):
            yield GridRange.from_api(there)


def _others(kind: str, body: JSON, book: Book) -> Iterator[GridRange]:
    match kind:
        case "copyPaste":
            yield _copied(body)
        case "cutPaste":
            source = GridRange.from_api(body["source"])
            yield source
            yield _open(body["destination"], source)
        case "moveDimension":
            yield GridRange(int(body.get("source", {}).get("sheetId", 0)))
        case "pasteData":
            yield _open(body.get("coordinate", {}))
        case "textToColumns":
            source = GridRange.from_api(body["source"])
            yield GridRange(source.sheet_id, source.start_row, source.end_row, source.start_column, None)
        case "findReplace" if "range" in body:
            yield GridRange.from_api(body["range"])
        case "findReplace" if "sheetId" in body:
            yield GridRange(int(body["sheetId"]))
        case "addConditionalFormatRule" | "updateConditionalFormatRule":
            yield from map(GridRange.from_api, body.get("rule", {}).get("ranges", ()))
        case "updateSheetProperties":
            yield GridRange(int(body.get("properties", {}).get("sheetId", 0)))
        case "updateChartSpec" | "deleteEmbeddedObject":
            yield from _anchor(body.get("chartId", body.get("objectId")), book)
        case _:
            return


def _placed(kind: str, body: JSON, book: Book) -> Reach:
    """An object at an anchor, or on a sheet of its own."""
    holder: JSON = body.get("chart") or body.get("slicer") or body
    position: JSON = holder.get("position") or body.get("newPosition") or {}
    cell = position.get("overlayPosition", {}).get("anchorCell")
    before = _anchor(body.get("objectId"), book) if kind == "updateEmbeddedObjectPosition" else []
    if cell is None:
        return Reach(tuple(before), new_sheet="")
    return Reach((_one(cell), *before))


def _anchor(chart: object, book: Book) -> list[GridRange]:
    """Where a chart stands."""
    for sheet in book.sheets:
        for one in sheet.resources.get("charts", ()):
            if one.get("chartId") == chart:
                cell = one.get("position", {}).get("overlayPosition", {}).get("anchorCell")
                return [_one(cell) if cell is not None else GridRange(sheet.sheet_id)]
    return []


def _one(cell: JSON) -> GridRange:
    row, column = int(cell.get("rowIndex", 0)), int(cell.get("columnIndex", 0))
    return GridRange(int(cell.get("sheetId", 0)), row, row + 1, column, column + 1)


def _block(start: JSON, rows: Any) -> GridRange:
    row, column = int(start.get("rowIndex", 0)), int(start.get("columnIndex", 0))
    width = max((len(one.get("values", ())) for one in rows), default=0)
    return GridRange(int(start.get("sheetId", 0)), row, row + max(1, len(rows)), column, column + max(1, width))


def _open(start: JSON, size: GridRange | None = None) -> GridRange:
    row, column = int(start.get("rowIndex", 0)), int(start.get("columnIndex", 0))
    rows = size.end_row - (size.start_row or 0) if size and size.end_row is not None else None
    columns = size.end_column - (size.start_column or 0) if size and size.end_column is not None else None
    return GridRange(
        int(start.get("sheetId", 0)),
        row,
        None if rows is None else row + rows,
        column,
        None if columns is None else column + columns,
    )


def _copied(body: JSON) -> GridRange:
    """Where a copy lands: on its destination, and on as many cells as the source has where that is smaller."""
    source, target = GridRange.from_api(body.get("source", {})), GridRange.from_api(body.get("destination", {}))
    if not target.bounded:
        return target
    if not source.bounded:
        return GridRange(target.sheet_id, target.start_row, None, target.start_column, None)
    turned = body.get("pasteOrientation") == "TRANSPOSE"
    rows, columns = (source.columns, source.rows) if turned else (source.rows, source.columns)
    row, column = target.start_row or 0, target.start_column or 0
    return GridRange(
        target.sheet_id,
        row,
        row + max(rows, target.rows),
        column,
        column + max(columns, target.columns),
    )


def _dimension(body: JSON) -> GridRange:
    """Rows or columns as cells."""
    sheet_id, start, end = int(body.get("sheetId", 0)), body.get("startIndex"), body.get("endIndex")
    if body.get("dimension") == "COLUMNS":
        return GridRange(sheet_id, None, None, start, end)
    return GridRange(sheet_id, start, end)


def _shifted(body: JSON) -> GridRange:
    """What is at another place afterwards: everything from the range on."""
    if "dimension" in body:
        area = _dimension(body)
        return GridRange(area.sheet_id, area.start_row, None, area.start_column, None)
    area = GridRange.from_api(body)
    return GridRange(area.sheet_id, area.start_row, None, area.start_column, None)
