"""A frozen view of a spreadsheet: what actions compile against.

A `Book` holds the metadata of every sheet, and the cells of the ranges that were loaded. It does no I/O: asking it for
a cell outside the loaded ranges raises `NotLoaded`, which names the range, and the caller loads it.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from sheets_agent.a1 import GridRange, column_letters, parse_cells, split_sheet
from sheets_agent.errors import ActionError, UsageError
from sheets_agent.formulas.locale import decimal_comma, to_canonical
from sheets_agent.formulas.values import ErrorValue, Value

JSON = dict[str, Any]


class NotLoaded(LookupError):
    """A cell was asked for that lies outside the loaded ranges. `range` is what to load."""

    def __init__(self, missing: GridRange) -> None:
        super().__init__(f"{missing} is not loaded")
        self.range = missing


@dataclass(frozen=True, slots=True)
class CellView:
    """One loaded cell: its effective value, the text Sheets shows, and the formula behind it, if any.

    The formula has commas and decimal points in every locale, as the models are told to write it.
    """

    value: Value = None
    text: str = ""
    formula: str | None = None
    number_format: JSON | None = None
    format: JSON | None = None
    note: str | None = None
    validation: JSON | None = None
    pivot: JSON | None = None

    @property
    def blank(self) -> bool:
        """Whether the cell shows nothing and holds no formula."""
        return self.value in (None, "") and self.formula is None

    @classmethod
    def from_api(cls, cell: JSON, locale: str = "en_US") -> CellView:
        """From the API's CellData, whose formula is written as the spreadsheet's locale has it."""
        formula = cell.get("userEnteredValue", {}).get("formulaValue")
        effective = cell.get("effectiveFormat", {}).get("numberFormat")
        return cls(
            _value(cell.get("effectiveValue", {})),
            cell.get("formattedValue", ""),
            None if formula is None else to_canonical(formula, locale) if decimal_comma(locale) else formula,
            effective or cell.get("userEnteredFormat", {}).get("numberFormat"),
            cell.get("userEnteredFormat"),
            cell.get("note"),
            cell.get("dataValidation"),
            cell.get("pivotTable"),
        )


def _value(extended: JSON) -> Value:
    if "errorValue" in extended:
        error = extended["errorValue"]
        return ErrorValue(error.get("type", "ERROR"), error.get("message", ""))
    for key in ("numberValue", "stringValue", "boolValue"):
        if key in extended:
            value: Value = extended[key]
            return float(value) if key == "numberValue" and value is not None else value  # type: ignore[arg-type]
    return None


@dataclass(frozen=True, slots=True)
class SheetInfo:
    """One sheet's metadata. `resources` holds the API's lists (charts, conditionalFormats, tables, …) as they came."""

    sheet_id: int
    title: str
    index: int
    row_count: int
    column_count: int
    frozen_rows: int = 0
    frozen_columns: int = 0
    hidden: bool = False
    merges: tuple[GridRange, ...] = ()
    basic_filter: JSON | None = None
    resources: Mapping[str, tuple[JSON, ...]] = field(default_factory=dict)

    @property
    def grid(self) -> GridRange:
        """The whole sheet, bounded."""
        return GridRange(self.sheet_id, 0, self.row_count, 0, self.column_count)

    @classmethod
    def from_api(cls, body: JSON) -> SheetInfo:
        """From the API's Sheet."""
        properties = body.get("properties", {})
        grid = properties.get("gridProperties", {})
        lists = (
            "charts", "conditionalFormats", "filterViews", "protectedRanges", "bandedRanges", "slicers", "tables",
            "rowGroups", "columnGroups", "developerMetadata",
        )  # fmt: skip
        return cls(
            int(properties.get("sheetId", 0)),
            properties.get("title", ""),
            int(properties.get("index", 0)),
            int(grid.get("rowCount", 0)),
            int(grid.get("columnCount", 0)),
            int(grid.get("frozenRowCount", 0)),
            int(grid.get("frozenColumnCount", 0)),
            bool(properties.get("hidden", False)),
            tuple(GridRange.from_api(merge) for merge in body.get("merges", ())),
            body.get("basicFilter"),
            {name: tuple(body[name]) for name in lists if body.get(name)},
        )


