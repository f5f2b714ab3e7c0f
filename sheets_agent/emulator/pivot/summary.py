"""Values summarised: the functions a pivot table offers.

Source: the PivotValue message of the v4 discovery document.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence

from sheets_agent.formulas.values import ErrorValue, Value

_KEEP_FORMAT = frozenset({"SUM", "AVERAGE", "MAX", "MIN", "MEDIAN", "STDEV", "STDEVP"})


def keeps_format(function: str) -> bool:
    """Whether a summary is shown in the number format of what it summarises; a count is a plain number."""
    return function in _KEEP_FORMAT


def summarized(function: str, values: Sequence[Value]) -> Value:
    """One summary over the cells of a group.

    A summary of blanks is that of the function: published pivot tables show a SUM and a COUNTA of 0 there.
    """
    if function == "COUNTA":
        return float(sum(value is not None and value != "" for value in values))
    numbers = [value for value in values if value.__class__ is float or value.__class__ is int]
    if function == "COUNT":
        return float(len(numbers))
    if function == "COUNTUNIQUE":
        return float(len({(type(value) is bool, value) for value in values if value is not None and value != ""}))
    if len(numbers) < len(values):
        error = next((value for value in values if isinstance(value, ErrorValue)), None)
        if error is not None:
            return error
    return _of_numbers(function, numbers)


def _of_numbers(function: str, numbers: list[float]) -> Value:
    match function:
        case "SUM":
            return math.fsum(numbers)
        case "PRODUCT":
            return math.prod(numbers) if numbers else 0.0
        case "MAX":
            return max(numbers, default=0.0)
        case "MIN":
            return min(numbers, default=0.0)
        case "MEDIAN":
            return statistics.median(numbers) if numbers else ErrorValue("NUM", "MEDIAN has no valid input data.")
        case "AVERAGE":
            return math.fsum(numbers) / len(numbers) if numbers else _too_few(function)
        case "STDEVP":
            return statistics.pstdev(numbers) if numbers else _too_few(function)
        case "VARP":
            return statistics.pvariance(numbers) if numbers else _too_few(function)
        case "STDEV":
            return statistics.stdev(numbers) if len(numbers) > 1 else _too_few(function)
        case "VAR":
            return statistics.variance(numbers) if len(numbers) > 1 else _too_few(function)
        case _:
            raise ValueError(f"there is no summary {function}")


def _too_few(function: str) -> ErrorValue:
    return ErrorValue("DIVIDE_BY_ZERO", f"Evaluation of function {function} caused a divide by zero error.")
