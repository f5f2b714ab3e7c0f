"""The rows of a query's answer before they are sorted and cut: as they are, or grouped and pivoted."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Protocol

from sheets_agent.functions.query.syntax import Aggregate, Calculation, Column, Constant, Expression, Query
from sheets_agent.functions.query.table import Cell, Table
from sheets_agent.functions.query.values import calculate, group_key, sort_key

Row = tuple[Cell, ...]
Value = Callable[[Expression, Row], Cell]
"""An expression without aggregates, of a row."""


class Rows(Protocol):
    """Rows, and what expressions give in each of them."""

    count: int
    pivots: list[Row]

    def value(self, expression: Expression, index: int, pivot: Row = ()) -> Cell:
        """An expression in a row; for one with aggregates, under one of the pivot's values."""
        ...


class Plain:
    """Rows as they are."""

    def __init__(self, rows: list[Row], value: Value) -> None:
        self.pivots: list[Row] = [()]
        self._rows = rows
        self._value = value
        self.count = len(rows)

    def value(self, expression: Expression, index: int, pivot: Row = ()) -> Cell:
        """An expression in a row."""
        return self._value(expression, self._rows[index])


class Grouped:
    """One row for each group; groups come out sorted."""

    def __init__(self, table: Table, query: Query, rows: list[Row], value: Value) -> None:
        self._table = table
        self._query = query
        self._value = value
        self._members: dict[tuple[Row, Row], list[Row]] = {}
        for row in rows:
            group = tuple(value(one, row) for one in query.group)
            pivot = tuple(value(one, row) for one in query.pivot)
            self._members.setdefault((group, pivot), []).append(row)
        self._groups = sorted({group for group, _ in self._members}, key=_row_key)
        found = sorted({pivot for _, pivot in self._members}, key=_row_key)
        self.pivots: list[Row] = found if query.pivot else [()]
        self.count = len(self._groups)

    def value(self, expression: Expression, index: int, pivot: Row = ()) -> Cell:
        """An expression in a group."""
        group = self._groups[index]
        if expression in self._query.group:
            return group[self._query.group.index(expression)]
        match expression:
            case Aggregate(name=name, column=column):
                members = self._members.get((group, pivot), [])
                at = self._table.index(column)
                return aggregate(name, [row[at] for row in members], missing=not members)
            case Calculation(name="now"):
                return self._value(expression, ())
            case Calculation(name=name, arguments=arguments):
                return calculate(name, [self.value(one, index, pivot) for one in arguments], math.nan)
            case Constant(value=value):
                return value
            case Column():
                raise AssertionError("checked before")


def _row_key(row: Row) -> list[tuple[int, bool | float | str]]:
    return [group_key(value) for value in row]


def aggregate(name: str, values: list[Cell], *, missing: bool = False) -> Cell:
    """An aggregate of a column's values; null where there are none. `missing`: the pivot has no rows there."""
    present = [value for value in values if value is not None]
    if name == "count":
        return None if missing else float(len(present))
    if not present:
        return None
    if name in ("max", "min"):
        return max(present, key=sort_key) if name == "max" else min(present, key=sort_key)
    total = math.fsum(value for value in present if isinstance(value, float))
    return total if name == "sum" else total / len(present)
