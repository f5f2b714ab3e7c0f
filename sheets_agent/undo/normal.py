"""Two spreadsheets compared part by part, in a form in which equal things are equal.

A `Thing` is everything of a spreadsheet but its cells: a property of a tab, a merge list, a chart, a name, the size of
a row. Each has a key, so that what changed can be told, restored and looked up again one by one.
"""

from __future__ import annotations

from typing import Any

from sheets_agent.emulator.requests.cell_data import tidy_format
from sheets_agent.emulator.requests.colours import normalised
from sheets_agent.emulator.requests.lookup import RESOURCE_IDS
from sheets_agent.emulator.workbook import JSON, Cell, Sheet, Workbook

Key = tuple[str, int, str]
"""What kind of thing, on which sheet (-1: on the spreadsheet), and its id or name there ("" where there is one)."""
Things = dict[Key, Any]

SPREADSHEET = -1
ASPECTS = {
    "userEnteredValue": ("value", "formula"),
    "userEnteredFormat": ("format",),
    "note": ("note",),
    "dataValidation": ("validation",),
    "textFormatRuns": ("runs",),
    "pivotTable": ("pivot",),
}
"""The fields of CellData, and those of a `Cell` that hold the same."""
_USUAL_SIZE = {"rows": 21, "columns": 100}
_COLOUR_STEP = 1 / 255
_CHANNELS = frozenset({"red", "green", "blue", "alpha"})
_ZERO_LEFT_OUT = frozenset(
    {"sheetId", "rowIndex", "columnIndex", "startRowIndex", "startColumnIndex", "startIndex", "sourceColumnOffset"}
)
"""Fields that Google leaves out where they are zero."""


class CellForm:
    """Cells as CellData. Formats are values that many cells share: each is written once.

    Made for one comparison: what it has written it keeps, with what it was written from.
    """

    def __init__(self, workbook: Workbook) -> None:
        self._workbook = workbook
        self._formats: dict[int, tuple[JSON, JSON]] = {}

    def __call__(self, cell: Cell) -> JSON:
        """A cell, its formula with the separators of en_US; fields that hold nothing are left out."""
        found: JSON = {}
        if entered := _entered(cell):
            found["userEnteredValue"] = entered
        if cell.format:
            found["userEnteredFormat"] = self._format(cell.format)
        if cell.note:
            found["note"] = cell.note
        for name, value in (
            ("dataValidation", cell.validation),
            ("textFormatRuns", cell.runs),
            ("pivotTable", cell.pivot),
        ):
            if value:
                found[name] = normalised(self._workbook, value)
        return found

    def _format(self, body: JSON) -> JSON:
        known = self._formats.get(id(body))
        if known is None:
            known = self._formats[id(body)] = (body, tidy_format(normalised(self._workbook, body)))
        return known[1]

    def differing(self, one: Cell, two: Cell) -> tuple[str, ...]:
        """The fields of CellData in which two cells differ."""
        if one is two or (one == two and type(one.value) is type(two.value)):
            return ()
        raw = [name for name, fields in ASPECTS.items() if any(_unlike(one, two, field) for field in fields)]
        if raw in ([], ["userEnteredValue"]):
            return tuple(raw)
        first, second = self(one), self(two)
        return tuple(name for name in raw if not same(first.get(name), second.get(name), exact=True))


def _entered(cell: Cell) -> JSON:
    if cell.formula is not None:
        return {"formulaValue": cell.formula}
    if isinstance(cell.value, bool):
        return {"boolValue": cell.value}
    if isinstance(cell.value, str):
        return {"stringValue": cell.value}
    return {} if cell.value is None else {"numberValue": float(cell.value)}


def _unlike(one: Cell, two: Cell, field: str) -> bool:
    first, second = getattr(one, field), getattr(two, field)
    return first is not second and (first != second or type(first) is not type(second))


