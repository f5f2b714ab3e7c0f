"""Self-consistency: several plans drawn in parallel, and a voter that picks one.

Source: Wang et al., "Self-Consistency Improves Chain of Thought Reasoning in Language Models", 2022. As plans are not
single answers that can be counted, the vote is a model's.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future, wait
from typing import Any

from langchain_core.messages import BaseMessage

from sheets_agent.chat import Chat
from sheets_agent.chat.schemas import vote_schema
from sheets_agent.errors import ActionError, ModelError
from sheets_agent.planners.draft import as_wire, draft_plan
from sheets_agent.prompts import Prompts
from sheets_agent.state import Plan

PARALLEL = 4


def draw(chat: Chat, messages: Sequence[BaseMessage], count: int) -> list[Plan]:
    """Draw several plans for one task, in parallel; drafts that fail are left out.

    Raises:
        ModelError: when not one draft came out.
    """
    drafts = _in_parallel(lambda: draft_plan(chat, messages), count)
    plans = [draft.result() for draft in drafts if draft.exception() is None]
    if not plans:
        raise drafts[0].exception() or ModelError("No plan was drawn.")
    return plans


def _in_parallel(work: Callable[[], Plan], count: int) -> list[Future[Plan]]:
    """Do the same several times at once.

    The threads are daemons, other than those of a ThreadPoolExecutor: Python does not wait for them when it ends, so
    that nobody who presses Ctrl-C waits for the answers of models.
    """
    drafts: list[Future[Plan]] = [Future() for _ in range(count)]
    waiting = iter(drafts)

    def worker() -> None:
        for draft in waiting:  # the next one nobody has taken
            if draft.set_running_or_notify_cancel():
                try:
                    draft.set_result(work())
                except Exception as error:
                    draft.set_exception(error)

    for _ in range(min(count, PARALLEL)):
        threading.Thread(target=worker, name="draft", daemon=True).start()
    try:
        wait(drafts)
    except BaseException:
        for draft in drafts:
            draft.cancel()
        raise
    return drafts


def vote(voter: Chat, prompts: Prompts, task: str, description: str, plans: Sequence[Plan]) -> Plan:
    """The plan the voter picks; plans that do the same are asked about once."""
    distinct = list({tuple(step.action for step in plan.steps): plan for plan in plans}.values())
    if len(distinct) == 1:
        return distinct[0]
    listing = "\n\n".join(f"Plan {index}\n{as_wire(plan)}" for index, plan in enumerate(distinct, 1))
    messages = prompts.messages("voter", task=task, description=description, plans=listing)
    return distinct[voter.structured(messages, vote_schema(), lambda body: _choice(body, len(distinct)))]


def _choice(body: dict[str, Any], count: int) -> int:
    choice = body.get("choice")
    if not isinstance(choice, int) or not 1 <= choice <= count:
        raise ActionError(f"choice must be a whole number from 1 to {count}.")
    return choice - 1
