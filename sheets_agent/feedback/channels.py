"""The channels of feedback by the address a person types: `--feedback label-studio://project/12`.

A channel is a function `channel(url, place)` in a module of its own, loaded only when its address is used.
"""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from sheets_agent.errors import UsageError

if TYPE_CHECKING:
    from sheets_agent.feedback.channel import Channel
    from sheets_agent.sheets.client import SheetsClient

TERMINAL = "terminal"
"""Not a channel: whoever is here is asked at once."""
CHANNELS = {
    "comments": "sheets_agent.feedback.comments",
    "tagme": "sheets_agent.feedback.tagme",
    "argilla": "sheets_agent.feedback.argilla.channel",
    "label-studio": "sheets_agent.feedback.label_studio.channel",
}
"""The modules by the scheme of the address. Each has `channel(url: str, place: Place) -> Channel`."""


@dataclass(frozen=True)
class Place:
    """What a channel is opened for.

    Attributes:
        client: speaks to the spreadsheet of the run.
        spreadsheet_id: which one that is.
        reviewers: how many people are asked the same.
    """

    client: SheetsClient
    spreadsheet_id: str
    reviewers: int = 1


def opened(spec: str, place: Place) -> Channel:
    """The channel at an address. It may look at its service, but puts nothing there yet.

    Args:
        spec: a scheme with what follows it, such as `comments` or `label-studio://project/12`.
        place: what it is opened for.

    Raises:
        UsageError: no such channel, or an address that the channel does not understand.
        FeedbackError: its service refuses, or cannot be reached.
    """
    module = importlib.import_module(CHANNELS[scheme_of(spec)])
    return cast("Channel", module.channel(spec, place))


def scheme_of(spec: str) -> str:
    """The scheme of an address.

    Raises:
        UsageError: there is no such channel.
    """
    scheme = spec.partition("://")[0]
    if scheme not in CHANNELS:
        known = ", ".join((TERMINAL, *CHANNELS))
        raise UsageError(f"There is no feedback channel “{scheme}”.", f"Known are {known}: --feedback comments.")
    return scheme
