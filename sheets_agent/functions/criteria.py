"""The criteria of COUNTIF and its family: `">5"`, `"a*"`, `"<>"`, 5.

Source: https://support.google.com/docs/answer/3093480.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from sheets_agent.formulas.values import Value
from sheets_agent.functions.expressions import compiled

_SIGN = re.compile(r"(<=|>=|<>|=|<|>)?(.*)", re.DOTALL)
_NUMBER = re.compile(r"\s*([+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)(%?)\s*")


def criterion(condition: Value) -> Callable[[Value], bool]:
    """What a criterion says, as a test of one value."""
    if not isinstance(condition, str):
        return lambda value: type(value) is type(condition) and value == condition
    match = _SIGN.fullmatch(condition)
    assert match is not None  # the pattern takes any text
    sign, operand = match[1] or "=", match[2]
    if match[1] in ("=", "<>") and not operand:
        return (lambda value: value is None) if sign == "=" else (lambda value: value is not None)
    if sign in ("=", "<>"):
        equal = _equal(operand)
        return equal if sign == "=" else lambda value: not equal(value)
    return _ordered(sign, operand)


def _operand(text: str) -> float | bool | str:
    number = _NUMBER.fullmatch(text)
    if number:
        return float(number[1]) / (100 if number[2] else 1)
    return text.upper() == "TRUE" if text.upper() in ("TRUE", "FALSE") else text


def _equal(text: str) -> Callable[[Value], bool]:
    wanted = _operand(text)
    if not isinstance(wanted, str):
        return lambda value: (
            (type(value) is type(wanted) and value == wanted)
            or (isinstance(value, str) and type(_operand(value)) is type(wanted) and _operand(value) == wanted)
        )
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


def _ordered(sign: str, text: str) -> Callable[[Value], bool]:
    wanted = _operand(text)

    def holds(value: Value) -> bool:
        if type(value) is not type(wanted):
            return False
        one = value.casefold() if isinstance(value, str) else value
        two = wanted.casefold() if isinstance(wanted, str) else wanted
        less, equal = one < two, one == two  # type: ignore[operator]
        return {"<": less, ">": not less and not equal, "<=": less or equal, ">=": not less}[sign]

    return holds
