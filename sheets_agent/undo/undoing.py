"""Take back what a run wrote: look for what changed since, ask, and write it as one batch that can be undone itself."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sheets_agent import threads
from sheets_agent.emulator.workbook import JSON
from sheets_agent.errors import PersonNeeded, Rejected, UsageError
from sheets_agent.feedback.person import Person
from sheets_agent.feedback.said import agrees
from sheets_agent.settings import Settings
from sheets_agent.sheets.markers import Marker
from sheets_agent.sheets.unmarking import STAYS, remove_marks
from sheets_agent.state.done import Question
from sheets_agent.targets import OnWait, Target, open_target
from sheets_agent.undo.conflicts import conflicts
from sheets_agent.undo.draft import Draft
from sheets_agent.undo.files import put_back, what_changed
from sheets_agent.undo.inverse import Inverse
from sheets_agent.undo.journal import UNDONE, UNKNOWN, WRITTEN, Author, Entry, Journal
from sheets_agent.undo.recording import Recorder, held, workbook_of
from sheets_agent.undo.results import PastRun, Undone
from sheets_agent.undo.structure import moved_back

Request = JSON

SHOWN = 10
"""Conflicts that are told; their count is never cut."""
_ALREADY = "It was undone before; only the answer had been lost."
_YES, _NO = "undo it all the same", "leave everything as it is"


@dataclass(frozen=True)
class Undoing:
    """How a run is undone.

    Attributes:
        settings: credentials and time limits.
        person: who is asked about conflicts; None when nobody is here.
        force: write over what somebody changed since, without asking.
        dry_run: write nothing.
        on_wait: told when a call has to wait.
        target: the spreadsheet where it is open already; it stays so.
        name: the end of the id of this undoing; by default another one each time.
    """

    settings: Settings
    person: Person | None = None
    force: bool = False
    dry_run: bool = False
    on_wait: OnWait | None = None
    target: Target | None = None
    name: str = ""

    def run(self, run_id: str, journal: Journal) -> Undone:
        """Take back all that a run wrote.

        Raises:
            UsageError: nothing is known of it, it is undone already, or it cannot be undone any more.
            PersonNeeded: something changed since, and nobody is here to ask.
            Rejected: the person said no.
            FileError: the journal or the file cannot be read or written.
            SheetsError: the spreadsheet is gone, or refuses.
        """
        entries = _open_entries(run_id, journal)
        begun = [entry for entry in journal.entries(place=entries[0].place) if _began(entry, run_id)]
        own = f"{threads.thread_of(run_id)}.{self.name}" if self.name else threads.next_run(run_id)
        author = Author(begun[-1].run if begun else own, f"Undo: {entries[0].task}", run_id)
        if entries[0].file:
            return self._file(entries, author, begun, journal)
        return self._sheet(entries, author, begun, journal)

    # ---------------------------------------------------------------------------------------------- spreadsheets

    def _sheet(self, entries: Sequence[Entry], author: Author, begun: Sequence[Entry], journal: Journal) -> Undone:
        place = entries[0].place
        marker = Marker(author.run, 1)
        target = self.target or open_target(place, self.settings, reading=self.dry_run, on_wait=self.on_wait)
        try:
            if begun and marker.id in target.client.marked(place):
                notes = () if self.dry_run else (*_landed(begun, journal), STAYS)
                return self._told(author, place, notes=(_ALREADY, *notes))
            copy = target.client.scratch(place)
            back = _taken_back(entries, journal, Draft(workbook_of(copy, place)))
            found = [*back.conflicts, *_later(entries, journal, back.conflicts)]
            told = self._told(
                author,
                place,
                requests=len(back.requests),
                conflicts=tuple(found[:SHOWN]),
                conflict_count=len(back.conflicts),
                notes=tuple(dict.fromkeys([*copy.notes, *back.notes])),
            )
            if self.dry_run:
                return told
            self._ask(told)
            if not back.requests:
                journal.undone(author.undoes, author.run)
                return told
            recorder = Recorder(author, journal, file=False)
            with recorder.writing(place, lambda: copy.scratch(place), back.requests) as requests:
                _forget(begun, journal)
                target.client.batch_update(place, requests, marker=marker)
            notes = (*told.notes, *recorder.notes, *remove_marks(target.client, place, [marker.id]))
            return told.model_copy(update={"notes": notes})
        finally:
            if self.target is None:
                target.close()

    # ----------------------------------------------------------------------------------------------------- files

    def _file(self, entries: Sequence[Entry], author: Author, begun: Sequence[Entry], journal: Journal) -> Undone:
        path = Path(entries[0].place)
        if begun and held(path) == journal.contents(begun[-1])[1]:
            notes = () if self.dry_run else _landed(begun, journal)
            return self._told(author, str(path), notes=(_ALREADY, *notes))
        first, _ = journal.contents(entries[0])
        _, last = journal.contents(entries[-1])
        found = what_changed(path, first, last)
        told = self._told(
            author,
            str(path),
            requests=len(found.requests),
            conflicts=found.conflicts[:SHOWN],
            conflict_count=len(found.conflicts),
            notes=found.notes,
        )
        if self.dry_run:
            return told
        self._ask(told)
        recorder = Recorder(author, journal, file=True)
        losses = put_back(path, found, recorder.saving)
        _forget(begun, journal)
        return told.model_copy(update={"notes": (*told.notes, *losses, *recorder.notes)})

    def _told(self, author: Author, place: str, **found: Any) -> Undone:
        return Undone(run_id=author.run, undone=author.undoes, place=place, dry_run=self.dry_run, **found)

    def _ask(self, told: Undone) -> None:
        if not told.conflict_count or self.force:
            return
        count = told.conflict_count
        more = f" (and {count - SHOWN} more)" if count > SHOWN else ""
        changed = "\n".join(f"- {sentence}" for sentence in told.conflicts) + more
        if self.person is None:
            raise PersonNeeded(
                f"Since run {told.undone}, {count} thing{'s' * (count > 1)} changed where undoing would write.",
                f"{changed}\nTo write over them: sheets-agent undo {told.undone} --yes",
            )
        asked = Question(text="This changed since, and undoing writes over it.", options=(_YES, _NO), about=changed)
        if not agrees(self.person.answer([asked]), _YES):
            raise Rejected(f"Run {told.undone} was not undone.", "Nothing was changed.")


def _began(entry: Entry, run_id: str) -> bool:
    """Whether an entry is an undoing of a run of which nobody knows whether it came to its end."""
    return entry.undoes == run_id and entry.state == UNKNOWN


def _landed(begun: Sequence[Entry], journal: Journal) -> tuple[str, ...]:
    """Put down that an undoing has landed, of which the answer, or the process, was lost."""
    _forget(begun[:-1], journal)
    journal.landed(begun[-1].id)
    return begun[-1].lost


def _forget(begun: Sequence[Entry], journal: Journal) -> None:
    """Undoings that did not land: the next one has their marker, so that they never will."""
    for entry in begun:
        journal.refused(entry.id)


@dataclass(frozen=True)
class _Back:
    requests: tuple[Request, ...]
    conflicts: tuple[str, ...]
    notes: tuple[str, ...]


def _taken_back(entries: Sequence[Entry], journal: Journal, draft: Draft) -> _Back:
    """What takes the batches back, the last one first, tried on a copy of the spreadsheet as it is."""
    found: list[str] = []
    notes: list[str] = []
    for entry in reversed(entries):
        inverse = journal.inverse(entry)
        if entry.lost and not inverse.requests:
            raise UsageError(f"Run {entry.run} cannot be undone. {entry.lost[0]}", "Use the version history.")
        clashing = conflicts(inverse.left, draft.workbook, exact=False)
        if entry.state == UNKNOWN and clashing and len(clashing) >= _size(inverse):
            notes.append("A batch whose answer was lost never landed; there is nothing of it to undo.")
            continue
        found += clashing
        notes += entry.lost
        draft.apply(inverse.requests)
    _check(draft, entries[0].run)
    notes += [f"Not restored: {why}" for _, why in draft.refused]
    return _Back(tuple(draft.done), tuple(found), tuple(dict.fromkeys(notes)))


def _size(inverse: Inverse) -> int:
    return inverse.left.cell_count + len(inverse.left.things)


def _check(draft: Draft, run_id: str) -> None:
    """Whatever moves cells has to go, or all that follows would be written elsewhere."""
    for request, why in draft.refused:
        if moved_back(request) is not None:
            raise UsageError(
                f"Run {run_id} cannot be undone any more: rows or columns changed too much since ({why}).",
                "Undo the runs after it first, or use the spreadsheet's version history.",
            )


def _later(entries: Sequence[Entry], journal: Journal, clashes: Sequence[str]) -> list[str]:
    """The runs that wrote in the same spreadsheet later, when something is not as this run left it."""
    if not clashes:
        return []
    last = entries[-1]
    later = [
        entry
        for entry in journal.entries(place=last.place)
        if entry.id > last.id and entry.state == WRITTEN and entry.run != last.run
    ]
    return [
        f"Run {run} wrote later (“{next(group).task[:80]}”): undoing it first may settle this."
        for run, group in itertools.groupby(later, lambda entry: entry.run)
    ]


def _open_entries(run_id: str, journal: Journal) -> list[Entry]:
    """What a run wrote and what was not undone.

    Raises:
        UsageError: nothing.
    """
    entries = journal.entries(run=run_id)
    if not entries:
        raise UsageError(
            f"Nothing is known of a run {run_id} that wrote something.", "The runs are listed by: sheets-agent history"
        )
    left = [entry for entry in entries if entry.state != UNDONE]
    if not left:
        by = entries[-1].undone_by
        raise UsageError(f"Run {run_id} is undone already.", f"To do its work again: sheets-agent undo {by}")
    return left


def last_to_undo(journal: Journal) -> str:
    """The last run that wrote something and is neither undone nor an undoing.

    Raises:
        UsageError: there is none.
    """
    found = [entry.run for entry in journal.entries() if entry.state != UNDONE and not entry.undoes]
    if not found:
        raise UsageError("There is no run to undo.", "The runs are listed by: sheets-agent history")
    return found[-1]


def past_runs(journal: Journal, limit: int | None = None, place: str | None = None) -> list[PastRun]:
    """The runs that wrote something, in one place or anywhere, newest first."""
    runs: dict[str, list[Entry]] = {}
    for entry in journal.entries(place=place):
        runs.setdefault(entry.run, []).append(entry)
    newest = sorted(runs.values(), key=lambda entries: entries[-1].id, reverse=True)
    return [_past(entries) for entries in newest[:limit]]


def _past(entries: Sequence[Entry]) -> PastRun:
    states = {entry.state for entry in entries}
    state = states.pop() if len(states) == 1 else "partly undone" if UNDONE in states else UNKNOWN
    last = entries[-1]
    return PastRun.model_validate(
        {
            "run_id": last.run,
            "at": last.at,
            "place": last.place,
            "task": last.task,
            "state": state,
            "cells": sum(entry.cells for entry in entries),
            "undoes": last.undoes,
            "undone_by": last.undone_by,
            "notes": tuple(dict.fromkeys(_flat(entry.lost for entry in entries))),
        }
    )


def _flat(lists: Iterable[Sequence[str]]) -> list[str]:
    return [one for found in lists for one in found]
