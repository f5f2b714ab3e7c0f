"""Functions that draw by chance, each call from a chance of its own.

A call draws the same for as long as nothing is calculated again, wherever in its formula its value is wanted.

Source: https://support.google.com/docs/answer/3093438 (RAND), 3093507 (RANDBETWEEN), 9211904 (RANDARRAY).
"""

from __future__ import annotations

import math
from random import Random

from sheets_agent.formulas.values import Value
from sheets_agent.functions.array import MOST_VALUES, Array, Failure, World, array, too_large
from sheets_agent.functions.elementwise import Given


def rand(world: World, given: list[Given | None]) -> list[Value]:
    """RAND(): from 0 up to, but not including, 1."""
    return [_drawing(world, given[-1]).random()]


def rand_between(world: World, given: list[Given | None]) -> list[Value]:
    """RANDBETWEEN(low, high): a whole number, both ends included; fractions are cut off towards the middle."""
    low, high = (_number("RANDBETWEEN", world, given, index) for index in (0, 1))
    least, most = math.ceil(low), math.floor(high)
    if least > most:
        raise _too_small("RANDBETWEEN", 2, high, low)
    return [float(_drawing(world, given[-1]).randint(least, most))]


def rand_array(world: World, arguments: list[Array | None]) -> Array:
    """RANDARRAY([rows], [columns]): numbers as those of RAND."""
    given = [None if one is None else Given(one.value, lambda: None) for one in arguments]
    sizes = []
    for index, one in enumerate((*given[:-1], None, None)[:2]):
        size = 1.0 if one is None else _number("RANDARRAY", world, given, index)
        if size < 1:
            raise _too_small("RANDARRAY", index + 1, size, 1)
        sizes.append(math.floor(size))
    if math.prod(sizes) > MOST_VALUES:
        raise too_large("RANDARRAY")
    chance = _drawing(world, given[-1])
    return array([chance.random() for _ in range(sizes[1])] for _ in range(sizes[0]))


def _drawing(world: World, call: Given | None) -> Random:
    assert call is not None
    assert isinstance(call.value, float)
    return world.chance(int(call.value))


def _too_small(name: str, parameter: int, value: float, least: float) -> Failure:
    told = f"Function {name} parameter {parameter} value is {value:.15g}."
    return Failure("NUM", f"{told} It should be greater than or equal to {least:.15g}.")


def _number(name: str, world: World, given: list[Given | None], index: int) -> float:
    one = given[index]
    value = 0.0 if one is None or one.value is None else one.value
    read = world.number(value) if isinstance(value, str) else value
    if not isinstance(read, bool | float):
        message = f"Function {name} parameter {index + 1} expects number values. But '{value}' is a text"
        raise Failure("VALUE", f"{message} and cannot be coerced to a number.")
    return float(read)
