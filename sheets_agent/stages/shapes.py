"""What a block of cells is: a table with its header, a vertical dictionary, free text, or a pivot table.

Judged by what a person goes by: what is written in words and what is not, what stands out by its format, and how the
rows below a header differ from it.
"""

from __future__ import annotations

import itertools
import re
from collections import Counter
from dataclasses import dataclass, replace
from typing import Literal

from sheets_agent.formulas.values import Value
from sheets_agent.sheets.book import JSON
from sheets_agent.stages.blocks import Block
from sheets_agent.stages.cells import bold, coloured, kind_of
from sheets_agent.stages.sampling import View

LONG_TEXT = 60
HEADER_LENGTH = 80
HEADER_SEARCH = 12
DICTIONARY_ROWS = 40
MIXED = 0.75
"""Values are of mixed kinds when the commonest kind has less than this share."""
YEARS = range(1900, 2101)


@dataclass(frozen=True, slots=True)
class Shape:
    """A block, understood. Its first `header_rows` rows are the header."""

    kind: Literal["table", "dictionary", "text", "pivot"]
    block: Block
    header_rows: int = 0

    @property
    def first_data(self) -> int:
        """The place of the first row of data in `View.rows`."""
        return self.block.top + self.header_rows


def shapes(view: View, block: Block) -> list[Shape]:
    """What a block holds: titles and whatever else stands above the header of a table come out on their own."""
    pivot = next((spec for place in range(block.top, block.bottom) if (spec := _pivot(view, block, place))), None)
    if pivot is not None:
        return [Shape("pivot", block, min(_pivot_header(pivot), block.height))]
    titles, body = _without_titles(view, block)
    return [*(Shape("text", title) for title in titles), *_body(view, body)]


def _pivot(view: View, block: Block, place: int) -> JSON | None:
    return view.cell(view.rows[place], block.left).pivot


def _pivot_header(pivot: JSON) -> int:
    """Rows of a pivot table's header: one for each column group, one for the names of several values, and one more."""
    columns, values = len(pivot.get("columns", ())), len(pivot.get("values", ()))
    return 1 + columns + (1 if columns and values > 1 else 0)


def _body(view: View, block: Block) -> list[Shape]:
    if _is_text(view, block):
        return [Shape("text", block)]
    header = _header(view, block)
    if header is None:
        return [Shape("dictionary" if _is_dictionary(view, block) else "table", block)]
    kind: Literal["table", "dictionary"] = "table"
    if _is_dictionary(view, body := replace(block, top=header.stop)) and _differ(view, body):
        kind = "dictionary"
    table = Shape(kind, replace(block, top=header.start), len(header))
    if header.start == block.top:
        return [table]
    above = _trimmed(view, replace(block, bottom=header.start))
    return [*shapes(view, above), table]


def _row(view: View, block: Block, place: int) -> list[str]:
    return [kind_of(view.cell(view.rows[place], column)) for column in range(block.left, block.right)]


def _filled(kinds: list[str]) -> int:
    return sum(kind != "blank" for kind in kinds)


# -------------------------------------------------------------------------------------------------------------- titles


def _without_titles(view: View, block: Block) -> tuple[list[Block], Block]:
    """Take rows with nothing but a text in the first column off the top of a block that is wider further down."""
    top = block.top
    while block.width > 1 and block.bottom - top > 1:
        kinds = _row(view, block, top)
        below = [_filled(_row(view, block, place)) for place in range(top + 1, min(top + 4, block.bottom))]
        alone = kinds[0] == "text" and _filled(kinds) == 1
        if not alone or max(below) < (3 if block.width > 2 else 2) or _names_columns(view, block, top):
            break
        top += 1
    titles = [Block(block.top, top, block.left, block.right)] if top > block.top else []
    return [_trimmed(view, title) for title in titles], _trimmed(
        view, Block(top, block.bottom, block.left, block.right)
    )


def _names_columns(view: View, block: Block, place: int) -> bool:
    """Whether a row with a single text is the upper row of a header: a merge over some of the columns, not all."""
    row = view.rows[place]
    return any(merge.start_row == row and (merge.start_column or 0) > block.left for merge in view.sheet.merges)


def _trimmed(view: View, block: Block) -> Block:
    columns = [column for place in range(block.top, block.bottom) for column in _used(view, block, place)]
    if not columns:
        return block
    return Block(block.top, block.bottom, min(columns), max(columns) + 1)


def _used(view: View, block: Block, place: int) -> list[int]:
    return [column for column in range(block.left, block.right) if (view.rows[place], column) in view.cells]


