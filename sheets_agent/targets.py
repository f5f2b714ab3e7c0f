"""What a run works on: the one place that decides between a local file and a live spreadsheet.

Above this module nothing knows the difference: both are a `SheetsClient` and a spreadsheet id.
"""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sheets_agent.errors import FileError, UsageError
from sheets_agent.reference import parse_reference
from sheets_agent.settings import Settings
from sheets_agent.sheets.client import GOOGLE, SheetsClient
from sheets_agent.sheets.limiter import Limiter, limiter

if TYPE_CHECKING:
    from sheets_agent.emulator.files import Around

OnWait = Callable[[str, float], None]
Saved = tuple[tuple[Path, ...], tuple[str, ...]]
"""The files that were written, and what they could not keep."""

OUTPUTS = (".xlsx", ".csv", ".tsv")
_FILE_LIKE = re.compile(r"\.(xls[xmb]?|xlt[xm]?|ods|csv|tsv|tab|txt|numbers|gsheet)$", re.IGNORECASE)


@dataclass(frozen=True)
class Target:
    """A spreadsheet that is open for work.

    Attributes:
        client: speaks to it.
        spreadsheet_id: its id.
        sheet_id: the tab that the person pointed at (`#gid=…`), None when they named none.
        name: how to call it in a sentence: a file's name, or the id.
        notes: what opening could not take over, a sentence each.
        output: where a local file's result goes, None for a live spreadsheet.
        source: the file that was opened, None for a live spreadsheet.
    """

    client: SheetsClient
    spreadsheet_id: str
    sheet_id: int | None
    name: str
    notes: tuple[str, ...] = ()
    output: Path | None = None
    source: Path | None = None
    _save: Callable[[Around | None], tuple[str, ...]] | None = None
    _close: Callable[[], None] | None = None

    @property
    def local(self) -> bool:
        """Whether it is a file: nothing is written to it before `finish`."""
        return self._save is not None

    def finish(self, changed: bool, around: Around | None = None) -> Saved:
        """Write a local file's result, when something changed. A live spreadsheet is up to date as it is.

        Args:
            changed: whether something did.
            around: is given the path and what the file will hold; the file is written while its block runs.

        Raises:
            FileError: when it cannot be written.
        """
        if self._save is None or self.output is None or not changed:
            return (), ()
        return (self.output,), self._save(around)

    def close(self) -> None:
        """Let go of connections. Writes nothing."""
        if self._close is not None:
            self._close()


def open_target(
    text: str,
    settings: Settings,
    *,
    output: str | Path | None = None,
    in_place: bool = False,
    reading: bool = False,
    on_wait: OnWait | None = None,
) -> Target:
    """Open what a person named: a path to an .xlsx, .csv or .tsv file, a spreadsheet id, or its URL.

    Args:
        text: the path, id or URL. A file that exists is always taken for a file.
        settings: credentials, time limits.
        output: where a file's result goes; by default beside it, as `name.agent.xlsx`.
        in_place: write a file's result over the file itself.
        reading: nothing will be written, so the place of the result is not checked.
        on_wait: told when a call has to wait.

    Raises:
        UsageError: neither a file nor a spreadsheet, or options that do not go together.
        FileError: a file that cannot be read, or a result that could not be written.
        CredentialsError: a live spreadsheet, and nobody is signed in.
    """
    text = text.strip()
    if not text:
        raise UsageError(
            "No spreadsheet is named.", "Give a path to an .xlsx or .csv file, a spreadsheet id, or its URL."
        )
    if names_a_file(text):
        return _open_file(Path(text).expanduser(), settings, output, in_place, reading, on_wait)
    reference = parse_reference(text)
    if output is not None or in_place:
        option = "--output" if output is not None else "--in-place"
        raise UsageError(f"{option} is for files; a Google spreadsheet is changed where it is.", f"Leave out {option}.")
    client, close = live_client(settings, on_wait)
    return Target(client, reference.spreadsheet_id, reference.sheet_id, reference.spreadsheet_id, _close=close)


