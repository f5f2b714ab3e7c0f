"""Which reflectors ask a model about a tried plan."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from sheets_agent.settings import Reflection
from sheets_agent.state.planned import Trial

REFLECTORS = ("action", "cell", "formula", "general")
"""In this order: what to do, where, with which formulas, and all in all."""

OF_FACTS: Mapping[str, str] = {
    "invalid_action": "action",
    "refused": "action",
    "pivot_groups": "action",
    "overlap": "cell",
    "contradiction": "cell",
    "chart_over_cells": "cell",
    "unknown_reference": "formula",
    "formula_syntax": "formula",
    "unknown_function": "formula",
    "argument_count": "formula",
    "function_policy": "formula",
    "circularity": "formula",
    "criterion_kind": "formula",
    "inconsistent_formula": "formula",
    "kinds_compared": "formula",
    "lookup_kind": "formula",
    "missing_dollar": "formula",
    "other_row": "formula",
    "range_sizes": "formula",
    "same_operands": "formula",
    "swapped_arguments": "formula",
}
"""The reflector whose aspect a fact lies in for certain. What may have several causes, such as an error value, is the
general reflector's."""


def reviewers(policy: Reflection, switched_on: Collection[str], trial: Trial) -> tuple[str, ...]:
    """The reflectors to ask, in order.

    Args:
        policy: `always` asks all; `auto` one, and only where the facts leave something to mend: the specialised one
            in whose aspect all of it lies, else the general one; `never` none.
        switched_on: the reflectors that may be asked.
        trial: what came of the plan.
    """
    if policy == "always":
        return tuple(name for name in REFLECTORS if name in switched_on)
    if policy == "never" or not trial.doubts:
        return ()
    aspects = _aspects(trial)
    wanted = aspects.pop() if len(aspects) == 1 else "general"
    if wanted not in switched_on:
        wanted = "general"
    return (wanted,) if wanted in switched_on else ()


def _aspects(trial: Trial) -> set[str]:
    """The aspects in which the doubts lie.

    An error value is put down to what else is wrong with its step, or with one that the step depends on.
    """
    certain = {(fact.step, OF_FACTS[fact.kind]) for fact in trial.doubts if fact.kind in OF_FACTS}
    explained = {step for step, _ in certain}
    for step, before in enumerate(trial.depends):
        if not explained.isdisjoint(before):
            explained.add(step)
    open_ones = any(fact.kind not in OF_FACTS and fact.step not in explained for fact in trial.doubts)
    return {aspect for _, aspect in certain} | ({"general"} if open_ones else set())
