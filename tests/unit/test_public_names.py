"""What `sheets_agent` itself offers."""

from __future__ import annotations

import pytest

import sheets_agent


@pytest.mark.parametrize("name", sheets_agent.__all__)
def test_a_public_name_can_be_imported(name: str) -> None:
    assert getattr(sheets_agent, name) is not None
