import os
from pathlib import Path

import openpyxl
import pytest

from sheets_agent.emulator.server import serve
from sheets_agent.emulator.service import Emulator
from sheets_agent.errors import CredentialsError, FileError, SheetsUnreachable, SpreadsheetNotFound, UsageError
from sheets_agent.settings import load
from sheets_agent.targets import open_target

ID = "1BxiMVs0XRA5nFMdKvBdBZjgmUUqptlbs74OgvE2upms"


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def sales(folder):
    book = openpyxl.Workbook()
    book.active.append(["Region", "Sales"])
    book.active.append(["North", 10])
    book.save(folder / "sales.xlsx")
    return folder / "sales.xlsx"


def change(target):
    target.client.update_values(target.spreadsheet_id, "B2", [[11]])


def sold(path):
    return openpyxl.load_workbook(path).active["B2"].value


# -------------------------------------------------------------------------------------------------- files


@pytest.mark.parametrize("spelling", ["sales.xlsx", "./sales.xlsx", " sales.xlsx "])
def test_a_file_becomes_a_spreadsheet_behind_the_client(sales, spelling):
    target = open_target(spelling, load())
    assert target.local
    assert target.name == "sales.xlsx"
    assert target.client.values(target.spreadsheet_id, "A1:B2") == [["Region", "Sales"], ["North", "10"]]


def test_the_result_goes_beside_the_file(sales):
    target = open_target(str(sales), load())
    change(target)
    assert sold(sales) == 10
    files, losses = target.finish(changed=True)
    assert [path.name for path in files] == ["sales.agent.xlsx"]
    assert losses == ()
    assert (sold(sales), sold(files[0])) == (10, 11)


def test_an_earlier_result_is_not_written_over(sales):
    names = []
    for _ in range(3):
        files, _ = open_target(str(sales), load()).finish(changed=True)
        names.append(files[0].name)
    assert names == ["sales.agent.xlsx", "sales.agent-2.xlsx", "sales.agent-3.xlsx"]


def test_nothing_is_written_when_nothing_changed_or_before_the_end(sales, folder):
    target = open_target("sales.xlsx", load())
    change(target)
    target.close()
    assert target.finish(changed=False) == ((), ())
    assert [path.name for path in folder.iterdir()] == ["sales.xlsx"]


def test_in_place(sales):
    target = open_target("sales.xlsx", load(), in_place=True)
    change(target)
    files, _ = target.finish(changed=True)
    assert files == (Path("sales.xlsx"),)
    assert sold(sales) == 11


def test_another_place(sales, folder):
    (folder / "results").mkdir()
    for output, expected in (("new.xlsx", "new.xlsx"), ("results", "results/sales.agent.xlsx"), ("a.csv", "a.csv")):
        files, _ = open_target("sales.xlsx", load(), output=output).finish(changed=True)
        assert files == (Path(expected),)
        assert files[0].stat().st_size


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"output": "sales.xlsx"}, "is the file itself"),
        ({"output": "new.docx"}, "no kind of file"),
        ({"output": "new"}, "no kind of file"),
        ({"output": "new.xlsx", "in_place": True}, "contradict"),
    ],
)
def test_places_that_make_no_sense(sales, options, message):
    with pytest.raises(UsageError, match=message):
        open_target("sales.xlsx", load(), **options)


def test_a_folder_that_is_not_there_is_told_before_the_work(sales):
    with pytest.raises(FileError, match="no folder"):
        open_target("sales.xlsx", load(), output="nowhere/new.xlsx")


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="needs a folder nobody can write to")
def test_a_folder_that_cannot_be_written_is_told_before_the_work(sales):
    with pytest.raises(FileError, match="cannot be written") as caught:
        open_target("sales.xlsx", load(), output="/proc/new.xlsx")
    assert "--output" in caught.value.hint


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="needs POSIX permissions, and root ignores them")
def test_a_file_in_a_locked_folder_can_be_described_but_not_worked_on(sales, folder):
    folder.chmod(0o500)
    try:
        open_target("sales.xlsx", load(), reading=True)
        with pytest.raises(FileError, match="cannot be written"):
            open_target("sales.xlsx", load())
    finally:
        folder.chmod(0o700)


@pytest.mark.parametrize("text", [".", "..", "/", "results"])
def test_a_folder_in_place_of_a_file(folder, text):
    (folder / "results").mkdir()
    with pytest.raises(FileError, match="is a folder"):
        open_target(text, load())


@pytest.mark.parametrize("text", ["no.xlsx", "no/such.csv", "~/no.xlsx", "./no", "no.XLSX", "old.xls", "a.ods"])
def test_a_file_that_is_not_there(folder, text):
    with pytest.raises(FileError, match="no file"):
        open_target(text, load())


def test_the_locale_of_files_can_be_set(folder):
    (folder / "a.csv").write_text("x;y\n1,5;2\n", encoding="utf-8")
    target = open_target("a.csv", load(locale="de_DE"))
    assert target.client.book(target.spreadsheet_id).locale == "de_DE"


# -------------------------------------------------------------------------------------------------- live


@pytest.mark.parametrize("text", ["", "  ", "sales", "https://example.com/x", "https://docs.google.com/document/d/x"])
def test_neither_a_file_nor_a_spreadsheet(folder, text):
    with pytest.raises(UsageError) as caught:
        open_target(text, load())
    assert ".xlsx" in caught.value.hint


def test_a_text_no_file_can_be_called(folder):
    with pytest.raises(UsageError):
        open_target("x" * 5000, load())
    with pytest.raises(UsageError):
        open_target("a\0b", load())


@pytest.mark.parametrize("text", [ID, f"https://docs.google.com/spreadsheets/d/{ID}/edit#gid=7"])
def test_a_live_spreadsheet_needs_a_sign_in(folder, text):
    with pytest.raises(CredentialsError):
        open_target(text, load())


@pytest.mark.parametrize("options", [{"output": "a.xlsx"}, {"in_place": True}])
def test_options_for_files_are_refused_for_live_spreadsheets(options):
    with pytest.raises(UsageError, match="is for files"):
        open_target(ID, load(), **options)


def test_a_file_that_is_called_like_an_id_is_a_file(folder):
    (folder / ID).write_text("not a workbook")
    with pytest.raises(FileError):
        open_target(ID, load())


def test_another_server_is_asked_without_credentials():
    emulator = Emulator()
    spreadsheet_id = emulator.create("Remote").spreadsheet_id
    with serve(emulator) as server:
        settings = load(api_endpoint=server.url)
        target = open_target(f"https://docs.google.com/spreadsheets/d/{spreadsheet_id}/edit#gid=0", settings)
        assert (target.local, target.sheet_id, target.output) == (False, 0, None)
        change(target)
        assert target.client.book(spreadsheet_id).title == "Remote"
        assert target.finish(changed=True) == ((), ())
        with pytest.raises(SpreadsheetNotFound):
            target.client.book(ID)
        target.close()


def test_a_server_that_is_gone():
    waits = []
    target = open_target(ID, load(api_endpoint="http://127.0.0.1:9"), on_wait=lambda why, s: waits.append(why))
    target.client._sleep = lambda seconds: None
    with pytest.raises(SheetsUnreachable, match="refused"):
        target.client.book(ID)
    assert len(waits) == 2
    target.close()
