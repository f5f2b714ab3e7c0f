"""Functions of texts: regular expressions, SPLIT, TO_TEXT, what a text is.

Source: https://support.google.com/docs/table/25273; how Sheets reads expressions: https://github.com/google/re2/wiki/Syntax.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import Any

from sheets_agent.formulas.values import Value
from sheets_agent.functions.array import MOST_LETTERS, Failure, World, too_long
from sheets_agent.functions.elementwise import Given
from sheets_agent.functions.expressions import compiled

_EMAIL = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?\.)+[A-Za-z]{2,}")
_URL = re.compile(
    r"(?:(?:https?|ftp|gopher|telnet|news|aim)://|mailto:(?:[^@\s]+@))?"
    r"(?:[^\s/?#:@.]+\.)+[^\W\d_]{2,}\.?(?::[0-9]+)?(?:[/?#]\S*)?",
    re.IGNORECASE,
)
_HALF_OF_DAY = re.compile(r"[ap]m\b", re.IGNORECASE)
_WIDE = Context(prec=400)
_DATES = ("DATE", "DATE_TIME")


def _text(name: str, given: list[Given | None], index: int) -> str:
    """A parameter that takes text only."""
    one = given[index]
    value = None if one is None else one.value
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    kind = "a boolean" if isinstance(value, bool) else "a number"
    shown = str(value).upper() if isinstance(value, bool) else f"{value:.15g}"
    raise Failure(
        "VALUE",
        f"Function {name} parameter {index + 1} expects text values. But '{shown}' is {kind} and cannot be "
        "coerced to a text.",
    )


def _expression(name: str, given: list[Given | None]) -> Any:
    pattern = _text(name, given, 1)
    try:
        return compiled(pattern)
    except Failure:
        message = f'Function {name} parameter 2 value "{pattern}" is not a valid regular expression.'
        raise Failure("REF", message) from None


def regex_match(world: World, given: list[Given | None]) -> list[Value]:
    """REGEXMATCH(text, expression): whether a part of the text matches."""
    text = _text("REGEXMATCH", given, 0)
    return [_expression("REGEXMATCH", given).search(text) is not None]


def regex_extract(world: World, given: list[Given | None]) -> list[Value]:
    """REGEXEXTRACT(text, expression): the first match, or what its groups captured, one to a column."""
    text = _text("REGEXEXTRACT", given, 0)
    found = _expression("REGEXEXTRACT", given).search(text)
    if found is None:
        raise Failure(
            "N_A",
            f'Function REGEXEXTRACT parameter 2 value "{_text("REGEXEXTRACT", given, 1)}" does not match text of '
            f'Function REGEXEXTRACT parameter 1 value "{text}".',
        )
    groups = found.groups()
    return [group or "" for group in groups] if groups else [found.group()]


def regex_replace(world: World, given: list[Given | None]) -> list[Value]:
    """REGEXREPLACE(text, expression, replacement): every match replaced; `$1` is what the first group captured."""
    text, replacement = _text("REGEXREPLACE", given, 0), _text("REGEXREPLACE", given, 2)
    expression = _expression("REGEXREPLACE", given)
    parts = _replacement(replacement, expression.groups)

    length = 0

    def filled(match: Any) -> str:
        nonlocal length
        new = "".join(part if isinstance(part, str) else match.group(part) or "" for part in parts)
        length += len(new)
        if length > MOST_LETTERS:
            raise too_long("REGEXREPLACE")
        return new

    replaced = expression.sub(filled, text)
    if len(replaced) > MOST_LETTERS:
        raise too_long("REGEXREPLACE")
    return [replaced]


def _replacement(text: str, groups: int) -> list[str | int]:
    """The pieces of a replacement: plain text, and numbers of groups. A backslash takes a `$` for what it is."""
    parts: list[str | int] = []
    for match in re.finditer(r"\\(.)|\$([0-9])|(.)", text, re.DOTALL):
        if match[2] is None:
            parts.append(match[1] or match[3])
        elif int(match[2]) > groups:
            raise Failure("REF", f'Function REGEXREPLACE parameter 3 value "{text}" names a group that is not there.')
        else:
            parts.append(int(match[2]))
    return parts


def split(world: World, given: list[Given | None]) -> list[Value]:
    """SPLIT(text, delimiter, [split_by_each], [remove_empty_text])."""
    text, delimiter, each, remove = (*given, None, None)[:4]
    whole = "" if text is None else world.text(text.value, text.number_format)
    mark = "" if delimiter is None else world.text(delimiter.value, None)
    if not whole:
        raise Failure("VALUE", "Function SPLIT parameter 1 value should be non-empty.")
    if not mark:
        raise Failure("VALUE", "Function SPLIT parameter 2 value should be non-empty.")
    pattern = f"[{re.escape(mark)}]" if _truth(each) else re.escape(mark)
    parts = re.split(pattern, whole)
    if _truth(remove):
        parts = [part for part in parts if part] or [""]
    return [part if (number := world.number(part)) is None else number for part in parts]


def _truth(given: Given | None) -> bool:
    """An option that is on unless it says otherwise."""
    return given is None or given.value is None or bool(given.value)


def to_text(world: World, given: list[Given | None]) -> list[Value]:
    """TO_TEXT(value): a number or date as its cell shows it; everything else as it is."""
    one = given[0]
    if one is None or one.value is None:
        return [""]
    return [world.text(one.value, one.number_format) if isinstance(one.value, float) else one.value]


def text(world: World, given: list[Given | None]) -> list[Value]:
    """TEXT(number, format): a number as a cell of that format shows it."""
    value, pattern = (None if one is None else one.value for one in given)
    written = world.text(pattern, None)
    if not written:
        return [""]
    shown = world.pattern(written)
    if shown is None:
        message = f"The local Sheets API does not calculate TEXT with the pattern {written} in this locale."
        raise Failure("ERROR", message)
    if isinstance(value, str) and (number := world.number(value)) is not None:
        value = number
    return [world.text(0.0 if value is None else value, {"type": "NUMBER", "pattern": shown})]


def fixed(world: World, given: list[Given | None]) -> list[Value]:
    """FIXED(number, [places], [suppress_separator]): a number with so many decimals."""
    value, places, plain = (*given, None, None)[:3]
    return [
        _rounded(world, value, places, "0" if plain is not None and plain.value else "#,##0", lambda digits: digits)
    ]


def dollar(world: World, given: list[Given | None]) -> list[Value]:
    """DOLLAR(number, [places]): an amount of the locale's currency."""
    value, places = (*given, None)[:2]
    return [_rounded(world, value, places, "#,##0", world.money)]


