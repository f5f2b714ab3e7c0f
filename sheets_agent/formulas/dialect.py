"""From the formulas of Sheets to the formulas of the calculation engine.

The engine (IronCalc) knows most functions of Sheets, calculates with whole arrays everywhere, wants ranges closed, and
has none of the Sheets-only functions. So a formula is parsed, checked, and said again: ranges are closed by the grid,
what Sheets would reduce to one cell is reduced, Sheets-only functions are put into others. What cannot be said is
answered with an error that tells so, never with a wrong value.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from sheets_agent.formulas.catalogue import lookup
from sheets_agent.formulas.lambdas import check_lambdas
from sheets_agent.formulas.parameters import ARRAY_MODE, GIVES_ARRAY, WANTS_RANGE, taking, words
from sheets_agent.formulas.references import Corner, Reference, read
from sheets_agent.formulas.rewrites import (
    ELEMENTWISE,
    NOT_CALCULATED,
    REWRITES,
    Unsupported,
    bound,
    call,
    number,
    text,
)
from sheets_agent.formulas.shapes import left_out, shape
from sheets_agent.formulas.syntax import (
    Apply,
    Braces,
    Call,
    Cells,
    Chain,
    ErrorLiteral,
    FormulaError,
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
    tree,
    walk,
)
from sheets_agent.formulas.values import ERROR_TEXTS, ErrorValue

BLANK = "\ue000"
"""What the engine gives for one blank cell where a formula's value is blank: a character of nobody's."""

MAX_PATTERN = 2_000  # a longer formula is no pattern worth remembering
ENGINE_ROWS, ENGINE_COLUMNS = 1_048_576, 16_384

_PLACE = re.compile("\x03([0-9]+)\x03")
_NOTHING = Cells(Reference("", Corner(ENGINE_ROWS - 1, ENGINE_COLUMNS - 1)))
"""The last cell of the engine's grid, which nobody fills: a blank value."""

_HANDED_ON = words(
    """ARRAY_CONSTRAIN CHOOSECOLS CHOOSEROWS FILTER FLATTEN HLOOKUP HSTACK INDEX INDIRECT LOOKUP OFFSET SORT SORTN
    TOCOL TOROW TRANSPOSE UNIQUE VLOOKUP VSTACK WRAPCOLS WRAPROWS XLOOKUP"""
)
"""Functions that hand cells on as they are: a blank cell stays blank."""

_OMITTED_IS_BLANK = words("CHOOSE IF IFERROR IFNA IFS SWITCH")


@dataclass(frozen=True, slots=True)
class Grid:
    """A sheet as formulas see it. `engine_title` is what the engine calls it."""

    title: str
    engine_title: str
    rows: int
    columns: int


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a formula can refer to.

    Attributes:
        grids: sheets by casefolded title.
        names: named ranges by casefolded name: the reference each stands for, its sheet named.
    """

    grids: Mapping[str, Grid]
    names: Mapping[str, Reference] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Compiled:
    """A formula for the engine.

    Attributes:
        text: what the engine calculates, with a leading "=".
        failure: the value of the cell when the engine's own does not count.
        reasons: messages for the errors that were found on the way, by error type.
        blanks: whether `BLANK`, and an empty text in an array, stand for blank cells.
        unknown: whether Sheets would show a value that nothing here can calculate.
        target: the one cell it shows, when the formula is nothing but a reference.
    """

    text: str
    failure: ErrorValue | None = None
    reasons: Mapping[str, str] = field(default_factory=dict)
    blanks: bool = False
    unknown: bool = False
    target: Reference | None = None


_Template = tuple[Compiled, str, list[int]]
"""A compiled formula, its text with a `%s` for every reference, and which of the formula's references goes where."""