@dataclass(frozen=True)
class Book:
    """A spreadsheet as it was when it was read.

    Attributes:
        cells: loaded cells by (sheet id, row, column); a loaded blank cell may be absent.
        loaded: the ranges that `cells` covers.
        hidden_rows: the zero-based rows of loaded ranges that are hidden, by hand or by a filter, by sheet id.
        hidden_columns: the columns.
    """

    spreadsheet_id: str
    title: str
    locale: str
    time_zone: str
    sheets: tuple[SheetInfo, ...]
    named_ranges: Mapping[str, GridRange] = field(default_factory=dict)
    named_range_ids: Mapping[str, str] = field(default_factory=dict)
    cells: Mapping[tuple[int, int, int], CellView] = field(default_factory=dict)
    loaded: tuple[GridRange, ...] = ()
    hidden_rows: Mapping[int, frozenset[int]] = field(default_factory=dict)
    hidden_columns: Mapping[int, frozenset[int]] = field(default_factory=dict)

    @classmethod
    def from_api(cls, body: JSON) -> Book:
        """From the API's Spreadsheet, grid data included where it has any."""
        properties = body.get("properties", {})
        names = {item["name"]: item for item in body.get("namedRanges", ())}
        book = cls(
            body.get("spreadsheetId", ""),
            properties.get("title", ""),
            properties.get("locale", "en_US"),
            properties.get("timeZone", "Etc/GMT"),
            tuple(SheetInfo.from_api(sheet) for sheet in body.get("sheets", ())),
            {name: GridRange.from_api(item["range"]) for name, item in names.items()},
            {name: item["namedRangeId"] for name, item in names.items()},
        )
        return book.with_grid_data(body, ())

    def with_grid_data(self, body: JSON, loaded: Iterable[GridRange]) -> Book:
        """The same book with the grid data of a `spreadsheets.get` answer added; `loaded` are the ranges asked for."""
        cells = dict(self.cells)
        rows, columns = dict(self.hidden_rows), dict(self.hidden_columns)
        for sheet in body.get("sheets", ()):
            sheet_id = int(sheet.get("properties", {}).get("sheetId", 0))
            for block in sheet.get("data", ()):
                top, left = block.get("startRow", 0), block.get("startColumn", 0)
                rows[sheet_id] = rows.get(sheet_id, frozenset()) | _hidden(block.get("rowMetadata", ()), top)
                columns[sheet_id] = columns.get(sheet_id, frozenset()) | _hidden(block.get("columnMetadata", ()), left)
                for row, data in enumerate(block.get("rowData", ()), top):
                    for column, cell in enumerate(data.get("values", ()), left):
                        if cell:
                            cells[sheet_id, row, column] = CellView.from_api(cell, self.locale)
        return replace(self, cells=cells, loaded=(*self.loaded, *loaded), hidden_rows=rows, hidden_columns=columns)

    def sheet(self, title: str) -> SheetInfo:
        """The sheet with a title, compared without case.

        Raises:
            ActionError: when there is none; names the closest title.
        """
        wanted = title.casefold()
        for sheet in self.sheets:
            if sheet.title.casefold() == wanted:
                return sheet
        titles = [sheet.title for sheet in self.sheets]
        close = difflib.get_close_matches(title, titles, 1)
        advice = f"Did you mean “{close[0]}”?" if close else f"The sheets are: {', '.join(titles)}."
        raise ActionError(f"There is no sheet “{title}”. {advice}")

    def sheet_by_id(self, sheet_id: int) -> SheetInfo:
        """The sheet with an id.

        Raises:
            ActionError: when there is none.
        """
        for sheet in self.sheets:
            if sheet.sheet_id == sheet_id:
                return sheet
        raise ActionError(f"There is no sheet with id {sheet_id}.")

    def range(self, text: str) -> GridRange:
        """Resolve what a model or a person wrote: `Sheet1!A1:B2`, `'Мой лист'!A:A`, a sheet's title, a named range.

        Open bounds are kept open. Without a sheet the range lies on the only sheet there is.

        Raises:
            ActionError: unknown sheet, not A1 notation, or a corner outside the grid.
        """
        title, cells = self._split(text)
        sheet = self.sheet(title) if title is not None else self._only_sheet(text)
        if not cells:
            return GridRange(sheet.sheet_id)
        if cells in self.named_ranges:
            return self.named_ranges[cells]
        try:
            area = parse_cells(cells).grid_range(sheet.sheet_id)
        except UsageError as error:
            raise ActionError(f"{error} {error.hint}") from error
        if (area.start_row or 0) >= sheet.row_count or (area.start_column or 0) >= sheet.column_count:
            raise ActionError(
                f"{text} lies outside the grid of “{sheet.title}”, which has {sheet.row_count} rows and "
                f"{sheet.column_count} columns (to {column_letters(sheet.column_count - 1)}{sheet.row_count})."
            )
        return area

    def _split(self, text: str) -> tuple[str | None, str]:
        text = text.strip()
        if any(sheet.title == text for sheet in self.sheets):  # also a tab that is named like a cell
            return text, ""
        if text in self.named_ranges:
            return self.sheet_by_id(self.named_ranges[text].sheet_id).title, text
        try:
            return split_sheet(text)
        except UsageError as error:
            raise ActionError(f"{error} {error.hint}") from error

    def _only_sheet(self, text: str) -> SheetInfo:
        if len(self.sheets) == 1:
            return self.sheets[0]
        raise ActionError(f"{text} does not say which sheet it is on. Write it like 'Sheet name'!A1:B10.")

    def a1(self, area: GridRange) -> str:
        """A range in A1 notation with its sheet's title."""
        return area.to_a1(self.sheet_by_id(area.sheet_id).title)

    def clipped(self, area: GridRange) -> GridRange:
        """A range bounded by its sheet's grid."""
        sheet = self.sheet_by_id(area.sheet_id)
        return area.clipped(sheet.row_count, sheet.column_count)

    def cell(self, sheet_id: int, row: int, column: int) -> CellView:
        """A loaded cell, at zero-based indexes.

        Raises:
            NotLoaded: when it lies outside the loaded ranges.
        """
        found = self.cells.get((sheet_id, row, column))
        if found is not None:
            return found
        here = GridRange(sheet_id, row, row + 1, column, column + 1)
        if any(area.contains(here) for area in self.loaded):
            return CellView()
        raise NotLoaded(here)

    def filled(self, area: GridRange) -> Iterator[tuple[int, int, CellView]]:
        """The loaded cells of a range that are not blank, in row order.

        Raises:
            NotLoaded: when part of the range was not loaded.
        """
        bounded = self.clipped(area)
        if bounded.cells and not any(loaded.contains(bounded) for loaded in self.loaded):
            raise NotLoaded(bounded)
        if bounded.cells <= len(self.cells):
            keys: Iterable[tuple[int, int, int]] = (
                (area.sheet_id, row, column)
                for row in range(bounded.start_row or 0, bounded.end_row or 0)
                for column in range(bounded.start_column or 0, bounded.end_column or 0)
            )
        else:
            keys = sorted(key for key in self.cells if _holds(bounded, key))
        for key in keys:
            cell = self.cells.get(key)
            if cell is not None and not cell.blank:
                yield key[1], key[2], cell


def _hidden(metadata: Iterable[JSON], first: int) -> frozenset[int]:
    """The rows or columns that are hidden, from where their metadata begin."""
    return frozenset(
        index for index, one in enumerate(metadata, first) if one.get("hiddenByUser") or one.get("hiddenByFilter")
    )


def _holds(area: GridRange, key: tuple[int, int, int]) -> bool:
    sheet_id, row, column = key
    return area.contains(GridRange(sheet_id, row, row + 1, column, column + 1))
