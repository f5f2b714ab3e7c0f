"""The sheets of a workbook (.xlsx, .xlsm), one table each."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from sheets_agent.emulator.files import open_file
from sheets_agent.emulator.workbook import Sheet, Workbook
from sheets_agent.errors import FileError
from sheets_agent.formulas.values import ErrorValue
from sheets_agent.sources.cells import of_value
from sheets_agent.sources.grids import Cell
from sheets_agent.sources.tables import Place, Read, check_cells, neutral_text, slug, tables_of

MOST_UNPACKED = 200 << 20
"""Bytes of all parts of a workbook together."""


def read(path: Path) -> Read:
    """What each sheet shows: values, never formulas.

    Raises:
        FileError: it is no workbook, damaged, protected, too large, or holds nothing.
    """
    _check_size(path)
    opened = open_file(path)
    found = tables_of(path, _places(path, opened.workbook), titled=True)
    if not found.tables:
        raise FileError(f"{path.name} has no filled cells.", "Give a workbook with a table.")
    tables = found.tables
    if len(tables) == 1:
        tables = (replace(tables[0], id=slug(path.stem)),)
    hidden = [sheet.title for sheet in opened.workbook.grids if sheet.properties.get("hidden")]
    notes = tuple(f"{path.name}: the sheet “{title}” is hidden." for title in hidden[:20])
    return Read(tables, (*found.notes, *notes))


def _places(path: Path, workbook: Workbook) -> Iterator[Place]:
    for sheet in workbook.grids:
        rows, columns = workbook.extent(sheet)
        check_cells(path, rows * columns)
        values = workbook.values(sheet, range(rows), range(columns))
        yield Place(
            slug(sheet.title),
            f"sheet “{sheet.title}”",
            [
                [_cell(workbook, sheet, row, column, value) for column, value in enumerate(line)]
                for row, line in enumerate(values)
            ],
        )


def _cell(workbook: Workbook, sheet: Sheet, row: int, column: int, value: object) -> Cell:
    if value is None or value == "":
        return ""
    if isinstance(value, ErrorValue):
        return neutral_text(str(value))
    if isinstance(value, bool | int | float):
        shown = workbook.number_format(sheet, row, column)
        return of_value(value, shown) or of_value(value, None)
    return neutral_text(str(value))


def _check_size(path: Path) -> None:
    try:
        with zipfile.ZipFile(path) as package:
            size = sum(part.file_size for part in package.infolist())
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return  # `open_file` says what it is
    if size > MOST_UNPACKED:
        raise FileError(
            f"{path.name} unpacks to {size >> 20:,} MB, and {MOST_UNPACKED >> 20} MB are the most that is read.",
            "Split the workbook, or delete the empty rows and columns that carry formats.",
        )
