"""Every example of README and docs is run, and every command and option they name exists."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pytest
from documentation import PAGES, ROOT, Example, PreparedModel, examples
from protocol_server import ProtocolServer

from sheets_agent.cli.reference import commands
from sheets_agent.demo.workbook import write_demo_workbook

WITH_EXAMPLES = [page for page in PAGES if any(not example.not_run for example in examples(page))]
REASONS = ("needs ", "installs ", "serves ", "a sketch")
"""How the reason for not running an example may begin."""


def _name(page: Path) -> str:
    return str(page.relative_to(ROOT))


@pytest.fixture
def place(no_model_environment: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder with the demo's workbook and models with prepared replies, as the examples expect them."""
    write_demo_workbook(tmp_path / "sales.xlsx")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("SHEETS_AGENT_DATA_DIR", str(tmp_path / "data"))
    prepared = PreparedModel()
    with ProtocolServer("openai", prepared) as openai, ProtocolServer("gigachat", prepared) as gigachat:
        for name, value in {**openai.environment, **gigachat.environment}.items():
            monkeypatch.setenv(name, value)
        yield tmp_path


def _run(example: Example, names: dict[str, Any]) -> None:
    if example.language == "python":
        code = "\n" * example.line + example.code
        exec(compile(code, str(example.page), "exec"), names)
        return
    done = subprocess.run(["bash", "-eu", "-c", example.code], capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, f"{_name(example.page)}:{example.line}\n{done.stdout}\n{done.stderr}"


@pytest.mark.parametrize("page", WITH_EXAMPLES, ids=_name)
def test_the_examples_of_a_page_run(page: Path, place: Path) -> None:
    names: dict[str, Any] = {"__name__": "example"}
    for example in examples(page):
        if not example.not_run:
            _run(example, names)


def test_what_is_not_run_says_why() -> None:
    for page in PAGES:
        for example in examples(page):
            assert not example.not_run or example.not_run.startswith(REASONS), (page, example.line)


INDENTED = re.compile(r"^ {4}(?:sheets-agent|from sheets_agent|import|export|pip) ", re.MULTILINE)


def test_examples_are_fenced_and_so_are_run_or_say_why() -> None:
    for page in PAGES:
        if page.parent != ROOT and page.name != "cli.md":
            prose = re.sub(r"^ *```.*?^ *```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL | re.MULTILINE)
            assert not INDENTED.search(prose), page


COMMAND = re.compile(r"sheets-agent((?: [a-z][a-z-]*)*)([^`\n|;&#]*)")
CODE = re.compile(r"^ *```.*?^ *```|`[^`\n]+`|^ {4}.*?$", re.DOTALL | re.MULTILINE)


def _mentions(text: str) -> Iterator[tuple[str, str]]:
    """Each command that a text names in code, and what follows it on its line."""
    for code in CODE.findall(text):
        for found in COMMAND.finditer(code):
            yield found[1].strip(), found[2]


def test_every_command_and_option_that_is_named_exists() -> None:
    known = {name.removeprefix("sheets-agent").strip(): command for name, command in commands()}
    wrong = []
    for page in PAGES:
        if page.name == "cli.md":
            continue
        for words, rest in _mentions(page.read_text(encoding="utf-8")):
            command = _longest(known, words)
            options = {"--help", "--version", *(name for option in command.params for name in option.opts)}
            group = isinstance(command, click.Group) and command is not known[""]
            unknown = [found for found in re.findall(r"(?<![\w-])--[a-z][a-z-]+", rest) if found not in options]
            if (command is known[""] and words) or (unknown and not group):
                wrong.append(f"{_name(page)}: sheets-agent {words} {' '.join(unknown)}")
    assert not wrong, "\n".join(wrong)


def _longest(known: dict[str, click.Command], words: str) -> click.Command:
    """The command that the first words name."""
    parts = words.split()
    while parts and " ".join(parts) not in known:
        parts.pop()
    return known[" ".join(parts)]
