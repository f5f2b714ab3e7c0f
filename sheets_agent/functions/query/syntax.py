"""What a query consists of."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

AGGREGATES = frozenset(("avg", "count", "max", "min", "sum"))
FUNCTIONS = {
    name.lower(): (name, count)
    for count, names in (
        (0, "now"),
        (1, "year month day hour minute second millisecond quarter dayOfWeek toDate upper lower"),
        (2, "dateDiff"),
    )
    for name in names.split()
}
"""Scalar functions by their names in lower case: the name, and how many arguments it takes."""


class QueryError(ValueError):
    """The query makes no sense; the message is what Sheets says after naming the function."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column by its letter, or as Col1."""

    name: str


@dataclass(frozen=True, slots=True)
class Constant:
    """A literal; dates and times are serial numbers, told by `kind`."""

    value: bool | float | str
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Calculation:
    """A scalar function or an operator."""

    name: str
    arguments: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Aggregate:
    """An aggregate of a column."""

    name: str
    column: Column


Expression = Column | Constant | Calculation | Aggregate


@dataclass(frozen=True, slots=True)
class Compare:
    """A comparison; `sign` is one of = <> < > <= >= contains, starts with, ends with, matches, like."""

    sign: str
    left: Expression
    right: Expression


@dataclass(frozen=True, slots=True)
class IsNull:
    """Whether something is blank."""

    operand: Expression


@dataclass(frozen=True, slots=True)
class Not:
    """The opposite."""

    inner: Condition


@dataclass(frozen=True, slots=True)
class And:
    """All of them."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Or:
    """Any of them."""

    parts: tuple[Condition, ...]


Condition = Compare | IsNull | Not | And | Or


@dataclass(frozen=True, slots=True)
class Query:
    """A parsed query. `select` is None for all columns."""

    select: tuple[Expression, ...] | None = None
    where: Condition | None = None
    group: tuple[Expression, ...] = ()
    pivot: tuple[Expression, ...] = ()
    order: tuple[tuple[Expression, bool], ...] = ()
    skipping: int = 0
    limit: int | None = None
    offset: int = 0
    labels: tuple[tuple[Expression, str], ...] = ()
    formats: tuple[tuple[Expression, str], ...] = ()
    options: frozenset[str] = frozenset()

    def having(self, **parts: Any) -> Query:
        """The same query with some clauses."""
        return replace(self, **parts)


def aggregates(expression: Expression) -> list[Aggregate]:
    """Every aggregate in an expression."""
    match expression:
        case Aggregate():
            return [expression]
        case Calculation(arguments=arguments):
            return [one for argument in arguments for one in aggregates(argument)]
        case _:
            return []


def columns(expression: Expression) -> list[Column]:
    """Every column in an expression, those inside aggregates included."""
    match expression:
        case Column():
            return [expression]
        case Aggregate(column=column):
            return [column]
        case Calculation(arguments=arguments):
            return [one for argument in arguments for one in columns(argument)]
        case _:
            return []
