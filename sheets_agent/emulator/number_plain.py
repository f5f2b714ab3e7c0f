"""Patterns that most numbers have, such as `#,##0.00 "€"` or `0%`: Python lays out their digits, and much sooner."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal
from functools import lru_cache

from sheets_agent.emulator.locales import Locale
from sheets_agent.emulator.number_pattern import Kind, Mark, Token, compile_pattern

_WIDE = Context(prec=400, rounding=ROUND_HALF_UP)


@dataclass(frozen=True, slots=True)
class Plain:
    """A plain pattern, taken apart.

    Attributes:
        before, after: what stands around the digits.
        layout: Python's format for the digits.
        quantum: the last decimal place.
        scale: power of ten the number is multiplied by.
    """

    before: str
    after: str
    layout: str
    quantum: Decimal
    scale: int

    def render(self, number: float, here: Locale) -> str:
        """What a number shows."""
        exact = Decimal(f"{abs(number):.15g}").scaleb(self.scale, _WIDE).quantize(self.quantum, context=_WIDE)
        digits = format(exact, self.layout)
        if here.decimal != "." or here.group != ",":
            whole, point, rest = digits.partition(".")
            digits = whole.replace(",", here.group) + (here.decimal if point else "") + rest
        return f"{'-' if number < 0 else ''}{self.before}{digits}{self.after}"


@lru_cache(maxsize=2048)
def plain_pattern(text: str) -> Plain | None:
    """The plain form of a pattern, None when it has more to it."""
    sections = compile_pattern(text).numbers
    section = sections[0]
    if len(sections) > 1 or section.kind is not Kind.NUMBER or section.condition or section.exponent:
        return None
    whole, rest = _parted(section.integer), _parted(section.decimals)
    if whole is None or rest is None or not re.fullmatch("#*0", whole[1]) or not re.fullmatch("0*", rest[1]):
        return None
    if section.point and (whole[2] or rest[0] or not rest[1]):
        return None
    layout = ",f" if section.grouping else "f"
    quantum = Decimal(1).scaleb(-len(rest[1]))
    return Plain(whole[0], whole[2] + rest[2], layout, quantum, section.scale)


def _parted(tokens: tuple[Token, ...]) -> tuple[str, str, str] | None:
    """Literals, digits, literals; None when they are mixed."""
    kinds = "".join("d" if token.mark is Mark.DIGIT else "g" if token.mark is Mark.GENERAL else "l" for token in tokens)
    match = re.fullmatch("(l*)(d*)(l*)", kinds)
    if match is None:
        return None
    before, digits, after = (tokens[slice(*match.span(number))] for number in (1, 2, 3))
    return (
        "".join(token.literal for token in before),
        "".join(token.text for token in digits),
        "".join(token.literal for token in after),
    )
