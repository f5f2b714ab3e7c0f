"""`sheets-agent plan`: make a plan, try it on a copy, and show it."""

from __future__ import annotations

from pathlib import Path

import click

from sheets_agent.cli.options import (
    file_option,
    json_option,
    model_options,
    planning_options,
    settings_for,
    spreadsheet_argument,
    task_text,
)
from sheets_agent.cli.recording import recorded, recording_options
from sheets_agent.cli.tree import tree_options, tree_wanted


@click.command(short_help="Make a plan for a task and show what it would change.")
@spreadsheet_argument
@click.argument("task")
@file_option
@model_options
@planning_options
@recording_options
@tree_options
@json_option
def plan(
    spreadsheet: str,
    task: str,
    files: tuple[Path, ...],
    as_json: bool,
) -> None:
    """Make a plan for TASK, try it on a copy, have it criticised, and show what it would change. Writes nothing."""
    text = task_text(task)
    settings, tree = settings_for(), tree_wanted()
    from sheets_agent.agent import SheetsAgent
    from sheets_agent.cli.progress import Progress
    from sheets_agent.cli.show import show_plan

    with Progress() as progress, recorded(progress) as told:
        result = told.result(SheetsAgent(settings, on_event=told).plan(spreadsheet, text, files=files))
    show_plan(result, as_json=as_json)
    tree.tell(result, as_json=as_json)
