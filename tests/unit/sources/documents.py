"""Documents that the tests make."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from fpdf import FPDF

from sheets_agent.sources.loading import files_of, load
from sheets_agent.sources.model import Sources, SourceTable


def pdf(path: Path, *pages: Sequence[Sequence[Sequence[str]]], password: str = "") -> Path:
    """A PDF: pages of tables of rows."""
    document = FPDF()
    document.set_font("Helvetica")
    for tables in pages:
        document.add_page()
        document.cell(text="A line of text", new_x="LMARGIN", new_y="NEXT")
        for rows in tables:
            with document.table() as table:
                for row in rows:
                    table.row(row)
            document.ln(20)
    if password:
        document.set_encryption(owner_password=password, user_password=password)
    document.output(str(path))
    return path


def written(path: Path, content: str | bytes) -> Path:
    """A file that holds this."""
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def sources(*paths: Path, locale: str = "en_US") -> Sources:
    """What is read of some documents."""
    return load(files_of(paths), locale)


def only(path: Path, **options: Any) -> SourceTable:
    """The one table of a document."""
    [table] = sources(path, **options).tables
    return table
