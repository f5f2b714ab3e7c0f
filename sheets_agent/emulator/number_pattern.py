"""The grammar of number patterns: `#,##0.00;[Red]-#,##0.00`, `d mmmm yyyy`, `# ??/??`, `[h]:mm:ss`.

A pattern has up to four sections; a section is a row of tokens. Compiling is separate from rendering because one
pattern is shown for thousands of cells.

Source: https://developers.google.com/workspace/sheets/api/guides/formats
"""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass, field
from enum import Enum
from functools import lru_cache


class Mark(Enum):
    """What a token of a pattern is."""

    LITERAL = "literal"
    DIGIT = "digit"
    POINT = "point"
    COMMA = "comma"
    PERCENT = "percent"
    EXPONENT = "exponent"
    SLASH = "slash"
    TEXT = "text"
    GENERAL = "general"
    DATE = "date"
    HALF_DAY = "half day"
    ELAPSED = "elapsed"


@dataclass(frozen=True, slots=True)
class Token:
    """One token: the literal's text, the digit placeholder, or letters in lower case; `typed` is how it stood."""

    mark: Mark
    text: str = ""
    typed: str = ""

    @property
    def literal(self) -> str:
        """What it shows where it has no meaning of its own."""
        return self.typed or self.text


@dataclass(frozen=True, slots=True)
class Condition:
    """What a number must fulfil for its section."""

    operator: str
    bound: float

    def holds(self, number: float) -> bool:
        """Whether a number is one of this section's."""
        return {
            "<": number < self.bound,
            "<=": number <= self.bound,
            ">": number > self.bound,
            ">=": number >= self.bound,
            "=": number == self.bound,
            "<>": number != self.bound,
        }[self.operator]

    @property
    def only_negative(self) -> bool:
        """Whether every number that fulfils it is below zero, so that the section writes its own sign."""
        return (self.operator == "<" and self.bound <= 0) or (self.operator in ("<=", "=") and self.bound < 0)


class Kind(Enum):
    """How a section is rendered."""

    NUMBER = "number"
    FRACTION = "fraction"
    DATE = "date"
    TEXT = "text"
    LITERAL = "literal"


@dataclass(frozen=True, slots=True)
class Section:
    """One section of a pattern, its digits already sorted into parts.

    Attributes:
        tokens: all tokens, commas that group or scale removed.
        integer, decimals, exponent: the tokens before the point, after it, and behind the E.
        point: whether a decimal point is shown.
        grouping: whether thousands are separated.
        scale: power of ten the number is multiplied by (percent signs and trailing commas).
    """

    kind: Kind
    tokens: tuple[Token, ...]
    condition: Condition | None = None
    currency: bool = False
    integer: tuple[Token, ...] = ()
    decimals: tuple[Token, ...] = ()
    exponent: tuple[Token, ...] = ()
    exponent_sign: str = ""
    point: bool = False
    grouping: bool = False
    scale: int = 0


@dataclass(frozen=True, slots=True)
class Pattern:
    """A compiled pattern: the sections for numbers, in the order they are tried, and the one for text."""

    numbers: tuple[Section, ...]
    text: Section | None


_TOKEN = re.compile(
    r"""
      "(?P<quoted>[^"]*)"?
    | \\(?P<escaped>.)
    | _(?P<blank>.)
    | \*(?P<fill>.)
    | \[(?P<bracket>[^\]]*)\]
    | (?P<half_day>am/pm|a/p)
    | (?P<general>general)
    | (?P<exponent>e[+-])
    | (?P<date>y+|m+|d+|h+|s+)
    | (?P<digit>[0\#?])
    | (?P<point>\.)
    | (?P<comma>,)
    | (?P<percent>%)
    | (?P<text>@)
    | (?P<section>;)
    | (?P<slash>/)
    | (?P<literal>.)
    """,
    re.VERBOSE | re.IGNORECASE | re.DOTALL,
)
_MARKS = {
    "half_day": Mark.HALF_DAY,
    "general": Mark.GENERAL,
    "exponent": Mark.EXPONENT,
    "date": Mark.DATE,
    "digit": Mark.DIGIT,
    "point": Mark.POINT,
    "comma": Mark.COMMA,
    "percent": Mark.PERCENT,
    "text": Mark.TEXT,
    "slash": Mark.SLASH,
    "quoted": Mark.LITERAL,
    "escaped": Mark.LITERAL,
    "literal": Mark.LITERAL,
}
_CONDITION = re.compile(r"\s*(<=|>=|<>|==|<|>|=)\s*(-?[0-9]*\.?[0-9]+(?:e[+-]?[0-9]+)?)\s*", re.IGNORECASE)
_ELAPSED = re.compile(r"h+|m+|s+", re.IGNORECASE)
_CURRENCY_SIGN = re.compile(r"[$€£¥₽₴₸₹₩₺₪₫฿]|р\.|руб|zł|Kč|kr", re.IGNORECASE)


