"""What a notebook shows: of a finished run the summary, the written parts of the sheets, and the charts as pictures.

`shown("sales.xlsx", "Orders!A3:J8")` shows parts of any spreadsheet in the same way.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator
from dataclasses import dataclass, replace
from html import escape
from pathlib import Path

from sheets_agent.a1 import GridRange
from sheets_agent.errors import ActionError, SheetsAgentError
from sheets_agent.pictures import Picture, chart_pictures, chart_ranges, table_html, values_of
from sheets_agent.settings import Settings, load
from sheets_agent.sheets.book import Book
from sheets_agent.sheets.client import SheetsClient
from sheets_agent.state.result import RunResult
from sheets_agent.targets import open_target

MOST_TABLES = 4
MOST_CHARTS = 6
SHOWN_ROWS = 15
SHOWN_COLUMNS = 12


@dataclass(frozen=True)
class View:
    """Looks at a spreadsheet after a run. Nothing is read before something is asked for.

    Attributes:
        client: the client of the spreadsheet.
        spreadsheet_id: its id.
        written: the A1 ranges the run wrote.
    """

    client: SheetsClient
    spreadsheet_id: str
    written: tuple[str, ...] = ()

    def pictures(self) -> tuple[Picture, ...]:
        """The charts of the spreadsheet, at most six.

        Raises:
            UsageError: matplotlib is not installed.
        """
        book = self.client.book(self.spreadsheet_id)
        charts = [chart for sheet in book.sheets for chart in sheet.resources.get("charts", ())][:MOST_CHARTS]
        if not charts:
            return ()
        ranges = [area for chart in charts for area in chart_ranges(chart.get("spec", {}))]
        return chart_pictures(charts, *values_of(self.client.load(book, ranges)))

    def save_pictures(self, folder: Path) -> tuple[Path, ...]:
        """Write the charts into a folder as chart-1.png, chart-2.png, ….

        Raises:
            UsageError: matplotlib is not installed.
            OSError: when they cannot be written.
        """
        paths = []
        for number, picture in enumerate((found for found in self.pictures() if found.png), 1):
            path = folder / f"chart-{number}.png"
            path.write_bytes(picture.png)
            paths.append(path)
        return tuple(paths)

    def html(self, result: RunResult) -> str:
        """The run as HTML: status, summary, notes, tables, charts."""
        parts = [f"<p><b>{escape(result.status.value)}</b> {escape(result.summary)}</p>"]
        parts += [f"<p>{escape(note)}</p>" for note in result.notes]
        for shown in (self._tables, self._charts):
            try:
                parts += shown()
            except SheetsAgentError as error:  # a notebook shows the rest
                parts.append(f"<p>{escape(str(error))} {escape(error.hint)}</p>")
        return "\n".join(parts)

    def _tables(self) -> Iterator[str]:
        if not self.written:
            return
        book = self.client.book(self.spreadsheet_id)
        windows = list(dict.fromkeys(window for text in self.written if (window := _window(book, text))))[:MOST_TABLES]
        book = self.client.load(book, windows)
        for window in windows:
            yield table_html(book, window)

    def _charts(self) -> Iterator[str]:
        for picture in self.pictures():
            if picture.png:
                data = base64.b64encode(picture.png).decode()
                yield f'<img alt="{escape(picture.title)}" width="600" src="data:image/png;base64,{data}">'
            else:
                yield f"<p>{escape(picture.problem)}</p>"


@dataclass(frozen=True)
class Shown:
    """HTML that a notebook displays."""

    html: str

    def _repr_html_(self) -> str:
        return self.html


def shown(target: str | Path, *ranges: str, settings: Settings | None = None) -> Shown:
    """Ranges of a spreadsheet as tables: texts as Sheets shows them, formats, and formulas as tooltips.

    Args:
        target: a path to an .xlsx, .csv or .tsv file, a spreadsheet id, or its URL.
        ranges: in A1 notation, such as "Orders!A3:J8".
        settings: credentials, time limits; by default the ones in force.

    Raises:
        ActionError: there is no such range or sheet.
        UsageError, FileError, CredentialsError: the spreadsheet cannot be opened.
    """
    opened = open_target(str(target), settings or load(), reading=True)
    try:
        book = opened.client.book(opened.spreadsheet_id)
        windows = [book.clipped(book.range(text)) for text in ranges]
        book = opened.client.load(book, windows)
        return Shown("\n".join(table_html(book, window) for window in windows))
    finally:
        opened.close()


def _window(book: Book, text: str) -> GridRange | None:
    """The sheet's columns around a written range, from its first row; None when the sheet is gone."""
    try:
        area = book.clipped(book.range(text))
    except ActionError:
        return None
    top, left = area.start_row or 0, area.start_column or 0
    if left < SHOWN_COLUMNS:
        left = 0
    return book.clipped(
        replace(
            area,
            start_row=top,
            end_row=top + SHOWN_ROWS,
            start_column=left,
            end_column=max(left + 1, min(area.end_column or 0, left + SHOWN_COLUMNS)),
        )
    )