class Compiler:
    """Compiles the formulas of one workbook. Copies of a formula cost next to nothing."""

    def __init__(self, surroundings: Surroundings) -> None:
        self.surroundings = surroundings
        self._templates: dict[tuple[str, str], _Template | None] = {}
        grids = surroundings.grids.values()
        self._rows = min((grid.rows for grid in grids), default=0)
        self._columns = min((grid.columns for grid in grids), default=0)

    def compile(self, formula: str, on_sheet: str) -> Compiled:
        """Say a formula of Sheets in the engine's language, as `compile_formula` does."""
        outline, found, row, column = shape(formula)
        if row > self._rows or column > self._columns or len(formula) > MAX_PATTERN:
            return compile_formula(formula, on_sheet, self.surroundings)
        key = (outline, on_sheet)
        if key not in self._templates:
            self._templates[key] = self._template(formula, on_sheet, len(found))
        template = self._templates[key]
        if template is None:
            return compile_formula(formula, on_sheet, self.surroundings)
        model, form, order = template
        written = form % tuple([found[place] for place in order])
        target = read(found[0]) if found and model.target is not None else model.target
        return Compiled(written, model.failure, model.reasons, model.blanks, model.unknown, target)

    def _template(self, formula: str, on_sheet: str, count: int) -> _Template | None:
        """A formula compiled with places for its references, or None when its parts do not match up."""
        try:
            cells = [node.reference for node in walk(tree(formula)) if isinstance(node, Cells)]
        except (FormulaError, RecursionError):
            return None
        if sum(map(left_out, cells)) != count:
            return None
        marked = compile_formula(formula, on_sheet, self.surroundings, marked=True)
        order = [int(place) for place in _PLACE.findall(marked.text)]
        return marked, _PLACE.sub("%s", marked.text.replace("%", "%%")), order


def compile_formula(formula: str, on_sheet: str, surroundings: Surroundings, *, marked: bool = False) -> Compiled:
    """Say a formula of Sheets in the engine's language.

    Args:
        formula: as typed, with en_US separators.
        on_sheet: the title of the sheet it stands on.
        surroundings: the sheets and names it can refer to.
        marked: whether to put a numbered mark for every reference that `shape` leaves out.
    """
    try:
        root = tree(formula)
        check_lambdas(root)
    except FormulaError:
        return _failed(ErrorValue("ERROR", "Formula parse error."))
    except RecursionError:
        return _failed(ErrorValue("ERROR", "The formula nests too deep."))
    except Unsupported as reason:
        return _not_calculated(str(reason))
    return _compiled(root, _Writer(on_sheet, surroundings, _numbered(root) if marked else {}))


def _numbered(root: Node) -> dict[int, int]:
    """The place of every reference that `shape` leaves out, by the identity of its node."""
    cells = (node for node in walk(root) if isinstance(node, Cells) and left_out(node.reference))
    return {id(node): index for index, node in enumerate(cells)}


def _compiled(root: Node, writer: _Writer) -> Compiled:
    try:
        node = writer.write(root, array=False, want="top")
        if _hands_blanks_on(root):
            node = bound(node, writer.fresh, _telling_blanks)
        written = "=" + render(node)
    except Unsupported as reason:
        return _not_calculated(str(reason))
    except RecursionError:
        return _failed(ErrorValue("ERROR", "The formula nests too deep."))
    target = root.reference if isinstance(root, Cells) and root.reference.single else None
    return Compiled(written, None, writer.reasons, _hands_blanks_on(root), target=target)


def _as_range(node: Node) -> Node:
    """A single cell as a range of one."""
    if isinstance(node, Cells) and node.reference.single:
        typed = node.reference.typed
        return Cells(replace(node.reference, last=node.reference.first, typed=typed and f"{typed}:{typed}"))
    return node


def _is_row(node: Node) -> bool:
    """Whether a node is a row of constants in braces."""
    return isinstance(node, Braces) and len(node.rows) == 1 and all(isinstance(one, Literal) for one in node.rows[0])


def _telling_blanks(value: Node) -> Node:
    """A value with its blank cells told from zeros: `BLANK` for a single one, an empty text for one in an array."""
    empty = Group(Chain(value, (("=", text("")),)))
    size = Chain(call("ROWS", value), (("*", call("COLUMNS", value)),))
    single = call("IF", call("ISTEXT", value), value, call("IF", empty, text(BLANK), value))
    return call("IF", Chain(Group(size), (("=", number(1)),)), single, call("IF", empty, text(""), value))


def _failed(error: ErrorValue) -> Compiled:
    return Compiled("=" + str(error), error)


def _not_calculated(what: str) -> Compiled:
    failed = _failed(ErrorValue("ERROR", f"The local Sheets API does not calculate {what} yet."))
    return replace(failed, unknown=True)


def _hands_blanks_on(node: Node) -> bool:
    """Whether a blank cell would come out of the formula as a blank (a bare single reference aside)."""
    match node:
        case Group(inner=inner):
            return isinstance(inner, Cells) or _hands_blanks_on(inner)
        case Braces():
            return any(isinstance(element, Cells) or _hands_blanks_on(element) for element in children(node))
        case Cells(reference=reference):
            return not reference.single
        case Call(name=name) if name in _HANDED_ON:
            return True
        case Call(name="LET", arguments=arguments):
            return isinstance(arguments[-1], Cells | Name) or _hands_blanks_on(arguments[-1])
        case Call(name="ARRAYFORMULA", arguments=(inner,)):
            return isinstance(inner, Cells) or _hands_blanks_on(inner)
        case Call(name="IFERROR" | "IFNA", arguments=(_,)):
            return True
        case Call(name=name, arguments=arguments):
            handed = [
                argument
                for index, argument in enumerate(arguments)
                if taking(name, index, len(arguments)) == "either" or name == "CHOOSE"
            ]
            return any(isinstance(one, Cells | Omitted) or _hands_blanks_on(one) for one in handed)
        case _:
            return False


