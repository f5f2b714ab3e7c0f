"""Calculation: the entered cells of a workbook to effective values.

The engine holds nothing that cannot be rebuilt from the workbook. It is told what was touched, and calculates when a
value is asked for. A fork shares everything with its origin until one of the two has to calculate something else.
"""

from __future__ import annotations

import math
import weakref
from threading import RLock
from typing import TYPE_CHECKING, Any

from sheets_agent.a1 import GridRange, cell_name
from sheets_agent.emulator.calculator import Calculator
from sheets_agent.emulator.errors import Unsupported
from sheets_agent.emulator.placed import Place
from sheets_agent.emulator.results import Results, circular_beside_spills, outside, read
from sheets_agent.emulator.unknown import spread_unknown
from sheets_agent.formulas.formats import inferred
from sheets_agent.formulas.references import Reference
from sheets_agent.formulas.values import ErrorValue, Value
from sheets_agent.functions.hosted import TAKES_CELLS

if TYPE_CHECKING:
    from sheets_agent.emulator.pivot import Drawn
    from sheets_agent.emulator.workbook import Sheet, Workbook

JSON = dict[str, Any]

_CALCULATIONS_A_DAY = {"MINUTE": 24 * 60, "HOUR": 24}
_ROUNDS = 100
"""Formulas read pivot tables and pivot tables read formulas, and a blank cell is handed on from formula to formula, one
a round. A sane sheet settles long before."""
_TOO_LARGE = "Result was not automatically expanded, please insert more rows or columns."


class _Shared:
    """A calculator and the engines that use it."""

    def __init__(self, calculator: Calculator) -> None:
        self.calculator = calculator
        self.users: weakref.WeakSet[Engine] = weakref.WeakSet()


