"""Where runs work, for tests in which somebody else works there meanwhile."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from sheets_agent.opening import Opening
from sheets_agent.running import Run
from sheets_agent.targets import Target


@contextmanager
def opened_places() -> Iterator[list[Target]]:
    """The places of the runs that are opened meanwhile."""
    opened: list[Target] = []
    start = Opening.open

    def remember(self: Opening, *args: Any, **kwargs: Any) -> Run:
        run = start(self, *args, **kwargs)
        opened.append(run.target)
        return run

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Opening, "open", remember)
        yield opened
