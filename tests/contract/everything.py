"""All that a spreadsheet shows of itself through the API, in a form in which equal spreadsheets are equal."""

from __future__ import annotations

from typing import Any

_LISTS = (
    "charts", "filterViews", "protectedRanges", "bandedRanges", "slicers", "tables", "namedRanges",
    "developerMetadata", "merges",
)  # fmt: skip
_IDS = (
    "chartId", "filterViewId", "protectedRangeId", "bandedRangeId", "slicerId", "tableId", "namedRangeId", "metadataId",
)  # fmt: skip


def everything_of(client: Any, spreadsheet_id: str) -> Any:
    """Every cell, format and object; lists whose order means nothing are sorted, what is empty is left out."""
    body = client.get(spreadsheet_id, include_grid_data=True)
    for sheet in body["sheets"]:
        sheet["properties"] = {key: one for key, one in sheet["properties"].items() if one is not False}
        sheet["data"] = [_grid(block) for block in sheet.get("data", ())]
    return _plain(body)


def _grid(block: Any) -> Any:
    sizes = {}
    for name, usual in (("rowMetadata", 21), ("columnMetadata", 100)):
        found = {index: _size(one, usual) for index, one in enumerate(block.get(name, ()))}
        sizes[name] = {index: one for index, one in found.items() if one}
    cells = {
        (row, column): cell
        for row, line in enumerate(block.get("rowData", ()))
        for column, cell in enumerate(line.get("values", ()))
        if _plain(cell)
    }
    return {**sizes, "cells": cells}


def _size(one: Any, usual: int) -> Any:
    return {key: value for key, value in one.items() if value and (key, value) != ("pixelSize", usual)}


def _plain(value: Any, name: str = "") -> Any:
    if isinstance(value, dict):
        kept = {key: _plain(one, key) for key, one in value.items()}
        twins = [key for key in kept if f"{key}Style" in kept]  # a colour is told in both forms
        black = [key for key in kept if str(key).endswith("Color") and key not in twins] + ["rgbColor"]
        return {
            key: one for key, one in kept.items() if key not in twins and (one not in (None, {}, []) or key in black)
        }
    if isinstance(value, list):
        found = [_plain(one) for one in value]
        return sorted(found, key=_order) if name in _LISTS else found
    return value


def _order(item: Any) -> str:
    return next((str(item[key]) for key in _IDS if key in item), repr(sorted(item.items())))
