"""What somebody changed since, where undoing would write."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from sheets_agent.a1 import GridRange, cell_name, quote_title
from sheets_agent.emulator.workbook import JSON, Sheet, Workbook
from sheets_agent.undo.cells import entered
from sheets_agent.undo.left import Left
from sheets_agent.undo.normal import CellForm, Key, Things, same, things

_LONGEST = 40
_DRAWN = frozenset({"charts", "slicers", "tables", "filterViews", "protectedRanges", "bandedRanges"})
"""What has ids of its own on a tab that was duplicated: there it is counted."""
_KEPT_AS_SENT = frozenset({"userEnteredValue", "userEnteredFormat", "note", "textFormatRuns"})
"""Fields to which Google adds nothing."""
_THINGS = {
    "tab": "a property of the tab ({name})",
    "grid": "the grid ({name})",
    "merges": "its merged cells",
    "basicFilter": "its filter",
    "conditionalFormats": "its conditional formats",
    "rowGroups": "its row groups",
    "columnGroups": "its column groups",
    "rows": "the height or visibility of a row",
    "columns": "the width or visibility of a column",
    "namedRanges": "a named range",
    "developerMetadata": "developer metadata",
    "charts": "a chart",
    "slicers": "a slicer",
    "tables": "a table",
    "filterViews": "a filter view",
    "protectedRanges": "a protected range",
    "bandedRanges": "alternating colours",
    "spreadsheet": "a property of the spreadsheet ({name})",
}


def conflicts(left: Left, now: Workbook, *, exact: bool) -> list[str]:
    """What changed since a batch was written, among all that its inverse would write.

    Args:
        left: what the batch left.
        now: a copy of the spreadsheet as it is.
        exact: whether the two were written by the same hand; Google adds defaults to formats and objects.
    """
    there = things(now)
    return [*_of_cells(left, now, exact), *_of_areas(left, now), *_of_things(left, now, there, exact)]


def _of_cells(left: Left, now: Workbook, exact: bool) -> Iterator[str]:
    form = CellForm(now)
    for sheet_id, cells in left.cells.items():
        sheet = now.sheet(sheet_id)
        if sheet is None:
            yield "A tab that the run wrote on is gone."
            continue
        for row, column, mask, content in cells:
            was = left.contents[content]
            is_ = form(entered(now, sheet, row, column))
            unlike = [
                name
                for name in left.fields[mask]
                if not same(was.get(name), is_.get(name), exact=exact or name in _KEPT_AS_SENT)
            ]
            if unlike:
                yield _told(sheet, row, column, unlike, was, is_)


def _told(sheet: Sheet, row: int, column: int, unlike: list[str], was: JSON, is_: JSON) -> str:
    where = f"{quote_title(sheet.title)}!{cell_name(row, column)}"
    if "userEnteredValue" in unlike:
        return f"{where} held {_shown(was)} and holds {_shown(is_)} now."
    words = {"userEnteredFormat": "format", "dataValidation": "validation", "pivotTable": "pivot table"}
    names = [words.get(name, "rich text" if name == "textFormatRuns" else name) for name in unlike]
    return f"{where} has another {' and '.join(names)} now."


def _shown(data: JSON) -> str:
    value = next(iter(data.get("userEnteredValue", {}).values()), None)
    if value is None:
        return "nothing"
    text = str(int(value) if isinstance(value, float) and value.is_integer() else value)
    return f"“{text[:_LONGEST]}…”" if len(text) > _LONGEST else f"“{text}”"


def _of_areas(left: Left, now: Workbook) -> Iterator[str]:
    """Cells that would be taken away and were empty when the batch was written."""
    form = CellForm(now)
    for body in left.areas:
        area = GridRange.from_api(body)
        sheet = now.sheet(area.sheet_id)
        if sheet is None:
            continue
        known = {(row, column) for row, column, _, _ in left.cells.get(area.sheet_id, ())}
        if area.sheet_id in left.whole:
            area = GridRange(area.sheet_id)
        for row, column, cell in sheet.cells(area):
            if (row, column) not in known:
                data = form(cell)
                names = list(data)
                yield _told(sheet, row, column, names, {}, data)


def _of_things(left: Left, now: Workbook, there: Things, exact: bool) -> Iterator[str]:
    for key, was in left.things:
        sheet = now.sheet(key[1])
        drawn = key[1] in left.whole and key[0] in _DRAWN
        if (key[1] >= 0 and sheet is None) or drawn or same(was, there.get(key), exact=exact):
            continue
        yield _thing(key, sheet, "is gone" if key not in there else "is not as the run left it")
    for sheet_id in left.whole:
        before = Counter(kind for (kind, of, _), _ in left.things if of == sheet_id)
        after = Counter(kind for kind, of, _ in there if of == sheet_id)
        for kind in sorted(after.keys() & _DRAWN):
            if after[kind] > before[kind]:
                yield _thing((kind, sheet_id, ""), now.sheet(sheet_id), "was added since")


def _thing(key: Key, sheet: Sheet | None, what: str) -> str:
    name = _THINGS.get(key[0], key[0]).format(name=key[2])
    where = f"On {quote_title(sheet.title)} " if sheet is not None else ""
    return f"{where}{name} {what}." if where else f"{name[0].upper()}{name[1:]} {what}."
