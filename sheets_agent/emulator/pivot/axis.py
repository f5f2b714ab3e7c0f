"""One side of a pivot table: its groups in order, and the totals between them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from sheets_agent.emulator.pivot.model import BLANK, JSON, Label, Path, PivotCell

Rank = Callable[[int, Path], tuple[object, ...]]
"""The sort key of a group of a level, given its path."""


@dataclass(frozen=True, slots=True)
class Line:
    """One row or column of the table.

    Attributes:
        path: the group it shows; shorter than the number of fields for a total or a collapsed group, empty for the
            grand total.
        total: whether it is a total.
    """

    path: Path
    total: bool = False


def ordered(groups: Sequence[JSON], paths: Sequence[Path], rank: Rank) -> dict[Path, list[Path]]:
    """For every group of one side, the groups in it in their order; those of the outermost field are in the group ().

    Args:
        groups: the PivotGroups, outermost first.
        paths: the innermost groups.
        rank: how the groups of a level sort, upwards.
    """
    children: dict[Path, dict[Path, None]] = {}  # sets that keep their order
    for path in paths:
        for level in range(len(groups)):
            children.setdefault(path[:level], {})[path[: level + 1]] = None
    return {parent: _sorted(list(found), groups[len(parent)], rank) for parent, found in children.items()}


def _sorted(paths: Sequence[Path], group: JSON, rank: Rank) -> list[Path]:
    return sorted(paths, key=lambda path: rank(len(path) - 1, path), reverse=group.get("sortOrder") == "DESCENDING")


def lines(groups: Sequence[JSON], paths: Sequence[Path], rank: Rank) -> list[Line]:
    """The lines of one side.

    The totals of a field follow its groups where the field shows totals: those of the outermost field are the grand
    total, those of an inner field the subtotal of the group around it. A collapsed group is one line with its totals.
    """
    if not groups:
        return [Line(())]
    children = ordered(groups, paths, rank)

    def below(path: Path) -> Iterator[Line]:
        level = len(path)
        if level == len(groups) or (path and _collapsed(groups[level - 1], path[-1])):
            yield Line(path)
            return
        for child in children.get(path, ()):
            yield from below(child)
        if groups[level].get("showTotals"):
            yield Line(path, total=True)

    return list(below(()))


def _collapsed(group: JSON, label: Label) -> bool:
    return any(item.get("collapsed") and label.shows(item.get("value", {})) for item in group.get("valueMetadata", []))


def headings(groups: Sequence[JSON], drawn: Sequence[Line], repeat: bool) -> list[list[PivotCell]]:
    """The labels that stand beside each line, one per field.

    A label stands on the first line of its group only, unless the field repeats its headings.

    Args:
        groups: the PivotGroups, outermost first.
        drawn: the lines.
        repeat: whether repeatHeadings counts; it does on rows only.
    """
    result = []
    before: Path = ()
    for line in drawn:
        cells = [BLANK] * len(groups)
        for level, label in enumerate(line.path):
            again = repeat and bool(groups[level].get("repeatHeadings"))
            if again or before[: level + 1] != line.path[: level + 1]:
                cells[level] = label.cell
        if line.total and groups:
            level = max(0, len(line.path) - 1)
            cells[level] = PivotCell(f"{line.path[-1].text} Total" if line.path else "Grand Total")
        result.append(cells)
        before = line.path
    return result
