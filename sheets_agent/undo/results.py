"""What undoing gives back, and what the journal tells of runs."""

from __future__ import annotations

from typing import Literal

from sheets_agent.state.model import Model


class Undone(Model):
    """What came of undoing a run."""

    run_id: str
    """Of the undoing itself: undoing this one does the run's work again."""
    undone: str
    """The run that was taken back."""
    place: str
    """The spreadsheet's id, or the path of the file."""
    dry_run: bool = False
    requests: int = 0
    """How many requests it took; a file is put back whole."""
    conflicts: tuple[str, ...] = ()
    """What somebody had changed since, where undoing has written over it, or would."""
    conflict_count: int = 0
    """How many conflicts there are; `conflicts` lists the first ones."""
    notes: tuple[str, ...] = ()
    """What could not be restored exactly, and other things to know."""


class PastRun(Model):
    """One run that wrote something."""

    run_id: str
    at: str
    """When it wrote last, in ISO 8601, UTC."""
    place: str
    task: str
    state: Literal["written", "undone", "partly undone", "unknown"]
    """Unknown: the answer to a write was lost, so that it may or may not have landed."""
    cells: int = 0
    """How many cells it changed in a live spreadsheet; of a file they are not counted."""
    undoes: str = ""
    """The run that this one took back."""
    undone_by: str = ""
    notes: tuple[str, ...] = ()
    """What undoing it will not restore."""