def things(workbook: Workbook) -> Things:
    """Everything of a spreadsheet but its cells."""
    found: Things = {("spreadsheet", SPREADSHEET, name): value for name, value in workbook.properties.items() if value}
    found["order", SPREADSHEET, ""] = [sheet.sheet_id for sheet in workbook.sheets]
    for named in workbook.named_ranges:
        found["namedRanges", SPREADSHEET, str(named["namedRangeId"])] = named
    for item in workbook.developer_metadata:
        found["developerMetadata", SPREADSHEET, str(item["metadataId"])] = item
    for sheet in workbook.sheets:
        found.update(_of_sheet(workbook, sheet))
    return found


def _of_sheet(workbook: Workbook, sheet: Sheet) -> Things:
    identifier = sheet.sheet_id
    found: Things = {}
    for name, value in sheet.properties.items():
        if name == "gridProperties":
            found.update({("grid", identifier, key): one for key, one in value.items() if one})
        elif name != "index" and value:
            found["tab", identifier, name] = normalised(workbook, {name: value}).get(name)
    if sheet.merges:
        found["merges", identifier, ""] = sorted(
            (merge.to_api() for merge in sheet.merges), key=lambda area: sorted(area.items())
        )
    if sheet.basic_filter is not None:
        found["basicFilter", identifier, ""] = normalised(workbook, sheet.basic_filter)
    for name, items in sheet.resources.items():
        found.update(_listed(workbook, name, identifier, items))
    for name, metadata in (("rows", sheet.row_metadata), ("columns", sheet.column_metadata)):
        usual = _USUAL_SIZE[name]
        for index, body in metadata.items():
            kept = {key: one for key, one in body.items() if one and not (key == "pixelSize" and one == usual)}
            kept.pop("developerMetadata", None)
            if kept:
                found[name, identifier, str(index)] = kept
    return found


def _listed(workbook: Workbook, name: str, sheet_id: int, items: list[JSON]) -> Things:
    if name in ("conditionalFormats", "rowGroups", "columnGroups"):  # their order, or their depth, means something
        return {(name, sheet_id, ""): normalised(workbook, items)} if items else {}
    key = "tableId" if name == "tables" else RESOURCE_IDS.get(name)
    if key is None:
        return {}
    if name == "tables":  # whose colours have one form only
        return {(name, sheet_id, str(item[key])): item for item in items}
    return {(name, sheet_id, str(item[key])): normalised(workbook, item) for item in items}


def changed(before: Things, now: Things) -> list[Key]:
    """The keys of what differs, in a settled order."""
    return sorted(key for key in before.keys() | now.keys() if not same(before.get(key), now.get(key), exact=True))


def same(left: Any, now: Any, *, exact: bool) -> bool:
    """Whether two JSON values mean the same; empty ones mean the same as absent ones.

    Args:
        left: what is compared.
        now: what it is compared with.
        exact: whether `now` may not say more than `left`. Google answers with defaults that nobody has written.
    """
    if isinstance(left, dict) and isinstance(now, dict):
        keys = left.keys() | now.keys() if exact else left.keys()
        return all(_same_field(key, left.get(key), now.get(key), exact) for key in keys)
    if isinstance(left, list) and isinstance(now, list):
        return len(left) == len(now) and all(same(a, b, exact=exact) for a, b in zip(left, now, strict=True))
    if _empty(left) and _empty(now):
        return True
    if isinstance(left, bool) or isinstance(now, bool):
        return left is now
    return bool(left == now)


def _same_field(key: str, left: Any, now: Any, exact: bool) -> bool:
    if key in _ZERO_LEFT_OUT:
        return bool((left or 0) == (now or 0))
    if _is_colour(key) and (left is None) != (now is None):  # an empty colour is black
        return False
    return _close(left, now) if key in _CHANNELS else same(left, now, exact=exact)


def _close(left: Any, now: Any) -> bool:
    """Whether two channels of a colour round to the same one of 256."""
    return bool(abs((left or 0) - (now or 0)) < _COLOUR_STEP / 2)


def _is_colour(key: str) -> bool:
    return key.lower().endswith(("color", "colorstyle"))


def _empty(value: Any) -> bool:
    if isinstance(value, dict):
        return all(_empty(one) and not (_is_colour(key) and one is not None) for key, one in value.items())
    return value is None or value == []