@dataclass
class _Draft:
    tokens: list[Token] = field(default_factory=list)
    condition: Condition | None = None
    currency: bool = False


@lru_cache(maxsize=2048)
def compile_pattern(pattern: str) -> Pattern:
    """Compile a pattern. Never fails: what means nothing is a literal, as in Sheets."""
    drafts = [_Draft()]
    for match in _TOKEN.finditer(pattern):
        group = match.lastgroup or "literal"
        if group == "section":
            drafts.append(_Draft())
        else:
            _add(drafts[-1], group, match[group])
    sections = [_section(draft) for draft in drafts]
    return _ordered(sections)


def _add(draft: _Draft, group: str, text: str) -> None:
    if group == "bracket":
        _add_bracket(draft, text)
    elif group == "blank":
        draft.tokens.append(Token(Mark.LITERAL, " "))
    elif group != "fill":  # a fill pads to the column's width, which text has none of
        if _MARKS[group] is Mark.LITERAL and _CURRENCY_SIGN.search(text):
            draft.currency = True
        draft.tokens.append(Token(_MARKS[group], text if _MARKS[group] is Mark.LITERAL else text.lower(), text))


def _add_bracket(draft: _Draft, text: str) -> None:
    condition = _CONDITION.fullmatch(text)
    if condition:
        draft.condition = Condition("=" if condition[1] == "==" else condition[1], float(condition[2]))
    elif _ELAPSED.fullmatch(text):
        draft.tokens.append(Token(Mark.ELAPSED, text.lower(), text))
    elif text.startswith("$"):
        symbol = text[1:].partition("-")[0] if not text.startswith("$-") else ""
        if symbol:
            draft.currency = True
            draft.tokens.append(Token(Mark.LITERAL, symbol))
    # anything else is a colour or a numbering system


def _ordered(sections: list[Section]) -> Pattern:
    """Give each section the condition that its place implies."""
    text = sections[3] if len(sections) > 3 else None
    if text is None and sections[-1].kind is Kind.TEXT:
        text = sections.pop() if len(sections) > 1 else sections[0]
    numbers = sections[:3]
    implied: tuple[Condition | None, ...]
    if any(section.condition for section in numbers):
        implied = (None, Condition("<", 0), None) if len(numbers) == 3 else (None, None)
    else:
        implied = {
            1: (None,),
            2: (Condition(">=", 0), Condition("<", 0)),
            3: (Condition(">", 0), Condition("<", 0), None),
        }[len(numbers)]
    return Pattern(tuple(_with(section, condition) for section, condition in zip(numbers, implied, strict=False)), text)


def _with(section: Section, condition: Condition | None) -> Section:
    if section.condition or condition is None:
        return section
    values = {name: getattr(section, name) for name in Section.__slots__}
    return Section(**{**values, "condition": condition})


def _section(draft: _Draft) -> Section:
    tokens = draft.tokens
    marks = {token.mark for token in tokens}
    if _is_date(tokens):
        return Section(Kind.DATE, tuple(_minutes(tokens)), draft.condition)
    tokens = [
        Token(Mark.LITERAL, token.typed) if token.mark in (Mark.DATE, Mark.HALF_DAY, Mark.ELAPSED) else token
        for token in tokens
    ]
    if Mark.TEXT in marks and Mark.DIGIT not in marks:
        return Section(Kind.TEXT, tuple(tokens), draft.condition, draft.currency)
    if Mark.DIGIT not in marks:
        kind = Kind.NUMBER if Mark.GENERAL in marks else Kind.LITERAL
        return Section(kind, tuple(tokens), draft.condition, draft.currency)
    if _fraction_slash(tokens) is not None:
        return Section(Kind.FRACTION, tuple(tokens), draft.condition, draft.currency)
    return _number(tokens, draft)


