"""The calculation engine's own model of a workbook, whose cells are named by places."""

from __future__ import annotations

import math
from collections.abc import Iterator

import ironcalc

from sheets_agent.emulator.engine_errors import ENGINE_ERRORS, NOT_IMPLEMENTED
from sheets_agent.emulator.hidden import hidden_title
from sheets_agent.emulator.large_stack import on_large_stack
from sheets_agent.emulator.locales import locale
from sheets_agent.emulator.placed import Place
from sheets_agent.emulator.reading import definitions, engine_locale
from sheets_agent.formulas.dialect import BLANK
from sheets_agent.formulas.values import ErrorValue, Value

_ERROR = ironcalc.CellType.ErrorValue


class EngineModel:
    """An IronCalc model, empty at first, with the functions that read texts as a spreadsheet's locale does.

    Args:
        zone: the spreadsheet's time zone; one that the engine does not know is taken for UTC.
        locale_name: the spreadsheet's locale.

    Sheets with ids below 0 are hidden: they are added as soon as something is put there.
    """

    def __init__(self, zone: str, locale_name: str) -> None:
        self.zone, self.locale = zone, locale_name
        self.native = _created(zone, locale_name)
        self._index: dict[int, int] = {}
        self._ids: dict[str, int] = {}

    def clone(self) -> EngineModel:
        """An independent copy."""
        copy = object.__new__(EngineModel)
        copy.zone, copy.locale = self.zone, self.locale
        copy.native = on_large_stack(lambda: ironcalc.load_from_bytes(self.native.to_bytes()))
        copy._index, copy._ids = dict(self._index), dict(self._ids)
        return copy

    def __contains__(self, sheet_id: int) -> bool:
        return sheet_id in self._index

    def add_sheet(self, sheet_id: int, title: str) -> None:
        """Add a sheet after all others."""
        index = len(self._index)
        if index:
            self.native.add_sheet(f"temporary {index}")
        self.native.rename_sheet(index, title)
        self._index[sheet_id], self._ids[title] = index, sheet_id

    def sheet_id(self, title: str) -> int:
        """The sheet that has this title here."""
        return self._ids[title]

    def evaluate(self) -> None:
        """Calculate everything.

        Raises:
            RuntimeError: the engine fails in some formula.
        """
        on_large_stack(self.native.evaluate)

    def result(self, place: Place) -> Value:
        """What a cell shows; a blank cell that is referred to shows as 0."""
        sheet_id, row, column = place
        index = self._index[sheet_id]
        value = self.native.get_cell_value(index, row + 1, column + 1)
        if isinstance(value, str) and value.startswith("#"):
            return ErrorValue(*ENGINE_ERRORS.get(value, ("ERROR", ""))) if self._shows_error(place) else value
        return value if isinstance(value, bool | str) or value is None else float(value) + 0.0  # no -0

    def shows_text(self, place: Place) -> bool:
        """Whether a cell shows a text."""
        value = self.native.get_cell_value(self._index[place[0]], place[1] + 1, place[2] + 1)
        return isinstance(value, str) and value != BLANK and not (value.startswith("#") and self._shows_error(place))

    def refused(self, places: set[Place]) -> Iterator[Place]:
        """Those of the places that have a formula the engine, as it calculated, found no way to calculate."""
        index, ask = self._index, self.native.get_cell_value
        for place in places:
            if ask(index[place[0]], place[1] + 1, place[2] + 1) == NOT_IMPLEMENTED and self._shows_error(place):
                yield place

    def filled(self) -> Iterator[Place]:
        """The cells of the sheets that are not hidden which hold or show something."""
        ids = list(self._index)
        for index, row, column in self.native.get_all_cells():
            if ids[index] >= 0:
                yield ids[index], row - 1, column - 1

    def clear(self, place: Place) -> None:
        """Empty a cell before something else is put there: else the cells that a formula here had filled would stay."""
        self.native.clear_cell_contents(*self._at(place))

    def put(self, place: Place, value: Value) -> None:
        """Put a value."""
        at = self._at(place)
        if value is None:
            return
        if isinstance(value, bool):
            self.native.update_cell_with_bool(*at, value)
        elif isinstance(value, str):
            self.native.update_cell_with_text(*at, value)
        elif isinstance(value, ErrorValue):
            self.native.update_cell_with_formula(*at, f"={value}")
        elif math.isfinite(value):
            self.native.update_cell_with_number(*at, float(value))
        else:
            self.native.update_cell_with_formula(*at, "=#NUM!")

    def put_formula(self, place: Place, text: str) -> None:
        """Put a formula of the engine's own."""
        self.native.update_cell_with_formula(*self._at(place), text)

    def _shows_error(self, place: Place) -> bool:
        kind: object = self.native.get_cell_type(self._index[place[0]], place[1] + 1, place[2] + 1)
        return kind == _ERROR

    def _at(self, place: Place) -> tuple[int, int, int]:
        sheet_id, row, column = place
        if sheet_id < 0 and sheet_id not in self._index:
            self.add_sheet(sheet_id, hidden_title(sheet_id))
        return self._index[sheet_id], row + 1, column + 1


def _created(zone: str, locale_name: str) -> ironcalc.Model:
    name = engine_locale(locale(locale_name))
    try:
        model = ironcalc.create("workbook", name, zone or "UTC")
    except ironcalc.WorkbookError:  # a zone that the engine does not know
        model = ironcalc.create("workbook", name, "UTC")
    for function, definition in definitions(locale_name).items():  # before any formula: each has all of them read again
        model.new_defined_name(function, None, definition)
    return model
