"""Local files as spreadsheets: opening .xlsx, .xlsm and .csv, and saving without ever leaving half a file."""

from __future__ import annotations

import base64
import hashlib
import secrets
import zipfile
import zlib
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path

from sheets_agent.a1 import cell_name, quote_title
from sheets_agent.emulator.csv_file import read_csv, write_csv
from sheets_agent.emulator.losses import Losses
from sheets_agent.emulator.workbook import Workbook
from sheets_agent.emulator.xlsx_read import read_xlsx
from sheets_agent.emulator.xlsx_write import write_xlsx
from sheets_agent.errors import FileError
from sheets_agent.formulas.locale import decimal_comma
from sheets_agent.formulas.values import ErrorValue

Around = Callable[[Path, bytes], AbstractContextManager[None]]
"""What has to happen around the moment at which a file is written."""

_DAMAGE = (zipfile.BadZipFile, zlib.error, OSError, EOFError, NotImplementedError, RuntimeError, ValueError)
_MOST_BYTES = 1 << 30  # of one part, and of all parts together, when unpacked
_MOST_RATIO = 500
_SAVE_AS = "Open it in Excel, LibreOffice or Google Sheets and save it as .xlsx."
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_TEXT_TABLES = (".csv", ".tsv", ".tab")
_WORKBOOKS = (".xlsx", ".xlsm", ".xltx", ".xltm")


@dataclass(frozen=True, slots=True)
class Opened:
    """An opened file, and what of it could not be kept, in plain sentences."""

    workbook: Workbook
    losses: tuple[str, ...]


def open_file(path: Path, locale: str | None = None) -> Opened:
    """Open a local .xlsx, .xlsm, .csv or .tsv file.

    Args:
        path: the file.
        locale: the spreadsheet's locale; guessed from a .csv's numbers, en_US for a workbook.

    Raises:
        FileError: it does not exist, cannot be read, or is not such a file.
    """
    path = Path(path)
    start = _beginning(path)
    losses = Losses()
    if path.suffix.lower() in _TEXT_TABLES:
        _refuse_binary(path, start)
        return Opened(read_csv(path, spreadsheet_id(path), locale), ())
    _check_package(path, start)
    try:
        workbook = read_xlsx(path, spreadsheet_id(path), locale or "en_US", losses)
    except MemoryError as error:
        raise FileError(f"{path.name} is too large for the memory of this computer.", "Split it into parts.") from error
    except Exception as error:  # openpyxl answers a broken file with almost any exception
        reason = (str(error).splitlines() or ["no details"])[0]
        raise FileError(
            f"{path.name} is damaged and cannot be read ({type(error).__name__}: {reason}).",
            "Open it in Excel or LibreOffice, let it repair the file, and save it again.",
        ) from error
    _report_uncalculated(workbook, losses)
    return Opened(workbook, losses.sentences())


def _report_uncalculated(workbook: Workbook, losses: Losses) -> None:
    """Formulas that show an error here because the local engine, or Sheets itself, does not know what Excel does."""
    for sheet in workbook.sheets:
        for row, column, cell in sheet.cells():
            value = workbook.value(sheet, row, column) if cell.formula else None
            if isinstance(value, ErrorValue) and value.type in ("ERROR", "NAME"):
                losses.add(
                    "formula cannot be calculated here and shows an error; it is kept for Excel",
                    "formulas cannot be calculated here and show errors; they are kept for Excel",
                    f"{quote_title(sheet.title)}!{cell_name(row, column)}",
                )


def spreadsheet_id(path: Path) -> str:
    """An id in the form of Google's, always the same for the same place of a file, so that a run can be continued."""
    digest = hashlib.sha256(str(path.resolve()).encode()).digest()
    return "1" + base64.urlsafe_b64encode(digest).decode().rstrip("=")


def save_file(workbook: Workbook, path: Path, around: Around | None = None) -> tuple[str, ...]:
    """Save a workbook as .xlsx (or .csv, by the ending): all of it or nothing.

    Args:
        workbook: what is saved.
        path: where.
        around: is given the path and what the file will hold; the file is written while its block runs.

    Returns:
        What the file cannot hold, in plain sentences.

    Raises:
        FileError: the ending is of another format, or the place cannot be written.
    """
    path = Path(path)
    losses = Losses()
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    try:
        _draft(workbook, path, draft, losses)
        with around(path, draft.read_bytes()) if around else nullcontext():
            draft.replace(path)
    except OSError as error:
        raise _unwritable(path, error) from error
    finally:
        draft.unlink(missing_ok=True) if _exists(draft) else None
    return losses.sentences()


