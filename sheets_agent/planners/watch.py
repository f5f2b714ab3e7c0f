"""The cells of a copy before the steps and after each: what changed, what it shows now, which errors are new."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import dataclass, replace

from sheets_agent.a1 import GridRange
from sheets_agent.planners import snapshot
from sheets_agent.planners.runs import told
from sheets_agent.planners.snapshot import Block, Change, Key, Snapshot
from sheets_agent.planners.start import Start
from sheets_agent.sheets.book import Book
from sheets_agent.sheets.client import SheetsClient
from sheets_agent.state.planned import Diff

SHOWN_CHANGES = 200
"""Changes listed in a diff; the count of cells is never cut."""


@dataclass(frozen=True)
class Compared:
    """What one step did to the cells that were watched.

    Attributes:
        changed: the cells that hold something else; none where whole rows or columns moved.
        lost: the changes whose former content is gone for good.
        shifts: whether whole rows or columns moved.
        before: the snapshot before the step.
        after: of what was read again after it.
        stale: what was read before and may not be so any more.
    """

    changed: tuple[Change, ...]
    lost: tuple[Change, ...]
    shifts: bool
    before: Snapshot
    after: Snapshot
    stale: tuple[GridRange, ...]


class Watch:
    """What is known of the cells of one copy, which is read no more often than it has to be.

    Args:
        client: a client on the copy.
        start: the copy as it was before any step.

    Attributes:
        shifted: whether a step has moved whole rows or columns.
        blamed: by the cells that came to show an error, the step after which they did first.
    """

    def __init__(self, client: SheetsClient, start: Start) -> None:
        self._client = client
        self._seen = start.cells
        self._errors_at_first = start.errors
        self._shifted_away: set[Key] = set()
        self._changes: dict[Key, Change] = {}
        self.shifted = False
        self.blamed: dict[Key, int] = {}

    def fork(self, client: SheetsClient) -> Watch:
        """The same on another copy, to go on with apart."""
        other = copy(self)
        other._client = client
        other._shifted_away = set(self._shifted_away)
        other._changes, other.blamed = dict(self._changes), dict(self.blamed)
        return other

    def before(self, book: Book, watched: Sequence[GridRange]) -> Snapshot:
        """What is known, with some areas read that were not."""
        unseen = [area for area in watched if area not in self._seen.blocks]
        return self._seen.with_blocks(snapshot.take(self._client, book, unseen)) if unseen else self._seen

    def block(self, book: Book, area: GridRange) -> Block | None:
        """What was read of a sheet, or of a range on a very large one."""
        watched = snapshot.areas_to_watch(book, [area])
        self._seen = self.before(book, watched)
        return self._seen.blocks[watched[0]] if watched else None

    def is_blank(self, book: Book, area: GridRange) -> bool:
        """Whether no cell of a bounded range shows anything now."""
        watched = snapshot.areas_to_watch(book, [area])
        self._seen = self.before(book, watched)
        return all(not self._seen.blocks[whole].fills(area) for whole in watched)

    def compare(self, book: Book, before: Snapshot, areas: Sequence[GridRange], shifts: bool) -> Compared:
        """Look what a step did. What is known stays as it was before it, until it is kept.

        Args:
            book: the spreadsheet after the step.
            before: what was known before it.
            areas: the ranges it wrote.
            shifts: whether it moved whole rows or columns.
        """
        watched = snapshot.areas_to_watch(book, areas)
        stale = _stale(before, watched, shifts)
        again = [kept for area in stale if is_present(book, area.sheet_id) and (kept := book.clipped(area)).cells]
        after = snapshot.take(self._client, book, dict.fromkeys([*again, *watched]))
        changed = {} if shifts else {change.key: change for change in snapshot.changes(before, after)}
        lost = snapshot.gone([one for one in changed.values() if not _worked_out(one, before, after)])
        return Compared(tuple(changed.values()), tuple(lost), shifts, before, after, stale)

    def keep(self, step: int, found: Compared) -> None:
        """Take what a step did for what is known."""
        if found.shifts:
            self.shifted = True
            self._shifted_away |= self._changes.keys()
        for change in found.changed:
            first = self._changes.get(change.key)
            moved = change.key in self._shifted_away  # what stood there stands elsewhere now
            self._changes[change.key] = change if first is None or moved else _joined(first, change)
            self._shifted_away.discard(change.key)
        for key in found.after.errors().keys() - found.before.errors().keys():
            self.blamed.setdefault(key, step)
        self._seen = found.before.without(found.stale).with_blocks(found.after)

    def settle(self, book: Book) -> None:
        """Keep what the changed cells show, before they move or at the end."""
        still = [key for key in self._changes if key not in self._shifted_away and is_present(book, key[0])]
        now = snapshot.shown(self._client, book, still)
        self._changes.update({key: replace(self._changes[key], shown=now.get(key, "")) for key in still})

    def errors(self, book: Book) -> dict[Key, str]:
        """The cells of all sheets that show an error now; of very large sheets, only where steps wrote."""
        present = {sheet.sheet_id for sheet in book.sheets}
        written = {key: text for key, text in self._seen.errors().items() if key[0] in present}
        small = snapshot.whole_sheets(book)
        everywhere = snapshot.values(self._client, book, small, "UNFORMATTED_VALUE").errors()
        whole = {area.sheet_id for area in small}
        return everywhere | {key: text for key, text in written.items() if key[0] not in whole}

    def new_errors(self, now: Mapping[Key, str]) -> dict[Key, str]:
        """The errors that were not there before the plan.

        Where rows or columns moved, old errors stand at new addresses: there only a growing number is new.
        """
        new = {key: text for key, text in now.items() if key not in self._errors_at_first}
        if not self.shifted:
            return new
        before = Counter(key[0] for key in self._errors_at_first)
        after = Counter(key[0] for key in now)
        return {key: text for key, text in new.items() if after[key[0]] > before[key[0]]}

    def diff(self, book: Book, objects: Sequence[str]) -> Diff:
        """What changed, as it is shown now: a later step may have given a cell another format."""
        changed = [
            change
            for change in self._changes.values()
            if change.before != change.after and is_present(book, change.key[0])
        ]
        return Diff(
            cells=tuple(told(book, changed)[:SHOWN_CHANGES]),
            cell_count=len(changed),
            overwritten=sum(change.overwrote for change in changed),
            objects=tuple(objects),
            moved=self.shifted,
        )


def is_present(book: Book, sheet_id: int) -> bool:
    """Whether a spreadsheet has a sheet."""
    return any(sheet.sheet_id == sheet_id for sheet in book.sheets)


def _stale(before: Snapshot, watched: Sequence[GridRange], shifts: bool) -> tuple[GridRange, ...]:
    """What was read before a step and may not be so any more, though not all of it is read again."""
    if shifts:
        return tuple(before.blocks)
    return tuple(area for area in before.blocks if any(area.intersection(other) for other in watched))


def _worked_out(change: Change, before: Snapshot, after: Snapshot) -> bool:
    """Whether a formula comes in the place of a constant and shows the same: an example filled in by hand."""
    if change.before.startswith("=") or not change.after.startswith("="):
        return False
    return before.value(change.key) == after.value(change.key)


def _joined(first: Change, last: Change) -> Change:
    return Change(last.key, first.before, last.after, last.shown)
