"""The parts of a task that describe what there is rather than ask for something."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from sheets_agent.planners.facts.words import stems

_SENTENCE = re.compile(r"[^.;!?\n]+(?:[.;!?](?!\s|$)[^.;!?\n]*)*")
_HOLDER = r"(?:workbook|spreadsheet|sheet|file|table|документ\w*|таблиц\w*|файл\w*|книг\w*|лист\w*)"
_DESCRIBES = re.compile(
    rf"\s*(?:in |в |на )?(?:my|this|our|the|мо\w+|наш\w*|эт\w+)?\s*{_HOLDER}\s+(?:\w+\s+){{0,2}}?"
    r"(?:records|contains?|has(?! to)|holds|lists|keeps|tracks|stores|содерж\w+|хран\w+|записан\w*|перечислен\w*)"
    r"\b[^,:—–]*",
    re.IGNORECASE,
)
_WISH = re.compile(
    r"\b(?:must|should|please|want|wish|would|could|can|i|we|нужно|надо|хочу|хотим|долж\w+|пожалуйста"
    r"|(?:and|then)\s+(?:add|calculate|chart|count|create|fill|filter|find|highlight|make|plot|show|sort|sum|write))\b",
    re.IGNORECASE,
)
_FORMULAS = re.compile(r"\b(?:formulas?|formulae|формул\w+)\b[^.;=\n]*:", re.IGNORECASE)
_DEFINITION = re.compile(
    r"(?:.*(?::|\bformula\b|\bформул\w+))?\s*(?P<name>[^=:]+?)\s+=\s+\S.*", re.DOTALL | re.IGNORECASE
)


def background(text: str, headers: Collection[str]) -> frozenset[int]:
    """The places of the words of a task that only describe.

    These are sentences that say what the workbook records, and definitions in a list of formulas, as in “The formulas
    are: Profit = Sales - Cost”, of columns that the rest of the task does not name.

    Args:
        text: the task.
        headers: the names of the columns there are.
    """
    known = {tuple(stems(header)) for header in headers}
    described: set[int] = set()
    definitions: list[tuple[tuple[str, ...], range]] = []
    rest: list[str] = []
    listed = False
    for sentence, places in _sentences(text):
        listed = _FORMULAS.search(sentence) is not None or (listed and "=" in sentence)
        describes = _DESCRIBES.fullmatch(sentence) is not None and not _WISH.search(sentence)
        defined = _DEFINITION.fullmatch(sentence)
        name = tuple(stems(defined["name"])) if defined else ()
        if describes and "=" not in sentence:
            described.update(places)
        elif name and (describes or (listed and name in known)):
            definitions.append((name, places))
        else:
            rest += [*stems(sentence), "."]
    for name, places in definitions:
        if not any(tuple(rest[at : at + len(name)]) == name for at in range(len(rest))):
            described.update(places)
    return frozenset(described)


def _sentences(text: str) -> Iterator[tuple[str, range]]:
    """The sentences of a text, their spaces made single, each with the places of its words."""
    start = 0
    for match in _SENTENCE.finditer(text):
        end = start + len(stems(match[0]))
        yield " ".join(match[0].split()), range(start, end)
        start = end
