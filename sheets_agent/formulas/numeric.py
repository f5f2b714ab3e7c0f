"""Sums over a range as large as another, and functions whose result may be no number."""

from __future__ import annotations

from sheets_agent.formulas.lookups import size_of
from sheets_agent.formulas.nodes import Fresh, Rewrite, bare, binary, call, finite, is_computed, number
from sheets_agent.formulas.parameters import taking, words
from sheets_agent.formulas.syntax import Call, Cells, ErrorLiteral, Node
from sheets_agent.formulas.unlike import by_criteria

_OF_RANGES = words("AVERAGEIF AVERAGEIFS MAXIFS MINIFS SUMIF SUMIFS")


def lacks_range(node: Call) -> bool:
    """Whether a call as it was typed has an array where Sheets takes ranges only."""
    count = len(node.arguments)
    if node.name not in _OF_RANGES or (node.name in ("AVERAGEIF", "SUMIF") and count < 3):
        return False
    given = (one for index, one in enumerate(node.arguments) if taking(node.name, index, count) == "range")
    return any(is_computed(bare(one)) for one in given)


def _shaped(rewrite: Rewrite) -> Rewrite:
    """SUMIF and AVERAGEIF: only the first cell of the range that is summed counts; it is as large as the other."""

    def shaped(node: Call, fresh: Fresh) -> Node:
        if len(node.arguments) < 3 or not all(isinstance(node.arguments[place], Cells) for place in (0, 2)):
            return rewrite(node, fresh)
        where, criterion, values = node.arguments
        sizes = size_of(where), size_of(values)
        if sizes[0] is not None and sizes[0] == sizes[1]:
            return rewrite(node, fresh)
        rows, columns = call("ROWS", where), call("COLUMNS", where)
        grown = call("OFFSET", values, number(0), number(0), rows, columns)
        alike = (binary(call("ROWS", values), "=", rows), binary(call("COLUMNS", values), "=", columns))
        return call(
            "IF",
            call("AND", *alike),
            rewrite(node, fresh),
            rewrite(call(node.name, where, criterion, grown), fresh),
        )

    return shaped


def _of_one_size(rewrite: Rewrite) -> Rewrite:
    """SUMIFS and the like take ranges of one size; the engine goes on past the end of a shorter one."""

    def checked(node: Call, fresh: Fresh) -> Node:
        count = len(node.arguments)
        first, *others = [one for index, one in enumerate(node.arguments) if taking(node.name, index, count) == "range"]
        unlike: list[Node] = []
        for one in others:
            sizes = size_of(first), size_of(one)
            if one == first or (sizes[0] is not None and sizes[0] == sizes[1]):
                continue
            if None not in sizes:
                return _OTHER_SIZE
            unlike += [binary(call(side, first), "<>", call(side, one)) for side in ("ROWS", "COLUMNS")]
        result = rewrite(node, fresh)
        return call("IF", call("OR", *unlike), _OTHER_SIZE, result) if unlike else result

    return checked


_OTHER_SIZE = ErrorLiteral("#VALUE!")

NUMERIC: dict[str, Rewrite] = {
    **dict.fromkeys(("ACOS", "ACOSH", "ACOTH", "ASIN", "ATANH", "COSH", "EXP", "SINH"), finite),
    **dict.fromkeys(("AVERAGEIF", "SUMIF"), _shaped(by_criteria)),
    **dict.fromkeys(("AVERAGEIFS", "COUNTIFS", "MAXIFS", "MINIFS", "SUMIFS"), _of_one_size(by_criteria)),
}
"""What is put in place of a call by its name, its arguments written already."""
