"""The tables of a Markdown document, each named by the heading it stands under."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from sheets_agent.emulator.csv_file import decoded
from sheets_agent.errors import FileError
from sheets_agent.sources.grids import Cell
from sheets_agent.sources.tables import MOST_CELLS, Place, Read, check_cells, read_texts

_DELIMITER = re.compile(r"\|?\s*:?-+:?\s*(\|\s*:?-+:?\s*)*\|?")
_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")
_HEADING = re.compile(r" {0,3}#{1,6}\s+(.*?)\s*#*")
_EMPHASIS = re.compile(r"(\*\*|__|`)(?P<inside>[^*_`]+)\1")
_ESCAPED = re.compile(r"\\([\\|*_`])")


def read(path: Path, locale: str) -> Read:
    """The tables with pipes.

    Raises:
        FileError: it is no text, or has no table.
    """
    text = decoded(path)
    if text.count("|") > 2 * MOST_CELLS:
        check_cells(path, MOST_CELLS + 1)
    places = list(_places(text.splitlines()))
    if not places:
        raise FileError(f"{path.name} has no table.", "A table in Markdown has columns between | and a line |---|---|.")
    if len(places) == 1:
        places = [Place("", "", places[0].rows, places[0].caption)]
    return read_texts(path, places, locale)


def _places(lines: list[str]) -> Iterator[Place]:
    heading, fence, index, number = "", "", 0, 0
    while index < len(lines):
        line = lines[index]
        if match := _FENCE.match(line):
            if not fence:
                fence = match[1]
            elif match[1].startswith(fence):
                fence = ""
        elif match := _HEADING.fullmatch(line):
            heading = heading if fence else match[1]
        elif not fence and "|" in line and _begins(lines, index):
            end = index + 2
            while end < len(lines) and "|" in lines[end] and lines[end].strip():
                end += 1
            number += 1
            width = len(_cells(line))
            body = [_cells(row)[:width] for row in lines[index + 2 : end]]
            rows: list[list[Cell]] = [list(row) for row in (_cells(line), *body)]
            yield Place(f"t{number}", f"table {number}", rows, heading)
            index = end - 1
        index += 1


def _begins(lines: list[str], index: int) -> bool:
    """Whether a table begins in a line: dashes below it, as many as it has cells."""
    below = lines[index + 1].strip() if index + 1 < len(lines) else ""
    found = "-" in below and len(below) < 100_000 and _DELIMITER.fullmatch(below)
    return bool(found) and len(_cells(below)) == len(_cells(lines[index]))


def _cells(line: str) -> list[str]:
    inner = line.strip()
    inner = inner.removeprefix("|")
    if inner.endswith("|") and not inner.endswith("\\|"):
        inner = inner[:-1]
    return [_bare(cell) for cell in re.split(r"(?<!\\)\|", inner)]


def _bare(cell: str) -> str:
    """A cell without the marks of emphasis around all of it, and without escapes."""
    cell = cell.strip()
    if match := _EMPHASIS.fullmatch(cell):
        cell = match["inside"]
    return _ESCAPED.sub(r"\1", cell)
