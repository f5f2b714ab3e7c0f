"""Opening and saving local files: what each bad file is told, and that nothing is left half-written."""

import contextlib
import gc
import io
import os
import zipfile
from pathlib import Path

import openpyxl
import pytest

from sheets_agent.emulator import files
from sheets_agent.emulator.files import open_file, save_file, spreadsheet_id
from sheets_agent.emulator.losses import Losses
from sheets_agent.errors import FileError

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 504


@pytest.fixture
def book_path(tmp_path):
    book = openpyxl.Workbook()
    book.active["A1"] = "kept"
    path = tmp_path / "sales.xlsx"
    book.save(path)
    return path


def zipped(**parts):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts.items():
            package.writestr(name.replace("__", "/"), content)
    return stream.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("empty.xlsx", b"", "is empty"),
        ("page.xlsx", b"\xef\xbb\xbf<!DOCTYPE html><html></html>", "is a web page"),
        ("table.xls", b"<table><tr><td>1</td></tr></table>", "is a web page"),
        ("print.xlsx", b"%PDF-1.7 ...", "is a PDF"),
        ("text.xlsx", b"a,b\n1,2\n", "is not an .xlsx file"),
        ("secret.xlsx", OLE + "EncryptedPackage".encode("utf-16-le"), "is protected with a password"),
        ("old.xls", OLE + "Workbook".encode("utf-16-le"), "is an old .xls workbook"),
        ("photos.xlsx", zipped(a__b="x"), "there is no workbook in it"),
        ("calc.ods", zipped(mimetype="application/vnd.oasis.opendocument.spreadsheet"), "is an OpenDocument file"),
        ("binary.xlsb", zipped(xl__workbook="x", **{"xl__workbook.bin": "x"}), "is a binary workbook"),
        ("hollow.xlsx", zipped(xl__workbook="<broken"), "is damaged and cannot be read"),
        ("table.csv", b"PK\x03\x04 not text", "is a workbook, not text"),
        ("binary.csv", b"a,b\0\0\0\n", "is not a text table"),
    ],
)
def test_a_file_of_another_kind_is_named_for_what_it_is(tmp_path, name, content, said):
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(FileError, match=said) as caught:
        open_file(path)
    assert caught.value.hint
    assert name in str(caught.value)


def test_a_missing_file_and_a_folder(tmp_path):
    with pytest.raises(FileError, match="There is no file"):
        open_file(tmp_path / "none.xlsx")
    with pytest.raises(FileError, match="is a folder"):
        open_file(tmp_path)


@pytest.mark.parametrize("kept", [0.3, 0.9])
def test_a_truncated_file_is_damaged(book_path, kept):
    content = book_path.read_bytes()
    book_path.write_bytes(content[: int(len(content) * kept)])
    with pytest.raises(FileError, match="is damaged or incomplete"):
        open_file(book_path)


def test_a_flipped_byte_is_noticed(book_path):
    content = bytearray(book_path.read_bytes())
    with zipfile.ZipFile(book_path) as package:
        entry = package.getinfo("xl/worksheets/sheet1.xml")
    content[entry.header_offset + 30 + len(entry.filename) + entry.compress_size // 2] ^= 0xFF
    book_path.write_bytes(content)
    with pytest.raises(FileError, match="is damaged"):
        open_file(book_path)


@pytest.mark.parametrize("spoilt", [b"\xff", b"\x07"])
def test_no_damage_anywhere_in_a_package_is_taken_for_a_defect(book_path, spoilt):
    content = book_path.read_bytes()
    for place in range(0, len(content) - 8, 60):
        book_path.write_bytes(content[:place] + spoilt * 8 + content[place + 8 :])
        with contextlib.suppress(FileError):
            open_file(book_path)


def test_a_package_that_unpacks_to_an_absurd_size_is_refused_before_it_is_unpacked(tmp_path, monkeypatch):
    monkeypatch.setattr(files, "_MOST_BYTES", 1 << 20)
    path = tmp_path / "bomb.xlsx"
    path.write_bytes(zipped(xl__workbook="0" * (2 << 20)))
    with pytest.raises(FileError, match="unpacks to 2 MB"):
        open_file(path)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read and write everything")
def test_without_permission_nothing_is_read_or_written(book_path):
    opened = open_file(book_path)
    folder = book_path.parent
    book_path.chmod(0)
    with pytest.raises(FileError, match="cannot be read"):
        open_file(book_path)
    folder.chmod(0o500)
    try:
        with pytest.raises(FileError, match="cannot be written"):
            save_file(opened.workbook, folder / "out.xlsx")
        assert [entry.name for entry in folder.iterdir()] == ["sales.xlsx"]
    finally:
        folder.chmod(0o700)


def test_a_place_that_cannot_be_written_is_told_and_leaves_nothing(book_path, tmp_path):
    opened = open_file(book_path)
    with pytest.raises(FileError, match="cannot be written"):
        save_file(opened.workbook, tmp_path / "no such folder" / "out.xlsx")
    with pytest.raises(FileError, match="is a folder"):
        save_file(opened.workbook, tmp_path)
    with pytest.raises(FileError, match=r"only \.xlsx and \.csv"):
        save_file(opened.workbook, tmp_path / "out.ods")
    assert [entry.name for entry in tmp_path.iterdir()] == ["sales.xlsx"]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
@pytest.mark.filterwarnings("error::pytest.PytestUnraisableExceptionWarning")
def test_a_full_disk_is_told_once(book_path):
    opened = open_file(book_path)
    with pytest.raises(OSError, match="No space left on device"):
        files.write_xlsx(opened.workbook, Path("/dev/full"), Losses())
    gc.collect()  # what was left open would complain now


def test_a_failed_save_keeps_the_old_file_and_leaves_no_draft(book_path, monkeypatch):
    opened = open_file(book_path)
    before = book_path.read_bytes()

    def run_out_of_space(workbook, path, losses):
        Path(path).write_bytes(b"half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(files, "write_xlsx", run_out_of_space)
    with pytest.raises(FileError, match="No space left on device"):
        save_file(opened.workbook, book_path)
    assert book_path.read_bytes() == before
    assert [entry.name for entry in book_path.parent.iterdir()] == ["sales.xlsx"]


def test_saving_in_place_replaces_the_file(book_path):
    opened = open_file(book_path)
    assert save_file(opened.workbook, book_path) == ()
    assert open_file(book_path).workbook.sheets[0].cell(0, 0).value == "kept"


def test_the_id_follows_the_place_of_the_file(book_path, tmp_path):
    first, second = spreadsheet_id(book_path), spreadsheet_id(tmp_path / "other.xlsx")
    assert open_file(book_path).workbook.spreadsheet_id == first
    assert first != second
    assert len(first) == 44


def test_macros_are_left_out_and_told(tmp_path, book_path):
    path = tmp_path / "macros.xlsm"
    with zipfile.ZipFile(book_path) as source, zipfile.ZipFile(path, "w") as target:
        for name in source.namelist():
            target.writestr(name, source.read(name))
        target.writestr("xl/vbaProject.bin", b"macros")
    assert "Macros are left out." in open_file(path).losses
