"""Spreadsheets kept in a folder."""

import json
import os
import stat
import sys

import pytest

from sheets_agent.demo.workbook import write_demo_workbook
from sheets_agent.emulator.files import open_file
from sheets_agent.emulator.folder import Folder
from sheets_agent.emulator.service import Emulator
from sheets_agent.emulator.stored import from_stored, to_stored
from sheets_agent.errors import FileError, UsageError


def call(emulator, method, target, body=None):
    status, _, content = emulator.handle(method, target, {}, b"" if body is None else json.dumps(body).encode())
    assert status < 300, content
    return json.loads(content) if content else None


@pytest.fixture
def reopened(tmp_path):
    """An emulator over the folder, as a new process would open it."""
    opened = []

    def reopen():
        for folder in opened:
            folder.close()
        opened.append(Folder(tmp_path / "data"))
        return Emulator(folder=opened[-1])

    yield reopen
    opened[-1].close()


def everything(emulator, identifier):
    return call(
        emulator,
        "GET",
        f"/v4/spreadsheets/{identifier}?includeGridData=true&commentsViewMode=COMMENTS_VIEW_MODE_INCLUDED",
    )


def test_a_spreadsheet_comes_back_as_it_was(reopened):
    emulator = reopened()
    identifier = call(emulator, "POST", "/v4/spreadsheets", {"properties": {"title": "Отчёт", "locale": "ru_RU"}})[
        "spreadsheetId"
    ]
    values = {"values": [["месяц", "сумма"], ["2024-01-31", 1.5], ["", True], ["=SUM(B2:B2)", "'001"]]}
    call(emulator, "PUT", f"/v4/spreadsheets/{identifier}/values/A1?valueInputOption=USER_ENTERED", values)
    area = {"sheetId": 0, "startRowIndex": 0, "endRowIndex": 4, "startColumnIndex": 0, "endColumnIndex": 2}
    bold = {"userEnteredFormat": {"textFormat": {"bold": True}}, "note": "!"}
    requests = [
        {"repeatCell": {"range": area | {"endRowIndex": 1}, "cell": bold, "fields": "userEnteredFormat,note"}},
        {"mergeCells": {"range": area | {"startRowIndex": 2}, "mergeType": "MERGE_ROWS"}},
        {"setBasicFilter": {"filter": {"range": area}}},
        {"addNamedRange": {"namedRange": {"name": "Всё", "range": area}}},
        {"insertComment": {"content": "?", "coordinate": {"sheetId": 0}}},
        {"setDataValidation": {"range": area, "rule": {"condition": {"type": "NUMBER_GREATER",
         "values": [{"userEnteredValue": "0"}]}}}},
        {"updateDimensionProperties": {"range": {"dimension": "COLUMNS", "startIndex": 1, "endIndex": 2},
         "properties": {"pixelSize": 50}, "fields": "pixelSize"}},
        {"createDeveloperMetadata": {"developerMetadata": {"metadataKey": "k", "visibility": "DOCUMENT",
         "location": {"sheetId": 0}}}},
    ]  # fmt: skip
    call(emulator, "POST", f"/v4/spreadsheets/{identifier}:batchUpdate", {"requests": requests})
    before, files = everything(emulator, identifier), call(emulator, "GET", "/drive/v3/files?fields=*")
    again = reopened()
    assert everything(again, identifier) == before
    assert call(again, "GET", "/drive/v3/files?fields=*") == files


def test_a_demo_workbook_survives_being_stored(tmp_path):
    write_demo_workbook(tmp_path / "demo.xlsx")
    workbook = open_file(tmp_path / "demo.xlsx").workbook
    again = from_stored(json.loads(json.dumps(to_stored(workbook))))
    for old, new in zip(workbook.sheets, again.sheets, strict=True):
        assert (old.rows, old.merges, old.resources) == (new.rows, new.merges, new.resources)
        assert (old.row_metadata, old.column_metadata) == (new.row_metadata, new.column_metadata)


def test_listing_reads_no_spreadsheet(reopened, tmp_path):
    identifier = reopened().create("Budget").spreadsheet_id
    path = tmp_path / "data" / f"{identifier}.spreadsheet.json"
    path.write_bytes(path.read_bytes().splitlines()[0] + b"\n{damaged")
    emulator = reopened()
    assert [file["name"] for file in call(emulator, "GET", "/drive/v3/files")["files"]] == ["Budget"]
    with pytest.raises(FileError, match="is damaged"):
        emulator.workbook(identifier)


def test_a_deleted_spreadsheet_stays_deleted(reopened, tmp_path):
    emulator = reopened()
    identifier = emulator.create("Budget").spreadsheet_id
    call(emulator, "DELETE", f"/drive/v3/files/{identifier}")
    assert not list((tmp_path / "data").glob("*.json"))
    assert reopened().documents() == []


def test_a_write_that_cannot_be_kept_is_not_done(reopened, tmp_path):
    emulator = reopened()
    identifier = emulator.create("Budget").spreadsheet_id
    kept = tmp_path / "data" / f"{identifier}.spreadsheet.json"
    kept.unlink()
    kept.mkdir()  # nothing can be put in its place now
    target = f"/v4/spreadsheets/{identifier}/values/A1"
    status, _, _ = emulator.handle("PUT", target + "?valueInputOption=RAW", {}, b'{"values": [["x"]]}')
    assert status == 500
    assert "values" not in call(emulator, "GET", target)
    assert not list((tmp_path / "data").glob("*.part"))
    kept.rmdir()


def test_what_a_killed_process_left_behind_is_swept(reopened, tmp_path):
    reopened().create("Budget")
    draft = tmp_path / "data" / ".abcd.spreadsheet.json.part"
    draft.write_bytes(b"{half")
    assert len(reopened().documents()) == 1
    assert not draft.exists()


@pytest.mark.skipif(sys.platform == "win32", reason="folders cannot be opened there")
def test_the_disk_knows_the_file_before_its_name_and_both_before_the_answer(reopened, monkeypatch):
    emulator, known, synchronise = reopened(), [], os.fsync
    monkeypatch.setattr(os, "fsync", lambda at: (known.append(stat.S_ISDIR(os.fstat(at).st_mode)), synchronise(at)))
    emulator.create("Budget")
    assert known == [False, True]


def test_a_folder_belongs_to_one_process(reopened, tmp_path):
    reopened()
    with pytest.raises(UsageError, match="in use"):
        Folder(tmp_path / "data")


def test_a_file_in_the_place_of_the_folder_is_said(tmp_path):
    (tmp_path / "data").write_text("")
    with pytest.raises(FileError, match="cannot be used as a folder"):
        Folder(tmp_path / "data")


@pytest.mark.parametrize("content", ["", "{}", '{"version": 99}', "not json\n{}"])
def test_a_file_that_is_no_spreadsheet_is_named(tmp_path, content):
    (tmp_path / "x.spreadsheet.json").write_text(content)
    folder = Folder(tmp_path)
    with pytest.raises(FileError, match=r"x\.spreadsheet\.json"):
        folder.documents()
    folder.close()
