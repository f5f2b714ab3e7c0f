"""The strategies by name, and the ladder that `auto` climbs."""

from __future__ import annotations

from collections.abc import Mapping

from sheets_agent.planners.cot import cot
from sheets_agent.planners.problem import Strategy
from sheets_agent.planners.self_consistency import self_consistency

STRATEGIES: Mapping[str, Strategy] = {
    "cot": cot,
    "self-consistency": self_consistency,
}

LADDER: tuple[Strategy, ...] = (cot, self_consistency)
"""What `auto` does round by round: one plan, which the reflectors mend once where the facts ask for it; then
alternatives, chosen by what they do. An easy task never gets past the first."""


def strategy(name: str, earlier_rounds: int) -> Strategy:
    """The strategy to plan with.

    Args:
        name: as in the setting `planner`.
        earlier_rounds: how often this run has planned before; its plans failed, or were rejected.
    """
    if name == "auto":
        return LADDER[min(earlier_rounds, len(LADDER) - 1)]
    return STRATEGIES[name]
