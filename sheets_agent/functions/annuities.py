"""RATE: the interest of an annuity, found by Newton's method, and by bisection where that leads nowhere.

Source: https://support.google.com/docs/answer/3093212
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator

from sheets_agent.formulas.values import Value
from sheets_agent.functions.array import Failure, World
from sheets_agent.functions.elementwise import Given

_GUESS = 0.1
_STEPS = 60
_HALVINGS = 200
_CLOSE = 1e-12
_OUTWARDS = [0.05 * 1.3**step for step in range(40)]
"""Distances from the guess at which a change of sign is looked for."""


def rate(world: World, given: list[Given | None]) -> list[Value]:
    """RATE(number_of_periods, payment_per_period, present_value, [future_value], [end_or_beginning], [rate_guess]).

    Raises:
        Failure: #VALUE! for what is no number; #NUM! when there is no such rate, or none was found.
    """
    defaults = (0.0, 0.0, 0.0, 0.0, 0.0, _GUESS)
    filled = [*given, *[None] * (len(defaults) - len(given))]
    periods, payment, present, future, beginning, guess = map(_number, filled, range(1, 7), defaults)
    if periods <= 0:
        raise Failure("NUM", f"Function RATE parameter 1 value is {periods:g}. It should be greater than 0.")

    def balance(interest: float) -> float:
        """What is left after the last period."""
        if abs(interest) < _CLOSE:
            return present + payment * periods + future
        exponent = periods * math.log1p(interest)  # a loss of nearly everything leaves no digits in 1 + expm1
        due = payment * (1 + interest) if beginning else payment
        return present * math.exp(exponent) + due * math.expm1(exponent) / interest + future

    found = _newton(balance, guess)
    if found is None:
        found = next((_bisected(balance, *bounds) for bounds in _brackets(balance, guess)), None)
    if found is None:
        raise Failure("NUM", "RATE attempted to compute a rate, but could not find one.")
    return [found]


def _number(one: Given | None, place: int, otherwise: float) -> float:
    if one is None:
        return otherwise
    try:
        number = 0.0 if one.value is None else float(one.value)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        number = math.nan
    if not math.isfinite(number):
        raise Failure("VALUE", f"Function RATE parameter {place} expects number values. But '{one.value}' is a text.")
    return number


def _value(function: Callable[[float], float], at: float) -> float:
    try:
        return function(at) if at > -1 else math.nan
    except OverflowError:
        return math.nan


def _newton(function: Callable[[float], float], at: float) -> float | None:
    """A zero near a place; None when the steps lead away from it."""
    for _ in range(_STEPS):
        here, width = _value(function, at), 1e-6 * max(1.0, abs(at))
        slope = (_value(function, at + width) - _value(function, at - width)) / (2 * width)
        if not math.isfinite(here) or not math.isfinite(slope) or slope == 0:
            return None
        step = here / slope
        at -= step
        if abs(step) <= _CLOSE * max(1.0, abs(at)):
            return at if at > -1 else None
    return None


def _brackets(function: Callable[[float], float], guess: float) -> Iterator[tuple[float, float]]:
    """Neighbouring places around a guess, the nearest first, between which a function changes its sign."""
    places = [guess, guess]  # the last ones below and above
    for distance in _OUTWARDS:
        lower = max(guess - distance, (places[0] - 1) / 2)  # ever nearer to the loss of everything
        for side, place in enumerate((lower, guess + distance)):
            one, other = _value(function, places[side]), _value(function, place)
            if math.isfinite(one) and math.isfinite(other) and one * other <= 0 and one != other:
                yield min(places[side], place), max(places[side], place)
            places[side] = place


def _bisected(function: Callable[[float], float], low: float, high: float) -> float:
    below = _value(function, low)
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        here = _value(function, middle)
        if here == 0 or high - low <= _CLOSE * max(1.0, abs(middle)):
            return middle
        if (here < 0) == (below < 0):
            low = middle
        else:
            high = middle
    return (low + high) / 2
