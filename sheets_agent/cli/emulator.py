"""`sheets-agent emulator`: the local Sheets API on loopback."""

from __future__ import annotations

import contextlib
import ctypes
import queue
import signal
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sheets_agent.errors import FileError, UsageError

if TYPE_CHECKING:
    from sheets_agent.emulator.service import Emulator
    from sheets_agent.emulator.wire import Handle

HELP = """
Serve the local Sheets API on 127.0.0.1, with FILES (.xlsx, .csv) opened as spreadsheets.

Any client can use it:

\b
  curl http://127.0.0.1:8765/v4/spreadsheets -d '{"properties": {"title": "Budget"}}'
  build("sheets", "v4", http=httplib2.Http(),
        client_options={"api_endpoint": "http://127.0.0.1:8765"})
  SHEETS_AGENT_API_ENDPOINT=http://127.0.0.1:8765 sheets-agent run <id> "…"

It has no sign-in and answers on this machine only. Without --data it forgets everything when it ends.

\b
--faults takes a list of faults, each with its probability or the numbers of the requests it hits:
  429=0.1,503-after=0.05,slow:1.5=0.2,reset@3,401@7+9,seed=1
  429, 500, 502, 503, 401, reset   nothing is done
  503-after, reset-after           a write is done, and the answer says or shows otherwise
  slow:SECONDS                     the answer comes late
"""


def _moment(context: click.Context, option: click.Parameter, text: str | None) -> datetime | None:
    """A moment in ISO 8601, in UTC where it names no zone."""
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise click.BadParameter("that is no moment such as 2026-03-01T12:00Z.", context, option) from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


@click.command(help=HELP, short_help="Serve the local Sheets API on this machine, for any client.")
@click.argument("files", nargs=-1, type=click.Path(path_type=Path))
@click.option("--port", type=click.IntRange(0, 65535), default=8765, show_default=True, help="0 takes a free one.")
@click.option("--data", type=click.Path(path_type=Path), metavar="DIR", help="Keep spreadsheets in this folder.")
@click.option("--faults", metavar="SPEC", help="Fail on purpose, see above.")
@click.option("--quota", is_flag=True, help="Refuse what is over Google's quotas: 300 a minute, 60 of one user.")
@click.option("--record", type=click.Path(path_type=Path), metavar="FILE", help="Write requests and answers to a file.")
@click.option("--seed", type=int, metavar="N", help="Draw the same by chance in every run: RAND, ids, random order.")
@click.option(
    "--clock", callback=_moment, metavar="ISO", help="Have it always be this moment, such as 2026-03-01T12:00Z."
)
def emulator(
    files: tuple[Path, ...],
    port: int,
    data: Path | None,
    faults: str | None,
    quota: bool,
    record: Path | None,
    seed: int | None,
    clock: datetime | None,
) -> None:
    """Open the files, serve until interrupted."""
    from sheets_agent import settings as all_settings
    from sheets_agent.emulator.files import open_file, spreadsheet_id
    from sheets_agent.emulator.folder import Folder
    from sheets_agent.emulator.server import serve
    from sheets_agent.emulator.service import Emulator

    settings = all_settings.load()
    with contextlib.ExitStack() as stack:
        folder = stack.enter_context(contextlib.closing(Folder(data))) if data else None
        local = Emulator(folder=folder, clock=None if clock is None else lambda: clock, seed=seed)
        kept = {document.spreadsheet_id for document in local.documents()}
        for document in local.documents():
            click.echo(f"{document.title}: {document.spreadsheet_id}")
        for path in files:
            if spreadsheet_id(path) in kept:
                click.echo(f"  {path.name} was opened before and is not read again", err=True)
                continue
            opened = open_file(path, settings.locale)
            local.add(opened.workbook)
            click.echo(f"{path.name}: {opened.workbook.spreadsheet_id}")
            for loss in opened.losses:
                click.echo(f"  {loss}", err=True)
        handle = stack.enter_context(_around(local, faults, quota, record))
        try:
            server = stack.enter_context(serve(local, port, handle))
        except OSError as error:
            advice = "Give another one with --port."
            raise UsageError(f"Port {port} cannot be used: {error.strerror}.", advice) from error
        asked = _asked_to_end()
        click.echo(f"The local Sheets API is at {server.url} (Ctrl-C ends it).")
        asked.get()


@contextlib.contextmanager
def _around(local: Emulator, faults: str | None, quota: bool, record: Path | None) -> Iterator[Handle]:
    """What answers: the emulator, within faults, within the quota, within the recorder."""
    from sheets_agent.emulator.faults import Faults, parse_faults
    from sheets_agent.emulator.quota import Quota
    from sheets_agent.emulator.recording import Recorder

    handle: Handle = local.handle
    if faults:
        handle = Faults(handle, parse_faults(faults))
    if quota:
        handle = Quota(handle)
    if record is None:
        yield handle
        return
    try:
        file = record.open("a", encoding="utf-8")
    except OSError as error:
        raise FileError(f"{record} cannot be written: {error.strerror}.", "Name another file.") from error
    with file:
        yield Recorder(handle, file)


def _asked_to_end() -> queue.SimpleQueue[int]:
    """Gets the signal once Ctrl-C is typed, or the process is asked to end; a second one ends it at once.

    The first one waits for what is being calculated: no Python runs meanwhile, the engine does not let it.
    """
    asked: queue.SimpleQueue[int] = queue.SimpleQueue()  # an Event may be in its own lock when a signal comes

    def end(number: int, _: object) -> None:
        signal.signal(number, signal.SIG_DFL)
        asked.put(number)

    with contextlib.suppress(ValueError):  # signals are the main thread's
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, end)
            _once(number)
    return asked


def _once(number: int) -> None:
    """Have the system forget a signal's handler as it calls it, where it can: Python would come to it too late."""
    try:
        c = ctypes.CDLL(None)
        c.signal.restype = c.sysv_signal.restype = ctypes.c_void_p
        handler = c.signal(number, None)  # what Python has put there
        c.sysv_signal(number, ctypes.c_void_p(handler))
    except (AttributeError, OSError, TypeError):
        return  # not the C library of Linux: a second signal counts once Python runs again
