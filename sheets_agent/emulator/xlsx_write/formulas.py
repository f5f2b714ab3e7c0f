"""Sheets formulas in the form an .xlsx file takes.

What Excel has under another name or form is rewritten. What it does not have at all is stored the way Google's own
export does: the Sheets text inside `__xludf.DUMMYFUNCTION("…")` with the computed value as a fallback, so that Excel
shows the value, and the formula lives again when the file is opened here or in Sheets.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from sheets_agent.a1 import quote_title
from sheets_agent.emulator.formula_tokens import (
    Braces,
    Call,
    Operand,
    Part,
    Parts,
    Unreadable,
    calls,
    parse,
    rewrite,
    strip,
    text,
)
from sheets_agent.emulator.xlsx_write.functions import DYNAMIC, known, stored_name
from sheets_agent.formulas.values import ErrorValue, Value

LAST_ROW = 1_048_576
LONGEST = 8_192
_LONGEST_STRING = 255

_OPEN_ROWS = re.compile(r"^(\$?[A-Za-z]{1,3})\$?(\d+):(\$?[A-Za-z]{1,3})$")
_COLUMNS = re.compile(r"^\$?([A-Za-z]{1,3}):\$?([A-Za-z]{1,3})$")
_OPEN_COLUMNS = re.compile(r"^(\$?[A-Za-z]{1,3}\$?\d+):(\$?\d+)$")
_RANGE = re.compile(r":|#$")
_OPERATORS = {
    "ADD": "+", "MINUS": "-", "MULTIPLY": "*", "DIVIDE": "/", "POW": "^", "CONCAT": "&", "EQ": "=", "NE": "<>",
    "GT": ">", "GTE": ">=", "LT": "<", "LTE": "<=",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Stored:
    """A formula as the file takes it.

    Attributes:
        text: with the leading "=".
        array: whether it must be written as a dynamic array formula.
        unknown: functions Excel does not have; when there are any, `text` is Google's wrapper around the value.
    """

    text: str
    array: bool = False
    unknown: tuple[str, ...] = ()


class _Unknown(Exception):
    """Excel has no form for this."""


@dataclass(frozen=True)
class FormulaWriter:
    """Writes the formulas of one workbook.

    Attributes:
        row_count: rows of the sheet with a title (None is the sheet the formula is on).
        titles: new titles of sheets that Excel cannot call by their old ones, by the old title in lower case.
    """

    row_count: Callable[[str | None], int]
    titles: dict[str, str]

    def store(self, formula: str, value: Value, spreads: bool = False) -> Stored:
        """The form of a formula with a computed value; `spreads` when it fills more cells than its own."""
        try:
            parts = parse(formula)
        except Unreadable:
            return Stored(wrapped(formula[1:], value), unknown=("unreadable text",))
        array = spreads or any(
            call.name.upper() in DYNAMIC | {"ARRAYFORMULA", "LAMBDA", "FLATTEN"} for call in calls(parts)
        )
        bound = _bound_names(parts)
        missing = sorted({call.name.upper() for call in calls(parts) if not self._expressible(call, bound)})
        if missing:
            return Stored(wrapped(formula[1:], value), unknown=tuple(missing))
        try:
            body = text(strip(self._rewritten(parts, array, bound)))
        except _Unknown as error:
            return Stored(wrapped(formula[1:], value), unknown=(str(error),))
        array = array or "_xlfn.HSTACK(" in body or "_xlfn.VSTACK(" in body
        if len(body) > LONGEST:
            return Stored(wrapped(formula[1:], value), unknown=("a text longer than Excel takes",))
        return Stored(f"={body} " if body.endswith("}") else f"={body}", array)

    def reference(self, formula: str) -> str:
        """A formula of a rule or a name: references rewritten, everything else as it is."""
        try:
            parts = parse(formula)
        except Unreadable:
            return formula
        return "=" + text(self._rewritten(parts, False, _bound_names(parts)))

    @staticmethod
    def _expressible(call: Call, bound: frozenset[str]) -> bool:
        return known(call.name) or call.name.upper() in _REWRITTEN or call.name.lower() in bound

    def _rewritten(self, parts: Parts, array: bool, bound: frozenset[str]) -> Parts:
        def operand(name: str) -> Parts:
            if name.lower() in bound:
                return [Operand(f"_xlpm.{name}")]
            return [Operand(self._reference(name, array))]

        def call(one: Call) -> Parts:
            upper = one.name.upper()
            if one.name.lower() in bound:
                return [Call(f"_xlpm.{one.name}", one.arguments)]
            rewriter = _REWRITTEN.get(upper)
            return rewriter(one) if rewriter else [Call(stored_name(upper), one.arguments)]

        return rewrite(parts, call, operand, _stacked)

    def _reference(self, reference: str, array: bool) -> str:
        title, bang, cells = reference.rpartition("!")
        bare = title[1:-1].replace("''", "'") if title.startswith("'") else title
        renamed = self.titles.get(bare.casefold())
        prefix = (quote_title(renamed) if renamed else title) + bang
        return prefix + self._bounded(cells, bare or None, array)

    def _bounded(self, cells: str, title: str | None, array: bool) -> str:
        """An open range with the last row Excel has; inside arrays, with the last row of the grid."""
        last = self.row_count(title) if array else LAST_ROW
        match = _OPEN_ROWS.match(cells)
        if match is not None:
            first = re.match(r"^(\$?[A-Za-z]+\$?\d+)", cells)
            return f"{first[1] if first else match[1] + match[2]}:{match[3]}{max(last, int(match[2]))}"
        match = _COLUMNS.match(cells)
        if match is not None and array:
            return f"${match[1]}$1:${match[2]}${last}"
        match = _OPEN_COLUMNS.match(cells)
        return f"{match[1]}:XFD{match[2]}" if match is not None else cells


def wrapped(sheets_text: str, value: Value) -> str:
    """Google's wrapper for what Excel cannot calculate: the Sheets text, and the value to show."""
    return f"=IFERROR(__xludf.DUMMYFUNCTION({_string(sheets_text)}),{constant(value)})"


