"""References to tables, such as Sales[Amount]: put into a formula as the cells they stand for.

Source: https://support.google.com/docs/answer/15637671. A reference to one's own row is not read here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeGuard

from sheets_agent.formulas.parse import bound_names
from sheets_agent.formulas.references import Corner, Reference
from sheets_agent.formulas.syntax import Call, Cells, Name, Node, Table, rebuilt, walk
from sheets_agent.formulas.tokens import Kind, Token, tokens

_COLUMN = re.compile(r"\[([^\[\]]*)\]")
_PART = re.compile(r"\[([^\[\]]*)\]\s*([:,;]?)\s*")


@dataclass(frozen=True, slots=True)
class TableArea:
    """A table as formulas see it; rows and columns of its sheet are counted from 0.

    Attributes:
        prefix: its sheet as a reference names it, quotes and `!` included.
        top: the row of its header.
        bottom: the last row of its data; above `top + 1` when it has none.
        footer: the row of its totals, None when it has none.
        left: its first column.
        columns: the names of its columns, casefolded, in order.
    """

    prefix: str
    top: int
    bottom: int
    footer: int | None
    left: int
    columns: tuple[str, ...]

    def cells(self, rows: str, first: str | None, last: str | None) -> Reference | None:
        """The cells of a part: #DATA, #ALL, #HEADERS or #TOTALS of some columns; None when there are none."""
        if any(name is not None and (not name or name.casefold() not in self.columns) for name in (first, last)):
            return None
        columns = sorted(self.columns.index(name.casefold()) for name in (first, last) if name is not None)
        left, right = (columns[0], columns[-1]) if columns else (0, len(self.columns) - 1)
        end = self.bottom if self.footer is None else self.footer
        spans = {
            "#DATA": (self.top + 1, self.bottom),
            "#ALL": (self.top, end),
            "#HEADERS": (self.top, self.top),
            "#TOTALS": (end, self.footer if self.footer is not None else -1),
        }
        start, stop = spans.get(rows.upper(), (0, -1))
        if stop < start:
            return None
        return Reference(self.prefix, Corner(start, self.left + left), Corner(stop, self.left + right))


def table_cells(text: str, tables: Mapping[str, TableArea]) -> Reference | None:
    """What a reference to a table stands for; None where it is none that is read here.

    Args:
        text: as typed: a table's name, alone or with what stands in brackets after it.
        tables: by casefolded name.
    """
    name, bracket, inside = text.partition("[")
    table = tables.get(name.casefold())
    if table is None:
        return None
    inside = inside.removesuffix("]").strip()
    if not bracket or not inside:
        return table.cells("#DATA", None, None)
    if not inside.startswith("["):
        return table.cells(inside, None, None) if inside.startswith("#") else table.cells("#DATA", inside, None)
    return _within(table, inside)


def renamed(formula: str, old: str, new: str, columns: Mapping[str, str]) -> str:
    """A formula after a table and some of its columns got other names; `columns` are new names by casefolded old."""
    if old.casefold() not in formula.casefold():
        return formula

    def told(token: Token) -> str:
        name, bracket, inside = token.text.partition("[")
        if token.kind not in (Kind.TABLE, Kind.NAME) or name.casefold() != old.casefold():
            return token.text
        if inside and not inside.lstrip().startswith(("[", "#")):
            return f"{new}[{columns.get(inside[:-1].strip().casefold(), inside[:-1])}]"
        return (
            new + bracket + _COLUMN.sub(lambda match: f"[{columns.get(match[1].strip().casefold(), match[1])}]", inside)
        )

    return "".join(told(token) for token in tokens(formula))


def _within(table: TableArea, inside: str) -> Reference | None:
    """What stands in several brackets: [#ALL],[Column], or [First]:[Last]."""
    parts: list[str] = []
    signs: list[str] = []
    at = 0
    while match := _PART.match(inside, at):
        parts.append(match[1].strip())
        signs.append(match[2])
        at = match.end()
    if at < len(inside) or not parts or signs[-1]:
        return None
    rows = "#DATA"
    if parts[0].startswith("#"):
        if len(parts) > 1 and signs[0] == ":":
            return None
        rows, parts, signs = parts[0], parts[1:], signs[1:]
    if len(parts) > 2 or any(part.startswith("#") for part in parts) or signs[:-1] not in ([], [":"]):
        return None
    return table.cells(rows, parts[0] if parts else None, parts[-1] if parts else None)


def _binds(node: Node) -> TypeGuard[Call]:
    return isinstance(node, Call) and node.name in ("LET", "LAMBDA")


def with_cells(node: Node, tables: Mapping[str, TableArea], names: Mapping[str, Reference]) -> Node:
    """A tree in which cells stand for references to tables; `names` are named ranges, which come first."""
    if not tables:
        return node
    bound = {name for one in walk(node) if _binds(one) for name in bound_names(one)} | set(names)

    def put(one: Node) -> Node:
        if isinstance(one, Table) or (isinstance(one, Name) and one.text.casefold() not in bound):
            found = table_cells(one.text, tables)
            return one if found is None else Cells(found)
        return rebuilt(one, put)

    return put(node)
