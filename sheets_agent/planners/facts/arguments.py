"""Whether the arguments of functions and the operands of comparisons are of the kinds they must be."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from sheets_agent.a1 import GridRange
from sheets_agent.emulator.entry import parse as parse_entry
from sheets_agent.formulas.parameters import ARRAY_MODE, taking, words
from sheets_agent.formulas.syntax import Call, Cells, Chain, Literal, Node, Prefix, walk
from sheets_agent.planners.facts.ground import Values, kind_of
from sheets_agent.planners.facts.operands import COMPARISONS, operands
from sheets_agent.planners.facts.placed import Placed, plain
from sheets_agent.planners.facts.report import doubt
from sheets_agent.state.planned import Fact

DATA_FIRST = words(
    """EDATE EOMONTH IFERROR IFNA LEFT MID MOD QUOTIENT REGEXEXTRACT REGEXMATCH REGEXREPLACE RIGHT ROUND ROUNDDOWN
    ROUNDUP SPLIT SUBSTITUTE TEXT TRUNC WORKDAY"""
)
"""Functions whose first argument is what is worked on; a constant there, and cells further on, are swapped."""
POSITIONS = frozenset({"MATCH", "XMATCH"})
GIVING_ONE = words("AVERAGE COUNT COUNTA LARGE MATCH MAX MEDIAN MIN SMALL SUM XMATCH")
DATA_SECOND = frozenset({"FIND", "SEARCH"})
CRITERIA = {
    "SUMIF": (0, 1), "AVERAGEIF": (0, 1), "COUNTIF": (0, 1), "COUNTIFS": (0, 2), "SUMIFS": (1, 2), "AVERAGEIFS": (1, 2),
    "MAXIFS": (1, 2), "MINIFS": (1, 2), "COUNTUNIQUEIFS": (1, 2),
}  # fmt: skip
"""The first range that is judged by a criterion, and how far apart such ranges stand."""
SUMMED = {
    "SUM": None, "AVERAGE": None, "MIN": None, "MAX": None, "MEDIAN": None, "PRODUCT": None, "STDEV": None,
    "SUMIFS": 0, "AVERAGEIFS": 0, "MAXIFS": 0, "MINIFS": 0, "SUMIF": 2, "AVERAGEIF": 2, "LARGE": 0, "SMALL": 0,
}  # fmt: skip
"""Functions that take numbers from a range: which argument it is, None for all."""
ACROSS = words("AVERAGE MAX MEDIAN MIN SUM")
"""Functions that are given the numbers of one row."""
_CRITERION = re.compile(r"(<>|<=|>=|=|<|>)?(.*)", re.DOTALL)
_DATE_PARTS = {"YEAR": 0, "MONTH": 1, "DAY": 2}


def arguments(step: int, formula: Placed) -> Iterator[Fact]:
    """Facts on the arguments and operands of one formula."""
    where = formula.where
    for node in walk(formula.node):
        if isinstance(node, Call):
            found: Iterator[tuple[str, str]] = _call(formula, node)
        elif isinstance(node, Chain):
            found = operands(formula, node)
        else:
            continue
        for kind, sentence in found:
            yield doubt(kind, step, f"{formula.text}: {sentence}", where)


def _call(formula: Placed, call: Call) -> Iterator[tuple[str, str]]:
    yield from _swapped(formula, call)
    if call.name in CRITERIA:
        yield from _criteria(formula, call)
    if call.name in SUMMED:
        yield from _summed(formula, call)
    if call.name in ("VLOOKUP", "MATCH", "XLOOKUP"):
        yield from _lookup(formula, call)


def _literal(node: Node) -> bool:
    node = plain(node)
    return isinstance(node, Literal) or (isinstance(node, Prefix) and isinstance(node.operand, Literal))


def _cells(node: Node) -> bool:
    return any(isinstance(one, Cells) for one in walk(node))


# ------------------------------------------------------------------------------------------------------------- swapped


def _swapped(formula: Placed, call: Call) -> Iterator[tuple[str, str]]:
    given = call.arguments
    if call.name in DATA_FIRST and len(given) > 1 and _literal(given[0]) and any(map(_cells, given[1:])):
        yield "swapped_arguments", f"{call.name} works on its first argument, which is a constant here."
    elif call.name in DATA_SECOND and len(given) > 1 and _literal(given[1]) and _cells(given[0]):
        yield "swapped_arguments", f"{call.name} looks for its first argument in its second, which is a constant here."
    elif call.name == "INDEX" and len(given) > 1 and isinstance(given[0], Call) and given[0].name in POSITIONS:
        yield "swapped_arguments", f"INDEX takes the range first, and then the position that {given[0].name} gives."
    elif call.name == "VLOOKUP" and len(given) > 2 and given[2] in (Literal("TRUE"), Literal("FALSE")):
        yield "swapped_arguments", "VLOOKUP takes the number of the column third, and TRUE or FALSE fourth."
    elif call.name == "DATE" and len(given) == 3 and _date_parts_swapped(given):
        yield "swapped_arguments", "DATE takes the year, the month and the day, in this order."
    elif call.name not in ARRAY_MODE and len(given) > 1:
        yield from _places_swapped(formula, call)


def _date_parts_swapped(given: Sequence[Node]) -> bool:
    parts = {index: _DATE_PARTS[one.name] for index, one in enumerate(given) if _is_part(one)}  # type: ignore[union-attr]
    if any(index != part for index, part in parts.items()):
        return True
    numbers = [int(one.text) if isinstance(one, Literal) and one.text.isdigit() else 0 for one in given]
    return max(numbers[1:]) > 1000  # a year, in the place of the month or the day


def _is_part(node: Node) -> bool:
    return isinstance(node, Call) and node.name in _DATE_PARTS


def _places_swapped(formula: Placed, call: Call) -> Iterator[tuple[str, str]]:
    """A range where one value belongs, and a single value where a range does."""
    count = len(call.arguments)
    single = ranged = ""
    for index, node in enumerate(map(plain, call.arguments)):
        wanted = taking(call.name, index, count)
        if wanted == "range" and (_literal(node) or _one_cell(node) or _text_built(node) or _one_value(node)):
            single = _ordinal(index)
        elif wanted == "one" and isinstance(node, Cells) and _several(formula, node):
            ranged = _ordinal(index)
    if single and ranged:
        yield "swapped_arguments", f"{call.name} takes a range as its {single} argument, and one value as its {ranged}."


def _text_built(node: Node) -> bool:
    """Whether a text is put together, as in ">"&A1."""
    return isinstance(node, Chain) and all(operator == "&" for operator, _ in node.rest)


def _one_value(node: Node) -> bool:
    return isinstance(node, Call) and node.name in GIVING_ONE


def _ordinal(index: int) -> str:
    return ("first", "second", "third", "fourth", "fifth")[index] if index < 5 else f"{index + 1}th"


def _one_cell(node: Node) -> bool:
    return isinstance(node, Cells) and node.reference.single


def _several(formula: Placed, node: Cells) -> bool:
    area = formula.resolve(node.reference)
    return area is not None and not node.reference.single and (not area.bounded or area.rows > 1)


# --------------------------------------------------------------------------------------------------- kinds of criteria


def _criteria(formula: Placed, call: Call) -> Iterator[tuple[str, str]]:
    first, apart = CRITERIA[call.name]
    for index in range(first, len(call.arguments) - 1, apart):
        node = call.arguments[index]
        area = formula.resolve(node.reference) if isinstance(node, Cells) else None
        if area is None:
            continue
        values = formula.ground.data(area)
        wrong = _criterion(formula, call.arguments[index + 1], values)
        if wrong:
            yield "criterion_kind", f"{formula.ground.book.a1(area)} holds {wrong}"
        if apart == 2 and index + 2 >= len(call.arguments):
            break


def _criterion(formula: Placed, node: Node, values: Values) -> str:
    """What is wrong with a criterion on some values, as the end of a sentence; empty when nothing is known to be."""
    kind = values.kind
    wanted = _wanted(formula, plain(node))
    if kind not in ("number", "text") or not wanted or wanted[0][0] == "<>":
        return ""
    operator, value = wanted[0]
    if kind == "number" and kind_of(value) == "text":
        return f"numbers only, and the criterion “{value}” is a text."
    if kind == "text" and kind_of(value) == "number":
        return f"texts only, and the criterion {value:g} is a number."
    if kind == "text" and operator in ("", "=") and not any(_matched(str(one), values) for _, one in wanted):
        return f"no “{value}”: nothing matches the criterion."
    return ""


def _matched(text: str, values: Values) -> bool:
    return re.search(r"[*?~]", text) is not None or text.casefold().strip() in values.folded


def _wanted(formula: Placed, node: Node) -> list[tuple[str, object]]:
    """The operators and values of a criterion, over the rows of a repeated formula; empty where it is computed."""
    if isinstance(node, Chain) and len(node.rest) == 1 and _text_built(node) and isinstance(node.first, Literal):
        operator = node.first.text.strip('"')
        beside = _wanted(formula, node.rest[0][1]) if operator in COMPARISONS else []
        return [(operator, value) for _, value in beside]
    if isinstance(node, Cells) and node.reference.single:
        area = formula.resolve(node.reference)
        if area is None or not area.bounded:
            return []
        rows = 1 if node.reference.first.row_absolute else formula.area.rows
        column = area.start_column or 0
        met = GridRange(area.sheet_id, area.start_row, (area.start_row or 0) + rows, column, column + 1)
        return [("", one) for one in formula.ground.values(met) if kind_of(one) not in ("blank", "error")]
    if not isinstance(node, Literal):
        return []
    if not node.text.startswith('"'):
        return [("", float(node.text))] if node.text.replace(".", "", 1).isdigit() else []
    match = _CRITERION.fullmatch(node.text[1:-1].replace('""', '"'))
    assert match is not None
    value = parse_entry(match[2], formula.ground.book.locale).value if match[2] else None
    return [] if value is None else [(match[1] or "", value)]


def _summed(formula: Placed, call: Call) -> Iterator[tuple[str, str]]:
    place = SUMMED[call.name]
    for index, node in enumerate(call.arguments):
        if (place is not None and index != place) or not isinstance(node, Cells):
            continue
        area = formula.resolve(node.reference)
        if area is None or node.reference.single:
            continue
        values = formula.ground.data(area)
        if (text := _text_column(formula, area)) and call.name in ACROSS:
            yield "text_as_numbers", f"{node.reference} holds {text}, where texts stand."
        elif values.kind == "text":
            yield "text_as_numbers", f"{formula.ground.book.a1(area)} holds texts only, which {call.name} passes over."


def _text_column(formula: Placed, area: GridRange) -> str:
    """The name of a column of texts in a range that goes across one row of a table of numbers."""
    table = formula.ground.table(area)
    if table is None or not area.bounded or area.rows != 1 or area.columns < 2 or not table.header_rows:
        return ""
    columns = range(area.start_column or 0, area.end_column or 0)
    kinds = {column: table.kind(column) for column in columns if column in table.columns}
    texts = [column for column, kind in kinds.items() if kind == "text"]
    return table.name(texts[0]) if texts and "number" in kinds.values() else ""


# ------------------------------------------------------------------------------------------------------------- look-up


def _lookup(formula: Placed, call: Call) -> Iterator[tuple[str, str]]:
    """The kind of a key against the column it is looked for in."""
    if len(call.arguments) < 2 or not isinstance(call.arguments[1], Cells):
        return
    area = formula.resolve(call.arguments[1].reference)
    wanted = _wanted(formula, plain(call.arguments[0]))
    if area is None or not wanted:
        return
    bounded = formula.ground.book.clipped(area)
    if not bounded.cells or bounded.rows < 2:
        return
    keys = formula.ground.data(_first_column(bounded))
    kind, given = keys.kind, kind_of(wanted[0][1])
    if {kind, given} == {"number", "text"}:
        yield "lookup_kind", f"{call.name} looks for a {given} in {formula.ground.book.a1(area)}, where {kind}s stand."


def _first_column(area: GridRange) -> GridRange:
    left = area.start_column or 0
    return GridRange(area.sheet_id, area.start_row, area.end_row, left, left + 1)
