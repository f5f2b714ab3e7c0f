"""The generated page of prompts."""

from pathlib import Path

from sheets_agent.prompt_page import ANSWERS, main, page
from sheets_agent.prompts import NAMES

PAGE = Path(__file__).parents[3] / "docs" / "prompts.md"


def test_the_page_in_the_repository_is_fresh(capsys):
    assert main([str(PAGE), "--check"]) == 0, capsys.readouterr().err


def test_every_role_is_told_with_its_variables_and_its_answer():
    text = page()
    assert set(ANSWERS) == set(NAMES)
    for name in NAMES:
        assert f"* **{name}**: " in text
    assert "| voter | fixed | `description`, `task`, `plans` | `{reason, choice}` |" in text
    assert "{comment, verdict: keep / revise, steps: [{why, action," in text
