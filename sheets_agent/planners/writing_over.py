"""Facts on steps that write over cells: over what the person has there, and over what an earlier step wrote."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from sheets_agent.a1 import GridRange
from sheets_agent.guard.check import NOBODY, Guard
from sheets_agent.planners import snapshot
from sheets_agent.planners.facts.asked import Task
from sheets_agent.planners.facts.ground import Ground
from sheets_agent.planners.snapshot import Change
from sheets_agent.sheets.book import Book
from sheets_agent.state.planned import Fact, Severity

SHOWN_ADDRESSES = 5

REWRITING = frozenset({"clear_range", "find_replace", "move_range", "remove_duplicates", "sort_range"})
"""Actions that write over cells by what they are."""


def overwritten(step: int, kind: str, lost: Sequence[Change], ground: Ground, task: Task, guard: Guard) -> Fact:
    """The fact that a step loses what stood in cells: an error where nobody may let it.

    Args:
        step: its zero-based index.
        kind: of its action.
        lost: the changes by which something of the person's is gone; at least one.
        ground: the spreadsheet.
        task: what the person asked for.
        guard: the scope of the run.
    """
    book = ground.book
    examples = ", ".join(
        f"{snapshot.address(book, change.key)} (“{change.before[:40]}”)" for change in lost[:SHOWN_ADDRESSES]
    )
    more = f" and {len(lost) - SHOWN_ADDRESSES} more" if len(lost) > SHOWN_ADDRESSES else ""
    sentence = f"Overwrites {len(lost)} cell{'s' * (len(lost) > 1)} that held something: {examples}{more}."
    where = snapshot.address(book, lost[0].key)
    named = _asks_for(lost, ground, task)
    asked = kind in REWRITING or named
    scope = guard.scope
    if scope.alone and not named and not (asked and guard.asks_for(kind)) and not scope.only:
        sentence += f" The task does not ask for it, and {NOBODY} To let it, name the cells with --only."
        return Fact(kind="overwrite", severity=Severity.ERROR, step=step, address=where, sentence=sentence)
    return Fact(kind="overwrite", severity=Severity.WARNING, step=step, address=where, sentence=sentence, asked=asked)


def _asks_for(lost: Sequence[Change], ground: Ground, task: Task) -> bool:
    """Whether the task names the cells that are written over, by address or by column."""
    columns: dict[tuple[int, int], list[int]] = {}
    for change in lost:
        columns.setdefault((change.key[0], change.key[2]), []).append(change.key[1])
    return all(
        task.names(GridRange(sheet, min(rows), max(rows) + 1, column, column + 1), ground)
        for (sheet, column), rows in columns.items()
    )


def overlaps(
    step: int, kind: str, areas: Sequence[GridRange], written: Iterable[tuple[int, GridRange]], book: Book
) -> Iterator[Fact]:
    """The facts that a step writes where earlier ones have written.

    Args:
        step: its zero-based index.
        kind: of its action.
        areas: the ranges it writes.
        written: the ranges that earlier steps wrote, each with the step's index.
        book: the spreadsheet after it.
    """
    for earlier, area in written:
        common = next((found for mine in areas if (found := area.intersection(mine))), None)
        if common is not None:
            where = book.a1(common)
            sentence = f"Step {step + 1} writes {where}, which step {earlier + 1} has written already."
            asked = kind in REWRITING
            yield Fact(
                kind="overlap", severity=Severity.WARNING, step=step, address=where, sentence=sentence, asked=asked
            )
