"""Long answers in pages, each of which says what it left out."""

from __future__ import annotations

import secrets
from collections import OrderedDict

from sheets_agent.errors import UsageError

PAGE = 12_000
"""Characters of one answer."""
KEPT = 20
"""Long answers that can still be read on; older ones are forgotten."""


class Pages:
    """Cuts texts into pages and keeps the rest."""

    def __init__(self) -> None:
        self._texts: OrderedDict[str, str] = OrderedDict()

    def first(self, text: str) -> str:
        """A text that is short enough, or its first page with a mark behind it."""
        if len(text) <= PAGE:
            return text
        name = secrets.token_hex(3)
        self._texts[name] = text
        while len(self._texts) > KEPT:
            self._texts.popitem(last=False)
        return self._page(name, 0)

    def more(self, cursor: str) -> str:
        """The page at a cursor.

        Raises:
            UsageError: no such cursor, or its text is forgotten.
        """
        name, _, start = cursor.partition(":")
        if name not in self._texts or not start.isdigit() or int(start) >= len(self._texts[name]):
            raise UsageError(f"There is nothing at the cursor “{cursor}”.", "Make the call again that gave it.")
        return self._page(name, int(start))

    def _page(self, name: str, start: int) -> str:
        text = self._texts[name]
        end = start + PAGE
        if end >= len(text):
            return f"{text[start:]}\n[end: characters {start + 1}–{len(text)} of {len(text)}]"
        return (
            f"{text[start:end]}\n[truncated: characters {start + 1}–{end} of {len(text)} are shown; "
            f'read_more with cursor "{name}:{end}" gives the next]'
        )
