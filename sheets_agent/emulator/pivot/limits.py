"""The groups that the limits of a pivot table leave.

The reference gives limits an order in which they are applied. That matters only where a limit takes records away from
the next one, so it does: totals, and what later limits sort by, are those of the groups that are left. An inner field
has its limit in each group around it; both are read from the reference, not seen.

Source: the PivotGroupLimit message of the v4 discovery document.
"""

from __future__ import annotations

from sheets_agent.emulator.pivot.axis import ordered
from sheets_agent.emulator.pivot.measures import Cube
from sheets_agent.emulator.pivot.model import JSON


def limited(cube: Cube, spec: JSON) -> Cube:
    """The table over the records of the groups that every limit leaves."""
    limits = [
        (group["groupLimit"], of_rows, level)
        for of_rows, groups in ((True, spec.get("rows", [])), (False, spec.get("columns", [])))
        for level, group in enumerate(groups)
        if "groupLimit" in group
    ]
    for limit, of_rows, level in sorted(limits, key=lambda item: item[0].get("applyOrder", 0)):
        cube = _left(cube, spec, of_rows, level, limit["countLimit"])
    return cube


def _left(cube: Cube, spec: JSON, of_rows: bool, level: int, count: int) -> Cube:
    if of_rows:
        groups = ordered(spec["rows"], cube.row_paths, cube.row_rank)
    else:
        groups = ordered(spec["columns"], cube.column_paths, cube.column_rank)
    kept = {path for parent, found in groups.items() if len(parent) == level for path in found[:count]}
    return cube.only(
        {place: records for place, records in cube.cells.items() if place[0 if of_rows else 1][: level + 1] in kept}
    )
