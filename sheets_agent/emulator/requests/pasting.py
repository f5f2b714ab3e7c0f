"""Text and HTML from a clipboard: pasteData.

Source: the PasteDataRequest message of the v4 discovery document.
"""

from __future__ import annotations

import csv
import io
from dataclasses import replace

from sheets_agent.a1 import GridRange
from sheets_agent.emulator.cell_input import MAX_CHARACTERS, entered_cell
from sheets_agent.emulator.errors import Refusal
from sheets_agent.emulator.requests.html_tables import HtmlCell, Pasted, laid_out
from sheets_agent.emulator.requests.lookup import coordinate
from sheets_agent.emulator.requests.placing import put_cells
from sheets_agent.emulator.requests.sizing import resize
from sheets_agent.emulator.workbook import JSON, Cell, Sheet, Workbook

_CONTENT = ("PASTE_NORMAL", "PASTE_NO_BORDERS", "PASTE_VALUES", "PASTE_FORMULA")
_FORMATS = ("PASTE_NORMAL", "PASTE_NO_BORDERS", "PASTE_FORMAT")
_MERGES = ("PASTE_NORMAL", "PASTE_NO_BORDERS")


def pasteData(workbook: Workbook, request: JSON) -> JSON:
    """Paste delimited text or HTML, each field as if typed; the grid grows where it needs more room.

    The tables of HTML bring bold and italic text and merged cells. Neither text nor HTML has rules to paste.
    """
    sheet, top, left = coordinate(workbook, request.get("coordinate"))
    kind, data = request.get("type", "PASTE_NORMAL"), str(request.get("data", ""))
    html = bool(request.get("html"))
    pasted = laid_out(data) if html else _delimited(data, str(request.get("delimiter") or "\t"))
    if any(len(cell.text) > MAX_CHARACTERS for cell in pasted.cells.values()):
        raise Refusal(f"The data cannot be parted: a field has more than {MAX_CHARACTERS} characters.")
    if kind not in _CONTENT and kind not in _FORMATS:
        return {}  # validation and conditional formats, of which there are none
    height, width = top + pasted.rows, left + pasted.columns
    if height > sheet.row_count or width > sheet.column_count:
        resize(workbook, sheet, max(height, sheet.row_count), max(width, sheet.column_count))
    put_cells(
        workbook,
        sheet,
        {
            (top + row, left + column): _entered(workbook, sheet.cell(top + row, left + column), cell, kind)
            for (row, column), cell in pasted.cells.items()
        },
    )
    if html and kind in _MERGES:
        _merge(workbook, sheet, pasted, top, left)
    return {}


def _entered(workbook: Workbook, old: Cell, cell: HtmlCell, kind: str) -> Cell:
    new = entered_cell(workbook, old, cell.text, True) if kind in _CONTENT else old
    if kind not in _FORMATS or not cell.text_format:
        return new
    own = new.format or {}
    return replace(new, format={**own, "textFormat": {**own.get("textFormat", {}), **cell.text_format}})


def _merge(workbook: Workbook, sheet: Sheet, pasted: Pasted, top: int, left: int) -> None:
    """Merge the cells that one of HTML spans; merges that were in the way are no more."""
    spans = [
        GridRange(sheet.sheet_id, top + row, top + row + cell.rows, left + column, left + column + cell.columns)
        for (row, column), cell in pasted.cells.items()
        if cell.rows * cell.columns > 1
    ]
    covered = {
        (row, column): cell.without_content()
        for span in spans
        for row, column, cell in sheet.cells(span)
        if (row, column) != (span.start_row, span.start_column)
    }
    put_cells(workbook, sheet, covered)
    area = GridRange(sheet.sheet_id, top, top + pasted.rows, left, left + pasted.columns)
    sheet.merges = [merge for merge in sheet.merges if merge.intersection(area) is None] + spans


def _delimited(data: str, delimiter: str) -> Pasted:
    """Fields of text.

    Raises:
        Refusal: a field without end, or a delimiter that is none.
    """
    if len(delimiter) > 1:
        lines = [line.split(delimiter) for line in data.splitlines()]
    else:
        try:
            lines = list(csv.reader(io.StringIO(data, newline=""), delimiter=delimiter))
        except (csv.Error, TypeError, ValueError) as error:
            raise Refusal(f"The data cannot be parted at the delimiter: {error}") from error
    cells = {(row, column): HtmlCell(text) for row, line in enumerate(lines) for column, text in enumerate(line)}
    return Pasted(cells, len(lines), max(map(len, lines), default=0))