def _rounded(world: World, given: Given | None, places: Given | None, whole: str, around: Callable[[str], str]) -> str:
    count = 2 if places is None or places.value is None else int(_number(world, places))
    if abs(count) > 100:
        raise Failure("NUM", "The number of places is out of range.")
    value = _number(world, given)
    decimals = "." + "0" * count if count > 0 else ""
    if count < 0:
        rounded = Decimal(repr(value)).quantize(Decimal(1).scaleb(-count), rounding=ROUND_HALF_UP, context=_WIDE)
        value = float(rounded)
    return world.text(value, {"type": "NUMBER", "pattern": around(whole + decimals)})


def _number(world: World, given: Given | None) -> float:
    value = None if given is None else given.value
    number = world.number(value) if isinstance(value, str) and value else value
    if number is None and value is not None:
        raise Failure("VALUE", f"'{value}' is a text and cannot be coerced to a number.")
    return float(number or 0)  # type: ignore[arg-type]


def is_date(world: World, given: list[Given | None]) -> list[Value]:
    """ISDATE(value): a number that shows as a date, or a text that reads as one."""
    one = given[0]
    if one is None or isinstance(one.value, bool):
        return [False]
    if isinstance(one.value, str):
        return [world.is_date_text(one.value)]
    return [isinstance(one.value, float) and (one.number_format or {}).get("type") in _DATES]


def date_value(world: World, given: list[Given | None]) -> list[Value]:
    """DATEVALUE(date_string): the day that a text reads as.

    Raises:
        Failure: #VALUE! for what is no text, or no date.
    """
    text = None if given[0] is None else given[0].value
    if not isinstance(text, str) or not world.is_date_text(text):
        raise Failure("VALUE", f"DATEVALUE parameter '{text}' cannot be parsed to date/time.")
    return [float(math.floor(world.number(text) or 0.0))]


def time_value(world: World, given: list[Given | None]) -> list[Value]:
    """TIMEVALUE(time_string): the part of a day that a text reads as.

    Raises:
        Failure: #VALUE! for what is no text, or tells no time or date.
    """
    text = None if given[0] is None else given[0].value
    number = world.number(text) if isinstance(text, str) else None
    timed = isinstance(text, str) and (":" in text or _HALF_OF_DAY.search(text) or world.is_date_text(text))
    if number is None or not timed:
        raise Failure("VALUE", f"TIMEVALUE parameter '{text}' cannot be parsed to date/time.")
    return [number % 1.0]


def is_email(world: World, given: list[Given | None]) -> list[Value]:
    """ISEMAIL(value)."""
    return [_is_like(given, _EMAIL)]


def is_url(world: World, given: list[Given | None]) -> list[Value]:
    """ISURL(value)."""
    return [_is_like(given, _URL)]


def _is_like(given: list[Given | None], pattern: re.Pattern[str]) -> bool:
    value = None if given[0] is None else given[0].value
    return isinstance(value, str) and len(value) < 5_000 and pattern.fullmatch(value) is not None
