"""What a run left behind that did not come to its end: it waits for an answer, or its process was killed.

A live spreadsheet keeps what was written, so the run goes on after the last stage that ended. What a run had written to
a file was in its process and is gone with it, so it starts anew. Either way no model is asked anything again that it
has answered: the answers are kept until the run ends.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from filelock import FileLock, Timeout

from sheets_agent import threads
from sheets_agent.actions.base import Action
from sheets_agent.checkpoints import checkpoints, data_dir, unusable_folder
from sheets_agent.errors import UsageError
from sheets_agent.graph import build_graph
from sheets_agent.plugins import allow
from sheets_agent.run_state import RunState
from sheets_agent.undo.journal import UNKNOWN, Journal
from sheets_agent.undo.recording import held as contents_of


@dataclass(frozen=True)
class Left:
    """An unfinished run.

    Attributes:
        run_id: its id.
        state: what it knew last.
        request: what it waits for; None when it was killed.
    """

    run_id: str
    state: RunState
    request: dict[str, Any] | None

    @property
    def place(self) -> RunState:
        """Where it works, what was done before it in its thread, and what its message wants, if that was told."""
        return cast(RunState, {name: value for name, value in self.state.items() if name in KEPT})


KEPT = ("target", "output", "in_place", "files", "history", "intent")


def left(run_id: str) -> Left:
    """What a run left behind.

    Raises:
        UsageError: when there is no such run, it has ended, or it goes on in another process.
    """
    with checkpoints() as saver:
        kept = build_graph(saver).get_state(threads.config_of(run_id))
    if not kept.values:
        raise UsageError(f"Nothing is known of a run {run_id}.", "Start the task again with `run`.")
    if "task" not in kept.values:
        raise UsageError(f"Run {run_id} has ended.", f"To go on from there: sheets-agent follow --run {run_id} “…”.")
    if not _known(kept.values):  # the plugins that the run was started with were not loaded here
        allow(kept.values["settings"].get("plugins", ()))
        with checkpoints() as saver:
            kept = build_graph(saver).get_state(threads.config_of(run_id))
        if not _known(kept.values):
            raise UsageError(f"The plan of run {run_id} has an action that nobody has here.", "Start the task again.")
    state = cast(RunState, kept.values)
    request = kept.interrupts[0].value if kept.interrupts else None
    return Left(state["run_id"], state, request)


def saved(run_id: str) -> Path | None:
    """The file that a run wrote right before it was killed; None where it was killed earlier.

    Raises:
        UsageError: whether it did cannot be told, because somebody has changed the file since.
    """
    journal = Journal()
    for entry in journal.entries(run=run_id):
        before, after = journal.contents(entry)
        path = Path(entry.place)
        now = contents_of(path)
        if not entry.file or (entry.state == UNKNOWN and now == before):
            continue
        if entry.state == UNKNOWN and now != after:
            raise UsageError(
                f"Somebody has changed {path.name} since run {run_id} was killed while it saved it.",
                "Look at the file, and start the task again with `run`.",
            )
        if entry.state == UNKNOWN:
            journal.landed(entry.id)
        return path
    return None


def _known(state: Mapping[str, Any]) -> bool:
    """Whether every action of a run's plan and of its steps is known in this process."""
    plan = state.get("plan")
    steps = (*(plan.steps if plan is not None else ()), *state.get("steps", ()))
    return all(isinstance(getattr(step, "action", None), Action) for step in steps)


@contextmanager
def held(run_id: str) -> Iterator[None]:
    """Hold a run while the block carries it out, so that no two processes do. Who holds it may hold it again.

    Raises:
        FileError: when the data folder cannot be written.
        UsageError: when another process holds it.
    """
    folder = data_dir() / "running"
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        lock = FileLock(folder / f"{threads.thread_of(run_id)}.lock", timeout=0, is_singleton=True)
        lock.acquire()
    except Timeout as error:
        raise UsageError(
            f"Run {run_id} goes on in another process.", "Wait for its end, or end that process first."
        ) from error
    except OSError as error:
        raise unusable_folder(folder, error) from error
    try:
        yield
    finally:
        lock.release()
