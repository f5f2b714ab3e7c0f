"""Texts as .xlsx files write them: `_x000D_` for a character that XML does not take, `_x005F_x000D_` for those letters.

Source: the simple type ST_Xstring of ECMA-376 part 1, 22.9.2.19.
"""

from __future__ import annotations

import re

_WRITTEN = re.compile(r"(?:_x[0-9A-Fa-f]{4}_)+")
_TO_WRITE = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)|[\x00-\x08\x0b-\x1f\ufffe\uffff]")


def escaped(text: str) -> str:
    """A text as it is written into a file."""
    return _TO_WRITE.sub(lambda match: f"_x{ord(match[0]):04X}_", text)


def unescaped(text: str) -> str:
    """The text that is meant by what a file says; halves of characters stay as they are written."""
    return _WRITTEN.sub(_meant, text) if "_x" in text else text


def _meant(match: re.Match[str]) -> str:
    units = [int(unit, 16) for unit in re.findall("x(.{4})_", match[0])]
    try:
        return b"".join(unit.to_bytes(2, "little") for unit in units).decode("utf-16-le")
    except UnicodeDecodeError:
        return match[0]
