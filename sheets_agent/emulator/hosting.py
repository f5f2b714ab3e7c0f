"""Calls of functions that the calculation engine lacks: their arguments fetched, their values put where they are read.

An argument that the engine has to calculate stands as a formula on a hidden sheet. When the engine is done, the calls
whose arguments changed are made, and their values are put: on a hidden sheet, where the rest of the formula reads them,
or, when a formula is nothing but the call, over its own cell and those beside it. Then the engine calculates again,
until nothing changes.
"""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from sheets_agent.a1 import cell_name
from sheets_agent.emulator.engine_errors import MOST_FILLED, TOO_MANY
from sheets_agent.emulator.fetching import Fetch
from sheets_agent.emulator.hidden import HiddenSheets, Slot, hidden_title
from sheets_agent.emulator.host_world import HostWorld
from sheets_agent.formulas.dialect import Compiled
from sheets_agent.formulas.hosts import MARK, Argument, HostCall
from sheets_agent.formulas.values import ErrorValue, Value
from sheets_agent.functions.array import JSON, Array, single
from sheets_agent.functions.hosted import SEES_FORMATS, VOLATILE
from sheets_agent.functions.registry import calculate

if TYPE_CHECKING:
    from sheets_agent.emulator.calculator import Calculator
    from sheets_agent.emulator.placed import Place
    from sheets_agent.emulator.workbook import Sheet, Workbook

_WIDTH = 64  # columns for an argument that nobody knows the size of; doubled when it is too few
_CIRCULAR = ErrorValue(
    "REF", "Circular dependency detected. To resolve with iterative calculation, see File > Settings."
)


@dataclass(frozen=True, slots=True)
class _Made:
    """A call: where the engine calculates its arguments, what it was given last, and what came of it."""

    arguments: tuple[Slot | None, ...]
    given: tuple[Array | None, ...] | None = None
    result: Array | None = None
    slot: Slot | None = None
    spreads: bool = True


