"""`sheets-agent doctor`: what is set up, what is missing, and what to type."""

from __future__ import annotations

import dataclasses
import json

import click

from sheets_agent.cli.options import json_option

_STYLES = {"ok": "green", "optional": "cyan", "warning": "yellow", "missing": "red"}


@click.command(short_help="Check the set-up, and say what to type.")
@click.option("--online", is_flag=True, help="Also ask Google for a token and the Sheets API for an answer.")
@json_option
def doctor(online: bool, as_json: bool) -> int:
    """Check Python, the packages, the sign-in to Google, the language model and the prompts.

    Without --online nothing leaves this machine. Secrets are never shown.
    """
    from sheets_agent.doctor import examine

    findings = examine(online=online)
    if as_json:
        click.echo(json.dumps([dataclasses.asdict(finding) for finding in findings], ensure_ascii=False, indent=2))
    else:
        width = max(len(finding.name) for finding in findings)
        for finding in findings:
            state = click.style(f"{finding.state:<8}", fg=_STYLES[finding.state])
            click.echo(f"{state}  {finding.name:<{width}}  {finding.detail}")
            for line in finding.todo.splitlines():
                click.echo(f"{'':<{width + 12}}{line}")
    return 1 if any(finding.state == "missing" for finding in findings) else 0
