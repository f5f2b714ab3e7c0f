"""A live spreadsheet as a local workbook: what `spreadsheets.get` answered, taken over for trying things on a copy.

The local engine does not know every function Sheets has (GOOGLEFINANCE, IMPORTRANGE, …). Where it shows an error and
Google did not, the copy holds Google's value in the place of the formula, and so everything that builds on it stays
right. What is not taken over is told in sentences.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from sheets_agent.a1 import GridRange, cell_name, quote_title
from sheets_agent.emulator.losses import Losses
from sheets_agent.emulator.workbook import EMPTY, JSON, Cell, Sheet, Workbook
from sheets_agent.formulas.locale import to_canonical
from sheets_agent.formulas.references import references
from sheets_agent.formulas.values import ErrorValue

RESOURCES = (
    "charts", "conditionalFormats", "filterViews", "protectedRanges", "bandedRanges", "rowGroups", "columnGroups",
    "slicers", "tables", "developerMetadata",
)  # fmt: skip
_ROUNDS = 20
_MOST_COMPARED = 500
"""With more failing cells than this, all of them are held at once: right too, but with fewer formulas on the copy."""
_CHANGING = re.compile(r"\b(NOW|TODAY|RAND|RANDBETWEEN|RANDARRAY)\s*\(", re.IGNORECASE)

Place = tuple[int, int, int]
"""Sheet id, zero-based row and column."""


@dataclass(frozen=True)
class Imported:
    """A workbook made from an answer of the API, and what it could not take over, in sentences."""

    workbook: Workbook
    notes: tuple[str, ...]


def workbook_from_api(body: JSON) -> Imported:
    """Make a workbook from a Spreadsheet message with grid data.

    Args:
        body: the answer of `spreadsheets.get`. A sheet may have several blocks in `data`; cells that are in none of
            them are blank in the workbook.
    """
    losses = Losses()
    locale = body.get("properties", {}).get("locale", "en_US")
    sheets: list[Sheet] = []
    known: dict[Place, JSON] = {}
    for message in body.get("sheets", ()):
        properties = message.get("properties", {})
        if properties.get("sheetType") == "DATA_SOURCE":
            losses.add(
                "tab of connected data is left out", "tabs of connected data are left out", properties.get("title", "")
            )
            continue
        sheets.append(_sheet(message, locale, known, losses))
    workbook = Workbook(body.get("spreadsheetId", ""), body.get("properties", {}), sheets)
    workbook.named_ranges = list(body.get("namedRanges", ()))
    workbook.developer_metadata = list(body.get("developerMetadata", ()))
    if body.get("dataSources"):
        losses.say("Connected data sources are not in the copy.")
    _hold_unknown_results(workbook, known, losses)
    return Imported(workbook, losses.sentences())


def _sheet(message: JSON, locale: str, known: dict[Place, JSON], losses: Losses) -> Sheet:
    properties = {"sheetId": 0, **message["properties"]}
    if properties.get("sheetType") != "OBJECT":
        properties["gridProperties"] = {"rowCount": 1000, "columnCount": 26, **properties.get("gridProperties", {})}
    sheet = Sheet(
        properties,
        merges=[GridRange.from_api(merge) for merge in message.get("merges", ())],
        resources={name: list(message[name]) for name in RESOURCES if message.get(name)},
        basic_filter=message.get("basicFilter"),
    )
    for block in message.get("data", ()):
        sheet.row_metadata.update(_sizes(block, "rowMetadata", "startRow", 21))
        sheet.column_metadata.update(_sizes(block, "columnMetadata", "startColumn", 100))
    for row, column, data in _cells(message):
        cell = _cell(data, locale)
        if cell != EMPTY:
            sheet.rows.setdefault(row, {})[column] = cell
        if "effectiveValue" in data:
            known[sheet.sheet_id, row, column] = data["effectiveValue"]
        if "errorValue" in data.get("userEnteredValue", {}):
            place = f"{quote_title(sheet.title)}!{cell_name(row, column)}"
            losses.add("error typed as a value is left out", "errors typed as values are left out", place)
    return sheet


def _sizes(block: JSON, name: str, first: str, usual: int) -> dict[int, JSON]:
    """The rows or columns of a block that are hidden or of a size of their own."""
    found: dict[int, JSON] = {}
    for index, body in enumerate(block.get(name, ()), block.get(first, 0)):
        kept = {key: value for key, value in body.items() if value and (key, value) != ("pixelSize", usual)}
        if kept:
            found[index] = kept
    return found


def _cells(message: JSON) -> Iterator[tuple[int, int, JSON]]:
    for block in message.get("data", ()):
        top, left = block.get("startRow", 0), block.get("startColumn", 0)
        for row, line in enumerate(block.get("rowData", ()), top):
            for column, data in enumerate(line.get("values", ()), left):
                if data:
                    yield row, column, data


def _cell(data: JSON, locale: str) -> Cell:
    entered = data.get("userEnteredValue", {})
    formula = entered.get("formulaValue")
    return Cell(
        _literal(entered),
        None if formula is None else to_canonical(formula, locale),
        data.get("userEnteredFormat"),
        data.get("note"),
        data.get("dataValidation"),
        data.get("pivotTable"),
        data.get("textFormatRuns"),
    )


def _literal(value: JSON) -> bool | float | str | None:
    if "numberValue" in value:
        return float(value["numberValue"])
    if "boolValue" in value:
        return bool(value["boolValue"])
    text: str | None = value.get("stringValue")
    return text


# ---------------------------------------------------------------- where Google knows a result and the engine does not


def _hold_unknown_results(workbook: Workbook, known: dict[Place, JSON], losses: Losses) -> None:
    """Put Google's values where the engine has none, causes before what follows from them."""
    for _ in range(_ROUNDS):
        failing = {place for place, value in known.items() if _fails(workbook, place, value)}
        if not failing:
            break
        causes = failing
        if len(failing) <= _MOST_COMPARED:
            causes = {place for place in failing if not _builds_on(workbook, place, failing)} or failing
        for place in sorted(causes):
            _hold(workbook, place, known[place], losses)
    for place, value in known.items():
        if _differs(workbook, place, value):
            losses.add("formula gives another result on the copy", "formulas give other results on the copy",
                       _name(workbook, place))  # fmt: skip


