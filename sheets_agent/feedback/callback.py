"""A Python function as a channel: it is given what is asked, and gives back what somebody said.

Example:
    def ask(asked):
        print(asked.text, asked.details)
        critique = input("What should be different? ")
        return Reply(verdict="revise" if critique else "accept", critique=critique)

    SheetsAgent(channel=Callback(ask))
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sheets_agent.feedback.channel import Asked, Reply


class Callback:
    """Implements `sheets_agent.feedback.channel.Channel`.

    Args:
        function: is given what is asked. It gives back a reply, or None while there is none; then it is called again
            later, as other channels are looked at again.
        name: of the channel, as in “waits for an answer in …”.
    """

    overlap = 1

    def __init__(self, function: Callable[[Asked], Reply | None], name: str = "a Python function") -> None:
        self._function = function
        self.name = name

    def post(self, asked: Asked) -> str:
        """Nothing is posted: the function is called when replies are looked for."""
        return asked.id

    def replies(self, asked: Asked, reference: str) -> Sequence[Reply]:
        """What the function gives back."""
        reply = self._function(asked)
        return () if reply is None else (reply,)

    def where(self, reference: str) -> str:
        """Nowhere a person could go."""
        return ""

    def withdraw(self, asked: Asked, reference: str) -> None:
        """Nothing is open."""
