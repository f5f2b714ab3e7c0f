"""Rectangles of cells: what is not covered yet, and how to read much in calls of bounded size."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from sheets_agent.a1 import GridRange

RANGES_IN_A_CALL = 200


def missing(wanted: Iterable[GridRange], covered: Iterable[GridRange]) -> list[GridRange]:
    """The parts of some bounded ranges that others do not cover, without overlaps."""
    known = list(covered)
    parts: list[GridRange] = []
    for area in wanted:
        left = [area]
        for other in (*known, *parts):
            left = [rest for piece in left for rest in _without(piece, other)]
        parts.extend(left)
    return parts


def _without(area: GridRange, other: GridRange) -> Iterator[GridRange]:
    """What remains of a bounded range when another is cut out: at most four rectangles."""
    hole = area.intersection(other)
    if hole is None:
        yield area
        return
    pieces = (
        replace(area, end_row=hole.start_row),
        replace(area, start_row=hole.end_row),
        replace(hole, start_column=area.start_column, end_column=hole.start_column),
        replace(hole, start_column=hole.end_column, end_column=area.end_column),
    )
    yield from (piece for piece in pieces if piece.cells)


def in_calls(ranges: Iterable[GridRange], most_cells: int) -> Iterator[Sequence[GridRange]]:
    """Group bounded ranges into calls of at most `most_cells` cells; larger ranges are cut into bands of rows."""
    group: list[GridRange] = []
    cells = 0
    for band in (band for area in ranges for band in bands(area, most_cells)):
        if group and (cells + band.cells > most_cells or len(group) == RANGES_IN_A_CALL):
            yield group
            group, cells = [], 0
        group.append(band)
        cells += band.cells
    if group:
        yield group


def bands(area: GridRange, most_cells: int) -> Iterator[GridRange]:
    """Cut a bounded range into bands of rows with at most `most_cells` cells each, one row at least."""
    start, end = area.start_row or 0, area.end_row or 0
    height = max(1, most_cells // max(1, area.columns))
    for row in range(start, end, height):
        yield replace(area, start_row=row, end_row=min(row + height, end))
