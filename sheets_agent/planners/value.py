"""How good a tried plan is, told by facts alone."""

from __future__ import annotations

from sheets_agent.state.planned import Severity, Trial

ERROR = 1.0
DOUBT = 0.3
UNKNOWN = 0.1
"""What a fact takes away: an error as much as there was, the others less."""


def value_of(trial: Trial) -> float:
    """The value of a trial, from 1 where the facts find nothing down towards 0 the more they find."""
    doubts = trial.doubts
    errors = sum(fact.severity is Severity.ERROR for fact in doubts)
    unknown = sum(fact.severity is Severity.UNKNOWN for fact in trial.facts)
    return 1.0 / (1.0 + ERROR * errors + DOUBT * (len(doubts) - errors) + UNKNOWN * unknown)
