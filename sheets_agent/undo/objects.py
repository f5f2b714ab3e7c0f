"""What lies on the grid and above it, put back: tables, views, protections, alternating colours, charts, rules."""

from __future__ import annotations

from sheets_agent.emulator.workbook import JSON
from sheets_agent.undo.normal import Things, same
from sheets_agent.undo.pair import Pair

Request = JSON

LISTS = ("filterViews", "protectedRanges", "bandedRanges")
"""Resources that are removed and added again, under their own ids, to change them."""
_REQUESTS = {
    "tables": ("deleteTable", "tableId", "addTable", "table"),
    "filterViews": ("deleteFilterView", "filterId", "addFilterView", "filter"),
    "protectedRanges": ("deleteProtectedRange", "protectedRangeId", "addProtectedRange", "protectedRange"),
    "bandedRanges": ("deleteBanding", "bandedRangeId", "addBanding", "bandedRange"),
}
_READ_ONLY = {"protectedRanges": ("requestingUserCanEdit",), "filterViews": ()}


def listed(name: str, pair: Pair) -> list[Request]:
    """What makes one kind of resource what it was."""
    remove, field, add, body = _REQUESTS[name]
    removed: list[Request] = []
    added: list[Request] = []
    before, now = pair.old, pair.new
    for key in pair.changed:
        if key[0] != name:
            continue
        if name == "tables" and key in before and key in now:  # removing a table would clear its cells
            added.append(
                {"updateTable": {"table": before[key], "fields": "name,range,rowsProperties,columnProperties"}}
            )
            continue
        if key in now:
            removed.append({remove: {field: key[2] if name == "tables" else int(key[2])}})
        if key in before:
            added.append({add: {body: _as_added(name, before[key])}})
    return [*removed, *added]


def _as_added(name: str, item: JSON) -> JSON:
    """A resource as it is sent: one backing, the criteria in one form, and nothing that is only told."""
    kept = {key: value for key, value in item.items() if key not in _READ_ONLY.get(name, ())}
    if "namedRangeId" in kept or ("tableId" in kept and name != "tables"):
        kept.pop("range", None)
    if kept.get("warningOnly"):  # whoever is only warned is no editor
        kept.pop("editors", None)
    if kept.get("filterSpecs"):
        kept.pop("criteria", None)
    return kept


def charts(pair: Pair) -> list[Request]:
    """Charts: those that came go, the others get their specification, place and border back."""
    return _floating("charts", pair)


def slicers(pair: Pair) -> list[Request]:
    """Slicers, like charts."""
    return _floating("slicers", pair)


def _floating(name: str, pair: Pair) -> list[Request]:
    old, new = _by_id(name, pair.old), _by_id(name, pair.new)
    found: list[Request] = []
    for identifier in sorted(old.keys() | new.keys()):
        was, is_ = old.get(identifier), new.get(identifier)
        if same(was, is_, exact=True):
            continue
        if was is None:
            found.append({"deleteEmbeddedObject": {"objectId": identifier}})
        elif is_ is None:
            added = {key: value for key, value in was.items() if key != "border"}  # a slicer gets it afterwards
            found.append({"addChart": {"chart": was}} if name == "charts" else {"addSlicer": {"slicer": added}})
        else:
            found += _changed_object(name, identifier, was, is_)
    return found


def _by_id(name: str, found: Things) -> dict[int, JSON]:
    """The objects of a kind wherever they are: one may have moved to another tab."""
    return {int(key[2]): item for key, item in found.items() if key[0] == name}


def _changed_object(name: str, identifier: int, was: JSON, is_: JSON) -> list[Request]:
    found: list[Request] = []
    if not same(was.get("spec"), is_.get("spec"), exact=True):
        found.append(
            {"updateChartSpec": {"chartId": identifier, "spec": was["spec"]}}
            if name == "charts"
            else {"updateSlicerSpec": {"slicerId": identifier, "spec": was["spec"], "fields": "*"}}
        )
    if not same(was.get("position"), is_.get("position"), exact=True):
        move = {"objectId": identifier, "newPosition": was["position"], "fields": "*"}
        found.append({"updateEmbeddedObjectPosition": move})
    if not same(was.get("border"), is_.get("border"), exact=True):
        border = {"objectId": identifier, "border": was.get("border", {}), "fields": "*"}
        found.append({"updateEmbeddedObjectBorder": border})
    return found


def rules(pair: Pair) -> list[Request]:
    """Conditional formats: the part of the list that changed is removed and put back, since order means something."""
    found: list[Request] = []
    for sheet, _ in pair.sheets:
        key = ("conditionalFormats", sheet.sheet_id, "")
        old, new = pair.old.get(key, []), pair.new.get(key, [])
        first, last = _unlike(old, new)
        found += [
            {"deleteConditionalFormatRule": {"sheetId": sheet.sheet_id, "index": index}}
            for index in reversed(range(first, len(new) - last))
        ]
        found += [
            {"addConditionalFormatRule": {"rule": old[index], "index": index}}
            for index in range(first, len(old) - last)
        ]
    return found


def _unlike(old: list[JSON], new: list[JSON]) -> tuple[int, int]:
    """How many rules at the beginning and how many at the end are alike."""
    shorter = min(len(old), len(new))
    first = next((at for at in range(shorter) if not same(old[at], new[at], exact=True)), shorter)
    rest = shorter - first
    last = next((at for at in range(rest) if not same(old[-1 - at], new[-1 - at], exact=True)), rest)
    return first, last