def names_a_file(text: str) -> bool:
    """Whether what a person named is a file, there or not, and no spreadsheet's id or URL."""
    if "://" in text:
        return False
    try:
        if Path(text).expanduser().exists():
            return True
    except (OSError, ValueError, RuntimeError):  # too long, a NUL in it, an unknown ~user
        return False
    return bool(_FILE_LIKE.search(text)) or os.sep in text or text.startswith(("~", "."))


# ------------------------------------------------------------------------------------------------- live


def live_client(settings: Settings, on_wait: OnWait | None = None) -> tuple[SheetsClient, Callable[[], None]]:
    """A client of the Sheets API, signed in, and what closes its connections.

    Raises:
        CredentialsError: nobody is signed in, or not validly.
        SheetsUnreachable: a token had to be renewed and Google did not answer.
    """
    from sheets_agent.sheets.transport import CarefulHttp

    if settings.api_endpoint.rstrip("/") != GOOGLE:  # another server must not be shown Google's tokens
        bare = CarefulHttp(timeout=settings.api_timeout)
        endpoint = settings.api_endpoint.rstrip("/")
        return SheetsClient(bare, on_wait=on_wait, endpoint=endpoint, limiter=_limiter(settings)), bare.close
    from sheets_agent.sheets.auth import authorized_http, sign_in

    found = sign_in(settings)
    http = authorized_http(found, settings.api_timeout)
    shared = _limiter(settings, found.account)
    return SheetsClient(http, account=found.account, on_wait=on_wait, limiter=shared), http.close


def _limiter(settings: Settings, account: str = "") -> Limiter:
    """What all clients of this process share that speak for one account."""
    return limiter(settings.api_endpoint.rstrip("/"), account, settings.reads_per_minute, settings.writes_per_minute)


# ------------------------------------------------------------------------------------------------- files


def _open_file(
    path: Path, settings: Settings, output: str | Path | None, in_place: bool, reading: bool, on_wait: OnWait | None
) -> Target:
    from sheets_agent.emulator.files import open_file, save_file
    from sheets_agent.emulator.service import Emulator
    from sheets_agent.emulator.transport import EmulatorHttp

    result = _result_path(path, output, in_place)
    opened = open_file(path, settings.locale)
    if not reading:
        _check_writable(result)
    emulator = Emulator()
    emulator.add(opened.workbook)
    client = SheetsClient(EmulatorHttp(emulator), on_wait=on_wait)
    spreadsheet_id = opened.workbook.spreadsheet_id

    def save(around: Around | None) -> tuple[str, ...]:
        return save_file(emulator.workbook(spreadsheet_id), result, around)

    return Target(client, spreadsheet_id, None, path.name, opened.losses, result, path, save)


def _result_path(path: Path, output: str | Path | None, in_place: bool) -> Path:
    if output is not None and in_place:
        raise UsageError("--output and --in-place contradict each other.", "Give one of them.")
    if output is None and not in_place:
        return _free_name(path)
    result = path if output is None else Path(output).expanduser()
    if result.is_dir() and not in_place:
        return _free_name(result / path.name)
    if result.suffix.lower() not in OUTPUTS:
        raise UsageError(f"{result.name} is no kind of file that can be written.", f"Use {', '.join(OUTPUTS)}.")
    if not in_place and result.exists() and path.exists() and result.samefile(path):
        raise UsageError(f"{result} is the file itself.", "To write over it, use --in-place instead of --output.")
    return result


def _free_name(path: Path) -> Path:
    """`sales.agent.xlsx` beside the file, or `sales.agent-2.xlsx`: an earlier result is never written over."""
    first = path.parent / f"{path.stem}.agent.xlsx"  # a folder such as "." has no name to replace
    number = 1
    found = first
    while found.exists():
        number += 1
        found = path.parent / f"{path.stem}.agent-{number}.xlsx"
    return found


def _check_writable(result: Path) -> None:
    """Try to write before any work is done, so that nothing is lost at its end."""
    hint = "Name another place with --output PATH."
    if not result.parent.is_dir():
        raise FileError(f"There is no folder {result.parent} to write {result.name} to.", hint)
    try:
        with tempfile.TemporaryFile(dir=result.parent):
            pass
        if result.exists():
            with result.open("ab"):
                pass
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise FileError(f"{result} cannot be written: {reason}.", hint) from error
