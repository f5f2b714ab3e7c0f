"""Requests about groups of rows or columns.

Source: https://developers.google.com/workspace/sheets/api/reference/rest/v4/spreadsheets/request#adddimensiongrouprequest
"""

from __future__ import annotations

from sheets_agent.emulator.errors import Refusal
from sheets_agent.emulator.masks import update_mask
from sheets_agent.emulator.requests.lookup import Dimension, dimension_range, put
from sheets_agent.emulator.workbook import JSON, Workbook

Depths = dict[int, int]
"""How many groups each row or column is in."""


def _lists(run: Dimension) -> tuple[str, str]:
    return ("rowGroups", "rowGroupControlAfter") if run.rows else ("columnGroups", "columnGroupControlAfter")


def _checked(workbook: Workbook, body: JSON | None) -> Dimension:
    run = dimension_range(workbook, body)
    if run.end > run.size:
        raise Refusal(f"Cannot group a {run.noun} that doesn't exist. There are only {run.size} {run.noun}s.")
    return run


def addDimensionGroup(workbook: Workbook, request: JSON) -> JSON:
    """Put rows or columns one level deeper."""
    run = _checked(workbook, request.get("range"))
    name, control = _lists(run)
    depths = _depths(run.sheet.list(name))
    for index in range(run.start, run.end):
        depths[index] = depths.get(index, 0) + 1
    if max(depths.values()) > 8:
        raise Refusal("You can't have more than 8 levels of groups.")
    groups = _groups(run, depths, run.sheet.list(name))
    put(run.sheet, name, groups)
    grid = {**run.sheet.properties["gridProperties"], control: True}
    run.sheet.properties = {**run.sheet.properties, "gridProperties": grid}
    return {"dimensionGroups": groups}


def deleteDimensionGroup(workbook: Workbook, request: JSON) -> JSON:
    """Put rows or columns one level higher; what was collapsed shows again."""
    run = _checked(workbook, request.get("range"))
    name, _ = _lists(run)
    depths = _depths(run.sheet.list(name))
    if not any(depths.get(index) for index in range(run.start, run.end)):
        raise Refusal("There is no group over the specified range.")
    for index in range(run.start, run.end):
        depths[index] = max(0, depths.get(index, 0) - 1)
    groups = _groups(run, depths, run.sheet.list(name))
    put(run.sheet, name, groups)
    return {"dimensionGroups": groups} if groups else {}


def _depths(groups: list[JSON]) -> Depths:
    depths: Depths = {}
    for group in groups:
        for index in range(group["range"]["startIndex"], group["range"]["endIndex"]):
            depths[index] = max(depths.get(index, 0), int(group["depth"]))
    return depths


def _groups(run: Dimension, depths: Depths, before: list[JSON]) -> list[JSON]:
    """The groups that depths make up: at each level, the unbroken runs at least that deep."""
    collapsed = {(group["depth"], group["range"]["startIndex"]) for group in before if group.get("collapsed")}
    groups: list[JSON] = []
    for level in range(1, max(depths.values(), default=0) + 1):
        deep = sorted(index for index, depth in depths.items() if depth >= level)
        runs: list[list[int]] = []
        for index in deep:
            if runs and runs[-1][1] == index:
                runs[-1][1] = index + 1
            else:
                runs.append([index, index + 1])
        for start, end in runs:
            body = {**run.to_api(), "startIndex": start, "endIndex": end}
            group: JSON = {"range": body, "depth": level}
            groups.append({**group, "collapsed": True} if (level, start) in collapsed else group)
    return groups


def updateDimensionGroup(workbook: Workbook, request: JSON) -> JSON:
    """Collapse or expand a group; its rows or columns are hidden or shown."""
    given = request.get("dimensionGroup", {})
    run = _checked(workbook, given.get("range"))
    name, _ = _lists(run)
    depth = int(given.get("depth", 0))
    found = next(
        (group for group in run.sheet.list(name) if group["depth"] == depth and group["range"] == run.to_api()), None
    )
    if found is None:
        raise Refusal("There is no group with the specified range and depth.")
    if not update_mask(request.get("fields")).wants("collapsed"):
        raise Refusal("Invalid field: only collapsed can be updated.")
    collapsed = bool(given.get("collapsed"))
    kept = {key: value for key, value in found.items() if key != "collapsed"}
    new = {**kept, "collapsed": True} if collapsed else kept
    put(run.sheet, name, [new if group is found else group for group in run.sheet.list(name)])
    metadata = run.sheet.row_metadata if run.rows else run.sheet.column_metadata
    for index in range(run.start, run.end):
        properties = {key: value for key, value in metadata.get(index, {}).items() if key != "hiddenByUser"}
        metadata[index] = {**properties, "hiddenByUser": True} if collapsed else properties
        if not metadata[index]:
            del metadata[index]
    workbook.hid()
    return {}
