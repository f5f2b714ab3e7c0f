"""The functions of Google Sheets: what they are called and what they take.

Source: https://support.google.com/docs/table/25273 (names, categories, signatures). The list is data, `functions.json`.
It was compared with that table as of September 2026, and with the page that Google has of each function as of April
2026: every name of the table is here. Not in the table but documented, or typed by people, are BINOM.DIST.RANGE,
COUNTUNIQUEIFS, PERCENTIF, XMATCH, and GEMINI, which is AI by another name. Where the table calls an argument required
that the editor lets one leave out, or shows no sign that the last ones repeat, the signature here says what is taken.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from importlib.resources import files
from types import MappingProxyType

_PARAMETER = re.compile(r"\[[^\]]*\]|[^,\[\]]+")


@dataclass(frozen=True, slots=True)
class Function:
    """One function of Sheets.

    Attributes:
        name: in upper case.
        category: as in Google's table: Array, Date, Filter, Lookup, Math, Text, …
        syntax: the signature, optional arguments in brackets.
        minimum: the fewest arguments it takes.
        maximum: the most, None when there is no limit.
        external: whether it reaches outside the spreadsheet: it fetches from an address or asks a service.
    """

    name: str
    category: str
    syntax: str
    minimum: int
    maximum: int | None
    external: bool

    def takes(self, count: int) -> bool:
        """Whether it can be called with `count` arguments."""
        return self.minimum <= count and (self.maximum is None or count <= self.maximum)

    @property
    def arity(self) -> str:
        """How many arguments it takes, in words: "2", "between 1 and 3", "at least 1"."""
        if self.maximum is None:
            return f"at least {self.minimum}"
        return str(self.minimum) if self.minimum == self.maximum else f"between {self.minimum} and {self.maximum}"


def lookup(name: str) -> Function | None:
    """The function with a name, in any case; None when Sheets has none."""
    return functions().get(name.upper())


def suggest(name: str) -> tuple[str, ...]:
    """Up to three functions whose names are close to a misspelt one, the closest first."""
    return tuple(get_close_matches(name.upper(), functions(), n=3, cutoff=0.7))


@cache
def functions() -> Mapping[str, Function]:
    """Every function of Sheets by its name."""
    data = json.loads(files(__package__).joinpath("functions.json").read_text(encoding="utf-8"))
    external = set(data["external"])
    found = {}
    for category, signatures in data["functions"].items():
        for syntax in signatures:
            name = syntax.partition("(")[0]
            minimum, maximum = _arity(syntax)
            found[name] = Function(name, category, syntax, minimum, maximum, name in external)
    return MappingProxyType(found)


def _arity(syntax: str) -> tuple[int, int | None]:
    parameters = [part.strip() for part in _PARAMETER.findall(syntax.partition("(")[2].rstrip(")"))]
    parameters = [part for part in parameters if part]
    minimum = sum(not part.startswith("[") for part in parameters)
    return minimum, None if "..." in syntax else len(parameters)
