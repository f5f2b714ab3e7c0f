"""Whether the lambdas of a formula are sure to come to an end.

The engine recurses on the process's own stack, so a lambda that calls itself for ever would take the process with it.
Self-application needs a function that arrived through a parameter; so a call is allowed only where what is called is
written out: a LAMBDA, or a LET name whose value is one.
"""

from __future__ import annotations

from sheets_agent.formulas.nodes import Unsupported
from sheets_agent.formulas.parameters import words
from sheets_agent.formulas.parse import bound_names
from sheets_agent.formulas.syntax import (
    Apply,
    Braces,
    Call,
    Cells,
    Chain,
    ErrorLiteral,
    Group,
    Literal,
    Name,
    Node,
    Percent,
    Prefix,
    children,
)

_LAST_IS_A_FUNCTION = words("BYCOL BYROW MAKEARRAY MAP REDUCE SCAN")


def check_lambdas(node: Node, functions: frozenset[str] = frozenset(), values: frozenset[str] = frozenset()) -> None:
    """Check a tree.

    Args:
        node: the tree.
        functions: LET names, in lower case, that stand for a written-out LAMBDA.
        values: other names that LET and LAMBDA gave a meaning to.

    Raises:
        Unsupported: when it calls something that is not written out.
    """
    match node:
        case Apply(callee=callee, arguments=arguments):
            if not _is_lambda(callee):
                raise Unsupported("calls of a computed function")
            check_lambdas(callee, functions, values)
            for argument in arguments:
                check_lambdas(argument, functions, values)
        case Call(name="LET"):
            _check_let(node, functions, values)
        case Call(name="LAMBDA", arguments=arguments) if arguments:
            names = frozenset(bound_names(node))
            check_lambdas(arguments[-1], functions - names, values | names)
        case Call(name=name, arguments=arguments):
            if name.casefold() in values:
                raise Unsupported("calls of a function passed as a parameter")
            last = arguments[-1] if name in _LAST_IS_A_FUNCTION and arguments else None
            if last is not None and not (is_value(last) or _is_function(last, functions)):
                raise Unsupported(f"{name} with a function that is not written out")
            for argument in arguments:
                check_lambdas(argument, functions, values)
        case _:
            for child in children(node):
                check_lambdas(child, functions, values)


def _check_let(node: Call, functions: frozenset[str], values: frozenset[str]) -> None:
    arguments = node.arguments
    for name, value in zip(arguments[:-1:2], arguments[1::2], strict=False):
        check_lambdas(value, functions, values)
        if isinstance(name, Name):
            bound = frozenset((name.text.casefold(),))
            functions = functions | bound if _is_lambda(value) else functions - bound
            values = values - bound if _is_lambda(value) else values | bound
    if arguments:
        check_lambdas(arguments[-1], functions, values)


def is_value(node: Node) -> bool:
    """Whether a node is sure to be no function."""
    while isinstance(node, Group):
        node = node.inner
    return isinstance(node, Braces | Cells | Chain | ErrorLiteral | Literal | Percent | Prefix)


def _is_lambda(node: Node) -> bool:
    while isinstance(node, Group):
        node = node.inner
    return isinstance(node, Call) and node.name == "LAMBDA"


def _is_function(node: Node, functions: frozenset[str]) -> bool:
    return _is_lambda(node) or (isinstance(node, Name) and node.text.casefold() in functions)
