"""Functions that sum up many values, of arrays that are calculated.

In a range the calculation engine tells numbers from texts, truth values and blanks as Sheets does. In an array that a
formula calculates it does not: COUNT finds no numbers there, AVERAGE takes truth values for numbers, PRODUCT and NPV
take no arrays. So such an array is reduced to what Sheets counts. Ranges are left to the engine, but for SUMPRODUCT,
to which TRUE is 1 everywhere.
"""

from __future__ import annotations

from sheets_agent.formulas.coercion import is_truth
from sheets_agent.formulas.hosts import marked
from sheets_agent.formulas.nodes import Fresh, Rewrite, as_range, binary, bound, call, constant, number, text
from sheets_agent.formulas.spreading import may_spread
from sheets_agent.formulas.syntax import Call, Cells, Chain, ErrorLiteral, Group, Literal, Name, Node

_LARGEST = Literal("1E+308")
"""To the engine texts are more than any number, and truth values more than any text."""
_FALSE = Literal("FALSE")


def _computed(node: Node) -> bool:
    """Whether a node may be an array and is no range. What is calculated here stands in cells for the engine."""
    return not isinstance(node, Cells) and marked(node) is None and may_spread(node)


def _stacked(nodes: tuple[Node, ...]) -> Node:
    return nodes[0] if len(nodes) == 1 else call("VSTACK", *(call("TOCOL", one) for one in nodes))


def _is_number(values: Node) -> Node:
    """1 for each number among values, 0 for texts, truth values and blanks; errors stay."""
    return binary(binary(values, "<=", _LARGEST), "*", binary(values, "<>", text("")))


def _chained(sign: str, nodes: list[Node]) -> Node:
    first, *rest = nodes
    return Group(Chain(first, tuple((sign, one) for one in rest))) if rest else first


def _count(node: Call, fresh: Fresh) -> Node:
    def numbers(values: Name) -> Node:
        return call("SUM", call("IFERROR", _is_number(values), number(0)))

    counted = [bound(one, fresh, numbers) for one in node.arguments if _computed(one)]
    others = tuple(one for one in node.arguments if not _computed(one) and constant(one) != "")
    return _chained("+", [*([Call(node.name, others)] if others else []), *counted] or [number(0)])


def _margin_of_error(node: Call, fresh: Fresh) -> Node:
    data, confidence = node.arguments
    deviation, count = call("STDEV.S", data), _count(call("COUNT", data), fresh)
    return call("CONFIDENCE.T", binary(number(1), "-", confidence), deviation, count)


def _of_numbers(node: Call, fresh: Fresh) -> Node:
    """Anything but numbers becomes a text, which the engine leaves out."""

    def reduced(values: Name) -> Node:
        return call("IF", call("IFERROR", _is_number(values), number(1)), values, text(""))

    arguments = tuple(bound(one, fresh, reduced) if _computed(one) else one for one in node.arguments)
    return Call(node.name, arguments)


def _skewed(node: Call, fresh: Fresh) -> Node:
    """Of fewer than three numbers there is no skewness of a population, where the engine has 0."""
    too_few = binary(_count(call("COUNT", *node.arguments), fresh), "<", number(3))
    result = call("IF", too_few, ErrorLiteral("#DIV/0!"), _of_numbers(node, fresh))
    total = call("SUM", *node.arguments)
    return call("IF", call("ISERROR", total), total, result)


def _with_texts_as_zero(plain: str) -> Rewrite:
    """AVERAGEA and the like: said by the function that takes numbers only."""

    def value(values: Name) -> Node:
        blank = binary(binary(values, "=", text("")), "*", binary(values, "=", number(0)))
        known = call("IF", binary(values, ">", _LARGEST), number(0), values)
        known = call("IF", binary(values, ">=", _FALSE), binary(values, "*", number(1)), known)
        return call("IF", blank, text(""), known)

    def rewrite(node: Call, fresh: Fresh) -> Node:
        if not any(map(_computed, node.arguments)):
            return node
        return call(plain, bound(_stacked(node.arguments), fresh, value))

    return rewrite


def _count_blank(node: Call, fresh: Fresh) -> Node:
    def blank(values: Name) -> Node:
        return call("SUM", call("IFERROR", binary(binary(values, "=", text("")), "*", number(1)), number(0)))

    return _chained(
        "+", [bound(one, fresh, blank) if _computed(one) else call(node.name, one) for one in node.arguments]
    )


def _product(node: Call, fresh: Fresh) -> Node:
    if not any(map(_computed, node.arguments)):
        return node
    names = [fresh() for _ in node.arguments]
    pairs = [one for pair in zip(names, node.arguments, strict=True) for one in pair]

    def multiplied(values: Name) -> Node:
        total, item = fresh(), fresh()
        factors = call("IF", _is_number(values), values, number(1))
        return call("REDUCE", number(1), factors, call("LAMBDA", total, item, binary(total, "*", item)))

    factors, counts = map(multiplied, names), [call("SUM", _is_number(name)) for name in names]
    none = binary(call("SUM", *counts), "=", number(0))
    return call("LET", *pairs, call("IF", none, number(0), _chained("*", list(factors))))


