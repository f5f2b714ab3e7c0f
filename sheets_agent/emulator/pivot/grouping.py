"""Which group a record falls in: by its value, or by a manual, histogram or date-time rule.

Known from published sheets: a field grouped by date is called "Date - Year-Month", and its groups "2017-Jan" and
"2017-Q1" (the reference still has "2008 Q4"). The names of the other date parts are those of the editor's menu, their
labels those of the DateTimeRule message of the v4 discovery document. A tutorial shows that a bucket of numbers ends
before the next one begins, as 2003 to 2004 before 2005 to 2006; the reference has "< 25" and "> 65". Assumed: the
spaces in "25 - 44", and that buckets without a start begin at 0.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from sheets_agent.emulator.locales import Locale, locale
from sheets_agent.emulator.ordering import sort_key
from sheets_agent.emulator.pivot.model import JSON, Label, PivotCell, Source
from sheets_agent.formulas.values import Value

_EPOCH = date(1899, 12, 30)
_FIRST_DAY, _AFTER_LAST_DAY = (date.min - _EPOCH).days, (date.max - _EPOCH).days + 1
_SECONDS = 24 * 60 * 60

_PART_NAMES = {
    "SECOND": "Second", "MINUTE": "Minute", "HOUR": "Hour", "HOUR_MINUTE": "Hour-Minute (24 hour)",
    "HOUR_MINUTE_AMPM": "Hour-Minute (12 hour)", "DAY_OF_WEEK": "Day of the week", "DAY_OF_YEAR": "Day of the year",
    "DAY_OF_MONTH": "Day of the month", "DAY_MONTH": "Day-Month", "MONTH": "Month", "QUARTER": "Quarter",
    "YEAR": "Year", "YEAR_MONTH": "Year-Month", "YEAR_QUARTER": "Year-Quarter", "YEAR_MONTH_DAY": "Year-Month-Day",
}  # fmt: skip

Bucket = tuple[Value, float]
"""What is drawn for a part of a date, and where it sorts."""


def labels(source: Source, group: JSON) -> list[Label]:
    """The label of every record in the field of a PivotGroup."""
    offset = int(group.get("sourceColumnOffset", 0))
    labelled = _labelled(source, group, offset)
    groups: dict[tuple[Any, ...], Label] = {}
    known: dict[tuple[type, Value], Label] = {}
    result = []
    for index, value in enumerate(source.column(offset)):
        key = (value.__class__, value)
        label = known.get(key)
        if label is None:
            label = labelled(index, value)
            label = known[key] = groups.setdefault(label.order, label)
        result.append(label)
    return result


def _labelled(source: Source, group: JSON, offset: int) -> Callable[[int, Value], Label]:
    rule = group.get("groupRule") or {}
    number_format = source.format(offset)
    histogram, parts = rule.get("histogramRule"), rule.get("dateTimeRule")
    manual = _manual_names(rule.get("manualRule") or {})

    def label(index: int, value: Value) -> Label:
        number = value if isinstance(value, int | float) and not isinstance(value, bool) else None
        if manual and _item(value) in manual:
            name = manual[_item(value)]
            return _plain(name, lambda: name, None)
        if histogram is not None and number is not None:
            return _ranked(*_histogram_bucket(histogram, number))
        if parts is not None and number is not None and _FIRST_DAY <= number < _AFTER_LAST_DAY:
            return _ranked(*date_part(str(parts.get("type")), number, locale(source.locale)))
        return _plain(value, lambda: source.shown(index, offset), number_format)

    return label


def title(source: Source, group: JSON) -> str:
    """The name of a field: its own label, or its column's heading with the date part it is grouped by."""
    heading = source.heading(int(group.get("sourceColumnOffset", 0)))
    parts = (group.get("groupRule") or {}).get("dateTimeRule")
    suffix = f" - {_PART_NAMES[str(parts.get('type'))]}" if parts is not None else ""
    return str(group.get("label") or f"{heading}{suffix}")


