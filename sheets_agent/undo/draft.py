"""A fork of a local spreadsheet that requests are carried out on, one by one where they do not all go."""

from __future__ import annotations

from collections.abc import Sequence

from sheets_agent.emulator.errors import ApiError, Refusal, Unsupported
from sheets_agent.emulator.requests import HANDLERS
from sheets_agent.emulator.workbook import JSON, Workbook

Request = JSON


class Draft:
    """Carries out what can be carried out.

    Attributes:
        workbook: the fork as it is now.
        done: what was carried out, in order.
        refused: what was not.
    """

    def __init__(self, workbook: Workbook) -> None:
        self.workbook = workbook.fork()
        self.done: list[Request] = []
        self.refused: list[tuple[Request, str]] = []

    def apply(self, requests: Sequence[Request]) -> None:
        """Carry out all of the requests at once, or, when one of them is refused, each that is not."""
        if not requests or self._went(requests):
            return
        for request in requests:
            self._went([request], keep=True)

    def _went(self, requests: Sequence[Request], *, keep: bool = False) -> bool:
        attempt = self.workbook.fork()
        try:
            for request in requests:
                [(kind, body)] = request.items()
                HANDLERS[kind](attempt, body)
        except (Refusal, Unsupported, ApiError) as error:
            if keep:
                self.refused.append((requests[0], str(error)))
            return False
        self.workbook = attempt
        self.done += requests
        return True
