"""The action vocabulary: everything the agent can do to a spreadsheet."""

from __future__ import annotations

import difflib
from typing import Annotated, get_args

from pydantic import Field

from sheets_agent.actions.base import Action
from sheets_agent.actions.charts import CreateChart, DeleteChart, UpdateChart
from sheets_agent.actions.data import FilterRange, RemoveDuplicates, SortRange
from sheets_agent.actions.formats import FormatCells, MergeCells, SetBorders, UnmergeCells
from sheets_agent.actions.formulas import RepeatFormula
from sheets_agent.actions.pivots import CreatePivot
from sheets_agent.actions.ranges import ClearRange, CopyRange, MoveRange, NamedRange
from sheets_agent.actions.reading import Calculate, ReadRange
from sheets_agent.actions.rows_columns import DeleteColumns, DeleteRows, InsertColumns, InsertRows, ResizeColumns
from sheets_agent.actions.rules import ConditionalFormat, DataValidation, ProtectRange
from sheets_agent.actions.series import FillSeries
from sheets_agent.actions.sheets import AddSheet, DeleteSheet, DuplicateSheet, Freeze, RenameSheet
from sheets_agent.actions.texts import FindReplace, SplitText
from sheets_agent.actions.values import FillConstant, WriteCell, WriteTable
from sheets_agent.errors import ActionError

AnyAction = Annotated[
    WriteTable
    | WriteCell
    | RepeatFormula
    | FillConstant
    | FillSeries
    | CreatePivot
    | CreateChart
    | UpdateChart
    | DeleteChart
    | ReadRange
    | Calculate
    | AddSheet
    | RenameSheet
    | DuplicateSheet
    | DeleteSheet
    | Freeze
    | SortRange
    | FilterRange
    | RemoveDuplicates
    | SplitText
    | FindReplace
    | FormatCells
    | SetBorders
    | MergeCells
    | UnmergeCells
    | ResizeColumns
    | ConditionalFormat
    | DataValidation
    | ProtectRange
    | InsertRows
    | InsertColumns
    | DeleteRows
    | DeleteColumns
    | ClearRange
    | CopyRange
    | MoveRange
    | NamedRange,
    Field(discriminator="kind"),
]
"""Any action, told apart by `kind`."""

ACTIONS: dict[str, type[Action]] = {
    action.model_fields["kind"].default: action for action in get_args(get_args(AnyAction)[0])
}
"""Every action class by its kind, in the order in which they are shown."""


def by_kind(kind: str) -> type[Action]:
    """The action class of a kind.

    Raises:
        ActionError: when there is none; names the closest kinds.
    """
    if kind in ACTIONS:
        return ACTIONS[kind]
    close = difflib.get_close_matches(kind, ACTIONS, 3, 0.5)
    advice = f"Did you mean {' or '.join(close)}?" if close else f"The actions are: {', '.join(ACTIONS)}."
    raise ActionError(f"There is no action “{kind}”. {advice}")
