"""An IronCalc model kept in step with the cells of a workbook."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from sheets_agent.emulator.engine_errors import MOST_FILLED, TOO_MANY, too_large
from sheets_agent.emulator.engine_model import EngineModel
from sheets_agent.emulator.hidden import CLOCK
from sheets_agent.emulator.hosting import Hosting
from sheets_agent.emulator.large_stack import on_large_stack
from sheets_agent.emulator.panics import without_failing
from sheets_agent.emulator.placed import Place, Placed
from sheets_agent.emulator.seen import engine_title, surroundings_of, titles_of
from sheets_agent.emulator.texts import Texts
from sheets_agent.formulas.dialect import (
    ENGINE_COLUMNS,
    ENGINE_ROWS,
    Compiled,
    Compiler,
    Surroundings,
    compile_formula,
    failed,
    not_calculated,
)
from sheets_agent.formulas.sizes import sure_size
from sheets_agent.formulas.values import Value

if TYPE_CHECKING:
    from sheets_agent.emulator.workbook import Cell, Sheet, Workbook


def _is_text(cell: Cell | None) -> bool:
    """Whether a text was entered."""
    return cell is not None and isinstance(cell.value, str)


class Calculator:
    """The model of one workbook. Not shared between workbooks that differ: `clone` first."""

    def __init__(self, workbook: Workbook) -> None:
        self.titles = titles_of(workbook)
        self.model = EngineModel(str(workbook.properties.get("timeZone", "")), workbook.locale)
        self.placed = Placed()
        self.pivots: dict[Place, Value] = {}
        """The drawn cells of pivot tables, as of the last calculation."""
        self.rebuilt = True
        """Whether more than single cells changed since the last results were read."""
        self.hosting = Hosting()
        self.texts = Texts()
        self.compiler = Compiler(Surroundings({}))
        self._add_sheets()
        self.model.put(CLOCK, 0.0)

    def clone(self) -> Calculator:
        """An independent copy."""
        copy = object.__new__(Calculator)
        copy.titles = self.titles
        copy.model = self.model.clone()
        copy.placed = self.placed.copy()
        copy.pivots = dict(self.pivots)
        copy.rebuilt = self.rebuilt
        copy.hosting = self.hosting.copy()
        copy.texts = self.texts.copy()
        copy.compiler = self.compiler
        return copy

    def fits(self, workbook: Workbook) -> bool:
        """Whether this model can be brought in step with a workbook: its sheets are the same ones, or more."""
        titles = titles_of(workbook)
        same = (self.model.zone, self.model.locale) == (str(workbook.properties.get("timeZone", "")), workbook.locale)
        return same and titles[: len(self.titles)] == self.titles

    def follow(self, workbook: Workbook, touched: Iterable[Place] | None) -> None:
        """Put the workbook's cells into the model.

        Args:
            workbook: the workbook.
            touched: the cells that may have changed; None when anything may have, sheets and names included.
        """
        on_large_stack(lambda: self._follow(workbook, touched))

    def overlay(self, cells: dict[Place, Value]) -> bool:
        """Let these values stand instead of what was entered, and nothing else; whether that changed anything."""
        if self.placed.overlay == cells:
            return False
        on_large_stack(lambda: self._overlay(cells))
        return True

    def tell_time(self, moment: float) -> None:
        """Say what NOW is, as a serial number."""
        self.model.put(CLOCK, moment)

    def evaluate(self) -> None:
        """Calculate everything; formulas that the engine fails in are left out."""
        try:
            self.model.evaluate()
        except RuntimeError:
            self._leave_failing_out()

    def _leave_failing_out(self) -> None:
        formulas = {place: one for place, one in self.placed.formulas.items() if not one.unknown}
        failed = not_calculated("this formula, which the calculation engine fails in,")

        def fails() -> bool:
            try:
                self.model.evaluate()
            except RuntimeError:
                return True
            return False

        without_failing(
            list(formulas),
            lambda place: self._change(place, formulas[place], failed),
            lambda place: self._change(place, failed, formulas[place]),
            fails,
        )

    def make_calls(self, workbook: Workbook) -> bool:
        """Make the calls that the engine cannot make; whether that changed anything."""
        return bool(self.placed.calling) and self.hosting.make(workbook, self)

    def fill_gaps(self, workbook: Workbook, places: set[Place]) -> bool:
        """Have the arrays of these formulas put cell by cell, blank ones left blank; whether that changes anything."""
        changed = False
        for place in sorted(places):
            sheet, old = workbook.sheet(place[0]), self.placed.formulas[place]
            formula = None if sheet is None else sheet.cell(place[1], place[2]).formula
            if sheet is None or formula is None or old.shows is not None:
                continue
            new = compile_formula(formula, sheet.title, self.compiler.surroundings, whole=True)
            if not new.unknown:
                self._change(place, old, new)
                self.placed.handed.add(place)
                changed = True
        return changed

    def read_texts(self, workbook: Workbook, filled: Iterable[Place]) -> bool:
        """Have the formulas read texts that take cells for numbers where there are texts now; whether any changed.

        Args:
            workbook: the workbook.
            filled: the cells that a formula elsewhere filled with texts.
        """
        if not self.texts.readers:
            return False
        drawn = (place for place, value in self.placed.overlay.items() if isinstance(value, str))
        found = {place for place in (*filled, *drawn) if place in self.texts.readers}
        found.update(place for place in self.texts.asked - self.texts.found if self.model.shows_text(place))
        readers = self.texts.find(found)
        return bool(readers) and on_large_stack(lambda: self._say_again(workbook, readers))

    def _say_again(self, workbook: Workbook, places: Iterable[Place]) -> bool:
        """Give formulas the form that suits the texts in the cells they read; whether any changed."""
        changed = False
        for place in sorted(places):
            sheet, old = workbook.sheet(place[0]), self.placed.formulas[place]
            formula = self.placed.rows[place[0]][place[1]][place[2]].formula
            if sheet is None or formula is None:
                continue
            new = self._compiled(formula, sheet, place)
            if (new.text, new.calls) != (old.text, old.calls):
                self._change(place, old, new)
                changed = True
        return changed

    def empty_gaps(self, workbook: Workbook) -> None:
        """Have the engine put its arrays itself again: what is put for it hides that a formula reads its own value."""
        for place in sorted(self.placed.handed):
            sheet, old = workbook.sheet(place[0]), self.placed.formulas[place]
            formula = None if sheet is None else sheet.cell(place[1], place[2]).formula
            if sheet is not None and formula is not None:
                self._change(place, old, self._compiled(formula, sheet, place))
        self.placed.handed.clear()

    def refused(self) -> Iterator[Place]:
        """The formulas that the engine, as it calculated, found no way to calculate."""
        return self.model.refused(self.placed.doubtful - self.placed.overlay.keys())

    def spilled(self) -> Iterator[Place]:
        """The cells that a formula elsewhere filled."""
        rows, overlay = self.placed.rows, self.placed.overlay
        for sheet_id, row, column in self.model.filled():
            cell = rows[sheet_id].get(row, {}).get(column)
            entered = cell is not None and not cell.blank
            if not entered and (sheet_id, row, column) not in overlay:
                yield sheet_id, row, column

    def _add_sheets(self) -> None:
        for sheet_id, title in self.titles:
            if sheet_id not in self.model:
                self.model.add_sheet(sheet_id, engine_title(sheet_id, title))
                self.placed.rows[sheet_id] = {}

    def _follow(self, workbook: Workbook, touched: Iterable[Place] | None) -> None:
        if touched is not None:
            touched = set(touched)
            self._clear_spills(workbook, self.placed.spreading & touched)
            for sheet_id, row in {(sheet_id, row) for sheet_id, row, _ in touched}:
                sheet = workbook.sheet(sheet_id)
                if sheet is not None:
                    self._follow_row(sheet, row)
            self._follow_texts(workbook)
            return
        self.rebuilt = True
        self.titles = titles_of(workbook)
        self._add_sheets()
        surroundings = surroundings_of(workbook)
        if surroundings != self.compiler.surroundings:
            self.compiler = Compiler(surroundings)
            self._compile_again(workbook)
        self._clear_spills(workbook, self.placed.spreading)
        for sheet in workbook.grids:
            placed = self.placed.rows[sheet.sheet_id]
            changed = [row for row, cells in sheet.rows.items() if placed.get(row) is not cells]
            known: dict[int, bool] = {}
            for row in changed:
                before, after = placed.get(row), sheet.rows[row]
                if _is_blank(after, known) and (before is None or _is_blank(before, known)):
                    placed[row] = after  # formats are nothing to the engine
                else:
                    self._follow_row(sheet, row)
            for row in [row for row in placed if row not in sheet.rows]:
                self._follow_row(sheet, row)
        self._follow_texts(workbook)

    def _follow_texts(self, workbook: Workbook) -> None:
        changed, self.texts.changed = self.texts.changed, set()
        self._say_again(workbook, self.texts.of(changed))

    def _clear_spills(self, workbook: Workbook, places: Iterable[Place]) -> None:
        """Empty formulas that are gone, and with them the cells they filled, before anything is put into those."""
        for sheet_id, row, column in places:
            sheet = workbook.sheet(sheet_id)
            formula = None if sheet is None else sheet.cell(row, column).formula
            gone = formula != self.placed.rows[sheet_id][row][column].formula
            if gone and (sheet_id, row, column) not in self.placed.overlay:
                self.model.clear((sheet_id, row, column))

    def _compile_again(self, workbook: Workbook) -> None:
        """Formulas may mean something else now that sheets, grids or names changed."""
        for place, old in list(self.placed.formulas.items()):
            sheet_id, row, column = place
            sheet = workbook.sheet(sheet_id)
            formula = self.placed.rows[sheet_id][row][column].formula
            if sheet is None or formula is None:
                continue
            new = self._compiled(formula, sheet, place)
            if (new.text, new.calls) == (old.text, old.calls):
                self._note(place, new)
                continue
            self._change(place, old, new)

    def _compiled(self, formula: str, sheet: Sheet, place: Place) -> Compiled:
        size = sure_size(formula)
        if size is not None:
            end_row, end_column = place[1] + size[0], place[2] + size[1]
            if end_row > sheet.row_count or end_column > sheet.column_count:
                return failed(too_large(sheet, end_row, end_column))  # sooner said than calculated
            if size[0] * size[1] > MOST_FILLED:
                return failed(TOO_MANY)
        quick = self.compiler.compile(formula, sheet.title, texts=False)
        cells = self._watched(place, quick)
        if not cells or not (self.texts.everywhere or any(self._holds_text(sheet, cell) for cell in cells)):
            return quick
        return replace(self.compiler.compile(formula, sheet.title), watched=quick.watched)

    def _watched(self, place: Place, compiled: Compiled) -> list[Place]:
        """The cells that a formula takes for numbers."""
        home = place[0]
        return [(self.model.sheet_id(title) if title else home, row, column) for title, row, column in compiled.watched]

    def _holds_text(self, sheet: Sheet, place: Place) -> bool:
        """Whether a cell is known to hold a text; the cells of one sheet are looked at as they will be."""
        sheet_id, row, column = place
        rows = sheet.rows if sheet_id == sheet.sheet_id else self.placed.rows[sheet_id]
        cell = rows.get(row, {}).get(column)
        return (cell is not None and isinstance(cell.value, str)) or place in self.texts.found

    def _note(self, place: Place, compiled: Compiled | None) -> None:
        """Note the formula of a place; None when it has none any more."""
        old = self.placed.formulas.get(place)
        if old is not None:
            self.texts.leave(place, self._watched(place, old))
        if compiled is None:
            self.placed.drop(place)
            return
        self.placed.put(place, compiled)
        self.texts.enter(place, compiled, self._watched(place, compiled), self.placed.formulas)

    def _change(self, place: Place, old: Compiled, new: Compiled) -> None:
        self.hosting.leave(self, place, old)
        self._note(place, new)
        self.hosting.enter(self, place, new)
        if place not in self.placed.overlay:
            self.model.clear(place)
            on_large_stack(lambda: self._put_formula(place, new))

    def _follow_row(self, sheet: Sheet, row: int) -> None:
        if row >= ENGINE_ROWS:
            return
        sheet_id = sheet.sheet_id
        placed = self.placed.rows[sheet_id]
        old, new = placed.get(row, {}), sheet.rows.get(row, {})
        for column in old.keys() | new.keys() if old else new:
            before, after = old.get(column), new.get(column)
            if before is not after and column < ENGINE_COLUMNS:
                self._follow_cell(sheet, (sheet_id, row, column), before, after)
        if new:
            placed[row] = new
        else:
            placed.pop(row, None)

    def _follow_cell(self, sheet: Sheet, place: Place, before: Cell | None, after: Cell | None) -> None:
        formula = None if after is None else after.formula
        if formula is not None and before is not None and formula == before.formula:
            return
        hidden = place in self.placed.overlay
        if before is not None:
            if (old := self.placed.formulas.get(place)) is not None:
                self.hosting.leave(self, place, old)
            self._note(place, None)
            if not hidden:
                self.model.clear(place)
        self.texts.enter_anew(place, otherwise=_is_text(before) != _is_text(after))
        if formula is not None:
            compiled = self._compiled(formula, sheet, place)
            self._note(place, compiled)
            self.hosting.enter(self, place, compiled)
            if not hidden:
                self._put_formula(place, compiled)
        elif after is not None and after.value is not None and not hidden:
            self.model.put(place, after.value)

    def _overlay(self, cells: dict[Place, Value]) -> None:
        current = self.placed.overlay
        self.placed.overlay = dict(cells)
        for place in current.keys() - cells.keys():
            self._restore(place)
        for place, value in cells.items():
            if place not in current or current[place] != value or type(current[place]) is not type(value):
                self.model.clear(place)
                self.model.put(place, value)

    def _restore(self, place: Place) -> None:
        sheet_id, row, column = place
        cell = self.placed.rows[sheet_id].get(row, {}).get(column)
        compiled = self.placed.formulas.get(place)
        self.model.clear(place)
        if compiled is not None:
            self._put_formula(place, compiled)
        else:
            self.model.put(place, None if cell is None else cell.value)

    def _put_formula(self, place: Place, compiled: Compiled) -> None:
        text = self.hosting.written(place, compiled.text) if compiled.calls else compiled.text
        self.model.put_formula(place, text)

    def put_again(self, place: Place) -> None:
        """Put a formula again whose calls' values went elsewhere."""
        if place not in self.placed.overlay:
            self.model.clear(place)
            on_large_stack(lambda: self._put_formula(place, self.placed.formulas[place]))

    def put_text(self, place: Place, text: str) -> None:
        """Put a formula of the engine's own on a hidden sheet."""
        self.model.clear(place)
        on_large_stack(lambda: self.model.put_formula(place, text))


def _is_blank(cells: dict[int, Cell], known: dict[int, bool]) -> bool:
    """Whether nothing is entered into a row; `known` are rows that were looked at, by their ids."""
    if id(cells) not in known:
        known[id(cells)] = all(cell.blank for cell in cells.values())
    return known[id(cells)]
