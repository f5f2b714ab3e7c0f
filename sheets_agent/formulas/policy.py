"""Which functions a formula may call: none that sends out what cells hold, unless a person has allowed it.

A formula is judged by its syntax tree, so nesting, case and white space hide nothing. Where it cannot be read it cannot
be judged, and is refused.

    SENDING   fetches an address that may be made of cells: refused unless allowed
    SERVICES  ask a service of Google's about cells: shown for approval, refused where nobody is asked, unless allowed
    HYPERLINK an address that is written out and that the task names, or a place in the spreadsheet; else like SENDING
    unknown   functions that Google's list does not have are scripts or named functions: refused unless allowed

Source: https://support.google.com/docs/table/25273
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from sheets_agent.formulas import catalogue
from sheets_agent.formulas.parse import bound_names
from sheets_agent.formulas.syntax import Call, FormulaError, Literal, Name, Node, Omitted, children, tree, walk
from sheets_agent.formulas.tokens import Kind, tokens

SENDING = frozenset({"IMAGE", "IMPORTDATA", "IMPORTFEED", "IMPORTHTML", "IMPORTRANGE", "IMPORTXML"})
SERVICES = frozenset({"AI", "DETECTLANGUAGE", "GEMINI", "GOOGLEFINANCE", "GOOGLETRANSLATE"})
LINK = "HYPERLINK"

_BINDERS = ("LET", "LAMBDA")
_SPOKEN = re.compile(rf"(?<![\w.])({'|'.join(sorted(SENDING))})(?![\w.])", re.IGNORECASE)
_HOST = re.compile(
    r"(?:https?|ftp)://([^/?#@:]+)(?::\d+)?(?:[/?#].*)?|mailto:[^?@,;%]+@([^?@,;%]+)(?:\?subject=[^&]*)?", re.IGNORECASE
)
"""The host of an address that leads to one place whoever reads it: nothing before the host, no further recipients."""
_READ_OTHERWISE = re.compile(r"[^\S ]|[\\\x00-\x1f\x7f-\x9f]")
"""Signs that programs read differently in addresses: a browser takes a backslash for a slash, and leaves out a tab."""
_NAMED_HOST = re.compile(r"(?<![\w.-])(?:[\w-]+\.)+[^\W\d_]{2,}(?![\w-])")


@dataclass(frozen=True)
class FunctionPolicy:
    """What formulas may call.

    Attributes:
        allowed: functions a person has allowed, in upper case.
        hosts: internet hosts that the task names, in lower case: links may lead there.
        services: whether functions that ask a service of Google's may be used without being allowed, after approval.
    """

    allowed: frozenset[str] = frozenset()
    hosts: frozenset[str] = field(default=frozenset())
    services: bool = True

    def refusals(self, formula: str) -> tuple[str, ...]:
        """Why a formula may not be written, a sentence for each reason; none where it may.

        Args:
            formula: in en_US notation, with or without its leading sign.
        """
        try:
            root = tree(formula)
        except FormulaError as error:
            return (f"{_cut(formula)} cannot be read, so what it does cannot be checked: {error}",)
        found = [*self._called(root, frozenset()), *self._told(root)]
        return tuple(f"{sentence} In {_cut(formula)}." for sentence in dict.fromkeys(found))

    def spoken(self, text: str) -> tuple[str, ...]:
        """Why a text may not be put into formulas: the functions it names that may not be called."""
        return tuple(dict.fromkeys(_refused(name.upper()) for name in _SPOKEN.findall(text) if self._bars(name)))

    def address(self, address: str) -> str:
        """Why a link may not lead to an address, empty where it may."""
        if LINK in self.allowed or address.startswith("#") or self._named(address):
            return ""
        return f"A link leads to {_cut(address)}, which the task does not name. {_allow(LINK)}"

    def _bars(self, name: str) -> bool:
        return name.upper() not in self.allowed

    def _called(self, node: Node, bound: frozenset[str]) -> Iterator[str]:
        """The calls that may not be made, below a node in which some names are bound."""
        if isinstance(node, Call):
            yield from self._call(node, bound)
        elif isinstance(node, Name) and self._hands_over(node, bound):
            yield _refused(node.text.upper())  # a function handed over to another one
        for child, known in _scoped(node, bound):
            yield from self._called(child, known)

    def _hands_over(self, name: Name, bound: frozenset[str]) -> bool:
        """Whether a name is a function that may not be given to others: there nobody sees what it is called with."""
        barred = SENDING | {LINK} | (frozenset() if self.services else SERVICES)
        return name.text.upper() in barred - self.allowed and name.text.casefold() not in bound

    def _call(self, call: Call, bound: frozenset[str]) -> Iterator[str]:
        if not self._bars(call.name):
            return
        if call.name in SENDING or (call.name in SERVICES and not self.services):
            yield _refused(call.name)
        elif call.name == LINK and not self._leads_to_a_named_place(call):
            yield (
                "HYPERLINK may lead only to an address that is written out and that the task names, or to a place in "
                f"the spreadsheet (#gid=…): an address made of cells carries them out. {_allow(LINK)}"
            )
        elif catalogue.lookup(call.name) is None and call.name.casefold() not in bound:
            yield (
                f"{call.name} is no function of Google Sheets, and what a script or a named function sends where "
                "cannot be known."
            )

    def _leads_to_a_named_place(self, call: Call) -> bool:
        first = call.arguments[0] if call.arguments else None
        if not isinstance(first, Literal) or not first.text.startswith('"'):
            return False
        address = _unquoted(first.text)
        return address.startswith("#") or self._named(address)

    def _named(self, address: str) -> bool:
        """Whether the host of an address is one that the task names."""
        if _READ_OTHERWISE.search(address):
            return False
        match = _HOST.fullmatch(address)
        host = (match[1] or match[2]) if match else re.split("[/?#]", address, maxsplit=1)[0]
        return host.lower() in self.hosts

    def _told(self, root: Node) -> Iterator[str]:
        """The functions whose calls stand in the texts of a formula, however they are cut: `"=IMPORT"&"XML("`."""
        texts = "".join(
            _unquoted(node.text) for node in walk(root) if isinstance(node, Literal) and node.text.startswith('"')
        )
        for name in sorted(SENDING):
            if self._bars(name) and re.search(rf"{name}\s*\(", texts, re.IGNORECASE):
                yield _refused(name)


def _scoped(node: Node, bound: frozenset[str]) -> Iterator[tuple[Node, frozenset[str]]]:
    """The parts under a node with the names that are bound in each: LET binds a name only for what comes after it."""
    if not isinstance(node, Call) or node.name not in _BINDERS:
        yield from ((child, bound) for child in children(node))
        return
    *given, result = node.arguments or (Omitted(),)
    if node.name == "LAMBDA":
        bound |= frozenset(bound_names(node))
        given = [one for one in given if not isinstance(one, Name)]
        yield from ((child, bound) for child in (*given, result))
        return
    name: Node = Omitted()
    for place, child in enumerate(given):
        if place % 2 == 0 and isinstance(child, Name):
            name = child
            continue
        yield child, bound
        if isinstance(name, Name):
            bound |= {name.text.casefold()}
    yield result, bound


def reaching_out(formula: str, allowed: frozenset[str]) -> tuple[str, ...]:
    """The functions of a formula that reach outside of the spreadsheet, and those a person has allowed."""
    called = {token.text.upper() for token in tokens(formula) if token.kind in (Kind.FUNCTION, Kind.NAME)}
    return tuple(sorted(called & (SENDING | SERVICES | allowed)))


def hosts_in(text: str) -> frozenset[str]:
    """The internet hosts that a text names, in lower case."""
    return frozenset(match[0].lower() for match in _NAMED_HOST.finditer(text))


def is_formula(text: str) -> bool:
    """Whether a text that is typed into a cell becomes a formula, invisible characters before its sign put aside."""
    return visible(text).startswith(("=", "+"))


def visible(text: str) -> str:
    """A text from its first visible character on."""
    start = next((at for at, sign in enumerate(text) if unicodedata.category(sign)[0] not in "CZ"), len(text))
    return text[start:]


def names(functions: Iterable[str]) -> frozenset[str]:
    """Names of functions as they are compared."""
    return frozenset(name.strip().upper() for name in functions)


def _refused(name: str) -> str:
    return f"{name} can send what cells hold to an address outside of the spreadsheet. {_allow(name)}"


def _allow(name: str) -> str:
    return f"Only you can allow it: --allow-function {name}."


def _unquoted(text: str) -> str:
    return text[1:-1].replace('""', '"')


def _cut(text: str) -> str:
    return text if len(text) <= 120 else text[:119] + "…"
