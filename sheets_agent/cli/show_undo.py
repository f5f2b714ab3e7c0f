"""What runs have written and what came of undoing, for a person or for a machine."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import click
from rich.text import Text

from sheets_agent.cli.show import console_for
from sheets_agent.printable import clean, spelt_out
from sheets_agent.undo.results import PastRun, Undone

_STYLES = {"written": "green", "undone": "dim"}


def show_history(runs: Sequence[PastRun], *, as_json: bool) -> None:
    """The runs that wrote something."""
    if as_json:
        click.echo(spelt_out(json.dumps([run.model_dump(mode="json") for run in runs], ensure_ascii=False, indent=2)))
        return
    console = console_for()
    if not runs:
        console.print("No run has written anything yet.")
        return
    for run in runs:
        line = Text(f"{run.run_id}  ", style="bold")
        line.append(f"{datetime.fromisoformat(run.at).astimezone():%Y-%m-%d %H:%M}  ", style="not bold")
        line.append(run.state, style=_STYLES.get(run.state, "red"))
        if run.undone_by:
            line.append(f" by {run.undone_by}", style="not bold")
        console.print(line)
        console.print(Text(f"    {clean(run.task)}"))
        cells = f" · {run.cells:,} cell{'s' * (run.cells != 1)}" if run.cells else ""
        console.print(Text(f"    {clean(_place(run.place))}{cells}", style="dim"))
        for note in run.notes:
            console.print(Text(f"    ! {clean(note)}", style="yellow"))
    console.print(Text("Take one back:  sheets-agent undo RUN", style="dim"))


def _place(place: str) -> str:
    path = Path(place)
    return str(path.relative_to(Path.cwd())) if path.is_absolute() and path.is_relative_to(Path.cwd()) else place


def show_undone(found: Undone, *, as_json: bool) -> None:
    """What came of undoing a run."""
    if as_json:
        click.echo(spelt_out(found.model_dump_json(indent=2)))
        return
    console = console_for()
    if found.dry_run:
        console.print(Text(f"Run {found.undone} could be undone; nothing was written.", style="bold cyan"))
    else:
        console.print(Text(f"Run {found.undone} is undone.", style="bold green"))
    console.print(Text(clean(_place(found.place)), style="dim"))
    if found.conflict_count:
        console.print(Text("Changed since, and written over:" if not found.dry_run else "Changed since:"))
        for sentence in found.conflicts:
            console.print(Text(f"  - {clean(sentence)}"))
        if found.conflict_count > len(found.conflicts):
            console.print(Text(f"  and {found.conflict_count - len(found.conflicts)} more"))
    for note in found.notes:
        console.print(Text(f"! {clean(note)}", style="yellow"))
    if not found.dry_run:
        console.print(Text(f"To have it back:  sheets-agent undo {found.run_id}", style="dim"))
