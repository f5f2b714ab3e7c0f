"""Finding what a sheet holds, by code alone: regions with exact ranges, headers, column types, sampled rows.

Reads top-down: look at samples (`sampling`), cut them into blocks (`blocks`), tell what each block is (`shapes`),
describe its columns (`columns`), choose the rows to show, and list the other objects (`objects`).
"""

from __future__ import annotations

import bisect
import itertools
from collections.abc import Iterable, Sequence

from sheets_agent.a1 import GridRange, column_letters
from sheets_agent.sheets.book import CellView, SheetInfo
from sheets_agent.stages import blocks, columns, objects, sampling, unseen
from sheets_agent.stages.cells import kind_of
from sheets_agent.stages.fills import fills
from sheets_agent.stages.sampling import Load, View
from sheets_agent.stages.shapes import Shape, shapes
from sheets_agent.state.described import Region, SheetDescription

MOST_REGIONS = 30
MOST_COLUMNS_SHOWN = 40
LEAST_ROWS = 3
MOST_ROWS = 50
MOST_BETWEEN = 3
CELL_LENGTH = 80
TEXT_LENGTH = 300


def describe_sheet(sheet: SheetInfo, load: Load, budget: int) -> SheetDescription:
    """Describe one sheet.

    Args:
        sheet: its metadata.
        load: reads ranges of cells; called a handful of times, never with a whole large sheet.
        budget: cells shown in sampled rows, all regions together.
    """
    view = sampling.look(sheet, load)
    found = [shape for block in blocks.find(view) for shape in shapes(view, block)]
    shown = found[:MOST_REGIONS]
    shares = _shares(shown, budget)
    regions = tuple(_region(view, shape, share) for shape, share in zip(shown, shares, strict=True))
    headers = frozenset(region.header_row - 1 for region in regions if region.header_row)
    return SheetDescription(
        title=sheet.title,
        sheet_id=sheet.sheet_id,
        row_count=sheet.row_count,
        column_count=sheet.column_count,
        hidden=sheet.hidden,
        regions=regions,
        objects=(*objects.lines(view), *fills(view, headers)),
        notes=tuple(_notes(view, found)),
    )


def _notes(view: View, found: Sequence[Shape]) -> Iterable[str]:
    yield from sampling.unread(view)
    yield from unseen.notes(view)
    if len(found) > MOST_REGIONS:
        more = found[MOST_REGIONS:]
        yield f"{len(more)} more blocks of cells, from {_a1(view, more[0])} on, are not described"
    for shape in found:
        texts = [column_letters(column) for column in _columns(shape) if _holds_numbers_as_text(view, shape, column)]
        if texts:
            yield f"numbers or dates are stored as text in column {', '.join(texts)} of {_a1(view, shape)}"
    notes = sum(cell.note is not None for cell in (*view.cells.values(), *view.empty.values()))
    if notes:
        yield f"{notes} {'cell has a note' if notes == 1 else 'cells have notes'}"


def _holds_numbers_as_text(view: View, shape: Shape, column: int) -> bool:
    rows = view.rows[shape.first_data : shape.block.bottom]
    return shape.kind == "table" and columns.numbers_as_text([view.cell(row, column) for row in rows], view.locale)


