"""Text tables (.csv, .tsv): encoding, delimiter and locale found out, values typed as if a person had entered them."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from pathlib import Path
from typing import Any

from sheets_agent.emulator.entry import Entry, parse
from sheets_agent.emulator.grid_size import MAX_CELLS, imported_size
from sheets_agent.emulator.losses import Losses
from sheets_agent.emulator.number_format import render
from sheets_agent.emulator.workbook import Cell, Sheet, Workbook
from sheets_agent.errors import FileError

JSON = dict[str, Any]

_SAMPLE_LINES = 200
_DELIMITERS = (",", ";", "\t", "|")
_COMMA_DECIMAL = re.compile(r"[-+]?\d[\d\s\u00a0\u202f.]*,\d+(?:\s*[%₽€$])?")
_THOUSANDS = re.compile(r"[-+]?[1-9]\d{0,2}(?:,\d{3})+")
_POINTED = re.compile(r"[-+]?[1-9]\d{0,2}(?:\.\d{3})+")
_POINT_DECIMAL = re.compile(r"[-+]?[$€£]?\d[\d,]*\.\d+%?")
_DOTTED_DATE = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})(?: \d{1,2}:\d{2}(?::\d{2})?)?")
_SLASHED_DATE = re.compile(r"(\d{1,2})/(\d{1,2})/\d{4}")
_CODE = re.compile(r"0\d+|[+-]?\d{16,}|\+\d+")
_PLAIN = re.compile(r"-?(?:0|[1-9]\d{0,14})(?:\.\d+)?")
_LIVE = re.compile(r"\s*[=\uff1d]\s*\S|\s*[-+@\uff0d\uff0b\uff20](?=.*[(!|])", re.DOTALL)
"""Texts that a spreadsheet program that opens a text table calculates; `+7 999 000-00-00` and `- note` are none."""
_CYRILLIC = re.compile(r"[А-Яа-яЁё]")


def read_csv(path: Path, spreadsheet_id: str, locale: str | None) -> Workbook:
    """A text table as a workbook with one sheet titled like the file.

    What a number would lose stays text: leading zeros and more than 15 digits. So does text that begins with "=":
    a table of text holds no formulas.

    Raises:
        FileError: it is not text, or too large.
    """
    text = decoded(path)
    table = rows_of(text, path)
    here = locale or guess_locale(table[:_SAMPLE_LINES], text[:20_000])
    known: dict[str, Entry] = {}
    rows: dict[int, dict[int, Cell]] = {}
    for index, fields in enumerate(table):
        row = {column: _cell(field, here, known) for column, field in enumerate(fields) if field != ""}
        if row:
            rows[index] = row
    width = max((len(fields) for fields in table), default=0)
    row_count, column_count = imported_size(len(table), width)
    if row_count * column_count > MAX_CELLS:
        raise FileError(f"{path.name} has more than 10 million cells.", "Split it into parts.")
    properties = {
        "sheetId": 0,
        "title": path.stem[:100] or "Sheet1",
        "index": 0,
        "sheetType": "GRID",
        "gridProperties": {"rowCount": row_count, "columnCount": column_count},
    }
    book = {"title": path.stem, "locale": here, "autoRecalc": "ON_CHANGE", "timeZone": "Etc/GMT"}
    workbook = Workbook(spreadsheet_id, book, [Sheet(properties, rows)])
    workbook.restructured()
    return workbook


def decoded(path: Path) -> str:
    """The text of a file, whatever its encoding.

    Raises:
        FileError: it is no text, or cannot be read.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise FileError(f"{path} cannot be read: {error.strerror or error}.", "Check its permissions.") from error
    for mark, encoding in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if content.startswith(mark):
            return _decode(content, encoding, path)
    if b"\0" in content[:10_000]:
        raise FileError(f"{path.name} is not a text table.", "Save it as .csv or .xlsx and try again.")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return _decode(content, _one_byte_encoding(content), path)


def _decode(content: bytes, encoding: str, path: Path) -> str:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        raise FileError(f"{path.name} is not readable as {encoding}.", "Save it as UTF-8 and try again.") from error


def _one_byte_encoding(content: bytes) -> str:
    """Windows-1251 when the high bytes stand together, as they do in Cyrillic words, else Windows-1252."""
    sample = content[:100_000]
    letters = len(re.findall(rb"[\xa8\xb8\xc0-\xff]", sample))
    in_words = sum(map(len, re.findall(rb"[\xa8\xb8\xc0-\xff]{2,}", sample)))
    return "cp1251" if letters and in_words >= 0.7 * letters else "cp1252"


