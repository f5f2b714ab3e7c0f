"""SHEET and SHEETS: the engine counts sheets of its own, and knows nothing of the order of tabs."""

from __future__ import annotations

from sheets_agent.formulas.nodes import Unsupported, constant, number
from sheets_agent.formulas.surroundings import Surroundings
from sheets_agent.formulas.syntax import Call, Cells, ErrorLiteral, Group, Name, Node


def numbered(node: Call, on_sheet: str, around: Surroundings) -> Node:
    """A call of SHEET or SHEETS as the number it is; #N/A for a sheet that is not there.

    Raises:
        Unsupported: when the sheet is computed.
    """
    given = node.arguments[0] if node.arguments else None
    while isinstance(given, Group):
        given = given.inner
    if node.name == "SHEETS" and given is None:
        return number(len(around.order or around.grids))
    match given:
        case None:
            title: str | None = on_sheet
        case Cells(reference=reference):
            title = reference.sheet or on_sheet
        case Name(text=text) if text.casefold() in around.names:
            title = around.names[text.casefold()].sheet
        case _:
            known = constant(given)
            title = known if isinstance(known, str) and node.name == "SHEET" else None
    if title is None:
        raise Unsupported(f"{node.name} of what is computed")
    order = [one.casefold() for one in around.order]
    if title.casefold() not in order:
        return ErrorLiteral("#N/A")
    return number(1 if node.name == "SHEETS" else order.index(title.casefold()) + 1)
