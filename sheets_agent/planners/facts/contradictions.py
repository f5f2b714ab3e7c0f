"""Steps of one plan that write different things to one cell: the later one silently takes back the earlier one."""

from __future__ import annotations

from collections.abc import Sequence

from sheets_agent.a1 import GridRange
from sheets_agent.planners.facts.report import error
from sheets_agent.planners.snapshot import Change, Key, address
from sheets_agent.sheets.book import Book
from sheets_agent.state.planned import Fact

SHOWN = 3


class Entered:
    """What the steps of a plan have entered so far, cell by cell."""

    def __init__(self) -> None:
        self._by: dict[Key, tuple[int, str]] = {}

    def copy(self) -> Entered:
        """The same, to go on with apart."""
        other = Entered()
        other._by = dict(self._by)
        return other

    def moved(self) -> None:
        """Cells moved: what was entered stands elsewhere now, and is no longer followed."""
        self._by.clear()

    def contradictions(
        self, step: int, changed: Sequence[Change], areas: Sequence[GridRange], reads: Sequence[GridRange], book: Book
    ) -> list[Fact]:
        """A fact when a step enters something else where an earlier step has entered something.

        A step that reads the cell it writes works on what is there, as a fill does on its seed or trimming on a text. A
        formula in the place of a constant is an example or a placeholder that is filled in. Neither contradicts.

        Args:
            step: its zero-based index.
            changed: the cells it changed.
            areas: the ranges it writes.
            reads: the ranges it reads.
            book: the spreadsheet after it.
        """
        found: list[tuple[Change, int]] = []
        for change in changed:
            if not _within(change.key, areas):
                continue
            earlier, text = self._by.get(change.key, (step, ""))
            if _unlike(text, change.after) and not _within(change.key, reads):
                found.append((change, earlier))
            if change.after:
                self._by[change.key] = (step, change.after)
            else:
                self._by.pop(change.key, None)
        if not found:
            return []
        told = ", ".join(
            f"“{change.after[:40]}” to {address(book, change.key)}, where step {earlier + 1} has written "
            f"“{change.before[:40]}”"
            for change, earlier in found[:SHOWN]
        )
        more = f", and so in {len(found) - SHOWN} more cells" if len(found) > SHOWN else ""
        return [error("contradiction", step, f"Step {step + 1} writes {told}{more}.", address(book, found[0][0].key))]


def _unlike(earlier: str, later: str) -> bool:
    if not earlier or not later or earlier == later:
        return False
    return earlier.startswith("=") or not later.startswith("=")


def _within(key: Key, areas: Sequence[GridRange]) -> bool:
    sheet, row, column = key
    return any(area.contains(GridRange(sheet, row, row + 1, column, column + 1)) for area in areas)
