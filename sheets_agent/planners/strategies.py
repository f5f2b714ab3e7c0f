"""The strategies by name, and the ladder that `auto` climbs."""

from __future__ import annotations

from collections.abc import Mapping

from sheets_agent.planners.cot import cot
from sheets_agent.planners.mcts import mcts
from sheets_agent.planners.problem import Strategy
from sheets_agent.planners.self_consistency import self_consistency
from sheets_agent.planners.tree_of_thoughts import beam, depth_first, greedy, tree_of_thoughts

STRATEGIES: Mapping[str, Strategy] = {
    "cot": cot,
    "self-consistency": self_consistency,
    "tot-greedy": tree_of_thoughts(greedy),
    "tot-beam": tree_of_thoughts(beam),
    "tot-dfs": tree_of_thoughts(depth_first),
    "mcts": mcts,
}

LADDER: tuple[Strategy, ...] = (cot, self_consistency, mcts)
"""What `auto` does round by round: one plan, which the reflectors mend once where the facts ask for it; then
alternatives, chosen by what they do; then a search. An easy task never gets past the first."""


def strategy(name: str, earlier_rounds: int) -> Strategy:
    """The strategy to plan with.

    Args:
        name: as in the setting `planner`.
        earlier_rounds: how often this run has planned before; its plans failed, or were rejected.
    """
    if name == "auto":
        return LADDER[min(earlier_rounds, len(LADDER) - 1)]
    return STRATEGIES[name]
