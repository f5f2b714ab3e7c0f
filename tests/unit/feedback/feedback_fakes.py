"""A channel and a clock without a service and without waiting."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sheets_agent.errors import FeedbackError
from sheets_agent.feedback.channel import Asked, Reply
from sheets_agent.feedback.desk import Clock


class FakeClock:
    """Time that passes only when somebody sleeps."""

    def __init__(self, now: float = 1_000_000.0) -> None:
        self.now = now
        self.slept: list[float] = []
        self.meanwhile: Callable[[], None] = lambda: None

    def clock(self) -> Clock:
        """As the desk takes it."""
        return Clock(lambda: self.now, self._sleep)

    def _sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds
        self.meanwhile()


class FakeChannel:
    """A service that keeps what is posted; whoever answers puts replies into `said`."""

    name = "the fake"

    def __init__(self, overlap: int = 1) -> None:
        self.overlap = overlap
        self.posted: dict[str, Asked] = {}
        self.said: dict[str, list[Reply]] = {}
        self.looks = 0
        self.failing = 0
        self.withdrawn: list[str] = []
        self.dies_after_posting = False

    def post(self, asked: Asked) -> str:
        """Keep it under its id."""
        assert asked.id not in self.posted or self.dies_after_posting, "posted twice"
        self.posted[asked.id] = asked
        if self.dies_after_posting:
            self.dies_after_posting = False
            raise KeyboardInterrupt
        return f"ref-{asked.id}"

    def find_or_post(self, asked: Asked) -> str:
        """As a real service does: what is there is found."""
        return f"ref-{asked.id}" if asked.id in self.posted else self.post(asked)

    def replies(self, asked: Asked, reference: str) -> Sequence[Reply]:
        """What was said so far."""
        assert reference == f"ref-{asked.id}"
        self.looks += 1
        if self.failing:
            self.failing -= 1
            raise FeedbackError("The fake is away.")
        return self.said.get(asked.id, [])

    def where(self, reference: str) -> str:
        """An address."""
        return f"http://fake/{reference}"

    def withdraw(self, asked: Asked, reference: str) -> None:
        """Remember it."""
        self.withdrawn.append(asked.id)
