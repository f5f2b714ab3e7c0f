"""What a formula can refer to: sheets, their grids, named ranges, tables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from sheets_agent.formulas.references import Reference
from sheets_agent.formulas.tables import TableArea

ENGINE_ROWS, ENGINE_COLUMNS = 1_048_576, 16_384
"""How large a grid the calculation engine has."""
CLOCK_TITLE = "clock\ue002"
"""The sheet of the engine that nobody sees, with the moment of the calculation in its first cell."""


@dataclass(frozen=True, slots=True)
class Grid:
    """A sheet as formulas see it. `engine_title` is what the engine calls it."""

    title: str
    engine_title: str
    rows: int
    columns: int


class Reading(Protocol):
    """How the spreadsheet's locale reads and writes numbers."""

    @property
    def decimal_comma(self) -> bool:
        """Whether numbers have a decimal comma."""
        ...

    @property
    def american(self) -> bool:
        """Whether numbers and amounts of money are written as in en_US."""
        ...

    def number(self, text: str) -> float | None:
        """The number that a text reads as; None when it is none, or when the day of reading decides."""
        ...

    def is_text(self, text: str) -> bool:
        """Whether a text is sure to be nothing but a text."""
        ...

    def pattern(self, text: str) -> str | None:
        """A pattern as TEXT takes it, in the notation of number formats; None when its meaning is not known."""
        ...


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a formula can refer to.

    Attributes:
        grids: sheets by casefolded title.
        names: named ranges by casefolded name: the reference each stands for, its sheet named.
        order: the titles of the sheets in the order of their tabs.
        functions: named functions by casefolded name: the formula, a LAMBDA, of each.
        tables: by casefolded name.
        reading: how texts are read; None leaves that to the engine.
    """

    grids: Mapping[str, Grid]
    names: Mapping[str, Reference] = field(default_factory=dict)
    order: tuple[str, ...] = ()
    reading: Reading | None = None
    functions: Mapping[str, str] = field(default_factory=dict)
    tables: Mapping[str, TableArea] = field(default_factory=dict)