def _plain(value: Value, name: Callable[[], str], number_format: JSON | None) -> Label:
    if value is None or value == "":
        return Label((0,), PivotCell(), str)
    kept = number_format if isinstance(value, int | float) and not isinstance(value, bool) else None
    return Label((1, *sort_key(value)), PivotCell(value, kept), name)


def _ranked(value: Value, rank: float) -> Label:
    text = f"{value:.0f}" if isinstance(value, float) else str(value)
    return Label((1, 0, rank, text), PivotCell(value), lambda: text)


def _item(value: Value) -> Value:
    """A value as manual rules compare it: TRUE and 1 are different items."""
    return f"{type(value).__name__}:{value}" if isinstance(value, bool) else value


def _manual_names(rule: JSON) -> dict[Value, str]:
    names: dict[Value, str] = {}
    for group in rule.get("groups", []):
        for item in group.get("items", []):
            value = next((item[key] for key in ("stringValue", "numberValue", "boolValue") if key in item), None)
            names[_item(value)] = str(group.get("groupName", {}).get("stringValue", ""))
    return names


def _histogram_bucket(rule: JSON, number: float) -> tuple[str, float]:
    """The bucket of a number; the last one before the end takes in the end itself."""
    interval, start, end = float(rule["interval"]), rule.get("start"), rule.get("end")
    if start is not None and number < start:
        return f"< {_short(start)}", -math.inf
    if end is not None and number > end:
        return f"> {_short(end)}", math.inf
    base = float(start or 0)
    steps = (number - base) / interval
    if not math.isfinite(steps):  # the interval is next to nothing beside the number, which is a bucket of its own
        return f"{_short(number)} - {_short(number)}", number
    low = base + math.floor(steps) * interval
    if end is not None and low >= end and low > base:
        low -= interval
    high = low + interval
    if end is not None and high >= end:
        return f"{_short(low)} - {_short(end)}", low
    if interval == int(interval):
        high -= 1
    return f"{_short(low)} - {_short(high)}", low


def _short(number: float) -> str:
    return f"{number:.15g}"


def date_part(kind: str, serial: float, here: Locale) -> Bucket:
    """A part of a date-time, as a DateTimeRuleType names it."""
    seconds = round(serial * _SECONDS)
    day = _EPOCH + timedelta(days=seconds // _SECONDS)
    clock = seconds % _SECONDS
    hour, minute, second = clock // 3600, clock // 60 % 60, clock % 60
    month = here.months_short[day.month - 1]
    quarter = (day.month - 1) // 3 + 1
    weekday = (day.weekday() + 1) % 7  # a week starts on Sunday
    half = "AM" if hour < 12 else "PM"
    parts: dict[str, Bucket] = {
        "SECOND": (float(second), second),
        "MINUTE": (float(minute), minute),
        "HOUR": (float(hour), hour),
        "HOUR_MINUTE": (f"{hour}:{minute:02d}", hour * 60 + minute),
        "HOUR_MINUTE_AMPM": (f"{(hour - 1) % 12 + 1}:{minute:02d} {half}", hour * 60 + minute),
        "DAY_OF_WEEK": (here.weekdays[day.weekday()], weekday),
        "DAY_OF_YEAR": (float(day.timetuple().tm_yday), day.timetuple().tm_yday),
        "DAY_OF_MONTH": (float(day.day), day.day),
        "DAY_MONTH": (f"{day.day}-{month}", day.month * 100 + day.day),
        "MONTH": (month, day.month),
        "QUARTER": (f"Q{quarter}", quarter),
        "YEAR": (float(day.year), day.year),
        "YEAR_MONTH": (f"{day.year}-{month}", day.year * 100 + day.month),
        "YEAR_QUARTER": (f"{day.year}-Q{quarter}", day.year * 10 + quarter),
        "YEAR_MONTH_DAY": (day.isoformat(), day.toordinal()),
    }
    return parts[kind]
