"""Several people's critiques of one thing, made into one by a model."""

from __future__ import annotations

from collections.abc import Sequence

from sheets_agent.chat.schemas import critique_schema
from sheets_agent.feedback.channel import Asked
from sheets_agent.run_state import Context
from sheets_agent.stages.describe_text import plain


def merged(context: Context, asked: Asked, critiques: Sequence[str]) -> str:
    """One critique that says what all of them say; where they contradict each other, so does it, openly.

    Raises:
        ModelError: the model cannot be reached, or gives no usable answer.
    """
    messages = context.prompts.messages(
        "moderator",
        task=asked.task,
        work=f"{asked.text}\n{asked.details}".strip(),
        critiques="\n".join(f"{number}. {text}" for number, text in enumerate(map(plain, critiques), 1)),
    )
    body = context.chats.role("moderator").structured(messages, critique_schema(), dict)
    return str(body.get("critique", "")).strip() or "\n".join(critiques)