# ---------------------------------------------------------------------------------------------------------------- text


def _is_text(view: View, block: Block) -> bool:
    """One cell, a line with a long text, or a few long texts below each other."""
    cells = [
        view.cell(view.rows[place], column)
        for place in range(block.top, block.bottom)
        for column in range(block.left, block.right)
    ]
    texts = [cell.text or str(cell.value) for cell in cells if kind_of(cell) == "text"]
    filled = sum(kind_of(cell) != "blank" for cell in cells)
    if len(texts) < filled or not texts:
        return filled == 1
    if block.width > 1:
        return block.height == 1 and any(len(text) > LONG_TEXT for text in texts)
    long = sum(len(text) > LONG_TEXT for text in texts)
    return filled < 3 or 2 * long >= len(texts)


# -------------------------------------------------------------------------------------------------------------- header


def _header(view: View, block: Block) -> range | None:
    """The places of the header's rows, None when the block starts with data."""
    last = min(block.top + HEADER_SEARCH, max(block.bottom - 1, block.top + 1))
    for place in range(block.top, last):
        if _spans_the_next(view, block, place):
            continue
        if _looks_like_names(view, block, place):
            return range(place, _lowest(view, block, place, last) + 1)
        if _filled(_row(view, block, place)) > block.width // 2 and not _counts(view, block, place):
            return None  # a full row that is no header: data begins here
    return None


def _spans_the_next(view: View, block: Block, place: int) -> bool:
    """Whether a row is a single text merged over every filled column of the next row: a title, not a header's group."""
    used = _used(view, block, place)
    below = _used(view, block, place + 1) if place + 1 < block.bottom else []
    if len(used) != 1 or len(below) < 2:
        return False
    row = view.rows[place]
    return any(
        merge.start_row == row
        and merge.start_column == used[0]
        and used[0] <= min(below)
        and max(below) < (merge.end_column or 0)
        for merge in view.sheet.merges
    )


def _looks_like_names(view: View, block: Block, place: int) -> bool:
    """Whether a row reads like the names of columns: short, mostly texts or years, and unlike the data below."""
    row = view.rows[place]
    cells = [view.cell(row, column) for column in range(block.left, block.right)]
    filled = [cell for cell in cells if kind_of(cell) != "blank"]
    if not filled or 2 * (len(filled) + _covered(view, block, row)) < block.width:
        return False
    kinds = [kind_of(cell) for cell in cells]
    if any(kind not in ("text", "date", "number", "blank") for kind in kinds):
        return False
    if not _is_scale([cell.value for cell in filled if kind_of(cell) == "number"]):
        return False
    columns = range(block.left, block.right)
    dates = [column for column, kind in zip(columns, kinds, strict=True) if kind == "date"]
    if any(_below(view, block, place, column) == "date" for column in dates):
        return False
    if "text" not in kinds:
        return block.width > 2 and _contrast(view, block, place) > 0
    if any(len(cell.text) > HEADER_LENGTH for cell in filled) and not _stands_out(view, block, place):
        return False
    return not _like_below(view, block, place) and not _is_label_column(view, block, place)


def _covered(view: View, block: Block, row: int) -> int:
    """How many cells of a row are covered by a filled cell merged across them."""
    return sum(
        min(merge.end_column or 0, block.right) - (merge.start_column or 0) - 1
        for merge in view.sheet.merges
        if merge.start_row == row
        and block.left <= (merge.start_column or 0) < block.right
        and (row, merge.start_column or 0) in view.cells
    )


def _is_scale(numbers: list[Value]) -> bool:
    """Whether the numbers of a row can be names: none at all, years, or a count in even steps (1, 2, 3, …)."""
    if not numbers:
        return True
    values = [float(number) for number in numbers if isinstance(number, float | int)]
    if any(value != int(value) for value in values):
        return False
    if all(int(value) in YEARS for value in values):
        return True
    steps = {two - one for one, two in itertools.pairwise(values)}
    return len(values) > 2 and len(steps) == 1 and steps.pop() > 0


def _counts(view: View, block: Block, place: int) -> bool:
    """Whether a row holds nothing but a count or years, as it may stand above a header."""
    cells = [view.cell(view.rows[place], column) for column in range(block.left, block.right)]
    numbers = [cell.value for cell in cells if kind_of(cell) == "number"]
    return len(numbers) == _filled([kind_of(cell) for cell in cells]) and _is_scale(numbers)


