"""The requests that make one spreadsheet what another one is, step by step.

Each step looks at the two as they are by then and asks for what it restores: a later step finds the grid, the names and
the rules that an earlier one has put back. The steps are pure; who applies their requests is `inverse.py`.
"""

from __future__ import annotations

from collections.abc import Callable

from sheets_agent.emulator.workbook import JSON, Sheet, Workbook
from sheets_agent.undo.cells import cells
from sheets_agent.undo.objects import LISTS, charts, listed, rules, slicers
from sheets_agent.undo.pair import Pair

Request = JSON
Restore = Callable[[Pair], list[Request]]
"""From the spreadsheet as it was and as it is, the requests of one step."""

_USUAL_SIZE = {"rows": 21, "columns": 100}


def _properties(pair: Pair) -> list[Request]:
    names = [name for kind, _, name in pair.changed if kind == "spreadsheet"]
    if not names:
        return []
    kept = {name: pair.before.properties[name] for name in names if name in pair.before.properties}
    return [{"updateSpreadsheetProperties": {"properties": kept, "fields": ",".join(names)}}]


def _sheets(pair: Pair) -> list[Request]:
    """Tabs that came go, and tabs that went come back: empty, or a chart's own with the chart."""
    gone = [
        {"deleteSheet": {"sheetId": sheet.sheet_id}}
        for sheet in pair.now.sheets
        if pair.before.sheet(sheet.sheet_id) is None
    ]
    added = [_added(sheet, pair.now) for sheet in pair.before.sheets if pair.now.sheet(sheet.sheet_id) is None]
    stays = any(not other.properties.get("hidden") for _, other in pair.sheets)
    return [*gone, *added] if stays else [*added, *gone]


def _added(sheet: Sheet, now: Workbook) -> Request:
    if sheet.is_grid:
        return {"addSheet": {"properties": _as_added(sheet, now)}}
    [chart] = sheet.list("charts")
    elsewhere = any(one["chartId"] == chart["chartId"] for other in now.sheets for one in other.list("charts"))
    if elsewhere:
        position = {"objectId": chart["chartId"], "newPosition": chart["position"]}
        return {"updateEmbeddedObjectPosition": position}
    return {"addChart": {"chart": chart}}


def _as_added(sheet: Sheet, now: Workbook) -> JSON:
    grid = sheet.properties["gridProperties"]
    size = {"rowCount": grid["rowCount"], "columnCount": grid["columnCount"]}
    title = sheet.title if now.sheet_titled(sheet.title) is None else _passing_title(sheet)
    return {"sheetId": sheet.sheet_id, "title": title, "gridProperties": size}


def _passing_title(sheet: Sheet) -> str:
    return f"undo {sheet.sheet_id}"


def _titles(pair: Pair) -> list[Request]:
    """Titles; tabs whose title another one has taken step aside first."""
    renamed = [(sheet, other) for sheet, other in pair.sheets if sheet.title != other.title]
    aside = [
        (other, _passing_title(other))
        for _, other in renamed
        if any(other is not this and other.title.casefold() == sheet.title.casefold() for sheet, this in renamed)
    ]
    return [_renamed(sheet, title) for sheet, title in aside] + [
        _renamed(other, sheet.title) for sheet, other in renamed
    ]


def _renamed(sheet: Sheet, title: str) -> Request:
    return {"updateSheetProperties": {"properties": {"sheetId": sheet.sheet_id, "title": title}, "fields": "title"}}


def _sizes(pair: Pair) -> list[Request]:
    """The size of grids; what was frozen lets go first, since not all of a grid may be."""
    found: list[Request] = []
    for sheet, other in pair.sheets:
        if (sheet.row_count, sheet.column_count) == (other.row_count, other.column_count):
            continue
        size = {"rowCount": sheet.row_count, "columnCount": sheet.column_count}
        masked = ("frozenRowCount", "frozenColumnCount", "rowCount", "columnCount")
        body = {"properties": {"sheetId": sheet.sheet_id, "gridProperties": size}}
        found.append({"updateSheetProperties": {**body, "fields": ",".join(f"gridProperties.{one}" for one in masked)}})
    return found


def _tabs(pair: Pair) -> list[Request]:
    """What is frozen, hidden or coloured of tabs, and how they are ordered."""
    shown: list[Request] = []
    hidden: list[Request] = []
    keys = [key for key in pair.changed if key[0] in ("tab", "grid")]
    for sheet, _ in pair.sheets:
        own = [name for kind, identifier, name in keys if kind == "tab" and identifier == sheet.sheet_id]
        grid = [name for kind, identifier, name in keys if kind == "grid" and identifier == sheet.sheet_id]
        names = [
            name for name in own if name not in ("sheetType", "sheetId", "tabColor" if "tabColorStyle" in own else "")
        ]
        if not names and not grid:
            continue
        body: JSON = {"sheetId": sheet.sheet_id}
        body |= {name: sheet.properties[name] for name in names if name in sheet.properties}
        held = sheet.properties.get("gridProperties", {})
        if kept := {name: held[name] for name in grid if name in held}:
            body["gridProperties"] = kept
        fields = ",".join([*names, *(f"gridProperties.{name}" for name in grid)])
        request = {"updateSheetProperties": {"properties": body, "fields": fields}}
        (hidden if body.get("hidden") else shown).append(request)
    return [*shown, *hidden, *_order(pair)]


def _order(pair: Pair) -> list[Request]:
    places = [sheet.sheet_id for sheet in pair.now.sheets]
    wanted = [sheet.sheet_id for sheet in pair.before.sheets]
    if sorted(places) != sorted(wanted):
        return []
    found: list[Request] = []
    for index, identifier in enumerate(wanted):
        if places[index] != identifier:
            places.remove(identifier)
            places.insert(index, identifier)
            body = {"properties": {"sheetId": identifier, "index": index}, "fields": "index"}
            found.append({"updateSheetProperties": body})
    return found


