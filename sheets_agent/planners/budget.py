"""What planning may cost: calls of models, tokens and seconds. A search looks before each step whether any is left."""

from __future__ import annotations

import time
from collections.abc import Callable

from sheets_agent.settings import Search
from sheets_agent.state.done import RoleUsage


class Budget:
    """The limits of a search and what of them is spent.

    What runs at once is counted when it has answered: take `calls_left` before starting calls in parallel.

    Args:
        limits: the most that may be taken: `calls` of models, `tokens` in and out together, and `seconds` from now on.
        spent: the use of the planning roles so far, of this run.
        clock: seconds, from any start.
    """

    def __init__(
        self, limits: Search, spent: Callable[[], RoleUsage], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._limits = limits
        self._spent = spent
        self._clock = clock
        self._began = clock()

    @property
    def calls_left(self) -> int:
        """How many calls may still be made; none when tokens or seconds have run out."""
        return 0 if self._other_limit() else max(0, self._limits.calls - self._spent().calls)

    def exhausted(self) -> str:
        """Which limit is reached, as the end of a sentence (“… at 24 calls of models”); empty while all hold."""
        if other := self._other_limit():
            return other
        if self._spent().calls < self._limits.calls:
            return ""
        return f"{self._limits.calls} call{'s' * (self._limits.calls != 1)} of models"

    def _other_limit(self) -> str:
        used = self._spent()
        if used.input_tokens + used.output_tokens >= self._limits.tokens:
            return f"{self._limits.tokens:,} tokens"
        if self._clock() - self._began >= self._limits.seconds:
            return f"{self._limits.seconds:g} seconds"
        return ""
