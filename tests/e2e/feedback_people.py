"""People who are asked in a run, and who answer as a test says."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from protocol_server import ProtocolServer
from scenario import (
    OPENINGS,
)

from sheets_agent import SheetsAgent
from sheets_agent.feedback.callback import Callback
from sheets_agent.feedback.channel import Asked, Reply
from sheets_agent.settings import load

QUICKLY = {"poll": 0.01}
ACCEPT = Reply(verdict="accept")


def revise(critique: str) -> Reply:
    return Reply(verdict="revise", critique=critique)


class Panel(Callback):
    """People with prepared replies: a tuple of replies for each thing they are asked."""

    def __init__(self, *rounds: Sequence[Reply], overlap: int = 1) -> None:
        super().__init__(lambda asked: None, "the panel")
        self.rounds, self.overlap = dict[str, Sequence[Reply]](), overlap
        self.prepared = list(rounds)
        self.asked: list[Asked] = []

    def replies(self, asked: Asked, reference: str) -> Sequence[Reply]:
        """The prepared replies."""
        if asked.id not in self.rounds:
            self.asked.append(asked)
            self.rounds[asked.id] = self.prepared.pop(0)
        return self.rounds[asked.id]


def reviewed(panel: Panel, on_event: Any = None, **settings: Any) -> SheetsAgent:
    """An agent whose people are a panel."""
    chosen = load(**{"model": "openai:gpt-test", "reflect": "never", "feedback": QUICKLY, **settings})
    return SheetsAgent(chosen, channel=panel, on_event=on_event)


def asked_of(server: ProtocolServer, role: str) -> list[str]:
    """What a role was asked, in order."""
    return [request.text for request in server.chats if re.search(OPENINGS[role], request.text)]
