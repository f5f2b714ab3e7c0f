"""The generated page of the command line."""

from __future__ import annotations

from pathlib import Path

import pytest

from sheets_agent.cli.reference import commands, main, page

PAGE = Path(__file__).parents[3] / "docs" / "cli.md"


def test_the_page_in_the_repository_is_fresh(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(PAGE), "--check"]) == 0, capsys.readouterr().err


def test_every_command_is_on_it_with_its_options() -> None:
    text = page()
    for name, command in commands():
        assert f"## {name}\n" in text
        section = text.split(f"## {name}\n")[1].split("\n## ")[0]
        assert all(option.opts[0] in section for option in command.params if getattr(option, "help", None))
