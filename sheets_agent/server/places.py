"""Which spreadsheets the server opens: those an administrator has listed, and files of one folder.

A client names a spreadsheet by its id, its URL, or a path inside the folder; nothing else is ever opened. Results of
files go to `results/<user>/` in the folder, which its user and administrators alone can name.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from sheets_agent.errors import UsageError
from sheets_agent.reference import parse_reference
from sheets_agent.server.users import User
from sheets_agent.settings import Served
from sheets_agent.targets import OUTPUTS

RESULTS = "results"
ANY = "*"
SHOWN = 20
"""Files that are named in a sentence."""
_URL = re.compile(r"https://docs\.google\.com/spreadsheets/[^\s<>\"'«»“”)\]]+")
_QUOTES = re.compile(r"[\"'«»“”`\n]")
_BETWEEN = re.compile(r"[\s<>\"'«»“”`|*?:(),;!]")


class NotServed(UsageError):
    """The server does not open that spreadsheet, or there is none of that name."""


@dataclass(frozen=True)
class Places:
    """What one user may have opened."""

    served: Served
    user: User

    def open(self, named: str) -> str:
        """What a run is told to open for what a client has named: the path of a file, or what was named.

        Raises:
            NotServed: the server does not open it.
        """
        named = named.strip()
        if Path(named).suffix.lower() in OUTPUTS and "://" not in named:
            return str(self.file(named))
        try:
            spreadsheet = parse_reference(named).spreadsheet_id
        except UsageError as error:
            raise NotServed(str(error), self._hint()) from error
        listed = {
            place if place == ANY else parse_reference(place).spreadsheet_id for place in self.served.spreadsheets
        }
        if not listed & {ANY, spreadsheet}:
            raise NotServed(f"The server does not open the spreadsheet {spreadsheet}.", self._hint())
        return named

    def again(self, target: str) -> bool:
        """Whether what a run of the thread has opened before may be opened still."""
        try:
            folder = self.folder
            self.open(str(Path(target).relative_to(folder)) if folder and Path(target).is_absolute() else target)
        except (NotServed, ValueError):
            return False
        return True

    def in_message(self, text: str) -> str | None:
        """What a message names: a URL, or a file of the folder. None where it names nothing of the kind."""
        if found := _URL.search(text):
            return found[0].rstrip(".,;!?")
        if self.folder is None:
            return None
        parts = [part.strip() for part in (*_QUOTES.split(text), *(word.rstrip(".") for word in _BETWEEN.split(text)))]
        named = [part for part in parts if part.lower().endswith(OUTPUTS)]
        return next((name for name in named if self._there(name)), named[-1] if named else None)

    def only(self) -> str | None:
        """The spreadsheet that is meant where none is named: the only one there is."""
        listed = [place for place in self.served.spreadsheets if place != ANY]
        found = [*listed, *self.files()]
        return found[0] if len(found) == 1 and ANY not in self.served.spreadsheets else None

    def files(self) -> list[str]:
        """The files of the folder that this user may name, by their paths in it."""
        folder = self.folder
        if folder is None:
            return []
        inside = (path for path in sorted(folder.rglob("*")) if path.suffix.lower() in OUTPUTS and path.is_file())
        return [path.relative_to(folder).as_posix() for path in inside if self._within(path, folder)]

    def result_for(self, target: str, run_id: str) -> str | None:
        """Where the result of a file goes: a name that no other run has. None for a live spreadsheet."""
        folder = self.folder
        if folder is None or Path(target).suffix.lower() not in OUTPUTS or "://" in target:
            return None
        results = folder / RESULTS / self.user.name
        results.mkdir(parents=True, exist_ok=True)
        return str(results / f"{Path(target).stem}.{run_id.rpartition('.')[2]}.xlsx")

    def ask(self) -> str:
        """The sentence that asks which spreadsheet is meant."""
        return f"Which spreadsheet? {self._hint()}"

    def file(self, named: str) -> Path:
        """A file by its path in the folder.

        Raises:
            NotServed: there is none that this user may name.
        """
        folder = self.folder
        if folder is None:
            raise NotServed("The server opens no files.", self._hint())
        try:
            path = (folder / named).resolve()
            there = path.is_file()
        except (OSError, ValueError, RuntimeError):  # too long, a NUL in it, links in a circle
            there = False
        if Path(named).is_absolute() or not there or not self._within(path, folder):
            raise NotServed(f"There is no file {named} in the server's folder.", self._hint())
        return path

    def _there(self, named: str) -> bool:
        try:
            self.file(named)
        except NotServed:
            return False
        return True

    def _within(self, path: Path, folder: Path) -> bool:
        """Whether a file lies in the folder, whatever links say, and not among somebody else's results."""
        path = path.resolve()
        if not path.is_relative_to(folder):
            return False
        parts = path.relative_to(folder).parts
        if parts[0].casefold() != RESULTS or self.user.role == "admin":  # “Results” is the same folder on some systems
            return True
        return tuple(part.casefold() for part in parts[1:2]) == (self.user.name,)

    @property
    def folder(self) -> Path | None:
        """The folder whose files are opened, None where none are."""
        folder = self.served.folder
        return folder.expanduser().resolve() if folder is not None else None

    def _hint(self) -> str:
        """What can be named."""
        files = self.files()
        listed = [place for place in self.served.spreadsheets if place != ANY]
        if ANY in self.served.spreadsheets:
            listed = ["the URL of any Google spreadsheet"]
        named = [*listed, *files[:SHOWN]]
        if not named:
            return "An administrator of the server has to list spreadsheets or name a folder; see docs/server.md."
        more = f", and {len(files) - SHOWN} more files" if len(files) > SHOWN else ""
        return f"Name one of: {', '.join(named)}{more}."
