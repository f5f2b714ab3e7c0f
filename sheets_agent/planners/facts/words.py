"""Words of a task, compared by their stems: English and Russian, inflected."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from sheets_agent.a1 import column_index

_WORD = re.compile(r"[^\W_]+")
_ENDINGS = (
    "иями", "ями", "ами", "иях", "ого", "его", "ому", "ему", "ыми", "ими", "ией", "иям", "ах", "ях", "ов", "ев", "ей",
    "ой", "ий", "ый", "ая", "яя", "ое", "ее", "ые", "ие", "ую", "юю", "ым", "им", "ом", "ем", "ам", "ям", "ию", "ия",
    "ии", "а", "я", "о", "е", "ы", "и", "у", "ю", "ь", "й",
)  # fmt: skip
_ENGLISH = ("ies", "ing", "es", "ed", "s", "e", "y")
_FLEETING = re.compile(r"(\w{4,})[ое]([кнцл])$")
"""The vowel that comes and goes: остаток, остатка."""
_COLUMNS = re.compile(
    r"\b(?:columns?|столб(?:ец|ц\w*)|колон(?:ка|к\w*))\s+((?:[A-Z]{1,2}\b(?:\s*(?:,|&|and|и)\s*)?)+)", re.IGNORECASE
)
_LETTERS = re.compile(r"\b[A-Z]{1,2}\b")
_MONTHS = {
    name: name[:3]
    for name in (
        "january", "february", "march", "april", "june", "july", "august", "september", "october", "november",
        "december", "январ", "феврал", "март", "апрел", "июн", "июл", "август", "сентябр", "октябр", "ноябр", "декабр",
    )
}  # fmt: skip
"""The stems of months, and what they are called for short."""
LEAST = 3
"""Letters a stem keeps."""


@lru_cache(maxsize=4096)
def stem(word: str) -> str:
    """A word without its ending."""
    word = word.casefold().replace("ё", "е")
    endings = _ENDINGS if re.search("[а-я]", word) else _ENGLISH
    for ending in endings:
        if word.endswith(ending) and len(word) - len(ending) >= LEAST:
            word = word[: -len(ending)]
            break
    word = _FLEETING.sub(r"\1\2", word.removesuffix("ь"))
    return _MONTHS.get(word, word)


def stems(text: str) -> list[str]:
    """The stems of the words of a text, in order."""
    return [stem(word) for word in _WORD.findall(text)]


def mentions(task: Sequence[str], name: str) -> bool:
    """Whether the stems of a task hold those of a name, one after the other."""
    return bool(places(task, name))


def places(task: Sequence[str], name: str) -> list[range]:
    """Where the stems of a name stand in a task."""
    wanted = stems(name)
    if not wanted or len("".join(wanted)) < LEAST:
        return []
    count = len(wanted)
    return [
        range(start, start + count)
        for start in range(len(task) - count + 1)
        if all(_same(one, other) for one, other in zip(task[start : start + count], wanted, strict=True))
    ]


def _same(one: str, other: str) -> bool:
    """Whether two stems are of one word: the same, or one begins the other and little more follows."""
    if one == other:
        return True
    shorter, longer = sorted((one, other), key=len)
    return len(shorter) >= 5 and longer.startswith(shorter) and len(longer) - len(shorter) <= 2


def columns_named(text: str) -> frozenset[int]:
    """The zero-based columns a task names by their letters: “columns B and C”."""
    return frozenset(
        column_index(letters) for match in _COLUMNS.finditer(text) for letters in _LETTERS.findall(match[1])
    )
