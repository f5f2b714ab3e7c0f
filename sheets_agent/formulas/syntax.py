"""The syntax tree of a formula, and the parser that builds it.

The grammar is that of Sheets: `;` separates arguments as well as `,`; braces hold ranges and computed parts as well as
constants; ranges may be open (`A2:A`); an argument may be left out. A run of operators of one precedence is one flat
`Chain`, so a sum of ten thousand terms is no deeper than a sum of two.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from sheets_agent.formulas.references import Reference, read
from sheets_agent.formulas.tokens import Kind, Token, tokens

MAX_LENGTH = 50_000
MAX_NESTING = 100

PRECEDENCE = {"=": 1, "<>": 1, "<": 1, ">": 1, "<=": 1, ">=": 1, "&": 2, "+": 3, "-": 3, "*": 4, "/": 4, "^": 5, ":": 9}
_PREFIX = 6


class FormulaError(ValueError):
    """The text is not a formula of Sheets; the message is a sentence that says why."""


@dataclass(frozen=True, slots=True)
class Literal:
    """A number, a text in its quotes, or TRUE / FALSE, as typed."""

    text: str


@dataclass(frozen=True, slots=True)
class ErrorLiteral:
    """An error written out, such as #REF!."""

    text: str


@dataclass(frozen=True, slots=True)
class Cells:
    """A reference."""

    reference: Reference


@dataclass(frozen=True, slots=True)
class Name:
    """A named range, or a name bound by LET or LAMBDA."""

    text: str


@dataclass(frozen=True, slots=True)
class Table:
    """A structured reference, such as Sales[Amount]."""

    text: str


@dataclass(frozen=True, slots=True)
class Omitted:
    """An argument left out."""


@dataclass(frozen=True, slots=True)
class Call:
    """A function call. `start` and `end` are character offsets in the formula."""

    name: str
    arguments: tuple[Node, ...]
    start: int = 0
    end: int = 0


@dataclass(frozen=True, slots=True)
class Apply:
    """A call of something computed: `LAMBDA(x, x + 1)(3)`."""

    callee: Node
    arguments: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Prefix:
    """One or more signs before an operand."""

    operators: str
    operand: Node


@dataclass(frozen=True, slots=True)
class Percent:
    """An operand followed by one or more `%`."""

    operand: Node
    signs: str = "%"


@dataclass(frozen=True, slots=True)
class Chain:
    """Operands joined by operators of one precedence, evaluated from the left."""

    first: Node
    rest: tuple[tuple[str, Node], ...]


@dataclass(frozen=True, slots=True)
class Group:
    """Something in parentheses."""

    inner: Node


@dataclass(frozen=True, slots=True)
class Braces:
    """An array in braces, row by row."""

    rows: tuple[tuple[Node, ...], ...]


Node = (
    Literal | ErrorLiteral | Cells | Name | Table | Omitted | Call | Apply | Prefix | Percent | Chain | Group | Braces
)


def tree(text: str) -> Node:
    """Parse a formula, with or without its leading "=".

    Raises:
        FormulaError: when it is not a formula, is longer than 50,000 characters or nests more than 100 levels deep.
    """
    if len(text) > MAX_LENGTH:
        raise FormulaError(f"The formula is {len(text)} characters long; Sheets allows {MAX_LENGTH}.")
    return _Parser(text).whole()


def children(node: Node) -> tuple[Node, ...]:
    """The parts directly under a node."""
    match node:
        case Call(arguments=arguments):
            return arguments
        case Apply(callee=callee, arguments=arguments):
            return (callee, *arguments)
        case Prefix(operand=operand) | Percent(operand=operand) | Group(inner=operand):
            return (operand,)
        case Chain(first=first, rest=rest):
            return (first, *(operand for _, operand in rest))
        case Braces(rows=rows):
            return tuple(element for row in rows for element in row)
        case _:
            return ()


def rebuilt(node: Node, change: Callable[[Node], Node]) -> Node:
    """A node with the parts directly under it changed; the node itself when none of them is."""
    new = {id(one): change(one) for one in children(node)}
    if all(new[id(one)] is one for one in children(node)):
        return node
    match node:
        case Call(arguments=arguments):
            return replace(node, arguments=tuple(new[id(one)] for one in arguments))
        case Apply(callee=callee, arguments=arguments):
            return Apply(new[id(callee)], tuple(new[id(one)] for one in arguments))
        case Prefix(operand=operand) | Percent(operand=operand):
            return replace(node, operand=new[id(operand)])
        case Group(inner=inner):
            return Group(new[id(inner)])
        case Chain(first=first, rest=rest):
            return Chain(new[id(first)], tuple((sign, new[id(one)]) for sign, one in rest))
        case Braces(rows=rows):
            return Braces(tuple(tuple(new[id(one)] for one in row) for row in rows))
        case _:
            return node


def walk(node: Node) -> Iterator[Node]:
    """A node and everything under it, outer ones first, from left to right."""
    pending = [node]
    while pending:
        current = pending.pop()
        yield current
        pending += reversed(children(current))


