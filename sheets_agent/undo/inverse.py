"""The inverse of a batch: requests that make the spreadsheet what it was before.

It is worked out on local copies, before the batch is sent: what the batch moved is moved back, what then still differs
is put back, and at the end the two are compared again, so that whatever cannot be restored is known and told.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from sheets_agent.emulator.workbook import JSON, Workbook
from sheets_agent.undo.cells import changed_cells, held_cells
from sheets_agent.undo.draft import Draft
from sheets_agent.undo.left import Left, left_by
from sheets_agent.undo.pair import Pair
from sheets_agent.undo.restoring import STEPS
from sheets_agent.undo.structure import moved_back, sheet_of

Request = JSON

ROUNDS = 3
"""A filter that sorts, or a table that writes its header, changes cells once more."""
_NAMES = {
    "spreadsheet": "a property of the spreadsheet",
    "order": "the order of the tabs",
    "tab": "a property of a tab",
    "grid": "the size or frozen part of a tab",
    "merges": "merged cells",
    "basicFilter": "a filter",
    "conditionalFormats": "conditional formats",
    "rowGroups": "grouped rows",
    "columnGroups": "grouped columns",
    "rows": "the height of a row, or whether it is hidden",
    "columns": "the width of a column, or whether it is hidden",
    "namedRanges": "a named range",
    "developerMetadata": "developer metadata",
    "charts": "a chart",
    "slicers": "a slicer",
    "tables": "a table",
    "filterViews": "a filter view",
    "protectedRanges": "a protected range",
    "bandedRanges": "alternating colours",
}


@dataclass(frozen=True)
class Inverse:
    """What undoes a batch.

    Attributes:
        requests: what to send, in order.
        left: what the batch leaves where the inverse will write.
        lost: what the inverse cannot restore, a sentence each.
    """

    requests: tuple[Request, ...]
    left: Left
    lost: tuple[str, ...] = ()


def inverse(before: Workbook, after: Workbook, sent: Sequence[Request] = ()) -> Inverse:
    """What makes a spreadsheet what it was.

    Args:
        before: a copy of it as it was; it is not changed.
        after: a copy of it as it is; it is not changed.
        sent: the requests between the two, where they are known: rows that they moved are moved back.
    """
    draft = Draft(after)
    stays = {sheet.sheet_id for sheet in before.sheets} & {sheet.sheet_id for sheet in after.sheets}
    for request in reversed(sent):
        back = moved_back(request)
        if back is not None and sheet_of(back) in stays:
            draft.apply([back])
    pair = Pair.of(before, draft.workbook)
    left = left_by(pair, after, draft.done)
    draft.refused.clear()
    settled = False
    for _ in range(ROUNDS):
        count = len(draft.done)
        for step in STEPS:
            draft.apply(step(pair))
            if draft.workbook is not pair.now:
                pair = Pair(before, pair.old, draft.workbook)
        settled = len(draft.done) == count
        if settled:
            break
    requests = (*draft.done, *_held(before, sent))
    return Inverse(requests, left, tuple(_lost(pair, all_cells=settled and not draft.refused)))


def _held(before: Workbook, sent: Sequence[Request]) -> list[Request]:
    """Formulas that only Google can calculate, written again where a batch may have changed what they refer to.

    On the copy a value stands for each of them, which no change of structure touches.
    """
    if not before.held or all(kind in _ONLY_CELLS for request in sent for kind in request):
        return []
    return held_cells(before)


_ONLY_CELLS = frozenset(
    {
        "updateCells", "repeatCell", "appendCells", "setDataValidation", "updateBorders", "addChart", "updateChartSpec",
        "addConditionalFormatRule", "updateConditionalFormatRule", "deleteConditionalFormatRule", "addSheet",
        "updateDimensionProperties", "autoResizeDimensions", "addNamedRange", "addProtectedRange", "duplicateSheet",
        "appendDimension", "updateEmbeddedObjectPosition", "deleteEmbeddedObject", "setBasicFilter",
        "clearBasicFilter", "findReplace", "insertDimension",
    }
)  # fmt: skip
"""Requests after which every formula elsewhere refers to the same cells as before, once what they did is undone."""


def _lost(pair: Pair, *, all_cells: bool) -> list[str]:
    kinds = Counter(kind for kind, _, _ in pair.changed)
    found = [
        f"Undoing will not restore {_NAMES.get(kind, kind)} exactly{f' ({number} of them)' if number > 1 else ''}."
        for kind, number in kinds.items()
    ]
    count = 0 if all_cells else sum(1 for one, two in pair.sheets for _ in changed_cells(pair.before, one, two))
    if count:
        found.append(f"Undoing will not restore {count} cell{'s' * (count > 1)} exactly.")
    comments = _comments(pair.before) - _comments(pair.now)
    if comments > 0:
        found.append(f"Undoing will not bring back {comments} comment{'s' * (comments > 1)} on deleted cells.")
    return found


def _comments(workbook: Workbook) -> int:
    return sum(len(sheet.list("commentAnchors")) for sheet in workbook.sheets)