def _merges(pair: Pair) -> list[Request]:
    parted: list[Request] = []
    merged: list[Request] = []
    for sheet, other in pair.sheets:
        old, new = set(sheet.merges), set(other.merges)
        parted += [{"unmergeCells": {"range": area.to_api()}} for area in other.merges if area not in old]
        merged += [
            {"mergeCells": {"range": area.to_api(), "mergeType": "MERGE_ALL"}}
            for area in sheet.merges
            if area not in new
        ]
    return [*parted, *merged]


def _groups(pair: Pair) -> list[Request]:
    found: list[Request] = []
    for kind, identifier, _ in pair.changed:
        sheet, other = pair.before.sheet(identifier), pair.now.sheet(identifier)
        if kind not in ("rowGroups", "columnGroups") or sheet is None or other is None:
            continue
        found += [{"deleteDimensionGroup": {"range": group["range"]}} for group in other.list(kind)]
        found += [{"addDimensionGroup": {"range": group["range"]}} for group in sheet.list(kind)]
        found += [
            {"updateDimensionGroup": {"dimensionGroup": group, "fields": "collapsed"}}
            for group in sheet.list(kind)
            if group.get("collapsed")
        ]
    return found


def _filters(pair: Pair) -> list[Request]:
    """The filter of a tab, also to hide again the rows that it hid."""
    found: list[Request] = []
    keys = pair.changed
    for sheet, _ in pair.sheets:
        identifier = sheet.sheet_id
        hides = any(
            kind == "rows" and of == identifier and _filtered(pair.before, key) != _filtered(pair.now, key)
            for kind, of, name in keys
            for key in [(of, int(name) if kind == "rows" else 0)]
        )
        if not hides and ("basicFilter", identifier, "") not in keys:
            continue
        if sheet.basic_filter is None:
            found.append({"clearBasicFilter": {"sheetId": identifier}})
        else:
            kept = {key: value for key, value in sheet.basic_filter.items() if key != "criteria" or not
                    sheet.basic_filter.get("filterSpecs")}  # fmt: skip
            found.append({"setBasicFilter": {"filter": kept}})
    return found


def _filtered(workbook: Workbook, place: tuple[int, int]) -> bool:
    sheet = workbook.sheet(place[0])
    return bool(sheet and sheet.row_metadata.get(place[1], {}).get("hiddenByFilter"))


def _sizes_of_rows(pair: Pair) -> list[Request]:
    """The sizes of rows and columns and whether they are hidden, neighbours that are alike in one request."""
    found: list[Request] = []
    runs: list[tuple[str, int, JSON, int, int]] = []
    keys = [key for key in pair.changed if key[0] in ("rows", "columns")]
    for kind, identifier, index in sorted((kind, of, int(name)) for kind, of, name in keys):
        sheet, other = pair.before.sheet(identifier), pair.now.sheet(identifier)
        if sheet is None or other is None or index >= (sheet.row_count if kind == "rows" else sheet.column_count):
            continue
        size = _size(sheet, kind, index)
        if size == _size(other, kind, index):
            continue
        if runs and runs[-1][:3] == (kind, identifier, size) and runs[-1][4] == index:
            runs[-1] = (*runs[-1][:4], index + 1)
        else:
            runs.append((kind, identifier, size, index, index + 1))
    for kind, identifier, size, start, end in runs:
        area = {"sheetId": identifier, "dimension": kind.upper(), "startIndex": start, "endIndex": end}
        body = {"range": area, "properties": size, "fields": "pixelSize,hiddenByUser"}
        found.append({"updateDimensionProperties": body})
    return found


def _size(sheet: Sheet, kind: str, index: int) -> JSON:
    body = (sheet.row_metadata if kind == "rows" else sheet.column_metadata).get(index, {})
    return {
        "pixelSize": body.get("pixelSize", _USUAL_SIZE[kind]),
        "hiddenByUser": bool(body.get("hiddenByUser", False)),
    }


def _names(pair: Pair) -> list[Request]:
    """Named ranges and developer metadata, which have ids of the client's own choice."""
    removed: list[Request] = []
    added: list[Request] = []
    old, new = pair.old, pair.new
    for key in pair.changed:
        kind, _, identifier = key
        if kind == "namedRanges" and key in old and key in new:
            added.append({"updateNamedRange": {"namedRange": old[key], "fields": "name,range"}})
        elif kind == "namedRanges" and key in new:
            removed.append({"deleteNamedRange": {"namedRangeId": identifier}})
        elif kind == "namedRanges":
            added.append({"addNamedRange": {"namedRange": old[key]}})
        if kind == "developerMetadata" and key in new:
            lookup = {"developerMetadataLookup": {"metadataId": int(identifier)}}
            removed.append({"deleteDeveloperMetadata": {"dataFilter": lookup}})
        if kind == "developerMetadata" and key in old:
            added.append({"createDeveloperMetadata": {"developerMetadata": _located(old[key])}})
    return [*removed, *added]


def _located(item: JSON) -> JSON:
    """Developer metadata as it is created: the type of its location follows from the location."""
    location = {key: value for key, value in item.get("location", {}).items() if key != "locationType"}
    return {**item, "location": location}


def _objects(name: str) -> Restore:
    return lambda pair: listed(name, pair)


STEPS: tuple[Restore, ...] = (
    _properties, _sheets, _titles, _sizes, _objects("tables"), _names, _merges, cells, _groups, _tabs,
    rules, *map(_objects, LISTS), charts, slicers, _filters, _sizes_of_rows,
)  # fmt: skip
"""Everything that makes a spreadsheet what it was, in the order in which it has to be put back."""
