"""Functions of single values, carried over arrays."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sheets_agent.formulas.parameters import taking
from sheets_agent.formulas.values import ErrorValue, Value
from sheets_agent.functions.array import (
    JSON,
    MOST_VALUES,
    Array,
    Failure,
    Function,
    World,
    array,
    single,
    too_large,
)


class Given:
    """One value and, where it is known, the number format of the cell it stands in."""

    def __init__(self, value: Value, number_format: Callable[[], JSON | None]) -> None:
        self.value = value
        self._number_format = number_format

    @property
    def number_format(self) -> JSON | None:
        """The NumberFormat."""
        return self._number_format()


_MOST_CALLS = 10_000

Scalar = Callable[[World, list[Given | None]], list[Value]]
"""A function of single values; what it gives is laid out to the right."""


def elementwise(function: Scalar, *, sees_errors: bool = False) -> Function:
    """A function of single values as a function of arrays.

    Arrays of several rows or columns are gone through together; single rows and columns are repeated, and past the end
    of a shorter array everything is #N/A. The first error among the values is the result, unless `sees_errors`.
    """

    def carried(world: World, arguments: Sequence[Array | None]) -> Array:
        given = [one for one in arguments if one is not None]
        height = max((one.height for one in given), default=1)
        width = max((one.width for one in given), default=1)
        if height * width > MOST_VALUES:
            raise too_large("a function of an array")
        rows = [
            [part for column in range(width) for part in _one(function, world, arguments, row, column, sees_errors)]
            for row in range(height)
        ]
        longest = max(map(len, rows))
        return array([*row, *[None] * (longest - len(row))] for row in rows)

    return carried


def _one(
    function: Scalar, world: World, arguments: Sequence[Array | None], row: int, column: int, sees_errors: bool
) -> list[Value]:
    given = [None if one is None else _given(world, one, row, column) for one in arguments]
    for one in given:
        if one is not None and isinstance(one.value, ErrorValue) and not sees_errors:
            return [one.value]
    try:
        return function(world, given)
    except Failure as failure:
        return [failure.error]


def _given(world: World, one: Array, row: int, column: int) -> Given:
    at_row = 0 if one.height == 1 else row
    at_column = 0 if one.width == 1 else column
    if at_row >= one.height or at_column >= one.width:
        return Given(ErrorValue("N_A", "Argument is too short."), lambda: None)

    def number_format() -> JSON | None:
        if one.area is None:
            return one.formats[at_column] if one.formats else None
        first_row, first_column = one.area.start_row or 0, one.area.start_column or 0
        return world.number_format(one.area.sheet_id, first_row + at_row, first_column + at_column)

    return Given(one.rows[at_row][at_column], number_format)


def repeated(name: str, function: Function) -> Function:
    """A function of ranges, called once for every value of the arrays given to its parameters of one value."""

    def carried(world: World, arguments: list[Array | None]) -> Array:
        places = [
            place
            for place, one in enumerate(arguments)
            if one is not None and (one.height, one.width) != (1, 1) and taking(name, place, len(arguments)) == "one"
        ]
        if not places:
            return function(world, arguments)
        several = [one for place in places if (one := arguments[place]) is not None]
        height, width = max(one.height for one in several), max(one.width for one in several)
        if height * width > _MOST_CALLS:
            raise Failure("ERROR", f"The local Sheets API does not calculate so many calls of {name}.")

        def called(row: int, column: int) -> Value:
            given = list(arguments)
            for place, one in zip(places, several, strict=True):
                value = _given(world, one, row, column).value
                if isinstance(value, ErrorValue):
                    return value
                given[place] = single(value)
            try:
                result = function(world, given)
            except Failure as failure:
                return failure.error
            if (result.height, result.width) in ((0, 0), (1, 1)):
                return result.value
            return ErrorValue("ERROR", f"The local Sheets API does not calculate several cells of {name} for a value.")

        return array([called(row, column) for column in range(width)] for row in range(height))

    return carried


def failed(failure: Failure) -> Array:
    """An error as an array."""
    return single(failure.error)