def _draft(workbook: Workbook, path: Path, draft: Path, losses: Losses) -> None:
    """Write a workbook to a draft of what will be at a path."""
    if path.is_dir():
        raise FileError(f"{path} is a folder.", f"Name a file in it: {path / 'result.xlsx'}.")
    ending = path.suffix.lower()
    if ending not in (".xlsx", *_TEXT_TABLES):
        raise FileError(f"{path.name} cannot be written: only .xlsx and .csv can.", f"Write to {path.stem}.xlsx.")
    try:
        if ending == ".xlsx":
            write_xlsx(workbook, draft, losses)
        else:
            comma = ";" if decimal_comma(workbook.locale) else ","  # as spreadsheet programs of that locale expect
            write_csv(workbook, draft, comma if ending == ".csv" else "\t", losses)
    except Exception as error:
        cause = error.__cause__ or error.__context__
        if isinstance(cause, OSError):  # XlsxWriter wraps them
            raise _unwritable(path, cause) from error
        raise


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except OSError:
        return False


def _unwritable(path: Path, error: OSError) -> FileError:
    reason = (error.strerror or str(error)).rstrip(".")
    return FileError(f"{path} cannot be written: {reason}.", "Choose another place with --output FILE.")


def _beginning(path: Path) -> bytes:
    if not path.exists():
        raise FileError(f"There is no file {path}.", "Check the name and the folder.")
    if path.is_dir():
        raise FileError(f"{path} is a folder.", "Name a file: .xlsx, .xlsm or .csv.")
    try:
        with path.open("rb") as stream:
            start = stream.read(4096)
    except OSError as error:
        raise FileError(
            f"{path} cannot be read: {error.strerror or error}.",
            "Check its permissions, or whether it is open elsewhere.",
        ) from error
    if not start and path.suffix.lower() not in _TEXT_TABLES:
        raise FileError(f"{path.name} is empty (0 bytes).", _SAVE_AS)
    return start


def _refuse_binary(path: Path, start: bytes) -> None:
    if start.startswith((b"PK\x03\x04", _OLE)):
        raise FileError(
            f"{path.name} is a workbook, not text, in spite of its name.",
            f"Rename it to {path.stem}.xlsx and try again.",
        )


def _check_package(path: Path, start: bytes) -> None:
    """Tell what the file is when it is not an .xlsx package, and refuse packages that unpack to absurd sizes."""
    if start.startswith(_OLE):
        raise _compound_file(path)
    text = start.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if text.startswith((b"<!doctype html", b"<html", b"<table", b"<meta")):
        raise FileError(f"{path.name} is a web page (HTML), not a workbook.", _SAVE_AS)
    if text.startswith(b"%pdf"):
        raise FileError(f"{path.name} is a PDF, not a workbook.", "Give the workbook that it was printed from.")
    if not start.startswith(b"PK"):
        raise FileError(f"{path.name} is not an .xlsx file.", f"{_SAVE_AS} Text tables should end in .csv.")
    try:
        with zipfile.ZipFile(path) as package:
            names = set(package.namelist())
            parts = package.infolist()
            kind = package.read("mimetype")[:80] if "mimetype" in names else b""
            broken = package.testzip() if sum(part.file_size for part in parts) < _MOST_BYTES else None
    except _DAMAGE as error:
        raise FileError(
            f"{path.name} is damaged or incomplete.", "Download or copy it again, or restore it from a backup."
        ) from error
    if broken is not None:
        raise FileError(f"{path.name} is damaged: its part {broken} is broken.", "Download or copy it again.")
    if b"opendocument" in kind:
        raise FileError(f"{path.name} is an OpenDocument file, not an .xlsx.", _SAVE_AS)
    if "xl/workbook.bin" in names:
        raise FileError(f"{path.name} is a binary workbook (.xlsb).", _SAVE_AS)
    if not any(name.startswith("xl/") for name in names):
        raise FileError(f"{path.name} is a zip archive, but there is no workbook in it.", _SAVE_AS)
    _refuse_bomb(path, parts)


def _refuse_bomb(path: Path, parts: list[zipfile.ZipInfo]) -> None:
    size = sum(part.file_size for part in parts)
    packed = max(1, path.stat().st_size)
    if size > _MOST_BYTES or (size > 100 << 20 and size / packed > _MOST_RATIO):
        raise FileError(
            f"{path.name} unpacks to {size / (1 << 20):,.0f} MB, which is too much to open.",
            "Split the workbook, or delete the empty rows and columns that carry formats.",
        )


def _compound_file(path: Path) -> FileError:
    with path.open("rb") as stream:
        head = stream.read(1 << 20)
    encrypted = "EncryptedPackage".encode("utf-16-le") in head or "EncryptionInfo".encode("utf-16-le") in head
    if encrypted:
        return FileError(
            f"{path.name} is protected with a password.",
            "Open it in Excel with the password, remove it (File > Info > Protect Workbook), and save a copy.",
        )
    if "Workbook".encode("utf-16-le") in head or path.suffix.lower() == ".xls":
        return FileError(f"{path.name} is an old .xls workbook.", _SAVE_AS)
    return FileError(f"{path.name} is not an .xlsx file; it may be protected with a password.", _SAVE_AS)
