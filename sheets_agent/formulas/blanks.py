"""Blank cells that a formula hands on.

A formula that shows a blank cell is blank in Sheets; the engine makes it 0. So a formula that may do so says itself
what is blank.
"""

from __future__ import annotations

from sheets_agent.formulas.nodes import call, number, text
from sheets_agent.formulas.parameters import taking, words
from sheets_agent.formulas.references import Corner, Reference
from sheets_agent.formulas.surroundings import ENGINE_COLUMNS, ENGINE_ROWS
from sheets_agent.formulas.syntax import (
    Apply,
    Braces,
    Call,
    Cells,
    Chain,
    Group,
    Name,
    Node,
    Omitted,
    children,
)

BLANK = "\ue000"
"""What the engine gives for one blank cell where a formula's value is blank: a character of nobody's."""

NOTHING = Cells(Reference("", Corner(ENGINE_ROWS - 1, ENGINE_COLUMNS - 1)))
"""The last cell of the engine's grid, which nobody fills: a blank value."""

_HANDED_ON = words(
    """ARRAY_CONSTRAIN CHOOSECOLS CHOOSEROWS FILTER FLATTEN HLOOKUP HSTACK INDEX INDIRECT LOOKUP OFFSET QUERY
    REGEXEXTRACT SORT SORTN SPLIT TOCOL TOROW TRANSPOSE UNIQUE VLOOKUP VSTACK WRAPCOLS WRAPROWS XLOOKUP"""
)
"""Functions that hand cells on as they are: a blank cell stays blank."""


_CALLING = words("BYCOL BYROW MAKEARRAY MAP REDUCE SCAN")
"""Functions whose values are those of a LAMBDA."""


def hands_blanks_on(node: Node) -> bool:
    """Whether a blank cell would come out of the formula as a blank (a bare single reference aside)."""
    match node:
        case Group(inner=inner):
            return isinstance(inner, Cells) or hands_blanks_on(inner)
        case Braces():
            return any(isinstance(element, Cells) or hands_blanks_on(element) for element in children(node))
        case Cells(reference=reference):
            return not reference.single
        case Call(name=name) if name in _HANDED_ON:
            return True
        case Call(name=name, arguments=(*_, Call(name="LAMBDA", arguments=(*_, body)))) if name in _CALLING:
            return isinstance(body, Cells | Name) or hands_blanks_on(body)
        case Apply(callee=Group(inner=callee)):
            return hands_blanks_on(Apply(callee, ()))
        case Apply(callee=Call(name="LAMBDA", arguments=(*_, body))):
            return isinstance(body, Cells | Name) or hands_blanks_on(body)
        case Call(name="LET", arguments=(*_, last)):
            return isinstance(last, Cells | Name) or hands_blanks_on(last)
        case Call(name="ARRAYFORMULA", arguments=(inner,)):
            return isinstance(inner, Cells) or hands_blanks_on(inner)
        case Call(name="IFERROR" | "IFNA", arguments=(_,)):
            return True
        case Call(name=name, arguments=arguments):
            handed = [
                argument
                for index, argument in enumerate(arguments)
                if taking(name, index, len(arguments)) == "either" or name == "CHOOSE"
            ]
            return any(isinstance(one, Cells | Omitted) or hands_blanks_on(one) for one in handed)
        case _:
            return False


def marking_blanks(value: Node) -> Node:
    """A value with `BLANK` in the place of every blank cell: what is equal to an empty text and to zero."""
    empty, zero = (Group(Chain(value, (("=", one),))) for one in (text(""), number(0)))
    return call("IF", Chain(empty, (("*", zero),)), text(BLANK), value)


def telling_blanks(value: Node) -> Node:
    """A value with its blank cells told from zeros: `BLANK` for a single one, an empty text for one in an array."""
    empty = Group(Chain(value, (("=", text("")),)))
    size = Chain(call("ROWS", value), (("*", call("COLUMNS", value)),))
    single = call("IF", call("ISTEXT", value), value, call("IF", empty, text(BLANK), value))
    return call("IF", Chain(Group(size), (("=", number(1)),)), single, call("IF", empty, text(""), value))
