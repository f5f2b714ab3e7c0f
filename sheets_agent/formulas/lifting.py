"""Calls that the calculation engine cannot make, taken out of the functions that are called for every value.

`MAP(A2:A, LAMBDA(x, LEN(TO_TEXT(x))))` becomes `MAP(A2:A, ARRAYFORMULA(TO_TEXT(A2:A)), LAMBDA(x, y, LEN(y)))`: the call
is made once, with everything that it would be given. What depends on the result of the step before, or would need a
whole table for every value, stays where it is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from itertools import count

from sheets_agent.formulas.growth import weight
from sheets_agent.formulas.hosts import Open, inlined
from sheets_agent.formulas.nodes import Unsupported, binary, call, constant, number
from sheets_agent.formulas.parameters import GIVES_ARRAY, taking, words
from sheets_agent.formulas.syntax import (
    Braces,
    Call,
    Cells,
    Group,
    Literal,
    Name,
    Node,
    Omitted,
    children,
    rebuilt,
    walk,
)
from sheets_agent.functions.hosted import CARRIED, CHANCE, ELEMENTWISE

_LOOPS = words("BYCOL BYROW MAKEARRAY MAP REDUCE SCAN")
_SAME_HEIGHT = words("ARRAYFORMULA FILTER SORT UNIQUE")
_MOST_NODES = 20_000
"""How large a formula may become."""


def lifted(node: Node) -> Node:
    """A tree whose functions called for every value make no call that the engine cannot make, as far as that goes.

    Raises:
        Unsupported: when the formula would become too large.
    """
    return _lifted(node, (f"\x05{drawn}" for drawn in count()).__next__)


def _bounded(node: Node) -> Node:
    if weight(node, {}) > _MOST_NODES:
        raise Unsupported("so many calls inside of a LAMBDA")
    return node


def _lifted(node: Node, draw: Callable[[], str]) -> Node:
    node = rebuilt(node, lambda one: _lifted(one, draw))
    found = _out_of_loop(node, draw)
    return node if found is node else _bounded(found)


def _out_of_loop(node: Node, draw: Callable[[], str]) -> Node:
    if not isinstance(node, Call) or node.name not in _LOOPS or len(node.arguments) < 2:
        return node
    *given, function = node.arguments
    if not isinstance(function, Call) or function.name != "LAMBDA" or not _concerned(function):
        return node
    parameters = [one.text for one in function.arguments[:-1] if isinstance(one, Name)]
    if len(parameters) != len(function.arguments) - 1 or any(_calls(one, CHANCE) for one in node.arguments):
        return node
    body, first = function.arguments[-1], Name(draw())
    loop = _Loop(draw)
    match node.name, given, parameters:
        case "MAP", _, _ if len(given) == len(parameters):
            loop.arrays = dict(zip(map(str.casefold, parameters), given, strict=True))
            return loop.mapped(body) or node
        case "BYROW" | "BYCOL", [data], [item]:
            rows = node.name == "BYROW"
            line: tuple[Node, Node] = (first, number(0)) if rows else (number(0), first)
            loop.arrays = {first.text: _sequence(call("ROWS", data)) if rows else _sequence(number(1), _columns(data))}
            loop.line = {item.casefold(): call("INDEX", data, *line)}
            loop.several = not (rows and _is_column(data))
            return loop.mapped(body) or node
        case "MAKEARRAY", [height, width], [row, column]:
            loop.arrays = {first.text: _sequence(height, width)}
            return loop.mapped(_with(body, {row: _row(first, width), column: _column(first, width)})) or node
        case "REDUCE" | "SCAN", [start, data], [total, item]:
            loop.arrays = {first.text: _sequence(call("ROWS", data), _columns(data))}
            loop.closed = frozenset((total.casefold(),))
            place = (_row(first, _columns(data)), _column(first, _columns(data)))
            reduced = loop.stepped(node.name, start, total, place, _with(body, {item: call("INDEX", data, *place)}))
            return reduced or node
        case _:
            return node


class _Loop:
    """One function called for every value, and the arrays that its parameters stand for."""

    def __init__(self, draw: Callable[[], str]) -> None:
        self.arrays: dict[str, Node] = {}
        self.closed: frozenset[str] = frozenset()
        self.line: dict[str, Node] = {}
        """The parameter that is a whole row or column, and what it is."""
        self.several = False
        """Whether such a row or column may have more than one cell."""
        self._draw = draw

    def mapped(self, body: Node) -> Node | None:
        """The loop as a MAP; None when nothing can be taken out of it."""
        if self._one_column() and (spread := self._spread(body)) is not None:
            return call("ARRAYFORMULA", spread)
        before = len(self.arrays)
        new = self._taken_out(body, {})
        if len(self.arrays) == before:
            return None
        return self._map(new, always=before)

    def stepped(self, name: str, start: Node, total: str, at: tuple[Node, Node], body: Node) -> Node | None:
        """The loop as a REDUCE or SCAN over the places of the values; `at` is the row and the column of a place."""
        (place, places), before = next(iter(self.arrays.items())), len(self.arrays)
        new = self._taken_out(body, {})
        if len(self.arrays) == before:
            return None
        results = {one: call("INDEX", array, *at) for one, array in list(self.arrays.items())[before:]}
        return call(name, start, places, call("LAMBDA", Name(total), Name(place), _with(new, results)))

    def _map(self, body: Node, always: int) -> Node:
        """A MAP of the first arrays, and of those others that the body needs."""
        body = _with(body, self.line)
        free = _names(body)
        used = [one for index, one in enumerate(self.arrays) if index < always or one in free]
        return call("MAP", *(self.arrays[one] for one in used), call("LAMBDA", *map(Name, used), body))

    def _one_column(self) -> bool:
        return all(map(_is_column, self.arrays.values()))

    def _spread(self, body: Node) -> Node | None:
        """A body that gives several values to the right, as an array of all rows; None when it is another body."""
        match body:
            case Group(inner=inner):
                return self._spread(inner)
            case Call() if _gives_several(body):
                return self._made(body)
            case Call(name="IF", arguments=(test, *branches)):
                spread = [self._spread(one) for one in branches]
                if all(one is None for one in spread):
                    return None
                rest = [
                    one or (given if isinstance(given, Omitted) else self._over(given))
                    for one, given in zip(spread, branches, strict=True)
                ]
                return call("IF", self._over(test), *rest)
            case Call(name="IFERROR" | "IFNA" as name, arguments=(value, *instead)) if len(instead) < 2:
                caught = self._spread(value)
                return None if caught is None else call(name, caught, *map(self._over, instead))
            case _:
                return None

    def _gives_line(self, node: Node) -> bool:
        """Whether an expression is as long as the row or column that it is given."""
        match node:
            case Name(text=text):
                return self.several and text.casefold() in self.line
            case Call(name="INDEX", arguments=(_, *places)):
                return not places or any(constant(one) == 0 for one in places)
            case Call(name=name, arguments=arguments):
                if name in GIVES_ARRAY:
                    return self.several and bool(_names(node) & self.line.keys())
                kinds = (taking(name, index, len(arguments)) for index in range(len(arguments)))
                given = zip(arguments, kinds, strict=True)
                return any(kind != "range" and self._gives_line(one) for one, kind in given)
            case _:
                return any(map(self._gives_line, children(node)))

    def _over(self, body: Node) -> Node:
        """What an expression gives for every value."""
        if isinstance(body, Literal) or (isinstance(body, Cells) and body.reference.single):
            return body
        if isinstance(body, Name) and body.text.casefold() in self.arrays:
            return self.arrays[body.text.casefold()]
        return self._map(self._taken_out(body, {}), always=1)

    def _taken_out(self, node: Node, values: Mapping[str, Node | None]) -> Node:
        """A part of the body, with parameters in the place of what is taken out of it."""
        match node:
            case Call(name="LAMBDA"):
                return node
            case Call(name="LET", arguments=arguments) if len(arguments) % 2:
                known, parts = dict(values), list[Node]()
                for name, value in zip(arguments[:-1:2], arguments[1:-1:2], strict=True):
                    new = self._taken_out(value, known)
                    parts.extend((name, new))
                    if isinstance(name, Name):
                        known[name.text.casefold()] = inlined(new, known)
                return call("LET", *parts, self._taken_out(arguments[-1], known))
            case Call() if _liftable(node):
                arguments = tuple(self._taken_out(one, values) for one in node.arguments)
                made = self._made(call(node.name, *(_bounded(inlined(one, values)) for one in arguments)))
                if made is None:
                    return call(node.name, *arguments)
                drawn = self._draw()
                self.arrays[drawn] = call("ARRAYFORMULA", made)
                return Name(drawn)
            case _:
                return rebuilt(node, lambda one: self._taken_out(one, values))

    def _made(self, node: Call) -> Node | None:
        """A call with everything that it would be given; None when it has to be made where it is."""
        arguments: list[Node] = []
        total = len(node.arguments)
        concerned = False
        for index, one in enumerate(node.arguments):
            free = _names(one)
            if free & self.closed or any(isinstance(part, Call) and part.name == "LAMBDA" for part in walk(one)):
                return None
            depends = bool(free & (self.arrays.keys() | self.line.keys()))
            if self._gives_line(one):
                return None
            concerned |= depends
            if taking(node.name, index, total) != "one":
                if depends:
                    return None
                arguments.append(one)
            else:
                arguments.append(self._over(one) if depends or not _is_single(one) else one)
        return call(node.name, *arguments) if concerned else None


def _concerned(function: Call) -> bool:
    return any(isinstance(one, Call) and one.name in ELEMENTWISE | CARRIED for one in walk(function.arguments[-1]))


def _liftable(node: Call) -> bool:
    return node.name in ELEMENTWISE | CARRIED and not _gives_several(node)


def _gives_several(node: Call) -> bool:
    """Whether the value of a call may be several cells."""
    if node.name == "SPLIT":
        return True
    if node.name != "REGEXEXTRACT" or len(node.arguments) < 2:
        return False
    pattern = constant(node.arguments[1])
    return not isinstance(pattern, str) or len(re.findall(r"(?<!\\)\((?!\?[^P<])", pattern)) > 1


def _is_single(node: Node) -> bool:
    return not any(
        isinstance(one, Name | Braces)
        or (isinstance(one, Cells) and not one.reference.single)
        or (isinstance(one, Call) and one.name in GIVES_ARRAY)
        for one in walk(node)
    )


def _is_column(node: Node) -> bool:
    """Whether an array is sure to be one column."""
    match node:
        case Group(inner=inner):
            return _is_column(inner)
        case Cells(reference=reference):
            last = reference.last or reference.first
            return reference.first.column is not None and reference.first.column == last.column
        case Call(name="FLATTEN" | "TOCOL"):
            return True
        case Call(name="SEQUENCE", arguments=arguments):
            return len(arguments) == 1
        case Call(name=name, arguments=arguments) if name in _SAME_HEIGHT and arguments:
            return _is_column(arguments[0])
        case _:
            return False


def _calls(node: Node, names: frozenset[str]) -> bool:
    return any(isinstance(one, Call) and one.name in names for one in walk(node))


def _names(node: Node) -> frozenset[str]:
    return frozenset(one.text.casefold() for one in walk(node) if isinstance(one, Name))


def _with(node: Node, values: Mapping[str, Node]) -> Node:
    """A tree with names replaced."""
    try:
        return inlined(node, {name.casefold(): value for name, value in values.items()})
    except Open:
        return node


def _sequence(height: Node, width: Node | None = None) -> Node:
    return call("SEQUENCE", height) if width is None else call("SEQUENCE", height, width)


def _columns(node: Node) -> Node:
    return call("COLUMNS", node)


def _row(place: Name, width: Node) -> Node:
    return binary(call("INT", binary(binary(place, "-", number(1)), "/", width)), "+", number(1))


def _column(place: Name, width: Node) -> Node:
    return binary(call("MOD", binary(place, "-", number(1)), width), "+", number(1))
