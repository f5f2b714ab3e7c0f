"""A pivot table drawn: headers, groups, totals.

With values side by side (HORIZONTAL) and no column fields:

    Region | Product | SUM of Revenue | COUNTA of Order
    East   | Pen     |             10 |               2
           | Pencil  |              5 |               1
    East Total |     |             15 |               3
    Grand Total |    |             15 |               3

and with a column field:

    SUM of Revenue | Product |        |
    Region         | Pen     | Pencil | Grand Total
    East           |      10 |      5 |          15
    Grand Total    |      10 |      5 |          15

Known from published sheets (exports to CSV, HTML and PDF): these two forms, several values side by side without column
fields, the subtotals and the grand total with their names (" Total" under a blank group), blank groups first, then
numbers, then texts, the blank where no record is and the 0 where there are only blank cells, field titles over tables
without values. Known from the PivotGroup message of the v4 discovery document: labels and repeated headings.

Assumed: with column fields, several values make one more header row of their names under the column fields, and the
word Values after the fields' titles; one below the other (VERTICAL) they make one more heading column, called Values;
the titles of nested column fields stand in one row. A collapsed group is drawn as a group without others in it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sheets_agent.a1 import GridRange
from sheets_agent.emulator.errors import Unsupported
from sheets_agent.emulator.pivot.axis import Line, headings, lines
from sheets_agent.emulator.pivot.filters import areas_asked
from sheets_agent.emulator.pivot.grouping import title
from sheets_agent.emulator.pivot.limits import limited
from sheets_agent.emulator.pivot.measures import Cube
from sheets_agent.emulator.pivot.model import BLANK, JSON, PivotCell, Source
from sheets_agent.emulator.pivot.source import read_source
from sheets_agent.formulas.values import ErrorValue, Value

if TYPE_CHECKING:
    from sheets_agent.emulator.workbook import Sheet, Workbook

Grid = list[list[PivotCell]]


def compute(workbook: Workbook, spec: JSON, home: Sheet | None = None) -> Grid:
    """The drawn cells of a pivot table, see `table`."""
    return table(workbook, spec, home).grid


def table(workbook: Workbook, spec: JSON, home: Sheet | None = None) -> Drawn:
    """A pivot table, calculated.

    Args:
        workbook: where the source is.
        spec: the PivotTable message, as it is kept on the anchor cell.
        home: the sheet of that cell, that of the source when none is given.

    Returns:
        The table; a single #REF! when the source is gone.

    Raises:
        Unsupported: a filter that the local Sheets API does not evaluate.
    """
    source = read_source(workbook, spec, home)
    if source is None:
        return Drawn([[PivotCell(ErrorValue("REF", "The source of this pivot table no longer exists."))]])
    rows, columns = spec.get("rows", []), spec.get("columns", [])
    cube = limited(Cube.of(source, spec), spec)
    row_lines = lines(rows, cube.row_paths, cube.row_rank)
    column_lines = lines(columns, cube.column_paths, cube.column_rank)
    asked = () if home is None else tuple(areas_asked(workbook, spec, home, source.headings))
    parts = _Table(source, rows, columns, cube, row_lines, column_lines)
    vertical = spec.get("valueLayout") == "VERTICAL" and len(cube.values) > 1
    return Drawn(_rectangle(parts.vertical() if vertical else parts.horizontal()), parts, asked)


def _rectangle(grid: Grid) -> Grid:
    width = max((len(row) for row in grid), default=0)
    return [row + [BLANK] * (width - len(row)) for row in grid]


@dataclass(frozen=True, slots=True)
class Drawn:
    """A pivot table's cells, rows by columns from its anchor, all rows equally long; and how to ask it for a value.

    Attributes:
        grid: the cells.
        parts: what is asked for a value.
        asked: the cells, besides its source, that formulas in its filters refer to.
    """

    grid: Grid
    parts: _Table | None = None
    asked: tuple[GridRange, ...] = ()

    def value(self, name: str, items: Sequence[tuple[str, Value]]) -> Value:
        """What GETPIVOTDATA finds: the value of that name where each column of the source is at that item.

        Raises:
            KeyError: there is no such value, column or item.
            Unsupported: the table has it in no cell.
        """
        if self.parts is None:
            raise KeyError(name)
        return self.parts.value(name, items)


class _Table:
    """The parts of one table, ready to be put together."""

    def __init__(
        self,
        source: Source,
        rows: Sequence[JSON],
        columns: Sequence[JSON],
        cube: Cube,
        row_lines: list[Line],
        column_lines: list[Line],
    ) -> None:
        self._cube = cube
        self._row_lines, self._column_lines = row_lines, column_lines
        self._row_titles = [PivotCell(title(source, group) or None) for group in rows]
        self._column_titles = [PivotCell(title(source, group) or None) for group in columns]
        self._row_headings = headings(rows, row_lines, repeat=True)
        self._column_headings = headings(columns, column_lines, repeat=False)
        self._names = [PivotCell(name or None) for name in cube.names]
        self._source, self._fields = source, (rows, columns)

    def value(self, name: str, items: Sequence[tuple[str, Value]]) -> Value:
        """The value of a name at some items, see `Drawn`."""
        index = [one.casefold() for one in self._cube.names].index(name.casefold()) if self._called(name) else None
        if index is None:
            raise KeyError(name)
        sides: tuple[dict[int, Value], dict[int, Value]] = ({}, {})
        for column, item in items:
            side, level = self._field(column)
            sides[side][level] = item
        row = _line(self._row_lines, sides[0], len(self._fields[0]))
        column_line = _line(self._column_lines, sides[1], len(self._fields[1]))
        found = self._cube.cell(index, row.path, column_line.path).value
        if found is None:
            raise KeyError(name)
        return found

    def _called(self, name: str) -> bool:
        return name.casefold() in (one.casefold() for one in self._cube.names if one)

    def _field(self, column: str) -> tuple[int, int]:
        """The side and the level of the field of a column of the source."""
        for side, groups in enumerate(self._fields):
            for level, group in enumerate(groups):
                heading = self._source.heading(int(group.get("sourceColumnOffset", 0)))
                if column.casefold() in (heading.casefold(), title(self._source, group).casefold()):
                    return side, level
        raise KeyError(column)

    def horizontal(self) -> Grid:
        """Values side by side."""
        body = [
            [
                *heading,
                *(
                    self._cube.cell(index, row.path, column.path)
                    for column in self._column_lines
                    for index in range(len(self._names))
                ),
            ]
            for heading, row in zip(self._row_headings, self._row_lines, strict=True)
        ]
        if not self._column_titles:
            return [[*self._row_titles, *self._names], *body]
        several = len(self._names) > 1
        stub = [] if self._row_titles or several else [self._names[0] if self._names else BLANK]
        header = self._column_header(self._row_titles or (stub and [BLANK]), len(self._names) or 1)
        if several:
            header[-1][: len(self._row_titles)] = [BLANK] * len(self._row_titles)
            header.append([*self._row_titles, *self._names * len(self._column_lines)])
            header[0].append(PivotCell("Values"))
        elif self._names and self._row_titles:
            header[0][0] = self._names[0]
        return [*header, *([*stub, *row] for row in body)]

    def vertical(self) -> Grid:
        """Values one below the other."""
        body = []
        for heading, row in zip(self._row_headings, self._row_lines, strict=True):
            for index, name in enumerate(self._names):
                left = heading if index == 0 else [BLANK] * len(heading)
                cells = [self._cube.cell(index, row.path, column.path) for column in self._column_lines]
                body.append([*left, name, *cells])
        titles = [*self._row_titles, PivotCell("Values")]
        if not self._column_titles:
            return [titles, *body] if self._row_titles else body
        return [*self._column_header(titles, 1), *body]

    def _column_header(self, titles: list[PivotCell], span: int) -> Grid:
        """The column fields' titles, then one row of labels per field; the row fields' titles stand in the last."""
        blanks = [BLANK] * len(titles)
        header = [[*blanks, *self._column_titles]]
        for level in range(len(self._column_titles)):
            last = level == len(self._column_titles) - 1
            spread = [cell for heading in self._column_headings for cell in [heading[level], *[BLANK] * (span - 1)]]
            header.append([*(titles if last else blanks), *spread])
        return header


def _line(drawn: Sequence[Line], wanted: Mapping[int, Value], fields: int) -> Line:
    """The line of one side that shows the wanted items by their levels, or their total.

    Raises:
        KeyError: one of the items is in no group.
        Unsupported: none of the lines that are drawn is of these items and no others.
    """
    for level, item in wanted.items():
        if not any(len(line.path) > level and line.path[level].is_item(item) for line in drawn):
            raise KeyError(item)
    together = [
        line for line in drawn
        if all(len(line.path) <= level or line.path[level].is_item(item) for level, item in wanted.items())
    ]  # fmt: skip
    if not any(len(line.path) > max(wanted, default=-1) or not fields for line in together):
        raise KeyError(tuple(wanted.values()))
    found = [line for line in together if set(range(len(line.path))) == set(wanted)]
    if not found:
        raise Unsupported("The local Sheets API does not calculate GETPIVOTDATA of what the table shows in no cell.")
    return found[0]
