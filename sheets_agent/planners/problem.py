"""What a planning strategy is given, and what it gives back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from sheets_agent.errors import ModelError
from sheets_agent.planners.budget import Budget
from sheets_agent.planners.copies import Copies
from sheets_agent.planners.generator import Generator
from sheets_agent.planners.value import value_of
from sheets_agent.planners.world import World
from sheets_agent.settings import Search
from sheets_agent.state.planned import NOTHING_YET, Own, Plan, SearchTree, Trial


@dataclass(frozen=True, slots=True)
class Tried:
    """A plan, what came of it, and the copy on which it was carried out."""

    plan: Plan
    trial: Trial
    world: World

    @property
    def outcome(self) -> str:
        """A fingerprint of what it leaves: equal for plans that do the same, however they are worded."""
        return self.world.outcome()

    @property
    def value(self) -> float:
        """How good the facts say it is, from 0 to 1."""
        return value_of(self.trial)

    @property
    def clean(self) -> bool:
        """Whether the facts leave nothing to mend."""
        return not self.trial.doubts


@dataclass(frozen=True, slots=True)
class Proposal:
    """The plan a strategy settled on.

    Attributes:
        chosen: the plan and its trial.
        considered: plans that were tried, the chosen one included.
        note: what a person should know of the search, such as that it stopped at its budget; empty when nothing.
        tree: what was searched, for strategies that search a tree.
    """

    chosen: Tried
    considered: int = 1
    note: str = ""
    tree: SearchTree | None = None


@dataclass(frozen=True)
class Problem:
    """One task to plan.

    Attributes:
        task: in the person's words.
        generator: the model's part: it proposes, and is asked where facts cannot tell.
        copies: where plans are tried.
        budget: what the search may cost.
        search: the breadth, depth and number of samples.
        own: what this run has written itself.
        tell: takes a line for the progress display.
    """

    task: str
    generator: Generator
    copies: Copies
    budget: Budget
    search: Search
    own: Own = NOTHING_YET
    tell: Callable[[str], None] = field(default=lambda line: None)

    def attempt(self, plan: Plan) -> Tried:
        """Try a whole plan on a fresh copy."""
        world = self.world()
        for index, step in enumerate(plan.steps):
            world.take(index, step.action)
        return Tried(plan, world.trial(), world)

    def value(self, tried: Tried) -> float:
        """What a plan, or the beginning of one, is worth: by the facts, and half by a model where settings say so."""
        facts = tried.value
        if not self.search.model_value or not tried.plan.steps or self.budget.exhausted():
            return facts
        try:
            return (facts + self.generator.judge(tried)) / 2
        except ModelError:
            return facts

    @property
    def affordable(self) -> Search:
        """The settings of the search, with no more options asked for at once than calls are left."""
        if self.search.together:
            return self.search
        return self.search.model_copy(update={"options": max(1, min(self.search.options, self.budget.calls_left))})

    def world(self) -> World:
        """A fresh copy on which single steps are taken."""
        return self.copies.world(self.own, self.task)


Strategy = Callable[[Problem], Proposal]
"""A way to find a plan.

It stops when the budget is spent, with the best plan so far, and says so in the proposal's note. It raises a ModelError
when the models gave not one plan.
"""
