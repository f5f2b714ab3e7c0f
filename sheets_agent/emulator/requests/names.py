"""Requests about named and protected ranges.

Source: https://developers.google.com/workspace/sheets/api/reference/rest/v4/spreadsheets/request
"""

from __future__ import annotations

import re

from sheets_agent.emulator.errors import Refusal
from sheets_agent.emulator.masks import merge, update_mask
from sheets_agent.emulator.requests.lookup import (
    backing_range,
    chosen_id,
    open_range,
    put,
    resource,
    sheet_of,
    swap,
    taken_ids,
    with_one_backing,
)
from sheets_agent.emulator.workbook import JSON, Workbook

_NAME = re.compile(r"[^\W\d][\w.]{0,249}")
_CELL_LIKE = re.compile(r"[A-Za-z]{1,3}[0-9]+|[Rr][0-9]*[Cc][0-9]*")


def addNamedRange(workbook: Workbook, request: JSON) -> JSON:
    """Give a range a name."""
    given = request.get("namedRange", {})
    _check_name(workbook, str(given.get("name", "")), None)
    wanted = given.get("namedRangeId")
    if wanted and any(named["namedRangeId"] == wanted for named in workbook.named_ranges):
        raise Refusal(f"A named range with id {wanted} already exists.")
    named = {
        "namedRangeId": str(wanted or workbook.new_id(taken_ids(workbook))),
        "name": given["name"],
        "range": _stored(workbook, given.get("range")),
    }
    workbook.named_ranges = [*workbook.named_ranges, named]
    workbook.restructured()
    return {"namedRange": named}


def _stored(workbook: Workbook, body: JSON | None) -> JSON:
    _, area = open_range(workbook, body)
    return area.to_api()


def _check_name(workbook: Workbook, name: str, identifier: str | None) -> None:
    if not _NAME.fullmatch(name) or _CELL_LIKE.fullmatch(name) or name.casefold() in ("true", "false"):
        raise Refusal(f'"{name}" is not a valid name for a named range.')
    for named in workbook.named_ranges:
        if named["name"].casefold() == name.casefold() and named["namedRangeId"] != identifier:
            raise Refusal(f'A named range with the name "{name}" already exists. Please enter another name.')


def _named(workbook: Workbook, identifier: str) -> JSON:
    for named in workbook.named_ranges:
        if named["namedRangeId"] == identifier:
            return named
    raise Refusal(f"No named range with id: {identifier}")


def updateNamedRange(workbook: Workbook, request: JSON) -> JSON:
    """Rename a named range, or give its name to another range."""
    given = request.get("namedRange", {})
    old = _named(workbook, str(given.get("namedRangeId", "")))
    new = {**merge(old, given, update_mask(request.get("fields"))), "namedRangeId": old["namedRangeId"]}
    _check_name(workbook, str(new.get("name", "")), old["namedRangeId"])
    new["range"] = _stored(workbook, new.get("range"))
    workbook.named_ranges = [new if named is old else named for named in workbook.named_ranges]
    workbook.restructured()
    return {}


def deleteNamedRange(workbook: Workbook, request: JSON) -> JSON:
    """Take a name away; its range stays as it is."""
    old = _named(workbook, str(request.get("namedRangeId", "")))
    workbook.named_ranges = [named for named in workbook.named_ranges if named is not old]
    workbook.restructured()
    return {}


def addProtectedRange(workbook: Workbook, request: JSON) -> JSON:
    """Protect a range or a sheet. Whoever uses the local API is the owner, and may go on editing."""
    given = request.get("protectedRange", {})
    identifier = chosen_id(workbook, "protectedRanges", given.get("protectedRangeId"), "A protected range")
    protected = {"protectedRangeId": identifier, **_protection(workbook, given)}
    sheet = sheet_of(workbook, protected["range"]["sheetId"])
    put(sheet, "protectedRanges", [*sheet.list("protectedRanges"), protected])
    return {"protectedRange": protected}


def _protection(workbook: Workbook, given: JSON) -> JSON:
    area = backing_range(workbook, given)
    if area is None:
        raise Refusal("Exactly one of range, namedRangeId or tableId must be specified.")
    result: JSON = {"range": _stored(workbook, area)}
    result.update({key: given[key] for key in ("namedRangeId", "tableId") if key in given})
    if given.get("description"):
        result["description"] = given["description"]
    if given.get("warningOnly"):
        result["warningOnly"] = True
    result["requestingUserCanEdit"] = True
    if given.get("unprotectedRanges"):
        result["unprotectedRanges"] = [_stored(workbook, body) for body in given["unprotectedRanges"]]
    result["editors"] = {}
    return result


def updateProtectedRange(workbook: Workbook, request: JSON) -> JSON:
    """Change what is protected, or how."""
    given = request.get("protectedRange", {})
    sheet, old = resource(workbook, "protectedRanges", int(given.get("protectedRangeId", 0)), "protected range")
    merged = with_one_backing(merge(old, given, update_mask(request.get("fields"))), given)
    new = {"protectedRangeId": old["protectedRangeId"], **_protection(workbook, merged)}
    home = sheet_of(workbook, new["range"]["sheetId"])
    if home is sheet:
        swap(sheet, "protectedRanges", old, new)
    else:
        swap(sheet, "protectedRanges", old, None)
        put(home, "protectedRanges", [*home.list("protectedRanges"), new])
    return {}


def deleteProtectedRange(workbook: Workbook, request: JSON) -> JSON:
    """Take a protection away."""
    identifier = int(request.get("protectedRangeId", 0))
    sheet, old = resource(workbook, "protectedRanges", identifier, "protected range")
    swap(sheet, "protectedRanges", old, None)
    return {}
