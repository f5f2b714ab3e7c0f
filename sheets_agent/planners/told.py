"""What came of a trial, as text for a prompt."""

from __future__ import annotations

from collections.abc import Iterable

from sheets_agent.stages.describe_text import plain
from sheets_agent.state.planned import Diff, Fact

SHOWN_CHANGES = 40


def facts_told(facts: Iterable[Fact]) -> str:
    """Facts, a line each; `none` where there are none."""
    return "\n".join(_line(fact) for fact in facts) or "none"


def _line(fact: Fact) -> str:
    step = "" if fact.step is None else f"step {fact.step + 1}: "
    return f"- [{fact.severity}] {step}{plain(fact.sentence)}"


def changes_told(diff: Diff) -> str:
    """What a trial changed, cell by cell, for a model to judge by."""
    lines = [
        plain(
            f"{change.sheet}!{change.cell}: {change.before or '(empty)'} → {change.after}"
            + (f" = {change.result}" if change.result else "")
        )
        for change in diff.cells[:SHOWN_CHANGES]
    ]
    hidden = diff.cell_count - sum(change.count for change in diff.cells[:SHOWN_CHANGES])
    if hidden > 0:
        lines.append(f"… and {hidden} more cells")
    if diff.moved:
        lines.append("Rows, columns or cells were moved or deleted; what only moved or went with them is not listed.")
    return "\n".join(lines) or "no cell changes"
