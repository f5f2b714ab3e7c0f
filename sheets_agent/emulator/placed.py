"""What the calculation engine holds of a workbook."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sheets_agent.formulas.dialect import Compiled
from sheets_agent.formulas.values import Value

if TYPE_CHECKING:
    from sheets_agent.emulator.workbook import Cell

Place = tuple[int, int, int]
"""A sheet's id, a row and a column, zero-based."""


@dataclass
class Placed:
    """What the model holds: the cells of every row as they were when it was put there, and their formulas."""

    rows: dict[int, dict[int, dict[int, Cell]]] = field(default_factory=dict)
    formulas: dict[Place, Compiled] = field(default_factory=dict)
    overlay: dict[Place, Value] = field(default_factory=dict)
    """What stands in a cell instead of what was entered: pivot tables, results that Sheets refuses."""
    blanks: set[Place] = field(default_factory=set)
    """Formulas that may be blank."""
    spreading: set[Place] = field(default_factory=set)
    """Formulas that may fill more cells than their own."""
    unknown: set[Place] = field(default_factory=set)
    """Formulas that nothing here can calculate."""
    doubtful: set[Place] = field(default_factory=set)
    """Formulas that the engine may find out it cannot calculate."""
    calling: set[Place] = field(default_factory=set)
    """Formulas with calls that the engine cannot make."""
    handed: set[Place] = field(default_factory=set)
    """Formulas whose arrays are put cell by cell, blank cells left blank."""

    def copy(self) -> Placed:
        """An independent copy."""
        return Placed(
            {sheet_id: dict(rows) for sheet_id, rows in self.rows.items()},
            dict(self.formulas),
            dict(self.overlay),
            set(self.blanks),
            set(self.spreading),
            set(self.unknown),
            set(self.doubtful),
            set(self.calling),
            set(self.handed),
        )

    def put(self, place: Place, compiled: Compiled) -> None:
        """Note a formula."""
        self.formulas[place] = compiled
        _mark(self.blanks, place, compiled.blanks or compiled.target is not None)
        _mark(self.spreading, place, compiled.spreads)
        _mark(self.unknown, place, compiled.unknown)
        _mark(self.doubtful, place, compiled.doubtful)
        _mark(self.calling, place, bool(compiled.calls))

    def drop(self, place: Place) -> None:
        """Forget the formula of a place, if it has one."""
        if self.formulas.pop(place, None) is not None:
            for marked in (self.blanks, self.spreading, self.unknown, self.doubtful, self.calling, self.handed):
                marked.discard(place)


def _mark(places: set[Place], place: Place, marked: bool) -> None:
    if marked:
        places.add(place)
    else:
        places.discard(place)
