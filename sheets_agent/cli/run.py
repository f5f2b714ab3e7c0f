"""`sheets-agent run` and `sheets-agent follow`: do a task in a spreadsheet, and go on from there."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sheets_agent.cli.options import (
    TARGET_HELP,
    Function,
    feedback_options,
    file_option,
    json_option,
    model_options,
    planning_options,
    scope_options,
    setting_option,
    settings_for,
    spreadsheet_argument,
    task_text,
)
from sheets_agent.cli.recording import recorded, recording_options
from sheets_agent.cli.tree import tree_options, tree_wanted

if TYPE_CHECKING:
    from sheets_agent.agent import SheetsAgent
    from sheets_agent.settings import Settings
    from sheets_agent.state.result import RunResult


def _doing_options(command: Function) -> Function:
    """How a task is carried out."""
    ask = click.option("--ask", is_flag=True, help="TASK is a question: answer it, and write nothing.")
    dry_run = click.option("--dry-run", is_flag=True, help="Show what would change, and write nothing.")
    approve = click.option(
        "--approve",
        type=click.Choice(["always", "risky", "never"]),
        help="When to ask you before writing: always, when something would be overwritten or deleted (risky, the "
        "default), or never.",
    )
    executor = setting_option(
        "executor",
        "--executor",
        type=click.Choice(["tools", "lookahead"]),
        help="How the work goes on once the plan is written: tool by tool (tools, the default), or by trying several "
        "next calls on a copy and making the best (lookahead).",
    )
    planning = planning_options(model_options(recording_options(tree_options(json_option(command)))))
    return file_option(ask(dry_run(approve(feedback_options(scope_options(executor(planning)))))))


@click.command(short_help="Do a task in a spreadsheet, or answer a question about it.")
@spreadsheet_argument
@click.argument("task")
@click.option("--output", "-o", type=click.Path(path_type=Path), help="Where a file's result goes (.xlsx, .csv, .tsv).")
@click.option("--in-place", is_flag=True, help="Write a file's result over the file itself.")
@_doing_options
def run(
    spreadsheet: str,
    task: str,
    output: Path | None,
    in_place: bool,
    files: tuple[Path, ...],
    ask: bool,
    dry_run: bool,
    approve: str | None,
    as_json: bool,
) -> int:
    """Do TASK, said in your own words, in a spreadsheet. TASK may be “-” to read it from standard input.

    A question (“What was revenue in May?”) is answered by calculating, and nothing is written.
    """
    text = task_text(task)
    settings = settings_for(approve=approve)
    if in_place and not dry_run and not ask:
        _agree_to_overwrite(spreadsheet, settings.approve)
    place = None if output is None else str(output)
    return _do(
        settings,
        lambda agent: agent.run(
            spreadsheet, text, output=place, in_place=in_place, dry_run=dry_run, ask=ask, files=files
        ),
        as_json=as_json,
    )


@click.command(short_help="Do another task where an earlier run left off.")
@click.argument("task")
@click.option("--run", "run_id", metavar="RUN", help="The run to follow, by its id.  [default: the last one]")
@_doing_options
def follow(
    task: str,
    run_id: str | None,
    files: tuple[Path, ...],
    ask: bool,
    dry_run: bool,
    approve: str | None,
    as_json: bool,
) -> int:
    """Do TASK in the spreadsheet of an earlier run, knowing what was done there: “now make it a line chart”.

    Where that run wrote a file, the file is worked on in place.
    """
    text = task_text(task)
    settings = settings_for(approve=approve)

    def go_on(agent: SheetsAgent) -> RunResult:
        return agent.follow(run_id or agent.last_run(), text, dry_run=dry_run, ask=ask, files=files)

    return _do(settings, go_on, as_json=as_json)


def _do(settings: Settings, work: Callable[[SheetsAgent], RunResult], *, as_json: bool) -> int:
    """Carry something out with somebody at the terminal, show what came of it, and give back the exit code."""
    from sheets_agent.agent import SheetsAgent
    from sheets_agent.cli.asking import asked_here
    from sheets_agent.cli.progress import Progress
    from sheets_agent.cli.show import exit_code, show_result

    tree = tree_wanted()
    with Progress() as progress, recorded(progress) as told:
        result = told.result(work(SheetsAgent(settings, person=asked_here(settings, progress), on_event=told)))
    show_result(result, as_json=as_json)
    tree.tell(result, as_json=as_json)
    return exit_code(result)


def _agree_to_overwrite(spreadsheet: str, approve: str) -> None:
    """Ask before a file is written over, when somebody is there to ask; without a terminal the option is the answer."""
    from sheets_agent.cli.asking import somebody_there

    if approve != "never" and somebody_there() and Path(spreadsheet).exists():
        click.confirm(f"The result will be written over {spreadsheet}. Go on?", abort=True, err=True)


run.help = f"{inspect.cleandoc(run.help or '')}\n\n{TARGET_HELP}"
