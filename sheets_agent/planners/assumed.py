"""What a plan takes for granted of the spreadsheet: the cells it writes and rests on, and the objects it changes.

Each assumption is a mark of what was there when the plan was tried. Before the plan is written the same marks are made
of the spreadsheet as it is then; those that differ say what somebody else has changed.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from sheets_agent.a1 import GridRange, quote_title
from sheets_agent.actions.base import Action, Request
from sheets_agent.errors import ActionError
from sheets_agent.planners.dependencies import SHIFTING, Touch
from sheets_agent.sheets.as_read import AsRead
from sheets_agent.sheets.book import JSON, Book
from sheets_agent.state.planned import Assumption, Trial

MOST_RANGES = 100
"""Ranges that are read one by one before a plan is written."""

_RULES = frozenset({"updateConditionalFormatRule", "deleteConditionalFormatRule"})
_FILTERS = frozenset({"setBasicFilter", "clearBasicFilter"})
_MERGES = frozenset({"mergeCells", "unmergeCells"})
_CHARTS = ("chartId", "objectId")
_NAMES = frozenset({"updateNamedRange", "deleteNamedRange"})


def rested_on(action: Action, touched: Touch, requests: Sequence[Request], book: Book) -> Iterator[GridRange]:
    """The ranges whose contents a step takes for granted, in the spreadsheet as the step finds it.

    Where a step moves cells, that is all of their sheet. Where it leaves contents alone, it is a range of no cells,
    which stands for the sheet's size and name.
    """
    yield from touched.reads
    with contextlib.suppress(ActionError):
        yield from action.looks(book)
    for area in touched.writes:
        yield area if action.changes_contents() else _nothing_of(area.sheet_id)
    for request in requests:
        for kind, body in request.items():
            sheet_id = _sheet_of(body, book)
            if sheet_id is not None:
                yield GridRange(sheet_id) if kind in SHIFTING else _nothing_of(sheet_id)


def apart(areas: Iterable[GridRange]) -> tuple[GridRange, ...]:
    """Bounded ranges without those that lie inside others; when they are many, one range around those of a sheet."""
    found = list(dict.fromkeys(areas))
    found = [area for area in found if not any(other != area and other.contains(area) for other in found)]
    return tuple(found) if len(found) <= MOST_RANGES else tuple(_around(found))


def _around(areas: Sequence[GridRange]) -> Iterator[GridRange]:
    for sheet_id in _ids(areas):
        mine = [area for area in areas if area.sheet_id == sheet_id and area.cells]
        if not mine:
            yield _nothing_of(sheet_id)
            continue
        yield GridRange(
            sheet_id,
            min(area.start_row or 0 for area in mine),
            max(area.end_row or 0 for area in mine),
            min(area.start_column or 0 for area in mine),
            max(area.end_column or 0 for area in mine),
        )


def assumptions(trial: Trial, read: AsRead) -> tuple[Assumption, ...]:
    """What a trial takes for granted, as it was read."""
    places = [area for area in trial.touched if area.sheet_id in read.sheets]
    found = [
        *(Assumption(kind="sheet", what=_title(read, sheet_id), id=sheet_id) for sheet_id in _ids(places)),
        *(
            Assumption(kind="cells", what=area.to_a1(_title(read, area.sheet_id)), id=area.sheet_id, area=area)
            for area in places
            if area.cells
        ),
        *_objects(trial, read),
    ]
    return tuple(item.model_copy(update={"mark": mark(item, read)}) for item in dict.fromkeys(found))


def ranges(assumed: Iterable[Assumption]) -> list[str]:
    """What has to be read to look at assumptions again, in A1 notation: their cells, and a cell of other sheets."""
    known = list(assumed)
    cells = {item.id: "" for item in known if item.kind == "cells"}
    alone = [f"{quote_title(item.what)}!A1" for item in known if item.kind == "sheet" and item.id not in cells]
    return [*(item.what for item in known if item.kind == "cells"), *alone]


def mark(assumption: Assumption, read: AsRead) -> str:
    """What stands for the thing of an assumption, as it was read; empty when it is not there."""
    thing = _thing(assumption, read)
    if thing in (None, [], {}):
        return ""
    text = json.dumps(thing, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def broken(assumed: Iterable[Assumption], now: AsRead) -> list[str]:
    """What no longer is as a plan takes it for granted, in sentences."""
    return [_sentence(item, now) for item in assumed if mark(item, now) != item.mark]


def _thing(assumption: Assumption, read: AsRead) -> Any:
    sheet = read.sheets.get(assumption.id, {})
    match assumption.kind:
        case "sheet":
            return _size_and_name(sheet, read) if sheet else None
        case "cells":
            return read.entered(assumption.area) if assumption.area is not None else None
        case "chart":
            charts = [chart for one in read.sheets.values() for chart in one.get("charts", ())]
            return next((chart for chart in charts if chart.get("chartId") == assumption.id), None)
        case "name":
            names = read.body.get("namedRanges", ())
            return next((name for name in names if name.get("namedRangeId") == assumption.name), None)
        case "rules":
            return sheet.get("conditionalFormats")
        case "filter":
            return sheet.get("basicFilter")
        case "merges":
            return sheet.get("merges")


def _size_and_name(sheet: JSON, read: AsRead) -> list[Any]:
    """The locale belongs to them: it tells how what is typed is understood."""
    properties = sheet.get("properties", {})
    grid = properties.get("gridProperties", {})
    locale = read.body.get("properties", {}).get("locale")
    return [properties.get("title"), grid.get("rowCount"), grid.get("columnCount"), locale]


def _sentence(assumption: Assumption, now: AsRead) -> str:
    what = assumption.what
    match assumption.kind:
        case "sheet":
            gone = assumption.id not in now.sheets
            return f"The sheet “{what}” is gone." if gone else f"The sheet “{what}” has another size, name or locale."
        case "cells" if not assumption.mark and assumption.area is not None:
            held = [_shown(value) for *_, value in now.entered(assumption.area)[:3]]
            return f"{what} was blank, and holds {', '.join(f'“{text}”' for text in held)} now."
        case "cells":
            return f"{what} does not hold what it held."
        case _:
            return f"{what} changed." if mark(assumption, now) else f"{what} is gone."


def _shown(value: Any) -> str:
    return str(next(iter(value.values()), "")) if isinstance(value, dict) else str(value)


def _objects(trial: Trial, read: AsRead) -> Iterator[Assumption]:
    charts = {int(chart["chartId"]) for one in read.sheets.values() for chart in one.get("charts", ())}
    for request in (request for step in trial.requests for request in step):
        for kind, body in request.items():
            chart = next((int(body[key]) for key in _CHARTS if key in body), None)
            if chart in charts and chart is not None:
                yield Assumption(kind="chart", what=f"The chart {chart}", id=chart)
            if kind in _NAMES:
                named = body.get("namedRange", {})
                name = str(named.get("namedRangeId") or body.get("namedRangeId"))
                yield Assumption(kind="name", what=f"The named range {named.get('name') or name}", name=name)
            for kinds, thing, words in (
                (_RULES, "rules", "The conditional formats of"),
                (_FILTERS, "filter", "The filter of"),
                (_MERGES, "merges", "The merged cells of"),
            ):
                sheet_id = _sheet_in(body) if kind in kinds else None
                if sheet_id in read.sheets and sheet_id is not None:
                    what = f"{words} “{_title(read, sheet_id)}”"
                    yield Assumption.model_validate({"kind": thing, "what": what, "id": sheet_id})


def _sheet_in(body: Any) -> int:
    """The id of the sheet that a request is about; the API leaves the id of sheet 0 out."""
    place = body.get("range") or body.get("filter", {}).get("range") or body
    return int(place.get("sheetId", 0)) if isinstance(place, dict) else 0


def _sheet_of(body: Any, book: Book) -> int | None:
    """The sheet that a request names, one with the chart that it names, or none."""
    if not isinstance(body, dict):
        return None
    place = body.get("range") or body.get("source") or body.get("properties") or body
    if isinstance(place, dict) and "sheetId" in place:
        return int(place["sheetId"])
    chart = next((body[key] for key in _CHARTS if key in body), None)
    for sheet in book.sheets if chart is not None else ():
        if any(found.get("chartId") == chart for found in sheet.resources.get("charts", ())):
            return sheet.sheet_id
    return None


def _nothing_of(sheet_id: int) -> GridRange:
    return GridRange(sheet_id, 0, 0, 0, 0)


def _ids(places: Iterable[GridRange]) -> list[int]:
    return list(dict.fromkeys(area.sheet_id for area in places))


def _title(read: AsRead, sheet_id: int) -> str:
    return str(read.sheets[sheet_id].get("properties", {}).get("title", ""))
