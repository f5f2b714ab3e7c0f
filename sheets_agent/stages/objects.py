"""The objects of a sheet that are not cells, one line each: charts, pivot tables, filters, merges, protection."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from sheets_agent.a1 import GridRange, cell_name, column_letters
from sheets_agent.sheets.book import JSON, SheetInfo
from sheets_agent.stages.sampling import View

MOST_LINES = 12
"""Lines of one kind; the rest is counted."""
MOST_MERGES = 6


def lines(view: View) -> tuple[str, ...]:
    """All objects of a sheet, in the order a person would look for them."""
    sheet = view.sheet
    groups = (
        _tables(sheet),
        _pivots(view),
        _charts(view),
        _filters(sheet),
        _dropdowns(view),
        _rules(sheet),
        _protections(sheet),
        _merges(sheet),
        _frozen(sheet),
        _groups(sheet),
    )
    return tuple(line for group in groups for line in _limited(list(group)))


def _limited(found: list[str]) -> list[str]:
    if len(found) <= MOST_LINES:
        return found
    return [*found[:MOST_LINES], f"… and {len(found) - MOST_LINES} more like these"]


def _resources(sheet: SheetInfo, name: str) -> tuple[JSON, ...]:
    return tuple(sheet.resources.get(name, ()))


def _a1(body: JSON) -> str:
    return GridRange.from_api(body).to_a1() or "the whole sheet"


def _anywhere(view: View, body: JSON) -> str:
    """A range that may lie on another sheet."""
    area = GridRange.from_api(body)
    if area.sheet_id == view.sheet.sheet_id:
        return _a1(body)
    return area.to_a1(view.titles.get(area.sheet_id, f"sheet with id {area.sheet_id}"))


def _tables(sheet: SheetInfo) -> Iterator[str]:
    for table in _resources(sheet, "tables"):
        yield f"table “{table.get('name', '')}” {_a1(table.get('range', {}))}"


def _pivots(view: View) -> Iterator[str]:
    for (row, column), cell in sorted(view.cells.items()):
        if cell.pivot is not None:
            source = cell.pivot.get("source", {})
            first = int(source.get("startColumnIndex", 0))
            parts = [
                f"{name} by {groups}" for name in ("rows", "columns") if (groups := _groupings(cell.pivot, name, first))
            ]
            parts += [_measure(value, first) for value in cell.pivot.get("values", ())]
            place = f" of {_anywhere(view, source)}" if source else ""
            yield f"pivot table at {cell_name(row, column)}{place}: {'; '.join(parts) or 'no fields yet'}"


def _groupings(pivot: JSON, name: str, first: int) -> str:
    return ", ".join(f"column {_letters(group, first)}" for group in pivot.get(name, ()))


def _measure(value: JSON, first: int) -> str:
    if value.get("formula"):
        return str(value["formula"])
    return f"{value.get('summarizeFunction', 'values')} of column {_letters(value, first)}"


def _letters(field: JSON, first: int) -> str:
    return column_letters(first + int(field.get("sourceColumnOffset", 0)))


def _charts(view: View) -> Iterator[str]:
    for chart in _resources(view.sheet, "charts"):
        spec = chart.get("spec", {})
        kind = spec.get("basicChart", {}).get("chartType") or next(
            (name.removesuffix("Chart").upper() for name in spec if name.endswith("Chart")), "unknown"
        )
        anchor = chart.get("position", {}).get("overlayPosition", {}).get("anchorCell", {})
        place = cell_name(int(anchor.get("rowIndex", 0)), int(anchor.get("columnIndex", 0)))
        title = f" “{spec['title']}”" if spec.get("title") else ""
        sources = list(dict.fromkeys(_sources(view, spec)))
        data = f", data {', '.join(sources)}" if sources else ""
        yield f"{kind} chart{title} at {place} (id {chart.get('chartId', 0)}){data}"


def _sources(view: View, body: object) -> Iterator[str]:
    """The ranges a chart draws."""
    if isinstance(body, dict):
        for area in body.get("sourceRange", {}).get("sources", ()):
            yield _anywhere(view, area)
        for part in body.values():
            yield from _sources(view, part)
    elif isinstance(body, list | tuple):
        for part in body:
            yield from _sources(view, part)


def _filters(sheet: SheetInfo) -> Iterator[str]:
    if sheet.basic_filter is not None:
        hidden = sheet.basic_filter.get("criteria") or sheet.basic_filter.get("filterSpecs")
        yield f"filter on {_a1(sheet.basic_filter.get('range', {}))}" + (" that hides rows" if hidden else "")
    for view in _resources(sheet, "filterViews"):
        yield f"filter view “{view.get('title', '')}” on {_a1(view.get('range', {}))}"
    for slicer in _resources(sheet, "slicers"):
        spec = slicer.get("spec", {})
        yield f"slicer “{spec.get('title', '')}” on {_a1(spec.get('dataRange', {}))}"


def _dropdowns(view: View) -> Iterator[str]:
    """Validation rules, by column: the same rule mostly fills one."""
    found: Counter[tuple[int, str]] = Counter()
    first: dict[tuple[int, str], int] = {}
    for (row, column), cell in (*view.cells.items(), *view.empty.items()):
        if cell.validation:
            key = (column, _condition(cell.validation.get("condition", {})))
            found[key] += 1
            first[key] = min(row, first.get(key, row))
    for (column, condition), count in sorted(found.items()):
        letters, start = column_letters(column), first[column, condition] + 1
        yield f"validation in column {letters} from row {start} ({count} cells seen): {condition}"


def _condition(condition: JSON) -> str:
    values = [
        str(value.get("userEnteredValue", value.get("relativeDate", ""))) for value in condition.get("values", ())
    ]
    return str(condition.get("type", "")) + (f" {', '.join(values[:20])}" if values else "")


def _rules(sheet: SheetInfo) -> Iterator[str]:
    for rule in _resources(sheet, "conditionalFormats"):
        places = ", ".join(_a1(area) for area in rule.get("ranges", ()))
        condition = rule.get("booleanRule", {}).get("condition")
        yield f"conditional format on {places}: {_condition(condition) if condition else 'colour scale'}"


def _protections(sheet: SheetInfo) -> Iterator[str]:
    for protection in _resources(sheet, "protectedRanges"):
        place = _a1(protection.get("range", {}))
        note = f" ({protection['description']})" if protection.get("description") else ""
        yield f"protected: {place}{note}" + (", a warning only" if protection.get("warningOnly") else "")


def _merges(sheet: SheetInfo) -> Iterator[str]:
    if sheet.merges:
        shown = ", ".join(merge.to_a1() for merge in sheet.merges[:MOST_MERGES])
        rest = len(sheet.merges) - MOST_MERGES
        yield f"merged cells: {shown}" + (f" and {rest} more" if rest > 0 else "")


def _frozen(sheet: SheetInfo) -> Iterator[str]:
    parts = [(sheet.frozen_rows, "row"), (sheet.frozen_columns, "column")]
    frozen = [f"{count} {name}{'s' if count > 1 else ''}" for count, name in parts if count]
    if frozen:
        yield f"frozen: {' and '.join(frozen)}"


def _groups(sheet: SheetInfo) -> Iterator[str]:
    for name, kind in (("rowGroups", "rows"), ("columnGroups", "columns")):
        groups: Iterable[JSON] = _resources(sheet, name)
        for group in groups:
            body = group.get("range", {})
            start, end = int(body.get("startIndex", 0)), int(body.get("endIndex", 0))
            first, last = (
                (str(start + 1), str(end)) if kind == "rows" else (column_letters(start), column_letters(end - 1))
            )
            yield f"group of {kind} {first}–{last}" + (", collapsed" if group.get("collapsed") else "")
