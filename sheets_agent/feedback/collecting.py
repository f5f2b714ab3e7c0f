"""Fetching what people said of models' calls, by the address of where they said it."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from typing import cast

from sheets_agent.errors import UsageError
from sheets_agent.feedback.records import FeedbackRecord

SOURCES = {
    "argilla": "sheets_agent.feedback.argilla.handler",
    "label-studio": "sheets_agent.feedback.label_studio.handler",
}
"""The modules by the scheme of the address. Each has `collected(address: str) -> Iterator[FeedbackRecord]`."""


def collected(address: str) -> Iterator[FeedbackRecord]:
    """What people decided on the calls that a handler has put there, a record for each person and call.

    Raises:
        UsageError: the address is of nothing that can be fetched from.
        FeedbackError: its service refuses, or cannot be reached.
    """
    scheme = address.partition("://")[0]
    if scheme not in SOURCES:
        known = " and ".join(f"{name}://" for name in SOURCES)
        raise UsageError(f"Nothing can be fetched from “{address}”.", f"Addresses begin with {known}.")
    return cast("Iterator[FeedbackRecord]", importlib.import_module(SOURCES[scheme]).collected(address))
