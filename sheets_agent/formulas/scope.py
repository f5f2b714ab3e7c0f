"""What the names in a formula stand for while it is said again, and so which of its parts are arrays."""

from __future__ import annotations

from sheets_agent.formulas import growth
from sheets_agent.formulas.catalogue import lookup
from sheets_agent.formulas.hosts import Open, inlined
from sheets_agent.formulas.parameters import GIVES_ARRAY, taking
from sheets_agent.formulas.surroundings import Surroundings
from sheets_agent.formulas.syntax import Braces, Call, Cells, Chain, Group, Name, Node, Percent, Prefix, children

_HEAVIEST = 20_000
"""How many parts a formula may have when the names of LET are replaced by what they stand for."""


class Scope:
    """The names that LET and LAMBDA have given a meaning to at one place of a formula.

    Attributes:
        names: by the name in lower case, what it is called now and whether it is an array.
        values: what it stands for; None for the parameter of a LAMBDA.
        functions: inside of how many functions this is that another function calls, however often.
    """

    def __init__(self, around: Surroundings) -> None:
        self.around = around
        self.names: dict[str, tuple[Name, bool]] = {}
        self.values: dict[str, Node | None] = {}
        self.functions = 0
        self._weights: dict[int, tuple[Node, int]] = {}

    def closed(self, node: Node) -> Node | None:
        """A tree with the names of LET replaced; None when it depends on a LAMBDA, or would become too large."""
        try:
            found = inlined(node, self.values)
        except Open:
            return None
        return found if growth.weight(found, self._weights) <= _HEAVIEST else None

    def several(self, node: Call) -> list[int]:
        """The one-value parameters of a call that hold arrays."""
        count = len(node.arguments)
        return [
            index
            for index, argument in enumerate(node.arguments)
            if taking(node.name, index, count) == "one" and self.is_array((argument,))
        ]

    def is_array(self, nodes: tuple[Node, ...]) -> bool:
        """Whether any of these is an array when whole arrays are calculated."""
        return any(self.gives_array(node) for node in nodes)

    def gives_array(self, node: Node) -> bool:
        """Whether a node is an array when whole arrays are calculated."""
        match node:
            case Cells(reference=reference):
                return not reference.single
            case Name(text=name):
                if (known := self.names.get(name.casefold())) is not None:
                    return known[1]
                named = self.around.names.get(name.casefold())
                return named is not None and not named.single
            case Braces(rows=rows):
                return len(rows) > 1 or len(rows[0]) > 1 or self.is_array(rows[0])
            case Call(name="LET", arguments=arguments):
                return self.gives_array(arguments[-1])
            case Call(name=name) if lookup(name) is None and name.casefold() not in self.names:
                return False
            case Call(name="INDEX", arguments=(Braces(rows=rows) as data, _)) if 1 in (len(rows), len(rows[0])):
                return self.is_array(children(data))
            case Call(name="INDEX", arguments=(data, *places)):
                return self.gives_array(data) and len(places) < 2 and not isinstance(data, Cells)
            case Call(name=name, arguments=arguments):
                if name in GIVES_ARRAY:
                    return True
                passed = tuple(
                    argument
                    for index, argument in enumerate(arguments)
                    if taking(name, index, len(arguments)) != "range"
                )
                return (name in ("ROW", "COLUMN") and self.is_array(arguments)) or self.is_array(passed)
            case Group() | Prefix() | Percent() | Chain():
                return self.is_array(children(node))
            case _:
                return False