def constant(value: Value) -> str:
    """A value as a constant inside a formula."""
    if isinstance(value, ErrorValue):
        return str(value) if str(value).startswith("#") and value.type != "ERROR" else "#VALUE!"
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return repr(value)
    return _string(value or "")


def _string(content: str) -> str:
    """A string of a formula; Excel takes at most 255 characters in one literal."""
    pieces = [content[at : at + _LONGEST_STRING] for at in range(0, len(content), _LONGEST_STRING)] or [""]
    return "&".join('"' + piece.replace('"', '""') + '"' for piece in pieces)


def _bound_names(parts: Parts) -> frozenset[str]:
    """The names that LET and LAMBDA bind, in lower case."""
    names: set[str] = set()
    for call in calls(parts):
        upper = call.name.upper()
        if upper == "LAMBDA":
            places = call.arguments[:-1]
        elif upper == "LET":
            places = call.arguments[:-1:2]
        else:
            continue
        names |= {part.text.lower() for place in places for part in place if isinstance(part, Operand)}
    return frozenset(names)


def _stacked(braces: Braces) -> Parts:
    """Braces around anything but constants: Excel writes them as HSTACK and VSTACK."""
    if all(_is_constant(element) for row in braces.rows for element in row):
        return [braces]
    rows: list[Parts] = [row[0] if len(row) == 1 else [Call("_xlfn.HSTACK", row)] for row in braces.rows]
    return rows[0] if len(rows) == 1 else [Call("_xlfn.VSTACK", rows)]


def _is_constant(element: Parts) -> bool:
    return all(isinstance(part, str) and part not in ("(", ")", "^", "*", "/", "&") for part in element)


def _array_formula(call: Call) -> Parts:
    return _grouped(call.arguments[0]) if len(call.arguments) == 1 else _refuse(call)


def _grouped(parts: Parts) -> Parts:
    inner = strip(parts)
    return inner if len(inner) == 1 else ["(", *inner, ")"]


def _refuse(call: Call) -> Parts:
    raise _Unknown(call.name.upper())


def _operator(call: Call) -> Parts:
    sign = _OPERATORS[call.name.upper()]
    if len(call.arguments) != 2:
        return _refuse(call)
    left, right = call.arguments
    return ["(", *_grouped(left), sign, *_grouped(right), ")"]


def _as_is(call: Call) -> Parts:
    return ["(", *call.arguments[0], ")"] if len(call.arguments) == 1 else _refuse(call)


def _negated(call: Call) -> Parts:
    return ["(-", *_grouped(call.arguments[0]), ")"] if len(call.arguments) == 1 else _refuse(call)


def _percent(call: Call) -> Parts:
    return ["(", *_grouped(call.arguments[0]), "%)"] if len(call.arguments) == 1 else _refuse(call)


