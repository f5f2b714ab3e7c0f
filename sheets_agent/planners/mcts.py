"""Monte Carlo tree search over the steps of a plan.

A node is some steps on a copy of the spreadsheet. It is chosen by UCB1, widened progressively (the more often the
search comes through it, the more children it may have), and expanded by the model, which proposes all the steps that
are left: the first makes the child, the others are its rollout, carried out on a fork without any further call. What
the facts say of its end goes back up to the root. The search ends with the first plan that the facts find nothing
against, or at the budget.

Sources: Kocsis, Szepesvári, "Bandit based Monte-Carlo Planning", 2006; Coulom, "Computing Elo Ratings of Move Patterns
in the Game of Go", 2007, for progressive widening.
"""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass, field

from sheets_agent.errors import ModelError
from sheets_agent.planners.node import Node, child, joined, rolled_out, root
from sheets_agent.planners.problem import Problem, Proposal, Tried
from sheets_agent.state.planned import Plan

WIDENING = 0.5
"""The exponent of progressive widening: a node of n visits may have n ** 0.5 children, rounded up."""
SPARE_ROUNDS = 8
"""Rounds that may pass without a call before the search is taken to have seen all."""


def children_allowed(visits: int) -> int:
    """How many children a node may have after so many visits."""
    return max(1, math.ceil(math.pow(visits, WIDENING)))


@dataclass
class _Search:
    problem: Problem
    root: Node
    best: Tried | None = None
    leaf: Node | None = None
    """The node whose rollout the best plan is."""
    value: float = -1.0
    considered: int = 0
    waiting: dict[Node, list[Plan]] = field(default_factory=lambda: defaultdict(list))
    """Continuations that were proposed for a node and not tried yet."""
    seen: set[str] = field(default_factory=set)

    def select(self) -> Node:
        """The node to widen next: down the best children, to one that may have another."""
        node = self.root
        while True:
            open_children = [one for one in node.children if not one.closed]
            may_widen = not node.finished and not self._is_spent(node) and len(node.steps) < self.problem.search.depth
            if may_widen and len(node.children) < children_allowed(node.visits):
                return node
            if not open_children:
                node.closed = not may_widen
                return node
            node = max(open_children, key=lambda one: one.upper_confidence())

    def _is_spent(self, node: Node) -> bool:
        return node.closed and not self.waiting[node]

    def widen(self, node: Node) -> None:
        """Give a node another child, roll it out, and tell all nodes above what came of it."""
        if node.finished or node.closed:
            return
        if not self.waiting[node] and not self._ask(node):
            node.closed = True
            return
        if not self.waiting[node]:
            self._reach(node, node, node.tried)  # the model takes the task to be done here
            return
        plan = self.waiting[node].pop(0)
        fresh = joined(node, child(self.problem, node, plan.steps[0]), self.seen)
        if fresh is None:
            return
        if len(plan.steps) > 1:
            self.waiting[fresh].append(Plan(steps=plan.steps[1:]))
        self._reach(fresh, fresh, rolled_out(fresh, plan.steps[1:]))

    def _ask(self, node: Node) -> bool:
        """Have the model propose how to go on. False when it cannot be asked, or fails where a plan is known."""
        if self.problem.budget.exhausted() and self.best is not None:
            return False
        try:
            found = self.problem.generator.continuations(node.tried, self.problem.affordable, whole=True)
        except ModelError:
            if self.best is None:
                raise
            return False
        self.waiting[node] = list(found.plans)
        node.finished = found.done and not found.plans
        return bool(found.plans) or found.done

    def _reach(self, leaf: Node, node: Node, tried: Tried) -> None:
        """Take a finished plan into account, and its value up to the root."""
        self.considered += 1
        value = self.problem.value(tried)
        if (value, -len(tried.plan.steps)) > (self.value, -len(self.best.plan.steps) if self.best else 0):
            self.best, self.leaf, self.value = tried, leaf, value
        for above in node.path():
            above.visits += 1
            above.total += value


def mcts(problem: Problem) -> Proposal:
    """Search until a plan is found that the facts find nothing against, or the budget is spent."""
    search = _Search(problem, root(problem))
    idle = 0
    while idle < SPARE_ROUNDS and not search.root.closed:
        if search.best is not None and (search.best.clean or problem.budget.exhausted()):
            break
        before = search.considered
        search.widen(search.select())
        idle = 0 if search.considered > before else idle + 1
    chosen = search.best or search.root.tried
    limit = problem.budget.exhausted()
    note = "" if chosen.clean or not limit else f"The search stopped at {limit}; this is the best plan so far."
    return Proposal(chosen, max(1, search.considered), note, search.root.drawn(search.leaf))
