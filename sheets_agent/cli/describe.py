"""`sheets-agent describe`: say what a spreadsheet holds."""

from __future__ import annotations

import click

from sheets_agent.cli.options import json_option, model_options, settings_for, spreadsheet_argument


@click.command(short_help="Say what a spreadsheet holds: tables, columns, charts.")
@spreadsheet_argument
@model_options
@click.option("--no-model", is_flag=True, help="Ask no model: show what code alone can tell.")
@json_option
def describe(
    spreadsheet: str,
    no_model: bool,
    as_json: bool,
) -> None:
    """Say what a spreadsheet holds: its tables and columns with their meaning, its charts and pivots.

    Only samples are read, and what was left out is said. Nothing is written.
    """
    settings = settings_for()
    from sheets_agent.agent import SheetsAgent
    from sheets_agent.cli.progress import Progress
    from sheets_agent.cli.show import show_description

    with Progress() as progress:
        description = SheetsAgent(settings, on_event=progress).describe(spreadsheet, annotate=not no_model)
    show_description(description, as_json=as_json)
