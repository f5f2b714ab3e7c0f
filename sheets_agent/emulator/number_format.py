"""The text a cell shows: a value through its NumberFormat, in the spreadsheet's locale.

Source: https://developers.google.com/workspace/sheets/api/guides/formats and the NumberFormat message of the v4
discovery document.
"""

from __future__ import annotations

import math
from decimal import ROUND_HALF_UP, Context, Decimal
from fractions import Fraction
from functools import lru_cache
from typing import Any

from sheets_agent.emulator import number_dates
from sheets_agent.emulator.locales import Locale, locale
from sheets_agent.emulator.number_pattern import Kind, Mark, Pattern, Section, Token, compile_pattern
from sheets_agent.emulator.number_plain import plain_pattern
from sheets_agent.formulas.values import ErrorValue, Value

JSON = dict[str, Any]

_WIDE = Context(prec=400, rounding=ROUND_HALF_UP)


def render(value: Value, number_format: JSON | None, locale_name: str) -> str:
    """What a cell with a value shows.

    Args:
        value: an effective value; dates are serial numbers.
        number_format: the API's NumberFormat (`type`, `pattern`), None for automatic.
        locale_name: the spreadsheet's locale, such as "ru_RU".

    Returns:
        The formattedValue; "" for a blank cell.
    """
    if value is None:
        return ""
    if isinstance(value, ErrorValue):
        return str(value)
    here = locale(locale_name)
    if isinstance(value, bool):
        return here.true if value else here.false
    text = effective_pattern(number_format, here) if number_format else None
    if text is not None and not isinstance(value, str) and (plain := plain_pattern(text)) is not None:
        return plain.render(float(value), here)
    pattern = None if text is None else compile_pattern(text)
    if isinstance(value, str):
        return _text(value, pattern)
    if pattern is None:
        return general(value, here)
    return _number(float(value), pattern, here)


def effective_pattern(number_format: JSON, here: Locale) -> str:
    """The pattern of a NumberFormat: its own, or the locale's default for its type."""
    return number_format.get("pattern") or default_pattern(str(number_format.get("type", "")), here)


def default_pattern(kind: str, here: Locale) -> str:
    """The pattern that stands for a NumberFormatType without one."""
    match kind:
        case "NUMBER":
            return "#,##0.00"
        case "PERCENT":
            return "0.00%"
        case "CURRENCY":
            return here.money("#,##0.00")
        case "DATE":
            return here.date
        case "TIME":
            return here.time
        case "DATE_TIME":
            return here.date_time
        case "SCIENTIFIC":
            return "0.00E+00"
        case "TEXT":
            return "@"
        case _:
            return "General"


@lru_cache(maxsize=2048)
def pattern_kind(pattern: str) -> str:
    """The NumberFormatType of a pattern from elsewhere (an Excel number format, say).

    Returns:
        TEXT, NUMBER, PERCENT, CURRENCY, DATE, TIME, DATE_TIME or SCIENTIFIC; "" for General and for an empty pattern,
        which are no format at all.
    """
    compiled = compile_pattern(pattern)
    section = compiled.numbers[0]
    if section.kind is Kind.DATE:
        return _date_kind(section)
    if section.kind is Kind.TEXT:
        return "TEXT"
    if section.scale > 0 and section.scale % 3 == 2:
        return "PERCENT"
    if section.exponent:
        return "SCIENTIFIC"
    if section.currency:
        return "CURRENCY"
    return "" if not pattern or any(token.mark is Mark.GENERAL for token in section.tokens) else "NUMBER"


def _date_kind(section: Section) -> str:
    letters = {token.text[0] for token in section.tokens if token.mark is Mark.DATE}
    days = bool(letters & set("ymd"))
    elapsed = any(token.mark in (Mark.ELAPSED, Mark.HALF_DAY) for token in section.tokens)
    times = elapsed or bool(letters & set("his"))
    return "DATE_TIME" if days and times else "DATE" if days else "TIME"


# --------------------------------------------------------------------------------------------------------- automatic


def general(number: float, here: Locale) -> str:
    """A number without a format: ten significant digits, whole numbers up to fifteen, else scientific."""
    if number == 0:
        return "0"
    size = abs(number)
    if size >= 1e15 or size < 1e-9:
        mantissa, _, exponent = f"{number:.5E}".partition("E")
        text = f"{_without_zeros(mantissa)}E{exponent[0]}{exponent[1:].lstrip('0').zfill(2)}"
    elif float(number).is_integer():
        text = str(int(number))
    else:
        whole_digits = len(str(int(size))) if size >= 1 else 0
        text = _without_zeros(f"{Decimal(f'{number:.{max(10, min(15, whole_digits + 2))}g}'):f}")
    return text.replace(".", here.decimal)


def _without_zeros(text: str) -> str:
    return text.rstrip("0").rstrip(".") if "." in text else text


# ----------------------------------------------------------------------------------------------------------- sections


def _text(value: str, pattern: Pattern | None) -> str:
    if pattern is None or pattern.text is None:
        return value
    return "".join(value if token.mark is Mark.TEXT else token.literal for token in pattern.text.tokens)


