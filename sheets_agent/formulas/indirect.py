"""INDIRECT: the text of a reference as the calculation engine takes one.

To Sheets such a text may name a range, leave a side open (`A2:A`), and mean the formula's own sheet. The engine knows
no names and no open sides, reads whole columns to the end of its own grid, and calculates parts of a formula on sheets
that nobody sees. So what it is given names its sheet and is closed. The reference that comes out is the engine's own,
so that ROW, OFFSET or SUMIF take it.

Source: https://support.google.com/docs/answer/3093377
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sheets_agent.a1 import column_letters
from sheets_agent.formulas.nodes import (
    Fresh,
    Unsupported,
    argument,
    binary,
    bound,
    call,
    constant,
    enclosed,
    number,
    text,
)
from sheets_agent.formulas.references import Reference, read
from sheets_agent.formulas.surroundings import Surroundings
from sheets_agent.formulas.syntax import Braces, Call, Cells, Chain, ErrorLiteral, Literal, Name, Node, render

Closed = Callable[[Reference], Node]
"""A reference with its sheet named and its sides closed, as cells; an error where it is outside of the grid."""

_OPEN_BELOW = r"^\$?[A-Za-z]+\$?[0-9]+:\$?[A-Za-z]+$"
_COLUMNS = r"^\$?[A-Za-z]+:\$?[A-Za-z]+$"
_ROWS = r"^\$?[0-9]+:\$?[0-9]+$"
_MOST_NAMES = 300
"""All of them stand in every formula with a computed text."""
_FOUND_NOWHERE = text("")
"""A text that is no reference: the engine answers #REF!."""


def resolved(node: Call, home: str, around: Surroundings, closed: Closed, fresh: Fresh) -> Node:
    """A call of INDIRECT, its arguments written already.

    Args:
        node: the call.
        home: the title of the formula's sheet.
        around: the sheets and names.
        closed: puts a reference the engine's way.
        fresh: draws names.

    Raises:
        Unsupported: for a computed text, where there are very many named ranges.
    """
    notation = constant(argument(node, 1, Literal("TRUE")))
    if notation is None:
        return node
    given = node.arguments[0]
    if not notation:
        return call("INDIRECT", bound(given, fresh, lambda name: _at_home(name, home, around)), Literal("FALSE"))
    known = constant(given)
    if isinstance(known, str):
        return _of_text(known, around, closed)
    trimmed = call("TRIM", given)
    return call("INDIRECT", bound(trimmed, fresh, lambda name: _computed(name, home, around, closed, fresh)))


def _of_text(given: str, around: Surroundings, closed: Closed) -> Node:
    reference = around.names.get(given.strip().casefold())
    try:
        cells = closed(reference or read(given.strip()))
    except ValueError:
        return ErrorLiteral("#REF!")
    return call("INDIRECT", text(render(cells))) if isinstance(cells, Cells) else ErrorLiteral("#REF!")


def _at_home(name: Name, home: str, around: Surroundings) -> Node:
    """A text with the formula's sheet in front, where it names none."""
    prefix = _prefix(around.grids[home.casefold()].engine_title)
    return call("IF", call("ISERROR", call("FIND", text("!"), name)), _joined(text(prefix), name), name)


def _prefix(title: str) -> str:
    return "'" + title.replace("'", "''") + "'!"


def _joined(*parts: Node) -> Node:
    return Chain(enclosed(parts[0]), tuple(("&", enclosed(one)) for one in parts[1:]))


def _listed(values: Sequence[str | int]) -> Node:
    return Braces((tuple(text(one) if isinstance(one, str) else number(one) for one in values),))


def _computed(given: Name, home: str, around: Surroundings, closed: Closed, fresh: Fresh) -> Node:
    """What a text that only the calculation tells means."""
    if len(around.names) > _MOST_NAMES:
        raise Unsupported("INDIRECT of a computed text beside so many named ranges")
    found: Node = _of_sheet(given, home, around, fresh)
    named = {name: render(cells) for name, one in around.names.items() if isinstance(cells := closed(one), Cells)}
    if named:
        place = call("XMATCH", given, _listed(list(named)), number(0))
        found = call("IFERROR", call("INDEX", _listed(list(named.values())), place), found)
    return call("IFERROR", found, call("IF", call("ISERROR", given), given, _FOUND_NOWHERE))


def _of_sheet(given: Name, home: str, around: Surroundings, fresh: Fresh) -> Node:
    cut, title, cells, place = fresh(), fresh(), fresh(), fresh()
    before = call("LEFT", given, binary(cut, "-", number(1)))
    quoted = call("MID", before, number(2), binary(call("LEN", before), "-", number(2)))
    bare = call("SUBSTITUTE", quoted, text("''"), text("'"))
    after = call("MID", given, binary(cut, "+", number(1)), call("LEN", given))
    plain = call("IF", binary(call("LEFT", given, number(1)), "=", text("'")), bare, before)
    grids = list(around.grids.values())

    def of_grid(values: Sequence[str | int]) -> Node:
        return call("INDEX", _listed(values), place)

    last_row, last_column = of_grid([one.rows for one in grids]), of_grid([_letters(one.columns) for one in grids])
    down = _joined(call("SUBSTITUTE", cells, text(":"), text("1:")), last_row)
    across = _joined(text("A"), call("SUBSTITUTE", cells, text(":"), _joined(text(":"), last_column)))
    closed: Node = call("IF", call("REGEXTEST", cells, text(_ROWS)), across, cells)
    closed = call("IF", call("REGEXTEST", cells, text(_COLUMNS)), down, closed)
    closed = call("IF", call("REGEXTEST", cells, text(_OPEN_BELOW)), _joined(cells, last_row), closed)
    closed = call("IF", call("ISERROR", call("FIND", text(":"), cells)), cells, closed)
    prefix = of_grid([_prefix(one.engine_title) for one in grids])
    # fmt: off
    return call(
        "LET",
        cut, call("IFERROR", call("FIND", text("!"), given), number(0)),
        title, call("IF", binary(cut, "=", number(0)), text(home), plain),
        cells, call("SUBSTITUTE", after, text("$"), text("")),
        place, call("XMATCH", title, _listed([one.title for one in grids]), number(0)),
        _joined(prefix, closed),
    )
    # fmt: on


def _letters(columns: int) -> str:
    return column_letters(columns - 1)
