"""The file where paused runs wait."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from sheets_agent.checkpoints import DATA_DIR, checkpoints
from sheets_agent.errors import FileError
from sheets_agent.resuming import held


def test_the_file_is_the_users_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(DATA_DIR, str(tmp_path / "data"))
    with checkpoints() as saver:
        assert list(saver.list(None)) == []
    assert (tmp_path / "data" / "runs.sqlite").stat().st_mode & 0o777 == 0o600


def test_a_broken_file_and_a_folder_that_is_none_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(DATA_DIR, str(tmp_path))
    broken = tmp_path / "runs.sqlite"
    broken.write_bytes(b"no database " * 100)
    with pytest.raises(FileError, match="not a database"), checkpoints():
        pass
    monkeypatch.setenv(DATA_DIR, str(broken))
    with pytest.raises(FileError, match=r"cannot be kept in .*: (Not a directory|File exists)\.$"), checkpoints():
        pass
    with pytest.raises(FileError, match=r"cannot be kept in .*: Not a directory\.$"), held("run"):
        pass


def test_a_file_that_others_hold_too_long_is_told_and_the_run_can_go_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(DATA_DIR, str(tmp_path))
    monkeypatch.setattr("sheets_agent.checkpoints.PATIENCE", 0.1)
    with checkpoints():
        pass
    with closing(sqlite3.connect(tmp_path / "runs.sqlite")) as other:
        with checkpoints() as warm:
            assert list(warm.list(None)) == []
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(FileError, match="locked") as told, checkpoints() as saver:
            saver.delete_thread("any")
        other.rollback()
    assert "Let other runs end" in told.value.hint
