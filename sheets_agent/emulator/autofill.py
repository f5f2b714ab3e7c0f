"""How a fill handle continues a series.

What comes next is read from what is there: numbers and dates with their difference, month and weekday names, texts
ending in a number. Anything else is repeated.

    1, 3            → 5, 7, 9             a constant difference; otherwise the straight line that fits best
    5               → 5, 5, 5             one number alone is repeated (as an alternate series it counts: 6, 7, 8)
    2026-01-31      → 2026-02-01, …       one date counts days
    31 Jan, 28 Feb  → 31 Mar, 30 Apr      months, where the dates are months apart
    Mon             → Tue, Wed, …
    Item 1, Item 3  → Item 5, Item 7

Source: https://support.google.com/docs/answer/75509 and the AutoFillRequest message of the v4 discovery document.
"""

from __future__ import annotations

import calendar
import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from statistics import linear_regression

from sheets_agent.emulator.locales import Locale, locale
from sheets_agent.formulas.values import Value

_EPOCH = date(1899, 12, 30)
_NUMBERED = re.compile(r"(.*?)(\d{1,15})", re.DOTALL)

Literal = bool | float | str | None
Continuation = Callable[[int], Literal]
"""The n-th value after the last one, counted from 1."""


@dataclass(frozen=True, slots=True)
class Given:
    """One cell of the source of a fill.

    Attributes:
        value: its literal, None for a blank cell.
        formula: whether it holds a formula, which is copied rather than continued.
        kind: the type of its number format: "DATE", "DATE_TIME", "TIME", or anything else for a plain number.
    """

    value: Literal = None
    formula: bool = False
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Next:
    """One filled cell: its value, and which cell of the source it takes its format, or its formula, from."""

    value: Literal
    source: int


def continued(
    given: Sequence[Given], count: int, locale_name: str, *, backwards: bool = False, alternate: bool = False
) -> list[Next]:
    """Continue a series.

    Args:
        given: the source, in the direction of the fill: its last cell is the one next to the first filled cell.
        count: how many cells to fill.
        locale_name: whose month and weekday names count, besides the English ones.
        backwards: the fill goes up or left, so a single date or name counts down.
        alternate: the other series: repeat what would be continued, and the other way round.

    Returns:
        The filled cells, nearest first.
    """
    runs = _runs(given)
    continuations: dict[int, tuple[Continuation, int]] = {}
    for start, end in runs:
        series = _series(given[start:end], locale(locale_name), -1 if backwards else 1, alternate)
        continuations.update(dict.fromkeys(range(start, end), (series, start)))
    lengths = {start: end - start for start, end in runs}
    result = []
    for n in range(count):
        source = n % len(given)
        series, start = continuations[source]
        done = n // len(given) * lengths[start] + source - start + 1
        result.append(Next(series(done), source))
    return result


def _family(cell: Given) -> str:
    if cell.formula or cell.value is None or isinstance(cell.value, bool):
        return "repeated"
    if isinstance(cell.value, str):
        match = _NUMBERED.fullmatch(cell.value)
        return f"numbered:{match[1]}" if match else "text"
    return {"DATE": "date", "DATE_TIME": "date", "TIME": "time"}.get(cell.kind, "number")


def _runs(given: Sequence[Given]) -> list[tuple[int, int]]:
    """Neighbours of one family, which continue together."""
    families = [_family(cell) for cell in given]
    edges = [0, *(i for i in range(1, len(given)) if families[i] != families[i - 1]), len(given)]
    return [(start, end) for start, end in pairwise(edges) if end > start]


def _series(cells: Sequence[Given], here: Locale, step: int, alternate: bool) -> Continuation:
    """How a run of one family goes on."""
    values = [cell.value for cell in cells]
    repeat: Continuation = lambda n: values[(n - 1) % len(values)]  # noqa: E731
    counts = len(values) > 1
    continuation: Continuation | None = None
    match _family(cells[0]).partition(":")[0]:
        case "number":
            continuation = _numbers(_floats(values), step)
            counts = counts != alternate
        case "date":
            continuation = _dates(_floats(values), step)
            counts = not alternate
        case "time":
            continuation = _numbers(_floats(values), step / 24)
            counts = not alternate
        case "numbered":
            continuation = _numbered([str(value) for value in values], step)
            counts = not alternate
        case "text":
            continuation = _names([str(value) for value in values], here, step)
            counts = not alternate
    return continuation if continuation is not None and counts else repeat


