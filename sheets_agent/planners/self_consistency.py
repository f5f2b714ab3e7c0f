"""Self-consistency: several plans drawn in parallel, and a vote over what they do.

Plans that leave the same cells, formats and objects behind are one vote, however they are worded. The facts come
before the count: a plan that brings errors loses to one that brings none, by however many it was drawn. A model is
asked only to break a tie.

Source: Wang et al., "Self-Consistency Improves Chain of Thought Reasoning in Language Models", 2022.
"""

from __future__ import annotations

from collections.abc import Sequence

from sheets_agent.errors import ModelError
from sheets_agent.planners.problem import Problem, Proposal, Tried


def self_consistency(problem: Problem) -> Proposal:
    """Draw plans in parallel, try them, and take the outcome most agree on."""
    wanted = problem.search.samples
    count = max(1, min(wanted, problem.budget.calls_left))
    tried = [problem.attempt(plan) for plan in problem.generator.drafts(count)]
    chosen, note = vote(problem, tried)
    if count < wanted:
        note = f"{count} of {wanted} plans were drawn: the budget allows no more. {note}".strip()
    return Proposal(chosen, len(tried), note)


def vote(problem: Problem, tried: Sequence[Tried]) -> tuple[Tried, str]:
    """The winner among plans that were tried, and what to say of the vote.

    Returns:
        The first plan of the group that wins, and a sentence.
    """
    groups: dict[str, list[Tried]] = {}
    for one in tried:
        groups.setdefault(one.outcome, []).append(one)
    ranked = sorted(groups.values(), key=lambda group: (group[0].value, len(group)), reverse=True)
    best = [group for group in ranked if (group[0].value, len(group)) == (ranked[0][0].value, len(ranked[0]))]
    said = f"{len(best[0])} of {len(tried)} plans agree in what they do" if len(tried) > 1 else ""
    if len(best) == 1:
        return best[0][0], f"{said}." if said else ""
    return _tie_broken(problem, [group[0] for group in best], said)


def _tie_broken(problem: Problem, tied: Sequence[Tried], said: str) -> tuple[Tried, str]:
    if not problem.budget.calls_left:
        return tied[0], f"{said}; the budget leaves no vote between {len(tied)} that tie, so the first was taken."
    try:
        choice = problem.generator.choose([one.plan for one in tied])
    except ModelError as error:
        return tied[0], f"{said}; the tie was not broken ({error}), so the first was taken."
    return tied[choice], f"{said}; a model chose between {len(tied)} that tie."