class Engine:
    """Values of one workbook's cells. Every method takes the workbook it belongs to."""

    def __init__(self) -> None:
        self._shared: _Shared | None = None
        self._results = Results()
        self._formats: dict[Place, JSON | None] = {}
        self._pivots: list[tuple[int, int, int]] = []
        self._tables: dict[Place, Drawn | None] = {}
        self._room: dict[int, tuple[int, int]] = {}
        self._touched: set[Place] = set()
        self._restructured = True
        self._busy = False
        self.moment: float | None = None
        """What NOW was at the last calculation."""
        self._seed: int | None = None
        self._lock = RLock()

    def touched(self, sheet_id: int, row: int, column: int) -> None:
        """What was entered into a cell may have changed."""
        if not self._restructured:
            self._touched.add((sheet_id, row, column))

    def formatted(self) -> None:
        """The format of a cell changed: formulas that refer to it may take another one."""
        self._formats = {}

    def restructured(self) -> None:
        """Anything may have changed: sheets, titles, grids, names, pivot tables, whole sheets of cells."""
        self._restructured = True
        self._touched.clear()

    def hid(self) -> None:
        """Rows were hidden or shown: formulas that look at them are calculated again."""
        with self._lock:
            placed = None if self._shared is None else self._shared.calculator.placed
            if placed is not None and any(
                call.name in TAKES_CELLS for place in placed.calling for call in placed.formulas[place].calls
            ):
                self.restructured()

    def value(self, workbook: Workbook, sheet: Sheet, row: int, column: int) -> Value:
        """The effective value of a cell, None when it is blank."""
        with self._lock:
            otherwise = outside(sheet.cell(row, column), row, column)
            return self._calculated(workbook).value(sheet.sheet_id, row, column, otherwise)

    def values(self, workbook: Workbook, sheet: Sheet, rows: range, columns: range) -> tuple[tuple[Value, ...], ...]:
        """The effective values of a rectangle, row by row."""
        with self._lock:
            results = self._calculated(workbook)
            return tuple(results.row(sheet, row, columns) for row in rows)

    def inferred_format(self, workbook: Workbook, sheet: Sheet, row: int, column: int) -> JSON | None:
        """The NumberFormat that Sheets would give a calculated cell that has none of its own."""
        results = self._calculated(workbook)
        place = (sheet.sheet_id, row, column)
        if place in results.pivot_formats:
            return results.pivot_formats[place]
        origin = results.origins.get(place, place)
        formula = sheet.cell(origin[1], origin[2]).formula
        if formula is None:
            return None
        if place not in self._formats:
            self._formats[place] = None  # what a cycle of references finds
            self._formats[place] = inferred(
                formula,
                lambda reference, offset: self._format_at(workbook, sheet, reference, offset),
                column - origin[2],
            )
        return self._formats[place]

    def origin(self, workbook: Workbook, sheet: Sheet, row: int, column: int) -> tuple[int, int] | None:
        """Where the formula stands that fills a cell with a part of its array; None for every other cell."""
        origin = self._calculated(workbook).origins.get((sheet.sheet_id, row, column))
        return None if origin is None else (origin[1], origin[2])

    def extent(self, workbook: Workbook, sheet: Sheet) -> tuple[int, int]:
        """Rows and columns up to the last cell that has a value, calculated ones included."""
        with self._lock:
            return self._calculated(workbook).extent(sheet)

    def room(self, workbook: Workbook) -> dict[int, tuple[int, int]]:
        """By sheet id, how many rows and columns pivot tables need that are larger than their grid."""
        with self._lock:
            if not (_pivots(workbook) if self._restructured else self._pivots):
                return {}
            self._calculated(workbook)
            return dict(self._room)

    def fork(self, workbook: Workbook) -> Engine:
        """An engine for a copy of the workbook. Costs nothing until one of the two has to calculate again."""
        copy = Engine()
        with self._lock:
            copy._shared = self._shared
            copy._results = self._results
            copy._formats = {} if self._restructured or self._touched else self._formats
            copy._pivots = list(self._pivots)
            copy.moment = self.moment
            copy._seed = self._seed
            copy._tables = self._tables
            copy._room = dict(self._room)
            copy._touched = set(self._touched)
            copy._restructured = self._restructured
            if self._shared is not None:
                self._shared.users.add(copy)
        return copy

    def pivot_table(self, place: Place) -> Drawn | None:
        """The pivot table that a cell belongs to, as it was drawn last; None when it belongs to none.

        Raises:
            Unsupported: it may belong to one that is not calculated.
        """
        sheet_id, row, column = place
        here = {(top, left): table for (home, top, left), table in self._tables.items() if home == sheet_id}
        for (top, left), table in here.items():
            if table and 0 <= row - top < len(table.grid) and 0 <= column - left < len(table.grid[0]):
                return table
        if None in here.values():
            raise Unsupported(
                "The local Sheets API does not calculate GETPIVOTDATA beside a pivot table that it does not draw."
            )
        return None

    def seed(self, workbook: Workbook) -> int:
        """What everything that is drawn at this calculation comes from: drawn itself when it is first wanted."""
        if self._seed is None:
            self._seed = workbook.random.getrandbits(64)
        return self._seed

    def _calculated(self, workbook: Workbook) -> Results:
        """Up-to-date results; while pivot tables are being drawn, those so far."""
        with self._lock:
            if not self._busy and (self._touched or self._restructured or self._is_due(workbook)):
                self._busy = True
                try:
                    self._calculate(workbook)
                finally:
                    self._busy = False
            return self._results

    def _is_due(self, workbook: Workbook) -> bool:
        """Whether the spreadsheet is to be calculated again because time went by, as its settings may say."""
        a_day = _CALCULATIONS_A_DAY.get(str(workbook.properties.get("autoRecalc")))
        if a_day is None or self.moment is None:
            return False
        return math.floor(workbook.now() * a_day) != math.floor(self.moment * a_day)

    def _calculate(self, workbook: Workbook) -> None:
        touched, self._touched = self._touched, set()  # another thread may touch cells meanwhile
        everything, self._restructured = self._restructured, False
        try:
            calculator, new = self._own(workbook, everything)
            if everything or new or any(place in calculator.placed.formulas for place in touched):
                self._formats = {}
            calculator.follow(workbook, None if everything or new else touched)
            if everything or any(place in calculator.placed.formulas for place in touched):
                self._formats = {}
                calculator.empty_gaps(workbook)
            self.moment, self._seed = workbook.now(), None
            calculator.tell_time(self.moment)
            if everything:
                self._pivots = _pivots(workbook)
            self._settle(workbook, calculator)
            if not new and circular_beside_spills(calculator, self._results):
                self._calculate_afresh(workbook)
        except BaseException:
            self._restructured = True
            raise

    def _calculate_afresh(self, workbook: Workbook) -> None:
        """Which cells of a circle show the error must not depend on what was calculated before."""
        calculator = self._use(Calculator(workbook))
        calculator.follow(workbook, None)
        assert self.moment is not None
        calculator.tell_time(self.moment)
        self._settle(workbook, calculator)

    def _own(self, workbook: Workbook, everything: bool) -> tuple[Calculator, bool]:
        """A calculator that no other engine uses, and whether it is a new one, without any cells."""
        shared = self._shared
        if shared is None or (everything and not shared.calculator.fits(workbook)):
            return self._use(Calculator(workbook)), True
        if set(shared.users) != {self}:
            return self._use(shared.calculator.clone()), False
        return shared.calculator, False

    def _use(self, calculator: Calculator) -> Calculator:
        if self._shared is not None:
            self._shared.users.discard(self)
        self._shared = _Shared(calculator)
        self._shared.users.add(self)
        return calculator

    def _settle(self, workbook: Workbook, calculator: Calculator) -> None:
        """Calculate until formulas, pivot tables and what Sheets refuses agree with one another."""
        corrected: dict[Place, Value] = {}
        pivots = {place: value for place, value in calculator.pivots.items() if self._pivots}
        self._tables = {place: table for place, table in self._tables.items() if place in self._pivots}
        formats: dict[Place, JSON] = {}
        drawn, origins, shown = calculator.hosting.drawn(workbook, calculator, pivots)
        calculator.overlay(pivots | drawn)
        for _ in range(_ROUNDS):
            calculator.evaluate()
            if calculator.placed.spreading or calculator.placed.calling or self._results.origins or self._pivots:
                self._formats = {}  # else only values change from time to time, and no format depends on those
            self._results = read(workbook, calculator, formats | shown)
            self._results.origins.update(origins)
            called = calculator.make_calls(workbook) | calculator.fill_gaps(workbook, self._results.gaps)
            called |= calculator.read_texts(workbook, self._results.texts())
            before, (pivots, formats) = pivots, self._drawn(workbook)
            drawn, origins, shown = calculator.hosting.drawn(workbook, calculator, pivots)
            self._results.pivot_formats = formats | shown
            self._results.origins.update(origins)
            calculator.pivots = pivots
            if pivots == before and not called:  # else what is blank or too large now may be so no more next time
                corrected.update(self._results.blanks | self._results.refused)
            corrected = {place: value for place, value in corrected.items() if place not in self._results.revived}
            if not (calculator.overlay(corrected | pivots | drawn) or called):
                break
        spread_unknown(workbook, calculator, self._results)

    def _drawn(self, workbook: Workbook) -> tuple[dict[Place, Value], dict[Place, JSON]]:
        """The cells of every pivot table, and their formats."""
        values: dict[Place, Value] = {}
        formats: dict[Place, JSON] = {}
        self._room = {}
        tables: dict[Place, Drawn | None] = {}
        for sheet_id, row, column in self._pivots:
            sheet = workbook.sheet(sheet_id)
            spec = sheet.cell(row, column).pivot if sheet is not None else None
            if sheet is None or spec is None:
                continue
            drawn = _draw(workbook, sheet, spec, row, column, tables)
            rows = max((place[1] + 1 for place in drawn), default=0)
            columns = max((place[2] + 1 for place in drawn), default=0)
            if rows > sheet.row_count or columns > sheet.column_count:
                known = self._room.get(sheet_id, (sheet.row_count, sheet.column_count))
                self._room[sheet_id] = max(rows, known[0]), max(columns, known[1])
                drawn = {(sheet_id, row, column): (ErrorValue("REF", _TOO_LARGE), None)}
                tables.pop((sheet_id, row, column), None)
            if any(place in values for place in drawn):
                drawn = {(sheet_id, row, column): (_blocked("another pivot table"), None)}
                tables.pop((sheet_id, row, column), None)
            values.update({place: value for place, (value, _) in drawn.items()})
            formats.update({place: shown for place, (_, shown) in drawn.items() if shown is not None})
        self._tables = tables
        return values, formats

    def _format_at(self, workbook: Workbook, home: Sheet, reference: Reference, offset: int) -> JSON | None:
        sheet = home if reference.sheet is None else workbook.sheet_titled(reference.sheet)
        if sheet is None:
            return None
        area = reference.area
        row, column = area.start_row or 0, (area.start_column or 0) + offset
        if area.end_column is not None and column >= area.end_column:
            return None
        last = min(sheet.row_count if area.end_row is None else area.end_row, row + 20)  # past headers, if any
        found = (workbook.number_format(sheet, at, column) for at in range(row, last))
        return next((one for one in found if one is not None), None)


