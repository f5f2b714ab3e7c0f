"""The generated page of actions."""

from pathlib import Path

from sheets_agent.actions import ACTIONS
from sheets_agent.actions.docs import main, page

PAGE = Path(__file__).parents[3] / "docs" / "actions.md"


def test_the_page_in_the_repository_is_fresh(capsys):
    assert main([str(PAGE), "--check"]) == 0, capsys.readouterr().err


def test_a_stale_page_fails_the_check(tmp_path, capsys):
    stale = tmp_path / "actions.md"
    assert main([str(stale), "--check"]) == 1
    assert "is stale" in capsys.readouterr().err
    assert main([str(stale)]) == 0
    assert main([str(stale), "--check"]) == 0
    assert main([]) == 2


def test_every_action_has_a_section():
    text = page()
    for kind in ACTIONS:
        assert f"\n## {kind}\n" in text
        assert f"| [{kind}](#{kind}) |" in text
