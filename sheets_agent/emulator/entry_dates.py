"""Typed dates, times of day and durations, in a locale's order and words.

The number format follows what was typed, as in Sheets: "2020-01-01" keeps its dashes, "5 Jan" shows day and month
only. A date without a year is one of the current year; years 00 to 29 are 2000 to 2029, 30 to 99 are 1930 to 1999.
"""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache
from typing import Any

from sheets_agent.emulator.locales import NARROW_SPACE, NO_BREAK_SPACE, Locale
from sheets_agent.emulator.number_dates import EPOCH

JSON = dict[str, Any]
Found = tuple[float, JSON | None]

_TIME = re.compile(
    r"(?P<sign>-)?(?P<hour>[0-9]{1,5})(?::(?P<minute>[0-9]{1,2}))?(?::(?P<second>[0-9]{1,2})(?:[.,](?P<part>[0-9]{1,3}))?)?"
    r"(?P<half>\s?(?:[AaPp]\.?[Mm]\.?))?"
)
_NUMERIC = re.compile(
    r"(?P<one>[0-9]{1,4})(?P<separator>[-/.])\s?(?P<two>[0-9]{1,2})(?:(?P=separator)\s?(?P<three>[0-9]{1,4}))?\.?"
)
_MONTH_AND_YEAR = re.compile(r"(?P<month>[0-9]{1,2})(?P<separator>[-/.])(?P<year>[0-9]{4})")


def parse(text: str, here: Locale, today: date | None = None) -> Found | None:
    """The serial number and NumberFormat of a typed date, time, date with time or duration; None for anything else."""
    if not text or len(text) > 60 or not any(character.isdigit() for character in text):
        return None
    text = text.replace(NO_BREAK_SPACE, " ").replace(NARROW_SPACE, " ")
    time = _time(text, here)
    if time is not None:
        return time[0], {"type": "TIME", "pattern": time[1]}
    day = _day(text, here, today)
    if day is not None:
        return float(day[0]), {"type": "DATE", "pattern": day[1]}
    return _day_and_time(text, here, today)


def _day_and_time(text: str, here: Locale, today: date | None) -> Found | None:
    for space in (match.start() for match in re.finditer(" ", text)):
        day = _day(text[:space].rstrip(","), here, today)
        time = _time(text[space + 1 :], here)
        if day is not None and time is not None and 0 <= time[0] < 1:
            return day[0] + time[0], {"type": "DATE_TIME", "pattern": f"{day[1]} {time[1]}"}
    return None


# --------------------------------------------------------------------------------------------------------------- time


def _time(text: str, here: Locale) -> tuple[float, str] | None:
    match = _TIME.fullmatch(text)
    if match is None or not (match["minute"] or match["half"]):
        return None
    hour, minute, second = (int(match[name] or 0) for name in ("hour", "minute", "second"))
    if minute > 59 or second > 59:
        return None
    padded = match["hour"].startswith("0") or (len(match["hour"]) == 2 and "hh" in here.time)
    letters = "hh" if padded and len(match["hour"]) == 2 else "h"
    if match["half"]:
        if not 1 <= hour <= 12 or match["sign"]:
            return None
        hour = hour % 12 + (12 if match["half"].strip()[0] in "Pp" else 0)
        letters = "h"
    elif hour > 23 or match["sign"]:
        letters = "[h]"
    pattern = letters
    if match["minute"]:
        pattern += ":mm"
    if match["second"]:
        pattern += ":ss" + ("." + "0" * len(match["part"]) if match["part"] else "")
    if match["half"]:
        pattern += " AM/PM"
    thousandths = int((match["part"] or "").ljust(3, "0"))
    serial = (hour * 3_600_000 + minute * 60_000 + second * 1000 + thousandths) / 86_400_000
    return (-serial if match["sign"] else serial), pattern


# --------------------------------------------------------------------------------------------------------------- date


def _day(text: str, here: Locale, today: date | None) -> tuple[int, str] | None:
    return _numeric_day(text, here, today) or _month_and_year(text, here) or _named_day(text, here, today)


def _numeric_day(text: str, here: Locale, today: date | None) -> tuple[int, str] | None:
    match = _NUMERIC.fullmatch(text)
    if match is None or (match["separator"] == "." and "." not in here.date and len(match["one"]) < 4):
        return None
    one, two, three, separator = match["one"], match["two"], match["three"], match["separator"]
    if text.endswith(".") and separator != ".":
        return None
    if three is None:
        return _day_of_this_year(one, two, separator, here, today)
    if len(one) == 4:
        order = "ymd"
    elif here.date_order == "YMD":
        order = "ymd" if len(three) < 3 else "mdy"
    else:
        order = here.date_order.lower()
    parts = dict(zip(order, (one, two, three), strict=True))
    if len(parts["y"]) not in (2, 4) or len(parts["m"]) > 2 or len(parts["d"]) > 2:
        return None
    shown = _numeric_pattern(parts, order, separator, here)
    return _serial(_year(parts["y"]), int(parts["m"]), int(parts["d"]), shown)


