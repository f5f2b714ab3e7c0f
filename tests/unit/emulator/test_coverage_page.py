"""The generated page of what the local API does."""

import re
from pathlib import Path

from sheets_agent.emulator.coverage import main, page
from sheets_agent.emulator.requests import HANDLERS
from sheets_agent.emulator.schema import discovery
from sheets_agent.emulator.service import METHODS

PAGE = Path(__file__).parents[3] / "docs" / "coverage.md"


def test_the_page_in_the_repository_is_fresh(capsys):
    assert main([str(PAGE), "--check"]) == 0, capsys.readouterr().err


def test_a_stale_page_fails_the_check(tmp_path, capsys):
    stale = tmp_path / "coverage.md"
    assert main([str(stale), "--check"]) == 1
    assert "is stale" in capsys.readouterr().err
    assert main([str(stale)]) == 0
    assert main([str(stale), "--check"]) == 0
    assert main([]) == 2


def test_every_method_and_every_kind_of_request_is_done():
    assert {method.id for method in discovery("sheets", "v4").methods} == METHODS
    assert set(discovery("sheets", "v4").schemas["Request"]["properties"]) == HANDLERS.keys()


def test_the_page_names_every_request_and_the_reasons_of_refusals():
    text = page()
    for kind in HANDLERS:
        assert re.search(rf"^\| `{kind}` \| [A-Z].*\.", text, re.MULTILINE), kind
    assert "* The local Sheets API does not keep ….\n" in text
