"""`sheets-agent resume`: go on with a run that waits for an answer, or whose process was killed."""

from __future__ import annotations

from typing import Any

import click

from sheets_agent.cli.options import json_option
from sheets_agent.cli.recording import log_option, recorded


@click.command(short_help="Go on with a run that waits for you, or was killed.")
@click.argument("run", required=False)
@click.option("--approve", is_flag=True, help="The plan it shows may be written.")
@click.option("--reject", metavar="WHY", help="The plan may not be written; with a reason it is made again.")
@click.option("--answer", "answers", multiple=True, metavar="TEXT", help="An answer to its question; repeat in order.")
@log_option
@json_option
def resume(run: str | None, approve: bool, reject: str | None, answers: tuple[str, ...], as_json: bool) -> int:
    """Go on with RUN, by default the last one. It has the settings it was started with.

    No model is asked again what it has answered, and nothing is written twice.
    """
    from sheets_agent.agent import SheetsAgent
    from sheets_agent.checkpoints import checkpoints
    from sheets_agent.cli.asking import asked_here
    from sheets_agent.cli.progress import Progress
    from sheets_agent.cli.show import exit_code, show_result
    from sheets_agent.resuming import left
    from sheets_agent.settings import load
    from sheets_agent.threads import last

    with checkpoints() as saver:
        run_id = run or last(saver)
    settings = load(**left(run_id).state["settings"])
    with Progress() as progress, recorded(progress) as told:
        agent = SheetsAgent(settings, person=asked_here(settings, progress), on_event=told)
        result = told.result(agent.resume(run_id, _decisions(approve, reject, answers)))
    show_result(result, as_json=as_json)
    return exit_code(result)


def _decisions(approve: bool, reject: str | None, answers: tuple[str, ...]) -> dict[str, Any] | None:
    """What was decided on the command line; None where nothing was."""
    if sum((approve, reject is not None, bool(answers))) > 1:
        raise click.UsageError("Give one of --approve, --reject and --answer.")
    if approve:
        return {"decisions": [{"type": "approve"}]}
    if reject is not None:
        return {"decisions": [{"type": "reject", "message": reject}]}
    return {"decisions": [{"type": "respond", "message": text} for text in answers]} if answers else None