def _day_of_this_year(one: str, two: str, separator: str, here: Locale, today: date | None) -> tuple[int, str] | None:
    if len(one) > 2:
        return None
    order = "dm" if here.date_order == "DMY" else "md"
    parts = dict(zip(order, (one, two), strict=True))
    shown = _numeric_pattern(parts, order, separator, here)
    return _serial((today or date.today()).year, int(parts["m"]), int(parts["d"]), shown)


def _month_and_year(text: str, here: Locale) -> tuple[int, str] | None:
    match = _MONTH_AND_YEAR.fullmatch(text)
    if match is None or (match["separator"] == "." and "." not in here.date):
        return None
    letters = "m" if len(match["month"]) == 1 else "mm"
    return _serial(int(match["year"]), int(match["month"]), 1, f"{letters}{match['separator']}yyyy")


def _named_day(text: str, here: Locale, today: date | None) -> tuple[int, str] | None:
    names, grammars = _names(here)
    for grammar in grammars:
        match = grammar.fullmatch(text.casefold())
        if match is None:
            continue
        found = match.groupdict()
        month, letters = names[found["month"].rstrip(".")]
        day, year = found.get("day"), found.get("year")
        if day is None and year is None:
            return None
        shown = _as_typed(match, letters)
        return _serial(_year(year) if year else (today or date.today()).year, month, int(day or 1), shown)
    return None


def _as_typed(match: re.Match[str], month_letters: str) -> str:
    """The pattern that shows a date the way it was typed."""
    found = match.groupdict()
    letters = {"month": month_letters}
    if found.get("day"):
        letters["day"] = "dd" if match["day"].startswith("0") else "d"
    if found.get("year"):
        letters["year"] = "y" * len(match["year"])
    if found.get("weekday"):
        letters["weekday"] = "dddd" if len(match["weekday"].rstrip(".")) > 3 else "ddd"
    spans = sorted((match.span(name), shown) for name, shown in letters.items())
    text, end, shown = match.string, 0, ""
    for (start, stop), pattern in spans:
        shown += _literal(text[end:start]) + pattern
        end = stop
    return shown + _literal(text[end:])


def _literal(text: str) -> str:
    return f'"{text}"' if any(character.isalpha() for character in text) else text


def _numeric_pattern(parts: dict[str, str], order: str, separator: str, here: Locale) -> str:
    """Days and months keep the zeros they were typed with; where that cannot be seen, the locale's habit decides."""
    day_and_month = (parts["d"], parts["m"])
    if any(len(digits) == 1 for digits in day_and_month):
        width = 1
    elif any(digits.startswith("0") for digits in day_and_month) or order == "ymd":
        width = 2
    else:
        width = 2 if "dd" in here.date else 1
    letters = {"d": "d" * width, "m": "m" * width, "y": "y" * len(parts.get("y", ""))}
    return separator.join(letters[part] for part in order)


@lru_cache(maxsize=64)
def _names(here: Locale) -> tuple[dict[str, tuple[int, str]], tuple[re.Pattern[str], ...]]:
    """Names of months to (number, pattern letters), and the grammars of dates that use them; English always works."""
    english = Locale("en_US")
    names: dict[str, tuple[int, str]] = {}
    for source in (english, here):
        for letters, months in (
            ("mmm", source.months_short),
            ("mmmm", source.months_in_dates),
            ("mmmm", source.months),
        ):
            for number, name in enumerate(months, 1):
                names[name.casefold().rstrip(".")] = (number, letters)
    month = "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True) if not name[0].isdigit())
    weekdays = {
        name.casefold().rstrip(".") for source in (english, here) for name in (*source.weekdays, *source.weekdays_short)
    }
    weekday = "|".join(re.escape(name) for name in sorted(weekdays, key=len, reverse=True))
    head = rf"(?:(?P<weekday>{weekday})\.?,?\s)?"
    day, year = r"(?P<day>[0-9]{1,2})", r"(?P<year>[0-9]{4}|[0-9]{2})"
    full_year = r"(?P<year>[0-9]{4})"
    named = rf"(?P<month>(?:{month})\.?)"
    grammars = (
        rf"{head}{day}\.?[\s-]{named}(?:,?[\s-]{year}(?:\sг\.?)?)?",
        rf"{head}{named}[\s-]{day}(?:st|nd|rd|th)?(?:,?\s{full_year})?",
        rf"{named},?[\s-]{full_year}(?:\sг\.?)?",
        rf"{full_year}[\s-]{named}[\s-]{day}",
    )
    return names, tuple(re.compile(grammar) for grammar in grammars)


def month_names(here: Locale) -> list[str]:
    """The names that months go by, English ones included, in lower case."""
    return [name for name in _names(here)[0] if not name[0].isdigit()]


def _year(digits: str) -> int:
    number = int(digits)
    return number if len(digits) > 2 else number + (2000 if number < 30 else 1900)


def _serial(year: int, month: int, day: int, pattern: str) -> tuple[int, str] | None:
    try:
        return (date(year, month, day) - EPOCH).days, pattern
    except ValueError:
        return None
