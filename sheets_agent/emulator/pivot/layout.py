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

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sheets_agent.emulator.pivot.axis import Line, headings, lines
from sheets_agent.emulator.pivot.grouping import title
from sheets_agent.emulator.pivot.limits import limited
from sheets_agent.emulator.pivot.measures import Cube
from sheets_agent.emulator.pivot.model import BLANK, JSON, PivotCell, Source
from sheets_agent.emulator.pivot.source import read_source
from sheets_agent.formulas.values import ErrorValue

if TYPE_CHECKING:
    from sheets_agent.emulator.workbook import Workbook

Grid = list[list[PivotCell]]


def compute(workbook: Workbook, spec: JSON) -> Grid:
    """The cells of a pivot table, rows by columns from its anchor; all rows are equally long.

    Args:
        workbook: where the source is.
        spec: the PivotTable message, as it is kept on the anchor cell.

    Returns:
        The drawn cells; a single #REF! when the source is gone.

    Raises:
        Unsupported: a filter that the local Sheets API does not evaluate.
    """
    source = read_source(workbook, spec)
    if source is None:
        return [[PivotCell(ErrorValue("REF", "The source of this pivot table no longer exists."))]]
    rows, columns = spec.get("rows", []), spec.get("columns", [])
    cube = limited(Cube.of(source, spec), spec)
    row_lines = lines(rows, cube.row_paths, cube.row_rank)
    column_lines = lines(columns, cube.column_paths, cube.column_rank)
    table = _Table(source, rows, columns, cube, row_lines, column_lines)
    vertical = spec.get("valueLayout") == "VERTICAL" and len(cube.values) > 1
    return _rectangle(table.vertical() if vertical else table.horizontal())


def _rectangle(grid: Grid) -> Grid:
    width = max((len(row) for row in grid), default=0)
    return [row + [BLANK] * (width - len(row)) for row in grid]


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
