"""What the text of a document's cell is, in the notation that actions write."""

from __future__ import annotations

import datetime
import re
from decimal import Decimal
from typing import Any

from sheets_agent.emulator.csv_file import typed
from sheets_agent.emulator.entry import Entry

JSON = dict[str, Any]

_EPOCH = datetime.datetime(1899, 12, 30)
_LAST_DAY = 2_958_465
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]|[\ud800-\udfff]")
_YEAR = re.compile(r"(?<!\d)\d{4}(?!\d)")
_CLOCK = re.compile(r"(?:[01]?\d|2[0-3]):[0-5]\d(?::[0-5]\d)?")
_CURRENCIES = "$€£¥₽₴₸₹₺₪₩₫฿"
_CODE = re.compile(r"\d+[eE]\d+")
_TOO_LONG = 1e15
_NUMERIC = re.compile(r"""\[[^\]]*\]|[\d\s#?.,;+\-−()'"\\_*]""")
_BRACKETED = re.compile(r"\[\$([^\]-]*)")


def cleaned(text: str) -> str:
    """A text without what no cell can hold: control characters but tabs and line breaks, halves of characters."""
    return _CONTROLS.sub("", text).replace("\r\n", "\n").replace("\r", "\n")


def as_text(text: str) -> str:
    """A text that stays text whatever it looks like."""
    return f"'{text}" if text else ""


def of_text(text: str, locale: str) -> str:
    """A cell of a document without types: a number, a date, a boolean where nobody can doubt it, else text.

    Leading zeros, more than 15 digits, codes such as 12E3, dates without a year, and whatever begins like a formula
    stay text.

    Args:
        text: as it stands in the document.
        locale: by which numbers and dates are read.
    """
    text = cleaned(text)
    stripped = text.strip()
    if not stripped:
        return ""
    code = stripped[0] in "=+@'" or _CODE.fullmatch(stripped)
    found = Entry(text) if code else typed(stripped, locale)
    if isinstance(found.value, str) or found.value is None:
        return as_text(text)
    if loses_digits(found.value, stripped):
        return as_text(text)
    return of_value(found.value, found.number_format, stripped) or as_text(text)


def loses_digits(value: float, text: str) -> bool:
    """Whether a number has more digits before its decimal separator than a cell keeps, as its text has it."""
    return abs(value) >= _TOO_LONG and "e" not in text.lower()


def of_value(value: bool | float, number_format: JSON | None, text: str = "") -> str:
    """A typed value in the neutral notation; empty where its text says it better.

    Args:
        value: the value; a date is a serial number.
        number_format: what it is shown by.
        text: what it was read from, where it was.
    """
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    kind = (number_format or {}).get("type", "")
    if kind in ("DATE", "DATE_TIME", "TIME"):
        return _moment(value, kind) if not text or _YEAR.search(text) or _CLOCK.fullmatch(text) else ""
    if kind == "PERCENT":
        return f"{_plain(Decimal(repr(value)) * 100)}%"
    number = _plain(Decimal(repr(value)))
    symbol = _symbol(text or str((number_format or {}).get("pattern", ""))) if kind == "CURRENCY" and number else ""
    return f"{number} {symbol}".rstrip()


def _symbol(text: str) -> str:
    """The currency that a number, or the pattern it is shown by, has; empty where it is no single known sign."""
    found = _BRACKETED.search(text)
    symbol = found[1].strip() if found else _NUMERIC.sub("", text.partition(";")[0])
    return symbol if len(symbol) == 1 and symbol in _CURRENCIES else ""


def _plain(number: Decimal) -> str:
    """A number as `entered` reads it: with an exponent only where it is of no usual size."""
    if not number.is_finite():
        return ""
    if number and not -15 < number.adjusted() < 15:
        return f"{number.normalize():E}"
    text = f"{number:f}"
    return (text.rstrip("0").rstrip(".") if "." in text else text) if number else "0"


def _moment(serial: float, kind: str) -> str:
    if not 0 <= serial < _LAST_DAY:
        return ""
    moment = _EPOCH + datetime.timedelta(seconds=round(serial * 86_400))
    if kind == "TIME":
        return f"{moment:%H:%M:%S}" if serial < 1 else ""
    return moment.date().isoformat() if kind == "DATE" and serial == int(serial) else f"{moment:%Y-%m-%d %H:%M:%S}"
