"""Rows, columns and cells that a batch moved, moved back; and where a cell stood before that.

Undoing an insertion by deleting what was inserted keeps references, objects and sizes right on their own, and leaves
little for the difference of cells. What cannot be moved back so is left to that difference.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from sheets_agent.a1 import GridRange
from sheets_agent.emulator.workbook import JSON

Request = JSON
Place = tuple[int, int, int]
"""Sheet id, zero-based row and column."""


def moved_back(request: Request) -> Request | None:
    """The request that moves back what another one moved; None when it moved nothing, or nothing that way."""
    [(kind, body)] = request.items()
    match kind:
        case "insertDimension":
            return {"deleteDimension": {"range": body["range"]}}
        case "deleteDimension":
            return {"insertDimension": {"range": body["range"], "inheritFromBefore": _start(body["range"]) > 0}}
        case "moveDimension":
            return _dimension_moved_back(body)
        case "insertRange" | "deleteRange":
            other = "deleteRange" if kind == "insertRange" else "insertRange"
            return {other: {"range": body["range"], "shiftDimension": body.get("shiftDimension")}}
    return None


def _start(dimension: JSON) -> int:
    return int(dimension.get("startIndex", 0))


def _dimension_moved_back(body: JSON) -> Request | None:
    source, destination = body["source"], int(body.get("destinationIndex", 0))
    if "endIndex" not in source:
        return None
    start, end = _start(source), int(source["endIndex"])
    if start <= destination <= end:
        return None
    at = destination if destination < start else destination - (end - start)
    back = end if destination < start else start
    return {
        "moveDimension": {
            "source": {**source, "startIndex": at, "endIndex": at + end - start},
            "destinationIndex": back,
        }
    }


def sheet_of(request: Request) -> int:
    """The sheet that a request of this module is about."""
    [body] = request.values()
    return int((body.get("range") or body.get("source")).get("sheetId", 0))


def removed(request: Request) -> GridRange | None:
    """The cells that a moving request takes away, with open bounds for whole rows or columns."""
    [(kind, body)] = request.items()
    if kind == "deleteDimension":
        area = body["range"]
        start, end = _start(area), area.get("endIndex")
        bounds = (start, end, None, None) if area.get("dimension") == "ROWS" else (None, None, start, end)
        return GridRange(int(area.get("sheetId", 0)), *bounds)
    return GridRange.from_api(body["range"]) if kind == "deleteRange" else None


def place_before(requests: Sequence[Request], place: Place) -> Place | None:
    """Where a cell stood before some requests moved it; None when they made room for it."""
    found: Place | None = place
    for request in reversed(requests):
        if found is None or sheet_of(request) != found[0]:
            continue
        found = _before_one(request, found)
    return found


def area_before(requests: Sequence[Request], area: GridRange) -> GridRange:
    """Where a range stood before some requests moved it, roughly: bounds that fell into new room are kept."""
    if not requests:
        return area
    bounds: dict[str, int] = {}
    for name, row in (("start_row", True), ("start_column", False), ("end_row", True), ("end_column", False)):
        bound = getattr(area, name)
        if bound is None:
            continue
        last = name.startswith("end")
        index = bound - 1 if last else bound
        column = area.start_column or 0
        place = (area.sheet_id, index, column) if row else (area.sheet_id, area.start_row or 0, index)
        before = place_before(requests, place)
        found = index if before is None else before[1 if row else 2]
        bounds[name] = found + 1 if last else found
    return replace(area, **bounds)


def _before_one(request: Request, place: Place) -> Place | None:
    [(kind, body)] = request.items()
    sheet_id, row, column = place
    area = body.get("range") or body["source"]
    if kind in ("insertRange", "deleteRange"):
        by_rows = body.get("shiftDimension") == "ROWS"
        across = column if by_rows else row
        first, last = ("startColumnIndex", "endColumnIndex") if by_rows else ("startRowIndex", "endRowIndex")
        if not area.get(first, 0) <= across < area.get(last, across + 1):
            return place
        start = area.get("startRowIndex" if by_rows else "startColumnIndex", 0)
        end = area["endRowIndex" if by_rows else "endColumnIndex"]
    else:
        by_rows = area.get("dimension") == "ROWS"
        start, end = _start(area), area.get("endIndex")
    old = _index_before(kind, body, start, end)(row if by_rows else column)
    if old is None:
        return None
    return (sheet_id, old, column) if by_rows else (sheet_id, row, old)


def _index_before(kind: str, body: JSON, start: int, end: int) -> Callable[[int], int | None]:
    count = end - start
    if kind.startswith("delete"):
        return lambda index: index if index < start else index + count
    if kind.startswith("insert"):
        return lambda index: index if index < start else None if index < end else index - count
    destination = int(body.get("destinationIndex", 0))

    def before_move(index: int) -> int:
        if destination <= start:
            if destination <= index < destination + count:
                return index - destination + start
            return index - count if destination + count <= index < end else index
        if destination - count <= index < destination:
            return index - (destination - count) + start
        return index + count if start <= index < destination - count else index

    return before_move
