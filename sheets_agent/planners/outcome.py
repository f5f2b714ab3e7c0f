"""A fingerprint of what a spreadsheet holds: equal for two copies of it that hold the same.

Used to find plans that do the same in other words. Ids, and the order of objects where it means nothing, do not count;
contents, values, formats, notes, rules, pivot tables, charts, names, filters, merges, sizes and the like do. Where a
function gives something else each time (NOW, RAND), values do not count, only what was entered.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sheets_agent.a1 import GridRange
from sheets_agent.planners.snapshot import WHOLE_SHEET_CELLS, whole_sheets
from sheets_agent.sheets.book import Book
from sheets_agent.sheets.client import SheetsClient
from sheets_agent.sheets.masks import BOOK_FIELDS

JSON = dict[str, Any]

_CELL_FIELDS = (
    "sheets(properties.sheetId,data(startRow,startColumn,rowMetadata(hiddenByUser,hiddenByFilter,pixelSize),"
    "columnMetadata(hiddenByUser,pixelSize),rowData.values(userEnteredValue,effectiveValue,userEnteredFormat,note,"
    "textFormatRuns,dataValidation,pivotTable)))"
)
_IDS = frozenset(
    {
        "sheetId", "index", "chartId", "namedRangeId", "protectedRangeId", "bandedRangeId", "filterViewId", "slicerId",
        "tableId", "metadataId", "objectId", "spreadsheetId", "developerMetadata",
    }
)  # fmt: skip
_ORDERED = ("conditionalFormats",)
"""Resources whose order means something: the rule above wins."""
_CHANGING = re.compile(r"\b(NOW|RAND|RANDBETWEEN|RANDARRAY)\(", re.IGNORECASE)


def outcome(client: SheetsClient, book: Book, areas: Sequence[GridRange], shifts: Sequence[JSON] = ()) -> str:
    """The fingerprint of a spreadsheet.

    Sheets are read whole, but for very large ones. Of these the ranges that were written are read, and which they are
    counts as well as how cells moved: two copies that are told apart there may hold the same, those told equal do.

    Args:
        client: a client on it.
        book: its metadata as they are now.
        areas: the ranges that were written.
        shifts: the requests by which cells moved.
    """
    titles = {sheet.sheet_id: sheet.title for sheet in book.sheets}
    metadata = client.get(book.spreadsheet_id, fields=BOOK_FIELDS)
    ranges = _ranges(book, areas)
    grids = client.get(book.spreadsheet_id, fields=_CELL_FIELDS, ranges=ranges) if ranges else {}
    cells = {titles[sheet["properties"].get("sheetId", 0)]: _cells(sheet) for sheet in grids.get("sheets", ())}
    if any(_CHANGING.search(_formula(cell)) for found in cells.values() for cell in found.values()):
        cells = {
            title: {where: {**cell, "effectiveValue": None} for where, cell in found.items()}
            for title, found in cells.items()
        }
    state = {
        "large": _large(book, areas, shifts, titles),
        "names": sorted(_text(_plain(one, titles)) for one in metadata.get("namedRanges", ())),
        "sheets": [_sheet(sheet, titles) for sheet in metadata.get("sheets", ())],
        "cells": {
            title: {where: _plain(cell, titles) for where, cell in found.items()} for title, found in cells.items()
        },
        "sizes": {titles[sheet["properties"].get("sheetId", 0)]: _sizes(sheet) for sheet in grids.get("sheets", ())},
    }
    return hashlib.sha256(_text(state).encode()).hexdigest()


def _ranges(book: Book, areas: Iterable[GridRange]) -> list[str]:
    wanted = [*whole_sheets(book), *_on_large_sheets(book, areas)]
    return [book.a1(area) for area in dict.fromkeys(wanted) if area.cells]


def _on_large_sheets(book: Book, areas: Iterable[GridRange]) -> list[GridRange]:
    large = {sheet.sheet_id for sheet in book.sheets if sheet.grid.cells > WHOLE_SHEET_CELLS}
    return [book.clipped(area) for area in areas if area.sheet_id in large]


def _large(book: Book, areas: Iterable[GridRange], shifts: Sequence[JSON], titles: Mapping[int, str]) -> list[str]:
    """What is known of very large sheets beside the cells that were read."""
    if all(sheet.grid.cells <= WHOLE_SHEET_CELLS for sheet in book.sheets):
        return []
    written = {book.a1(area) for area in _on_large_sheets(book, areas)}
    return [*sorted(written), *(_text(_plain(one, titles)) for one in shifts)]


def _formula(cell: JSON) -> str:
    return str(cell.get("userEnteredValue", {}).get("formulaValue", ""))


def _cells(sheet: JSON) -> dict[str, JSON]:
    """The cells that hold anything, by place."""
    return {
        f"{row},{column}": cell
        for block in sheet.get("data", ())
        for row, data in enumerate(block.get("rowData", ()), block.get("startRow", 0))
        for column, cell in enumerate(data.get("values", ()), block.get("startColumn", 0))
        if any(cell.values())
    }


def _sizes(sheet: JSON) -> dict[str, JSON]:
    """Rows and columns that are hidden or of a size of their own, by their index; most are like their neighbours."""
    found: dict[str, JSON] = {}
    for block in sheet.get("data", ()):
        for name, first in (("rowMetadata", "startRow"), ("columnMetadata", "startColumn")):
            usual = {"pixelSize": 21 if name == "rowMetadata" else 100}
            for index, one in enumerate(block.get(name, ()), block.get(first, 0)):
                if one and one != usual:
                    found[f"{name} {index}"] = one
    return found


def _sheet(sheet: JSON, titles: Mapping[int, str]) -> JSON:
    """A sheet's own properties and its objects. How far its grid goes beyond what is filled does not count."""
    properties = dict(sheet.get("properties", {}))
    grid = properties.pop("gridProperties", {})
    properties["gridProperties"] = {key: grid[key] for key in grid if key not in ("rowCount", "columnCount")}
    lists = {name: value for name, value in sheet.items() if isinstance(value, list)}
    others = {name: value for name, value in sheet.items() if name != "properties" and name not in lists}
    plain = {name: [_text(_plain(one, titles)) for one in value] for name, value in lists.items() if name not in _IDS}
    return {
        **_plain({**others, "properties": properties}, titles),
        **{name: texts if name in _ORDERED else sorted(texts) for name, texts in plain.items()},
    }


def _plain(value: Any, titles: Mapping[int, str]) -> Any:
    """Without ids; a sheet by its title."""
    if isinstance(value, list):
        return [_plain(one, titles) for one in value]
    if not isinstance(value, dict):
        return value
    kept = {key: _plain(one, titles) for key, one in value.items() if key not in _IDS and one not in (None, {}, [])}
    where = value.get("sheetId", 0 if {"startRowIndex", "startColumnIndex", "rowIndex"} & value.keys() else None)
    return kept if where is None else {**kept, "sheet": titles.get(where, "")}


def _text(value: Any) -> str:
    return json.dumps(value, sort_keys=True, ensure_ascii=False)
