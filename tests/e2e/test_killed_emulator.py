"""A served emulator that is killed while it writes keeps all that it answered, and nothing half."""

from __future__ import annotations

import itertools
import json
import re
import subprocess
import sys
import threading
import time
import urllib.request
from contextlib import suppress
from http.client import HTTPException
from pathlib import Path
from typing import Any

import pytest

from sheets_agent.emulator.folder import Folder
from sheets_agent.emulator.service import Emulator

WRITERS = 3
CELLS = 400


def started(folder: Path) -> tuple[subprocess.Popen[str], str]:
    """A served emulator over a folder, and its address."""
    command = [sys.executable, "-u", "-m", "sheets_agent", "emulator", "--port", "0", "--data", str(folder)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    for line in process.stdout:
        if found := re.search(r"http://127\.0\.0\.1:\d+", line):
            return process, found[0]
    raise AssertionError("the emulator ended")


def call(address: str, method: str, body: Any) -> Any:
    sent = urllib.request.Request(
        address, json.dumps(body).encode(), {"Content-Type": "application/json"}, method=method
    )
    with urllib.request.urlopen(sent, timeout=30) as answer:
        return json.load(answer)


class Writer(threading.Thread):
    """Fills a spreadsheet of its own with one number after the other until the emulator is gone."""

    def __init__(self, base: str) -> None:
        super().__init__(daemon=True)
        self.identifier = call(f"{base}/v4/spreadsheets", "POST", {"properties": {"title": "Учёт"}})["spreadsheetId"]
        self.answered = 0
        self._base = base

    def run(self) -> None:
        target = f"{self._base}/v4/spreadsheets/{self.identifier}/values/A1?valueInputOption=RAW"
        with suppress(OSError, HTTPException, ValueError):
            for number in itertools.count(1):
                call(target, "PUT", {"values": [[number]] * CELLS})
                self.answered = number


@pytest.mark.parametrize("seconds", [0.3, 0.55, 0.8])
def test_what_was_answered_is_kept_whole(tmp_path: Path, seconds: float) -> None:
    process, base = started(tmp_path / "data")
    writers = [Writer(base) for _ in range(WRITERS)]
    for writer in writers:
        writer.start()
    while not all(writer.answered for writer in writers):
        time.sleep(0.01)
    time.sleep(seconds)
    process.kill()
    process.wait()
    assert process.stdout is not None
    process.stdout.close()
    for writer in writers:
        writer.join()
    folder = Folder(tmp_path / "data")
    try:
        kept = Emulator(folder=folder)
        assert len(kept.documents()) == WRITERS
        for writer in writers:
            workbook = kept.workbook(writer.identifier)
            values = {workbook.value(workbook.sheets[0], row, 0) for row in range(CELLS)}
            assert len(values) == 1  # one write, whole
            assert values <= {float(writer.answered), float(writer.answered + 1)}  # the last one may have been kept
        assert not list((tmp_path / "data").glob("*.part"))
    finally:
        folder.close()