def _is_date(tokens: list[Token]) -> bool:
    """Whether letters of a date govern: digits may only stand for parts of a second."""
    dates = [token for token in tokens if token.mark in (Mark.DATE, Mark.ELAPSED, Mark.HALF_DAY)]
    if not dates:
        return False
    seconds = False
    for before, token in zip([Token(Mark.LITERAL), *tokens], tokens, strict=False):
        if token.mark is Mark.DIGIT and not (seconds and before.mark in (Mark.POINT, Mark.COMMA, Mark.DIGIT)):
            return False
        seconds = seconds or token.text.startswith("s")
    return True


def _minutes(tokens: list[Token]) -> list[Token]:
    """Tell minutes from months: m or mm right after hours or right before seconds is minutes, spelled `i`."""
    letters = [index for index, token in enumerate(tokens) if token.mark in (Mark.DATE, Mark.ELAPSED)]
    result = list(tokens)
    for place, index in enumerate(letters):
        token = tokens[index]
        if token.mark is not Mark.DATE or token.text not in ("m", "mm"):
            continue
        before = tokens[letters[place - 1]].text if place else ""
        after = tokens[letters[place + 1]].text if place + 1 < len(letters) else ""
        if before.startswith("h") or after.startswith("s"):
            result[index] = Token(Mark.DATE, "i" * len(token.text))
    return result


def _fraction_slash(tokens: list[Token]) -> int | None:
    """The index of the slash of `# ?/?`, None when there is no numerator or no denominator."""
    for index, token in enumerate(tokens):
        if token.mark is Mark.SLASH and 0 < index < len(tokens) - 1 and tokens[index - 1].mark is Mark.DIGIT:
            after = tokens[index + 1]
            if after.mark is Mark.DIGIT or (after.mark is Mark.LITERAL and after.text.isdigit()):
                return index
    return None


def _number(tokens: list[Token], draft: _Draft) -> Section:
    digits = [index for index, token in enumerate(tokens) if token.mark is Mark.DIGIT]
    point = next((index for index, token in enumerate(tokens) if token.mark is Mark.POINT), None)
    letter = next((index for index, token in enumerate(tokens) if token.mark is Mark.EXPONENT), None)
    end = len(tokens) if letter is None else letter
    if point is not None and point > end:
        point = None
    border = end if point is None else point
    whole = [index for index in digits if index < border]
    commas = [index for index, token in enumerate(tokens) if token.mark is Mark.COMMA and index < border]
    grouping = any(whole and whole[0] < index < whole[-1] for index in commas)
    last = max((index for index in digits if index < end), default=border)
    scaling = _commas_after(tokens, whole[-1], border) if whole else set()
    scaling |= _commas_after(tokens, last, end)  # `0.0,,` scales as well
    used = scaling | {index for index in commas if whole and whole[0] < index < whole[-1]}
    percents = sum(token.mark is Mark.PERCENT for token in tokens)

    def part(start: int, stop: int) -> tuple[Token, ...]:
        return tuple(tokens[index] for index in range(start, stop) if index not in used)

    return Section(
        Kind.NUMBER,
        tuple(tokens),
        draft.condition,
        draft.currency,
        part(0, border),
        part(border + 1, end) if point is not None else (),
        part(end + 1, len(tokens)) if letter is not None else (),
        tokens[letter].text.upper() if letter is not None else "",
        point is not None,
        grouping,
        2 * percents - 3 * len(scaling),
    )


def _commas_after(tokens: list[Token], index: int, end: int) -> set[int]:
    """The unbroken run of commas behind a digit: each divides by a thousand."""
    run = itertools.takewhile(lambda at: tokens[at].mark is Mark.COMMA, range(index + 1, end))
    return set(run)