def _like_below(view: View, block: Block, place: int) -> bool:
    """Whether a text has the very form of the texts below it, digits included, as in “ABC-01” above “ABC-02”."""
    for column in range(block.left, block.right):
        form = _form(view, place, column)
        if "0" not in form:
            continue
        below = [_form(view, under, column) for under in range(place + 1, min(place + 9, block.bottom))]
        if sum(other == form for other in below) > len(below) / 2:
            return True
    return False


def _form(view: View, place: int, column: int) -> str:
    cell = view.cell(view.rows[place], column)
    if kind_of(cell) != "text":
        return ""
    return re.sub(r"[^\W\d]+", "a", re.sub(r"[0-9]", "0", cell.text.strip()))


def _contrast(view: View, block: Block, place: int) -> int:
    """In how many columns the data below is of another kind than the name."""
    different = 0
    for column in range(block.left, block.right):
        name = kind_of(view.cell(view.rows[place], column))
        below = _below(view, block, place, column)
        different += bool(below) and name not in ("blank", below)
    return different


def _below(view: View, block: Block, place: int, column: int) -> str:
    """The commonest kind below a place in a column, "" when nothing is there."""
    kinds = Counter(
        kind_of(view.cell(view.rows[under], column)) for under in range(place + 1, min(place + 30, block.bottom))
    )
    kinds.pop("blank", None)
    return kinds.most_common(1)[0][0] if kinds else ""


def _stands_out(view: View, block: Block, place: int) -> bool:
    """Whether a row is set apart from the next by bold type or colour."""

    def marked(at: int) -> int:
        cells = [view.cell(view.rows[at], column) for column in range(block.left, block.right)]
        return sum(bold(cell) or coloured(cell) for cell in cells if not cell.blank)

    here = marked(place)
    return 2 * here > _filled(_row(view, block, place)) and (place + 1 >= block.bottom or marked(place + 1) < here)


def _is_label_column(view: View, block: Block, place: int) -> bool:
    """Whether the row is a pair of a dictionary rather than a header: “City | Moscow” above “Staff | 12”."""
    if place != block.top or block.width not in (2, 3):
        return False
    if _stands_out(view, block, place):
        return False
    return _is_dictionary(view, block)


def _lowest(view: View, block: Block, place: int, last: int) -> int:
    """Go on to the lower rows of a header of several rows: an upper row has gaps that a lower one fills."""
    while place + 1 < last:
        upper, lower = _row(view, block, place), _row(view, block, place + 1)
        gaps = any(one == "blank" and two != "blank" for one, two in zip(upper, lower, strict=True))
        named = _looks_like_names(view, block, place + 1) and _contrast(view, block, place + 1) > 0
        counted = _filled(lower) > 1 and _counts(view, block, place + 1)
        if not gaps or not (named or counted):
            break
        place += 1
    return place


# ---------------------------------------------------------------------------------------------------------- dictionary


def _differ(view: View, block: Block) -> bool:
    """Whether the values beside the labels are of several kinds (a rate, a date, a sum), not one measure."""
    cells = [view.cell(view.rows[place], block.left + 1) for place in range(block.top, block.bottom)]
    looks = {
        (kind_of(cell), str((cell.number_format or {}).get("pattern"))) for cell in cells if kind_of(cell) != "blank"
    }
    return len(looks) > 2


def _is_dictionary(view: View, block: Block) -> bool:
    """Whether distinct labels stand in the first column and values of mixed kinds beside them."""
    if block.width not in (2, 3) or block.height > DICTIONARY_ROWS:
        return False
    rows = [view.rows[place] for place in range(block.top, block.bottom)]
    labels = [view.cell(row, block.left) for row in rows]
    values = [view.cell(row, block.left + 1) for row in rows]
    named = [cell.text.strip() for cell in labels if kind_of(cell) == "text"]
    if len(named) < max(2, 0.8 * len(rows)) or len(set(named)) < len(named):
        return False
    if any(len(name) > LONG_TEXT for name in named):
        return False
    if sum(name.endswith(":") for name in named) > len(named) / 2:
        return True
    beside = [kind_of(view.cell(row, block.right - 1)) for row in rows] if block.width == 3 else []
    kinds = Counter(kind for kind in map(kind_of, values) if kind != "blank")
    if not kinds or any(kind not in ("text", "blank") for kind in beside):
        return False
    formats = {str((cell.number_format or {}).get("pattern")) for cell in values if kind_of(cell) in ("number", "date")}
    if kind_of(values[0]) not in ("text", "blank"):
        return block.width == 2 or len(kinds) > 1 or len(formats) > 1
    below = {kind for kind in map(kind_of, values[1:]) if kind != "blank"}
    return block.width == 2 and len(below) > 1 and kinds.most_common(1)[0][1] < MIXED * sum(kinds.values())