def _fails(workbook: Workbook, place: Place, known: JSON) -> bool:
    """Whether Google shows a result, and the copy an error or nothing."""
    if "errorValue" in known:
        return False
    value = workbook.value(_sheet_of(workbook, place), place[1], place[2])
    return isinstance(value, ErrorValue) or (value is None and _literal(known) not in (None, ""))


def _builds_on(workbook: Workbook, place: Place, failing: set[Place]) -> bool:
    """Whether a formula refers to a cell that fails as well. A spilled cell has no formula, and is a cause itself."""
    sheet = _sheet_of(workbook, place)
    formula = sheet.cell(place[1], place[2]).formula
    if formula is None:
        return _spilled(workbook, place, failing)
    for reference in references(formula):
        there = sheet if reference.sheet is None else workbook.sheet_titled(reference.sheet)
        if there is None:
            continue
        area = reference.area.grid_range(there.sheet_id)
        if any(other != place and _inside(area, other) for other in failing):
            return True
    return False


def _spilled(workbook: Workbook, place: Place, failing: set[Place]) -> bool:
    """Whether a formula above or to the left fails: its spilled cells may come back once that formula works."""
    sheet = _sheet_of(workbook, place)
    return any(
        other[0] == place[0]
        and other[1] <= place[1]
        and other[2] <= place[2]
        and sheet.cell(other[1], other[2]).formula is not None
        for other in failing
    )


def _inside(area: GridRange, place: Place) -> bool:
    sheet_id, row, column = place
    return area.contains(GridRange(sheet_id, row, row + 1, column, column + 1))


def _hold(workbook: Workbook, place: Place, known: JSON, losses: Losses) -> None:
    sheet = _sheet_of(workbook, place)
    cell = sheet.cell(place[1], place[2])
    if cell.formula is not None:
        losses.add(
            "formula cannot be calculated on the copy, which holds its value from Google",
            "formulas cannot be calculated on the copy, which holds their values from Google",
            _name(workbook, place),
        )
    elif cell.pivot is None:
        losses.add("spilled or pivoted value is held fast on the copy",
                   "spilled or pivoted values are held fast on the copy", _name(workbook, place))  # fmt: skip
    workbook.held.setdefault(place, cell)
    workbook.set_cell(sheet, place[1], place[2], replace(cell, value=_literal(known), formula=None, pivot=None))


def _differs(workbook: Workbook, place: Place, known: JSON) -> bool:
    """Whether a formula that stays a formula gives something else than it gave Google."""
    sheet = _sheet_of(workbook, place)
    formula = sheet.cell(place[1], place[2]).formula
    if formula is None or _CHANGING.search(formula):
        return False
    value = workbook.value(sheet, place[1], place[2])
    if "errorValue" in known:
        return not isinstance(value, ErrorValue)
    told = _literal(known)
    if isinstance(value, float) and isinstance(told, float):
        return abs(value - told) > 1e-9 * max(1.0, abs(told))
    return (None if value == "" else value) != (None if told == "" else told)


def _sheet_of(workbook: Workbook, place: Place) -> Sheet:
    sheet = workbook.sheet(place[0])
    if sheet is None:
        raise LookupError(f"no sheet with id {place[0]}")
    return sheet


def _name(workbook: Workbook, place: Place) -> str:
    return f"{quote_title(_sheet_of(workbook, place).title)}!{cell_name(place[1], place[2])}"
