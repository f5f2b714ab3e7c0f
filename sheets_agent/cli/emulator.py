"""`sheets-agent emulator`: the local Sheets API on loopback."""

from __future__ import annotations

import contextlib
import threading
from pathlib import Path

import click

from sheets_agent.errors import UsageError

HELP = """
Serve the local Sheets API on 127.0.0.1, with FILES (.xlsx, .csv) opened as spreadsheets.

Any client can use it:

\b
  build("sheets", "v4", http=httplib2.Http(),
        client_options={"api_endpoint": "http://127.0.0.1:8765"})
  SHEETS_AGENT_API_ENDPOINT=http://127.0.0.1:8765 sheets-agent run <id> "…"

It has no sign-in, answers on this machine only, and forgets everything when it ends.
"""


@click.command(help=HELP, short_help="Serve the local Sheets API on this machine, for any client.")
@click.argument("files", nargs=-1, type=click.Path(path_type=Path))
@click.option("--port", type=click.IntRange(0, 65535), default=8765, show_default=True, help="0 takes a free one.")
def emulator(files: tuple[Path, ...], port: int) -> None:
    """Open the files, serve until interrupted."""
    from sheets_agent import settings as all_settings
    from sheets_agent.emulator.files import open_file
    from sheets_agent.emulator.server import serve
    from sheets_agent.emulator.service import Emulator

    settings = all_settings.load()
    local = Emulator()
    for path in files:
        opened = open_file(path, settings.locale)
        local.add(opened.workbook)
        click.echo(f"{path.name}: {opened.workbook.spreadsheet_id}")
        for loss in opened.losses:
            click.echo(f"  {loss}", err=True)
    try:
        server = serve(local, port)
    except OSError as error:
        raise UsageError(f"Port {port} cannot be used: {error.strerror}.", "Give another one with --port.") from error
    with server:
        click.echo(f"The local Sheets API is at {server.url} (Ctrl-C ends it).")
        with contextlib.suppress(KeyboardInterrupt):
            threading.Event().wait()
