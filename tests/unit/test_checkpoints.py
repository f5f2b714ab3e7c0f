"""The file where paused runs wait."""

from __future__ import annotations

from pathlib import Path

import pytest

from sheets_agent.checkpoints import DATA_DIR, checkpoints
from sheets_agent.errors import FileError


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
    with pytest.raises(FileError, match="cannot be kept"), checkpoints():
        pass
