"""A formula as a tree of calls, with everything else kept as it was typed.

File formats differ from Sheets in function names, a few wrappers and the form of references. Rewriting those needs to
know where strings, references and calls begin and end, and nothing of precedence, so this tree is all there is:

    "=SUM(A1;2)*x"  →  [Call("SUM", [[Operand("A1")], ["2"]]), "*", Operand("x")]

Formualizer's tokenizer does the reading.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from formualizer import Tokenizer, TokenizerError


class Unreadable(ValueError):
    """The text is not a formula that can be read."""


@dataclass(frozen=True, slots=True)
class Operand:
    """A reference or a name, as typed: `Sheet1!A1:B2`, `rate`, `Table1[Price]`, `ИСТИНА`."""

    text: str


@dataclass(frozen=True, slots=True)
class Call:
    """A function call; each argument is a list of parts, empty when it was left out. No arguments is `[]`."""

    name: str
    arguments: list[Parts]


@dataclass(frozen=True, slots=True)
class Braces:
    """An array literal: rows of elements."""

    rows: list[list[Parts]]


Part = str | Operand | Call | Braces
Parts = list[Part]


def parse(formula: str) -> Parts:
    """The parts of a formula, which starts with "=".

    Raises:
        Unreadable: when it cannot be tokenized, or its brackets do not match.
    """
    try:
        tokens = [(token.value, str(token.token_type), str(token.subtype)) for token in Tokenizer(formula) if token]
    except (TokenizerError, ValueError) as error:
        raise Unreadable(str(error)) from error
    reader = _Reader(tokens)
    parts = reader.parts()
    if reader.rest():
        raise Unreadable(f"unmatched bracket in {formula}")
    return parts


class _Reader:
    def __init__(self, tokens: list[tuple[str, str, str]]) -> None:
        self._tokens = tokens
        self._at = 0

    def rest(self) -> bool:
        return self._at < len(self._tokens)

    def parts(self) -> Parts:
        """Parts up to a separator or a closing bracket, which is left to the caller."""
        parts: Parts = []
        while self.rest():
            value, kind, subtype = self._tokens[self._at]
            if kind.endswith("Sep") or subtype.endswith("Close"):
                return parts
            self._at += 1
            if subtype.endswith("Open"):
                parts += self._bracketed(value, kind)
            elif kind.endswith("Operand") and subtype.endswith("Range"):
                parts.append(Operand(value))
            else:
                parts.append(value)
        return parts

    def _bracketed(self, value: str, kind: str) -> Parts:
        if kind.endswith("Func"):
            rows = self._rows(lambda separator: False)
            arguments = rows[0]
            return [Call(value[:-1], [] if arguments == [[]] else arguments)]
        if kind.endswith("Array"):
            return [Braces(self._rows(lambda separator: separator == ";"))]
        inner: Parts = ["("]
        for index, element in enumerate(self._rows(lambda separator: False)[0]):
            inner += [",", *element] if index else element
        return [*inner, ")"]

    def _rows(self, breaks_row: Callable[[str], bool]) -> list[list[Parts]]:
        rows: list[list[Parts]] = [[self.parts()]]
        while self.rest():
            value, kind, _ = self._tokens[self._at]
            self._at += 1
            if not kind.endswith("Sep"):
                return rows
            if breaks_row(value):
                rows.append([])
            rows[-1].append(self.parts())
        raise Unreadable("a bracket is not closed")


def text(parts: Parts) -> str:
    """The formula's text without the leading "=", arguments separated by commas."""
    return "".join(_part_text(part) for part in parts)


def _part_text(part: Part) -> str:
    if isinstance(part, str):
        return part
    if isinstance(part, Operand):
        return part.text
    if isinstance(part, Call):
        return f"{part.name}({','.join(map(text, part.arguments))})"
    return "{" + ";".join(",".join(map(text, row)) for row in part.rows) + "}"


def calls(parts: Parts) -> list[Call]:
    """Every call in the tree, outer ones first."""
    found: list[Call] = []
    for part in parts:
        if isinstance(part, Call):
            found.append(part)
            for argument in part.arguments:
                found += calls(argument)
        elif isinstance(part, Braces):
            for row in part.rows:
                for element in row:
                    found += calls(element)
    return found


def rewrite(
    parts: Parts,
    call: Callable[[Call], Parts],
    operand: Callable[[str], Parts],
    braces: Callable[[Braces], Parts] = lambda braces: [braces],
) -> Parts:
    """The tree with every call, operand and array literal replaced, innermost first."""

    def inner(elements: Parts) -> Parts:
        return rewrite(elements, call, operand, braces)

    result: Parts = []
    for part in parts:
        if isinstance(part, Call):
            result += call(Call(part.name, [inner(argument) for argument in part.arguments]))
        elif isinstance(part, Operand):
            result += operand(part.text)
        elif isinstance(part, Braces):
            result += braces(Braces([[inner(element) for element in row] for row in part.rows]))
        else:
            result.append(part)
    return result


def strip(parts: Parts) -> Parts:
    """The parts without white space at both ends."""
    start, end = 0, len(parts)
    while start < end and _blank(parts[start]):
        start += 1
    while end > start and _blank(parts[end - 1]):
        end -= 1
    return parts[start:end]


def _blank(part: Part) -> bool:
    return isinstance(part, str) and not part.strip()


def names(text: str) -> frozenset[str]:
    """A set of function names from one text."""
    return frozenset(text.split())
