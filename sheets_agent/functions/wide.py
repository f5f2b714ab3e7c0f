"""Functions of texts that count a double-width character as two, such as LENB.

A starting position is that of a character; lengths, and the positions that are found, count bytes. A character of
which only a part would be taken is taken by MIDB and REPLACEB; of LEFTB and RIGHTB no page says it.

Source: https://support.google.com/docs/answer/9367470 and the pages beside it.
"""

from __future__ import annotations

import re
from unicodedata import east_asian_width, normalize

from sheets_agent.formulas.values import Value
from sheets_agent.functions.array import Failure, World
from sheets_agent.functions.elementwise import Given
from sheets_agent.functions.expressions import compiled


def _size(sign: str) -> int:
    return 2 if east_asian_width(sign) in "WF" else 1


def _string(world: World, given: list[Given | None], index: int) -> str:
    one = given[index]
    return "" if one is None or one.value is None else world.text(one.value, None)


def _count(name: str, given: list[Given | None], index: int, least: int, default: int | None = None) -> int:
    one = given[index] if index < len(given) else None
    if one is None and default is not None:
        return default
    value = 0.0 if one is None or one.value is None else one.value
    try:
        number = int(float(value)) if not isinstance(value, bool) else int(value)  # type: ignore[arg-type]
    except (TypeError, ValueError, OverflowError):
        raise Failure("VALUE", f"Function {name} parameter {index + 1} expects number values.") from None
    if number < least:
        raise Failure(
            "VALUE", f"Function {name} parameter {index + 1} value is {number}. It should be at least {least}."
        )
    return number


def _covered(text: str, size: int) -> int:
    """How many characters from the start reach into a size."""
    used = 0
    for index, sign in enumerate(text):
        if used >= size:
            return index
        used += _size(sign)
    return len(text)


def _whole(name: str, text: str, size: int) -> int:
    """How many characters from the start fill a size."""
    count = _covered(text, size)
    if sum(map(_size, text[:count])) > size:
        raise Failure("VALUE", f"The local Sheets API does not calculate {name} of a half of a character.")
    return count


def length(world: World, given: list[Given | None]) -> list[Value]:
    """LENB(string)."""
    return [float(sum(map(_size, _string(world, given, 0))))]


def left(world: World, given: list[Given | None]) -> list[Value]:
    """LEFTB(string, [number_of_bytes])."""
    text = _string(world, given, 0)
    return [text[: _whole("LEFTB", text, _count("LEFTB", given, 1, 0, 1))]]


def right(world: World, given: list[Given | None]) -> list[Value]:
    """RIGHTB(string, [number_of_bytes])."""
    text = _string(world, given, 0)
    taken = _whole("RIGHTB", text[::-1], _count("RIGHTB", given, 1, 0, 1))
    return [text[len(text) - taken :]]


def middle(world: World, given: list[Given | None]) -> list[Value]:
    """MIDB(string, starting_at, extract_length_bytes)."""
    rest = _string(world, given, 0)[_count("MIDB", given, 1, 1) - 1 :]
    return [rest[: _covered(rest, _count("MIDB", given, 2, 0))]]


def replace(world: World, given: list[Given | None]) -> list[Value]:
    """REPLACEB(text, position, num_bytes, new_text)."""
    text, start = _string(world, given, 0), _count("REPLACEB", given, 1, 1) - 1
    rest = text[start:]
    return [text[:start] + _string(world, given, 3) + rest[_covered(rest, _count("REPLACEB", given, 2, 0)) :]]


def find(world: World, given: list[Given | None]) -> list[Value]:
    """FINDB(search_for, text_to_search, [starting_at])."""
    return _found("FINDB", world, given, re.escape(_string(world, given, 0)))


def search(world: World, given: list[Given | None]) -> list[Value]:
    """SEARCHB(search_for, text_to_search, [starting_at]): in any case, with wildcards."""
    wild = {"*": ".*?", "?": "."}
    parts = re.findall(r"~[*?~]|.", _string(world, given, 0), re.DOTALL)
    pattern = "".join(wild.get(part) or re.escape(part[-1]) for part in parts)
    return _found("SEARCHB", world, given, "(?i)" + pattern)


def _found(name: str, world: World, given: list[Given | None], pattern: str) -> list[Value]:
    text = _string(world, given, 1)
    match = compiled("(?s)" + pattern).search(text, _count(name, given, 2, 1, 1) - 1)
    if match is None:
        raise Failure("VALUE", f"In {name} evaluation, cannot find the text.")
    return [float(sum(map(_size, text[: match.start()])) + 1)]


_HALF_KANA = [chr(code) for code in range(0xFF61, 0xFFA0)]
_NARROW = {chr(code): chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)} | {"\u3000": " "}
_NARROW |= {
    normalize("NFKC", base + mark): base + mark
    for mark in ("", "\uff9e", "\uff9f")
    for base in _HALF_KANA
    if len(normalize("NFKC", base + mark)) == 1
}
"""Signs of double width by what they are of single width: letters, and katakana, some of which are two then."""


def narrow(world: World, given: list[Given | None]) -> list[Value]:
    """ASC(text): in signs of single width, where there are such."""
    return ["".join(_NARROW.get(sign, sign) for sign in _string(world, given, 0))]
