"""Facts, put into words in one place."""

from __future__ import annotations

from sheets_agent.state.planned import Fact, Severity


def doubt(kind: str, step: int, sentence: str, address: str = "") -> Fact:
    """Something that is most likely a mistake, and may be meant."""
    return Fact(kind=kind, severity=Severity.WARNING, step=step, address=address, sentence=sentence)


def error(kind: str, step: int, sentence: str, address: str = "") -> Fact:
    """Something that cannot be meant."""
    return Fact(kind=kind, severity=Severity.ERROR, step=step, address=address, sentence=sentence)
