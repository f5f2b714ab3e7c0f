"""Pivot tables follow the cells they summarise."""

from __future__ import annotations

from sheets_agent.a1 import GridRange
from sheets_agent.emulator.pivot.model import filter_specs
from sheets_agent.emulator.requests.happenings import Happening, followed_range
from sheets_agent.emulator.workbook import JSON
from sheets_agent.formulas.changed_references import Deleted, DimensionMoved, Inserted


def followed_pivot(pivot: JSON, happening: Happening) -> JSON:
    """A pivot table whose source, and fields, kept by their place in it, follow their cells.

    When the source or a column that is used is gone, the table has no source any more, which it shows as an error.
    """
    if "source" not in pivot:
        return pivot
    old = GridRange.from_api(pivot["source"])
    new = followed_range(old, happening)
    if new == old and not isinstance(happening.change, DimensionMoved):
        return pivot
    gone = {key: value for key, value in pivot.items() if key != "source"}
    if new is None:
        return gone
    followed = {**pivot, "source": new.to_api()}
    change = happening.change
    if not isinstance(change, Inserted | Deleted | DimensionMoved) or change.dimension != "COLUMNS":
        return followed
    followed, complete = _with_offsets(followed, old, new, happening)
    return followed if complete else gone


def _with_offsets(pivot: JSON, old: GridRange, new: GridRange, happening: Happening) -> tuple[JSON, bool]:
    """A pivot table with its fields at their new places in the source, and whether all of them are still in it."""
    complete = True

    def placed(field: JSON, key: str) -> JSON:
        nonlocal complete
        column = (old.start_column or 0) + int(field.get(key, 0))
        place = followed_range(
            GridRange(old.sheet_id, old.start_row, old.end_row, column, column + 1),
            happening,
        )
        offset = -1 if place is None else (place.start_column or 0) - (new.start_column or 0)
        if int(field.get(key, 0)) < old.columns:
            complete = complete and 0 <= offset < new.columns
        return {**field, key: max(offset, 0)}

    result = dict(pivot)
    for name in ("rows", "columns", "values"):
        if name in pivot:
            result[name] = [
                field if "formula" in field else placed(field, "sourceColumnOffset") for field in pivot[name]
            ]
    specs = [placed(spec, "columnOffsetIndex") for spec in filter_specs(pivot)]
    if specs:
        result["filterSpecs"] = specs
        result["criteria"] = {str(spec["columnOffsetIndex"]): spec.get("filterCriteria", {}) for spec in specs}
    return result, complete
