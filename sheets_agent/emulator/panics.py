"""Formulas that the calculation engine fails in: found, and left out.

A failure of the engine does not say in which formula it happened, and one such formula must not keep all others from
their values. So the formulas are put back step by step until the engine fails again: the last one put is left out.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

One = TypeVar("One")

_MOST = 20


def without_failing(
    ones: Sequence[One], leave_out: Callable[[One], None], put_back: Callable[[One], None], fails: Callable[[], bool]
) -> list[One]:
    """Leave out as few as it takes for `fails` to be false, and say which.

    Args:
        ones: what may be at fault, all of it put in.
        leave_out: takes one out.
        put_back: puts one in again.
        fails: whether there is a failure with what is in.

    Raises:
        RuntimeError: when it still fails with everything left out, or too many are at fault.
    """
    guilty: list[One] = []
    kept = list(ones)
    inside = len(kept)

    def fails_with(count: int) -> bool:
        nonlocal inside
        for one in kept[count:inside]:
            leave_out(one)
        for one in kept[inside:count]:
            put_back(one)
        inside = count
        return fails()

    while fails_with(len(kept)):
        if len(guilty) == _MOST or fails_with(0):
            raise RuntimeError("the calculation engine fails, and not in a few formulas")
        good, bad = 0, len(kept)
        while bad - good > 1:
            middle = (good + bad) // 2
            good, bad = (good, middle) if fails_with(middle) else (middle, bad)
        fails_with(good)
        guilty.append(kept.pop(good))
    return guilty
