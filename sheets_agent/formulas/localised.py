"""Functions whose value depends on the spreadsheet's locale, said to an engine that knows en_US."""

from __future__ import annotations

import re
from collections.abc import Callable

from sheets_agent.formulas.coercion import may_be_refused, numeral
from sheets_agent.formulas.defined import DATE_VALUE, NUMERIC, SWAPPED, TIME_VALUE, VALUE
from sheets_agent.formulas.nodes import NOT_IMPLEMENTED, Fresh, Unsupported, bound, call, constant, number, text
from sheets_agent.formulas.parameters import words
from sheets_agent.formulas.surroundings import Reading
from sheets_agent.formulas.syntax import Call, Chain, Node

ABROAD = words("DOLLAR FIXED")
"""Functions that are made here wherever numbers or money are not written as in en_US."""

_DATABASE = words("DAVERAGE DCOUNT DCOUNTA DGET DMAX DMIN DPRODUCT DSTDEV DSTDEVP DSUM DVAR DVARP")
_TELLS = words("ERROR.TYPE ISERR ISERROR ISLOGICAL ISNONTEXT ISNUMBER ISTEXT N T TYPE")
_DATE = re.compile("[ymdhs]", re.IGNORECASE)

Said = Callable[[Call], Node]


def localised(node: Call, said: Said, reading: Reading | None, fresh: Fresh) -> Node:
    """A call whose arguments are written, said to the engine.

    Args:
        node: the call.
        said: how the engine is told where the locale makes no difference.
        reading: the locale; None leaves everything to the engine.
        fresh: draws names.

    Raises:
        Unsupported: where the engine cannot be told.
    """
    if reading is None:
        return said(node)
    if node.name in READERS:
        return _read(node, reading)
    if node.name in _TELLS and node.arguments and may_be_refused(node.arguments[0]):
        return _unless_refused(node, said, fresh)
    if node.name == "TEXT":
        return _text(node, said, reading, fresh)
    if not reading.decimal_comma:
        return said(node)
    if node.name in _DATABASE:
        raise Unsupported(f"{node.name} in a locale with a decimal comma")
    if node.name == "FIXED":
        return call(SWAPPED, said(node))
    if node.name == "DOLLAR":
        raise Unsupported("DOLLAR of what a LAMBDA or an array hands over")
    return said(node)


READERS = {"VALUE": VALUE, "DATEVALUE": DATE_VALUE, "TIMEVALUE": TIME_VALUE}
"""Functions that read a text as the locale does, in the engine; DATEVALUE and TIMEVALUE there only in a LAMBDA."""


def _read(node: Call, reading: Reading) -> Node:
    known = constant(node.arguments[0])
    if node.name == "VALUE" and isinstance(known, str) and (value := reading.number(known)) is not None:
        return numeral(value)
    return call(READERS[node.name], *node.arguments)


def _unless_refused(node: Call, said: Said, fresh: Fresh) -> Node:
    """What a function tells of a value, unless that value is not calculated: then that is the result."""

    def guarded(name: Node) -> Node:
        kind = call("IFERROR", call("ERROR.TYPE", name), number(0))
        return call("IF", Chain(kind, (("=", number(NOT_IMPLEMENTED)),)), name, said(call(node.name, name)))

    return bound(node.arguments[0], fresh, guarded)


def _text(node: Call, said: Said, reading: Reading, fresh: Fresh) -> Node:
    pattern = constant(node.arguments[1])
    known = reading.pattern(pattern) if isinstance(pattern, str) else None
    if known is None:
        raise Unsupported("TEXT with such a pattern, of what a LAMBDA hands over")
    swapped = reading.decimal_comma and not _DATE.search(known)

    def shown(name: Node) -> Node:
        written = said(call("TEXT", name, text(known)))
        return call("IF", call("ISTEXT", name), name, call(SWAPPED, written)) if swapped else written

    return bound(call(NUMERIC, node.arguments[0]), fresh, shown)
