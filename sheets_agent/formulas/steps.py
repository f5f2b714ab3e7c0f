"""MAP, REDUCE and the like said again, so that every step has values that were made for all steps beforehand.

`BYROW(A1:B3, LAMBDA(r, SUM(r) + RAND()))` is said as `MAP(SEQUENCE(3, 1), RANDARRAY(3, 1), LAMBDA(place, draw, LET(r,
INDEX(A1:B3, place, 0), SUM(r) + draw)))`, and REDUCE as going over the places of its values in the same way.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from sheets_agent.formulas.nodes import REFUSED, binary, call, number
from sheets_agent.formulas.syntax import Call, Cells, Group, Name, Node, walk
from sheets_agent.functions.hosted import STANDING

_PARAMETERS = {"MAKEARRAY": (2, 2), "REDUCE": (2, 2), "SCAN": (2, 2), "BYROW": (1, 1), "BYCOL": (1, 1)}
"""Of the functions that take a certain number of arguments beside their LAMBDA, that number and the parameters."""

_MOST_VALUES = 20_000
"""Of an array that is calculated, not cells: each is looked up by its place."""


@dataclass(frozen=True)
class Steps:
    """A call of a function that calls its LAMBDA for every value, row or column.

    Attributes:
        node: the call.
        given: its arguments beside the LAMBDA.
        parameters: the names of the LAMBDA's parameters.
        body: what is calculated at every step.
    """

    node: Call
    given: tuple[Node, ...]
    parameters: tuple[Name, ...]
    body: Node

    @property
    def size(self) -> tuple[Node, Node]:
        """How many rows and columns of steps there are."""
        if self.node.name == "MAKEARRAY":
            return self.given[0], self.given[1]
        rows, columns = call("ROWS", self._data), call("COLUMNS", self._data)
        return number(1) if self.node.name == "BYCOL" else rows, number(1) if self.node.name == "BYROW" else columns

    @property
    def _data(self) -> Node:
        """What is gone over: cells, or in other functions than MAP a name for what is calculated."""
        if self.node.name == "MAP":
            return self.given[0]
        return self.given[-1] if isinstance(self.given[-1], Cells) else Name(f"data {self.node.start}")

    def saying(self, body: Node, values: Mapping[str, Node]) -> Call:
        """The call with another body.

        Args:
            body: what is calculated at every step.
            values: by a name in the body, the array of what it is at each step, as large as `size`.
        """
        if self.node.name == "MAP":
            return self._map(self.given, self.parameters, body, values)
        lines = self.node.name in ("BYROW", "BYCOL")
        said = self._lines(body, values) if lines else self._placed(body, values)
        if self.node.name == "MAKEARRAY" or isinstance(self.given[-1], Cells):
            return said
        return call("LET", self._data, call(STANDING, self._limited(self.given[-1])), said)

    def _limited(self, data: Node) -> Node:
        whole = Name(f"whole {self.node.start}")
        count = binary(call("ROWS", whole), "*", call("COLUMNS", whole))
        return call("LET", whole, data, call("IF", binary(count, ">", number(_MOST_VALUES)), REFUSED, whole))

    def _map(
        self, given: tuple[Node, ...], parameters: tuple[Name, ...], body: Node, values: Mapping[str, Node]
    ) -> Call:
        function = call("LAMBDA", *parameters, *map(Name, values), body)
        return replace(self.node, name="MAP", arguments=(*given, *values.values(), function))

    def _lines(self, body: Node, values: Mapping[str, Node]) -> Call:
        """BYROW and BYCOL, as a MAP over the numbers of the rows or columns."""
        (line,), place = self.parameters, Name(f"place {self.node.start}")
        at = (place, number(0)) if self.node.name == "BYROW" else (number(0), place)
        if any(isinstance(one, Name) and one.text.casefold() == line.text.casefold() for one in walk(body)):
            body = call("LET", line, call("INDEX", self._data, *at), body)
        return self._map((call("SEQUENCE", *self.size),), (place,), body, values)

    def _placed(self, body: Node, values: Mapping[str, Node]) -> Call:
        """REDUCE and SCAN over the places of their values, and MAKEARRAY, with each value looked up by its place."""
        first, second = self.parameters
        given, parameters = self.given, self.parameters
        at: tuple[Node, Node] = (first, second)
        named: list[Node] = []
        if self.node.name != "MAKEARRAY":
            place, columns = Name(f"place {self.node.start}"), call("COLUMNS", self._data)
            before = binary(place, "-", number(1))
            at = (
                binary(call("INT", binary(before, "/", columns)), "+", number(1)),
                binary(call("MOD", before, columns), "+", number(1)),
            )
            given, parameters = (given[0], call("SEQUENCE", *self.size)), (first, place)
            named = [second, call("INDEX", self._data, *at)]
        arrays = {name: Name(f"all {name}") for name in values}
        for name, array in arrays.items():
            named += [Name(name), call("INDEX", array, *at)]
        made = replace(self.node, arguments=(*given, call("LAMBDA", *parameters, call("LET", *named, body))))
        kept = [one for name, value in values.items() for one in (arrays[name], value)]
        return call("LET", *kept, made)


def steps_of(node: Call) -> Steps | None:
    """A call taken apart; None when its function is not written out, or has other parameters than it needs."""
    *given, function = node.arguments
    while isinstance(function, Group):
        function = function.inner
    if not given or not isinstance(function, Call) or function.name != "LAMBDA" or not function.arguments:
        return None
    *parameters, body = function.arguments
    names = tuple(one for one in parameters if isinstance(one, Name))
    if len(names) != len(parameters) or (len(given), len(names)) != _PARAMETERS.get(
        node.name, (len(names), len(given))
    ):
        return None
    return Steps(node, tuple(given), names, body)
