"""Named functions: a call of one is written out as the LAMBDA that it stands for.

Sheets lets a named function call itself. It is written out to some depth here, and what goes deeper is not calculated.

Source: https://support.google.com/docs/answer/12504534
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import lru_cache

from sheets_agent.formulas.catalogue import lookup
from sheets_agent.formulas.nodes import REFUSED, Unsupported
from sheets_agent.formulas.parse import bound_names
from sheets_agent.formulas.references import Reference
from sheets_agent.formulas.syntax import Apply, Call, Cells, FormulaError, Group, Name, Node, rebuilt, tree, walk
from sheets_agent.functions.hosted import CHANCE

_DEPTHS = (40, 20, 10, 5)
_MOST_PARTS = 5_000
"""How many parts all that is written out in a formula may have."""


def body_of(formula: str) -> Call | None:
    """The LAMBDA that a formula is; None when it is something else."""
    try:
        root = _tree(formula)
    except (FormulaError, RecursionError):
        return None
    while isinstance(root, Group):
        root = root.inner
    return root if isinstance(root, Call) and root.name == "LAMBDA" and root.arguments else None


def written_out(node: Node, functions: Mapping[str, str]) -> Node:
    """A tree with every named function that it uses written out.

    Args:
        node: the tree.
        functions: by casefolded name, the formula, a LAMBDA, of each named function.

    Raises:
        Unsupported: when it becomes too large.
    """
    if not functions or not any(_named(one, functions) for one in walk(node)):
        return node
    for depth in _DEPTHS:
        try:
            return _Writing(functions).of(node, frozenset(), depth)
        except _TooLarge:
            continue
    raise Unsupported("so large a named function")


def references_within(formula: str, functions: Mapping[str, str]) -> list[Reference]:
    """The references inside of the named functions that a formula uses, however far down."""
    found: list[Reference] = []
    seen: set[str] = set()
    pending = [formula]
    while pending:
        for name in _used(pending.pop(), functions):
            if name not in seen:
                seen.add(name)
                pending.append(functions[name])
                found += [one.reference for one in walk(_tree(functions[name])) if isinstance(one, Cells)]
    return found


def _used(formula: str, functions: Mapping[str, str]) -> Iterator[str]:
    lowered = formula.casefold()
    if not any(name in lowered for name in functions):
        return
    try:
        root = _tree(formula)
    except (FormulaError, RecursionError):
        return
    yield from (name for one in walk(root) if (name := _named(one, functions)))


@lru_cache(maxsize=1_000)
def _tree(formula: str) -> Node:
    return tree(formula)


def _named(node: Node, functions: Mapping[str, str]) -> str:
    """The named function that a part calls or hands over, "" when it does neither."""
    if isinstance(node, Call) and node.name.casefold() in functions and lookup(node.name) is None:
        return node.name.casefold()
    return node.text.casefold() if isinstance(node, Name) and node.text.casefold() in functions else ""


class _TooLarge(Exception):
    pass


class _Writing:
    def __init__(self, functions: Mapping[str, str]) -> None:
        self._functions = functions
        self._left = _MOST_PARTS
        self._placed = 0

    def of(self, node: Node, bound: frozenset[str], depth: int) -> Node:
        """A part with named functions written out; `bound` are the names that LET and LAMBDA gave a meaning to."""
        name = _named(node, self._functions)
        if name and name not in bound:
            function = self._function(name, bound, depth)
            if isinstance(node, Name):
                return function
            assert isinstance(node, Call)
            return Apply(Group(function), tuple(self.of(one, bound, depth) for one in node.arguments))
        if isinstance(node, Call) and node.name == "LAMBDA" and node.arguments:
            inner = self.of(node.arguments[-1], bound | frozenset(bound_names(node)), depth)
            return replace(node, arguments=(*node.arguments[:-1], inner))
        if isinstance(node, Call) and node.name == "LET":
            return self._let(node, bound, depth)
        return rebuilt(node, lambda one: self.of(one, bound, depth))

    def _let(self, node: Call, bound: frozenset[str], depth: int) -> Node:
        arguments: list[Node] = []
        for index, one in enumerate(node.arguments):
            if index % 2 == 0 and index < len(node.arguments) - 1:
                arguments.append(one)
                continue
            arguments.append(self.of(one, bound, depth))
            if index and isinstance(name := node.arguments[index - 1], Name):
                bound |= {name.text.casefold()}
        return replace(node, arguments=tuple(arguments))

    def _function(self, name: str, outside: frozenset[str], depth: int) -> Call:
        function = body_of(self._functions[name])
        if function is None:
            raise Unsupported(f"the named function {name.upper()}")
        parts = list(walk(function))
        self._left -= len(parts)
        if self._left < 0:
            raise _TooLarge
        own = frozenset(bound_names(function))
        if any(isinstance(one, Cells) and one.reference.sheet is None for one in parts):
            raise Unsupported(f"the named function {name.upper()}, which refers to cells of no sheet,")
        if any(isinstance(one, Name) and one.text.casefold() in outside - own for one in parts):
            raise Unsupported(f"the named function {name.upper()} beside a name that it uses as well")
        inner = self.of(self._numbered(function.arguments[-1]), own, depth - 1) if depth else REFUSED
        return replace(function, arguments=(*function.arguments[:-1], inner))

    def _numbered(self, node: Node) -> Node:
        """A body whose calls have places of their own in the formula: by its place each draws by chance."""
        node = rebuilt(node, self._numbered)
        if not isinstance(node, Call) or node.name not in CHANCE:
            return node
        self._placed -= 1
        return replace(node, start=self._placed)
