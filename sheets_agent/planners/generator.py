"""The model's part in planning: it proposes plans, and chooses where facts cannot tell them apart."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sheets_agent.actions.wire import action_space
from sheets_agent.chat import Chats
from sheets_agent.chat.schemas import vote_schema
from sheets_agent.errors import ActionError
from sheets_agent.planners.draft import as_wire, draft_plan
from sheets_agent.planners.parallel import all_of
from sheets_agent.prompts import Prompts
from sheets_agent.state import Intent, Plan


class Generator:
    """Asks the planning roles about one task.

    Args:
        chats: the models.
        prompts: what they are asked with.
        task: in the person's words.
        description: what the spreadsheet holds, as text.
        complaints: what an earlier plan failed by, or what the person said against it.
        intent: what the person's message wants; a question is planned without writing.
        history: what was asked and done before in the same conversation, as text.
    """

    def __init__(
        self,
        chats: Chats,
        prompts: Prompts,
        task: str,
        description: str,
        complaints: Sequence[str] = (),
        intent: Intent = Intent.COMMAND,
        history: str = "none",
    ) -> None:
        self._chats = chats
        self._prompts = prompts
        self._task = task
        self._description = description
        self._complaints = "\n".join(f"- {text}" for text in complaints) or "none"
        self._intent = intent
        self._history = history

    def draft(self) -> Plan:
        """One whole plan.

        Raises:
            ModelError: when no valid plan came.
        """
        messages = self._prompts.messages(
            "planner",
            task=self._task,
            actions=action_space(),
            description=self._description,
            complaints=self._complaints,
            request=self._intent.value,
            history=self._history,
        )
        return draft_plan(self._chats.role("planner"), messages, self._intent)

    def drafts(self, count: int) -> list[Plan]:
        """Several whole plans, drawn in parallel; those that fail are left out.

        Raises:
            ModelError: when not one came.
        """
        return all_of([self.draft] * count)

    def choose(self, plans: Sequence[Plan]) -> int:
        """Which of several plans serves the task best, as an index; asked only where the facts tie.

        Raises:
            ModelError: when the model does not choose.
        """
        listing = "\n\n".join(f"Plan {index}\n{as_wire(plan)}" for index, plan in enumerate(plans, 1))
        messages = self._prompts.messages("voter", task=self._task, description=self._description, plans=listing)
        voter = self._chats.role("voter")
        return voter.structured(messages, vote_schema(), lambda body: _choice(body, len(plans)))


def _choice(body: dict[str, Any], count: int) -> int:
    choice = body.get("choice")
    if not isinstance(choice, int) or not 1 <= choice <= count:
        raise ActionError(f"choice must be a whole number from 1 to {count}.")
    return choice - 1
