"""Requests that go through the text of cells: find and replace, trimming, splitting, removing duplicates.

Source: https://developers.google.com/workspace/sheets/api/reference/rest/v4/spreadsheets/request
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from itertools import chain
from typing import Any, NamedTuple

from sheets_agent.a1 import GridRange
from sheets_agent.emulator.cell_input import MAX_CHARACTERS, entered_cell
from sheets_agent.emulator.errors import Refusal, Unsupported
from sheets_agent.emulator.requests.filters import text_of
from sheets_agent.emulator.requests.lookup import bounded_range, dimension_range, grid_of
from sheets_agent.emulator.requests.placing import put_cells
from sheets_agent.emulator.requests.sizing import resize
from sheets_agent.emulator.requests.sorting import reorder
from sheets_agent.emulator.workbook import JSON, Cell, Sheet, Workbook
from sheets_agent.formulas.locale import from_canonical
from sheets_agent.functions.array import Failure
from sheets_agent.functions.expressions import compiled

_SPACES = re.compile(r"[\s\u00a0]+")
_JAVA_GROUP = re.compile(r"\\(.)|\$(\d)|\$\{(\w+)\}|(\\)", re.DOTALL)
_DETECTED = (",", ";", "\t", "|", ".", " ")


class _Group(NamedTuple):
    """A part of what was found, by its number or its name."""

    name: int | str


def findReplace(workbook: Workbook, request: JSON) -> JSON:
    """Replace text in cells; a changed cell is read again as if the new text were typed into it."""
    if not request.get("find"):
        raise Refusal("The find string cannot be empty.")
    pattern = _pattern(request)
    replacement = _template(request)
    counts: Counter[str] = Counter()
    for sheet, area in _scopes(workbook, request):
        changed: dict[tuple[int, int], Cell] = {}
        for row, column, cell in sheet.filled(area):
            text = _searched(workbook, sheet, row, column, cell, bool(request.get("includeFormulas")))
            if text is None:
                continue
            new, count = _replaced(pattern, replacement, text)
            if not count:
                continue
            changed[row, column] = entered_cell(workbook, cell, new, True)
            counts["occurrencesChanged"] += count
            counts["valuesChanged" if cell.formula is None else "formulasChanged"] += 1
        if changed:
            counts["sheetsChanged"] += 1
            counts["rowsChanged"] += len({row for row, _ in changed})
            put_cells(workbook, sheet, changed)
    return dict(counts)


def _pattern(request: JSON) -> Any:
    """The expression that is searched for. RE2 takes time in proportion to the text; other engines may never end."""
    find = str(request["find"])
    text = find if request.get("searchByRegex") else re.escape(find)
    if request.get("matchEntireCell"):
        text = rf"\A(?:{text})\z"
    try:
        return compiled(text if request.get("matchCase") else f"(?i){text}")
    except Failure:
        pass
    if r"\p" not in find.lower():
        try:
            re.compile(find)
        except (re.error, RecursionError) as error:
            raise Refusal(f"Invalid regular expression: {find}") from error
    raise Unsupported(f"The local Sheets API searches with RE2, which does not know this expression: {find}")


def _template(request: JSON) -> list[str | _Group]:
    """The replacement in pieces: texts, and Java's groups, `$1` and `${name}`; a backslash quotes what follows."""
    replacement = str(request.get("replacement", ""))
    if not request.get("searchByRegex"):
        return [replacement]
    pieces: list[str | _Group] = []
    end = 0
    for match in _JAVA_GROUP.finditer(replacement):
        group, quoted = match[2] or match[3], match[1] or match[4]
        pieces.append(replacement[end : match.start()])
        pieces.append(quoted if group is None else _Group(int(group) if group.isdigit() else group))
        end = match.end()
    return [*pieces, replacement[end:]]


def _replaced(pattern: Any, replacement: list[str | _Group], text: str) -> tuple[str, int]:
    """The text with all matches replaced, and how many they are.

    Raises:
        Refusal: a replacement that names no group of the expression, or a text that would be too long for a cell.
    """
    pieces: list[str] = []
    end = length = count = 0
    for match in pattern.finditer(text):
        try:
            new = "".join(piece if isinstance(piece, str) else match[piece.name] or "" for piece in replacement)
        except (IndexError, KeyError) as error:
            raise Refusal("Invalid replacement: it names a group that the expression does not have.") from error
        pieces += (text[end : match.start()], new)
        length += match.start() - end + len(new)
        end, count = match.end(), count + 1
        if length + len(text) - end > MAX_CHARACTERS:
            raise Refusal(f"Your input contains more than the maximum of {MAX_CHARACTERS} characters in a single cell.")
    return "".join((*pieces, text[end:])), count


def _scopes(workbook: Workbook, request: JSON) -> list[tuple[Sheet, GridRange | None]]:
    if request.get("allSheets"):
        return [(sheet, None) for sheet in workbook.grids]
    if "range" in request:
        return [bounded_range(workbook, request["range"])]
    if "sheetId" in request:
        return [(grid_of(workbook, int(request["sheetId"])), None)]
    raise Refusal("One of range, sheetId or allSheets must be specified.")


