"""LINEST, LOGEST, TREND and GROWTH: least squares, by Householder reflections.

Sources: https://support.google.com/docs/answer/3094249 (LINEST), 3094260 (LOGEST), 3094263 (TREND), 3094048 (GROWTH).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sheets_agent.formulas.values import ErrorValue, Value
from sheets_agent.functions.array import Array, Failure, World, array, too_large

_MOST_PRODUCTS = 5_000_000
"""How many multiplications a fit may take."""
_NEGLIGIBLE = 1e-12

Numbers = list[float]
Rows = list[Numbers]


@dataclass(frozen=True, slots=True)
class _Data:
    """What is known: each of the values y with the values x beside it.

    Attributes:
        y: the values.
        x: for each of them the values of the variables.
        across: whether the values stand in a row.
        shape: rows and columns of y.
    """

    y: Numbers
    x: Rows
    across: bool
    shape: tuple[int, int]


@dataclass(frozen=True, slots=True)
class _Fit:
    """Least squares.

    Attributes:
        slopes: for each variable; 0 for one that the others make superfluous.
        intercept: 0 when none was asked for.
        errors: the standard error of each slope and last of the intercept, None where there is none.
        residual: the sum of the squared residuals.
        total: the sum of squares that is to be explained.
        freedom: the degrees of freedom.
        variables: how many of them count.
    """

    slopes: Numbers
    intercept: float
    errors: list[float | None]
    residual: float
    total: float
    freedom: int
    variables: int


def estimate(name: str, world: World, arguments: Sequence[Array | None]) -> Array:
    """LINEST or LOGEST(known_data_y, [known_data_x], [calculate_b], [verbose]).

    Raises:
        Failure: #VALUE! for what is no number, #NUM! where there is no logarithm, #REF! for shapes that do not fit,
            #N/A for too few values.
    """
    data, with_intercept = _data(name, arguments), _flag(arguments, 2, True)
    fit = _fitted(data, with_intercept)
    shown: Callable[[float], float] = math.exp if name == "LOGEST" else lambda value: value
    first: list[Value] = [shown(slope) for slope in reversed(fit.slopes)]
    rows: list[list[Value]] = [[*first, shown(fit.intercept)]]
    if _flag(arguments, 3, False):
        rows += _statistics(fit, with_intercept)
    return array(rows)


def predict(name: str, world: World, arguments: Sequence[Array | None]) -> Array:
    """TREND or GROWTH(known_data_y, [known_data_x], [new_data_x], [b]).

    Raises:
        Failure: as `estimate` does.
    """
    data = _data(name, arguments)
    fit = _fitted(data, _flag(arguments, 3, True))
    wanted = _argument(arguments, 2)
    given = _argument(arguments, 1)
    variables = len(data.x[0])
    if wanted is None:
        rows, shape = data.x, data.shape
    else:
        numbers = _numbers(name, 3, wanted)
        alone = variables == 1 and (given is None or (given.height, given.width) == data.shape)
        if alone:
            rows, shape = [[value] for line in numbers for value in line], (wanted.height, wanted.width)
        elif data.across:
            rows, shape = [list(column) for column in zip(*numbers, strict=True)], (1, wanted.width)
        else:
            rows, shape = numbers, (wanted.height, 1)
    if any(len(row) != variables for row in rows):
        raise Failure("REF", f"Function {name} parameter 3 has another number of variables than parameter 2.")
    values = [fit.intercept + sum(map(_product, fit.slopes, row)) for row in rows]
    if name == "GROWTH":
        values = [_exponential(name, value) for value in values]
    return array(values[line * shape[1] : (line + 1) * shape[1]] for line in range(shape[0]))


def _product(one: float, other: float) -> float:
    return one * other


def _exponential(name: str, value: float) -> float:
    try:
        return math.exp(value)
    except OverflowError:
        raise Failure("NUM", f"The result of {name} is too large.") from None


def _argument(arguments: Sequence[Array | None], place: int) -> Array | None:
    return arguments[place] if place < len(arguments) else None


def _flag(arguments: Sequence[Array | None], place: int, otherwise: bool) -> bool:
    given = _argument(arguments, place)
    return otherwise if given is None or given.value is None else bool(given.value)


def _numbers(name: str, place: int, given: Array) -> Rows:
    for value in given.values:
        if isinstance(value, ErrorValue):
            raise Failure(value.type, value.message)
        if not isinstance(value, float) or isinstance(value, bool):
            raise Failure("VALUE", f"Function {name} parameter {place} expects number values.")
    return [[float(value) for value in row] for row in given.rows]  # type: ignore[arg-type]


def _data(name: str, arguments: Sequence[Array | None]) -> _Data:
    given = _argument(arguments, 0)
    if given is None or not given.values:
        raise Failure("VALUE", f"Function {name} parameter 1 expects number values.")
    y = [value for row in _numbers(name, 1, given) for value in row]
    if name in ("LOGEST", "GROWTH"):
        if min(y) <= 0:
            raise Failure("NUM", f"Function {name} parameter 1 expects values that are greater than 0.")
        y = [math.log(value) for value in y]
    across, shape = given.height == 1 and given.width > 1, (given.height, given.width)
    return _Data(y, _known(name, arguments, given, across), across, shape)


def _known(name: str, arguments: Sequence[Array | None], y: Array, across: bool) -> Rows:
    """For each value of y the values of x."""
    given = _argument(arguments, 1)
    if given is None:
        return [[float(place)] for place in range(1, len(y.values) + 1)]
    rows = _numbers(name, 2, given)
    if (given.height, given.width) == (y.height, y.width):
        return [[value] for row in rows for value in row]
    if across and given.width == y.width:
        return [list(column) for column in zip(*rows, strict=True)]
    if y.width == 1 and given.height == y.height:
        return rows
    raise Failure("REF", f"Function {name} has parameters 1 and 2 of sizes that do not fit.")


def _fitted(data: _Data, with_intercept: bool) -> _Fit:
    count, variables = len(data.y), len(data.x[0])
    if count * (variables + 1) ** 2 > _MOST_PRODUCTS:
        raise too_large("a regression")
    if count < 2:
        raise Failure("N_A", "Not enough values for a regression.")
    means = [sum(row[place] for row in data.x) / count if with_intercept else 0.0 for place in range(variables)]
    mean = math.fsum(data.y) / count if with_intercept else 0.0
    columns = [[row[place] - means[place] for row in data.x] for place in range(variables)]
    left = [value - mean for value in data.y]
    total = math.fsum(value * value for value in left)
    kept, triangle, right = _reduced(columns, left)
    slopes = [0.0] * variables
    for place in reversed(range(len(kept))):
        rest = math.fsum(triangle[place][later] * slopes[kept[later]] for later in range(place + 1, len(kept)))
        slopes[kept[place]] = (right[place] - rest) / triangle[place][place]
    intercept = mean - math.fsum(map(_product, slopes, means)) if with_intercept else 0.0
    residual = math.fsum(value * value for value in right[len(kept) :])
    if residual <= _NEGLIGIBLE**2 * total:
        residual = 0.0
    freedom = count - len(kept) - with_intercept
    errors = _errors(kept, triangle, means, residual / freedom if freedom > 0 else 0.0, count, with_intercept)
    return _Fit(slopes, intercept, errors, residual, total, freedom, len(kept))


def _reduced(columns: Rows, left: Numbers) -> tuple[list[int], Rows, Numbers]:
    """The columns that count, the triangle that reflections make of them, and the left side reflected as well."""
    work, right = [list(column) for column in columns], list(left)
    scale = [math.sqrt(math.fsum(value * value for value in column)) for column in columns]
    kept: list[int] = []
    for place, column in enumerate(work):
        step = len(kept)
        size = math.sqrt(math.fsum(value * value for value in column[step:]))
        if step >= len(right) or size <= _NEGLIGIBLE * scale[place] or not size:
            continue
        head = -math.copysign(size, column[step])
        mirror = [column[step] - head, *column[step + 1 :]]
        norm = math.fsum(value * value for value in mirror)
        for other in (*work[place:], right):
            factor = 2 * math.fsum(map(_product, mirror, other[step:])) / norm
            other[step:] = [value - factor * part for value, part in zip(other[step:], mirror, strict=True)]
        kept.append(place)
    triangle = [[work[later][row] for later in kept] for row in range(len(kept))]
    return kept, triangle, right


def _errors(
    kept: list[int], triangle: Rows, means: Numbers, variance: float, count: int, with_intercept: bool
) -> list[float | None]:
    """The standard errors of the slopes and of the intercept, from the inverse of the triangle."""
    size = len(kept)
    inverse = [[0.0] * size for _ in range(size)]
    for column in range(size):
        for row in reversed(range(column + 1)):
            rest = math.fsum(triangle[row][later] * inverse[later][column] for later in range(row + 1, column + 1))
            inverse[row][column] = ((row == column) - rest) / triangle[row][row]
    errors: list[float | None] = [0.0] * len(means)
    for place, variable in enumerate(kept):
        errors[variable] = math.sqrt(variance * math.fsum(value * value for value in inverse[place]))
    if not with_intercept:
        return [*errors, None]
    leverage = [math.fsum(means[kept[row]] * inverse[row][column] for row in range(size)) for column in range(size)]
    return [*errors, math.sqrt(variance * (1 / count + math.fsum(value * value for value in leverage)))]


def _statistics(fit: _Fit, with_intercept: bool) -> list[list[Value]]:
    """The four rows below the coefficients; what has no value there is #N/A."""
    nothing = ErrorValue("N_A", "A value is not available.")
    width = len(fit.slopes) + 1
    explained = fit.total - fit.residual
    errors: list[Value] = [*reversed(fit.errors[:-1]), fit.errors[-1] if with_intercept else nothing]
    share = explained / fit.total if fit.total else 1.0
    spread = math.sqrt(fit.residual / fit.freedom) if fit.freedom > 0 else 0.0
    quotient: Value = ErrorValue("NUM", "A number in the formula is out of the range that can be calculated.")
    if fit.residual and fit.freedom > 0 and fit.variables:
        quotient = explained / fit.variables / (fit.residual / fit.freedom)
    pairs: list[list[Value]] = [[share, spread], [quotient, float(fit.freedom)], [explained, fit.residual]]
    return [errors, *([*pair, *[nothing] * (width - 2)] for pair in pairs)]
