"""How large texts and arrays inside a formula may grow: what would take all memory is refused before it is built.

A text longer than a cell can hold is an error in Sheets. An array is limited to what a whole spreadsheet can hold;
where its size is only seen while calculating, a test of the sizes of its parts is put before it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sheets_agent.formulas.nodes import MOST_LETTERS, REFUSED, Fresh, argument, binary, bound, call, constant, number
from sheets_agent.formulas.parameters import words
from sheets_agent.formulas.rewrites import ELEMENTWISE
from sheets_agent.formulas.syntax import (
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
    children,
    walk,
)

MOST_VALUES = 10_000_000
"""In one array: as many as cells in a spreadsheet."""
MOST_STEPS = 10_000_000
"""Calls of the function inside a MAP, REDUCE and the like, those of nested ones multiplied."""
_MOST_LONG_STEPS = 200_000
"""The same of a function that has such a call in it, which takes long even when it is refused."""
LOOPS = words("BYCOL BYROW MAKEARRAY MAP REDUCE SCAN")
"""Functions that call another one for every value, row or column."""
MADE = words("MUNIT RANDARRAY SEQUENCE")
"""Functions that make an array of a size they are told."""
TEXTS = words("CONCAT CONCATENATE JOIN REPLACE SUBSTITUTE TEXTJOIN")
"""Functions whose text may be longer than any they were given."""
_MOST_STACKED = 2_000_000  # a stack is put on other stacks, and LET keeps a copy of each
_ALL_LETTERS = 200_000_000
_MOST_PRODUCTS = 20_000_000_000
_MOST_READ = 5_000_000_000
_MOST_MADE = 200_000_000
_ENGINE_VALUES = 1_000_000
_NUMBERS = words("AVERAGE COLUMN COUNT COUNTA COUNTIF COUNTIFS LEN ROUND ROW ROWS SUM SUMIF SUMIFS")

Size = tuple[int, int]
"""Rows and columns."""


def text_limited(node: Node, fresh: Fresh) -> Node:
    """A text, or an array of texts, as long as none is longer than a cell can hold."""

    def tested(name: Name) -> Node:
        return call("IF", binary(call("LEN", name), ">", number(MOST_LETTERS)), ErrorLiteral("#VALUE!"), name)

    return bound(node, fresh, tested)


def joined(operands: Sequence[Node], several: Sequence[bool], fresh: Fresh) -> Node:
    """Texts put together with `&`.

    Args:
        operands: what is put together.
        several: of each operand, whether it may be an array.
        fresh: draws a name.
    """
    longest = [_longest(one) for one in operands]
    if None not in longest and sum(one or 0 for one in longest) <= MOST_LETTERS:
        return _together(operands)
    if not any(several):
        return text_limited(_together(operands), fresh)

    def built(names: Sequence[Node]) -> Node:
        letters = [call("MAX", call("IFERROR", call("LEN", one), number(0))) for one in names]
        count = _count([one for one, many in zip(names, several, strict=True) if many])
        total = binary(call("SUM", *letters), "*", count)
        return call("IF", binary(total, ">", number(_ALL_LETTERS)), REFUSED, text_limited(_together(names), fresh))

    return named(operands, fresh, built)


def _together(operands: Sequence[Node]) -> Chain:
    return Chain(operands[0], tuple(("&", one) for one in operands[1:]))


def fitting(parts: Sequence[Node], several: Sequence[bool], fresh: Fresh, build: Callable[..., Node]) -> Node:
    """What is made of arrays that are carried over one another, as long as their common size is within the limit.

    Args:
        parts: what it is made of.
        several: of each part, whether it may be an array.
        fresh: draws a name.
        build: makes it of the parts, or of names that stand for them.
    """
    arrays = [place for place, many in enumerate(several) if many]
    if len(arrays) < 2 or _common([parts[place] for place in arrays]) is not None:
        return build(*parts)

    def tested(names: Sequence[Node]) -> Node:
        whole = list(parts)
        for place, name in zip(arrays, names, strict=True):
            whole[place] = name
        return call("IF", binary(_count(names), ">", number(MOST_VALUES)), REFUSED, build(*whole))

    return named([parts[place] for place in arrays], fresh, tested)


def stacked(node: Call, fresh: Fresh) -> Node:
    """HSTACK and VSTACK, the gaps that they fill up counted."""

    def tested(names: Sequence[Node]) -> Node:
        along, across = ("COLUMNS", "ROWS") if node.name == "HSTACK" else ("ROWS", "COLUMNS")
        length = call("SUM", *(call(along, one) for one in names))
        breadth = call("MAX", *(call(across, one) for one in names))
        too_many = binary(binary(length, "*", breadth), ">", number(_MOST_STACKED))
        return call("IF", too_many, REFUSED, Call(node.name, tuple(names)))

    if all(size(one) is not None for one in node.arguments):
        return node
    return named(node.arguments, fresh, tested)


def chosen(node: Call, fresh: Fresh) -> Node:
    """CHOOSECOLS and CHOOSEROWS, which may choose the same again and again."""
    data, *places = node.arguments
    side = "ROWS" if node.name == "CHOOSECOLS" else "COLUMNS"

    def tested(name: Name) -> Node:
        values = binary(call(side, name), "*", number(len(places)))
        return call("IF", binary(values, ">", number(MOST_VALUES)), REFUSED, call(node.name, name, *places))

    return node if len(places) < 10 else bound(data, fresh, tested)


def multiplied(node: Call, fresh: Fresh) -> Node:
    """MMULT: of a column and a row it makes a square."""
    if len(node.arguments) != 2:
        return node

    def tested(names: Sequence[Node]) -> Node:
        left, right = names
        values = binary(call("ROWS", left), "*", call("COLUMNS", right))
        steps = binary(values, "*", call("COLUMNS", left))
        too_many = call("OR", binary(values, ">", number(MOST_VALUES)), binary(steps, ">", number(_MOST_PRODUCTS)))
        return call("IF", too_many, REFUSED, call("MMULT", left, right))

    return named(node.arguments, fresh, tested)


def sequence(node: Call, fresh: Fresh) -> Node:
    """SEQUENCE: the engine counts to a million; a larger one is a column and a row carried over one another."""
    node = node if node.arguments else call(node.name, number(1))
    rows, columns = argument(node, 0, number(1)), argument(node, 1, number(1))
    known = constant(rows), constant(columns)
    if any(isinstance(one, float) and one < 1 for one in known):
        return ErrorLiteral("#NUM!")
    if all(isinstance(one, float) for one in known) and float(known[0] or 0) * float(known[1] or 0) <= _ENGINE_VALUES:
        return node

    def tested(names: Sequence[Node]) -> Node:
        height, width = call("INT", names[0]), call("INT", names[1])
        values = binary(height, "*", width)
        count = binary(
            binary(call("SEQUENCE", height, number(1), number(0)), "*", width),
            "+",
            call("SEQUENCE", number(1), width, number(0)),
        )
        large = binary(argument(node, 2, number(1)), "+", binary(argument(node, 3, number(1)), "*", count))
        too_large = call(
            "OR",
            binary(values, ">", number(MOST_VALUES)),
            binary(height, ">", number(_ENGINE_VALUES)),
            binary(width, ">", number(_ENGINE_VALUES)),
        )
        none = call("OR", *(binary(one, "<", number(1)) for one in (height, width)))
        small = call("SEQUENCE", *names, *node.arguments[2:])
        made = call("IF", binary(values, "<=", number(_ENGINE_VALUES)), small, call("IF", too_large, REFUSED, large))
        return call("IF", none, ErrorLiteral("#NUM!"), made)

    return named((rows, columns), fresh, tested)


def shifted(node: Call, grid: tuple[int, int], fresh: Fresh) -> Node:
    """OFFSET of cells of a sheet: outside of its grid there is nothing.

    Args:
        node: the call; its first argument is a reference.
        grid: rows and columns of the sheet.
        fresh: draws a name.
    """
    base, *given = node.arguments
    sizes = (call("ROWS", base), call("COLUMNS", base))
    parts = [*given[:2], *(argument(node, 3 + place, one) for place, one in enumerate(sizes))]

    def tested(names: Sequence[Node]) -> Node:
        down, right, height, width = (call("TRUNC", one) for one in names)
        top = binary(call("MIN", call("ROW", base)), "+", down)
        left = binary(call("MIN", call("COLUMN", base)), "+", right)
        outside = [binary(top, "<", number(1)), binary(left, "<", number(1))]
        for first, size_, limit in ((top, height, grid[0]), (left, width, grid[1])):
            outside.append(binary(binary(first, "+", size_), ">", number(limit + 1)))
        empty = call("OR", binary(height, "<", number(1)), binary(width, "<", number(1)))
        found = call("OFFSET", base, *names)
        inside = call("IF", call("OR", *outside), ErrorLiteral("#REF!"), found)
        return call("IF", empty, ErrorLiteral("#NUM!"), inside)

    return named(parts, fresh, tested)


def spanned(node: Call, fresh: Fresh) -> Node:
    """OFFSET of cells that are only known when it is calculated."""
    base, *given = node.arguments
    sides = [one for one in given[2:4] if not isinstance(one, Omitted)]

    def tested(names: Sequence[Node]) -> Node:
        places = iter(names)
        others = [one if isinstance(one, Omitted) else next(places) for one in given[2:4]]
        values = call("ABS", call("PRODUCT", *names))
        made = call("OFFSET", base, *given[:2], *others)
        return call("IF", binary(values, ">", number(MOST_VALUES)), REFUSED, made)

    return named(sides, fresh, tested) if sides else node


def is_work(function: Node) -> bool:
    """Whether one step of a MAP, REDUCE and the like may take long itself."""
    return any(
        (isinstance(one, Call) and (one.name in LOOPS or one.name in MADE))
        or (isinstance(one, Cells) and not one.reference.single)
        for one in walk(function)
    )


def weight(node: Node, known: dict[int, tuple[Node, int]]) -> int:
    """How many parts a tree has, though some stand in it many times over.

    Args:
        node: the tree.
        known: the weights of parts, by their identity; added to.
    """
    if id(node) not in known:
        known[id(node)] = node, 1 + sum(weight(one, known) for one in children(node))
    return known[id(node)][1]


def within_steps(loop: Node, steps: Name, read: Sequence[Node], function: Node) -> Node:
    """A MAP, REDUCE and the like, as long as it takes no more steps than the limit.

    Args:
        loop: the call.
        steps: how many steps it takes, those of the loops around it multiplied.
        read: the ranges that each of them reads.
        function: the function called at each.
    """
    long = any(isinstance(one, Call) and one.name in LOOPS for one in walk(function))
    most = _MOST_LONG_STEPS if long else MOST_STEPS
    sizes = (binary(call("ROWS", one), "*", call("COLUMNS", one)) for one in read)
    cells = binary(steps, "*", call("IFERROR", call("SUM", number(1), *sizes), number(1)))
    too_long = call("OR", binary(steps, ">", number(most)), binary(cells, ">", number(_MOST_READ)))
    return call("IF", too_long, REFUSED, loop)


def made_in_steps(node: Call, made: Node, steps: Name) -> Node:
    """An array made in every step of a MAP, REDUCE and the like."""
    sides = [one for one in node.arguments[:2] if not isinstance(one, Omitted)]
    values = binary(call("PRODUCT", *sides), "*", steps)
    return call("IF", binary(values, ">", number(_MOST_MADE)), REFUSED, made)


def loop_steps(name: str, given: Sequence[Node]) -> Node:
    """How many steps a MAP, REDUCE and the like takes."""
    match name:
        case "MAKEARRAY":
            return binary(given[0], "*", given[1])
        case "BYROW":
            return call("ROWS", given[0])
        case "BYCOL":
            return call("COLUMNS", given[0])
        case "REDUCE" | "SCAN":
            return _count(given[1:2])
        case _:
            return _count(given[:1])


def size(node: Node) -> Size | None:
    """The size that a part has when it is calculated with whole arrays, None when that is to be seen."""
    match node:
        case Literal() | ErrorLiteral() | Omitted():
            return 1, 1
        case Cells(reference=reference):
            area = reference.area
            if "\x03" in (reference.typed or ""):  # stands for the references of many formulas
                return None
            if area.end_row is None or area.end_column is None:
                return None
            return area.end_row - (area.start_row or 0), area.end_column - (area.start_column or 0)
        case Prefix(operators=operators) if "@" in operators:
            return 1, 1
        case Braces(rows=rows):
            return len(rows), len(rows[0])
        case Call(name=name, arguments=arguments) if name in ELEMENTWISE or name == "MAP":
            return _common(arguments[:-1] if name == "MAP" else arguments)
        case Group() | Prefix() | Percent() | Chain():
            return _common(children(node))
        case _:
            return None


def _common(parts: Sequence[Node]) -> Size | None:
    sizes = [size(one) for one in parts]
    known = [one for one in sizes if one is not None]
    if len(known) < len(sizes) or not known:
        return None
    return max(rows for rows, _ in known), max(columns for _, columns in known)


def _count(names: Sequence[Node]) -> Node:
    rows = call("MAX", *(call("ROWS", one) for one in names))
    columns = call("MAX", *(call("COLUMNS", one) for one in names))
    return binary(rows, "*", columns)


def named(parts: Sequence[Node], fresh: Fresh, build: Callable[[Sequence[Node]], Node]) -> Node:
    """`build` of parts that are calculated once: of names instead of everything longer than a reference."""
    names: list[Node] = []
    pairs: list[Node] = []
    for part in parts:
        if isinstance(part, Literal | Name | Cells):
            names.append(part)
            continue
        names.append(fresh())
        pairs += [names[-1], part]
    body = build(names)
    return call("LET", *pairs, body) if pairs else body


def _longest(node: Node) -> int | None:
    """How long the text of an operand can be at most, None when nobody knows."""
    known = constant(node)
    if known is not None:
        return len(known) if isinstance(known, str) else 25
    if isinstance(node, Prefix) and "@" not in node.operators:
        return 25
    return 25 if isinstance(node, Call) and node.name in _NUMBERS else None
