"""Opening an .xlsx file: the order of the steps, names and tables that all sheets share, and values kept from Excel."""

from __future__ import annotations

import re
import warnings
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import openpyxl
from openpyxl.chartsheet import Chartsheet
from openpyxl.reader.excel import ExcelReader
from openpyxl.utils.cell import range_boundaries
from openpyxl.xml.constants import SHARED_STRINGS

from sheets_agent.a1 import GridRange, parse_a1, quote_title
from sheets_agent.emulator.losses import Losses
from sheets_agent.emulator.number_format import pattern_kind
from sheets_agent.emulator.workbook import Cell, Sheet, Workbook
from sheets_agent.emulator.xlsx_read import leftovers
from sheets_agent.emulator.xlsx_read.cells import CellReader
from sheets_agent.emulator.xlsx_read.chart_sheets import chart_sheet
from sheets_agent.emulator.xlsx_read.drawings import charts_of
from sheets_agent.emulator.xlsx_read.extensions import add_validations
from sheets_agent.emulator.xlsx_read.formulas import FormulaReader, TableArea
from sheets_agent.emulator.xlsx_read.named_functions import is_named_function, named_functions
from sheets_agent.emulator.xlsx_read.package import worksheets
from sheets_agent.emulator.xlsx_read.sheet import read_sheet
from sheets_agent.emulator.xlsx_read.styles import Styles
from sheets_agent.emulator.xlsx_read.texts import shared_texts
from sheets_agent.emulator.xlsx_text import unescaped
from sheets_agent.errors import UsageError

JSON = dict[str, Any]

_NAME = re.compile(r"[^\W\d]\w{0,249}")
_CELL_LIKE = re.compile(r"[A-Za-z]{1,3}\d+|[Rr]\d*[Cc]\d*|true|false", re.IGNORECASE)


class _Reader(ExcelReader):  # type: ignore[misc]
    """Openpyxl's reader, except that dates stay the numbers they are in the file: their format says they are dates.

    And what is escaped in texts is read as it is meant.
    """

    def read_worksheets(self) -> None:
        self.date_styles = frozenset(self.wb._date_formats)
        self.wb._date_formats = set()
        self.wb._timedelta_formats = set()
        super().read_worksheets()

    def read_strings(self) -> None:
        part = self.package.find(SHARED_STRINGS)
        if part is not None:
            with self.archive.open(part.PartName[1:]) as source:
                self.shared_strings = list(shared_texts(source))


def read_xlsx(path: Path, spreadsheet_id: str, locale: str, losses: Losses) -> Workbook:
    """Read a whole .xlsx or .xlsm file.

    Raises:
        Exception: whatever openpyxl raises on a broken file; the caller knows how to tell the person.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what openpyxl leaves out is found by `leftovers`, with its place
        reader = _Reader(str(path), rich_text=True, keep_links=False)
        try:
            reader.read()
        finally:
            reader.archive.close()
    book = reader.wb
    add_validations(path, book)
    styles = Styles(book, pattern_kind, losses)
    sheet_ids = {sheet.title: index for index, sheet in enumerate(book._sheets)}
    names = _Names(book, sheet_ids, losses)
    formulas = FormulaReader(dict(_tables(book)), names.inlined, quote_title)
    cells = CellReader(styles, formulas, reader.date_styles, _days_to_1900(book), sheet_ids, losses)
    with ZipFile(path) as package:
        drawn = {title: list(charts_of(package, part)) for title, part in worksheets(package)}
    states = {tab.name: tab.state for tab in reader.parser.sheets}
    sheets = [
        chart_sheet(
            sheet,
            index,
            hidden=states.get(sheet.title, "visible") != "visible",
            drawn=drawn.get(sheet.title, []),
            styles=styles,
            sheet_ids=sheet_ids,
            losses=losses,
        )
        if isinstance(sheet, Chartsheet)
        else read_sheet(sheet, index, drawn.get(sheet.title, []), cells, losses)
        for index, sheet in enumerate(book._sheets)
    ]
    _put_cached_values(path, sheets, cells.wanted)
    leftovers.report(path, {sheet.title: sheet for sheet in sheets}, losses)
    properties = {
        "title": path.stem,
        "locale": locale,
        "autoRecalc": "ON_CHANGE",
        "timeZone": "Etc/GMT",
        "defaultFormat": styles.default_format(),
    }
    workbook = Workbook(spreadsheet_id, properties, sheets)
    workbook.named_ranges = names.ranges
    workbook.named_functions = named_functions(book, formulas, losses)
    workbook.restructured()
    return workbook


def _days_to_1900(book: Any) -> int:
    """What to add to a date's number: files from old Macs count from 1904."""
    return 1462 if book.epoch.year == 1904 else 0


