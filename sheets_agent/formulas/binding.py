"""LET, LAMBDA and calls of a LAMBDA said again: what their names stand for, and where chance may be drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sheets_agent.formulas.blanks import NOTHING
from sheets_agent.formulas.catalogue import Function
from sheets_agent.formulas.lambdas import is_value
from sheets_agent.formulas.nodes import Unsupported, call
from sheets_agent.formulas.syntax import Apply, Call, Group, Name, Node, Omitted

if TYPE_CHECKING:
    from sheets_agent.formulas.writer import Writer


_PARAMETERS = {"BYCOL": 1, "BYROW": 1, "MAKEARRAY": 2, "REDUCE": 2, "SCAN": 2}


def miscounted(node: Call, function: Function) -> str | None:
    """What Sheets says of a call with too many or too few arguments, or whose LAMBDA takes another number of them."""
    name, count = node.name, len(node.arguments)
    if not function.takes(count):
        return f"Wrong number of arguments to {name}. Expected {function.arity} arguments, but got {count} arguments."
    called = node.arguments[-1] if node.arguments else None
    while isinstance(called, Group):
        called = called.inner
    wanted = count - 1 if name == "MAP" else _PARAMETERS.get(name)
    if wanted is not None and called is not None and is_value(called):
        return f"Argument {count} of function {name} must be a LAMBDA."
    if wanted is None or not isinstance(called, Call) or called.name != "LAMBDA" or not called.arguments:
        return None
    taken = len(called.arguments) - 1
    if taken == wanted:
        return None
    return f"Wrong number of arguments to LAMBDA. Expected {taken} arguments, but got {wanted} arguments."


def said_let(writer: Writer, node: Call, array: bool, want: str) -> Node:
    """A LET, its names replaced by such as nothing else uses."""
    if len(node.arguments) % 2 == 0 or len(node.arguments) < 3:
        return writer.error("N_A", "Wrong number of arguments to LET.")
    outer = dict(writer.scope.names), dict(writer.scope.values)
    written: list[Node] = []
    for name, value in zip(node.arguments[:-1:2], node.arguments[1:-1:2], strict=True):
        if not isinstance(name, Name):
            return writer.error("NAME", "Argument 1 of function LET is not a valid name.")
        inner = writer.fresh()
        written += [inner, writer.write(value, array, "either")]
        writer.scope.values[name.text.casefold()] = writer.scope.closed(value)
        writer.scope.names[name.text.casefold()] = (inner, writer.scope.gives_array(value))
    body = writer.write(node.arguments[-1], array, "either" if want == "top" else want)
    writer.scope.names, writer.scope.values = outer
    return call("LET", *written, body)


def said_lambda(writer: Writer, node: Call) -> Node:
    """A function for another function to call, however often."""
    outer = dict(writer.scope.names), dict(writer.scope.values)
    parameters: list[Node] = []
    for parameter in node.arguments[:-1]:
        if not isinstance(parameter, Name):
            return _misnamed(writer)
        inner = writer.fresh()
        parameters.append(inner)
        writer.scope.names[parameter.text.casefold()] = (inner, False)
        writer.scope.values[parameter.text.casefold()] = None
    writer.scope.functions += 1
    body = writer.write(node.arguments[-1], True, "either")
    writer.scope.functions -= 1
    writer.scope.names, writer.scope.values = outer
    return call("LAMBDA", *parameters, body)


def said_apply(writer: Writer, node: Apply, array: bool) -> Node:
    """A LAMBDA called where it stands: a LET, whose names all have their values from outside of it."""
    callee = node.callee
    while isinstance(callee, Group):
        callee = callee.inner
    if not (isinstance(callee, Call) and callee.name == "LAMBDA"):
        raise Unsupported("calls of a computed function")
    *parameters, function = callee.arguments
    if len(parameters) != len(node.arguments):
        return writer.error("N_A", "Wrong number of arguments to LAMBDA.")
    outer = dict(writer.scope.names), dict(writer.scope.values)
    names, values, written = dict(outer[0]), dict(outer[1]), list[Node]()
    for parameter, given in zip(parameters, node.arguments, strict=True):
        if not isinstance(parameter, Name):
            return _misnamed(writer)
        inner = writer.fresh()
        written += [inner, NOTHING if isinstance(given, Omitted) else writer.write(given, array, "either")]
        names[parameter.text.casefold()] = (inner, writer.scope.gives_array(given))
        values[parameter.text.casefold()] = writer.scope.closed(given)
    writer.scope.names, writer.scope.values = names, values
    body = writer.write(function, True, "either")
    writer.scope.names, writer.scope.values = outer
    return call("LET", *written, body) if written else Group(body)


def _misnamed(writer: Writer) -> Node:
    return writer.error("NAME", "Argument 1 of function LAMBDA is not a valid name.")
