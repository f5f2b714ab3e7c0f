"""A formula cut into tokens, losing nothing: the tokens' texts joined are the formula again.

Written here rather than taken from a parser library because everything that edits a formula in place needs what those
leave out: character offsets, the white space, `;` where Sheets accepts it, and the other locales' separators.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum, auto
from functools import lru_cache

_TITLE = r"(?:'(?:[^']|'')+'|[^\W\d][\w.]*)!"
_CELL = r"\$?[A-Za-z]{1,3}\$?[0-9]{1,8}"
_COLUMN = r"\$?[A-Za-z]{1,3}"
_ROW = r"\$?[0-9]{1,8}"
_CELLS = rf"(?:{_CELL}(?::(?:{_CELL}|{_COLUMN}|{_ROW}))?|{_COLUMN}:(?:{_CELL}|{_COLUMN})|{_ROW}:(?:{_CELL}|{_ROW}))"
_ENDS = r"(?![\w.!\[])(?!\s*\()"  # else it is a name, a function such as LOG10(, a sheet's title or a table
_ERROR = r"\#(?:REF!|N/A|DIV/0!|VALUE!|NAME\?|NUM!|NULL!|ERROR!)"


class Kind(Enum):
    """What a token is."""

    SPACE = auto()
    TEXT = auto()
    NUMBER = auto()
    REFERENCE = auto()
    ERROR = auto()
    FUNCTION = auto()
    NAME = auto()
    TABLE = auto()
    OPERATOR = auto()
    OPEN = auto()
    CLOSE = auto()
    SEPARATOR = auto()
    UNKNOWN = auto()


def _pattern(number: str) -> re.Pattern[str]:
    groups = {
        Kind.SPACE: r"\s+",
        Kind.TEXT: r'"(?:[^"]|"")*"',
        Kind.ERROR: rf"(?:{_TITLE})?{_ERROR}",
        Kind.REFERENCE: rf"(?:{_TITLE})?{_CELLS}{_ENDS}",
        Kind.NUMBER: rf"(?:{number})(?:[eE][+-]?[0-9]+)?(?!\w)",
        Kind.FUNCTION: r"[^\W\d][\w.]*(?=\s*\()",
        Kind.TABLE: r"[^\W\d][\w.]*\[(?:[^\[\]]|\[[^\[\]]*\])*\]",
        Kind.NAME: rf"(?:{_TITLE})?[^\W\d][\w.]*",
        Kind.OPERATOR: r"<=|>=|<>|[-+*/^&=<>%:@#]",
        Kind.OPEN: r"[({]",
        Kind.CLOSE: r"[)}]",
        Kind.SEPARATOR: r"[,;\\]",
        Kind.UNKNOWN: r".",
    }
    return re.compile("|".join(f"(?P<{kind.name}>{pattern})" for kind, pattern in groups.items()), re.DOTALL)


_POINT = _pattern(r"[0-9]+(?:\.[0-9]*)?|\.[0-9]+")
_COMMA = _pattern(r"[0-9]+(?:,[0-9]*)?|,[0-9]+")


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of a formula and where it starts, in characters."""

    kind: Kind
    text: str
    start: int

    @property
    def end(self) -> int:
        """Just past the last character."""
        return self.start + len(self.text)


@lru_cache(maxsize=2048)
def tokens(text: str, decimal_comma: bool = False) -> tuple[Token, ...]:
    """The tokens of a formula; a leading "=" is an operator like the others.

    Args:
        text: the formula, with or without its "=".
        decimal_comma: whether numbers are written `1,5`, as in ru_RU.
    """
    pattern = _COMMA if decimal_comma else _POINT
    return tuple(Token(Kind[match.lastgroup or "UNKNOWN"], match[0], match.start()) for match in pattern.finditer(text))