def render(node: Node) -> str:
    """The text of a tree, without the leading "=" and without white space."""
    match node:
        case Literal(text=text) | ErrorLiteral(text=text) | Name(text=text) | Table(text=text):
            return text
        case Cells(reference=reference):
            return str(reference)
        case Omitted():
            return ""
        case Call(name=name, arguments=arguments):
            return f"{name}({','.join(map(render, arguments))})"
        case Apply(callee=callee, arguments=arguments):
            return f"{render(callee)}({','.join(map(render, arguments))})"
        case Prefix(operators=operators, operand=operand):
            return operators + render(operand)
        case Percent(operand=operand, signs=signs):
            return render(operand) + signs
        case Chain(first=first, rest=rest):
            return render(first) + "".join(operator + render(operand) for operator, operand in rest)
        case Group(inner=inner):
            return f"({render(inner)})"
        case Braces(rows=rows):
            return "{" + ";".join(",".join(map(render, row)) for row in rows) + "}"


class _Parser:
    def __init__(self, text: str) -> None:
        kept = [token for token in tokens(text) if token.kind is not Kind.SPACE]
        if kept and kept[0].text == "=":
            del kept[0]
        self._tokens = kept
        self._at = 0
        self._depth = 0

    def whole(self) -> Node:
        if not self._tokens:
            raise FormulaError("The formula is empty.")
        node = self._expression(0)
        if (token := self._token()) is not None:
            raise FormulaError(_unexpected(token))
        return node

    def _token(self) -> Token | None:
        return self._tokens[self._at] if self._at < len(self._tokens) else None

    def _is(self, text: str) -> bool:
        return self._at < len(self._tokens) and self._tokens[self._at].text == text

    def _expect(self, text: str) -> Token:
        token = self._token()
        if token is None:
            raise FormulaError(f"The formula ends before its “{text}”.")
        if token.text != text:
            raise FormulaError(_unexpected(token))
        self._at += 1
        return token

    def _expression(self, least: int) -> Node:
        left = self._prefixed()
        while (token := self._token()) is not None and token.kind is Kind.OPERATOR:
            if token.text == "%":
                self._at += 1
                left = Percent(left.operand, left.signs + "%") if isinstance(left, Percent) else Percent(left)
                continue
            precedence = PRECEDENCE.get(token.text, 0)
            if precedence <= least:
                break
            rest = []
            while (token := self._token()) is not None and PRECEDENCE.get(token.text) == precedence:
                self._at += 1
                rest.append((token.text, self._expression(precedence)))
            left = Chain(left, tuple(rest))
        return left

    def _prefixed(self) -> Node:
        start = self._at
        while self._is("-") or self._is("+"):
            self._at += 1
        if self._at == start:
            return self._operand()
        signs = "".join(token.text for token in self._tokens[start : self._at])
        return Prefix(signs, self._expression(_PREFIX))

    def _operand(self) -> Node:
        token = self._token()
        if token is None:
            raise FormulaError("The formula ends where a value should stand.")
        self._at += 1
        self._depth += 1
        if self._depth > MAX_NESTING:
            raise FormulaError(f"The formula nests more than {MAX_NESTING} levels deep.")
        node = self._applied(self._atom(token))
        self._depth -= 1
        return node

    def _atom(self, token: Token) -> Node:
        match token.kind:
            case Kind.NUMBER if math.isinf(float(token.text)):
                return ErrorLiteral("#NUM!")
            case Kind.NUMBER | Kind.TEXT:
                return Literal(token.text)
            case Kind.ERROR:
                return ErrorLiteral(token.text.rpartition("!#")[2] and "#" + token.text.rpartition("#")[2])
            case Kind.REFERENCE:
                return _cells(token)
            case Kind.FUNCTION:
                self._expect("(")
                arguments = self._arguments()
                return Call(token.text.upper(), arguments, token.start, self._tokens[self._at - 1].end)
            case Kind.NAME:
                upper = token.text.upper()
                return Literal(upper) if upper in ("TRUE", "FALSE") else Name(token.text)
            case Kind.TABLE:
                return Table(token.text)
            case Kind.OPEN if token.text == "(":
                inner = self._expression(0)
                self._expect(")")
                return Group(inner)
            case Kind.OPEN:
                return self._braces()
            case _:
                raise FormulaError(_unexpected(token))

    def _applied(self, node: Node) -> Node:
        while isinstance(node, Call | Apply | Group) and self._is("("):
            self._at += 1
            node = Apply(node, self._arguments())
        return node

    def _arguments(self) -> tuple[Node, ...]:
        """Up to and past the closing parenthesis; an empty pair has none."""
        if self._is(")"):
            self._at += 1
            return ()
        arguments = [self._argument()]
        while self._is(",") or self._is(";"):
            self._at += 1
            arguments.append(self._argument())
        self._expect(")")
        return tuple(arguments)

    def _argument(self) -> Node:
        return Omitted() if self._is(",") or self._is(";") or self._is(")") else self._expression(0)

    def _braces(self) -> Node:
        rows: list[list[Node]] = [[]]
        if self._is("}"):
            self._at += 1
            return Braces(((),))
        while True:
            rows[-1].append(self._expression(0))
            if self._is(","):
                self._at += 1
            elif self._is(";"):
                self._at += 1
                rows.append([])
            else:
                self._expect("}")
                return Braces(tuple(map(tuple, rows)))


def _cells(token: Token) -> Node:
    reference = read(token.text)
    corners = (reference.first, reference.last or reference.first)
    if any(corner.row is not None and corner.row < 0 for corner in corners):
        raise FormulaError(f"“{token.text}” names row 0; rows are counted from 1.")
    return Cells(reference)


def _unexpected(token: Token) -> str:
    what = "An unclosed quote" if token.text in ('"', "'") else f"“{token.text}”"
    return f"{what} at character {token.start + 1} is not expected there."
