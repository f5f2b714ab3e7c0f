"""The action vocabulary: everything the agent can do to a spreadsheet."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from sheets_agent.actions.base import Action
from sheets_agent.actions.sheets import AddSheet, DeleteSheet, DuplicateSheet, Freeze, RenameSheet
from sheets_agent.errors import ActionError

AnyAction = Annotated[
    AddSheet | RenameSheet | DuplicateSheet | DeleteSheet | Freeze,
    Field(discriminator="kind"),
]
"""Any action, told apart by `kind`."""

ACTIONS: dict[str, type[Action]] = {
    action.model_fields["kind"].default: action
    for action in (AddSheet, RenameSheet, DuplicateSheet, DeleteSheet, Freeze)
}
"""Every action class by its kind, in the order in which they are shown."""


def by_kind(kind: str) -> type[Action]:
    """The action class of a kind.

    Raises:
        ActionError: when there is none; names the closest kinds.
    """
    import difflib

    if kind in ACTIONS:
        return ACTIONS[kind]
    close = difflib.get_close_matches(kind, ACTIONS, 3, 0.4)
    raise ActionError(
        f"There is no action “{kind}”. "
        + (f"Did you mean {' or '.join(close)}?" if close else f"There are: {', '.join(ACTIONS)}.")
    )
