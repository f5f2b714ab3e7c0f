"""One sheet as a worksheet: cells, then what belongs to the sheet as a whole."""

from __future__ import annotations

import re
from typing import Any

import xlsxwriter.worksheet
from xlsxwriter.xmlwriter import XMLwriter

from sheets_agent.a1 import cell_name, quote_title
from sheets_agent.emulator.losses import Losses
from sheets_agent.emulator.workbook import Cell, Sheet, Workbook
from sheets_agent.emulator.xlsx_text import escaped
from sheets_agent.emulator.xlsx_write.charts import insert_chart
from sheets_agent.emulator.xlsx_write.formulas import FormulaWriter, Stored, wrapped
from sheets_agent.emulator.xlsx_write.rules import RuleWriter
from sheets_agent.emulator.xlsx_write.spills import Filled, Place, filled_cells
from sheets_agent.emulator.xlsx_write.styles import Formats
from sheets_agent.emulator.xlsx_write.tabs import write_tab
from sheets_agent.emulator.xlsx_write.widths import natural_widths
from sheets_agent.formulas.values import ErrorValue, Value

JSON = dict[str, Any]

_LONGEST_TEXT = 32_767
_MOST_LINKS = 65_530
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
"""Characters that XML does not take."""
_COMPUTED = '"COMPUTED_VALUE"'


class Worksheet(xlsxwriter.worksheet.Worksheet):  # type: ignore[misc]
    """A worksheet that takes formulas and numbers as they are.

    XlsxWriter's own preparation of formulas replaces function names inside string literals as well, cuts a closing
    brace, and decides by itself what is an array; its numbers have 16 digits, one short of what they may need.
    """

    @staticmethod
    def _escape_control_characters(data: Any) -> Any:
        return escaped(data) if isinstance(data, str) else data

    def __setattr__(self, name: str, value: Any) -> None:
        if name == "rstring" and isinstance(value, XMLwriter):  # writes the pieces of a rich text
            value._escape_control_characters = escaped
        super().__setattr__(name, value)

    def _prepare_formula(self, formula: str, expand_future_functions: bool = False) -> str:
        return formula.removeprefix("=")

    def _write_formula(self, row: int, col: int, formula: str, cell_format: Any = None, value: Any = 0) -> int:
        if self._check_dimensions(row, col):
            return -1
        shown = escaped(value) if isinstance(value, str) else value
        self.table[row][col] = xlsxwriter.worksheet.CellFormulaTuple(
            escaped(formula.removeprefix("=")), cell_format, shown
        )
        return 0

    def _xml_number_element(self, number: float, attributes: Any = ()) -> None:
        written = "".join(f' {name}="{value}"' for name, value in attributes)
        self.fh.write(
            f"<c{written}><v>{int(number) if float(number).is_integer() and abs(number) < 1e15 else number!r}</v></c>"
        )


