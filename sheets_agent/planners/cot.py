"""Chain of thought: one plan, its thoughts first.

Source: Wei et al., "Chain-of-Thought Prompting Elicits Reasoning in Large Language Models", 2022.
"""

from __future__ import annotations

from sheets_agent.planners.problem import Problem, Proposal


def cot(problem: Problem) -> Proposal:
    """Draw one plan and try it."""
    return Proposal(problem.attempt(problem.generator.draft()))
