"""The spreadsheet of a workbench: opened once, and anew where somebody else wrote its file."""

from __future__ import annotations

from collections.abc import Callable

from sheets_agent.targets import Target

Opener = Callable[[bool], Target]
"""Opens the spreadsheet; told whether a file's result was saved already, which is gone on with then."""


class Opened:
    """A spreadsheet that stays open between calls.

    Args:
        opener: opens it.
        free: whether a file's result goes to a free name, so that it is written over nothing that was there.

    Attributes:
        target: the spreadsheet as it is open now.
    """

    def __init__(self, opener: Opener, *, free: bool) -> None:
        self._opener = opener
        self._free = free
        self._saved = False
        self.target = opener(False)
        self._stamp = self._stamped()

    @property
    def place(self) -> str:
        """What a run would be given to work on the same spreadsheet as it is now."""
        if self.target.local and self._saved:
            return str(self.target.output)
        return str(self.target.source.resolve()) if self.target.source else self.target.spreadsheet_id

    def saved(self) -> None:
        """Take note that the file's result was written."""
        self._saved = True
        self._stamp = self._stamped()

    def changed(self) -> bool:
        """Whether somebody changed the file, or put another one where the result is to go."""
        if self._stamped() != self._stamp:
            return True
        output = self.target.output
        return self._free and not self._saved and output is not None and output.exists()

    def reopen(self) -> None:
        """Open the file again, as it is now."""
        if self._saved and self.target.output is not None and not self.target.output.exists():
            self._saved = False  # undone: there is no result any more
        self.target.close()
        self.target = self._opener(self._saved)
        self._stamp = self._stamped()

    def _stamped(self) -> tuple[int, int] | None:
        """What tells whether the file that stands behind the spreadsheet was changed; None where there is no file."""
        path = self.target.output if self._saved else self.target.source
        if path is None:
            return None
        try:
            found = path.stat()
        except OSError:
            return (0, 0)
        return (found.st_mtime_ns, found.st_size)
