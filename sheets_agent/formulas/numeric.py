"""Sums over a range as large as another, and functions whose result may be no number."""

from __future__ import annotations

from sheets_agent.formulas.lookups import size_of
from sheets_agent.formulas.nodes import Fresh, Rewrite, bare, binary, call, finite, is_computed, number
from sheets_agent.formulas.parameters import taking, words
from sheets_agent.formulas.syntax import Call, Cells, Node
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


NUMERIC: dict[str, Rewrite] = {
    **dict.fromkeys(("ACOS", "ACOSH", "ACOTH", "ASIN", "ATANH", "COSH", "EXP", "SINH"), finite),
    **dict.fromkeys(("AVERAGEIF", "SUMIF"), _shaped(by_criteria)),
}
"""What is put in place of a call by its name, its arguments written already."""
