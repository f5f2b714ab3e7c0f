"""`sheets-agent describe`: say what a spreadsheet holds."""

from __future__ import annotations

from pathlib import Path

import click

from sheets_agent.cli.options import json_option, model_options, settings_for, spreadsheet_argument


@click.command(short_help="Say what a spreadsheet holds: tables, columns, charts.")
@spreadsheet_argument
@model_options
@json_option
def describe(spreadsheet: str, models: tuple[str, ...], prompts: Path | None, as_json: bool) -> None:
    """Say what a spreadsheet holds: its tables and columns with their meaning, its charts and pivots.

    Only samples are read, and what was left out is said. Nothing is written.
    """
    settings = settings_for(models, prompts=prompts)
    from sheets_agent.agent import SheetsAgent
    from sheets_agent.cli.progress import Progress
    from sheets_agent.cli.show import show_description

    with Progress() as progress:
        description = SheetsAgent(settings, on_event=progress).describe(spreadsheet)
    show_description(description, as_json=as_json)
