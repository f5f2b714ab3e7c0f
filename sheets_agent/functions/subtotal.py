"""SUBTOTAL, and the functions that give the cells it looks at: OFFSET and INDIRECT.

Source: https://support.google.com/docs/answer/3093649 (SUBTOTAL), 3093379 (OFFSET), 3093377 (INDIRECT).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from types import MappingProxyType

from sheets_agent.a1 import GridRange
from sheets_agent.formulas.values import ErrorValue, Value
from sheets_agent.functions.array import JSON, Array, Failure, World, single

_Summary = Callable[[Sequence[Value]], float]


def subtotal(world: World, arguments: Sequence[Array | None]) -> Array:
    """SUBTOTAL(function_code, range1, [range2, …]): rows that a filter hides never count, nor do other subtotals.

    Raises:
        Failure: a code that is none, what is no range, or an error among the cells that count.
    """
    summary, by_hand = _summary(arguments[0])
    values: list[Value] = []
    for one in arguments[1:]:
        if one is not None and one.area is None:
            if isinstance(one.value, ErrorValue) and one.height == one.width == 1:
                raise Failure(one.value.type, one.value.message)
            raise Failure("VALUE", "Argument must be a range.")
        if one is not None and one.area is not None:
            values += _counting(world, one, one.area, by_hand)
    return single(summary(values))


def subtotals(by: str, world: World, arguments: Sequence[Array | None]) -> Array:
    """What SUBTOTAL gives for each cell, row or column of a range by itself, as the steps of MAP, BYROW and BYCOL ask.

    Args:
        by: "cell", "row" or "column".
        world: tells of hidden rows and formulas.
        arguments: the code and the range.

    Raises:
        Failure: a code that is none, or what is no range.
    """
    summary, by_hand = _summary(arguments[0])
    cells = arguments[1]
    if cells is None or cells.area is None:
        raise Failure("VALUE", "Argument must be a range.")
    area = cells.area
    held: dict[tuple[int, int], list[Value]] = {}
    for row, column, value in _placed(world, cells, area, by_hand):
        held.setdefault((row if by != "column" else 0, column if by != "row" else 0), []).append(value)
    top, left = area.start_row or 0, area.start_column or 0
    rows = range(top, top + area.rows) if by != "column" else range(1)
    columns = range(left, left + area.columns) if by != "row" else range(1)
    return Array(tuple(tuple(_summed(summary, held.get((row, column), [])) for column in columns) for row in rows))


def _summed(summary: _Summary, values: Sequence[Value]) -> Value:
    try:
        return summary(values)
    except Failure as failure:
        return failure.error


def _summary(given: Array | None) -> tuple[_Summary, bool]:
    """What a function code does with values, and whether rows that a person hid are left out."""
    code = _whole("SUBTOTAL", 1, given)
    by_hand = code > 100
    summary = _SUMMARIES.get(code - 100 if by_hand else code)
    if summary is None:
        raise Failure("VALUE", f"Function SUBTOTAL parameter 1 value is {code}. It must be 1 to 11 or 101 to 111.")
    return summary, by_hand


def _counting(world: World, cells: Array, area: GridRange, by_hand: bool) -> Iterator[Value]:
    """The values of the cells that count, see `_placed`."""
    return (value for _, _, value in _placed(world, cells, area, by_hand))


def _placed(world: World, cells: Array, area: GridRange, by_hand: bool) -> Iterator[tuple[int, int, Value]]:
    """The rows, columns and values of the cells that count, blank ones left out.

    Args:
        world: tells of hidden rows and formulas.
        cells: the values.
        area: where they stand.
        by_hand: whether rows that a person hid are left out too.
    """
    rows, others = world.rows(area.sheet_id), world.calling(area, "SUBTOTAL")
    for row, values in enumerate(cells.rows, area.start_row or 0):
        if row in rows and _hidden(rows[row], by_hand):
            continue
        for column, value in enumerate(values, area.start_column or 0):
            if value is not None and (row, column) not in others:
                yield row, column, value


def _hidden(row: JSON, by_hand: bool) -> bool:
    return bool(row.get("hiddenByFilter") or (by_hand and row.get("hiddenByUser")))


def _numbers(values: Sequence[Value]) -> list[float]:
    """The numbers among values; truth values and texts in cells are none.

    Raises:
        Failure: the first error.
    """
    for value in values:
        if isinstance(value, ErrorValue):
            raise Failure(value.type, value.message)
    return [value for value in values if isinstance(value, float)]


def _over_numbers(summary: Callable[[list[float]], float]) -> Callable[[Sequence[Value]], float]:
    return lambda values: summary(_numbers(values))


def _divided(above: float, below: int, name: str) -> float:
    if below <= 0:
        raise Failure("DIVIDE_BY_ZERO", f"Function {name} caused a divide by zero error.")
    return above / below


def _squares(numbers: list[float]) -> float:
    """The sum of the squared differences from the mean."""
    mean = sum(numbers) / len(numbers) if numbers else 0.0
    return sum((number - mean) ** 2 for number in numbers)


def _spread(name: str, fewer: int) -> Callable[[list[float]], float]:
    """A variance that divides by `fewer` than there are numbers; its root for a standard deviation."""

    def spread(numbers: list[float]) -> float:
        variance = _divided(_squares(numbers), len(numbers) - fewer, name)
        return math.sqrt(variance) if name.startswith("STDEV") else variance

    return spread


_SUMMARIES: MappingProxyType[int, _Summary] = MappingProxyType(
    {
        1: _over_numbers(lambda numbers: _divided(sum(numbers), len(numbers), "AVERAGE")),
        2: lambda values: float(sum(isinstance(value, float) for value in values)),
        3: lambda values: float(len(values)),
        4: _over_numbers(lambda numbers: max(numbers, default=0.0)),
        5: _over_numbers(lambda numbers: min(numbers, default=0.0)),
        6: _over_numbers(lambda numbers: math.prod(numbers) if numbers else 0.0),
        7: _over_numbers(_spread("STDEV", 1)),
        8: _over_numbers(_spread("STDEVP", 0)),
        9: _over_numbers(lambda numbers: float(sum(numbers))),
        10: _over_numbers(_spread("VAR", 1)),
        11: _over_numbers(_spread("VARP", 0)),
    }
)
"""What each function code does with the values that count."""


def offset(world: World, arguments: Sequence[Array | None]) -> Array:
    """OFFSET(cell_reference, offset_rows, offset_columns, [height], [width]), as cells.

    Raises:
        Failure: #REF! outside of the grid, #VALUE! for what is no number, #NUM! for an empty rectangle.
    """
    base, down, right, height, width = (*arguments, None, None)[:5]
    if base is None or base.area is None:
        raise Failure("N_A", "Argument must be a range.")
    area = base.area
    rows = _whole("OFFSET", 4, height) if _given(height) else area.rows
    columns = _whole("OFFSET", 5, width) if _given(width) else area.columns
    if rows < 1 or columns < 1:
        raise Failure("NUM", "Function OFFSET parameters 4 and 5 must be at least 1.")
    top = (area.start_row or 0) + _whole("OFFSET", 2, down)
    left = (area.start_column or 0) + _whole("OFFSET", 3, right)
    if top < 0 or left < 0:
        raise Failure("REF", "Function OFFSET evaluates to an out of bounds range.")
    return _cells(world, GridRange(area.sheet_id, top, top + rows, left, left + columns), "OFFSET")


def indirect(world: World, arguments: Sequence[Array | None]) -> Array:
    """INDIRECT(cell_reference_as_string, [is_A1_notation]), as cells.

    Raises:
        Failure: #REF! for a text that stands for no cells.
    """
    text, notation = (*arguments, None)[:2]
    if _given(notation) and notation is not None and not notation.value:
        raise Failure("ERROR", "The local Sheets API does not calculate SUBTOTAL of INDIRECT in R1C1 notation yet.")
    value = None if text is None else text.value
    area = world.area(value) if isinstance(value, str) else None
    if area is None:
        raise Failure("REF", "Function INDIRECT parameter 1 is not a valid cell/range reference.")
    return _cells(world, area, "INDIRECT")


def _cells(world: World, area: GridRange, name: str) -> Array:
    found = world.cells(area)
    if found is None:
        raise Failure("REF", f"Function {name} evaluates to an out of bounds range.")
    return found


def _given(argument: Array | None) -> bool:
    return argument is not None and argument.value is not None


def _whole(name: str, parameter: int, argument: Array | None) -> int:
    """A number without its fraction; a blank is 0.

    Raises:
        Failure: it is no number.
    """
    value = None if argument is None else argument.value
    if isinstance(value, ErrorValue):
        raise Failure(value.type, value.message)
    try:
        return int(float(value or 0))
    except (ValueError, OverflowError):
        message = f"Function {name} parameter {parameter} expects number values. But '{value}' is a text"
        raise Failure("VALUE", f"{message} and cannot be coerced to a number.") from None
