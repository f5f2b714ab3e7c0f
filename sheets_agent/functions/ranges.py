"""Functions of ranges: COUNTUNIQUEIFS, SORTN, FORMULATEXT.

Source: https://support.google.com/docs/table/25273.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sheets_agent.formulas.values import ErrorValue, Value
from sheets_agent.functions.array import Array, Failure, World, array, single
from sheets_agent.functions.criteria import criterion

_ORDER: dict[type, int] = {float: 0, str: 1, bool: 2, ErrorValue: 3}


def count_unique_ifs(world: World, arguments: Sequence[Array | None]) -> Array:
    """COUNTUNIQUEIFS(range, criteria_range1, criterion1, …): distinct values where all criteria hold."""
    counted, *pairs = [one if one is not None else single(None) for one in arguments]
    if len(pairs) % 2:
        raise Failure("N_A", "COUNTUNIQUEIFS expects a criterion for every range.")
    kept = [True] * len(counted.values)
    for cells, condition in zip(pairs[::2], pairs[1::2], strict=False):
        if (cells.height, cells.width) != (counted.height, counted.width):
            raise Failure("VALUE", "Array arguments to COUNTUNIQUEIFS are of different size.")
        holds = criterion(condition.value, world.number)
        kept = [before and holds(value) for before, value in zip(kept, cells.values, strict=True)]
    found = {(type(value), value) for value, one in zip(counted.values, kept, strict=True) if one}
    return single(float(sum(value not in (None, "") for _, value in found)))


def get_pivot_data(world: World, arguments: list[Array | None]) -> Array:
    """GETPIVOTDATA(value_name, any_pivot_table_cell, [original_column, pivot_item, ...])."""
    given = [None if one is None else one.value for one in arguments]
    area = None if arguments[1] is None else arguments[1].area
    if area is None:
        raise Failure("N_A", "Argument must be a range.")
    if len(given) % 2:
        raise Failure("N_A", "Wrong number of arguments to GETPIVOTDATA.")
    texts = ["" if one is None else world.text(one, None) for one in given]
    items = list(zip(texts[2::2], given[3::2], strict=True))
    try:
        return single(world.pivot_value(area, texts[0], items))
    except KeyError:
        told = "Function GETPIVOTDATA found no such value in a pivot table."
        raise Failure("REF", told) from None


def sort_n(world: World, arguments: Sequence[Array | None]) -> Array:
    """SORTN(range, [n], [display_ties_mode], [sort_column1, is_ascending1], …).

    Raises:
        Failure: #VALUE! or #NUM! for a count or a mode that is none.
    """
    data, count, ties = (*arguments, None, None)[:3]
    if data is None:
        raise Failure("VALUE", "Function SORTN parameter 1 is missing.")
    number, mode = _whole(count, 1), _whole(ties, 0)
    if number < 1 or mode not in (0, 1, 2, 3):
        raise Failure("NUM", "Function SORTN parameter 2 or 3 is out of range.")
    keys = _keys(data, list(arguments[3:]))
    order = list(range(data.height))
    for key, ascending in reversed(keys):
        order = _ordered(order, key, ascending)

    def tied(one: int, two: int) -> bool:
        return all(_comparable(key[one]) == _comparable(key[two]) for key, _ in keys)

    return array((data.rows[index] for index in _first(order, number, mode, tied)), data.formats)


def if_error(caught: str | None, world: World, arguments: Sequence[Array | None]) -> Array:
    """IFERROR or IFNA of a whole array. `caught` is the type of error that is replaced, None for every one."""
    data, other = (*arguments, None)[:2]
    if data is None:
        return single(None)
    instead = other or single(None)
    if data.height == data.width == 1:
        return instead if _caught(data.value, caught) else data
    rows = ((instead.value if _caught(value, caught) else value for value in row) for row in data.rows)
    return array(rows, data.formats)


def _caught(value: Value, caught: str | None) -> bool:
    return isinstance(value, ErrorValue) and not value.not_calculated and caught in (None, value.type)


def _first(order: list[int], number: int, mode: int, tied: Any) -> list[int]:
    if mode == 1:  # the first n, and all that are equal to the last of them
        end = number
        while end < len(order) and tied(order[end], order[number - 1]):
            end += 1
        return order[:end]
    if mode == 2:  # the first n after leaving out what ties with the row before it
        return [index for at, index in enumerate(order) if not at or not tied(index, order[at - 1])][:number]
    if mode == 3:  # n distinct ones, with every duplicate of theirs
        kept, distinct = [], 0
        for at, index in enumerate(order):
            if not at or not tied(index, order[at - 1]):
                distinct += 1
            if distinct > number:
                break
            kept.append(index)
        return kept
    return order[:number]


def _keys(data: Array, options: list[Array | None]) -> list[tuple[list[Value], bool]]:
    keys = []
    for column, ascending in zip(options[::2], [*options[1::2], None], strict=False):
        up = ascending is None or ascending.value is None or bool(ascending.value)
        if column is None:
            continue
        if column.height > 1 or column.width > 1:
            if len(column.values) != data.height:
                raise Failure("VALUE", "SORTN has mismatched range sizes.")
            keys.append((column.values, up))
            continue
        index = _whole(column, 1)
        if not 1 <= index <= data.width:
            raise Failure("VALUE", f"SORTN has no column {index}.")
        keys.append(([row[index - 1] for row in data.rows], up))
    return keys or [([row[index] for row in data.rows], True) for index in range(data.width)]


def _ordered(order: list[int], key: list[Value], ascending: bool) -> list[int]:
    """Blank cells come last whichever way it goes."""
    filled = [index for index in order if key[index] is not None]
    filled.sort(key=lambda index: _comparable(key[index]), reverse=not ascending)
    return filled + [index for index in order if key[index] is None]


def _comparable(value: Value) -> tuple[int, Any]:
    if value is None:
        return 4, 0
    return _ORDER[type(value)], value.casefold() if isinstance(value, str) else str(value) if isinstance(
        value, ErrorValue
    ) else value


def _whole(given: Array | None, default: int) -> int:
    value = None if given is None else given.value
    if value is None:
        return default
    if isinstance(value, ErrorValue | str):
        raise Failure("VALUE", "Function SORTN expects number values.")
    return int(value)


def formula_text(world: World, arguments: Sequence[Array | None]) -> Array:
    """FORMULATEXT(cell): the formula as it was typed; #N/A where there is none."""
    cell = arguments[0]
    if cell is None or cell.area is None:
        raise Failure("N_A", "Function FORMULATEXT parameter 1 must be a reference.")
    formula = world.formula(cell.area.sheet_id, cell.area.start_row or 0, cell.area.start_column or 0)
    if formula is None:
        raise Failure("N_A", "Function FORMULATEXT parameter 1 refers to a cell without a formula.")
    return single(formula)