def _pivots(workbook: Workbook) -> list[Place]:
    return [
        (sheet.sheet_id, row, column)
        for sheet in workbook.sheets
        if sheet.has_pivots
        for row, cells in sorted(sheet.rows.items())
        for column, cell in sorted(cells.items())
        if cell.pivot is not None
    ]


def _draw(
    workbook: Workbook, sheet: Sheet, spec: JSON, row: int, column: int, tables: dict[Place, Drawn | None]
) -> dict[Place, tuple[Value, JSON | None]]:
    """A pivot table's cells, or the error that stands at its anchor instead; the table itself goes into `tables`."""
    from sheets_agent.emulator.pivot import table

    anchor = (sheet.sheet_id, row, column)
    try:
        made = table(workbook, spec, sheet)
    except Unsupported as reason:
        tables[anchor] = None
        return {
            anchor: (ErrorValue("ERROR", f"The local Sheets API does not calculate this pivot table: {reason}"), None)
        }
    grid = made.grid
    drawn = {
        (sheet.sheet_id, row + down, column + right): (cell.value, cell.number_format)
        for down, cells in enumerate(grid)
        for right, cell in enumerate(cells)
    }
    if "source" in spec and grid:
        area = GridRange(sheet.sheet_id, row, row + len(grid), column, column + max(1, len(grid[0])))
        if any(area.intersection(one) is not None for one in (GridRange.from_api(spec["source"]), *made.asked)):
            return {anchor: (ErrorValue("REF", "Circular dependency detected."), None)}
    for place in drawn:
        cell = sheet.cell(place[1], place[2])
        if not cell.blank or (cell.pivot is not None and place != anchor):
            what = "another pivot table" if cell.blank else cell_name(place[1], place[2])
            return {anchor: (_blocked(what), None)}
    tables[anchor] = made
    return drawn


def _blocked(what: str) -> ErrorValue:
    return ErrorValue("REF", f"The pivot table was not expanded because it would overwrite data in {what}.")
