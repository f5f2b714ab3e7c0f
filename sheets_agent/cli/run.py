"""`sheets-agent run`: do a task in a spreadsheet."""

from __future__ import annotations

from pathlib import Path

import click

from sheets_agent.cli.options import (
    TARGET_HELP,
    json_option,
    model_options,
    planning_options,
    settings_for,
    spreadsheet_argument,
    task_text,
)


@click.command(short_help="Do a task in a spreadsheet.")
@spreadsheet_argument
@click.argument("task")
@model_options
@click.option("--output", "-o", type=click.Path(path_type=Path), help="Where a file's result goes (.xlsx, .csv, .tsv).")
@click.option("--in-place", is_flag=True, help="Write a file's result over the file itself.")
@click.option("--dry-run", is_flag=True, help="Show what would change, and write nothing.")
@click.option(
    "--approve",
    type=click.Choice(["always", "risky", "never"]),
    help="When to ask you before writing: always, when something would be overwritten or deleted (risky, the default), "
    "or never.",
)
@planning_options
@json_option
def run(
    spreadsheet: str,
    task: str,
    models: tuple[str, ...],
    language: str | None,
    prompts: Path | None,
    output: Path | None,
    in_place: bool,
    dry_run: bool,
    approve: str | None,
    plan_samples: int | None,
    reflectors: tuple[str, ...] | None,
    as_json: bool,
) -> int:
    """Do TASK, said in your own words, in a spreadsheet. TASK may be “-” to read it from standard input."""
    text = task_text(task)
    settings = settings_for(
        models,
        language=language,
        prompts=prompts,
        approve=approve,
        plan_samples=plan_samples,
        reflectors=reflectors,
    )
    if in_place and not dry_run:
        _agree_to_overwrite(spreadsheet, settings.approve)
    from sheets_agent.agent import SheetsAgent
    from sheets_agent.cli.asking import terminal_person
    from sheets_agent.cli.progress import Progress
    from sheets_agent.cli.show import exit_code, show_result

    with Progress() as progress:
        agent = SheetsAgent(settings, person=terminal_person(progress), on_event=progress)
        result = agent.run(
            spreadsheet, text, output=None if output is None else str(output), in_place=in_place, dry_run=dry_run
        )
    show_result(result, as_json=as_json)
    return exit_code(result)


def _agree_to_overwrite(spreadsheet: str, approve: str) -> None:
    """Ask before a file is written over, when somebody is there to ask; without a terminal the option is the answer."""
    from sheets_agent.cli.asking import somebody_there

    if approve != "never" and somebody_there() and Path(spreadsheet).exists():
        click.confirm(f"The result will be written over {spreadsheet}. Go on?", abort=True, err=True)


run.help = f"{run.help}\n\n{TARGET_HELP}"
