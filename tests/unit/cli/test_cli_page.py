"""The generated page of the command line."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from sheets_agent.cli.reference import commands, page

PAGE = Path(__file__).parents[3] / "docs" / "cli.md"


def test_the_page_in_the_repository_is_fresh() -> None:
    command = [sys.executable, "-m", "sheets_agent.cli.reference", str(PAGE), "--check"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # no plugins of other tests are in it
    assert done.returncode == 0, done.stderr


def test_every_command_is_on_it_with_its_options() -> None:
    text = page()
    for name, command in commands():
        assert f"## {name}\n" in text
        section = text.split(f"## {name}\n")[1].split("\n## ")[0]
        assert all(option.opts[0] in section for option in command.params if getattr(option, "help", None))
