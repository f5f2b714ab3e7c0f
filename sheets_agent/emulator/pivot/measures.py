"""The values of a pivot table: every group of rows against every group of columns."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence

from sheets_agent.emulator.ordering import sort_key
from sheets_agent.emulator.pivot.calculated import calculated
from sheets_agent.emulator.pivot.grouping import labels
from sheets_agent.emulator.pivot.model import BLANK, JSON, Path, PivotCell, Record, Source
from sheets_agent.emulator.pivot.summary import keeps_format, summarized
from sheets_agent.formulas.values import ErrorValue, Value

_PERCENT: JSON = {"type": "PERCENT", "pattern": "0.00%"}


class Cube:
    """The records of a source, by the groups they fall in."""

    def __init__(self, source: Source, rows: Sequence[JSON], columns: Sequence[JSON], values: Sequence[JSON]) -> None:
        self.values = list(values)
        self._source = source
        self._rows, self._columns = rows, columns
        row_labels = [labels(source, group) for group in rows]
        column_labels = [labels(source, group) for group in columns]
        self.row_paths: list[Path] = []
        self.column_paths: list[Path] = []
        self._records: defaultdict[tuple[Path, Path], list[Record]] = defaultdict(list)
        self._known: dict[tuple[int, Path, Path], Value] = {}
        for record in source.records:
            row = tuple(label(record) for label in row_labels)
            column = tuple(label(record) for label in column_labels)
            self.row_paths.append(row)
            self.column_paths.append(column)
            for i in range(len(row) + 1):
                for j in range(len(column) + 1):
                    self._records[row[:i], column[:j]].append(record)

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
        whole = {
            "PERCENT_OF_ROW_TOTAL": (row, ()),
            "PERCENT_OF_COLUMN_TOTAL": ((), column),
            "PERCENT_OF_GRAND_TOTAL": ((), ()),
        }.get(value.get("calculatedDisplayType", ""))
        if whole is not None:
            return PivotCell(_share(number, self._value(index, *whole)), _PERCENT)
        if "formula" in value or not keeps_format(value["summarizeFunction"]):
            return PivotCell(number)
        return PivotCell(number, self._source.format(int(value.get("sourceColumnOffset", 0))))

    def _value(self, index: int, row: Path, column: Path) -> Value:
        key = (index, row, column)
        if key not in self._known:
            self._known[key] = self._summarized(self.values[index], self._records.get((row, column), []))
        return self._known[key]

    def _summarized(self, value: JSON, records: Sequence[Record]) -> Value:
        if not records:
            return None
        if "formula" in value:
            return calculated(self._source, value, records)
        offset = int(value.get("sourceColumnOffset", 0))
        cells = [record.values[offset] for record in records] if offset < len(self._source.headings) else []
        return summarized(value["summarizeFunction"], cells)

    def row_rank(self, level: int, path: Path) -> tuple[object, ...]:
        """How a group of rows sorts."""
        return self._rank(self._rows[level], path, of_rows=True)

    def column_rank(self, level: int, path: Path) -> tuple[object, ...]:
        """How a group of columns sorts."""
        return self._rank(self._columns[level], path, of_rows=False)

    def _rank(self, group: JSON, path: Path, of_rows: bool) -> tuple[object, ...]:
        """By the label, or by a value in one bucket of the other side; groups without that value come out smallest."""
        bucket = group.get("valueBucket")
        if bucket is None or not self.values:
            return path[-1].order
        index = min(int(bucket.get("valuesIndex", 0)), len(self.values) - 1)
        across = self._bucket(bucket.get("buckets", []), self.column_paths if of_rows else self.row_paths)
        value = None if across is None else self._value(index, *((path, across) if of_rows else (across, path)))
        if value is None:
            return (0, path[-1].order)
        return (1, sort_key(value), path[-1].order)

    @staticmethod
    def _bucket(buckets: Sequence[JSON], paths: Sequence[Path]) -> Path | None:
        wanted = [next(iter(bucket.values()), None) for bucket in buckets]
        if not wanted:
            return ()
        for path in paths:
            prefix = path[: len(wanted)]
            if [label.cell.value for label in prefix] == wanted or [label.text for label in prefix] == wanted:
                return prefix
        return None


def _share(part: Value, whole: Value) -> Value:
    if isinstance(part, ErrorValue):
        return part
    if isinstance(part, bool) or not isinstance(part, int | float):
        return ErrorValue("VALUE", "A percentage needs a number.")
    if isinstance(whole, bool) or not isinstance(whole, int | float) or whole == 0 or math.isnan(whole):
        return ErrorValue("DIVIDE_BY_ZERO", "The total of a percentage is zero.")
    return part / whole
