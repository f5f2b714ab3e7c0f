"""What a batch left where its inverse will write: by it is told, later, whether somebody has changed it since."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from sheets_agent.a1 import GridRange
from sheets_agent.emulator.workbook import JSON, Cell, Sheet, Workbook
from sheets_agent.undo.cells import changed_cells
from sheets_agent.undo.normal import ASPECTS, CellForm, Key, Things, things
from sheets_agent.undo.pair import Pair
from sheets_agent.undo.structure import area_before, place_before, removed

Request = JSON
WHOLE = tuple(ASPECTS)


@dataclass(frozen=True)
class Left:
    """What a batch left, at the places where it stood right after the batch.

    Attributes:
        cells: by sheet, each with its row, its column, the place of its fields in `fields` and of what it held in
            `contents`.
        fields: the combinations of fields that the inverse writes.
        contents: what cells held, as CellData with formulas as in en_US.
        areas: ranges that the inverse takes away whole: a cell in them that is not in `cells` was empty.
        things: what else the inverse changes; None stands for what was not there.
        whole: tabs that the inverse deletes with everything on them.
    """

    cells: dict[int, list[list[int]]] = field(default_factory=dict)
    fields: list[list[str]] = field(default_factory=list)
    contents: list[JSON] = field(default_factory=list)
    areas: list[JSON] = field(default_factory=list)
    things: list[tuple[Key, Any]] = field(default_factory=list)
    whole: list[int] = field(default_factory=list)

    def to_json(self) -> JSON:
        """As it is kept."""
        return {
            "cells": {str(sheet): cells for sheet, cells in self.cells.items()},
            "fields": self.fields,
            "contents": self.contents,
            "areas": self.areas,
            "things": self.things,
            "whole": self.whole,
        }

    @classmethod
    def from_json(cls, body: JSON) -> Left:
        """From what was kept."""
        return cls(
            {int(sheet): cells for sheet, cells in body["cells"].items()},
            body["fields"],
            body["contents"],
            body["areas"],
            [((kind, sheet_id, name), thing) for (kind, sheet_id, name), thing in body["things"]],
            body["whole"],
        )

    @property
    def cell_count(self) -> int:
        """How many cells the inverse writes or takes away."""
        return sum(map(len, self.cells.values()))


class _Writer:
    """Collects cells; contents that are alike are kept once."""

    def __init__(self, workbook: Workbook) -> None:
        self._form = CellForm(workbook)
        self._known: dict[Any, int] = {}
        self._texts: dict[str, int] = {}
        self._masks: dict[tuple[str, ...], int] = {}
        self._alive: list[Cell] = []
        self.cells: dict[int, dict[tuple[int, int], tuple[int, int]]] = {}
        self.contents: list[JSON] = []

    def add(self, sheet: Sheet, row: int, column: int, fields: tuple[str, ...]) -> None:
        placed = self.cells.setdefault(sheet.sheet_id, {})
        mask = self._masks.setdefault(fields, len(self._masks))
        if placed.get((row, column), (None,))[0] != self._masks.get(WHOLE, -1):
            placed[row, column] = (mask, self._content(sheet.cell(row, column)))

    def _content(self, cell: Cell) -> int:
        parts = (cell.format, cell.validation, cell.pivot, cell.runs)
        key = (type(cell.value), cell.value, cell.formula, cell.note, *map(id, parts))
        known = self._known.get(key)
        if known is None:
            self._alive.append(cell)  # an id is only a name while its object lives
            data = self._form(cell)
            text = json.dumps(data, sort_keys=True)
            known = self._known[key] = self._texts.setdefault(text, len(self.contents))
            if known == len(self.contents):
                self.contents.append(data)
        return known

    @property
    def fields(self) -> list[list[str]]:
        return [list(fields) for fields in self._masks]


def left_by(pair: Pair, after: Workbook, moves: Sequence[Request]) -> Left:
    """What a batch left.

    Args:
        pair: the spreadsheet before the batch, and after it with its movements undone.
        after: the spreadsheet after the batch.
        moves: the requests that undid the movements.
    """
    writer = _Writer(after)
    for sheet, other in pair.sheets:
        there = after.sheet(sheet.sheet_id)
        if there is None:
            continue
        for row, column, fields in changed_cells(pair.before, sheet, other):
            place = place_before(moves, (sheet.sheet_id, row, column))
            if place is not None:
                writer.add(there, place[1], place[2], fields)
    areas = [area for area in _taken_away(pair, after, moves) if area.cells]
    for area in areas:
        there = after.sheet(area.sheet_id)
        if there is not None:
            for row, column, _ in there.cells(area):
                writer.add(there, row, column, WHOLE)
    whole = [sheet.sheet_id for sheet in after.sheets if pair.before.sheet(sheet.sheet_id) is None]
    cells = {
        sheet_id: [[row, column, *what] for (row, column), what in sorted(placed.items())]
        for sheet_id, placed in writer.cells.items()
    }
    found = list(_things(pair, after, moves, whole))
    return Left(cells, writer.fields, writer.contents, [area.to_api() for area in areas], found, whole)


def _taken_away(pair: Pair, after: Workbook, moves: Sequence[Request]) -> Iterable[GridRange]:
    """The ranges that the inverse removes with all that stands in them, as they lie after the batch."""
    for index, move in enumerate(moves):
        area = removed(move)
        there = after.sheet(area.sheet_id) if area else None
        if area is not None and there is not None:
            yield area_before(moves[:index], area).clipped(there.row_count, there.column_count)
    for sheet in after.sheets:
        old = pair.before.sheet(sheet.sheet_id)
        if old is None:
            yield GridRange(sheet.sheet_id, 0, sheet.row_count, 0, sheet.column_count)
    for sheet, other in pair.sheets:
        there = after.sheet(sheet.sheet_id)
        if there is not None and other.row_count > sheet.row_count:
            area = area_before(moves, GridRange(sheet.sheet_id, sheet.row_count, None))
            yield area.clipped(there.row_count, there.column_count)
        if there is not None and other.column_count > sheet.column_count:
            area = area_before(moves, GridRange(sheet.sheet_id, None, None, sheet.column_count, None))
            yield area.clipped(there.row_count, there.column_count)
    tables = [pair.new[key] for key in pair.changed if key[0] == "tables" and key in pair.new and key not in pair.old]
    for table in tables:
        area = area_before(moves, GridRange.from_api(table["range"]))
        home = after.sheet(area.sheet_id)
        if home is not None:
            yield area.clipped(home.row_count, home.column_count)


def _things(pair: Pair, after: Workbook, moves: Sequence[Request], whole: Sequence[int]) -> Iterable[tuple[Key, Any]]:
    there: Things = things(after)
    for kind, sheet_id, name in pair.changed:
        if kind == "order":
            continue
        key: Key = (kind, sheet_id, name)
        if kind in ("rows", "columns"):
            index = int(name)
            place = (sheet_id, index, 0) if kind == "rows" else (sheet_id, 0, index)
            before = place_before(moves, place)
            if before is None:
                continue
            key = (kind, sheet_id, str(before[1 if kind == "rows" else 2]))
        if sheet_id not in whole and (sheet_id < 0 or after.sheet(sheet_id) is not None):
            yield key, there.get(key)
    for key, thing in there.items():
        if key[1] in whole and key[0] not in ("rows", "columns"):
            yield key, thing
    for sheet, other in pair.sheets:
        if moves or (sheet.row_count, sheet.column_count) != (other.row_count, other.column_count):
            for name in ("rowCount", "columnCount"):
                if ("grid", sheet.sheet_id, name) not in pair.changed:
                    yield ("grid", sheet.sheet_id, name), there.get(("grid", sheet.sheet_id, name))
