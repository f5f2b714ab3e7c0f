"""A query carried out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from sheets_agent.formulas.values import Value
from sheets_agent.functions.array import JSON, MOST_VALUES, Array, Failure, World, array, too_large
from sheets_agent.functions.query.grouping import Grouped, Plain, Rows
from sheets_agent.functions.query.language import parse
from sheets_agent.functions.query.syntax import (
    Aggregate,
    And,
    Calculation,
    Column,
    Compare,
    Condition,
    Constant,
    Expression,
    IsNull,
    Not,
    Or,
    Query,
    QueryError,
    aggregates,
    columns,
)
from sheets_agent.functions.query.table import Cell, Table, table
from sheets_agent.functions.query.values import calculate, compare, sort_key, to_date_of_number


def query(world: World, arguments: Sequence[Array | None]) -> Array:
    """QUERY(data, query, [headers]).

    Raises:
        Failure: the errors of Sheets: a query that makes no sense is #VALUE!, an empty answer without headers #N/A.
    """
    data, text, headers = (*arguments, None, None)[:3]
    asked = "" if text is None or text.value is None else text.value
    count = None if headers is None else headers.value
    if data is None or not isinstance(asked, str):
        raise Failure("VALUE", "Unable to parse query string for Function QUERY parameter 2: it is no text.")
    known = int(count) if isinstance(count, float) and count >= 0 else None
    source = table(data, known)
    try:
        return _Run(world, source, _checked(parse(asked), source)).answer()
    except QueryError as reason:
        raise Failure("VALUE", f"Unable to parse query string for Function QUERY parameter 2: {reason}") from None


def _checked(query: Query, source: Table) -> Query:
    """The query with every column known and all columns named."""
    select = query.select or tuple(source.name(index) for index in range(len(source.labels)))
    query = query.having(select=select)
    every = [*select, *query.group, *query.pivot, *(one for one, _ in query.order)]
    for expression in every:
        for column in columns(expression):
            source.index(column)
    for clause, expressions in (("group by", query.group), ("pivot", query.pivot)):
        if any(aggregates(one) for one in expressions):
            raise QueryError(f"An aggregate cannot stand in {clause}.")
    _check_groups(query)
    for aggregate in (one for expression in every for one in aggregates(expression)):
        numeric = source.types[source.index(aggregate.column)] is float
        if aggregate.name in ("sum", "avg") and source.rows and not numeric:
            raise QueryError("AVG_SUM_ONLY_NUMERIC")
    for expression, _ in (*query.labels, *query.formats):
        if expression not in select:
            raise QueryError(f"COL_IN_LABEL_OR_FORMAT_NOT_IN_SELECT: {_named(expression)}")
    return query


def _check_groups(query: Query) -> None:
    select = query.select or ()
    aggregated = any(aggregates(one) for one in select)
    if (query.group or query.pivot) and not aggregated:
        raise QueryError("CANNOT_GROUP_WITHOUT_AGG" if query.group else "CANNOT_PIVOT_WITHOUT_AGG")
    if not aggregated:
        if any(aggregates(one) for one, _ in query.order):
            raise QueryError("AGG_IN_ORDER_NOT_IN_SELECT")
        return
    for expression in (*select, *(one for one, _ in query.order)):
        _check_grouped(expression, query)
    for expression, _ in query.order:
        if query.pivot and aggregates(expression):
            raise QueryError("NO_AGG_IN_ORDER_WHEN_PIVOT")


def _check_grouped(expression: Expression, query: Query) -> None:
    if expression in query.group:
        return
    if expression in query.pivot:
        raise QueryError(f"INVALID_COLUMN_IN_PIVOT: {_named(expression)}")
    match expression:
        case Column():
            raise QueryError(f"ADD_COL_TO_GROUP_BY_OR_AGG: {expression.name}")
        case Calculation(arguments=arguments):
            for argument in arguments:
                _check_grouped(argument, query)


def _named(expression: Expression) -> str:
    match expression:
        case Column(name=name):
            return name
        case Aggregate(name=name, column=column):
            return f"{name}({column.name})"
        case Calculation(name=name, arguments=arguments):
            return f"{name}({','.join(map(_named, arguments))})"
        case Constant(value=value):
            return str(value)


@dataclass
class _Output:
    """A column of the answer."""

    expression: Expression
    label: str
    number_format: JSON | None
    cells: list[Cell] = field(default_factory=list)


class _Run:
    def __init__(self, world: World, source: Table, query: Query) -> None:
        self._world = world
        self._table = source
        self._query = query
        self._now = world.now()

    def answer(self) -> Array:
        query = self._query
        kept = [row for row in self._table.rows if query.where is None or self._holds(query.where, row)]
        aggregated = any(aggregates(one) for one in query.select or ())
        rows: Rows = Grouped(self._table, query, kept, self.value) if aggregated else Plain(kept, self.value)
        order = self._cut(self._sorted(rows))
        if len(order) * len(query.select or ()) > MOST_VALUES:
            raise too_large("QUERY")
        outputs = [output for expression in query.select or () for output in self._outputs(expression, rows, order)]
        return self._laid_out(outputs, len(order))

    def value(self, expression: Expression, row: tuple[Cell, ...]) -> Cell:
        """An expression without aggregates, of a row."""
        match expression:
            case Constant(value=value):
                return value
            case Column():
                return row[self._table.index(expression)]
            case Calculation(name="toDate", arguments=(inner,)) if not self._is_moment(inner):
                return to_date_of_number(self.value(inner, row))
            case Calculation(name=name, arguments=arguments):
                return calculate(name, [self.value(one, row) for one in arguments], self._now)
            case Aggregate():
                raise QueryError("An aggregate cannot stand there.")

    def _is_moment(self, expression: Expression) -> bool:
        match expression:
            case Column():
                return self._table.is_date(self._table.index(expression))
            case Constant(kind=kind):
                return bool(kind)
            case Calculation(name=name):
                return name in ("now", "toDate")
            case _:
                return self._is_moment(expression.column)

    def _holds(self, condition: Condition, row: tuple[Cell, ...]) -> bool:
        match condition:
            case And(parts=parts):
                return all(self._holds(part, row) for part in parts)
            case Or(parts=parts):
                return any(self._holds(part, row) for part in parts)
            case Not(inner=inner):
                return not self._holds(inner, row)
            case IsNull(operand=operand):
                return self.value(operand, row) is None
            case Compare(sign=sign, left=left, right=right):
                return compare(sign, self.value(left, row), self.value(right, row))

    def _sorted(self, rows: Rows) -> list[int]:
        order = list(range(rows.count))
        for expression, descending in reversed(self._query.order):
            keys = [sort_key(rows.value(expression, index)) for index in range(rows.count)]
            order.sort(key=keys.__getitem__, reverse=descending)
        return order

    def _cut(self, order: list[int]) -> list[int]:
        query = self._query
        if query.skipping:
            order = order[:: query.skipping]
        order = order[query.offset :]
        return order if query.limit is None else order[: query.limit]

    def _outputs(self, expression: Expression, rows: Rows, order: list[int]) -> Iterable[_Output]:
        label = dict(self._query.labels).get(expression)
        number_format = self._format(expression)
        several = sum(bool(aggregates(one)) for one in self._query.select or ()) > 1
        pivots = rows.pivots if aggregates(expression) else [()]
        for values in pivots:
            shown = self._label(expression) if label is None else label
            if values:
                head = ",".join(
                    self._world.text(value, self._format(one))
                    for value, one in zip(values, self._query.pivot, strict=True)
                )
                shown = f"{head} {shown}" if several or label is not None else head
            cells = [rows.value(expression, index, values) for index in order]
            yield _Output(expression, shown, number_format, cells)

    def _label(self, expression: Expression) -> str:
        match expression:
            case Column():
                return self._table.labels[self._table.index(expression)]
            case Aggregate(name=name, column=column):
                return f"{name} {self._label(column)}"
            case Calculation(name=name, arguments=arguments):
                return f"{name}({''.join(map(self._label, arguments))})"
            case Constant(value=value):
                return f'"{value}"()' if isinstance(value, str) else f"{value}()".lower()

    def _format(self, expression: Expression) -> JSON | None:
        if "no_format" in self._query.options:
            return None
        pattern = dict(self._query.formats).get(expression)
        kind = self._type(expression)
        if pattern is not None:
            return {"type": kind or "NUMBER", "pattern": pattern}
        match expression:
            case Column():
                return self._table.formats[self._table.index(expression)]
            case Aggregate(name=name, column=column) if name != "count":
                return self._table.formats[self._table.index(column)]
            case Calculation(name="now" | "toDate"):
                return {"type": kind}
            case _:
                return None

    def _type(self, expression: Expression) -> str | None:
        """DATE, DATE_TIME or TIME for what is one."""
        match expression:
            case Column() if self._is_moment(expression):
                return str((self._table.formats[self._table.index(expression)] or {})["type"])
            case Aggregate(name="min" | "max", column=column):
                return self._type(column)
            case Calculation(name="now"):
                return "DATE_TIME"
            case Calculation(name="toDate"):
                return "DATE"
            case _:
                return None

    def _laid_out(self, outputs: list[_Output], count: int) -> Array:
        rows: list[list[Value]] = [[output.cells[index] for output in outputs] for index in range(count)]
        while rows and not any(value is not None for value in rows[-1]):
            rows.pop()  # below a column that is open to the end of the sheet
        labels = [output.label for output in outputs]
        if any(label.strip() for label in labels):
            rows.insert(0, [label or None for label in labels])
        if not rows:
            raise Failure("N_A", "Query completed with an empty output.")
        return array(rows, [output.number_format for output in outputs])
