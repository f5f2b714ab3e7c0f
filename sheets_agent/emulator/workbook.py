"""The state of one local spreadsheet: API resources, cells, and the values calculated from them.

Everything a person entered lives here, in the API's own shapes. The calculation engine holds nothing that cannot be
rebuilt from it. Resources (JSON objects, cells, rows of cells) are never changed in place: they are replaced. That is
what makes `fork()` cheap, and a fork is how `batchUpdate` stays atomic and how planners look ahead.

Formulas are kept as they were typed, with the separators of en_US; the spreadsheet's locale is applied at the edges.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from operator import attrgetter
from typing import Any

from sheets_agent.a1 import GridRange
from sheets_agent.emulator.engine import Engine
from sheets_agent.emulator.time_zones import time_zone
from sheets_agent.formulas.values import Value
from sheets_agent.functions.array import Array

JSON = dict[str, Any]
Clock = Callable[[], datetime]
"""What time it is, the zone known."""
_EPOCH = datetime(1899, 12, 30)
_PIVOT = attrgetter("pivot")
Provider = Callable[[str, list[Array]], Array | None]
"""What the outside world answers to a function with these arguments; None when it is not known."""


@dataclass(frozen=True, slots=True)
class Cell:
    """What was entered into one cell.

    Attributes:
        value: a literal (bool, float or str), None when the cell is blank or holds a formula.
        formula: the text of a formula with its leading "=", None otherwise.
        format: the API's userEnteredFormat.
        note: the cell's note.
        validation: the API's DataValidationRule.
        pivot: the API's PivotTable anchored here.
        runs: the API's textFormatRuns.
    """

    value: bool | float | str | None = None
    formula: str | None = None
    format: JSON | None = None
    note: str | None = None
    validation: JSON | None = None
    pivot: JSON | None = None
    runs: list[JSON] | None = None

    @property
    def blank(self) -> bool:
        """Whether nothing is entered (formats and notes aside)."""
        return self.value is None and self.formula is None

    def without_content(self) -> Cell:
        """The same cell with its value, formula and rich text removed."""
        return replace(self, value=None, formula=None, runs=None)


EMPTY = Cell()


@dataclass
class Sheet:
    """One sheet: its SheetProperties, its cells, and every resource the API lists under it.

    `rows` maps row → column → Cell and is sparse. Rows are replaced, never changed in place. `row_metadata` and
    `column_metadata` are sparse maps from index to the API's DimensionProperties.
    """

    properties: JSON
    rows: dict[int, dict[int, Cell]] = field(default_factory=dict)
    row_metadata: dict[int, JSON] = field(default_factory=dict)
    column_metadata: dict[int, JSON] = field(default_factory=dict)
    merges: list[GridRange] = field(default_factory=list)
    resources: dict[str, list[JSON]] = field(default_factory=dict)
    """Lists named as in the API's Sheet message: charts, conditionalFormats, filterViews, protectedRanges,
    bandedRanges, rowGroups, columnGroups, slicers, tables, commentAnchors."""
    basic_filter: JSON | None = None

    @property
    def sheet_id(self) -> int:
        """The sheet's id; the first sheet of a new spreadsheet has 0."""
        return int(self.properties["sheetId"])

    @property
    def title(self) -> str:
        """The tab's title."""
        return str(self.properties["title"])

    @property
    def is_grid(self) -> bool:
        """Whether it has cells; a sheet that is a chart has none."""
        return "gridProperties" in self.properties

    @property
    def row_count(self) -> int:
        """Rows of the grid; 0 when it has none."""
        return int(self.properties["gridProperties"]["rowCount"]) if self.is_grid else 0

    @property
    def column_count(self) -> int:
        """Columns of the grid; 0 when it has none."""
        return int(self.properties["gridProperties"]["columnCount"]) if self.is_grid else 0

    def cell(self, row: int, column: int) -> Cell:
        """The cell at zero-based indexes, `EMPTY` where nothing was entered."""
        return self.rows.get(row, {}).get(column, EMPTY)

    def cells(self, area: GridRange | None = None) -> Iterator[tuple[int, int, Cell]]:
        """Entered cells in row order, all or those inside a range."""
        for row in self._rows_of(area):
            for column, cell in sorted(self.rows[row].items()):
                if area is None or _inside(column, area.start_column, area.end_column):
                    yield row, column, cell

    def filled(self, area: GridRange | None = None) -> Iterator[tuple[int, int, Cell]]:
        """Cells with content (a value or a formula) in row order, all or those inside a range.

        Rows that are alike are one object, and looked at once: formats of a whole sheet cost nothing here.
        """
        known: dict[int, list[tuple[int, Cell]]] = {}
        start, end = (None, None) if area is None else (area.start_column, area.end_column)
        for row in self._rows_of(area):
            cells = self.rows[row]
            if id(cells) not in known:
                known[id(cells)] = [
                    (column, cell)
                    for column, cell in sorted(cells.items())
                    if not cell.blank and _inside(column, start, end)
                ]
            for column, cell in known[id(cells)]:
                yield row, column, cell

    @property
    def has_pivots(self) -> bool:
        """Whether a pivot table is anchored here."""
        return any(any(map(_PIVOT, cells.values())) for cells in self.distinct_rows())

    def distinct_rows(self) -> Iterable[dict[int, Cell]]:
        """The rows with cells, rows that are one object once."""
        return {id(cells): cells for cells in self.rows.values()}.values()

    def _rows_of(self, area: GridRange | None) -> Iterable[int]:
        """The rows with cells, all or those of a range, in order."""
        if area is None:
            return sorted(self.rows)
        start, end = area.start_row or 0, area.end_row
        if end is not None and end - start < len(self.rows):  # a window is sooner walked through than the sheet
            return [row for row in range(start, end) if row in self.rows]
        return sorted(row for row in self.rows if _inside(row, start, end))

    def list(self, name: str) -> list[JSON]:
        """A resource list by its API name; empty when there is none."""
        return self.resources.get(name, [])

    def fork(self) -> Sheet:
        """An independent copy; cells, rows and resources are shared until replaced."""
        return Sheet(
            self.properties,
            dict(self.rows),
            dict(self.row_metadata),
            dict(self.column_metadata),
            list(self.merges),
            {name: list(items) for name, items in self.resources.items()},
            self.basic_filter,
        )