class SheetWriter:
    """Writes one sheet.

    Attributes:
        target: the XlsxWriter worksheet.
    """

    def __init__(
        self,
        workbook: Workbook,
        sheet: Sheet,
        target: Any,
        book: Any,
        formulas: FormulaWriter,
        formats: Formats,
        titles: dict[int, str],
        losses: Losses,
    ) -> None:
        self.target = target
        self.workbook = workbook
        self.sheet = sheet
        self.book = book
        self.formulas = formulas
        self.formats = formats
        self.titles = titles
        self.losses = losses
        self._links = 0
        self._filled = Filled({}, ())

    def write(self) -> None:
        """Write everything."""
        self._write_cells()
        self._write_merges()
        self._write_dimensions()
        self._write_properties()
        title = self.titles[self.sheet.sheet_id]
        RuleWriter(self.workbook, self.sheet, self.target, self.formulas, self.formats, title, self.losses).write()
        for chart in self.sheet.list("charts"):
            insert_chart(chart, self.workbook, self.book, self.target, self.titles, self.losses)

    def _place(self, row: int, column: int) -> str:
        return f"{quote_title(self.titles[self.sheet.sheet_id])}!{cell_name(row, column)}"

    # Cells

    def _write_cells(self) -> None:
        self._filled = filled_cells(self.workbook, self.sheet)
        members = {place for places in self._filled.arrays.values() for place in places} | set(self._filled.others)
        for row, column, cell in self.sheet.cells():
            if (row, column) not in members:
                self._write_cell(row, column, cell)
            if cell.note:
                self.target.write_comment(row, column, cell.note)
            if cell.pivot is not None:
                self.losses.add(
                    "pivot table is written as values",
                    "pivot tables are written as values",
                    self._place(row, column),
                )
        for row, column in self._filled.others:
            self._write_computed(row, column)

    def _write_cell(self, row: int, column: int, cell: Cell) -> None:
        address = (cell.format or {}).get("textFormat", {}).get("link", {}).get("uri")
        if address and self._write_link(row, column, str(address), cell) and isinstance(cell.value, str):
            if cell.runs:
                self._write_literal(row, column, cell)
            return
        if cell.formula is not None:
            self._write_formula(row, column, cell)
        elif cell.value is None and cell.pivot is None:
            self.target.write_blank(row, column, None, self.formats.cell(cell.format))
        elif cell.pivot is not None:
            self._write_computed(row, column)
        else:
            self._write_literal(row, column, cell)

    def _format(self, row: int, column: int) -> Any:
        """The format of a computed cell, with the number format that Sheets infers."""
        own = self.sheet.cell(row, column).format or {}
        if "numberFormat" in own:
            return self.formats.cell(own)
        numbers = self.workbook.number_format(self.sheet, row, column)
        return self.formats.unshared({**own, "numberFormat": numbers}) if numbers else self.formats.cell(own)

    def _write_computed(self, row: int, column: int) -> None:
        self._write_value(row, column, self.workbook.value(self.sheet, row, column), self._format(row, column))

    def _write_value(self, row: int, column: int, value: Value, cell_format: Any) -> None:
        if isinstance(value, bool):
            self.target.write_boolean(row, column, value, cell_format)
        elif isinstance(value, float | int):
            self.target.write_number(row, column, value, cell_format)
        elif isinstance(value, ErrorValue):
            text = "=NA()" if value.type == "N_A" else f"={value}"
            self.target.write_formula(row, column, text, cell_format, str(value))
        elif value is None:
            self.target.write_blank(row, column, None, cell_format)
        else:
            self.target.write_string(row, column, self._shortened(value, row, column), cell_format)

    def _shortened(self, text: str, row: int, column: int) -> str:
        if len(text) <= _LONGEST_TEXT:
            return text
        self.losses.add(
            "text is cut to Excel's 32,767 characters",
            "texts are cut to Excel's 32,767 characters",
            self._place(row, column),
        )
        return text[:_LONGEST_TEXT]

    def _write_literal(self, row: int, column: int, cell: Cell) -> None:
        cell_format = self.formats.cell(cell.format)
        if isinstance(cell.value, str) and self._write_rich(row, column, cell, cell_format):
            return
        self._write_value(row, column, cell.value, cell_format)

    def _write_link(self, row: int, column: int, address: str, cell: Cell) -> bool:
        """Write a link and a text to click on, which anything but a plain text is written over afterwards."""
        self._links += 1
        inside = self._inside(address)
        if self._links > _MOST_LINKS or (inside is None and address.startswith("#")) or len(address) > 2079:
            self.losses.add("link is left out", "links are left out", self._place(row, column))
            return False
        text = self._shortened(str(cell.value), row, column)
        target = f"internal:{inside}" if inside is not None else address
        return bool(self.target.write_url(row, column, target, self.formats.cell(cell.format), text) == 0)

    def _inside(self, address: str) -> str | None:
        """The place that `#gid=…&range=…` names, in A1 notation."""
        if not address.startswith("#gid="):
            return None
        identifier, _, cells = address.removeprefix("#gid=").partition("&range=")
        title = self.titles.get(int(identifier)) if identifier.isdigit() else None
        return None if title is None else f"{quote_title(title)}!{cells or 'A1'}"

    def _write_rich(self, row: int, column: int, cell: Cell, cell_format: Any) -> bool:
        text = str(cell.value)
        if not cell.runs or len(text) > _LONGEST_TEXT:
            return False
        units = text.encode("utf-16-le")
        starts = [int(run.get("startIndex", 0)) for run in cell.runs]
        pieces: list[Any] = []
        bounds = [*starts, len(units) // 2]
        if starts[0] > 0:
            pieces.append(units[: 2 * starts[0]].decode("utf-16-le"))
        for run, start, end in zip(cell.runs, bounds, bounds[1:], strict=False):
            piece = units[2 * start : 2 * end].decode("utf-16-le")
            if not piece:
                continue
            run_format = self.formats.text({**(cell.format or {}).get("textFormat", {}), **run.get("format", {})})
            pieces += [run_format, piece] if run_format is not None else [piece]
        if sum(isinstance(piece, str) for piece in pieces) < 2:
            return False
        return bool(self.target.write_rich_string(row, column, *pieces, *([cell_format] if cell_format else [])) == 0)

    # Formulas

    def _write_formula(self, row: int, column: int, cell: Cell) -> None:
        value = self.workbook.value(self.sheet, row, column)
        if _CONTROL.search(str(cell.formula)):
            self.losses.add(
                "formula with a control character is written as its value",
                "formulas with control characters are written as their values",
                self._place(row, column),
            )
            self._write_computed(row, column)
            return
        members = self._filled.arrays.get((row, column), ())
        stored = self.formulas.store(str(cell.formula), value, bool(members))
        if stored.unknown:
            self.losses.add(
                f"formula uses {', '.join(stored.unknown)}, which Excel does not have: Excel shows its value",
                f"formulas use {', '.join(stored.unknown)}, which Excel does not have: Excel shows their values",
                self._place(row, column),
            )
        shown = _cached(value)
        cell_format = self._format(row, column)
        if stored.array and not stored.unknown:
            area = self._filled.area((row, column))
            self.target.write_dynamic_array_formula(
                row, column, (area.end_row or 1) - 1, (area.end_column or 1) - 1, stored.text, cell_format, shown
            )
        else:
            self.target.write_formula(row, column, stored.text, cell_format, shown)
        self._write_members(members, stored)

    def _write_members(self, members: tuple[Place, ...], stored: Stored) -> None:
        for row, column in members:
            value = self.workbook.value(self.sheet, row, column)
            if stored.unknown and value is not None:
                self.target.write_formula(
                    row, column, wrapped(_COMPUTED, value), self._format(row, column), _cached(value)
                )
            elif isinstance(value, ErrorValue):
                self.target.write_string(row, column, str(value), self._format(row, column))
            else:
                self._write_value(row, column, value, self._format(row, column))

    # The sheet as a whole

    def _write_merges(self) -> None:
        for merged in self.sheet.merges:
            area = merged.clipped(self.sheet.row_count, self.sheet.column_count)
            if area.cells < 2:
                continue
            row, column = area.start_row or 0, area.start_column or 0
            cell = self.sheet.cell(row, column)
            cell_format = self._format(row, column) if cell.formula else self.formats.cell(cell.format)
            self.target.merge_range(row, column, (area.end_row or 1) - 1, (area.end_column or 1) - 1, "", cell_format)
            self._write_cell(row, column, cell)

    def _write_dimensions(self) -> None:
        groups = {"ROWS": self._levels("rowGroups"), "COLUMNS": self._levels("columnGroups")}
        for row in sorted({*self.sheet.row_metadata, *groups["ROWS"]}):
            entry = self.sheet.row_metadata.get(row, {})
            options = _options(entry, groups["ROWS"].get(row, 0))
            self.target.set_row_pixels(row, entry.get("pixelSize"), None, options)
        widths = natural_widths(self.workbook, self.sheet)
        for column in sorted({*self.sheet.column_metadata, *groups["COLUMNS"], *widths}):
            entry = self.sheet.column_metadata.get(column, {})
            options = _options(entry, groups["COLUMNS"].get(column, 0))
            width = entry.get("pixelSize", widths.get(column))
            self.target.set_column_pixels(column, column, width, None, options)

    def _levels(self, name: str) -> dict[int, int]:
        levels: dict[int, int] = {}
        for group in self.sheet.list(name):
            for index in range(group["range"].get("startIndex", 0), group["range"].get("endIndex", 0)):
                levels[index] = max(levels.get(index, 0), min(7, int(group.get("depth", 1))))
        return levels

    def _write_properties(self) -> None:
        properties = self.sheet.properties
        grid = properties["gridProperties"]
        if grid.get("frozenRowCount") or grid.get("frozenColumnCount"):
            self.target.freeze_panes(grid.get("frozenRowCount", 0), grid.get("frozenColumnCount", 0))
        if grid.get("hideGridlines"):
            self.target.hide_gridlines(2)
        write_tab(self.sheet, self.target)
        if properties.get("rightToLeft"):
            self.target.right_to_left()


def _options(entry: JSON, level: int) -> JSON:
    options: JSON = {"level": level} if level else {}
    if entry.get("hiddenByUser") or entry.get("hiddenByFilter"):
        options["hidden"] = True
    return options


def _cached(value: Value) -> bool | float | str:
    if value is None:
        return ""
    if isinstance(value, ErrorValue):
        return "#VALUE!" if value.type in ("ERROR", "LOADING") else str(value)
    return value
