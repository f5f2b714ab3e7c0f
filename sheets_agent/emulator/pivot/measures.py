"""The values of a pivot table: every group of rows against every group of columns."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import cached_property
from itertools import chain
from typing import NamedTuple

from sheets_agent.emulator.ordering import sort_key
from sheets_agent.emulator.pivot.calculated import calculated, per_record
from sheets_agent.emulator.pivot.grouping import labels
from sheets_agent.emulator.pivot.model import BLANK, JSON, Path, PivotCell, Source
from sheets_agent.emulator.pivot.summary import keeps_format, summarized
from sheets_agent.formulas.values import ErrorValue, Value

_PERCENT: JSON = {"type": "PERCENT", "pattern": "0.00%"}


class _Within(NamedTuple):
    """What a share is a part of: the total of its row, of its column, or of neither."""

    rows: bool
    columns: bool


_SHARES = {
    "PERCENT_OF_ROW_TOTAL": _Within(True, False),
    "PERCENT_OF_COLUMN_TOTAL": _Within(False, True),
    "PERCENT_OF_GRAND_TOTAL": _Within(False, False),
}

Cells = Mapping[tuple[Path, Path], Sequence[int]]
"""The records of the innermost groups: by the group of rows and the group of columns."""


class Cube:
    """The records of a source, by the groups they fall in.

    Attributes:
        values: the PivotValues.
        cells: the records it summarises.
    """

    def __init__(self, source: Source, spec: JSON, cells: Cells, measured: dict[int, Sequence[Value]]) -> None:
        self.values: list[JSON] = spec.get("values", [])
        self.cells = cells
        self._source, self._spec = source, spec
        self._rows, self._columns = spec.get("rows", []), spec.get("columns", [])
        self._measured = measured
        self._known: dict[tuple[int, Path, Path], Value] = {}
        self._across: dict[tuple[int, bool], Path | None] = {}

    @classmethod
    def of(cls, source: Source, spec: JSON) -> Cube:
        """All records of a source, grouped as a PivotTable says."""
        paths = [
            list(zip(*(labels(source, group) for group in groups), strict=True)) or [()] * source.count
            for groups in (spec.get("rows", []), spec.get("columns", []))
        ]
        cells: defaultdict[tuple[Path, Path], list[int]] = defaultdict(list)
        for index, place in enumerate(zip(*paths, strict=True)):
            cells[place].append(index)
        return cls(source, spec, cells, {})

    def only(self, cells: Cells) -> Cube:
        """The same table over fewer records."""
        return Cube(self._source, self._spec, cells, self._measured)

    @cached_property
    def row_paths(self) -> list[Path]:
        """The innermost groups of rows."""
        return list(dict.fromkeys(row for row, _ in self.cells))

    @cached_property
    def column_paths(self) -> list[Path]:
        """The innermost groups of columns."""
        return list(dict.fromkeys(column for _, column in self.cells))

    @property
    def names(self) -> list[str]:
        """What each value is called: its own name, or "SUM of Revenue"; a calculated one without a name has none."""
        return [
            value.get("name")
            or (
                ""
                if "formula" in value
                else f"{value['summarizeFunction']} of {self._source.heading(int(value.get('sourceColumnOffset', 0)))}"
            )
            for value in self.values
        ]

    def cell(self, index: int, row: Path, column: Path) -> PivotCell:
        """The drawn cell of one value where a row and a column meet."""
        value = self.values[index]
        number = self._value(index, row, column)
        if number is None:
            return BLANK
        within = _SHARES.get(value.get("calculatedDisplayType", ""))
        if within is not None:
            whole = self._value(index, row if within.rows else (), column if within.columns else ())
            return PivotCell(_share(number, whole), _PERCENT)
        if "formula" in value or not keeps_format(value["summarizeFunction"]):
            return PivotCell(number)
        return PivotCell(number, self._source.format(int(value.get("sourceColumnOffset", 0))))

    @cached_property
    def _parts(self) -> Mapping[tuple[Path, Path], list[Sequence[int]]]:
        """For groups of every level, the records of the innermost groups in them."""
        parts: defaultdict[tuple[Path, Path], list[Sequence[int]]] = defaultdict(list)
        for (row, column), records in self.cells.items():
            for i in range(len(row) + 1):
                for j in range(len(column) + 1):
                    parts[row[:i], column[:j]].append(records)
        return parts

    def _value(self, index: int, row: Path, column: Path) -> Value:
        key = (index, row, column)
        if key not in self._known:
            parts = self._parts.get((row, column), [])
            records = parts[0] if len(parts) == 1 else sorted(chain.from_iterable(parts))
            self._known[key] = self._summarized(index, records)
        return self._known[key]

    def _summarized(self, index: int, records: Sequence[int]) -> Value:
        """One value over the records of a group; blank where there are none."""
        if not records:
            return None
        value = self.values[index]
        if value["summarizeFunction"] == "CUSTOM":
            return calculated(self._source, value["formula"], records)
        if index not in self._measured:
            offset = int(value.get("sourceColumnOffset", 0))
            self._measured[index] = (
                per_record(self._source, value["formula"]) if "formula" in value else self._source.column(offset)
            )
        measured = self._measured[index]
        return summarized(value["summarizeFunction"], [measured[record] for record in records])

    def row_rank(self, level: int, path: Path) -> tuple[object, ...]:
        """How a group of rows sorts."""
        return self._rank(self._rows[level], level, path, of_rows=True)

    def column_rank(self, level: int, path: Path) -> tuple[object, ...]:
        """How a group of columns sorts."""
        return self._rank(self._columns[level], level, path, of_rows=False)

    def _rank(self, group: JSON, level: int, path: Path, of_rows: bool) -> tuple[object, ...]:
        """By the label, or by a value in one bucket of the other side; groups without that value come out smallest."""
        bucket = group.get("valueBucket")
        if bucket is None or not self.values:
            return path[-1].order
        if (level, of_rows) not in self._across:
            others = self.column_paths if of_rows else self.row_paths
            self._across[level, of_rows] = _bucket(bucket.get("buckets", []), others)
        across = self._across[level, of_rows]
        index = min(int(bucket.get("valuesIndex", 0)), len(self.values) - 1)
        value = None if across is None else self._value(index, *((path, across) if of_rows else (across, path)))
        if value is None:
            return (0, path[-1].order)
        return (1, sort_key(value), path[-1].order)


def _bucket(buckets: Sequence[JSON], paths: Sequence[Path]) -> Path | None:
    """The first group that the buckets of a PivotGroupSortValueBucket mean."""
    for path in paths:
        prefix = path[: len(buckets)]
        if len(prefix) == len(buckets) and all(
            label.shows(bucket) for label, bucket in zip(prefix, buckets, strict=True)
        ):
            return prefix
    return None if buckets else ()


def _share(part: Value, whole: Value) -> Value:
    if isinstance(part, ErrorValue):
        return part
    if isinstance(part, bool) or not isinstance(part, int | float):
        return ErrorValue("VALUE", "A percentage needs a number.")
    if isinstance(whole, bool) or not isinstance(whole, int | float) or whole == 0 or math.isnan(whole):
        return ErrorValue("DIVIDE_BY_ZERO", "The total of a percentage is zero.")
    return part / whole
