"""`sheets-agent mcp`: spreadsheets for an MCP client."""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sheets_agent.cli.options import (
    model_options,
    planning_options,
    scope_options,
    settings_for,
)
from sheets_agent.errors import UsageError

if TYPE_CHECKING:
    from sheets_agent.settings import Settings
    from sheets_agent.workbench import Workbench

TOKEN = "SHEETS_AGENT_MCP_TOKEN"
_SHORTEST_TOKEN = 16

HELP = """
Serve SPREADSHEETS (paths to .xlsx or .csv files, ids or URLs) to an MCP client: an assistant, an editor, another agent.
Nothing else can be reached through the server. A file's result goes to a copy beside it, as with `sheets-agent run`.

Without --http it speaks over standard input and output, as clients start it:

\b
  {"mcpServers": {"sheets": {"command": "sheets-agent", "args": ["mcp", "/path/to/sales.xlsx"]}}}

With --http it answers on 127.0.0.1 only, to who sends the token that it prints (or that SHEETS_AGENT_MCP_TOKEN holds).

What overwrites or deletes something waits for your approval, which the client asks you for. A client that cannot ask is
refused, unless --trust-client says that it has you confirm each call of a tool that writes.
"""


@click.command(help=HELP, short_help="Serve spreadsheets to an MCP client.")
@click.argument("spreadsheets", nargs=-1, required=True, metavar="SPREADSHEET…")
@click.option("--http", is_flag=True, help="Streamable HTTP on this machine, in place of standard input and output.")
@click.option("--port", type=click.IntRange(0, 65535), default=8766, show_default=True, help="0 takes a free one.")
@click.option("--read-only", is_flag=True, help="Serve no tool that writes.")
@click.option("--output", "-o", type=click.Path(path_type=Path), help="Where the result of the one file goes.")
@click.option("--in-place", is_flag=True, help="Write results over the files themselves.")
@click.option(
    "--approve",
    type=click.Choice(["always", "risky", "never"]),
    help="When you are asked: always, when something would be overwritten or deleted (risky, the default), or never; "
    "then nothing is overwritten or deleted.",
)
@click.option("--trust-client", is_flag=True, help="A call of a tool that writes is your approval.")
@scope_options
@model_options
@planning_options
def mcp(
    spreadsheets: tuple[str, ...],
    http: bool,
    port: int,
    read_only: bool,
    output: Path | None,
    in_place: bool,
    approve: str | None,
    trust_client: bool,
) -> None:
    """Open the spreadsheets, serve until the client leaves or Ctrl-C."""
    settings = settings_for(approve=approve)
    if output is not None and len(spreadsheets) > 1:
        raise UsageError("--output is for one file.", "Leave it out, or serve one file.")
    try:
        import anyio

        from sheets_agent.mcp.server import McpServer
    except ImportError as error:
        raise UsageError(
            f"The MCP server needs a library that is not installed ({error.name}).",
            "Install it: pip install 'sheets-agent[mcp]'",
        ) from error
    from sheets_agent.mcp.desk import Desk

    token = _token() if http else ""
    benches = _opened(spreadsheets, settings, output, in_place, read_only)
    desk = Desk(benches, settings, read_only=read_only)
    served = McpServer(desk, trust_client)
    try:
        if http:
            anyio.run(served.http, port, token, lambda url: _tell_http(url, token))
        else:
            anyio.run(served.stdio)
    finally:
        desk.close()


def _opened(
    spreadsheets: tuple[str, ...], settings: Settings, output: Path | None, in_place: bool, read_only: bool
) -> dict[str, Workbench]:
    """The spreadsheets by the names that tools take."""
    from sheets_agent.workbench import Workbench

    benches: dict[str, Workbench] = {}
    for text in spreadsheets:
        is_file = Path(text).expanduser().exists()
        bench = Workbench.open(text, settings, output=output, in_place=in_place and is_file, read_only=read_only)
        name = bench.name if bench.name not in benches else str(Path(text).resolve())
        if any(bench.place == other.place for other in benches.values()):
            raise UsageError(f"{text} is named twice.", "Name each spreadsheet once.")
        benches[name] = bench
        for note in bench.notes:
            click.echo(f"{name}: {note}", err=True)
    return benches


def _token() -> str:
    given = os.environ.get(TOKEN, "")
    if given and (len(given) < _SHORTEST_TOKEN or not given.isascii()):
        raise UsageError(f"{TOKEN} is too short.", f"Use {_SHORTEST_TOKEN} ASCII characters or more, or leave it out.")
    return given or secrets.token_urlsafe(24)


def _tell_http(url: str, token: str) -> None:
    click.echo(f"The MCP server is at {url} (Ctrl-C ends it).", err=True)
    if not os.environ.get(TOKEN):
        click.echo(f"Clients send the header  Authorization: Bearer {token}", err=True)
