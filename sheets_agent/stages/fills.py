"""The cells that stand out by a background colour, as ranges: “delete the yellow rows” needs them."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence

from sheets_agent.a1 import GridRange
from sheets_agent.actions.colours import NAMED
from sheets_agent.stages.cells import background
from sheets_agent.stages.sampling import View

MOST_COLOURS = 6
MOST_RANGES = 10

_NAMES = {f"#{digits}": name for name, digits in reversed(NAMED.items())}


def fills(view: View, headers: frozenset[int]) -> Iterator[str]:
    """One line for each colour, in the order of the first cells.

    Args:
        view: what was looked at.
        headers: zero-based rows of headers; a colour that is in no other row only decorates.
    """
    colours: dict[str, dict[int, list[int]]] = {}
    for (row, column), cell in sorted((*view.cells.items(), *view.empty.items())):
        if (colour := background(cell)) is not None:
            colours.setdefault(colour, {}).setdefault(row, []).append(column)
    marked = {colour: rows for colour, rows in colours.items() if rows.keys() - headers}
    partly = ", in the rows that were read" if view.skipped else ""
    for colour, rows in itertools.islice(marked.items(), MOST_COLOURS):
        areas = [GridRange(view.sheet.sheet_id, *area).to_a1() for area in _rectangles(rows)]
        more = f" and {len(areas) - MOST_RANGES} more ranges" if len(areas) > MOST_RANGES else ""
        yield f"background {_NAMES.get(colour, colour)}: {', '.join(areas[:MOST_RANGES])}{more}{partly}"
    if len(marked) > MOST_COLOURS:
        yield f"{len(marked) - MOST_COLOURS} more background colours"


def _rectangles(rows: Mapping[int, Sequence[int]]) -> list[tuple[int, int, int, int]]:
    """Rows of columns as rectangles (top, bottom, left, right), half-open, from the top."""
    done: list[tuple[int, int, int, int]] = []
    growing: dict[tuple[int, int], int] = {}
    last = -2
    for row in sorted(rows):
        runs = dict.fromkeys(_runs(rows[row]))
        for span, top in list(growing.items()):
            if row != last + 1 or span not in runs:
                done.append((top, last + 1, *span))
                del growing[span]
        for span in runs:
            growing.setdefault(span, row)
        last = row
    done += [(top, last + 1, *span) for span, top in growing.items()]
    return sorted(done, key=lambda area: (area[0], area[2]))


def _runs(columns: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Neighbouring columns, half-open."""
    for _, group in itertools.groupby(enumerate(columns), key=lambda pair: pair[1] - pair[0]):
        run = [column for _, column in group]
        yield run[0], run[-1] + 1
