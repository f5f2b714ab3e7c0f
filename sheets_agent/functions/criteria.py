"""The criteria of COUNTIF and its family: `">5"`, `"a*"`, `"<>"`, 5.

Source: https://support.google.com/docs/answer/3093480.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from sheets_agent.formulas.values import ERROR_TEXTS, ErrorValue, Value
from sheets_agent.functions.expressions import compiled

_SIGN = re.compile(r"(<=|>=|<>|=|<|>)?(.*)", re.DOTALL)

Test = Callable[[Value], bool]
Read = Callable[[str], float | None]
"""The number, date or time that a text reads as."""


def criterion(condition: Value, read: Read) -> Test:
    """What a criterion says, as a test of one value."""
    if not isinstance(condition, str):
        return _same(0.0 if condition is None else condition, read)
    match = _SIGN.fullmatch(condition)
    assert match is not None  # the pattern takes any text
    sign, operand = match[1] or "=", match[2]
    if not operand:
        return _blank(match[1])
    if sign in ("=", "<>"):
        equal = _equal(operand, read)
        return equal if sign == "=" else lambda value: not equal(value)
    return _ordered(sign, operand, read)


def _blank(sign: str | None) -> Test:
    """Without an operand: `=` is met by blank cells only, "" by empty texts too, and nothing comes before or after."""
    if sign is None:
        return lambda value: value is None or value == ""
    if sign == "=":
        return lambda value: value is None
    return (lambda value: value is not None) if sign == "<>" else (lambda value: False)


def _operand(text: str, read: Read) -> float | bool | str:
    if text.upper() in ("TRUE", "FALSE"):
        return text.upper() == "TRUE"
    number = read(text) if any(character.isdigit() for character in text) else None
    return text if number is None else number


def _same(wanted: float | bool | str | ErrorValue, read: Read) -> Test:
    if isinstance(wanted, ErrorValue):
        return lambda value: isinstance(value, ErrorValue) and value.type == wanted.type

    def same(value: Value) -> bool:
        if isinstance(value, str) and not isinstance(wanted, bool):
            value = _operand(value, read)
        return type(value) is type(wanted) and value == wanted

    return same


def _equal(text: str, read: Read) -> Test:
    wanted = _operand(text, read)
    if not isinstance(wanted, str):
        return _same(wanted, read)
    if text.upper() in ERROR_TEXTS.values():
        return lambda value: isinstance(value, ErrorValue) and str(value) == text.upper()
    pieces = {"*": ".*", "?": "."}
    pattern = compiled(
        "(?is)"
        + "".join(
            re.escape(part[1:]) if part[:1] == "~" and len(part) > 1 else pieces.get(part) or re.escape(part)
            for part in re.findall(r"~[*?~]|\*+|.", text, re.DOTALL)
            for part in ["*" if part.startswith("*") else part]
        )
    )
    return lambda value: isinstance(value, str) and pattern.fullmatch(value) is not None


def _ordered(sign: str, text: str, read: Read) -> Test:
    wanted = _operand(text, read)

    def holds(value: Value) -> bool:
        if type(value) is not type(wanted):
            return False
        one = value.casefold() if isinstance(value, str) else value
        two = wanted.casefold() if isinstance(wanted, str) else wanted
        less, equal = one < two, one == two  # type: ignore[operator]
        return {"<": less, ">": not less and not equal, "<=": less or equal, ">=": not less}[sign]

    return holds
