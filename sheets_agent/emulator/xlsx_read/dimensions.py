"""Widths, heights, hidden rows and columns, and groups of a worksheet."""

from __future__ import annotations

from typing import Any

JSON = dict[str, Any]

_PIXELS_PER_CHARACTER = 7  # of the widest digit of the default font, by which the file format measures widths
_PIXELS_PER_POINT = 4 / 3
_FURTHEST_STYLED = 16_384


def column_metadata(source: Any, column_count: int) -> dict[int, JSON]:
    """DimensionProperties by column index, only where they differ from the default."""
    result: dict[int, JSON] = {}
    for dimension in source.column_dimensions.values():
        entry: JSON = {}
        if dimension.customWidth and dimension.width:
            entry["pixelSize"] = max(2, round(dimension.width * _PIXELS_PER_CHARACTER))
        if dimension.hidden:
            entry["hiddenByUser"] = True
        if entry:
            first = dimension.min or 1
            for column in range(first - 1, min(dimension.max or first, column_count)):
                result[column] = entry
    return result


def row_metadata(source: Any, row_count: int) -> dict[int, JSON]:
    """DimensionProperties by row index, only where they differ from the default."""
    result: dict[int, JSON] = {}
    for row, dimension in source.row_dimensions.items():
        entry: JSON = {}
        if dimension.height and dimension.customHeight:
            entry["pixelSize"] = max(2, round(dimension.height * _PIXELS_PER_POINT))
        if dimension.hidden:
            entry["hiddenByUser"] = True
        if entry and row <= row_count:
            result[row - 1] = entry
    return result


def groups(dimensions: Any, dimension: str, sheet_id: int) -> list[JSON]:
    """Outline levels as the API's DimensionGroups: one per run of rows at each depth."""
    levels: dict[int, int] = {}
    collapsed: set[int] = set()
    for key, entry in dimensions.items():
        level = entry.outlineLevel or 0
        first, last = (key, key) if dimension == "ROWS" else (entry.min or 1, entry.max or entry.min or 1)
        if level and last < _FURTHEST_STYLED * 64:
            levels |= dict.fromkeys(range(first - 1, last), level)
            if entry.hidden:
                collapsed |= set(range(first - 1, last))
    result: list[JSON] = []
    for depth in range(1, max(levels.values(), default=0) + 1):
        for start, end in _runs(sorted(index for index, level in levels.items() if level >= depth)):
            group: JSON = {
                "range": {"sheetId": sheet_id, "dimension": dimension, "startIndex": start, "endIndex": end},
                "depth": depth,
            }
            if all(index in collapsed for index in range(start, end)):
                group["collapsed"] = True
            result.append(group)
    return result


def _runs(indexes: list[int]) -> list[tuple[int, int]]:
    runs: list[tuple[int, int]] = []
    for index in indexes:
        if runs and runs[-1][1] == index:
            runs[-1] = (runs[-1][0], index + 1)
        else:
            runs.append((index, index + 1))
    return runs