def _inside(index: int, start: int | None, end: int | None) -> bool:
    return (start or 0) <= index and (end is None or index < end)


def _computer_clock() -> datetime:
    return datetime.now(UTC)


class Workbook:
    """One local spreadsheet.

    Its clock is the computer's and its chance differs from run to run, until others are put in their place: `clock`
    for NOW and TODAY, `random` for what is drawn. A fork goes on with the same ones, and draws what its origin would.

    Change cells only through `set_cell` / `replace_rows`, and call `restructured()` after anything that changes
    sheets, titles, grids, names or pivots, and `hid()` after rows are hidden or shown, so that the engine follows.
    `value()` calculates when something is stale.
    """

    def __init__(
        self, spreadsheet_id: str, properties: JSON, sheets: list[Sheet], engine: Engine | None = None
    ) -> None:
        self.spreadsheet_id = spreadsheet_id
        self.properties = properties
        self.sheets = sheets
        self.named_ranges: list[JSON] = []
        self.named_functions: list[JSON] = []
        """Each with its name and its formula, a LAMBDA; the API does not show them."""
        self.developer_metadata: list[JSON] = []
        self.comments: list[JSON] = []
        self.engine = engine or Engine()
        self.clock: Clock = _computer_clock
        self.random = random.Random()
        self.outside: Provider | None = None
        """Answers what functions such as GOOGLEFINANCE and IMPORTRANGE fetch; without it they wait for ever."""
        self.effort = 0
        """How many cells were written or moved since this object was made, which `effort.spend` bounds."""
        self.held: dict[tuple[int, int, int], Cell] = {}
        """Of a copy of a live spreadsheet: what was entered where Google's value stands for it, as it was read."""

    @property
    def locale(self) -> str:
        """The spreadsheet's locale, such as ru_RU."""
        return str(self.properties.get("locale", "en_US"))

    def now(self) -> float:
        """The moment, in the spreadsheet's time zone, as a serial number."""
        zone = time_zone(str(self.properties.get("timeZone") or "UTC")) or UTC
        return (self.clock().astimezone(zone).replace(tzinfo=None) - _EPOCH) / timedelta(days=1)

    def today(self) -> date:
        """The day it is, in the spreadsheet's time zone."""
        return (_EPOCH + timedelta(days=self.now())).date()

    @property
    def grids(self) -> list[Sheet]:
        """The sheets that have cells, in the order of their tabs."""
        return [sheet for sheet in self.sheets if sheet.is_grid]

    def sheet(self, sheet_id: int) -> Sheet | None:
        """The sheet with an id, None when there is none."""
        return next((sheet for sheet in self.sheets if sheet.sheet_id == sheet_id), None)

    def sheet_titled(self, title: str) -> Sheet | None:
        """The sheet with a title (compared without case, as Sheets does), None when there is none."""
        wanted = title.casefold()
        return next((sheet for sheet in self.sheets if sheet.title.casefold() == wanted), None)

    def set_cell(self, sheet: Sheet, row: int, column: int, cell: Cell) -> None:
        """Put a cell at zero-based indexes; an empty one removes the entry."""
        old = sheet.rows.get(row)
        new = dict(old) if old else {}
        if cell == EMPTY:
            new.pop(column, None)
        else:
            new[column] = cell
        if new:
            sheet.rows[row] = new
        else:
            sheet.rows.pop(row, None)
        before = old.get(column, EMPTY) if old else EMPTY
        if before.format != cell.format:
            self.engine.formatted()
        if before.pivot != cell.pivot:
            self.engine.restructured()
        elif (before.value, before.formula) != (cell.value, cell.formula) or type(before.value) is not type(cell.value):
            self.engine.touched(sheet.sheet_id, row, column)

    def replace_rows(self, sheet: Sheet, rows: dict[int, dict[int, Cell]]) -> None:
        """Put a whole sheet's cells at once, as inserting rows or sorting does."""
        sheet.rows = rows
        self.engine.restructured()

    def restructured(self) -> None:
        """Tell the engine that sheets, titles, grids, names or pivots changed."""
        self.engine.restructured()

    def hid(self) -> None:
        """Tell the engine that rows were hidden or shown."""
        self.engine.hid()

    def value(self, sheet: Sheet, row: int, column: int) -> Value:
        """The effective value of a cell: a literal, a formula's result, a spilled value, or a pivot table's cell."""
        return self.engine.value(self, sheet, row, column)

    def values(self, sheet: Sheet, rows: range, columns: range) -> tuple[tuple[Value, ...], ...]:
        """The effective values of a rectangle, row by row: quicker than one by one."""
        return self.engine.values(self, sheet, rows, columns)

    def number_format(self, sheet: Sheet, row: int, column: int) -> JSON | None:
        """The effective NumberFormat: the cell's own, else the one Sheets infers for a formula, else None."""
        own = (sheet.cell(row, column).format or {}).get("numberFormat")
        return own or self.engine.inferred_format(self, sheet, row, column)

    def extent(self, sheet: Sheet) -> tuple[int, int]:
        """Rows and columns up to the last one that shows a value, calculated cells (spills, pivots) included."""
        return self.engine.extent(self, sheet)

    def fork(self) -> Workbook:
        """An isolated copy: a change in one never shows in the other."""
        copy = Workbook(
            self.spreadsheet_id,
            self.properties,
            [sheet.fork() for sheet in self.sheets],
            self.engine.fork(self),
        )
        copy.outside = self.outside
        copy.held = self.held
        copy.clock = self.clock
        copy.random.setstate(self.random.getstate())
        copy.named_ranges = list(self.named_ranges)
        copy.named_functions = list(self.named_functions)
        copy.developer_metadata = list(self.developer_metadata)
        copy.comments = list(self.comments)
        return copy

    def new_id(self, taken: set[int]) -> int:
        """A random positive 31-bit id that is not taken, as Google draws them."""
        while (candidate := self.random.randint(1, 2**31 - 1)) in taken:
            pass
        return candidate
