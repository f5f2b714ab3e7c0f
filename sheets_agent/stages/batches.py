"""The batches of a run: how each is known again, and what has to hold before it is written.

A killed run is gone with, and then it must not write anything twice. A plan waits in the checkpoint with its requests;
a single call of the model is kept here before it is sent. Compiled anew it might come out otherwise, because what it
wrote may be there already.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from sheets_agent.actions.base import Action
from sheets_agent.chat.kept import Connect
from sheets_agent.errors import ChangedMeanwhile, InvalidRequest
from sheets_agent.planners.assumed import broken, ranges
from sheets_agent.sheets.client import SheetsClient
from sheets_agent.sheets.markers import Marker
from sheets_agent.sheets.unmarking import remove_marks
from sheets_agent.state.planned import Assumption, Trial

_TABLE = "CREATE TABLE IF NOT EXISTS calls (run TEXT, batch INTEGER, asked TEXT, trial TEXT, PRIMARY KEY (run, batch))"
SHOWN = 5
"""Changes of somebody else that are told."""


class Batches:
    """The batches of one run.

    Args:
        run_id: of the run.
        connect: opens the SQLite file in which calls are kept; None where a killed run starts anew.
    """

    def __init__(self, run_id: str, connect: Connect | None = None) -> None:
        self._run = run_id
        self._connect = connect

    def marker(self, number: int) -> Marker:
        """The marker of a batch, by its number in the run, from 1."""
        return Marker(self._run, number)

    def kept(self, number: int, action: Action) -> Trial | None:
        """The trial of a call that was about to be sent as some batch; None when it was not this call."""
        if self._connect is None:
            return None
        with self._connect() as connection:
            connection.execute(_TABLE)
            found = "SELECT trial FROM calls WHERE run = ? AND batch = ? AND asked = ?"
            row = connection.execute(found, (self._run, number, _asked(action))).fetchone()
        return None if row is None else Trial.model_validate_json(row[0])

    def keep(self, number: int, action: Action, trial: Trial) -> None:
        """Keep a call that is about to be sent."""
        if self._connect is None:
            return
        row = (self._run, number, _asked(action), trial.model_dump_json())
        with self._connect() as connection, connection:
            connection.execute(_TABLE)
            connection.execute("INSERT OR REPLACE INTO calls VALUES (?, ?, ?, ?)", row)

    def forget(self) -> None:
        """Delete what was kept: the run has ended."""
        if self._connect is None:
            return
        with self._connect() as connection, connection:
            connection.execute(_TABLE)
            connection.execute("DELETE FROM calls WHERE run = ?", (self._run,))

    def unmark(self, client: SheetsClient, spreadsheet_id: str, last: int) -> tuple[str, ...]:
        """Remove the markers of the batches up to one from a live spreadsheet; what cannot be removed is told."""
        return remove_marks(client, spreadsheet_id, (self.marker(number).id for number in range(1, last + 1)))


def _asked(action: Action) -> str:
    return hashlib.sha256(action.model_dump_json(exclude={"fetched"}).encode()).hexdigest()


def has_landed(
    client: SheetsClient, spreadsheet_id: str, marker: Marker, assumed: Sequence[Assumption], *, sent: bool
) -> bool:
    """Look once more before a batch is written: at its marker, and at what it takes for granted, in one read.

    Args:
        client: the client of the spreadsheet.
        spreadsheet_id: its id.
        marker: of the batch.
        assumed: what the batch takes for granted.
        sent: whether it may have been sent before, by a process that was killed.

    Raises:
        ChangedMeanwhile: somebody else has changed what it takes for granted.
    """
    if not assumed:  # it touches nothing that was there
        return sent and not client.local and marker.id in client.marked(spreadsheet_id)
    try:
        now = client.as_read(spreadsheet_id, ranges(assumed))
    except InvalidRequest as error:  # a sheet is gone, or has another name or size
        if not client.local and marker.id in client.marked(spreadsheet_id):
            return True
        raise ChangedMeanwhile(f"The spreadsheet was changed meanwhile: {error}") from error
    if not client.local and marker.is_in(now.body):
        return True
    if changed := broken(assumed, now):
        more = f" So did {len(changed) - SHOWN} more." if len(changed) > SHOWN else ""
        raise ChangedMeanwhile(f"The spreadsheet was changed meanwhile. {' '.join(changed[:SHOWN])}{more}")
    return False
