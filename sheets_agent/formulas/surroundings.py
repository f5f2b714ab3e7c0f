"""What a formula can refer to: sheets, their grids, named ranges."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from sheets_agent.formulas.references import Reference

ENGINE_ROWS, ENGINE_COLUMNS = 1_048_576, 16_384
"""How large a grid the calculation engine has."""


@dataclass(frozen=True, slots=True)
class Grid:
    """A sheet as formulas see it. `engine_title` is what the engine calls it."""

    title: str
    engine_title: str
    rows: int
    columns: int


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a formula can refer to.

    Attributes:
        grids: sheets by casefolded title.
        names: named ranges by casefolded name: the reference each stands for, its sheet named.
        order: the titles of the sheets in the order of their tabs.
    """

    grids: Mapping[str, Grid]
    names: Mapping[str, Reference] = field(default_factory=dict)
    order: tuple[str, ...] = ()