class _Writer:
    """Says one formula again."""

    def __init__(self, on_sheet: str, surroundings: Surroundings, places: Mapping[int, int]) -> None:
        self._places = places
        self._on_sheet = on_sheet
        self._around = surroundings
        self._names: dict[str, tuple[Name, bool]] = {}
        self._drawn = 0
        self.reasons: dict[str, str] = {}

    def fresh(self) -> Name:
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
                return Prefix(operators, self.write(operand, array, "one"))
            case Percent(operand=operand, signs=signs):
                return Percent(self.write(operand, array, "one"), signs)
            case Chain():
                return self._chain(node, array)
            case _:
                return node

    def _chain(self, node: Chain, array: bool) -> Node:
        if any(operator == ":" for operator, _ in node.rest):
            raise Unsupported("ranges with a computed end")
        first = self.write(node.first, array, "one")
        return Chain(first, tuple((operator, self.write(operand, array, "one")) for operator, operand in node.rest))

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
        prefix = "" if reference.sheet is None else "'" + grid.engine_title.replace("'", "''") + "'!"
        cells = Cells(Reference(prefix, first, last))
        if place is not None:  # a reference that is written as a mark
            cells = Cells(replace(cells.reference, typed=f"\x03{place}\x03"))
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
        several = isinstance(node, Braces) or (isinstance(node, Call) and node.name in GIVES_ARRAY)
        return Group(Prefix("@", written)) if several else written

    def _call(self, node: Call, array: bool, want: str) -> Node:
        name, count = node.name, len(node.arguments)
        if (known := self._names.get(name.casefold())) is not None:
            return Call(known[0].text, tuple(self.write(one, array, "either") for one in node.arguments))
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
        if name == "LET":
            return self._let(node, array, want)
        if name == "LAMBDA":
            return self._lambda(node)
        inside = array or name in ARRAY_MODE
        if inside and name not in ELEMENTWISE and (several := self._several(node)):
            return self._mapped(node, several)
        arguments = tuple(
            self.write(argument, inside, self._wanted(node, index, want))
            for index, argument in enumerate(node.arguments)
        )
        if name in WANTS_RANGE:
            arguments = tuple(
                _as_range(one) if taking(name, index, count) == "range" else one for index, one in enumerate(arguments)
            )
        if name in _OMITTED_IS_BLANK:
            arguments = tuple(_NOTHING if isinstance(argument, Omitted) else argument for argument in arguments)
        if name in ("IFERROR", "IFNA") and count == 1:
            arguments += (_NOTHING,)
        written = Call(name, arguments)
        rewrite = REWRITES.get(name)
        result = rewrite(written, self.fresh) if rewrite else written
        if name in ("ROW", "COLUMN") and not inside and want in ("one", "top") and self._is_array(node.arguments):
            return Group(Prefix("@", result))
        return result

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
        outer = dict(self._names)
        written: list[Node] = []
        for name, value in zip(node.arguments[:-1:2], node.arguments[1:-1:2], strict=True):
            if not isinstance(name, Name):
                return self._error("NAME", "Argument 1 of function LET is not a valid name.")
            inner = self.fresh()
            written += [inner, self.write(value, array, "either")]
            self._names[name.text.casefold()] = (inner, self._gives_array(value))
        body = self.write(node.arguments[-1], array, "either" if want == "top" else want)
        self._names = outer
        return call("LET", *written, body)

    def _lambda(self, node: Call) -> Node:
        outer = dict(self._names)
        parameters: list[Node] = []
        for parameter in node.arguments[:-1]:
            if not isinstance(parameter, Name):
                return self._error("NAME", "Argument 1 of function LAMBDA is not a valid name.")
            inner = self.fresh()
            parameters.append(inner)
            self._names[parameter.text.casefold()] = (inner, False)
        body = self.write(node.arguments[-1], True, "either")
        self._names = outer
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
        body = call("IF", same, call(stack, *names), self._ragged())
        pairs = [one for name, part in zip(names, parts, strict=True) for one in (name, part)]
        return call("LET", *pairs, body)
