"""COUNTIF and its family, for criteria that the calculation engine reads otherwise than Sheets.

Source: https://support.google.com/docs/table/25273.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import compress

from sheets_agent.formulas.values import ErrorValue, Value
from sheets_agent.functions.array import Array, Failure, World, single
from sheets_agent.functions.criteria import criterion


def by_criteria(name: str, world: World, arguments: Sequence[Array | None]) -> Array:
    """A call by its name: COUNTIF, COUNTIFS, SUMIF, SUMIFS, AVERAGEIF, AVERAGEIFS, MAXIFS or MINIFS.

    Raises:
        Failure: #VALUE! for areas of different size, #DIV/0! for an average of nothing, and the first error among the
            values that are taken.
    """
    given = [single(None) if one is None else one for one in arguments]
    taken, pairs = _parted(name, given)
    if len(pairs) % 2:
        raise Failure("N_A", f"{name} expects a criterion for every range.")
    size = (taken.height, taken.width)
    kept = [True] * (taken.height * taken.width)
    for cells, condition in zip(pairs[::2], pairs[1::2], strict=True):
        if (cells.height, cells.width) != size:
            raise Failure("VALUE", f"Array arguments to {name} are of different size.")
        holds = criterion(condition.value, world.number)
        kept = [before and holds(value) for before, value in zip(kept, cells.values, strict=True)]
    if name.startswith("COUNT"):
        return single(float(sum(kept)))
    return single(_summary(name, _numbers(list(compress(taken.values, kept)))))


def _parted(name: str, given: list[Array]) -> tuple[Array, list[Array]]:
    """The values that are summed up, and the ranges with their criteria."""
    if name.startswith("COUNT"):
        return given[0], given
    if not name.endswith("IF"):
        return given[0], given[1:]
    cells, condition, *others = given
    taken = others[0] if others else cells
    if (taken.height, taken.width) != (cells.height, cells.width):
        message = f"The local Sheets API does not calculate {name} of ranges of different size with such a criterion."
        raise Failure("ERROR", message)
    return taken, [cells, condition]


def _numbers(values: list[Value]) -> list[float]:
    for value in values:
        if isinstance(value, ErrorValue):
            raise Failure(value.type, value.message)
    return [value for value in values if isinstance(value, float)]


def _summary(name: str, numbers: list[float]) -> float:
    match name[:3]:
        case "SUM":
            return sum(numbers)
        case "AVE" if not numbers:
            raise Failure("DIVIDE_BY_ZERO", f"Evaluation of function {name} caused a divide by zero error.")
        case "AVE":
            return sum(numbers) / len(numbers)
        case "MAX":
            return max(numbers, default=0.0)
        case _:
            return min(numbers, default=0.0)
