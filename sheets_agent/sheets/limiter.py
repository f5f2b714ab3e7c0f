"""Staying inside Google's quotas: 60 reads and 60 writes a minute for a person, told apart.

The windows belong to the process: all clients that speak for the same account to the same server share one, from
whatever thread. Other processes of the same person are not known here; for them there are pauses and repeats.

Source: https://developers.google.com/workspace/sheets/api/limits.
"""

from __future__ import annotations

import functools
import threading
import time
from collections import deque
from collections.abc import Callable

WINDOW = 61.0
"""Seconds: a minute, and what requests may gain on one another on their way."""


class Window:
    """Lets so many calls through in any minute, in the order in which they came.

    Args:
        limit: the calls.
        clock: seconds that only go forward.
    """

    def __init__(self, limit: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._limit = limit
        self._clock = clock
        self._lock = threading.Lock()
        self._turns: deque[float] = deque(maxlen=limit)

    def wait(self) -> float:
        """Take a turn, and tell in how many seconds it comes: 0 for at once."""
        with self._lock:
            now = self._clock()
            full = len(self._turns) == self._limit
            turn = max(now, self._turns[0] + WINDOW) if full else now
            self._turns.append(turn)
            return turn - now


class Limiter:
    """The windows of one account.

    Args:
        reads: reading calls a minute.
        writes: writing calls a minute.
    """

    def __init__(self, reads: int, writes: int) -> None:
        self._windows = {False: Window(reads), True: Window(writes)}
        self._told = {
            False: f"Google allows {reads} reads a minute.",
            True: f"Google allows {writes} writes a minute.",
        }

    def wait(self, *, writing: bool) -> tuple[str, float]:
        """Take a turn. Returns why it has to be waited for, and how many seconds."""
        return self._told[writing], self._windows[writing].wait()


@functools.lru_cache(maxsize=256)
def limiter(endpoint: str, account: str, reads: int, writes: int) -> Limiter:
    """The limiter that all clients of this process share that speak for one account to one server."""
    return Limiter(reads, writes)
