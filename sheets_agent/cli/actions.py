"""`sheets-agent actions`: what the agent can do."""

from __future__ import annotations

import inspect
import json
from typing import TYPE_CHECKING

import click

from sheets_agent.cli.options import json_option, plugin_option, settings_for

if TYPE_CHECKING:
    from sheets_agent.actions.base import Action


@click.command(short_help="List what the agent can do to a spreadsheet.")
@click.argument("kind", required=False)
@plugin_option
@json_option
def actions(kind: str | None, as_json: bool) -> None:
    """List the actions plans are made of, or describe the one called KIND with its fields and an example."""
    from sheets_agent.actions import ACTIONS
    from sheets_agent.actions.base import field_roles
    from sheets_agent.plugins import allow

    allow(settings_for().plugins)
    chosen = list(ACTIONS.values()) if kind is None else [_known(kind)]
    if as_json:
        schemas = [action.model_json_schema() | {"risk": action.risk.value} for action in chosen]
        click.echo(json.dumps(schemas if kind is None else schemas[0], ensure_ascii=False, indent=2))
        return
    if kind is None:
        width = max(map(len, ACTIONS))
        for name, action in ACTIONS.items():
            click.echo(f"{name:<{width}}  {_first_sentence(action)}")
        click.echo("\nFields and an example of one: sheets-agent actions KIND")
        return
    action = chosen[0]
    click.echo(f"{kind}  ({action.risk.value})\n\n{inspect.cleandoc(action.__doc__ or '')}\n")
    for name in field_roles(action):
        field = action.model_fields[name]
        needed = "" if field.is_required() else " (optional)"
        click.echo(f"  {name}{needed}: {field.description or ''}")
    click.echo(f"\nExample: {json.dumps(action.example, ensure_ascii=False)}")


def _known(kind: str) -> type[Action]:
    from sheets_agent.actions import by_kind
    from sheets_agent.errors import ActionError, UsageError

    try:
        return by_kind(kind)
    except ActionError as error:
        raise UsageError(str(error), "Type: sheets-agent actions") from error


def _first_sentence(action: type[Action]) -> str:
    text = inspect.cleandoc(action.__doc__ or "").split("\n\n")[0].replace("\n", " ")
    return text.split(". ")[0].rstrip(".")