class Hosting:
    """The calls of one calculator's formulas."""

    def __init__(self) -> None:
        self._sheets = HiddenSheets()
        self._made: dict[tuple[Place, int], _Made] = {}

    def copy(self) -> Hosting:
        """An independent copy."""
        copy = Hosting()
        copy._sheets = self._sheets.copy()
        copy._made = dict(self._made)
        return copy

    def enter(self, calculator: Calculator, place: Place, compiled: Compiled) -> None:
        """Make room for the calls of a formula."""
        ordinal = 0
        for number, call in enumerate(compiled.calls):
            slots: list[Slot | None] = []
            for argument in call.arguments:
                if argument.kind != "formula":
                    slots.append(None)
                elif argument.scalar:
                    slots.append(self._sheets.mirror(place[0], ordinal, place[1], place[2]))
                    ordinal += 1
                else:
                    slots.append(self._sheets.columns(_WIDTH))
            self._made[place, number] = _Made(tuple(slots), spreads=call.spreads and call.name != "SUBTOTAL")
        self._put_arguments(calculator, place, compiled, lambda text: True)

    def leave(self, calculator: Calculator, place: Place, compiled: Compiled) -> None:
        """Forget the calls of a formula."""
        for number in range(len(compiled.calls)):
            made = self._made.pop((place, number))
            for slot in made.arguments:
                if slot is not None:
                    calculator.model.clear((slot.sheet_id, slot.row, slot.column))
                    self._sheets.release(slot)
            self._clear_result(calculator, made)

    def written(self, place: Place, text: str) -> str:
        """The text of a formula with the places of its calls' values instead of the marks."""
        return MARK.sub(lambda match: self._reference(self._made.get((place, int(match[1])))), text)

    def make(self, workbook: Workbook, calculator: Calculator) -> bool:
        """Make every call whose arguments changed; whether any value is a new one."""
        changed = False
        for place in sorted(calculator.placed.calling):
            compiled = calculator.placed.formulas[place]
            for number, call in enumerate(compiled.calls):
                changed |= self._make(workbook, calculator, place, number, call)
        return changed

    def waiting(self, calculator: Calculator) -> dict[Place, ErrorValue]:
        """The formulas that wait for data from outside, and what they say."""
        return {
            place: reason
            for place in calculator.placed.calling
            for number in range(len(calculator.placed.formulas[place].calls))
            if (result := self._made[place, number].result) is not None and (reason := _waiting(result)) is not None
        }

    def message(self, place: Place, kind: str) -> str:
        """What a call of a formula says about an error of a type; "" when none gave one."""
        for (one, _), made in self._made.items():
            value = None if made.result is None or one != place else made.result.value
            if isinstance(value, ErrorValue) and value.type == kind:
                return value.message
        return ""

    def drawn(
        self, workbook: Workbook, calculator: Calculator, taken: dict[Place, Value]
    ) -> tuple[dict[Place, Value], dict[Place, Place], dict[Place, JSON]]:
        """The cells that are shown for formulas that are nothing but a call: values, origins, formats."""
        values: dict[Place, Value] = {}
        origins: dict[Place, Place] = {}
        formats: dict[Place, JSON] = {}
        filled = ChainMap(values, taken)
        for place in sorted(calculator.placed.calling):
            shows = calculator.placed.formulas[place].shows
            sheet = workbook.sheet(place[0])
            if shows is None or sheet is None:
                continue
            result = self._made[place, shows].result or single(None)
            if len(values) + result.height * result.width > MOST_FILLED:
                values[place] = TOO_MANY
                continue
            cells = dict(_laid_out(place, result))
            if reason := _blocked(sheet, place, cells, filled):
                values[place] = reason
                continue
            values.update(cells)
            origins.update({cell: place for cell in cells if cell != place})
            for cell in cells:
                if result.formats and (shown := result.formats[cell[2] - place[2]]) is not None:
                    formats[cell] = shown
        return values, origins, formats

    def _make(self, workbook: Workbook, calculator: Calculator, place: Place, number: int, call: HostCall) -> bool:
        made = self._made[place, number]
        fetch = Fetch(workbook, calculator, place, call.name in SEES_FORMATS)
        given = []
        for argument, slot in zip(call.arguments, made.arguments, strict=True):
            if slot is not None and not argument.scalar and fetch.too_narrow(slot):
                return self._widen(calculator, place, number)
            given.append(self._given(fetch, argument, slot, place))
        volatile = call.name in VOLATILE or (call.name == "QUERY" and "now(" in str(given[1:2]).lower())
        if made.given is not None and not volatile and _same(made.given, given):
            return False
        circular = call.name != "FORMULATEXT" and any(one is not None and fetch.circular(one) for one in given)
        result = single(_CIRCULAR) if circular else calculate(call.name, HostWorld(workbook, place), given)
        self._made[place, number] = made = replace(made, given=tuple(given))
        if made.result is not None and made.result.area == result.area and made.result.same(result):
            return False
        self._put_result(calculator, place, number, result)
        return True

    def _given(self, fetch: Fetch, argument: Argument, slot: Slot | None, place: Place) -> Array | None:
        match argument.kind:
            case "omitted":
                return None
            case "value":
                return single(argument.value)
            case "cells":
                found = fetch.cells(argument.text)
            case "call":
                found = self._made[place, argument.call].result or single(None)
            case _:
                assert slot is not None
                found = fetch.calculated(slot, argument)
        if argument.scalar and (found.height, found.width) != (1, 1):
            return Array(((found.value,),), found.formats[:1])
        return found

    def _put_result(self, calculator: Calculator, place: Place, number: int, result: Array) -> None:
        made = self._made[place, number]
        compiled = calculator.placed.formulas[place]
        before = self._reference(made)
        used = f"\x04{number}\x04"
        read_by_engine = used in compiled.text or any(
            used in one.text for call in compiled.calls for one in call.arguments
        )
        if not read_by_engine:
            self._made[place, number] = replace(made, result=result)
            return
        self._clear_result(calculator, made)
        slot = self._sheets.columns(result.width)
        for row, values in enumerate(result.rows):
            for column, value in enumerate(values):
                calculator.model.put((slot.sheet_id, row, slot.column + column), value)
        self._made[place, number] = replace(made, result=result, slot=slot)
        if self._reference(self._made[place, number]) != before:
            self._put_arguments(calculator, place, compiled, lambda text: used in text)
            if used in compiled.text:
                calculator.put_again(place)

    def _clear_result(self, calculator: Calculator, made: _Made) -> None:
        if made.slot is None or made.result is None:
            return
        for row in range(made.result.height):
            for column in range(made.result.width):
                calculator.model.clear((made.slot.sheet_id, row, made.slot.column + column))
        self._sheets.release(made.slot)

    def _reference(self, made: _Made | None) -> str:
        if made is None or made.slot is None or made.result is None:
            return "#N/A"
        slot, result = made.slot, made.result
        title = hidden_title(slot.sheet_id)
        if (
            not made.spreads and result.height == result.width == 1
        ):  # a range of one cell is no single value to every function of the engine
            return f"'{title}'!{cell_name(0, slot.column)}"
        last = cell_name(max(result.height, 1) - 1, slot.column + max(result.width, 1) - 1)
        return f"'{title}'!{cell_name(0, slot.column)}:{last}"

    def _put_arguments(
        self, calculator: Calculator, place: Place, compiled: Compiled, concerned: Callable[[str], bool]
    ) -> None:
        for number, call in enumerate(compiled.calls):
            for slot, argument in zip(self._made[place, number].arguments, call.arguments, strict=True):
                if slot is not None and concerned(argument.text):
                    calculator.put_text((slot.sheet_id, slot.row, slot.column), self.written(place, argument.text))

    def _widen(self, calculator: Calculator, place: Place, number: int) -> bool:
        """Give the arguments of a call more columns."""
        made = self._made[place, number]
        slots: list[Slot | None] = []
        for slot, argument in zip(
            made.arguments, calculator.placed.formulas[place].calls[number].arguments, strict=True
        ):
            if slot is None or argument.scalar:
                slots.append(slot)
                continue
            calculator.model.clear((slot.sheet_id, slot.row, slot.column))
            self._sheets.release(slot)
            slots.append(self._sheets.columns(slot.width * 2))
        self._made[place, number] = replace(made, arguments=tuple(slots))
        self._put_arguments(calculator, place, calculator.placed.formulas[place], lambda text: True)
        return True