def _searched(workbook: Workbook, sheet: Sheet, row: int, column: int, cell: Cell, with_formulas: bool) -> str | None:
    """The text of a cell that is searched; None for what is left alone."""
    if cell.formula is not None:
        return from_canonical(cell.formula, workbook.locale) if with_formulas else None
    if cell.value is None:
        return None
    return cell.value if isinstance(cell.value, str) else text_of(workbook, sheet, row, column)


def trimWhitespace(workbook: Workbook, request: JSON) -> JSON:
    """Take the spaces off the ends of texts, and leave single ones inside."""
    sheet, area = bounded_range(workbook, request.get("range"))
    changed = {}
    for row, column, cell in sheet.filled(area):
        if isinstance(cell.value, str):
            text = _SPACES.sub(" ", cell.value).strip()
            if text != cell.value:
                changed[row, column] = replace(cell, value=text or None, runs=None)
    put_cells(workbook, sheet, changed)
    return {"cellsChangedCount": len(changed)} if changed else {}


def deleteDuplicates(workbook: Workbook, request: JSON) -> JSON:
    """Remove rows that show the same, whatever their case, as an earlier row; the rows below them move up."""
    sheet, area = bounded_range(workbook, request.get("range"))
    columns = _compared(workbook, sheet, area, request.get("comparisonColumns", []))
    seen: set[tuple[str, ...]] = set()
    kept: list[int | None] = []
    top, filled = area.start_row or 0, min(area.end_row or 0, workbook.extent(sheet)[0])
    across = range(area.start_column or 0, area.end_column or 0)
    blank = ("",) * len(columns)
    for row, values in enumerate(chain(workbook.values(sheet, range(top, filled), across), [()])):
        key = blank  # as everything below the last value is
        if values.count(None) < len(values):
            key = tuple(
                "" if values[column - across.start] is None else text_of(workbook, sheet, top + row, column).casefold()
                for column in columns
            )
        if key not in seen and row < area.rows:
            seen.add(key)
            kept.append(row)
    removed = area.rows - len(kept)
    if any(merge.intersection(area) is not None for merge in sheet.merges):
        raise Refusal("You can't remove duplicates from a range with merged cells.")
    reorder(workbook, sheet, area, kept + [None] * removed)
    return {"duplicatesRemovedCount": removed} if removed else {}


def _compared(workbook: Workbook, sheet: Sheet, area: GridRange, chosen: list[JSON]) -> list[int]:
    """The columns that duplicates are found by; all of the range's when none are chosen."""
    columns = list(range(area.start_column or 0, area.end_column or 0))
    if not chosen:
        return columns
    picked = []
    for body in chosen:
        run = dimension_range(workbook, body)
        if run.rows or run.sheet is not sheet or run.start not in columns or run.end - 1 not in columns:
            raise Refusal("comparisonColumns must be columns of the range.")
        picked += list(range(run.start, run.end))
    return picked


def textToColumns(workbook: Workbook, request: JSON) -> JSON:
    """Split the texts of one column over the columns to its right, each part as if typed."""
    sheet, area = bounded_range(workbook, request.get("source"))
    if area.columns != 1:
        raise Refusal("The source range must span exactly one column.")
    left = area.start_column or 0
    texts = {row: text_of(workbook, sheet, row, left) for row, _, cell in sheet.filled(area) if cell.formula is None}
    delimiter = _delimiter(request, list(texts.values()))
    if not delimiter:
        return {}
    parts = {row: [part.strip() for part in text.split(delimiter)] for row, text in texts.items() if delimiter in text}
    right = left + max((len(line) for line in parts.values()), default=1)
    if right > sheet.column_count:
        resize(workbook, sheet, sheet.row_count, right)
    put_cells(
        workbook,
        sheet,
        {
            (row, column): entered_cell(workbook, sheet.cell(row, column), part, True)
            for row, line in parts.items()
            for column, part in enumerate(line, left)
        },
    )
    return {}


def _delimiter(request: JSON, texts: list[str]) -> str | None:
    """The delimiter named, or the first usual one that most of the texts hold; None when they hold none."""
    kind = request.get("delimiterType", "DELIMITER_TYPE_UNSPECIFIED")
    named = {"COMMA": ",", "SEMICOLON": ";", "PERIOD": ".", "SPACE": " "}.get(kind)
    if named is not None:
        return named
    if kind == "CUSTOM":
        if not request.get("delimiter"):
            raise Refusal("A custom delimiter must be specified.")
        return str(request["delimiter"])
    if kind == "AUTODETECT":
        counts = {mark: sum(mark in text for text in texts) for mark in _DETECTED}
        best = max(counts, key=lambda mark: counts[mark])
        return best if counts[best] * 2 > len(texts) else None
    raise Refusal("No delimiter type specified.")
