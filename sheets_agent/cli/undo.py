"""`sheets-agent history` and `sheets-agent undo`: what runs have written, and taking it back."""

from __future__ import annotations

import click

from sheets_agent.cli.options import json_option, settings_for


@click.command(short_help="List what runs have written.")
@click.option("--limit", type=click.IntRange(1), default=20, show_default=True, help="How many runs.")
@json_option
def history(limit: int, as_json: bool) -> None:
    """List the runs that wrote something, newest first, and whether they are undone."""
    from sheets_agent.cli.show_undo import show_history
    from sheets_agent.undo.journal import Journal
    from sheets_agent.undo.undoing import past_runs

    show_history(past_runs(Journal(), limit), as_json=as_json)


@click.command(short_help="Take back what a run has written.")
@click.argument("run_id", metavar="[RUN]", required=False)
@click.option("--yes", is_flag=True, help="Write over what somebody changed since, without asking.")
@click.option("--dry-run", is_flag=True, help="Say what undoing would do, and write nothing.")
@json_option
def undo(run_id: str | None, yes: bool, dry_run: bool, as_json: bool) -> None:
    """Take back all that RUN has written; by default the last run that is not undone.

    Cells, formats, objects and tabs become what they were. Where somebody changed the same cells since, undo says which
    and asks. Undoing is a run of its own: undo that one to have the work back.
    """
    from sheets_agent.agent import SheetsAgent
    from sheets_agent.cli.asking import terminal_person
    from sheets_agent.cli.progress import Progress
    from sheets_agent.cli.show_undo import show_undone

    with Progress() as progress:
        agent = SheetsAgent(settings_for(), person=terminal_person(progress), on_event=progress)
        found = agent.undo(run_id, force=yes, dry_run=dry_run)
    show_undone(found, as_json=as_json)
