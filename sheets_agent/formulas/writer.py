"""Saying the tree of a formula again, in the functions and the closed ranges of the calculation engine."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import reduce

from sheets_agent.formulas import criteria, growth
from sheets_agent.formulas.binding import miscounted, said_apply, said_lambda, said_let
from sheets_agent.formulas.blanks import NOTHING
from sheets_agent.formulas.catalogue import lookup
from sheets_agent.formulas.coercion import Wanted, coerced, is_number, is_text, is_truth, truth_as_number, wants
from sheets_agent.formulas.domains import power
from sheets_agent.formulas.drawn import drawn_beforehand
from sheets_agent.formulas.hosts import marked
from sheets_agent.formulas.indirect import resolved
from sheets_agent.formulas.localised import localised
from sheets_agent.formulas.made_here import MadeHere
from sheets_agent.formulas.nodes import (
    Unsupported,
    as_range,
    bare,
    binary,
    call,
    constant,
    is_computed,
    is_row,
    number,
    single_cell,
)
from sheets_agent.formulas.numeric import lacks_range
from sheets_agent.formulas.parameters import ARRAY_MODE, GIVES_ARRAY, TAKES_ARRAYS, WANTS_RANGE, taking, words
from sheets_agent.formulas.references import Corner, Reference
from sheets_agent.formulas.rewrites import ELEMENTWISE, NOT_CALCULATED
from sheets_agent.formulas.said import SAID
from sheets_agent.formulas.scope import Scope
from sheets_agent.formulas.sheet_numbers import numbered
from sheets_agent.formulas.stacking import stacked_parts
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
    walk,
)
from sheets_agent.formulas.values import ERROR_TEXTS
from sheets_agent.functions.hosted import GIVES_CELLS, STANDING, SUBTOTALS

_OPERANDS: dict[str, Wanted] = {"+": "number", "-": "number", "*": "number", "/": "number", "^": "number", "&": "text"}
_OMITTED_IS_BLANK = words("CHOOSE IF IFERROR IFNA IFS SWITCH")


_ONE = Braces(((Literal("1"),),))


def _is_plain_power(exponents: Sequence[Node]) -> bool:
    """Whether the engine is right about a power whatever its base is."""
    known = [constant(one) for one in exponents]
    return len(known) == 1 and isinstance(known[0], float) and 0 < known[0] <= _PLAIN_POWER


_PLAIN_POWER = 3


class Writer:
    """Says one formula again.

    Attributes:
        around: what the formula can refer to.
        scope: what its names stand for.
        qualified: whether references name their sheets, as in what stands on a hidden one.
        steps: how many steps the loop around takes, None outside of loops.
        made_here: the calls taken out of it.
        reasons: by the type of an error that it may show, the message.
        places: numbers to mark references with, by the identity of their nodes.
        watched: where no texts are read, the cells that must not hold any.
    """

    def __init__(self, on_sheet: str, surroundings: Surroundings, *, texts: bool = True) -> None:
        self._texts = texts
        self.watched: list[Reference] = []
        self.places: Mapping[int, int] = {}
        self._on_sheet = on_sheet
        self.around = surroundings
        self.scope = Scope(surroundings)
        self.qualified = False
        self.made_here = MadeHere(self)
        self._drawn = 0
        self.steps: Name | None = None
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
                return self._cells(node.reference, array, want, self.places.get(id(node)))
            case Name():
                return self._name(node, array, want)
            case Table():
                raise Unsupported(f"{node.text}, which names no cells of a table here,")
            case Call():
                return self._reduced(node, self._call(node, array, want), array, want)
            case Apply():
                return said_apply(self, node, array)
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
        several = [array and self.scope.gives_array(one) for one in operands]

        def chained(*parts: Node) -> Node:
            if signs[0] == "^" and not _is_plain_power(parts[1:]):
                return reduce(lambda base, exponent: power(base, exponent, self.fresh), parts)
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
        if wanted == "number" and not self._texts and not is_number(node):
            cell = single_cell(written)
            if cell is not None:
                self.watched.append(cell)
                return written
        several = array and self.scope.gives_array(node)
        return coerced(written, node, wanted, self.around.reading, several, self.fresh)

    def _wanted_argument(self, written: Node, node: Call, index: int, inside: bool) -> Node:
        """An argument as a number or a text, where that is what the parameter takes."""
        given, wanted = node.arguments[index], wants(node.name, index)
        whole = taking(node.name, index, len(node.arguments)) != "one"
        if whole and wanted == "number" and not is_text(given):  # texts in a range are left out of sums, not read
            single = is_truth(given) and not self.scope.gives_array(given)
            return truth_as_number(written, given, node.name) if single else written
        if whole and constant(given) == "":
            return written  # no number, where one of several is wanted
        result = self._coerced(written, given, wanted, inside or whole)
        return truth_as_number(result, given, node.name) if wanted == "number" and not whole else result

    def error(self, kind: str, message: str) -> Node:
        """An error that the formula may show, and what it says."""
        self.reasons.setdefault(kind, message)
        return ErrorLiteral(ERROR_TEXTS[kind])

    def _cells(self, reference: Reference, array: bool, want: str, place: int | None = None) -> Node:
        grid = self.around.grids.get((reference.sheet or self._on_sheet).casefold())
        if grid is None:
            return self.error("REF", f"Unresolved sheet name '{reference.sheet}'.")
        area = reference.area
        rows = (area.start_row or 0, min(grid.rows, grid.rows if area.end_row is None else area.end_row))
        columns = (
            area.start_column or 0,
            min(grid.columns, grid.columns if area.end_column is None else area.end_column),
        )
        if rows[0] >= rows[1] or columns[0] >= columns[1]:
            return self.error("REF", "Reference does not exist.")
        if rows[1] > ENGINE_ROWS or columns[1] > ENGINE_COLUMNS:
            raise Unsupported(f"cells beyond row {ENGINE_ROWS} or column XFD")
        first = Corner(rows[0], columns[0])
        last = None if reference.single else Corner(rows[1] - 1, columns[1] - 1)
        prefix = (
            "" if reference.sheet is None and not self.qualified else "'" + grid.engine_title.replace("'", "''") + "'!"
        )
        cells = Cells(Reference(prefix, first, last))
        if place is not None:  # a reference that is written as a mark
            cells = Cells(replace(cells.reference, typed=f"{prefix}\x03{place}\x03"))
        if last is None or array or want in ("range", "either"):
            return cells
        return Group(Prefix("@", cells))

    def _name(self, node: Name, array: bool, want: str) -> Node:
        if (known := self.scope.names.get(node.text.casefold())) is not None:
            return known[0]
        if (reference := self.around.names.get(node.text.casefold())) is not None:
            return self._cells(reference, array, want)
        return self.error("NAME", f"Unknown range name: '{node.text}'.")

    def _reduced(self, node: Node, written: Node, array: bool, want: str) -> Node:
        """Outside of arrays, an operand or a one-value parameter takes the first cell of an array."""
        if array or want != "one":
            return written
        if marked(written) is not None:
            return call("INDEX", written, number(1), number(1)) if self.scope.gives_array(node) else written
        several = isinstance(node, Braces) or (isinstance(node, Call) and node.name in GIVES_ARRAY | {"CHOOSE"})
        return Group(Prefix("@", written)) if several else written

    def _call(self, node: Call, array: bool, want: str) -> Node:
        name = node.name
        if (known := self.scope.names.get(name.casefold())) is not None:
            return Call(known[0].text, tuple(self.write(one, array, "either") for one in node.arguments))
        if name in SUBTOTALS.values() and (steps := self.made_here.make(node, array)) is not None:
            return steps
        if name == STANDING:
            return self.made_here.standing(self.write(node.arguments[0], True, "range"), node.arguments[0])
        function = lookup(name)
        if function is None:
            return self.error("NAME", f"Unknown function: '{name}'.")
        if name in NOT_CALCULATED:
            raise Unsupported(name)
        if (problem := miscounted(node, function)) is not None:
            return self.error("N_A", problem)
        if self.made_here.takes(node, want) and (hosted := self.made_here.make(node, array)) is not None:
            return hosted
        if name in ("SHEET", "SHEETS"):
            return numbered(node, self._on_sheet, self.around)
        if name in ("LET", "LAMBDA"):
            return said_let(self, node, array, want) if name == "LET" else said_lambda(self, node)
        return self._said(node, array, want)

    def _said(self, node: Call, array: bool, want: str) -> Node:
        if None not in self.scope.values.values():
            node = subtotals_beforehand(node) if node.name in SUBTOTALS else node
            node = drawn_beforehand(node) if node.name in growth.LOOPS else node
            if node.name == "LET":
                return said_let(self, node, array, want)
        name, count = node.name, len(node.arguments)
        inside = array or name in ARRAY_MODE
        if inside and name not in ELEMENTWISE and (several := self.scope.several(node)):
            return self._mapped(node, several)
        if name in growth.LOOPS and (self.steps is not None or growth.is_work(node.arguments[-1])):
            return self._looped(node)
        arguments = tuple(
            self.write(argument, inside, self._wanted(node, index, want))
            for index, argument in enumerate(node.arguments)
        )
        arguments = tuple(self._wanted_argument(one, node, index, inside) for index, one in enumerate(arguments))
        arguments = criteria.prepared(node, arguments, self.around.reading)
        if name in TAKES_ARRAYS:
            arguments = tuple(
                self.made_here.standing(one, given) if taking(name, index, count) == "range" else one
                for index, (one, given) in enumerate(zip(arguments, node.arguments, strict=True))
            )
        if name in WANTS_RANGE:
            arguments = tuple(
                as_range(one) if taking(name, index, count) == "range" else one for index, one in enumerate(arguments)
            )
        if name in _OMITTED_IS_BLANK:
            arguments = tuple(NOTHING if isinstance(argument, Omitted) else argument for argument in arguments)
        if name in ("IFERROR", "IFNA") and count == 1:
            arguments += (NOTHING,)
        written = Call(name, arguments)
        if lacks_range(node):
            return self._no_range()
        if name in GIVES_CELLS:
            return self._cells_given(written, bare(node.arguments[0]))
        result = self._rewritten(written, [inside and self.scope.gives_array(one) for one in node.arguments])
        if name in ("ROW", "COLUMN") and not inside and want in ("one", "top") and self.scope.is_array(node.arguments):
            return Group(Prefix("@", result))
        return result

    def _rewritten(self, written: Call, several: list[bool]) -> Node:
        """A call said by others, and kept from growing beyond bounds."""
        name = written.name
        rewrite = SAID.get(name)

        def said(one: Call) -> Node:
            return rewrite(one, self.fresh) if rewrite else one

        def made(*arguments: Node) -> Node:
            return localised(Call(name, arguments), said, self.around.reading, self.fresh)

        if name in ELEMENTWISE:
            return growth.fitting(written.arguments, several, self.fresh, made)
        result = made(*written.arguments)
        if name in growth.MADE and self.steps is not None:
            result = growth.made_in_steps(written, result, self.steps)
        return growth.text_limited(result, self.fresh) if name in growth.TEXTS else result

    def _looped(self, node: Call) -> Node:
        """A call that makes many steps, in the steps of another or with such in its own."""
        *given, function = node.arguments
        steps, outer = self.fresh(), self.steps
        written = [self.write(part, True, "range") for part in given]
        self.steps = steps
        body = self.write(function, True, "either")
        self.steps = outer
        read = [self.write(one, True, "range") for one in walk(function) if isinstance(one, Cells)]

        def made(names: Sequence[Node]) -> Node:
            count = growth.loop_steps(node.name, names)
            loop = self._rewritten(Call(node.name, (*names, body)), [False] * len(node.arguments))
            bounded = growth.within_steps(loop, steps, read, function)
            return call("LET", steps, count if outer is None else binary(outer, "*", count), bounded)

        return growth.named(written, self.fresh, made)

    def _closed(self, reference: Reference) -> Node:
        """Cells with their sheet named, wherever the formula is calculated."""
        outer, self.qualified = self.qualified, True
        cells = self._cells(reference, True, "range")
        self.qualified = outer
        return cells

    def _no_range(self) -> Node:
        return self.error("N_A", "Argument must be a range.")

    def _cells_given(self, written: Call, given: Node) -> Node:
        if written.name == "INDIRECT":
            return resolved(written, self._on_sheet, self.around, self._closed, self.fresh)
        base = bare(written.arguments[0])
        if not isinstance(base, Cells):
            return self._no_range() if is_computed(given) else growth.spanned(written, self.fresh)
        title = base.reference.sheet
        home = self.around.grids[self._on_sheet.casefold()]
        grid = next((one for one in self.around.grids.values() if one.engine_title == title), home)
        return growth.shifted(written, (grid.rows, grid.columns), self.fresh)

    def _wanted(self, node: Call, index: int, want: str) -> str:
        wanted = taking(node.name, index, len(node.arguments))
        if wanted != "either" and not (node.name == "CHOOSE" and index):
            return wanted
        return "either" if want == "top" else want

    def _mapped(self, node: Call, several: list[int]) -> Node:
        """A call carried over the arrays in its one-value parameters."""
        if node.name in GIVES_ARRAY or node.name in ("INDEX", "OFFSET", "INDIRECT"):
            raise Unsupported(f"{node.name} over an array")
        arguments = list(node.arguments)
        across = next((index for index in several if is_row(arguments[index])), None)
        if across is not None and len(several) > 1:  # a row beside columns, as in VLOOKUP(A2:A, data, {2,3}, FALSE)
            parts = [[*arguments[:across], part, *arguments[across + 1 :]] for part in children(arguments[across])]
            calls = [replace(node, arguments=tuple(part)) for part in parts]
            return call("HSTACK", *(self._call(one, True, "one") for one in calls))
        arrays, items = [], []
        for index in several:
            item = self.fresh()
            arrays.append(self.write(arguments[index], True, "range"))
            items.append(item)
            self.scope.names[item.text] = (item, False)
            self.scope.values[item.text] = None
            arguments[index] = item
        body = self._call(replace(node, arguments=tuple(arguments)), True, "one")
        return call("MAP", *arrays, call("LAMBDA", *items, body))

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
        rows = []
        for row in node.rows:
            single = [not (isinstance(one, Name) or self.scope.gives_array(one)) for one in row]
            rows.append(self._stacked("HSTACK", "ROWS", [self._element(one, array) for one in row], single))
        return self._stacked("VSTACK", "COLUMNS", rows, [False] * len(rows))

    def _element(self, node: Node, array: bool) -> Node:
        """A part of an array; the engine takes an error for a part only where it stands in an array itself."""
        written = self.write(node, array, "either")
        if isinstance(written, Literal | Prefix) or self.scope.gives_array(node):
            return written
        return as_range(written) if isinstance(written, Cells) else call("IF", _ONE, written)

    def _stacked(self, stack: str, side: str, parts: list[Node], single: list[bool]) -> Node:
        return stacked_parts(stack, side, parts, single, self._ragged, self.fresh)

    def _ragged(self) -> Node:
        message = "In ARRAY_LITERAL, an Array Literal was missing values for one or more rows."
        return self.error("VALUE", message)