def _floats(values: Sequence[Value]) -> list[float]:
    return [float(value) for value in values if isinstance(value, int | float)]


def _numbers(numbers: Sequence[float], single: float) -> Continuation:
    """By the constant difference, or along the straight line that fits best."""
    if len(numbers) == 1:
        return lambda n: numbers[0] + n * single
    steps = [two - one for one, two in pairwise(numbers)]
    if all(math.isclose(step, steps[0], rel_tol=1e-9, abs_tol=1e-12) for step in steps):
        places = _decimals(numbers)
        return lambda n: round(numbers[-1] + n * steps[0], places)
    slope, intercept = linear_regression(range(len(numbers)), numbers)
    return lambda n: intercept + slope * (len(numbers) - 1 + n)


def _decimals(numbers: Sequence[float]) -> int:
    """So many decimals that adding up leaves no binary dust: 0.1, 0.2 goes on with 0.3."""
    return max((len(f"{number:.12f}".rstrip("0").partition(".")[2]) for number in numbers), default=0) + 3


def _dates(serials: Sequence[float], single: int) -> Continuation:
    """By days, or by months where the dates are whole months apart on the same day of the month."""
    if len(serials) > 1 and all(serial == int(serial) for serial in serials):
        days = [_EPOCH + timedelta(days=int(serial)) for serial in serials]
        months = [day.year * 12 + day.month - 1 for day in days]
        steps = {two - one for one, two in pairwise(months)}
        wanted = max(day.day for day in days)
        if (
            len(steps) == 1
            and 0 not in steps
            and all(day == _in_month(m, wanted) for day, m in zip(days, months, strict=True))
        ):
            [step] = steps
            return lambda n: float((_in_month(months[-1] + n * step, wanted) - _EPOCH).days)
    return _numbers(serials, float(single))


def _in_month(month: int, day: int) -> date:
    """A day of a month counted from year 0, or the month's last day when it has fewer."""
    year, index = divmod(month, 12)
    return date(year, index + 1, min(day, calendar.monthrange(year, index + 1)[1]))


def _numbered(texts: Sequence[str], single: int) -> Continuation | None:
    """Texts that share everything but the number at their end; leading zeros keep their width."""
    matches = [match for text in texts if (match := _NUMBERED.fullmatch(text))]
    numbers = [int(match[2]) for match in matches]
    steps = {two - one for one, two in pairwise(numbers)} or {single}
    if len(steps) != 1:
        return None
    [step] = steps
    prefix, digits = matches[-1][1], matches[-1][2]
    width = len(digits) if digits.startswith("0") else 0
    return lambda n: f"{prefix}{abs(numbers[-1] + n * step):0{width}d}"


def _names(texts: Sequence[str], here: Locale, single: int) -> Continuation | None:
    """Names of months or weekdays, short or long, in the case they are written in."""
    for names in _calendars(here):
        places = [names.index(text.casefold()) if text.casefold() in names else None for text in texts]
        known = [place for place in places if place is not None]
        if len(known) != len(texts):
            continue
        steps = {(two - one) % len(names) for one, two in pairwise(known)} or {single}
        if len(steps) != 1:
            return None
        [step] = steps
        return lambda n: _in_case_of(texts[-1], names[(known[-1] + n * step) % len(names)])
    return None


def _calendars(here: Locale) -> list[list[str]]:
    english = locale("en_US")
    lists = [
        names
        for place in (here, english)
        for names in (place.months, place.months_short, place.weekdays, place.weekdays_short)
    ]
    return [[name.casefold() for name in names] for names in lists]


def _in_case_of(pattern: str, name: str) -> str:
    if pattern.isupper():
        return name.upper()
    return name[:1].upper() + name[1:] if pattern[:1].isupper() else name
