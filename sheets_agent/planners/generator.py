"""The model's part in planning: it proposes plans, and chooses where facts cannot tell them apart."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from sheets_agent.actions.wire import action_space
from sheets_agent.chat import Chats
from sheets_agent.chat.schemas import exploration_schema, judgement_schema, vote_schema
from sheets_agent.errors import ActionError
from sheets_agent.planners.draft import Continuations, as_wire, draft_plan, read_continuations
from sheets_agent.planners.parallel import all_of
from sheets_agent.planners.told import changes_told, facts_told
from sheets_agent.prompts import Prompts
from sheets_agent.settings import Search
from sheets_agent.sources.model import NO_SOURCES, Sources
from sheets_agent.state.done import Intent
from sheets_agent.state.planned import Plan

if TYPE_CHECKING:
    from langchain_core.messages import BaseMessage

    from sheets_agent.planners.problem import Tried


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
        sources: the documents that plans may take tables of.
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
        sources: Sources = NO_SOURCES,
    ) -> None:
        self._chats = chats
        self._prompts = prompts
        self._task = task
        self._description = description
        self._complaints = "\n".join(f"- {text}" for text in complaints) or "none"
        self._intent = intent
        self._history = history
        self._sources = sources

    def draft(self) -> Plan:
        """One whole plan.

        Raises:
            ModelError: when no valid plan came.
        """
        messages = plan_messages(
            self._prompts,
            self._task,
            self._description,
            self._complaints,
            self._intent,
            self._history,
            files=bool(self._sources),
        )
        return draft_plan(self._chats.role("planner"), messages, self._intent, self._sources)

    def drafts(self, count: int) -> list[Plan]:
        """Several whole plans, drawn in parallel; those that fail are left out.

        Raises:
            ModelError: when not one came.
        """
        return all_of([self.draft] * count)

    def continuations(self, tried: Tried, search: Search, *, whole: bool) -> Continuations:
        """Several ways to go on from some steps that were tried, different from one another.

        Args:
            tried: the steps so far, and what came of them.
            search: how many ways, and whether one call gives all of them.
            whole: whether each way has all the steps that are left, or the next one only.

        Raises:
            ModelError: when not one came.
        """
        if search.together:
            return self._explore(tried, search.options, whole)
        found = all_of([lambda: self._explore(tried, 1, whole)] * search.options)
        distinct = {tuple(step.action for step in plan.steps): plan for one in found for plan in one.plans}
        return Continuations(tuple(distinct.values()), sum(one.done for one in found) * 2 > len(found))

    def _explore(self, tried: Tried, count: int, whole: bool) -> Continuations:
        messages = self._prompts.messages(
            "explorer",
            actions=action_space(files=bool(self._sources)),
            task=self._task,
            request=self._intent.value,
            description=self._description,
            history=self._history,
            complaints=self._complaints,
            count=str(count),
            extent="whole" if whole else "next",
            plan=as_wire(tried.plan),
            facts=facts_told(tried.trial.facts),
            changes=changes_told(tried.trial.diff),
        )
        explorer = self._chats.role("explorer")
        return explorer.structured(messages, exploration_schema(), lambda body: self._read(body, count, whole))

    def _read(self, body: dict[str, Any], count: int, whole: bool) -> Continuations:
        found = read_continuations(body, self._intent, self._sources)
        plans = found.plans[:count]
        return Continuations(plans if whole else tuple(Plan(steps=plan.steps[:1]) for plan in plans), found.done)

    def judge(self, tried: Tried) -> float:
        """What a model thinks a plan that was tried is worth for the task, from 0 to 1.

        Raises:
            ModelError: when it gives no number.
        """
        messages = self._prompts.messages(
            "judge",
            task=self._task,
            description=self._description,
            plan=as_wire(tried.plan),
            facts=facts_told(tried.trial.facts),
            changes=changes_told(tried.trial.diff),
        )
        return self._chats.role("judge").structured(messages, judgement_schema(), _worth)

    def choose(self, plans: Sequence[Plan]) -> int:
        """Which of several plans serves the task best, as an index; asked only where the facts tie.

        Raises:
            ModelError: when the model does not choose.
        """
        listing = "\n\n".join(f"Plan {index}\n{as_wire(plan)}" for index, plan in enumerate(plans, 1))
        messages = self._prompts.messages("voter", task=self._task, description=self._description, plans=listing)
        voter = self._chats.role("voter")
        return voter.structured(messages, vote_schema(), lambda body: _choice(body, len(plans)))


def plan_messages(
    prompts: Prompts, task: str, description: str, complaints: str, intent: Intent, history: str, *, files: bool
) -> list[BaseMessage]:
    """What the planner is asked for a whole plan; the arguments are the texts of the prompt's variables."""
    return prompts.messages(
        "planner",
        task=task,
        actions=action_space(files=files),
        description=description,
        complaints=complaints,
        request=intent.value,
        history=history,
    )


def _worth(body: dict[str, Any]) -> float:
    value = body.get("value")
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 100:
        raise ActionError("value must be a number from 0 to 100.")
    return float(value) / 100


def _choice(body: dict[str, Any], count: int) -> int:
    choice = body.get("choice")
    if not isinstance(choice, int) or not 1 <= choice <= count:
        raise ActionError(f"choice must be a whole number from 1 to {count}.")
    return choice - 1
