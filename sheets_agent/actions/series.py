"""A series with a constant difference, as dragging the fill handle in Sheets gives it."""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field
from typing_extensions import override

from sheets_agent.a1 import GridRange
from sheets_agent.actions.base import Action, RangeTarget, Request, Role, bounded, place, room_for
from sheets_agent.actions.cells import formats_to_keep, write_cells
from sheets_agent.actions.literals import Entered, entered, serial
from sheets_agent.emulator.locales import locale
from sheets_agent.errors import ActionError
from sheets_agent.sheets.book import Book

_EPOCH = datetime(1899, 12, 30)
_NUMBERED = re.compile(r"(.*?)(\d{1,15})(\D*)", re.DOTALL)
Unit = Literal["day", "workday", "week", "month", "year"]


class FillSeries(Action):
    """Fill one row or one column with a series that has a constant difference.

    Numbers, dates, names of weekdays and months, and texts with a number (Item 1, Item 2, …) go on as autofill does.
    The shape of the target is the direction: a column is filled downwards, a row to the right.
    """

    kind: Literal["fill_series"] = "fill_series"
    hint: ClassVar[str] = "start=2024-01-31 with unit=month, start=Monday"
    target: RangeTarget = Field(description="The cells to fill, one column or one row, such as Plan!A2:A13.")
    start: Annotated[str, Role.OPTION, Field(min_length=1)] = Field(
        description="The value of the first cell, such as 1, 2024-01-31, Monday, January, понедельник or Item 1."
    )
    step: Annotated[float, Role.OPTION] = Field(
        1.0, description="The difference between neighbours, such as 1, 0.5 or -7; 1 when absent."
    )
    unit: Annotated[Unit | None, Role.OPTION] = Field(
        None, description="What the step counts when the series begins with a date, such as month; days when absent."
    )
    example: ClassVar[dict[str, Any]] = {
        "kind": "fill_series",
        "target": "Plan!A2:A13",
        "start": "2024-01-31",
        "step": 1.0,
        "unit": "month",
    }

    def requests(self, book: Book) -> list[Request]:
        """The grid grown where needed, one updateCells with the values, and a date format where needed."""
        area = self._area(book)
        values = _series(self, area.cells, book.locale)
        rows = [values] if area.rows == 1 else [[value] for value in values]
        return [*room_for(book, area), *write_cells(book, area, rows)]

    def writes(self, book: Book) -> Sequence[GridRange]:
        """The range."""
        return (self._area(book),)

    def looks(self, book: Book) -> Sequence[GridRange]:
        """The range where the series brings a number format: a cell that has a fitting one keeps it."""
        return formats_to_keep(book, self._area(book), [self.start])

    def _area(self, book: Book) -> GridRange:
        area = bounded(book, self.target, place(book, self.target))
        if area.rows > 1 and area.columns > 1:
            raise ActionError(f"{self.target} is a block. A series fills one row or one column; name one.")
        return area

    @override
    def sentence(self) -> str:
        by = f"{self.step:g} {self.unit}s" if self.unit else f"{self.step:g}"
        return f"Fill {self.target} with a series from {self.start} in steps of {by}."


def _series(action: FillSeries, count: int, locale_name: str) -> list[Entered]:
    """The values of the series, the first included.

    Raises:
        ActionError: when the start or the step begins no series.
    """
    first = entered(action.start, locale_name, formulas=False)
    kind = (first.number_format or {}).get("type")
    if kind in ("DATE", "DATE_TIME"):
        days = _dates(first.value["numberValue"], action.step, action.unit or "day")
        return [Entered({"numberValue": days(index)}, first.number_format) for index in range(count)]
    if action.unit:
        raise ActionError(f"The unit {action.unit} needs a date to begin with, such as 2024-01-31, not {action.start}.")
    if "numberValue" in first.value:
        numbers = _numbers(first, action.step)
        return [Entered({"numberValue": numbers(index)}, first.number_format) for index in range(count)]
    if "stringValue" in first.value:
        texts = _texts(first.value["stringValue"], _whole(action.step, "A series of names"), locale_name)
        return [Entered({"stringValue": texts(index)}) for index in range(count)]
    raise ActionError(f"{action.start} begins no series. Begin with a number, a date, a weekday, a month or Item 1.")


