"""Copies of one spreadsheet to try plans on, held to what the run may do."""

from __future__ import annotations

from dataclasses import replace
from typing import cast

from sheets_agent.errors import OutsideScope
from sheets_agent.guard.check import Guard
from sheets_agent.guard.scope import Scope
from sheets_agent.planners.assumed import assumptions
from sheets_agent.planners.start import Start
from sheets_agent.planners.world import World
from sheets_agent.sheets.book import Book
from sheets_agent.sheets.client import SheetsClient
from sheets_agent.state.planned import NOTHING_YET, Own, Plan, Trial


class Copies:
    """Copies of one spreadsheet to try plans on.

    A live spreadsheet is read once; the copies that follow are forks of that first one, until something is written.
    """

    def __init__(self, client: SheetsClient, spreadsheet_id: str, guard: Guard | None = None) -> None:
        self._client = client
        self._id = spreadsheet_id
        self.guard = guard or Guard()
        self._first: SheetsClient | None = None
        self._start: Start | None = None
        self._writes = 0

    @property
    def notes(self) -> tuple[str, ...]:
        """What the copies could not take over from the spreadsheet, a sentence each."""
        return self._first.notes if self._first is not None else ()

    def keep_to(self, scope: Scope) -> None:
        """Hold everything that is tried from now on against a scope."""
        self.guard = Guard(scope)

    @property
    def book(self) -> Book:
        """The metadata of the spreadsheet as it is now."""
        client = self.fresh()
        if self._start is None:
            self._start = Start.of(client, self._id)
        return self._start.book

    def check(self, trial: Trial) -> None:
        """Make sure once more, just before it is sent, that the scope of the run lets something be sent.

        Raises:
            OutsideScope: it does not.
        """
        why = [fact.sentence for fact in trial.errors]
        why += self.guard.refusals([request for step in trial.requests for request in step], self.book.locale)
        if why:
            raise OutsideScope(f"Nothing was written: {why[0]}")

    @property
    def unchanged(self) -> bool:
        """Whether the spreadsheet is sure to be as it was copied: it is in this process, and nothing was written."""
        return self._client.local and self._first is not None and self._writes == self._client.writes

    def forget(self) -> None:
        """Read the spreadsheet anew for the next copy."""
        self._first = None

    def assume(self, trial: Trial) -> Trial:
        """The same trial with what it takes for granted, as the copies have it that it was made on."""
        if not trial.touched or trial.rests_on:
            return trial
        if self._first is None or self._start is None:
            self.world()
        first, book = cast(SheetsClient, self._first), cast(Start, self._start).book
        cells = [area if area.cells else replace(area, end_row=1, end_column=1) for area in trial.touched]
        read = first.origin or first.as_read(self._id, [book.a1(area) for area in cells])
        return trial.model_copy(update={"rests_on": assumptions(trial, read)})

    def fresh(self) -> SheetsClient:
        """A client on a new copy of the spreadsheet as it is now."""
        if self._first is None or self._writes != self._client.writes:
            self._first = self._client.scratch(self._id)
            self._writes = self._client.writes
            self._start = None
        return self._first.scratch(self._id)

    def world(self, own: Own = NOTHING_YET, task: str = "") -> World:
        """The spreadsheet as it is now, to take steps on a copy of it.

        Args:
            own: what this run has written itself.
            task: what the person asked for; facts on what it names come only where it is given.
        """
        client = self.fresh()
        if self._start is None:
            self._start = Start.of(client, self._id)
        return World(client, self._id, own, self._client.local, task, self._start, self.guard)

    def attempt(self, plan: Plan, own: Own = NOTHING_YET, task: str = "") -> Trial:
        """Try a plan on a copy; the spreadsheet itself is only read.

        Args:
            plan: what to try.
            own: what this run has written itself.
            task: what the person asked for.

        Returns:
            The facts found, the difference, and the requests of each step, in the plan's order.
        """
        world = self.world(own, task)
        for index, step in enumerate(plan.steps):
            world.take(index, step.action)
        return self.assume(world.trial())
