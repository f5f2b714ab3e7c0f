"""Parts of a sheet as HTML tables, with the formats that people look for. Cell texts are escaped: they are data."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from typing import Any

from sheets_agent.a1 import GridRange, column_letters
from sheets_agent.formulas.values import ErrorValue
from sheets_agent.sheets.book import Book, CellView

JSON = dict[str, Any]

_CELL = "border:1px solid #e0e0e0;padding:2px 6px;"
_HEAD = f"{_CELL}background:#f8f9fa;color:#5f6368;text-align:center;font-weight:normal;"
_ALIGNMENT = {"LEFT": "left", "CENTER": "center", "RIGHT": "right"}
_BORDERS = {
    "SOLID": "1px solid", "SOLID_MEDIUM": "2px solid", "SOLID_THICK": "3px solid", "DASHED": "1px dashed",
    "DOTTED": "1px dotted", "DOUBLE": "3px double",
}  # fmt: skip


def table_html(book: Book, area: GridRange, *, max_rows: int = 30, max_columns: int = 20) -> str:
    """A window of a sheet as an HTML table: column letters, row numbers, texts as Sheets shows them, formats, merges.

    A formula is the tooltip of its cell. What does not fit is said below the table.

    Args:
        book: the spreadsheet; the cells of the window have to be loaded.
        area: the window.
        max_rows: rows shown at most.
        max_columns: columns shown at most.

    Raises:
        NotLoaded: a cell of the window was not loaded.
    """
    whole = book.clipped(area)
    top, left = whole.start_row or 0, whole.start_column or 0
    bottom, right = min(whole.end_row or 0, top + max_rows), min(whole.end_column or 0, left + max_columns)
    shown = GridRange(area.sheet_id, top, bottom, left, right)
    spans, covered = _merges(book, shown)
    head = "".join(f'<th style="{_HEAD}">{column_letters(column)}</th>' for column in range(left, right))
    rows = [f'<tr><th style="{_HEAD}"></th>{head}</tr>']
    for row in range(top, bottom):
        cells = "".join(
            _cell(book.cell(area.sheet_id, row, column), spans.get((row, column), ""))
            for column in range(left, right)
            if (row, column) not in covered
        )
        rows.append(f'<tr><th style="{_HEAD}">{row + 1}</th>{cells}</tr>')
    caption = escape(book.a1(shown))
    return (
        f'<div style="overflow-x:auto"><div style="color:#5f6368;font-size:90%">{caption}</div>'
        f'<table style="border-collapse:collapse;font-size:90%">{"".join(rows)}</table>'
        f"{_rest(whole, shown)}</div>"
    )


def _rest(whole: GridRange, shown: GridRange) -> str:
    parts = []
    if whole.rows > shown.rows:
        parts.append(f"{whole.rows - shown.rows} more rows")
    if whole.columns > shown.columns:
        parts.append(f"{whole.columns - shown.columns} more columns")
    return f'<div style="color:#5f6368;font-size:90%">… {" and ".join(parts)}</div>' if parts else ""


def _merges(book: Book, shown: GridRange) -> tuple[dict[tuple[int, int], str], set[tuple[int, int]]]:
    """Span attributes by the first cell of every merge, and the cells that merges cover."""
    spans: dict[tuple[int, int], str] = {}
    covered: set[tuple[int, int]] = set()
    for merge in book.sheet_by_id(shown.sheet_id).merges:
        part = merge.intersection(shown)
        if part is None:
            continue
        first = (part.start_row or 0, part.start_column or 0)
        spans[first] = f' rowspan="{part.rows}" colspan="{part.columns}"'
        covered |= {
            (row, column)
            for row in range(first[0], part.end_row or 0)
            for column in range(first[1], part.end_column or 0)
            if (row, column) != first
        }
    return spans, covered


def _cell(cell: CellView, span: str) -> str:
    tooltip = f' title="{escape(cell.formula)}"' if cell.formula else ""
    text = escape(cell.text).replace("\n", "<br>")
    return f'<td{span}{tooltip} style="{_CELL}{"".join(_styles(cell))}">{text}</td>'


def _styles(cell: CellView) -> Iterator[str]:
    given = cell.format or {}
    text = given.get("textFormat", {})
    aligned = _ALIGNMENT.get(given.get("horizontalAlignment", ""))
    yield f"text-align:{aligned or _usual_alignment(cell)};"
    for name, style in (("bold", "font-weight:bold;"), ("italic", "font-style:italic;")):
        if text.get(name):
            yield style
    lines = [style for name, style in (("underline", "underline"), ("strikethrough", "line-through")) if text.get(name)]
    if lines:
        yield f"text-decoration:{' '.join(lines)};"
    background, foreground = _color(given, "backgroundColor"), _color(text, "foregroundColor")
    if background is not None:
        yield f"background:{background};"
    if foreground is not None:
        yield f"color:{foreground};"
    elif isinstance(cell.value, ErrorValue):
        yield "color:#c5221f;"
    elif background is not None:
        yield "color:#000000;"  # a dark notebook theme would write white on a pale fill
    if given.get("wrapStrategy") != "WRAP":
        yield "white-space:nowrap;"
    for side, edge in given.get("borders", {}).items():
        line = _BORDERS.get(edge.get("style", ""))
        if line and side in ("top", "bottom", "left", "right"):
            yield f"border-{side}:{line} {_color(edge, 'color') or '#000000'};"


def _usual_alignment(cell: CellView) -> str:
    if isinstance(cell.value, bool | ErrorValue):
        return "center"
    return "right" if isinstance(cell.value, float | int) else "left"


def _color(holder: JSON, name: str) -> str | None:
    color = holder.get(f"{name}Style", {}).get("rgbColor", holder.get(name))
    if color is None:
        return None
    return "#" + "".join(f"{round(float(color.get(part, 0)) * 255):02X}" for part in ("red", "green", "blue"))
