"""The calls of a formula that the calculation engine cannot make: taken out of it, each with its arguments.

What stands for a call in the formula is a mark, see `hosts.py`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sheets_agent.formulas import criteria
from sheets_agent.formulas.blanks import marking_blanks
from sheets_agent.formulas.catalogue import lookup
from sheets_agent.formulas.formats import type_of
from sheets_agent.formulas.hosts import Argument, HostCall, mark, marked
from sheets_agent.formulas.localised import ABROAD, READERS
from sheets_agent.formulas.nodes import Unsupported, bare, binary, bound, call, constant, number
from sheets_agent.formulas.parameters import ARRAY_MODE, taking, words
from sheets_agent.formulas.said import SAID
from sheets_agent.formulas.syntax import (
    Call,
    Cells,
    Chain,
    ErrorLiteral,
    Group,
    Literal,
    Name,
    Node,
    Omitted,
    Percent,
    Prefix,
    children,
    render,
)
from sheets_agent.functions.hosted import CHANCE, GIVES_CELLS, HOSTED, TAKES_CELLS

if TYPE_CHECKING:
    from sheets_agent.formulas.writer import Writer

_HANDS_CELLS_ON = words("CHOOSE IF IFERROR IFNA IFS INDEX LET SWITCH XLOOKUP")


def _gives_cells(node: Node) -> bool:
    """Whether the first argument of a call is one that gives cells."""
    first = bare(children(node)[0])
    return isinstance(first, Call) and first.name in GIVES_CELLS


class MadeHere:
    """Takes calls out of the formula that a writer says again.

    Attributes:
        calls: those taken out, in the order of their marks.
    """

    def __init__(self, writer: Writer) -> None:
        self._writer = writer
        self.calls: list[HostCall] = []

    def takes(self, node: Call, want: str) -> bool:
        """Whether a call is made here: IFERROR too, where it stands around the whole of such a call."""
        if node.name in CHANCE and self._writer.scope.functions:  # drawn anew, nobody knows how often
            raise Unsupported(f"{node.name} in such a LAMBDA")
        if node.name not in ("IFERROR", "IFNA"):
            reading = self._writer.around.reading
            abroad = reading is not None and not reading.american and node.name in ABROAD
            return node.name in HOSTED or abroad or criteria.beyond_engine(node, reading)
        inner = bare(node.arguments[0])
        return (
            want == "top" and isinstance(inner, Call) and inner.name in HOSTED and self._writer.scope.gives_array(inner)
        )

    def whole(self, node: Node) -> Node:
        """A formula as a call that hands its array over: so its blank cells stay blank."""
        self._writer.qualified = True
        self.calls.append(HostCall("ARRAYFORMULA", (self._argument(node, False, "top"),)))
        return mark(len(self.calls) - 1)

    def make(self, node: Call, array: bool) -> Node | None:
        """A call that the engine cannot make; None when it depends on a LAMBDA and the engine has another way."""
        closed = self._writer.scope.closed(node)
        if closed is None:
            if node.name in SAID or node.name in ABROAD or node.name in READERS:
                return None
            raise Unsupported(f"{node.name} of what a LAMBDA or an array hands over")
        outer = self._writer.scope.names, self._writer.scope.values, self._writer.qualified, self._writer.steps
        self._writer.scope.names, self._writer.scope.values, self._writer.qualified, self._writer.steps = (
            {},
            {},
            True,
            None,
        )
        inside = array or node.name in ARRAY_MODE
        if node.name in TAKES_CELLS:
            arguments = self._of_cells(node.name, children(closed), array)
        elif node.name == "QUERY" and _gives_cells(closed):  # its columns are known by their letters
            data, *others = children(closed)
            arguments = (
                self._looked_at(node.name, data, array),
                *(self._argument(one, inside, "one") for one in others),
            )
        else:
            arguments = tuple(
                self._argument(argument, inside, taking(node.name, index, len(node.arguments)))
                for index, argument in enumerate(children(closed))
            )
        if node.name in CHANCE:
            arguments += (Argument("value", value=float(node.start), scalar=True),)
        self._writer.qualified = outer[2]
        made = self._made(node.name, arguments)
        if node.name in TAKES_CELLS:
            made = self._reading(made, children(closed)[1:])
        self._writer.scope.names, self._writer.scope.values, _, self._writer.steps = outer
        return made

    def _made(self, name: str, arguments: tuple[Argument, ...]) -> Node:
        self.calls.append(HostCall(name, arguments))
        return mark(len(self.calls) - 1)

    def _of_cells(self, name: str, nodes: tuple[Node, ...], array: bool) -> tuple[Argument, ...]:
        """The arguments of a function whose first is a value, and that looks at the cells of the others."""
        if array and self._writer.scope.gives_array(nodes[0]):
            raise Unsupported(f"{name} with several codes")
        return (self._argument(nodes[0], False, "one"), *(self._looked_at(name, one, array) for one in nodes[1:]))

    def _looked_at(self, name: str, node: Node, array: bool) -> Argument:
        while isinstance(node, Group):
            node = node.inner
        if isinstance(node, Chain | Prefix | Percent):  # values whatever they are, and no range
            return Argument("value", value=0.0)
        if not isinstance(node, Call) or (function := lookup(node.name)) is None:
            return self._argument(node, False, "range")
        if node.name in _HANDS_CELLS_ON or (
            array and node.name in GIVES_CELLS and self._writer.scope.is_array(node.arguments[1:])
        ):
            raise Unsupported(f"{name} of the cells that {node.name} gives")
        if node.name not in GIVES_CELLS or not function.takes(len(node.arguments)):
            return self._argument(node, False, "range")
        first, *others = node.arguments
        cells = self._looked_at(name, first, array) if node.name == "OFFSET" else self._argument(first, False, "one")
        self._made(node.name, (cells, *(self._argument(one, False, "one") for one in others)))
        return Argument("call", call=len(self.calls) - 1)

    def _reading(self, made: Node, nodes: tuple[Node, ...]) -> Node:
        """The value of a call, depending on the cells that it looks at: so a circle is known for one."""
        read = [
            self._writer.write(node, False, "range")
            for node in nodes
            if isinstance(node, Cells | Name) or (isinstance(node, Call) and node.name in GIVES_CELLS)
        ]
        return call("IF", binary(call("COUNTA", *read), "<", number(0)), number(0), made) if read else made

    def standing(self, written: Node, given: Node) -> Node:
        """An array put where the engine can refer to it, for functions that it has for references only."""
        if isinstance(bare(written), Cells | ErrorLiteral | Name):
            return written
        return self.make(Call("ARRAYFORMULA", (given,)), True) or written

    def _argument(self, node: Node, array: bool, want: str) -> Argument:
        inner = bare(node)
        scalar = want == "one" and not array
        if isinstance(inner, Omitted):
            return Argument("omitted")
        if isinstance(inner, Literal):
            return Argument("value", value=constant(inner), scalar=scalar)
        written = self._writer.write(node, array, "range" if want == "either" else want)
        plain = bare(written)
        if isinstance(plain, Cells):
            return Argument("cells", render(plain), scalar=scalar)
        if (other := marked(plain)) is not None:
            return Argument("call", call=other, scalar=scalar)
        text = "=" + render(bound(written, self._writer.fresh, marking_blanks))
        if not scalar and "@" in text:
            raise Unsupported("an array that takes one cell of a range")
        return Argument("formula", text, scalar=scalar, number_format=type_of(inner))
