"""The criteria of COUNTIF and its family, said to an engine that reads them as en_US does.

A criterion that stands in the formula is told from others before the calculation: most need no change, a number or date
in the locale's own way is put the engine's way, and for the rest the whole call is made outside of the engine.
"""

from __future__ import annotations

import re

from sheets_agent.formulas.coercion import is_number
from sheets_agent.formulas.defined import CRITERION
from sheets_agent.formulas.nodes import call, constant, text
from sheets_agent.formulas.parameters import words
from sheets_agent.formulas.surroundings import Reading
from sheets_agent.formulas.syntax import Call, Node
from sheets_agent.formulas.values import ERROR_TEXTS

CRITERIA = words("AVERAGEIF AVERAGEIFS COUNTIF COUNTIFS MAXIFS MINIFS SUMIF SUMIFS")
"""Functions that are made here where the engine has no way to say a criterion."""
UNLIKE_REFUSED = words("AVERAGEIF AVERAGEIFS MAXIFS MINIFS")
"""Those that the engine cannot make where a criterion says `<>` a text."""

_SIGN = re.compile(r"(<=|>=|<>|=|<|>)?(.*)", re.DOTALL)
_PLAIN = re.compile(r"[+-]?[0-9]+(?:\.[0-9]+)?")
_MOMENT = re.compile(r"[0-9]{1,4}[-/.:][-0-9/.: ]*")
_LETTER = re.compile(r"[^\W\d_]")


def places(name: str, count: int) -> range:
    """Which arguments of a call are criteria."""
    if name in ("AVERAGEIF", "PERCENTIF", "SUMIF"):
        return range(1, min(2, count))
    if name in ("COUNTIF", "COUNTIFS"):
        return range(1, count, 2)
    return range(2, count, 2) if name in CRITERIA else range(0)


def beyond_engine(node: Call, reading: Reading | None) -> bool:
    """Whether a call has a criterion, written out, that the engine cannot be told."""
    if reading is None or node.name not in CRITERIA:
        return False
    for place in places(node.name, len(node.arguments)):
        known = constant(node.arguments[place])
        if isinstance(known, str) and (_in_engine(known, reading) is None or _is_unlike_text(node.name, known)):
            return True
    return False


def prepared(node: Call, written: tuple[Node, ...], reading: Reading | None) -> tuple[Node, ...]:
    """The arguments of a call, its criteria put the engine's way."""
    if reading is None:
        return written
    arguments = list(written)
    for place in places(node.name, len(node.arguments)):
        known = constant(node.arguments[place])
        put = _in_engine(known, reading) if isinstance(known, str) else None
        if put is not None:
            arguments[place] = text(put)
        elif not is_number(node.arguments[place]):
            arguments[place] = call(CRITERION, arguments[place])
    return tuple(arguments)


def _is_unlike_text(name: str, criterion: str) -> bool:
    """Whether a criterion may say `<>` a text to a function whose result cannot be put together of two."""
    operand = criterion[2:]
    plain = operand and not _PLAIN.fullmatch(operand) and not set(operand) & set("*?")
    return bool(name in UNLIKE_REFUSED and criterion.startswith("<>") and plain)


def _in_engine(criterion: str, reading: Reading) -> str | None:
    match = _SIGN.fullmatch(criterion)
    assert match is not None  # the pattern takes any text
    sign, operand = match[1] or "", match[2]
    if not operand:
        return None if sign == "=" else criterion
    if not any(character.isdigit() for character in operand):
        tag = operand.startswith("#") and sign == "<>" and operand.upper() not in ERROR_TEXTS.values()
        return None if tag else criterion
    if _PLAIN.fullmatch(operand) and not (reading.decimal_comma and "." in operand):
        return criterion
    value = reading.number(operand)
    if value is not None:
        ordered = sign in ("<", ">", "<=", ">=") or _MOMENT.fullmatch(operand)
        return f"{sign}{value!r}" if ordered and "e" not in repr(value) else None
    told = reading.is_text(operand) and (_LETTER.search(operand) or set(operand) & set("*?"))
    return criterion if told else None
