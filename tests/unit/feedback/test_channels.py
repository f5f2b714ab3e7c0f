"""Channels by their addresses."""

from __future__ import annotations

import importlib

import pytest

from sheets_agent.errors import UsageError
from sheets_agent.feedback.channels import CHANNELS, TERMINAL, Place, opened, scheme_of


def test_every_channel_has_a_module_that_opens_it() -> None:
    for module in CHANNELS.values():
        assert callable(importlib.import_module(module).channel)
    assert TERMINAL not in CHANNELS


def test_an_unknown_channel_is_refused_with_the_ones_there_are() -> None:
    with pytest.raises(UsageError, match="no feedback channel “pigeons”") as caught:
        scheme_of("pigeons://12")
    assert all(name in caught.value.hint for name in (TERMINAL, *CHANNELS))


def test_comments_take_no_address(emulator: object) -> None:
    with pytest.raises(UsageError, match="no address of comments"):
        opened("comments://A1", Place(emulator, "id"))  # type: ignore[arg-type]
