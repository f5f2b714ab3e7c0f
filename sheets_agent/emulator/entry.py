"""What a person types, as Sheets reads it (`valueInputOption=USER_ENTERED`).

The text decides the value, and also the number format that the cell takes on: "12%" is 0.12 shown as a percentage,
"2020-01-01" is the serial number 43831 shown as a date. A plain number changes no format: typed into a cell that is
formatted as a date it shows as a date, as in Sheets. A cell formatted as plain text keeps whatever is typed.

Source: https://developers.google.com/workspace/sheets/api/reference/rest/v4/ValueInputOption and recorded answers.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from sheets_agent.emulator import entry_dates
from sheets_agent.emulator.locales import NARROW_SPACE, NO_BREAK_SPACE, Locale, locale
from sheets_agent.emulator.number_format import pattern_kind

JSON = dict[str, Any]

_CURRENCIES = ("$", "€", "£", "¥", "₽", "₴", "₸", "₹", "₩", "₺", "₪", "₫", "฿", "R$", "zł", "Kč")
_DATE_KINDS = ("DATE", "TIME", "DATE_TIME")


@dataclass(frozen=True, slots=True)
class Entry:
    """What was typed, understood.

    Attributes:
        value: the literal, None for a blank or a formula.
        formula: the formula as typed, with its "=" and the locale's separators; None for a literal.
        number_format: the NumberFormat that the cell takes on; None leaves the cell's own.
    """

    value: bool | float | str | None = None
    formula: str | None = None
    number_format: JSON | None = None


def parse(text: str, locale_name: str, current_format: JSON | None = None, today: date | None = None) -> Entry:
    """Read a typed text.

    Args:
        text: what was typed.
        locale_name: the spreadsheet's locale, such as "ru_RU".
        current_format: the NumberFormat of the cell typed into.
        today: what a date without a year counts from; the current day when None.
    """
    if text == "":
        return Entry()
    if text.startswith("'"):
        return Entry(text[1:])
    if _is_text(current_format):
        return Entry(text)
    if text.startswith("=") and len(text) > 1:
        return Entry(formula=text)
    here = locale(locale_name)
    stripped = text.strip()
    boolean = _boolean(stripped, here)
    if boolean is not None:
        return Entry(boolean)
    found = _number(stripped, here) or entry_dates.parse(stripped, here, today)
    if found is not None:
        value, number_format = found
        return Entry(value, None, _taken_on(number_format, current_format))
    if len(text) > 1 and text.startswith("+"):  # "+A1" is a formula; "+5" was a number
        return Entry(formula="=" + text)
    return Entry(text)


def _is_text(number_format: JSON | None) -> bool:
    return bool(number_format) and (number_format or {}).get("type") == "TEXT"


def _boolean(text: str, here: Locale) -> bool | None:
    word = text.casefold()
    if word in ("true", here.true.casefold()):
        return True
    if word in ("false", here.false.casefold()):
        return False
    return None


def _taken_on(found: JSON | None, current: JSON | None) -> JSON | None:
    """The format to change to: none when the cell's own already shows this kind of value."""
    if found is None or not current:
        return found
    kind = str(current.get("type") or pattern_kind(str(current.get("pattern", ""))))
    same = kind == found["type"] or (found["type"] == "NUMBER" and kind not in ("", "NUMBER_FORMAT_TYPE_UNSPECIFIED"))
    return None if same else found


def groups(here: Locale) -> set[str]:
    """The characters that may stand between the groups of a number's digits."""
    if here.group in (NO_BREAK_SPACE, NARROW_SPACE):
        return {NO_BREAK_SPACE, NARROW_SPACE, " "}
    return {"’", "'"} if here.group == "’" else {here.group}


def currencies(here: Locale) -> list[str]:
    """The signs of money that may stand beside a number, longer ones first."""
    symbols = {*_CURRENCIES, here.currency_symbol, *(("р.",) if here.currency_symbol == "₽" else ())}
    return sorted(symbols, key=lambda one: (-len(one), one))


@lru_cache(maxsize=64)
def _number_grammar(here: Locale) -> re.Pattern[str]:
    group = "[" + re.escape("".join(sorted(groups(here)))) + "]"
    decimal = re.escape(here.decimal)
    symbol = "|".join(re.escape(one) for one in currencies(here))
    blank = f"[ {NO_BREAK_SPACE}{NARROW_SPACE}]?"
    return re.compile(
        rf"""
        (?P<open>\()?
        (?P<sign>[+-]|\u2212)?
        (?:(?P<before>{symbol}){blank})?
        (?P<inner>[+-])?
        (?P<whole>[0-9]{{1,3}}(?:(?P<group>{group})[0-9]{{3}})+(?![0-9])|[0-9]+)?
        (?:(?P<point>{decimal})(?P<decimals>[0-9]*))?
        (?:[eE](?P<exponent>[+-]?[0-9]+))?
        (?:{blank}(?P<percent>%))?
        (?:{blank}(?P<after>{symbol}))?
        (?P<close>\))?
        """,
        re.VERBOSE,
    )


def _number(text: str, here: Locale) -> tuple[float, JSON | None] | None:
    if not text or len(text) > 400:
        return None
    match = _number_grammar(here).fullmatch(text)
    if match is None or not _consistent(match):
        return None
    digits = re.sub(r"[^0-9]", "", match["whole"] or "")
    decimals = match["decimals"] or ""
    exponent = int(match["exponent"] or 0)
    if abs(exponent) > 400:
        return None
    value = float(f"{digits or '0'}.{decimals or '0'}e{exponent - (2 if match['percent'] else 0)}")
    if not math.isfinite(value):
        return None
    negative = bool(match["open"]) or (match["sign"] or match["inner"] or "+") != "+"
    return (-value if negative and value else value), _number_format(match, here)


def _consistent(match: re.Match[str]) -> bool:
    """What the grammar alone cannot say: digits there are, brackets pair, one sign, one unit."""
    return (
        bool(match["whole"] or match["decimals"])
        and bool(match["open"]) == bool(match["close"])
        and sum(bool(match[name]) for name in ("open", "sign", "inner")) <= 1
        and (not match["inner"] or bool(match["before"]))
        and sum(bool(match[name]) for name in ("before", "after", "percent")) <= 1
    )


def _number_format(match: re.Match[str], here: Locale) -> JSON | None:
    fraction = ".00" if match["decimals"] else ""
    symbol = match["before"] or match["after"]
    if symbol:
        return {"type": "CURRENCY", "pattern": _money(symbol, "#,##0" + fraction, here)}
    if match["percent"]:
        return {"type": "PERCENT", "pattern": f"0{fraction}%"}
    if match["exponent"]:
        return {"type": "SCIENTIFIC", "pattern": "0.00E+00"}
    if match["group"]:
        return {"type": "NUMBER", "pattern": "#,##0" + fraction}
    return None


def _money(symbol: str, digits: str, here: Locale) -> str:
    return here.money(digits).replace(f"[${here.currency_symbol}]", f"[${symbol}]")
