"""Which formulas can fill more than one cell.

Most cannot, and a workbook without such formulas need not be searched for filled cells after every calculation. When in
doubt, a formula is one that may.
"""

from __future__ import annotations

from sheets_agent.formulas.catalogue import lookup
from sheets_agent.formulas.defined import DEFINED
from sheets_agent.formulas.parameters import ARRAY_MODE, GIVES_ARRAY, taking, words
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
)

_SEVERAL = (ARRAY_MODE | GIVES_ARRAY | words("COLUMN FORMULATEXT INDIRECT ISFORMULA ISREF OFFSET ROW XLOOKUP")) - {
    "SUMPRODUCT"
}
"""Functions whose result may be an array though none of their arguments is one."""


def may_spread(node: Node, single: frozenset[str] = frozenset()) -> bool:
    """Whether a formula, as it is said to the engine, may give more than one value.

    Args:
        node: the formula or a part of it.
        single: names bound to one value, in lower case.
    """
    match node:
        case Literal() | ErrorLiteral() | Omitted():
            return False
        case Cells(reference=reference):
            return not reference.single
        case Name(text=text):
            return text.casefold() not in single
        case Prefix(operators=operators, operand=operand):
            return "@" not in operators and may_spread(operand, single)
        case Group() | Percent() | Chain():
            return any(may_spread(child, single) for child in children(node))
        case Call():
            return _call_may_spread(node, single)
        case _:
            return True


def _call_may_spread(node: Call, single: frozenset[str]) -> bool:
    name, arguments = node.name, node.arguments
    if name == "LET":
        for bound, value in zip(arguments[:-1:2], arguments[1:-1:2], strict=True):
            if isinstance(bound, Name):
                own = {bound.text.casefold()}
                single = single - own if may_spread(value, single) else single | own
        return may_spread(arguments[-1], single)
    if name in DEFINED:
        return any(may_spread(argument, single) for argument in arguments)
    if name in _SEVERAL or lookup(name) is None:
        return True
    return any(
        may_spread(argument, single)
        for index, argument in enumerate(arguments)
        if taking(name, index, len(arguments)) != "range"
    )
