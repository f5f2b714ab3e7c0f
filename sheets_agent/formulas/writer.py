"""Saying the tree of a formula again, in the functions and the closed ranges of the calculation engine."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from sheets_agent.formulas import criteria, growth
from sheets_agent.formulas.arguments import ARGUMENTS
from sheets_agent.formulas.blanks import NOTHING, marking_blanks
from sheets_agent.formulas.bounds import BOUNDS
from sheets_agent.formulas.catalogue import lookup
from sheets_agent.formulas.coercion import Wanted, coerced, is_text, wants
from sheets_agent.formulas.differences import DIFFERENCES
from sheets_agent.formulas.drawn import drawn_beforehand
from sheets_agent.formulas.formats import type_of
from sheets_agent.formulas.hosts import Argument, HostCall, Open, inlined, mark, marked
from sheets_agent.formulas.localised import ABROAD, localised
from sheets_agent.formulas.lookups import LOOKUPS
from sheets_agent.formulas.nodes import Unsupported, binary, bound, call, constant, number
from sheets_agent.formulas.numeric import NUMERIC
from sheets_agent.formulas.parameters import ARRAY_MODE, GIVES_ARRAY, TAKES_ARRAYS, WANTS_RANGE, taking, words
from sheets_agent.formulas.references import Corner, Reference
from sheets_agent.formulas.rewrites import ELEMENTWISE, NOT_CALCULATED, REWRITES
from sheets_agent.formulas.sheet_numbers import numbered
from sheets_agent.formulas.stepwise import subtotals_beforehand
from sheets_agent.formulas.surroundings import ENGINE_COLUMNS, ENGINE_ROWS, Surroundings
from sheets_agent.formulas.syntax import (
    Apply,
    Braces,
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
    Table,
    children,
    render,
    walk,
)
from sheets_agent.formulas.values import ERROR_TEXTS
from sheets_agent.functions.hosted import CHANCE, GIVES_CELLS, HOSTED, SUBTOTALS, TAKES_CELLS

_SAID = ARGUMENTS | REWRITES | DIFFERENCES | LOOKUPS | NUMERIC | BOUNDS
_HANDS_CELLS_ON = words("CHOOSE IF IFERROR IFNA IFS INDEX LET SWITCH XLOOKUP")
_HEAVIEST = 20_000
"""How many parts a formula may have when the names of LET are replaced by what they stand for."""
_OPERANDS: dict[str, Wanted] = {"+": "number", "-": "number", "*": "number", "/": "number", "^": "number", "&": "text"}
_OMITTED_IS_BLANK = words("CHOOSE IF IFERROR IFNA IFS SWITCH")


class Writer:
    """Says one formula again."""

    def __init__(self, on_sheet: str, surroundings: Surroundings, places: Mapping[int, int]) -> None:
        self._places = places
        self._on_sheet = on_sheet
        self._around = surroundings
        self._names: dict[str, tuple[Name, bool]] = {}
        self._values: dict[str, Node | None] = {}
        self._weights: dict[int, tuple[Node, int]] = {}
        self._qualified = False
        self.calls: list[HostCall] = []
        self._drawn = 0
        self._steps: Name | None = None
        self.reasons: dict[str, str] = {}

    def fresh(self) -> Name:
        """A name that nothing else in the formula uses."""
        self._drawn += 1
        return Name(f"q_{self._drawn}")

    def write(self, node: Node, array: bool, want: str) -> Node:
        """One node.

        Args:
            node: the node, as parsed.
            array: whether whole arrays are calculated here, as inside ARRAYFORMULA.
            want: "one" value, a "range", "either", or "top" for the formula itself.
        """
        match node:
            case Cells():
                return self._cells(node.reference, array, want, self._places.get(id(node)))
            case Name():
                return self._name(node, array, want)
            case Table():
                raise Unsupported("table references")
            case Call():
                return self._reduced(node, self._call(node, array, want), array, want)
            case Apply():
                return self._apply(node, array)
            case Braces():
                return self._reduced(node, self._braces(node, array), array, want)
            case Group(inner=inner):
                return Group(self.write(inner, array, want))
            case Prefix(operators=operators, operand=operand):
                return Prefix(operators, self._operand(operand, array, "number" if "-" in operators else None))
            case Percent(operand=operand, signs=signs):
                return Percent(self._operand(operand, array, "number"), signs)
            case Chain():
                return self._chain(node, array)
            case _:
                return node

    def _chain(self, node: Chain, array: bool) -> Node:
        if any(operator == ":" for operator, _ in node.rest):
            raise Unsupported("ranges with a computed end")
        signs = [operator for operator, _ in node.rest]
        operands = children(node)
        several = [array and self._gives_array(one) for one in operands]

        def chained(*parts: Node) -> Node:
            return Chain(parts[0], tuple(zip(signs, parts[1:], strict=True)))

        wanted = _OPERANDS.get(signs[0])
        written = [self._operand(one, array, wanted) for one in operands]
        if signs[0] == "&":
            return growth.joined(written, several, self.fresh)
        result = growth.fitting(written, several, self.fresh, chained)
        return result if isinstance(result, Chain) else Group(result)

    def _operand(self, node: Node, array: bool, wanted: Wanted | None) -> Node:
        return self._coerced(self.write(node, array, "one"), node, wanted, array)

    def _coerced(self, written: Node, node: Node, wanted: Wanted | None, array: bool) -> Node:
        several = array and self._gives_array(node)
        return coerced(written, node, wanted, self._around.reading, several, self.fresh)

    def _wanted_argument(self, written: Node, node: Call, index: int, inside: bool) -> Node:
        """An argument as a number or a text, where that is what the parameter takes."""
        given, wanted = node.arguments[index], wants(node.name, index)
        whole = taking(node.name, index, len(node.arguments)) != "one"
        if whole and wanted == "number" and not is_text(given):
            return written  # texts in a range are left out of sums, not read
        return self._coerced(written, given, wanted, inside or whole)

    def _error(self, kind: str, message: str) -> Node:
        self.reasons.setdefault(kind, message)
        return ErrorLiteral(ERROR_TEXTS[kind])

    def _cells(self, reference: Reference, array: bool, want: str, place: int | None = None) -> Node:
        grid = self._around.grids.get((reference.sheet or self._on_sheet).casefold())
        if grid is None:
            return self._error("REF", f"Unresolved sheet name '{reference.sheet}'.")
        area = reference.area
        rows = (area.start_row or 0, min(grid.rows, grid.rows if area.end_row is None else area.end_row))
        columns = (
            area.start_column or 0,
            min(grid.columns, grid.columns if area.end_column is None else area.end_column),
        )
        if rows[0] >= rows[1] or columns[0] >= columns[1]:
            return self._error("REF", "Reference does not exist.")
        if rows[1] > ENGINE_ROWS or columns[1] > ENGINE_COLUMNS:
            raise Unsupported(f"cells beyond row {ENGINE_ROWS} or column XFD")
        first = Corner(rows[0], columns[0])
        last = None if reference.single else Corner(rows[1] - 1, columns[1] - 1)
        prefix = (
            "" if reference.sheet is None and not self._qualified else "'" + grid.engine_title.replace("'", "''") + "'!"
        )
        cells = Cells(Reference(prefix, first, last))
        if place is not None:  # a reference that is written as a mark
            cells = Cells(replace(cells.reference, typed=f"{prefix}\x03{place}\x03"))
        if last is None or array or want in ("range", "either"):
            return cells
        return Group(Prefix("@", cells))

    def _name(self, node: Name, array: bool, want: str) -> Node:
        if (known := self._names.get(node.text.casefold())) is not None:
            return known[0]
        if (reference := self._around.names.get(node.text.casefold())) is not None:
            return self._cells(reference, array, want)
        return self._error("NAME", f"Unknown range name: '{node.text}'.")

    def _reduced(self, node: Node, written: Node, array: bool, want: str) -> Node:
        """Outside of arrays, an operand or a one-value parameter takes the first cell of an array."""
        if array or want != "one":
            return written
        if marked(written) is not None:
            return call("INDEX", written, number(1), number(1)) if self._gives_array(node) else written
        several = isinstance(node, Braces) or (isinstance(node, Call) and node.name in GIVES_ARRAY | {"CHOOSE"})
        return Group(Prefix("@", written)) if several else written

    def _call(self, node: Call, array: bool, want: str) -> Node:
        name, count = node.name, len(node.arguments)
        if (known := self._names.get(name.casefold())) is not None:
            return Call(known[0].text, tuple(self.write(one, array, "either") for one in node.arguments))
        if name in SUBTOTALS.values() and (steps := self._hosted(node, array)) is not None:
            return steps
        function = lookup(name)
        if function is None:
            return self._error("NAME", f"Unknown function: '{name}'.")
        if name in NOT_CALCULATED:
            raise Unsupported(name)
        if not function.takes(count):
            return self._error(
                "N_A",
                f"Wrong number of arguments to {name}. Expected {function.arity} arguments, but got {count} arguments.",
            )
        if self._is_hosted(node, want) and (hosted := self._hosted(node, array)) is not None:
            return hosted
        if name in ("SHEET", "SHEETS"):
            return numbered(node, self._on_sheet, self._around)
        if name in ("LET", "LAMBDA"):
            return self._let(node, array, want) if name == "LET" else self._lambda(node)
        return self._said(node, array, want)

    def _said(self, node: Call, array: bool, want: str) -> Node:
        if None not in self._values.values():
            node = subtotals_beforehand(node) if node.name in SUBTOTALS else node
            node = drawn_beforehand(node) if node.name in ("MAP", "MAKEARRAY") else node
            if node.name == "LET":
                return self._let(node, array, want)
        name, count = node.name, len(node.arguments)
        inside = array or name in ARRAY_MODE
        if inside and name not in ELEMENTWISE and (several := self._several(node)):
            return self._mapped(node, several)
        if name in growth.LOOPS and (self._steps is not None or growth.is_work(node.arguments[-1])):
            return self._looped(node)
        arguments = tuple(
            self.write(argument, inside, self._wanted(node, index, want))
            for index, argument in enumerate(node.arguments)
        )
        arguments = tuple(self._wanted_argument(one, node, index, inside) for index, one in enumerate(arguments))
        arguments = criteria.prepared(node, arguments, self._around.reading)
        if name in TAKES_ARRAYS:
            arguments = tuple(
                self._standing(one, given) if taking(name, index, count) == "range" else one
                for index, (one, given) in enumerate(zip(arguments, node.arguments, strict=True))
            )
        if name in WANTS_RANGE:
            arguments = tuple(
                _as_range(one) if taking(name, index, count) == "range" else one for index, one in enumerate(arguments)
            )
        if name in _OMITTED_IS_BLANK:
            arguments = tuple(NOTHING if isinstance(argument, Omitted) else argument for argument in arguments)
        if name in ("IFERROR", "IFNA") and count == 1:
            arguments += (NOTHING,)
        written = Call(name, arguments)
        if name == "SUMIF" and any(_is_computed(_bare(one)) for one in node.arguments[::2]):
            return self._no_range()
        if name == "OFFSET":
            return self._offset(written, _bare(node.arguments[0]))
        result = self._rewritten(written, [inside and self._gives_array(one) for one in node.arguments])
        if name in ("ROW", "COLUMN") and not inside and want in ("one", "top") and self._is_array(node.arguments):
            return Group(Prefix("@", result))
        return result

    def _rewritten(self, written: Call, several: list[bool]) -> Node:
        """A call said by others, and kept from growing beyond bounds."""
        name = written.name
        rewrite = _SAID.get(name)

        def said(one: Call) -> Node:
            return rewrite(one, self.fresh) if rewrite else one

        def made(*arguments: Node) -> Node:
            return localised(Call(name, arguments), said, self._around.reading, self.fresh)

        if name in ELEMENTWISE:
            return growth.fitting(written.arguments, several, self.fresh, made)
        result = made(*written.arguments)
        if name in growth.MADE and self._steps is not None:
            result = growth.made_in_steps(written, result, self._steps)
        return growth.text_limited(result, self.fresh) if name in growth.TEXTS else result

    def _looped(self, node: Call) -> Node:
        """A call that makes many steps, in the steps of another or with such in its own."""
        *given, function = node.arguments
        steps, outer = self.fresh(), self._steps
        written = [self.write(part, True, "range") for part in given]
        self._steps = steps
        body = self.write(function, True, "either")
        self._steps = outer
        read = [self.write(one, True, "range") for one in walk(function) if isinstance(one, Cells)]

        def made(names: Sequence[Node]) -> Node:
            count = growth.loop_steps(node.name, names)
            loop = self._rewritten(Call(node.name, (*names, body)), [False] * len(node.arguments))
            bounded = growth.within_steps(loop, steps, read)
            return call("LET", steps, count if outer is None else binary(outer, "*", count), bounded)

        return growth.named(written, self.fresh, made)

    def _no_range(self) -> Node:
        return self._error("N_A", "Argument must be a range.")

    def _offset(self, written: Call, given: Node) -> Node:
        base = _bare(written.arguments[0])
        if not isinstance(base, Cells):
            return self._no_range() if _is_computed(given) else growth.spanned(written, self.fresh)
        title = base.reference.sheet
        home = self._around.grids[self._on_sheet.casefold()]
        grid = next((one for one in self._around.grids.values() if one.engine_title == title), home)
        return growth.shifted(written, (grid.rows, grid.columns), self.fresh)

    def _is_hosted(self, node: Call, want: str) -> bool:
        """Whether a call is made here: IFERROR too, where it stands around the whole of such a call."""
        if node.name in CHANCE and None in self._values.values():
            return False  # what is drawn anew at every step of a LAMBDA, the engine draws
        if node.name not in ("IFERROR", "IFNA"):
            reading = self._around.reading
            abroad = reading is not None and not reading.american and node.name in ABROAD
            return node.name in HOSTED or abroad or criteria.beyond_engine(node, reading)
        inner = _bare(node.arguments[0])
        return want == "top" and isinstance(inner, Call) and inner.name in HOSTED and self._gives_array(inner)

    def _inlined(self, node: Node) -> Node | None:
        try:
            found = inlined(node, self._values)
        except Open:
            return None
        return found if growth.weight(found, self._weights) <= _HEAVIEST else None

    def whole(self, node: Node) -> Node:
        """A formula as a call that hands its array over: so its blank cells stay blank."""
        self._qualified = True
        self.calls.append(HostCall("ARRAYFORMULA", (self._argument(node, False, "top"),)))
        return mark(len(self.calls) - 1)

    def _hosted(self, node: Call, array: bool) -> Node | None:
        """A call that the engine cannot make; None when it depends on a LAMBDA and the engine has another way."""
        closed = self._inlined(node)
        if closed is None:
            if node.name in _SAID or node.name in ABROAD:
                return None
            raise Unsupported(f"{node.name} of what a LAMBDA or an array hands over")
        outer = self._names, self._values, self._qualified, self._steps
        self._names, self._values, self._qualified, self._steps = {}, {}, True, None
        inside = array or node.name in ARRAY_MODE
        if node.name in TAKES_CELLS:
            arguments = self._of_cells(node.name, children(closed), array)
        else:
            arguments = tuple(
                self._argument(argument, inside, taking(node.name, index, len(node.arguments)))
                for index, argument in enumerate(children(closed))
            )
        if node.name in CHANCE:
            arguments += (Argument("value", value=float(node.start), scalar=True),)
        self._qualified = outer[2]
        made = self._made(node.name, arguments)
        if node.name in TAKES_CELLS:
            made = self._reading(made, children(closed)[1:])
        self._names, self._values, _, self._steps = outer
        return made

    def _made(self, name: str, arguments: tuple[Argument, ...]) -> Node:
        self.calls.append(HostCall(name, arguments))
        return mark(len(self.calls) - 1)

    def _of_cells(self, name: str, nodes: tuple[Node, ...], array: bool) -> tuple[Argument, ...]:
        """The arguments of a function whose first is a value, and that looks at the cells of the others."""
        if array and self._gives_array(nodes[0]):
            raise Unsupported(f"{name} with several codes")
        return (self._argument(nodes[0], False, "one"), *(self._looked_at(name, one, array) for one in nodes[1:]))

    def _looked_at(self, name: str, node: Node, array: bool) -> Argument:
        while isinstance(node, Group):
            node = node.inner
        if not isinstance(node, Call) or (function := lookup(node.name)) is None:
            return self._argument(node, False, "range")
        if node.name in _HANDS_CELLS_ON or (array and node.name in GIVES_CELLS and self._is_array(node.arguments[1:])):
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
            self.write(node, False, "range")
            for node in nodes
            if isinstance(node, Cells | Name) or (isinstance(node, Call) and node.name in GIVES_CELLS)
        ]
        return call("IF", binary(call("COUNTA", *read), "<", number(0)), number(0), made) if read else made

    def _standing(self, written: Node, given: Node) -> Node:
        """An array put where the engine can refer to it, for functions that it has for references only."""
        if isinstance(_bare(written), Cells | ErrorLiteral | Name):
            return written
        return self._hosted(Call("ARRAYFORMULA", (given,)), True) or written

    def _argument(self, node: Node, array: bool, want: str) -> Argument:
        bare = _bare(node)
        scalar = want == "one" and not array
        if isinstance(bare, Omitted):
            return Argument("omitted")
        if isinstance(bare, Literal):
            return Argument("value", value=constant(bare), scalar=scalar)
        written = self.write(node, array, "range" if want == "either" else want)
        plain = _bare(written)
        if isinstance(plain, Cells):
            return Argument("cells", render(plain), scalar=scalar)
        if (other := marked(plain)) is not None:
            return Argument("call", call=other, scalar=scalar)
        text = "=" + render(bound(written, self.fresh, marking_blanks))
        if not scalar and "@" in text:
            raise Unsupported("an array that takes one cell of a range")
        return Argument("formula", text, scalar=scalar, number_format=type_of(bare))

    def _wanted(self, node: Call, index: int, want: str) -> str:
        wanted = taking(node.name, index, len(node.arguments))
        if wanted != "either" and not (node.name == "CHOOSE" and index):
            return wanted
        return "either" if want == "top" else want

    def _several(self, node: Call) -> list[int]:
        """The one-value parameters of a call that hold arrays."""
        count = len(node.arguments)
        return [
            index
            for index, argument in enumerate(node.arguments)
            if taking(node.name, index, count) == "one" and self._is_array((argument,))
        ]

    def _mapped(self, node: Call, several: list[int]) -> Node:
        """A call carried over the arrays in its one-value parameters."""
        if node.name in GIVES_ARRAY or node.name in ("INDEX", "OFFSET", "INDIRECT"):
            raise Unsupported(f"{node.name} over an array")
        arguments = list(node.arguments)
        across = next((index for index in several if _is_row(arguments[index])), None)
        if across is not None and len(several) > 1:  # a row beside columns, as in VLOOKUP(A2:A, data, {2,3}, FALSE)
            parts = [[*arguments[:across], part, *arguments[across + 1 :]] for part in children(arguments[across])]
            calls = [replace(node, arguments=tuple(part)) for part in parts]
            return call("HSTACK", *(self._call(one, True, "one") for one in calls))
        arrays, items = [], []
        for index in several:
            item = self.fresh()
            arrays.append(self.write(arguments[index], True, "range"))
            items.append(item)
            self._names[item.text] = (item, False)
            self._values[item.text] = None
            arguments[index] = item
        body = self._call(replace(node, arguments=tuple(arguments)), True, "one")
        return call("MAP", *arrays, call("LAMBDA", *items, body))

    def _is_array(self, nodes: tuple[Node, ...]) -> bool:
        """Whether any of these is an array when whole arrays are calculated."""
        return any(self._gives_array(node) for node in nodes)

    def _gives_array(self, node: Node) -> bool:
        match node:
            case Cells(reference=reference):
                return not reference.single
            case Name(text=name):
                if (known := self._names.get(name.casefold())) is not None:
                    return known[1]
                named = self._around.names.get(name.casefold())
                return named is not None and not named.single
            case Braces(rows=rows):
                return len(rows) > 1 or len(rows[0]) > 1 or self._is_array(rows[0])
            case Call(name="LET", arguments=arguments):
                return self._gives_array(arguments[-1])
            case Call(name=name) if lookup(name) is None and name.casefold() not in self._names:
                return False
            case Call(name="INDEX", arguments=(data, *places)):
                return self._gives_array(data) and len(places) < 2 and not isinstance(data, Cells)
            case Call(name=name, arguments=arguments):
                if name in GIVES_ARRAY:
                    return True
                passed = tuple(
                    argument
                    for index, argument in enumerate(arguments)
                    if taking(name, index, len(arguments)) != "range"
                )
                return (name in ("ROW", "COLUMN") and self._is_array(arguments)) or self._is_array(passed)
            case Group() | Prefix() | Percent() | Chain():
                return self._is_array(children(node))
            case _:
                return False

    def _let(self, node: Call, array: bool, want: str) -> Node:
        if len(node.arguments) % 2 == 0:
            return self._error("N_A", "Wrong number of arguments to LET.")
        outer = dict(self._names), dict(self._values)
        written: list[Node] = []
        for name, value in zip(node.arguments[:-1:2], node.arguments[1:-1:2], strict=True):
            if not isinstance(name, Name):
                return self._error("NAME", "Argument 1 of function LET is not a valid name.")
            inner = self.fresh()
            written += [inner, self.write(value, array, "either")]
            self._values[name.text.casefold()] = self._inlined(value)
            self._names[name.text.casefold()] = (inner, self._gives_array(value))
        body = self.write(node.arguments[-1], array, "either" if want == "top" else want)
        self._names, self._values = outer
        return call("LET", *written, body)

    def _lambda(self, node: Call) -> Node:
        outer = dict(self._names), dict(self._values)
        parameters: list[Node] = []
        for parameter in node.arguments[:-1]:
            if not isinstance(parameter, Name):
                return self._error("NAME", "Argument 1 of function LAMBDA is not a valid name.")
            inner = self.fresh()
            parameters.append(inner)
            self._names[parameter.text.casefold()] = (inner, False)
            self._values[parameter.text.casefold()] = None
        body = self.write(node.arguments[-1], True, "either")
        self._names, self._values = outer
        return call("LAMBDA", *parameters, body)

    def _apply(self, node: Apply, array: bool) -> Node:
        callee = node.callee
        while isinstance(callee, Group):
            callee = callee.inner
        if not (isinstance(callee, Call) and callee.name == "LAMBDA"):
            raise Unsupported("calls of a computed function")
        if len(callee.arguments) - 1 != len(node.arguments):
            return self._error("N_A", "Wrong number of arguments to LAMBDA.")
        arguments = tuple(self.write(argument, array, "either") for argument in node.arguments)
        return Apply(self._lambda(callee), arguments)

    def _braces(self, node: Braces, array: bool) -> Node:
        if not node.rows[0]:
            raise Unsupported("an empty array")
        constants = all(
            isinstance(one.operand if isinstance(one, Prefix) else one, Literal | ErrorLiteral)
            for one in children(node)
        )
        if constants:
            if len({len(row) for row in node.rows}) > 1:
                return self._ragged()
            return node
        rows = [self._stacked("HSTACK", "ROWS", [self.write(one, array, "either") for one in row]) for row in node.rows]
        return self._stacked("VSTACK", "COLUMNS", rows)

    def _ragged(self) -> Node:
        message = "In ARRAY_LITERAL, an Array Literal was missing values for one or more rows."
        return self._error("VALUE", message)

    def _stacked(self, stack: str, side: str, parts: list[Node]) -> Node:
        """Parts put together; unlike the engine, Sheets wants their sides of one length."""
        if len(parts) == 1:
            return parts[0]
        names = [self.fresh() for _ in parts]
        sizes = [call(side, name) for name in names]
        same = call("AND", *(Chain(sizes[0], (("=", size),)) for size in sizes[1:]))
        stacked: Node = call(stack, *names)
        if any(growth.size(part) is None for part in parts):
            stacked = growth.stacked(call(stack, *names), self.fresh)
        body = call("IF", same, stacked, self._ragged())
        pairs = [one for name, part in zip(names, parts, strict=True) for one in (name, part)]
        return call("LET", *pairs, body)


def _bare(node: Node) -> Node:
    """A node without the parentheses and the ARRAYFORMULA around it."""
    while isinstance(node, Group) or (isinstance(node, Call) and node.name == "ARRAYFORMULA" and node.arguments):
        node = node.inner if isinstance(node, Group) else node.arguments[0]
    return node


def _as_range(node: Node) -> Node:
    """A single cell as a range of one."""
    if isinstance(node, Cells) and node.reference.single:
        typed = node.reference.typed
        return Cells(
            replace(node.reference, last=node.reference.first, typed=typed and f"{typed}:{typed.rpartition('!')[2]}")
        )
    return node


def _is_computed(node: Node) -> bool:
    """Whether a node is sure to be no cells of a sheet, but values."""
    return isinstance(node, Braces | Literal | Chain) or (isinstance(node, Call) and node.name in GIVES_ARRAY)


def _is_row(node: Node) -> bool:
    """Whether a node is a row of constants in braces."""
    return isinstance(node, Braces) and len(node.rows) == 1 and all(isinstance(one, Literal) for one in node.rows[0])