def _number(number: float, pattern: Pattern, here: Locale) -> str:
    section = next((one for one in pattern.numbers if one.condition is None or one.condition.holds(number)), None)
    if section is None:
        return general(number, here)
    if section.kind is Kind.DATE:
        shown = number_dates.render(number, section, here)
        return general(number, here) if shown is None else shown
    own_sign = section.condition is not None and section.condition.only_negative
    sign = "-" if number < 0 and not own_sign else ""
    size = abs(number)
    match section.kind:
        case Kind.TEXT:
            shown = general(size, here)
            return sign + "".join(shown if token.mark is Mark.TEXT else token.literal for token in section.tokens)
        case Kind.LITERAL:
            return "".join(token.literal for token in section.tokens)
        case Kind.FRACTION:
            return sign + _fraction(size, section)
        case _ if any(token.mark is Mark.GENERAL for token in section.tokens):
            shown = general(size, here)
            return sign + "".join(shown if token.mark is Mark.GENERAL else token.literal for token in section.tokens)
        case _ if section.exponent:
            return sign + _scientific(size, section, here)
    decimals = _count(section.decimals)
    exact = Decimal(f"{size:.15g}").scaleb(section.scale, _WIDE)
    return sign + _digits(exact.quantize(Decimal(1).scaleb(-decimals), context=_WIDE), section, here)


def _count(tokens: tuple[Token, ...]) -> int:
    return sum(token.mark is Mark.DIGIT for token in tokens)


def _digits(exact: Decimal, section: Section, here: Locale) -> str:
    """A rounded, unsigned number laid over the placeholders of a section."""
    whole, _, rest = f"{exact:f}".partition(".")
    whole = whole.lstrip("0")
    text = _lay_whole(section.integer, whole, here.group if section.grouping else "")
    if not _count(section.integer) and section.point:
        text += whole
    return text + (here.decimal if section.point else "") + _lay_decimals(section.decimals, rest)


_PADDING = {"0": "0", "?": " ", "#": ""}


def _lay_whole(tokens: tuple[Token, ...], digits: str, group: str) -> str:
    """Lay digits over placeholders from the right; what is left over goes before the leftmost placeholder."""
    first = next((index for index, token in enumerate(tokens) if token.mark is Mark.DIGIT), None)
    shown: list[str] = []
    left = list(digits)
    count = 0
    for index in range(len(tokens) - 1, -1, -1):
        token = tokens[index]
        if token.mark is not Mark.DIGIT:
            shown.append(token.literal)
            continue
        here = [left.pop() if left else _PADDING[token.text]]
        if index == first:
            here += reversed(left)
        for character in here:
            if character:
                if group and count and count % 3 == 0:
                    shown.append(group if character != " " else " ")
                shown.append(character)
                count += 1
    return "".join(reversed(shown))


def _lay_decimals(tokens: tuple[Token, ...], digits: str) -> str:
    shown: list[str] = []
    significant = len(digits.rstrip("0"))
    place = 0
    for token in tokens:
        if token.mark is not Mark.DIGIT:
            shown.append(token.literal)
            continue
        shown.append(digits[place] if place < significant else _PADDING[token.text])
        place += 1
    return "".join(shown)


def _scientific(size: float, section: Section, here: Locale) -> str:
    """`0.00E+00`; several digits before the point (`##0.0E+0`) keep the exponent a multiple of their number."""
    step = max(1, _count(section.integer))
    decimals = _count(section.decimals)
    exact = Decimal(f"{size:.15g}")
    power = 0 if not size else math.floor(Fraction(exact.adjusted(), step)) * step
    quantum = Decimal(1).scaleb(-decimals)
    mantissa = exact.scaleb(-power, _WIDE).quantize(quantum, context=_WIDE)
    if mantissa >= Decimal(10) ** step:
        power += step
        mantissa = exact.scaleb(-power, _WIDE).quantize(quantum, context=_WIDE)
    sign = "-" if power < 0 else "+" if section.exponent_sign == "E+" else ""
    return f"{_digits(mantissa, section, here)}E{sign}{_lay_whole(section.exponent, str(abs(power)).lstrip('0'), '')}"


def _fraction(size: float, section: Section) -> str:
    tokens = section.tokens
    slash = next(index for index, token in enumerate(tokens) if token.mark is Mark.SLASH)
    top = _run(tokens, slash - 1, -1)
    bottom = _run(tokens, slash + 1, 1)
    before, after = tokens[: top[0]], tokens[bottom[-1] + 1 :]
    has_whole = _count(before) > 0
    exact = Fraction(f"{size:.15g}")
    whole = int(exact) if has_whole else 0
    width = len(bottom)
    fixed = "".join(tokens[index].text for index in bottom)
    if fixed.isdigit() and int(fixed):
        denominator = int(fixed)
        numerator = math.floor((exact - whole) * denominator + Fraction(1, 2))
    else:
        near = (exact - whole).limit_denominator(10**width - 1)
        numerator, denominator = near.numerator, near.denominator
    if has_whole and numerator == denominator:
        whole, numerator = whole + 1, 0
    text = _lay_whole(before, str(whole).lstrip("0") or ("" if numerator else "0"), "")
    if has_whole and not numerator:
        text += " " * (len(top) + 1 + width)
    else:
        text += f"{str(numerator).rjust(len(top))}/{str(denominator).ljust(width)}"
    return text + "".join(token.literal for token in after)


def _run(tokens: tuple[Token, ...], start: int, step: int) -> list[int]:
    """The indexes of the digits on one side of a slash, in order."""
    found = []
    index = start
    while 0 <= index < len(tokens) and (
        tokens[index].mark is Mark.DIGIT or (step > 0 and tokens[index].text.isdigit())
    ):
        found.append(index)
        index += step
    return sorted(found)
