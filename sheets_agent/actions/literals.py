"""What the text of a cell means: numbers, dates, booleans, formulas, or just text.

Models and people write values as strings in a neutral notation: numbers with a decimal point, ISO dates, TRUE and
FALSE, formulas that begin with "=" in en_US separators. What the spreadsheet's own locale writes unmistakably
(`1 234,50` or `31.01.2024` in ru_RU) is understood as well. Whatever can be doubted stays text: `0042`, `+79990000000`,
numbers with more digits than a cell can keep, `1-2`. A leading apostrophe makes text of anything, as in Sheets.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sheets_agent.emulator.locales import NARROW_SPACE, NO_BREAK_SPACE, Locale, locale
from sheets_agent.errors import ActionError
from sheets_agent.formulas.locale import from_canonical, to_canonical

JSON = dict[str, Any]

MAX_CHARACTERS = 50_000
"""Characters a cell may have. Source: https://support.google.com/drive/answer/37603"""
_EPOCH = datetime(1899, 12, 30)
_DIGITS_KEPT = 15
_CURRENCIES = "$€£¥₽₴₸₹₺₪₩₫฿"

_NEUTRAL = re.compile(r"-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d{1,3})?")
_ISO = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2}))?)?")
_TIME = re.compile(r"(\d{2}):(\d{2})(?::(\d{2}))?")
_LOCAL_DATE = re.compile(r"(\d{1,4})([./-])(\d{1,2})\2(\d{1,4})")


@dataclass(frozen=True, slots=True)
class Entered:
    """What goes into a cell.

    Attributes:
        value: the API's ExtendedValue; empty for a blank cell.
        number_format: the NumberFormat that shows it as it was meant, None where none is needed.
    """

    value: JSON
    number_format: JSON | None = None


def serial(moment: date) -> float:
    """A date, with a time of day or without, as Sheets counts it: days since 1899-12-30."""
    if not isinstance(moment, datetime):
        moment = datetime(moment.year, moment.month, moment.day)
    passed = moment - _EPOCH
    return passed.days + passed.seconds / 86_400


def entered(text: str, locale_name: str, *, formulas: bool = True) -> Entered:
    """What a text becomes in a cell.

    Args:
        text: in the neutral notation.
        locale_name: the spreadsheet's locale, such as ru_RU.
        formulas: whether a text that begins with "=" is a formula; otherwise it stays text.

    Raises:
        ActionError: more characters than a cell takes.
    """
    if len(text) > MAX_CHARACTERS:
        raise ActionError(f"A cell takes {MAX_CHARACTERS:,} characters; this text has {len(text):,}. Split it.")
    if text == "":
        return Entered({})
    if text.startswith("'"):
        return Entered({"stringValue": text[1:]})
    if text.startswith("=") and len(text) > 1 and formulas:
        return Entered({"formulaValue": in_locale(text, locale_name)})
    where = locale(locale_name)
    stripped = text.strip()
    if stripped.upper() in ("TRUE", "FALSE", where.true, where.false):
        return Entered({"boolValue": stripped.upper() in ("TRUE", where.true)})
    return _moment(stripped, where) or _number(stripped, where) or Entered({"stringValue": text})


def in_locale(formula: str, locale_name: str) -> str:
    """A formula with the spreadsheet's separators. Sheets takes `;` between arguments everywhere, and so do we."""
    return from_canonical(to_canonical(formula, "en_US"), locale_name)


def typed_number(number: float, locale_name: str) -> str:
    """A number as a person types it in the spreadsheet's locale, such as 0,5 in ru_RU."""
    text = repr(int(number)) if number == int(number) and abs(number) < 1e15 else repr(number)
    return text.replace(".", locale(locale_name).decimal)


def _moment(text: str, where: Locale) -> Entered | None:
    """A date, a date with a time of day, or a time of day."""
    try:
        if match := _ISO.fullmatch(text):
            numbers = [int(group or 0) for group in match.groups()]
            kind = "DATE" if match[4] is None else "DATE_TIME"
            return Entered({"numberValue": serial(datetime(*numbers))}, {"type": kind})  # type: ignore[arg-type]
        if match := _TIME.fullmatch(text):
            hour, minute, second = (int(group or 0) for group in match.groups())
            passed = serial(datetime(1899, 12, 30, hour, minute, second))
            return Entered({"numberValue": passed}, {"type": "TIME"})
        if (match := _LOCAL_DATE.fullmatch(text)) and match[2] == where.date_separator:
            parts = dict(zip(where.date_order, (match[1], match[3], match[4]), strict=True))
            if len(parts["Y"]) == 4:
                day = date(int(parts["Y"]), int(parts["M"]), int(parts["D"]))
                return Entered({"numberValue": serial(day)}, {"type": "DATE"})
    except ValueError:  # the 31st of February is text
        return None
    return None


def _number(text: str, where: Locale) -> Entered | None:
    """A number, also grouped, in percent, or with a currency."""
    if text.endswith("%"):
        found = _decimal(text[:-1].rstrip(), where)
        if found is None:
            return None
        number, places, _ = found
        pattern = "0." + "0" * places + "%" if places else "0%"
        return Entered({"numberValue": float(number / 100)}, {"type": "PERCENT", "pattern": pattern})
    sign, bare = ("-", text[1:]) if text.startswith("-") else ("", text)
    symbol = next((mark for mark in (*_CURRENCIES, where.currency_symbol) if bare.startswith(mark)), "")
    if symbol:
        bare, after = bare[len(symbol) :].lstrip(), False
    else:
        symbol = next((mark for mark in (*_CURRENCIES, where.currency_symbol) if bare.endswith(mark)), "")
        bare, after = bare.removesuffix(symbol).rstrip() if symbol else bare, True
    found = _decimal(sign + bare, where)
    if found is None:
        return None
    number, places, grouped = found
    digits = "#,##0" + ("." + "0" * places if places else "")
    if symbol:
        pattern = f"{digits}{NO_BREAK_SPACE}[${symbol}]" if after else f"[${symbol}]{digits}"
        return Entered({"numberValue": float(number)}, {"type": "CURRENCY", "pattern": pattern})
    return Entered({"numberValue": float(number)}, {"type": "NUMBER", "pattern": digits} if grouped else None)


def _decimal(text: str, where: Locale) -> tuple[Decimal, int, bool] | None:
    """The number, its decimal places, and whether its thousands were grouped; None when it is no plain number."""
    if _NEUTRAL.fullmatch(text):
        number = Decimal(text)
        integral = text.lstrip("-").partition(".")[0]
        return (number, _places(text, "."), False) if len(integral) <= _DIGITS_KEPT else None
    group = "[ \u00a0\u202f]" if where.group in (NO_BREAK_SPACE, NARROW_SPACE) else re.escape(where.group)
    decimal = re.escape(where.decimal)
    grouped = re.fullmatch(rf"-?[1-9]\d{{0,2}}({group}\d{{3}}){{1,4}}({decimal}\d+)?", text)
    plain = re.fullmatch(rf"-?(0|[1-9]\d{{0,14}}){decimal}\d+", text)
    if not grouped and not plain:
        return None
    neutral = re.sub(group, "", text) if grouped else text
    return Decimal(neutral.replace(where.decimal, ".")), _places(neutral, where.decimal), bool(grouped)


def _places(text: str, decimal: str) -> int:
    return len(text.partition(decimal)[2]) if "e" not in text.lower() else 0
