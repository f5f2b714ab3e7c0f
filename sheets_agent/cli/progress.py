"""What a run tells while it works, on stderr: a live line on a terminal, plain lines elsewhere."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Iterator
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.status import Status
from rich.text import Text

from sheets_agent.cli.show import console_for
from sheets_agent.events import Event, Note, StageEnded, StageStarted, ToolCalled, Waiting
from sheets_agent.printable import clean

DOING = {
    "retrieve": "Looking at the spreadsheet",
    "clarify": "Asking what is unclear",
    "review_description": "Having the description reviewed",
    "plan": "Planning",
    "reflect": "Checking the plan on a copy",
    "approve": "Asking for approval",
    "execute": "Writing",
    "verify": "Reading back what was written",
    "correct": "Correcting",
    "review_result": "Having the result reviewed",
    "offer_undo": "Asking what to do with what was written",
    "finish": "Finishing",
}
_QUIET = frozenset({"clarify", "review_description", "approve", "review_result", "offer_undo", "finish"})
"""Stages that are told only when something came of them."""


class Progress:
    """A listener for the events of a run. Use it as a context manager, so that the live line goes away."""

    def __init__(self, console: Console | None = None) -> None:
        self.console = console or console_for(stderr=True)
        self._line: Status | None = None

    def __enter__(self) -> Self:
        if self.console.is_terminal:
            self._line = self.console.status("Starting")
            self._line.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._line is not None:
            self._line.stop()
            self._line = None

    @contextlib.contextmanager
    def paused(self) -> Iterator[Console]:
        """The console without the live line, to ask somebody something."""
        line = self._line
        if line is not None:
            line.stop()
        try:
            yield self.console
        finally:
            if line is not None:
                line.start()

    def __call__(self, event: Event) -> None:
        """Show one event."""
        match event:
            case StageStarted(stage):
                self._say(f"{DOING.get(stage, stage)}…", quiet=stage in _QUIET)
            case StageEnded(stage, seconds, outcome):
                if outcome or stage not in _QUIET:
                    self._done(DOING.get(stage, stage), outcome, seconds)
            case Note(text):
                self.console.print(Text(f"  {clean(text)}", style="yellow"))
            case Waiting(why, seconds):
                self._say(f"Waiting {math.ceil(seconds)} s: {why}")
            case ToolCalled(name, target, success):
                mark = Text("  ✓ ", style="green") if success else Text("  ✗ ", style="red")
                self.console.print(mark.append(f"{clean(name)} {clean(target)}", style="default"))

    def _say(self, text: str, *, quiet: bool = False) -> None:
        if self._line is not None:
            self._line.update(Text(clean(text)))
        elif not quiet:
            self.console.print(Text(clean(text)))

    def _done(self, doing: str, outcome: str, seconds: float) -> None:
        line = Text("✓ ", style="green").append(doing, style="default")
        if outcome:
            line.append(f": {clean(outcome)}", style="default")
        self.console.print(line.append(f"  {seconds:.1f} s", style="dim"))
