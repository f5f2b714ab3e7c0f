"""Writing a workbook as an .xlsx file: the order of the steps, titles and names."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterable
from io import BytesIO
from pathlib import Path
from typing import Any

from sheets_agent.a1 import GridRange, cell_name, quote_title
from sheets_agent.emulator.losses import Losses
from sheets_agent.emulator.seen import surroundings_of
from sheets_agent.emulator.workbook import Sheet, Workbook
from sheets_agent.emulator.xlsx_write.chart_sheets import add_chart_sheet
from sheets_agent.emulator.xlsx_write.formulas import LAST_ROW, FormulaWriter
from sheets_agent.emulator.xlsx_write.named_functions import define_functions
from sheets_agent.emulator.xlsx_write.package import Book
from sheets_agent.emulator.xlsx_write.sheet import SheetWriter, Worksheet
from sheets_agent.emulator.xlsx_write.styles import Formats
from sheets_agent.emulator.xlsx_write.table_names import table_names

JSON = dict[str, Any]

_LONGEST_TITLE = 31
_FORBIDDEN = re.compile(r"[\[\]:*?/\\]")


def write_xlsx(workbook: Workbook, path: Path, losses: Losses) -> None:
    """Write the whole workbook; `path` is overwritten.

    Raises:
        OSError: the file cannot be written.
    """
    with warnings.catch_warnings(record=True) as refusals:
        warnings.simplefilter("always")
        _write(workbook, path, losses)
    for refusal in refusals:  # XlsxWriter leaves out what Excel does not take, and says so in a warning
        losses.say(f"Something is left out: {str(refusal.message).rstrip('.')}.")


def _write(workbook: Workbook, path: Path, losses: Losses) -> None:
    written = BytesIO()  # on a full disk, ZipFile would complain once more when it is collected
    target = Book(
        written,
        {
            "in_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
            "default_format_properties": _default_font(workbook),
        },
    )
    titles = excel_titles(workbook, losses)
    formulas = FormulaWriter(
        lambda title: _row_count(workbook, title),
        {
            sheet.title.casefold(): titles[sheet.sheet_id]
            for sheet in workbook.sheets
            if titles[sheet.sheet_id] != sheet.title
        },
        frozenset(str(function["name"]).lower() for function in workbook.named_functions),
        surroundings_of(workbook).tables,
        _names_of_tables(workbook),
        frozenset(str(named["name"]).casefold() for named in workbook.named_ranges),
    )
    formats = Formats(target, workbook.locale)
    tabs: list[tuple[Sheet, Any]] = []
    writers: list[SheetWriter] = []
    for sheet in workbook.sheets:
        if sheet.is_grid:
            tab = target.add_worksheet(titles[sheet.sheet_id], worksheet_class=Worksheet)
            writers.append(SheetWriter(workbook, sheet, tab, target, formulas, formats, titles, losses))
        else:
            tab = add_chart_sheet(sheet, workbook, target, titles, losses)
        if tab is not None:
            tabs.append((sheet, tab))
    for thread in workbook.comments:
        losses.add("comment thread is left out", "comment threads are left out", thread.get("plainTextQuote", ""))
    for writer in writers:
        writer.write()
    _activate_first_visible(tabs)
    for named in workbook.named_ranges:
        _define_name(target, named, workbook, titles, losses)
    define_functions(target, workbook, formulas, losses)
    target.close()
    path.write_bytes(written.getbuffer())


def _names_of_tables(workbook: Workbook) -> dict[str, str]:
    """What Excel calls each table, by its casefolded name."""
    names = table_names(workbook)
    return {
        str(table.get("name", "")).casefold(): names[sheet.sheet_id, index]
        for sheet in workbook.sheets
        for index, table in enumerate(sheet.list("tables"))
    }


def _default_font(workbook: Workbook) -> JSON:
    """The font of cells that have none; Google writes its own as "arial,sans,sans-serif"."""
    text = workbook.properties.get("defaultFormat", {}).get("textFormat", {})
    family = str(text.get("fontFamily", "Arial")).split(",")[0]
    return {"font_name": "Arial" if family == "arial" else family, "font_size": text.get("fontSize", 10)}


def excel_titles(workbook: Workbook, losses: Losses) -> dict[int, str]:
    """A title for every sheet that Excel can take: at most 31 characters, all different without case."""
    titles: dict[int, str] = {}
    taken: set[str] = set()
    for sheet in workbook.sheets:
        title = _FORBIDDEN.sub("_", sheet.title)[:_LONGEST_TITLE].strip("'") or "Sheet"
        number = 2
        while title.casefold() in taken:
            ending = f" ({number})"
            title, number = title[: _LONGEST_TITLE - len(ending)] + ending, number + 1
        taken.add(title.casefold())
        titles[sheet.sheet_id] = title
        if title != sheet.title:
            losses.say(f"The tab “{sheet.title}” is called “{title}” in the file: Excel does not take its title.")
    return titles


def _row_count(workbook: Workbook, title: str | None) -> int:
    sheet = workbook.sheet_titled(title) if title else None
    return sheet.row_count if sheet else max(sheet.row_count for sheet in workbook.sheets)


def _activate_first_visible(tabs: Iterable[tuple[Sheet, Any]]) -> None:
    for sheet, tab in tabs:
        if not sheet.properties.get("hidden"):
            tab.activate()
            tab.set_first_sheet()
            return


def _define_name(target: Any, named: JSON, workbook: Workbook, titles: dict[int, str], losses: Losses) -> None:
    area = GridRange.from_api(named.get("range", {}))
    sheet = workbook.sheet(area.sheet_id)
    if sheet is None:
        losses.add(
            "named range without a sheet is left out", "named ranges without a sheet are left out", named["name"]
        )
        return
    reference = f"={quote_title(titles[area.sheet_id])}!{fixed(area, sheet)}"
    if target.define_name(named["name"], reference) == -1:
        losses.add(
            "named range has a name that Excel refuses", "named ranges have names that Excel refuses", named["name"]
        )


def fixed(area: GridRange, sheet: Sheet) -> str:
    """A range in absolute A1 notation; open ends go to Excel's last row, or the grid's last column."""
    bounded = area.clipped(LAST_ROW if area.end_row is None else sheet.row_count, sheet.column_count)
    corners = (
        cell_name(bounded.start_row or 0, bounded.start_column or 0),
        cell_name((bounded.end_row or 1) - 1, (bounded.end_column or 1) - 1),
    )
    return ":".join(re.sub(r"([A-Z]+)(\d+)", r"$\1$\2", corner) for corner in corners)
