"""The tables of a PDF: those that lines are drawn around. Read in a process of its own, for so long and no longer."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from sheets_agent.errors import FileError, UsageError
from sheets_agent.sources.pdf_pages import ENCRYPTED, MOST_PAGES, TOO_LARGE
from sheets_agent.sources.tables import MOST_CELLS, Place, Read, check_cells, read_texts

SECONDS = 90.0
"""How long reading one PDF may take."""
_ANOTHER = "Give the pages with the table as a smaller PDF, or the table as .csv or .xlsx."


def read(path: Path, locale: str, seconds: float = SECONDS) -> Read:
    """The tables of a PDF, page by page.

    Raises:
        FileError: it is damaged, protected, too large, takes too long, or has no table.
        UsageError: the library that reads PDFs is not installed.
    """
    if importlib.util.find_spec("pdfplumber") is None:
        raise UsageError("Reading a PDF needs pdfplumber.", "pip install 'sheets-agent[pdf]'")
    found = _pages(path, seconds)
    if error := found.get("error"):
        raise _refused(path, error)
    pages = int(found["pages"])
    if not found["tables"]:
        raise FileError(
            f"{path.name} has no table that could be read.",
            "Tables need lines around their cells, and text, not a picture of it. Give the table as .csv or .xlsx.",
        )
    places = [
        Place(f"p{table['page']}.t{table['table']}", f"page {table['page']}, table {table['table']}", table["rows"])
        for table in found["tables"]
    ]
    read = read_texts(path, places, locale, titled=True)
    if pages <= MOST_PAGES:
        return read
    note = f"{path.name}: only the first {MOST_PAGES} of {pages} pages were read."
    return Read(read.tables, (*read.notes, note))


def _pages(path: Path, seconds: float) -> dict[str, Any]:
    script = Path(__file__).with_name("pdf_pages.py")
    command = [sys.executable, "-P", str(script), str(path), str(MOST_CELLS)]
    try:
        done = subprocess.run(command, capture_output=True, timeout=seconds, check=False)
        found: dict[str, Any] = json.loads(done.stdout)
    except subprocess.TimeoutExpired as error:
        raise FileError(f"{path.name} takes longer than {seconds:g} seconds to read.", _ANOTHER) from error
    except ValueError as error:  # it was killed, by the bounds of its memory
        raise FileError(f"{path.name} cannot be read: it takes too much memory.", _ANOTHER) from error
    return found


def _refused(path: Path, error: str) -> FileError:
    if error == ENCRYPTED:
        return FileError(f"{path.name} is protected with a password.", "Give a copy without the password.")
    if error == TOO_LARGE:
        check_cells(path, MOST_CELLS + 1)
    return FileError(f"{path.name} is damaged and cannot be read ({error}).", "Export or download it again.")