def _net_present_value(node: Call, fresh: Fresh) -> Node:
    rate, *flows = node.arguments
    if not any(map(_computed, flows)):
        return node

    def discounted(values: Name) -> Node:
        count = call("SUM", _is_number(values))
        numbers = call("FILTER", values, _is_number(values))
        worth = binary(binary(number(1), "+", rate), "^", binary(number(0), "-", call("SEQUENCE", count)))
        return call("IF", binary(count, "=", number(0)), number(0), call("SUM", binary(numbers, "*", worth)))

    return bound(call("TOCOL", _stacked(tuple(flows))), fresh, discounted)


def _future_value(node: Call, fresh: Fresh) -> Node:
    principal, rates = node.arguments
    if not _computed(rates):
        return node
    total, item = fresh(), fresh()
    grown = binary(total, "*", binary(number(1), "+", item))
    return call("REDUCE", principal, rates, call("LAMBDA", total, item, grown))


def _sum_product(node: Call, fresh: Fresh) -> Node:
    def counted(values: Node) -> Node:
        return call("IF", binary(values, ">=", _FALSE), binary(values, "*", number(1)), values)

    def factor(one: Node) -> Node:
        if is_truth(one):
            return binary(one, "*", number(1))
        if isinstance(one, Cells):  # to look for truth values is faster than to take them for numbers
            cells = as_range(one)
            return call("IF", binary(call("COUNTIF", cells, Literal("TRUE")), ">", number(0)), counted(cells), cells)
        return bound(one, fresh, counted) if _computed(one) and not _is_calculated(one) else one

    return Call(node.name, tuple(map(factor, node.arguments)))


def _sum_of_squares(sign: str) -> Rewrite:
    """SUMX2MY2 and the like: a pair counts where both are numbers."""

    def rewrite(node: Call, fresh: Fresh) -> Node:
        one, other = fresh(), fresh()
        if node.name == "SUMXMY2":
            term = binary(binary(one, "-", other), "^", number(2))
        else:
            term = binary(binary(one, "^", number(2)), sign, binary(other, "^", number(2)))
        pairs = binary(_is_number(one), "*", _is_number(other))
        sizes = [binary(call("ROWS", name), "*", call("COLUMNS", name)) for name in (one, other)]
        total = call("SUM", call("IF", pairs, term, number(0)))
        checked = call("IF", binary(sizes[0], "<>", sizes[1]), ErrorLiteral("#N/A"), total)
        return call("LET", one, node.arguments[0], other, node.arguments[1], checked)

    return rewrite


def _dated_value(node: Call, fresh: Fresh) -> Node:
    """XNPV: the engine takes positive rates only."""
    rate, values, dates = node.arguments
    name, when = fresh(), fresh()
    years = binary(binary(when, "-", call("INDEX", when, number(1), number(1))), "/", number(365))
    worth = binary(binary(number(1), "+", name), "^", binary(number(0), "-", years))
    value = call("SUM", binary(values, "*", worth))
    return call(
        "LET", name, rate, when, dates, call("IF", binary(name, "<=", number(-1)), ErrorLiteral("#NUM!"), value)
    )


def _modified_rate(node: Call, fresh: Fresh) -> Node:
    """MIRR: without both payments and income there is none."""

    def checked(values: Name) -> Node:
        signs = binary(call("MAX", values), "*", call("MIN", values))
        result = Call(node.name, (values, *node.arguments[1:]))
        return call("IF", binary(signs, ">=", number(0)), ErrorLiteral("#DIV/0!"), result)

    return bound(node.arguments[0], fresh, checked)


def _is_calculated(node: Node) -> bool:
    """Whether a node is a number, or numbers, by what was calculated last."""
    while isinstance(node, Group):
        node = node.inner
    return isinstance(node, Chain) and node.rest[0][0] in ("+", "-", "*", "/", "^")


AGGREGATES: dict[str, Rewrite] = {
    **dict.fromkeys(("AVERAGE", "GEOMEAN", "HARMEAN", "KURT", "MEDIAN", "SKEW"), _of_numbers),
    "AVERAGEA": _with_texts_as_zero("AVERAGE"),
    "COUNT": _count,
    "COUNTBLANK": _count_blank,
    "FVSCHEDULE": _future_value,
    "MARGINOFERROR": _margin_of_error,
    "MIRR": _modified_rate,
    "NPV": _net_present_value,
    "PRODUCT": _product,
    "SKEW.P": _skewed,
    "STDEVA": _with_texts_as_zero("STDEV.S"),
    "STDEVPA": _with_texts_as_zero("STDEV.P"),
    "SUMPRODUCT": _sum_product,
    "SUMX2MY2": _sum_of_squares("-"),
    "SUMX2PY2": _sum_of_squares("+"),
    "SUMXMY2": _sum_of_squares("-"),
    "VARA": _with_texts_as_zero("VAR.S"),
    "VARPA": _with_texts_as_zero("VAR.P"),
    "XNPV": _dated_value,
}
"""What is put in place of a call by its name, its arguments written already."""
