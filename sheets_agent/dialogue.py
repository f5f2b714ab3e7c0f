"""What a run leaves for the ones that follow it in the same thread: what was asked, done, where, and how it ended.

A history is bounded: the last turns are told in full, the ones before them in a line each, the oldest fall out. What
the spreadsheet holds is not in it: every run looks anew, because people go on working in between.
"""

from __future__ import annotations

from collections.abc import Sequence

from sheets_agent.run_state import RunState
from sheets_agent.stages.describe_text import plain
from sheets_agent.state.done import Turn

FULL = 3
"""Turns told in full."""
KEPT = 12
LONGEST = 600
"""Characters of one text in a turn."""
STEPS = 12
"""Steps and ranges of a turn that are told."""


def turn_of(run: RunState) -> Turn:
    """A run that has ended, as a turn of its thread."""
    steps = [step.action.sentence() for step in run["plan"].steps] if run.get("wrote") else []
    steps += [f"{found.formula} = {_shown(found.rows)}" for found in run.get("calculations", ())]
    return Turn(
        run=run.get("run_id", ""),
        task=_cut(run["task"]),
        status=run["status"],
        summary=_cut(run.get("summary", "")),
        did=tuple(_cut(step) for step in steps[:STEPS]),
        written=tuple(run.get("written", ())[:STEPS]),
    )


def with_turn(history: Sequence[Turn], turn: Turn) -> tuple[Turn, ...]:
    """A history with one more turn, the ones that are no longer told in full shortened."""
    kept = [*history, turn][-KEPT:]
    return (*(_shortened(earlier) for earlier in kept[:-FULL]), *kept[-FULL:])


def told(history: Sequence[Turn]) -> str:
    """A history as text for a prompt."""
    if not history:
        return "none"
    return "\n".join(_told(number, turn) for number, turn in enumerate(history, 1))


def _told(number: int, turn: Turn) -> str:
    lines = [f"{number}. The person asked: {turn.task}", f"   It ended: {turn.status.value}. {turn.summary}".rstrip()]
    lines += [f"   - {step}" for step in turn.did]
    if turn.written:
        lines.append(f"   Written: {', '.join(turn.written)}")
    return "\n".join(map(plain, lines))


def _shortened(turn: Turn) -> Turn:
    return turn.model_copy(update={"summary": "", "did": ()})


def _shown(rows: Sequence[Sequence[str]]) -> str:
    return "; ".join(", ".join(row) for row in rows[:STEPS]) or "(empty)"


def _cut(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= LONGEST else line[: LONGEST - 1] + "…"
