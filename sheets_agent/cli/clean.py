"""`sheets-agent clean`: remove the marks that runs have left in a spreadsheet."""

from __future__ import annotations

import click

from sheets_agent.cli.options import settings_for


@click.command(short_help="Remove the marks that interrupted runs left in a spreadsheet.")
@click.argument("spreadsheet", metavar="SPREADSHEET")
def clean(spreadsheet: str) -> None:
    """Remove the marks of runs from SPREADSHEET, an id or a Google Sheets URL.

    Each batch of a run leaves a mark that nobody sees, which keeps it from being written twice, and a run removes its
    marks at its end. Those of a run that was killed stay; wait with this until no run is to be resumed.
    """
    from sheets_agent.errors import UsageError
    from sheets_agent.targets import open_target

    target = open_target(spreadsheet, settings_for(), reading=True)
    try:
        if target.local:
            raise UsageError(f"{spreadsheet} is a file; runs leave no marks in files.", "Name a Google spreadsheet.")
        found = target.client.marked(target.spreadsheet_id)
        if found:
            target.client.unmark(target.spreadsheet_id, found)
    finally:
        target.close()
    click.echo(f"Removed {len(found)} mark{'s' * (len(found) != 1)}." if found else "There are no marks.")