def _tables(book: Any) -> Iterator[tuple[str, TableArea]]:
    for sheet in book.worksheets:
        for table in sheet.tables.values():
            left, top, right, bottom = range_boundaries(table.ref)
            header, totals = bool(table.headerRowCount), bool(table.totalsRowCount)
            yield (
                table.displayName.lower(),
                TableArea(
                    sheet.title,
                    top - 1 + header,
                    bottom - 1 - totals,
                    left - 1,
                    tuple(column.name for column in table.tableColumns) or tuple("" for _ in range(left, right + 1)),
                    header,
                    totals,
                ),
            )


class _Names:
    """Defined names: ranges that Sheets can have, and what stands for the others inside formulas."""

    def __init__(self, book: Any, sheet_ids: Mapping[str, int], losses: Losses) -> None:
        self.ranges: list[JSON] = []
        self.inlined: dict[str, str] = {}
        self._sheet_ids = sheet_ids
        taken: set[str] = set()
        scoped = [(name, sheet.title) for sheet in book.worksheets for name in sheet.defined_names.values()]
        for name, scope in [*((name, "") for name in book.defined_names.values()), *scoped]:
            if name.hidden or name.name.startswith("_xlnm.") or not name.attr_text:
                continue
            if not scope and is_named_function(name.attr_text):
                continue
            area = self._area(name.attr_text)
            if area is not None and name.name.lower() not in taken and self._allowed(name.name):
                taken.add(name.name.lower())
                self.ranges.append(
                    {
                        "namedRangeId": str(zlib.crc32(name.name.encode())),
                        "name": name.name,
                        "range": area.to_api(),
                    }
                )
            else:
                self._inline(name, scope, losses)

    def _inline(self, name: Any, scope: str, losses: Losses) -> None:
        key = f"{quote_title(scope)}!{name.name}".lower() if scope else name.name.lower()
        self.inlined[key] = name.attr_text
        if scope:
            self.inlined.setdefault(name.name.lower(), name.attr_text)
        losses.add(
            "defined name has no counterpart in Sheets and is written out inside the formulas that use it",
            "defined names have no counterpart in Sheets and are written out inside the formulas that use them",
            name.name,
        )

    def _area(self, text: str) -> GridRange | None:
        try:
            parsed = parse_a1(text)
        except UsageError:
            return None
        sheet_id = None if parsed.sheet is None else self._sheet_ids.get(parsed.sheet)
        if sheet_id is None:
            return None
        area = parsed.grid_range(sheet_id)
        return replace(area, end_row=None) if area.end_row == 1_048_576 else area

    @staticmethod
    def _allowed(name: str) -> bool:
        return bool(_NAME.fullmatch(name)) and not _CELL_LIKE.fullmatch(name)


def _put_cached_values(path: Path, sheets: list[Sheet], wanted: Mapping[int, set[tuple[int, int]]]) -> None:
    """Where a formula could not be kept, the value that Excel had stored for it stands instead."""
    if not any(wanted.values()):
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        stored = openpyxl.load_workbook(path, read_only=True, data_only=True, keep_links=False)
    try:
        for sheet in sheets:
            places = wanted.get(sheet.sheet_id)
            if places:
                _fill(sheet, stored[sheet.title], places)
    finally:
        stored.close()


def _fill(sheet: Sheet, stored: Any, places: set[tuple[int, int]]) -> None:
    from sheets_agent.emulator.xlsx_read.cells import literal

    last_row = max(row for row, _ in places) + 1
    for row in stored.iter_rows(max_row=last_row):
        for cell in row:
            if cell.value is None or (cell.row - 1, cell.column - 1) not in places:
                continue
            old = sheet.cell(cell.row - 1, cell.column - 1)
            stored_value = unescaped(cell.value) if isinstance(cell.value, str) else cell.value
            value, formula = literal(stored_value, cell.data_type)
            new = Cell(value, formula, old.format, old.note, old.validation)
            sheet.rows[cell.row - 1] = {**sheet.rows.get(cell.row - 1, {}), cell.column - 1: new}
