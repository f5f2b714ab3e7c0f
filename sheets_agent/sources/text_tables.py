"""Text tables: .csv and .tsv."""

from __future__ import annotations

from pathlib import Path

from sheets_agent.emulator.csv_file import decoded, rows_of
from sheets_agent.sources.tables import MOST_CELLS, Place, Read, check_cells, read_texts


def read(path: Path, locale: str) -> Read:
    """The table of a text table.

    Raises:
        FileError: it is no text, no table, or too large.
    """
    text = decoded(path)
    if max(map(text.count, ",;\t|\n\r")) > MOST_CELLS:  # before fields are made of them
        check_cells(path, MOST_CELLS + 1)
    return read_texts(path, [Place("", "", [list(row) for row in rows_of(text, path)])], locale, titled=True)