def _shares(found: Sequence[Shape], budget: int) -> list[int]:
    """Cells each region may show: small regions take what they need, large ones share what is left."""
    needs = [shape.block.height * shape.block.width for shape in found]
    shares = [0] * len(found)
    left = budget
    for place, index in enumerate(sorted(range(len(found)), key=needs.__getitem__)):
        shares[index] = min(needs[index], left // (len(found) - place))
        left -= shares[index]
    return shares


def _region(view: View, shape: Shape, share: int) -> Region:
    data = view.rows[shape.first_data : shape.block.bottom]
    wide = _columns(shape)[:MOST_COLUMNS_SHOWN]
    chosen = _chosen(data, min(MOST_ROWS, max(LEAST_ROWS, share // len(wide))))
    region = Region(kind=shape.kind, range=_a1(view, shape), not_shown=_not_shown(shape, view, chosen, wide))
    if shape.kind == "text":
        return region.model_copy(update={"rows": tuple(_row(view, row, wide, {}, TEXT_LENGTH) for row in chosen)})
    header = view.rows[shape.block.top : shape.first_data]
    repeated = {
        column: columns.repeated_formula(data, [view.cell(row, column) for row in data]) for column in _columns(shape)
    }
    return region.model_copy(
        update={
            "header_row": header[-1] + 1 if header else None,
            "columns": tuple(
                columns.describe(view, column, header, data, formula) for column, formula in repeated.items()
            ),
            "rows": tuple(_row(view, row, wide, repeated, CELL_LENGTH) for row in chosen),
        }
    )


def _columns(shape: Shape) -> range:
    return range(shape.block.left, shape.block.right)


def _a1(view: View, shape: Shape) -> str:
    block = shape.block
    top, bottom = view.rows[block.top], view.rows[block.bottom - 1] + 1
    return GridRange(view.sheet.sheet_id, top, bottom, block.left, block.right).to_a1(view.sheet.title)


# --------------------------------------------------------------------------------------------------------------- rows


def _chosen(rows: Sequence[int], count: int) -> list[int]:
    """Rows to show: all when they fit, else most from the top, the last two, and some spread between."""
    if len(rows) <= count:
        return list(rows)
    tail = 2 if count >= 5 else 1
    middle = min(MOST_BETWEEN, (count - tail) // 4)
    head = count - tail - middle
    between = rows[head : len(rows) - tail]
    step = (between[-1] - between[0]) / (middle + 1)
    picked = [between[bisect.bisect_left(between, between[0] + step * place)] for place in range(1, middle + 1)]
    return sorted({*rows[:head], *picked, *rows[len(rows) - tail :]})


def _row(
    view: View, row: int, wide: Iterable[int], repeated: dict[int, columns.Repeated | None], length: int
) -> tuple[str, ...]:
    """A row as shown, its one-based number first.

    A formula stands in braces behind its value, but not where it is a copy of its column's repeated one.
    """
    texts = []
    for column in wide:
        cell = view.cell(row, column)
        start, pattern = repeated.get(column) or (row, None)
        copy = pattern is not None and row != start and columns.follows(pattern, cell.formula, row - start)
        texts.append(_shown(cell, length, with_formula=not copy))
    return (str(row + 1), *texts)


def _shown(cell: CellView, length: int, *, with_formula: bool) -> str:
    text = cell.text if cell.text or kind_of(cell) == "blank" else str(cell.value)
    formula = f" {{{_cut(cell.formula, length)}}}" if with_formula and cell.formula is not None else ""
    return (_cut(text.strip(), length) + formula).strip()


def _cut(text: str, length: int) -> str:
    return text if len(text) <= length else text[: length - 1] + "…"


def _not_shown(shape: Shape, view: View, chosen: Sequence[int], wide: Sequence[int]) -> str:
    parts = []
    first, last = shape.first_data, shape.block.bottom
    if first < last:
        hidden = _gaps(view.rows[first], view.rows[last - 1], chosen)
        if hidden:
            single = len(hidden) == 1 and hidden[0][0] == hidden[0][1]
            listed = ", ".join(f"{start}–{end}" if end > start else str(start) for start, end in hidden)
            parts.append(f"row{'' if single else 's'} {listed}")
    if len(wide) < shape.block.width:
        parts.append(f"the cells of columns {column_letters(wide[-1] + 1)}–{column_letters(shape.block.right - 1)}")
    return " and ".join(parts)


def _gaps(first: int, last: int, chosen: Sequence[int]) -> list[tuple[int, int]]:
    """One-based stretches of rows between `first` and `last` that are not among the chosen."""
    edges = [first - 1, *chosen, last + 1]
    return [(before + 2, after) for before, after in itertools.pairwise(edges) if after > before + 1]
