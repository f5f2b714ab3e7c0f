"""Calculated values of a pivot table: formulas in which a heading stands for its column.

The formula is given to the ordinary engine, in a scratch workbook that holds nothing but the records of the group:
with SUM it is calculated for every record and the results are added up, with CUSTOM once, a heading being all of the
group's values.

Source: https://support.google.com/docs/answer/7572895 and the PivotValue message of the v4 discovery document.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from sheets_agent.a1 import cell_name, column_letters
from sheets_agent.emulator.pivot.model import Source
from sheets_agent.formulas.values import ErrorValue, Value

_NAMES = re.compile(r""""(?:[^"]|"")*"|'((?:[^']|'')+)'(?!\s*!)|([^\W\d][\w.]*)(?!\s*[(!\w.])""")
"""Texts, which are skipped; names in single quotes that are no sheet's; bare names that are no function's."""


def per_record(source: Source, formula: str) -> Sequence[Value]:
    """A formula of a calculated value, for every record by itself."""
    pieces = _pieces(formula, source.headings)
    records = range(source.count)
    return _results(source, records, pieces, [_put(pieces, _cell_of(row)) for row in records])


def calculated(source: Source, formula: str, records: Sequence[int]) -> Value:
    """A formula of a calculated value, once over the records of a group."""
    pieces = _pieces(formula, source.headings)
    return _results(source, records, pieces, [_put(pieces, _whole_column(len(records)))])[0]


def columns_named(formula: str, headings: Sequence[str]) -> frozenset[int]:
    """Which columns a formula names by their headings."""
    return frozenset(piece for piece in _pieces(formula, headings) if isinstance(piece, int))


def _results(
    source: Source, records: Sequence[int], pieces: Sequence[str | int], formulas: Sequence[str]
) -> Sequence[Value]:
    """The results of formulas that stand, from the first row down, to the right of the records."""
    # The engine draws pivot tables, and this draws on the engine: the import must wait until both are there.
    from sheets_agent.emulator.workbook import Cell, Sheet, Workbook

    width = len(source.headings)
    named = [(piece, source.columns[piece]) for piece in dict.fromkeys(pieces) if isinstance(piece, int)]
    rows = {
        row: {
            column: Cell(value=held)
            for column, values in named
            if (held := values[record]) is not None and not isinstance(held, ErrorValue)
        }
        for row, record in enumerate(records)
    }
    for row, formula in enumerate(formulas):
        rows[row][width] = Cell(formula=formula)
    grid = {"rowCount": len(records), "columnCount": width + 1}
    sheet = Sheet({"sheetId": 0, "title": "Records", "index": 0, "sheetType": "GRID", "gridProperties": grid}, rows)
    scratch = Workbook("pivot", {"title": "", "locale": "en_US", "timeZone": "Etc/GMT"}, [sheet])
    return [value for (value,) in scratch.values(sheet, range(len(formulas)), range(width, width + 1))]


def _whole_column(count: int) -> Callable[[int], str]:
    return lambda column: f"${column_letters(column)}$1:${column_letters(column)}${count}"


def _cell_of(row: int) -> Callable[[int], str]:
    return lambda column: cell_name(row, column)


def with_columns(formula: str, headings: Sequence[str], place: Callable[[int], str]) -> str:
    """A formula whose headings, bare or in single quotes, are replaced by references."""
    return _put(_pieces(formula, headings), place)


def _put(pieces: Sequence[str | int], place: Callable[[int], str]) -> str:
    return "".join(piece if isinstance(piece, str) else place(piece) for piece in pieces)


def _pieces(formula: str, headings: Sequence[str]) -> list[str | int]:
    """A formula cut at its headings, each of which is given as the place of its column in the source."""
    columns = {heading.casefold(): index for index, heading in reversed(list(enumerate(headings))) if heading}
    pieces: list[str | int] = []
    done = 0
    for match in _NAMES.finditer(formula):
        name = match[1].replace("''", "'") if match[1] else match[2]
        index = None if name is None else columns.get(name.casefold())
        if index is not None:
            pieces += [formula[done : match.start()], index]
            done = match.end()
    return [*pieces, formula[done:]]