def rows_of(text: str, path: Path) -> list[list[str]]:
    """The rows of a text table; the delimiter is found out.

    Raises:
        FileError: it is no table.
    """
    delimiter = "\t" if path.suffix.lower() in (".tsv", ".tab") else None
    first, _, rest = text.partition("\n")
    declared = re.fullmatch(r"sep=(.)", first.strip())
    if declared is not None:  # Excel's own way of naming the delimiter
        text, delimiter = rest, declared[1]
    csv.field_size_limit(1 << 24)
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter or _delimiter(text)))
    except csv.Error as error:
        raise FileError(f"{path.name} is not a readable table: {error}.", "Check its quotes and delimiters.") from error
    while rows and not any(rows[-1]):
        rows.pop()
    return rows


def _delimiter(text: str) -> str:
    """The delimiter under which the first lines have the same number of fields most often, and more than one."""
    sample = "".join(text.splitlines(keepends=True)[:_SAMPLE_LINES])

    def fitness(delimiter: str) -> tuple[float, int]:
        try:
            widths = [len(row) for row in csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter) if row]
        except csv.Error:
            return (0, 0)
        width, count = Counter(widths).most_common(1)[0] if widths else (0, 0)
        return (count / len(widths), width) if width > 1 else (0, 0)

    return max(_DELIMITERS, key=fitness)


def guess_locale(table: list[list[str]], text: str) -> str:
    """The locale whose decimal separator and order of dates the values follow; en_US when nothing tells."""
    return told_locale(table, text) or "en_US"


def told_locale(table: list[list[str]], text: str) -> str | None:
    """The locale whose decimal separator and order of dates the values follow; None when nothing tells."""
    fields = [field.strip() for row in table for field in row]
    commas = sum(bool(_COMMA_DECIMAL.fullmatch(field)) and not _THOUSANDS.fullmatch(field) for field in fields)
    points = sum(bool(_POINT_DECIMAL.fullmatch(field)) and not _POINTED.fullmatch(field) for field in fields)
    dotted = sum(bool(_DOTTED_DATE.fullmatch(field)) for field in fields)
    if commas > points or (dotted and not points):
        return "ru_RU" if _CYRILLIC.search(text) else "de_DE"
    slashed = [match for field in fields if (match := _SLASHED_DATE.fullmatch(field))]
    day_first = any(int(match[1]) > 12 for match in slashed) and not any(int(match[2]) > 12 for match in slashed)
    if day_first:
        return "en_GB"
    month_first = any(int(match[2]) > 12 for match in slashed)
    return (
        "en_US"
        if points or month_first or any(field.count(",") > 1 for field in fields if _THOUSANDS.fullmatch(field))
        else None
    )


def _cell(field: str, here: str, known: dict[str, Entry]) -> Cell:
    entry = known.get(field)
    if entry is None:
        entry = known[field] = typed(field, here)
    return Cell(entry.value, format={"numberFormat": entry.number_format} if entry.number_format else None)


def typed(field: str, here: str) -> Entry:
    """What a field of a text table is, in a locale; what a number would lose, and formulas, stay text."""
    stripped = field.strip()
    if field.startswith("'") and _LIVE.match(field[1:]):  # as `write_csv` keeps a text from becoming a formula
        return Entry(field[1:])
    if field.startswith(("=", "'", "+", "@")) or _CODE.fullmatch(stripped):
        return Entry(field)
    if here.startswith("en") and _PLAIN.fullmatch(stripped):
        return Entry(float(stripped))
    if _DOTTED_DATE.fullmatch(stripped):
        return parse(stripped, "ru_RU")
    return parse(field, here)


def write_csv(workbook: Workbook, path: Path, delimiter: str, losses: Losses) -> None:
    """The values of the first sheet as they are shown, UTF-8.

    A text table cannot tell a text that begins like a formula from a formula, and whoever opens it gets the formula:
    such a text gets an apostrophe, which marks it as text where it is opened, and here when it is read again.

    Raises:
        OSError: the file cannot be written.
    """
    sheet = workbook.grids[0]
    rows, columns = workbook.extent(sheet)
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, delimiter=delimiter, lineterminator="\n")
        kept = 0
        for row in range(rows):
            texts = [_shown(workbook, sheet, row, column) for column in range(columns)]
            live = [at for at, text in enumerate(texts) if _LIVE.match(text)]
            for at in live:
                texts[at] = f"'{texts[at]}"
            kept += len(live)
            writer.writerow(texts)
    if kept:
        losses.say(f"An apostrophe is put before {kept} text{'s' * (kept > 1)} that programs would take for formulas.")
    if any(cell.formula for _, _, cell in sheet.cells()):
        losses.say("Formulas are written as their values: a text table holds no formulas.")
    if any(cell.format for _, _, cell in sheet.cells()):
        losses.say("Formats are left out: a text table holds none.")
    for other in (other for other in workbook.sheets if other is not sheet):
        losses.add("tab is left out: a text table holds one", "tabs are left out: a text table holds one", other.title)


def _shown(workbook: Workbook, sheet: Sheet, row: int, column: int) -> str:
    value = workbook.value(sheet, row, column)
    return render(value, workbook.number_format(sheet, row, column), workbook.locale)
