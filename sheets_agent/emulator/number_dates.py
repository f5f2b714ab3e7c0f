"""Serial numbers shown as dates, times of day and durations."""

from __future__ import annotations

import math
from datetime import date, timedelta

from sheets_agent.emulator.locales import Locale
from sheets_agent.emulator.number_pattern import Mark, Section, Token

EPOCH = date(1899, 12, 30)
"""Day 0 of serial numbers."""
DAY_MILLISECONDS = 86_400_000

_FIRST_DAY = (date.min - EPOCH).days
_LAST_DAY = (date.max - EPOCH).days


def render(serial: float, section: Section, here: Locale) -> str | None:
    """The text of a serial number; None when it lies outside the years 1 to 9999."""
    if not _FIRST_DAY <= serial <= _LAST_DAY:
        return None
    elapsed = any(token.mark is Mark.ELAPSED for token in section.tokens)
    milliseconds = math.floor((abs(serial) if elapsed else serial) * DAY_MILLISECONDS + 0.5)
    days, in_day = divmod(milliseconds, DAY_MILLISECONDS)
    if not _FIRST_DAY <= days <= _LAST_DAY:
        return None
    day = EPOCH + timedelta(days=days)
    half_day = any(token.mark is Mark.HALF_DAY for token in section.tokens)
    beside_day = any(token.mark is Mark.DATE and token.text in ("d", "dd") for token in section.tokens)
    shown = ["-"] if elapsed and serial < 0 else []
    fraction = f"{in_day % 1000:03d}"
    for token in section.tokens:
        match token.mark:
            case Mark.DATE if token.text[0] in "ymd":
                shown.append(_day_part(token.text, day, here, beside_day))
            case Mark.DATE:
                shown.append(_time_part(token.text, in_day, half_day))
            case Mark.ELAPSED:
                unit = {"h": 3_600_000, "m": 60_000, "s": 1000}[token.text[0]]
                shown.append(str(milliseconds // unit).zfill(len(token.text)))
            case Mark.HALF_DAY:
                word = "PM" if in_day >= DAY_MILLISECONDS // 2 else "AM"
                shown.append(word if token.text == "am/pm" else word[0])
            case Mark.DIGIT:
                shown.append(fraction[:1] or "0")
                fraction = fraction[1:]
            case Mark.POINT if fraction and token is not section.tokens[-1]:
                shown.append(_separator(section.tokens, token, here))
            case _:
                shown.append(token.literal)
    return "".join(shown)


def _separator(tokens: tuple[Token, ...], point: Token, here: Locale) -> str:
    """A point before parts of a second is a decimal separator; elsewhere in a date it is a full stop."""
    following = tokens[next(index for index, token in enumerate(tokens) if token is point) + 1]
    return here.decimal if following.mark is Mark.DIGIT else "."


def _day_part(letters: str, day: date, here: Locale, beside_day: bool) -> str:
    months = here.months_in_dates if beside_day and here.months_in_dates else here.months
    match letters[0], len(letters):
        case "y", 1 | 2:
            return f"{day.year % 100:02d}"
        case "y", _:
            return f"{day.year:04d}"
        case "m", 1 | 2:
            return f"{day.month:0{len(letters)}d}"
        case "m", 3:
            return here.months_short[day.month - 1]
        case "m", 5:
            return months[day.month - 1][0]
        case "m", _:
            return months[day.month - 1]
        case _, 1 | 2:
            return f"{day.day:0{len(letters)}d}"
        case _, 3:
            return here.weekdays_short[day.weekday()]
        case _:
            return here.weekdays[day.weekday()]


def _time_part(letters: str, in_day: int, half_day: bool) -> str:
    seconds = in_day // 1000
    match letters[0]:
        case "h":
            hour = seconds // 3600
            number = (hour % 12 or 12) if half_day else hour
        case "i":
            number = seconds // 60 % 60
        case _:
            number = seconds % 60
    return f"{number:0{min(2, len(letters))}d}"
