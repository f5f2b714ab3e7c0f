"""The options of the command line that fix what a run may do."""

from __future__ import annotations

from sheets_agent.cli.options import settings_for
from sheets_agent.cli.run import run
from sheets_agent.guard.scope import Scope


def test_the_options_fix_the_scope() -> None:
    words = ["book.xlsx", "Chart it", "--only", "Report!A1:F50", "--only", "Draft", "--allow-function", "image"]
    with run.make_context("run", [*words, "--max-cells", "5"]):
        scope = Scope.of("Chart it", settings_for())
    assert scope.only == ("Report!A1:F50", "Draft")
    assert (scope.functions, scope.max_cells) == (("IMAGE",), 5)