def _same(before: tuple[Array | None, ...], now: list[Array | None]) -> bool:
    return all(
        one is two or (one is not None and two is not None and one.area == two.area and one.same(two))
        for one, two in zip(before, now, strict=True)
    )


def _waiting(result: Array) -> ErrorValue | None:
    errors = (value for value in result.values if isinstance(value, ErrorValue))
    return next((value for value in errors if value.not_calculated), None)


def _laid_out(place: Place, result: Array) -> Iterator[tuple[Place, Value]]:
    sheet_id, row, column = place
    for down, values in enumerate(result.rows):
        for right, value in enumerate(values):
            yield (sheet_id, row + down, column + right), value


def _blocked(sheet: Sheet, place: Place, cells: dict[Place, Value], taken: Mapping[Place, Value]) -> ErrorValue | None:
    """The error of Sheets when a result has no room."""
    end_row, end_column = max(cell[1] for cell in cells) + 1, max(cell[2] for cell in cells) + 1
    missing_rows, missing_columns = end_row - sheet.row_count, end_column - sheet.column_count
    if missing_rows > 0 or missing_columns > 0:
        what = f"rows ({missing_rows})" if missing_rows > 0 else f"columns ({missing_columns})"
        return ErrorValue("REF", f"Result was not automatically expanded, please insert more {what}.")
    for cell in cells:
        if cell != place and (cell in taken or not sheet.cell(cell[1], cell[2]).blank):
            where = cell_name(cell[1], cell[2])
            return ErrorValue("REF", f"Array result was not expanded because it would overwrite data in {where}.")
    return None
