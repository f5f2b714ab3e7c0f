"""The action vocabulary: everything the agent can do to a spreadsheet."""

from __future__ import annotations

import difflib
from typing import Annotated, Any, get_args

from pydantic import Discriminator, Field, PlainValidator, SerializeAsAny, Tag

from sheets_agent.actions.base import Action
from sheets_agent.actions.charts import CreateChart, DeleteChart, UpdateChart
from sheets_agent.actions.data import FilterRange, RemoveDuplicates, SortRange
from sheets_agent.actions.formats import FormatCells, MergeCells, SetBorders, UnmergeCells
from sheets_agent.actions.formulas import RepeatFormula
from sheets_agent.actions.importing import ImportTable
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

_BuiltIn = Annotated[
    WriteTable
    | ImportTable
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
"""Any action of this package, told apart by `kind`."""

ACTIONS: dict[str, type[Action]] = {
    action.model_fields["kind"].default: action for action in get_args(get_args(_BuiltIn)[0])
}
"""Every action class by its kind, in the order in which they are shown; `sheets_agent.plugins` adds those of others."""

BUILT_IN = frozenset(ACTIONS)
"""The kinds of this package."""


def offered(*, files: bool) -> dict[str, type[Action]]:
    """The actions that a model is told of, by their kinds: one that takes tables of files only where there are some."""
    return {kind: action for kind, action in ACTIONS.items() if files or action is not ImportTable}


def _branch(value: Any) -> str:
    """Whether an action is of this package; what nobody knows is left to the union to refuse."""
    kind = value.get("kind") if isinstance(value, dict) else getattr(value, "kind", None)
    return "plugin" if kind in ACTIONS and kind not in BUILT_IN else "built-in"


def _of_plugin(value: Any) -> Action:
    return value if isinstance(value, Action) else ACTIONS[value["kind"]].model_validate(value)


AnyAction = Annotated[
    Annotated[_BuiltIn, Tag("built-in")] | Annotated[SerializeAsAny[Action], PlainValidator(_of_plugin), Tag("plugin")],
    Discriminator(_branch),
]
"""Any action, those of allowed plugins included."""


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
