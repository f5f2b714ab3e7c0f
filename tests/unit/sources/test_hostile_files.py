"""Files that are not what they should be: one sentence each, in bounded time and memory."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest
from documents import pdf, sources, written

from sheets_agent.errors import FileError, SheetsAgentError, UsageError
from sheets_agent.sources import pdf as pdf_reader
from sheets_agent.sources.loading import MOST_FILES, files_of, load

CASES: dict[str, tuple[str, bytes, str]] = {
    "empty": ("a.csv", b"", "is empty"),
    "blanks": ("a.csv", b"\n , ,\n\n", "nothing but blanks"),
    "binary text table": ("a.csv", b"a,b\n\x00\x01\x02\n", "is not text"),
    "pdf called csv": ("a.csv", b"%PDF-1.7\n", "is a PDF, in spite of its name"),
    "workbook called json": ("a.json", b"PK\x03\x04rest", "is a workbook or another zip archive"),
    "text called pdf": ("a.pdf", b"hello", "is not a PDF"),
    "broken pdf": ("a.pdf", b"%PDF-1.7\nhello", "is damaged|no table"),
    "text called xlsx": ("a.xlsx", b"a,b\n1,2\n", "is not an .xlsx file"),
    "broken xlsx": ("a.xlsx", b"PK\x03\x04rest", "damaged"),
    "unknown kind": ("a.docx", b"PK\x03\x04", "is not of a kind that is read: .pdf"),
    "no json": ("a.json", b"{", "is not readable JSON"),
    "no table in json": ("a.json", b'{"a": 1, "b": [1, 2]}', "holds no table"),
    "one number": ("a.json", b"5", "holds no table"),
    "empty records": ("a.json", b"[{}, {}]", "holds no table"),
    "key twice": ("a.json", b'[{"a": 1, "a": 2}]', "the key “a” twice"),
    "deep json": ("a.json", b"[" * 200_000, "nested too deeply"),
    "deep objects": ("a.json", b'[{"a":' * 100_000, "nested too deeply"),
    "huge number": ("a.json", b"[[" + b"9" * 5 + b"]" * 3, "is not readable JSON"),
    "no table in markdown": ("a.md", b"# Title\n\nJust | text\n", "has no table"),
    "one huge line": ("a.csv", b"1," * 1_000_001, "more than 1,000,000 cells"),
    "one huge field": ("a.csv", b'a,b\n"' + b"x" * (17 << 20), "not a readable table"),
    "nothing but lines": ("a.csv", b"\n" * 2_000_000, "more than 1,000,000 cells"),
    "one wide row of many": ("a.csv", b"1," * 2_000 + b"\n1" * 1_000, "more than 1,000,000 cells"),
    "nothing but lists": ("a.json", b"[" + b"[]," * 2_000_000 + b"[]]", "more than 1,000,000 cells"),
    "a huge row of bars": ("a.md", b"|" * 3_000_000, "more than 1,000,000 cells"),
}


@pytest.mark.parametrize("case", CASES)
def test_one_sentence(tmp_path: Path, case: str) -> None:
    name, content, told = CASES[case]
    with pytest.raises((FileError, UsageError), match=told) as caught:
        sources(written(tmp_path / name, content))
    assert name in str(caught.value)
    assert "\n" not in str(caught.value)
    assert caught.value.hint


def test_sparse_records_are_not_made_into_a_huge_grid(tmp_path: Path) -> None:
    content = json.dumps([{f"key {index}": index} for index in range(3_000)])
    with pytest.raises(FileError, match="more than 1,000,000 cells"):
        sources(written(tmp_path / "a.json", content))


def test_a_zip_bomb_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    with (
        zipfile.ZipFile(tmp_path / "bomb.xlsx", "w", zipfile.ZIP_DEFLATED, compresslevel=1) as package,
        package.open("xl/worksheets/sheet1.xml", "w") as part,
    ):
        for _ in range(210):
            part.write(b"0" * (1 << 20))
    with pytest.raises(FileError, match="unpacks to 210 MB"):
        sources(tmp_path / "bomb.xlsx")


def test_a_cell_far_out_is_not_made_into_a_huge_grid(tmp_path: Path) -> None:
    import openpyxl

    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet["XX900000"] = 1
    book.save(tmp_path / "far.xlsx")
    with pytest.raises(FileError, match=r"far\.xlsx has more than"):
        sources(tmp_path / "far.xlsx")


def test_a_protected_pdf(tmp_path: Path) -> None:
    with pytest.raises(FileError, match="protected with a password"):
        sources(pdf(tmp_path / "a.pdf", [[["a", "b"], ["1", "2"]]], password="secret"))


def test_a_pdf_without_tables(tmp_path: Path) -> None:
    with pytest.raises(FileError, match="has no table that could be read"):
        sources(pdf(tmp_path / "a.pdf", []))


def test_a_pdf_that_takes_too_long(tmp_path: Path) -> None:
    path = pdf(tmp_path / "a.pdf", [[["a", "b"], ["1", "2"]]])
    with pytest.raises(FileError, match=r"takes longer than 0\.01 seconds"):
        pdf_reader.read(path, "en_US", seconds=0.01)


def test_without_the_library_the_command_that_installs_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = pdf(tmp_path / "a.pdf", [[["a", "b"], ["1", "2"]]])
    monkeypatch.setattr(pdf_reader.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(UsageError, match="needs pdfplumber") as caught:
        sources(path)
    assert caught.value.hint == "pip install 'sheets-agent[pdf]'"


def test_a_folder_a_missing_file_and_too_many(tmp_path: Path) -> None:
    with pytest.raises(FileError, match="is a folder"):
        files_of([tmp_path])
    with pytest.raises(FileError, match="There is no file"):
        files_of([tmp_path / "nothing.pdf"])
    paths = [written(tmp_path / f"{index}.csv", "a\n1\n") for index in range(MOST_FILES + 1)]
    with pytest.raises(UsageError, match="21 files are given, and 20 are the most"):
        files_of(paths)


def test_a_file_that_changed_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path / "a.csv", "a\n1\n")
    given = files_of([path])
    written(path, "a\n2\n")
    with pytest.raises(SheetsAgentError, match=r"a\.csv has changed since it was given"):
        load(given, "en_US")
    path.unlink()
    with pytest.raises(FileError, match="There is no file"):
        load(given, "en_US")


def test_control_characters_are_not_written(tmp_path: Path) -> None:
    [table] = sources(written(tmp_path / "a.csv", "a\x07b,c\nx\x1by\x7f,1\n")).tables
    assert table.header == ("ab", "c")
    assert table.rows == (("'xy", "1"),)