def _whole(step: float, what: str) -> int:
    if step != int(step):
        raise ActionError(f"{what} needs a whole step, not {step:g}.")
    return int(step)


def _numbers(first: Entered, step: float) -> Callable[[int], float]:
    """Counted in decimals: 0.1, 0.2, 0.3, and not 0.30000000000000004."""
    start: Decimal = Decimal(repr(first.value["numberValue"]))
    difference = Decimal(repr(step))
    if (first.number_format or {}).get("type") == "PERCENT":
        difference = difference if abs(difference) < 1 else difference / 100
    return lambda index: float(start + index * difference)


def _dates(first: float, step: float, unit: Unit) -> Callable[[int], float]:
    """Serial numbers of dates; a month later than 31 January is the last day of February."""
    if unit == "day":
        return lambda index: float(Decimal(repr(first)) + index * Decimal(repr(step)))
    whole = _whole(step, f"A series by {unit}")
    moment = _EPOCH + timedelta(days=first)
    if unit == "week":
        return lambda index: first + 7 * whole * index
    if unit == "workday":
        return lambda index: serial(_workdays_later(moment.date(), whole * index))
    months = whole * (12 if unit == "year" else 1)
    return lambda index: serial(_months_later(moment, months * index))


def _months_later(moment: datetime, months: int) -> datetime:
    year, month = divmod(moment.year * 12 + moment.month - 1 + months, 12)
    if not 1 <= year <= 9999:
        raise ActionError("The series leaves the calendar. Take a smaller step or a shorter range.")
    return moment.replace(year=year, month=month + 1, day=min(moment.day, calendar.monthrange(year, month + 1)[1]))


def _workdays_later(day: date, count: int) -> date:
    """The day that many working days (Monday to Friday) later; a weekend counts from the working day next to it."""
    forward = 1 if count >= 0 else -1
    while day.weekday() >= 5:
        day += timedelta(days=forward)
    weeks, rest = divmod(abs(count), 5)
    day += timedelta(weeks=weeks * forward)
    for _ in range(rest):
        day += timedelta(days=forward)
        while day.weekday() >= 5:
            day += timedelta(days=forward)
    return day


def _texts(first: str, step: int, locale_name: str) -> Callable[[int], str]:
    """Names of weekdays and months in a circle, texts with their last number counted on, other texts repeated."""
    for names in _cycles(locale_name):
        folded = [name.casefold() for name in names]
        if first.casefold() in folded:
            start = folded.index(first.casefold())
            return lambda index: _like(first, names[(start + index * step) % len(names)])
    match = _NUMBERED.fullmatch(first)
    if match is None:
        raise ActionError(
            f"{first} begins no series. Begin with a number, a date, a weekday, a month or a text like Item 1; "
            "fill_constant repeats a text."
        )
    before, digits, after = match.groups()
    width = len(digits) if digits.startswith("0") else 0
    return lambda index: f"{before}{abs(int(digits) + index * step):0{width}d}{after}"


def _cycles(locale_name: str) -> Iterator[tuple[str, ...]]:
    """The circles of names: of the spreadsheet's locale, then English, then Russian."""
    for known in (locale(locale_name), locale("en_US"), locale("ru_RU")):
        for names in (known.weekdays, known.weekdays_short, known.months, known.months_short):
            yield names
            yield tuple(name.rstrip(".") for name in names)
    yield ("янв", "фев", "мар", "апр", "май", "июн", "июл", "авг", "сен", "окт", "ноя", "дек")


def _like(first: str, name: str) -> str:
    """A name in the case of the first one: ПН, Пн or пн."""
    if first.isupper():
        return name.upper()
    return name[:1].upper() + name[1:] if first[:1].isupper() else name[:1].lower() + name[1:]