def _join(call: Call) -> Parts:
    if len(call.arguments) < 2:
        return _refuse(call)
    delimiter, *pieces = call.arguments
    return [Call("_xlfn.TEXTJOIN", [delimiter, ["FALSE"], *pieces])]


def _flatten(call: Call) -> Parts:
    stacked: Parts = [Call("_xlfn.TOCOL", [argument]) for argument in call.arguments]
    return stacked if len(stacked) == 1 else [Call("_xlfn.VSTACK", [[column] for column in stacked])]


def _is_between(call: Call) -> Parts:
    if not 3 <= len(call.arguments) <= 5:
        return _refuse(call)
    value, low, high = (_grouped(argument) for argument in call.arguments[:3])
    inclusive = [_truth(argument) for argument in call.arguments[3:]]
    inclusive += [True] * (2 - len(inclusive))
    if None in inclusive:
        return _refuse(call)
    lower, upper = (">=" if inclusive[0] else ">"), ("<=" if inclusive[1] else "<")
    return ["((", *value, lower, *low, ")*(", *value, upper, *high, ")=1)"]


def _sort(call: Call) -> Parts:
    """SORT(range, column, ascending, …): Excel says 1 and -1, and sorts by other ranges with SORTBY."""
    if len(call.arguments) == 1:
        return [Call(stored_name("SORT"), call.arguments)]
    source, *keys = call.arguments
    columns, orders = keys[::2], [_order(order) for order in keys[1::2]]
    if len(columns) != len(orders) or None in orders:
        return _refuse(call)
    signs: list[Part] = [str(order) for order in orders]
    if all(_is_constant(column) for column in columns):
        if len(columns) == 1:
            return [Call(stored_name("SORT"), [source, columns[0], [signs[0]]])]
        return [Call(stored_name("SORT"), [source, [Braces([columns])], [Braces([[[sign] for sign in signs]])]])]
    pairs = [argument for column, sign in zip(columns, signs, strict=True) for argument in (column, [sign])]
    return [Call(stored_name("SORTBY"), [source, *pairs])]


def _order(argument: Parts) -> int | None:
    truth = _truth(argument)
    return None if truth is None else 1 if truth else -1


def _truth(argument: Parts) -> bool | None:
    """The truth of a constant argument, None when it is computed."""
    inner = strip(argument)
    word = inner[0].upper() if len(inner) == 1 and isinstance(inner[0], str) else ""
    return {"TRUE": True, "1": True, "FALSE": False, "0": False}.get(word)


def _filter(call: Call) -> Parts:
    """Sheets takes several conditions; Excel's third argument means something else."""
    if len(call.arguments) < 3:
        return [Call(stored_name("FILTER"), call.arguments)]
    conditions: Parts = []
    for condition in call.arguments[1:]:
        conditions += ["*" if conditions else "", "(", *condition, ")"]
    return [Call(stored_name("FILTER"), [call.arguments[0], conditions])]


def _concatenate(call: Call) -> Parts:
    """Excel's CONCATENATE takes one cell of a range; its CONCAT takes them all, as Sheets does."""
    ranges = any(not isinstance(part, str) for argument in call.arguments for part in argument)
    return [Call(stored_name("CONCAT") if ranges else "CONCATENATE", call.arguments)]


def _completed(default: str) -> Callable[[Call], Parts]:
    """For a last argument that Sheets lets a person leave out and Excel does not."""
    return lambda call: [
        Call(stored_name(call.name), [*call.arguments, [default]] if len(call.arguments) == 1 else call.arguments)
    ]


_REWRITTEN: dict[str, Callable[[Call], Parts]] = {
    "ARRAYFORMULA": _array_formula,
    **dict.fromkeys(_OPERATORS, _operator),
    "UMINUS": _negated,
    "UPLUS": _as_is,
    "UNARY_PERCENT": _percent,
    "TO_DATE": _as_is,
    "TO_PURE_NUMBER": _as_is,
    "TO_PERCENT": _as_is,
    "TO_DOLLARS": _as_is,
    "JOIN": _join,
    "FLATTEN": _flatten,
    "ISBETWEEN": _is_between,
    "SORT": _sort,
    "FILTER": _filter,
    "CONCATENATE": _concatenate,
    "IFERROR": _completed('""'),
    "IFNA": _completed('""'),
    **dict.fromkeys(("ROUND", "ROUNDUP", "ROUNDDOWN"), _completed("0")),
    **dict.fromkeys(("CEILING", "FLOOR"), _completed("1")),
}
