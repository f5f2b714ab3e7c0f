"""The number format that Sheets gives a formula whose cell has none.

Source: https://support.google.com/docs/table/25273 says of each function what it returns; that a formula takes the
format of the first formatted cell it refers to is how the editor behaves.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

from sheets_agent.formulas.parameters import words
from sheets_agent.formulas.references import Reference, read, references
from sheets_agent.formulas.shapes import shape
from sheets_agent.formulas.syntax import Call, Cells, Chain, FormulaError, Group, Node, Omitted, Prefix, tree, walk

JSON = dict[str, Any]
Resolve = Callable[[Reference, int], JSON | None]
"""The format of the first cell of a reference, so many columns to the right."""

_BY_TYPE = {
    "DATE": words("DATE DATEVALUE EDATE EOMONTH TODAY TO_DATE WORKDAY WORKDAY.INTL"),
    "DATE_TIME": words("EPOCHTODATE NOW"),
    "TIME": words("TIME TIMEVALUE"),
    "PERCENT": words("IRR MIRR RATE RRI TO_PERCENT XIRR"),
    "CURRENCY": words("CUMIPMT CUMPRINC DB DDB FV IPMT NPV PMT PPMT PV SLN SYD TO_DOLLARS VDB XNPV"),
}
_FIRST = words(
    """ABS ARRAYFORMULA ARRAY_CONSTRAIN AVERAGE AVERAGEIFS CEILING CHOOSECOLS CHOOSEROWS FILTER FLATTEN FLOOR HSTACK
    INDEX INT LARGE MAX MAXIFS MEDIAN MIN MINIFS MINUS MODE MROUND OFFSET PERCENTILE QUARTILE ROUND ROUNDDOWN ROUNDUP
    SMALL SORT SORTN SUM SUMIFS TOCOL TOROW TRANSPOSE TRUNC UMINUS UNIQUE UPLUS VSTACK WRAPCOLS WRAPROWS"""
)
_LATER = {"CHOOSE": 1, "IF": 1, "IFERROR": 0, "IFNA": 0, "SUBTOTAL": 1, "XLOOKUP": 2}


def inferred(formula: str, resolve: Resolve, column: int = 0) -> JSON | None:
    """The NumberFormat of a formula's result, None for a plain number or text.

    Args:
        formula: the formula.
        resolve: gives the format of a cell it refers to.
        column: which column of the result, counted from its first one.
    """
    pattern = _pattern(formula)
    if pattern is None:
        return None
    root, order, reference = pattern
    return _Inference(order, reference, resolve, column).of(root)


@lru_cache(maxsize=4096)
def _pattern(formula: str) -> tuple[Node, dict[int, int], Callable[[int], Reference]] | None:
    """A tree of a formula's shape, which reference each node of cells is, and the formula's references by number.

    What is looked ahead at in a fork are the same formulas again and again.
    """
    outline, left_out = shape(formula)[:2]
    example = _example(outline, formula)
    if example is None:
        return None
    root, order = example
    if len(order) == len(left_out):  # reading the few that count is cheaper than taking the formula apart again
        return root, order, lambda index: read(left_out[index])
    return root, order, references(formula).__getitem__


_examples: dict[str, tuple[Node, dict[int, int]] | None] = {}


def _example(outline: str, formula: str) -> tuple[Node, dict[int, int]] | None:
    """The tree of the first formula seen of a shape: copies differ only in the cells."""
    if outline not in _examples:
        if len(_examples) > 4096:
            _examples.clear()
        _examples[outline] = _numbered(formula)
    return _examples[outline]


def _numbered(formula: str) -> tuple[Node, dict[int, int]] | None:
    """The tree, and which reference of the formula each node of cells is."""
    try:
        root = tree(formula)
    except (FormulaError, RecursionError):
        return None
    cells = [node for node in walk(root) if isinstance(node, Cells)]
    return root, {id(node): index for index, node in enumerate(cells)}


def type_of(node: Node) -> str | None:
    """The type of NumberFormat that the outermost function of a tree gives, whatever cells it refers to."""
    name = node.name if isinstance(node, Call) else ""
    return next((kind for kind, names in _BY_TYPE.items() if name in names), None)


class _Inference:
    def __init__(
        self, order: dict[int, int], reference: Callable[[int], Reference], resolve: Resolve, column: int
    ) -> None:
        self._order = order
        self._reference = reference
        self._resolve = resolve
        self._column = column

    def of(self, node: Node) -> JSON | None:
        match node:
            case Cells():
                return self._resolve(self._reference(self._order[id(node)]), self._column)
            case Group(inner=inner) | Prefix(operand=inner):
                return self.of(inner)
            case Chain(first=first, rest=rest):
                return self._chain([first, *(operand for _, operand in rest)], {operator for operator, _ in rest})
            case Call():
                return self._call(node)
            case _:
                return None

    def _call(self, node: Call) -> JSON | None:
        name, arguments = node.name, node.arguments
        for kind, names in _BY_TYPE.items():
            if name in names:
                return {"type": kind}
        if name in _FIRST:
            return self._first(arguments[:1])
        if name in _LATER:
            return self._first(arguments[_LATER[name] :])
        match name:
            case "LET":
                return self._first(arguments[-1:])
            case "IFS" | "SWITCH":
                return self._first(arguments[1::2] if name == "IFS" else arguments[2::2])
            case "SUMIF" | "AVERAGEIF":
                return self._first(arguments[2:3] or arguments[:1])
            case "VLOOKUP" if len(arguments) > 2:
                return self._looked_up(arguments[1], arguments[2])
            case "ADD" | "MULTIPLY" | "DIVIDE":
                sign = {"ADD": "+", "MULTIPLY": "*", "DIVIDE": "/"}[name]
                return self._chain(list(arguments), {sign})
            case _:
                return None

    def _first(self, nodes: tuple[Node, ...]) -> JSON | None:
        found = (self.of(node) for node in nodes if not isinstance(node, Omitted))
        return next((one for one in found if one is not None), None)

    def _looked_up(self, data: Node, index: Node) -> JSON | None:
        text = getattr(index, "text", "")
        if not isinstance(data, Cells) or not text.isdigit():
            return None
        return self._resolve(self._reference(self._order[id(data)]), int(text) - 1)

    def _chain(self, operands: list[Node], operators: set[str]) -> JSON | None:
        if not operators <= {"+", "-", "*", "/"}:
            return None
        formats = [one for one in map(self.of, operands) if one is not None]
        if not formats:
            return None
        moments = [one.get("type") in ("DATE", "DATE_TIME", "TIME") for one in formats]
        if any(moments) and (operators - {"+", "-"} or ("-" in operators and all(moments) and len(moments) > 1)):
            return None  # a span of days, or a product that is no date
        if "/" in operators and len(formats) > 1:
            return None  # money by money is a plain number
        return formats[0]
