"""A node of a tree of plans: some steps, the copy on which they were taken, and what follows from them."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from sheets_agent.planners.problem import Problem, Tried
from sheets_agent.planners.world import World
from sheets_agent.state.planned import Plan, SearchTree, Step, Trial

SHOWN_FACTS = 3


@dataclass(eq=False)
class Node:
    """What a search knows of a plan's beginning.

    Attributes:
        steps: the steps taken up to here.
        world: the copy after them.
        trial: what came of them.
        value: what the node itself is worth, from 0 to 1.
        parent: the node one step before.
        children: the nodes one step further.
        finished: whether the model takes the task to be done here.
        closed: whether no more children can be had.
        visits: how often the search has come through here.
        total: the values that were found below, added up.
    """

    steps: tuple[Step, ...]
    world: World
    trial: Trial
    value: float = 0.0
    parent: Node | None = None
    children: list[Node] = field(default_factory=list)
    finished: bool = False
    closed: bool = False
    visits: int = 0
    total: float = 0.0

    @property
    def plan(self) -> Plan:
        """The steps as a plan."""
        return Plan(steps=self.steps)

    @property
    def tried(self) -> Tried:
        """The steps as a plan that was tried."""
        return Tried(self.plan, self.trial, self.world)

    @property
    def broken(self) -> bool:
        """Whether the last step brought an error."""
        before = self.parent.trial.errors if self.parent else ()
        return len(self.trial.errors) > len(before)

    @property
    def mean(self) -> float:
        """The mean of the values found at the node and below it."""
        return self.total / self.visits if self.visits else self.value

    def path(self) -> Iterator[Node]:
        """The node and those before it, up to the root."""
        node: Node | None = self
        while node is not None:
            yield node
            node = node.parent

    def upper_confidence(self) -> float:
        """UCB1: the mean, and more the less the node was visited beside its parent.

        Source: Auer, Cesa-Bianchi, Fischer, "Finite-time Analysis of the Multiarmed Bandit Problem", 2002.
        """
        if not self.visits or self.parent is None:
            return math.inf
        return self.mean + math.sqrt(2) * math.sqrt(math.log(max(1, self.parent.visits)) / self.visits)

    def drawn(self, chosen: Node | None) -> SearchTree:
        """The tree below, for people to look at; the way to the chosen node is marked."""
        way = set(chosen.path()) if chosen is not None else set()
        return self._drawn(way)

    def _drawn(self, way: set[Node]) -> SearchTree:
        before = set(self.parent.trial.facts) if self.parent else set()
        fresh = [fact.sentence for fact in self.trial.doubts if fact not in before and fact.step is not None]
        return SearchTree(
            label=self.steps[-1].action.sentence() if self.steps else "",
            value=round(self.mean, 3),
            visits=self.visits,
            chosen=self in way,
            facts=tuple(fresh[:SHOWN_FACTS]),
            children=tuple(child._drawn(way) for child in self.children),
        )


def root(problem: Problem) -> Node:
    """The empty plan."""
    world = problem.world()
    return _valued(problem, Node((), world, world.trial()))


def child(problem: Problem, parent: Node, step: Step) -> Node:
    """The node that a step leads to, on a fork of its parent's copy. The parent does not know of it yet."""
    world = parent.world.fork()
    world.take(len(parent.steps), step.action)
    return _valued(problem, Node((*parent.steps, step), world, world.trial(), parent=parent))


def rolled_out(node: Node, rest: Sequence[Step]) -> Tried:
    """The plan of a node with the steps that were proposed to follow it, tried to its end on a fork."""
    if not rest:
        return node.tried
    world = node.world.fork()
    for index, step in enumerate(rest, len(node.steps)):
        world.take(index, step.action)
    return Tried(Plan(steps=(*node.steps, *rest)), world.trial(), world)


def joined(parent: Node, candidate: Node, seen: set[str]) -> Node | None:
    """The child that a candidate becomes; None where another node has left the same already.

    Args:
        parent: of the candidate.
        candidate: a node that `child` has made.
        seen: fingerprints of what the nodes of the tree have left; the candidate's is added.
    """
    mark = candidate.world.outcome() if not candidate.broken else repr(candidate.steps)
    if mark in seen:
        return None
    seen.add(mark)
    parent.children.append(candidate)
    return candidate


def _valued(problem: Problem, node: Node) -> Node:
    node.value = problem.value(node.tried)
    return node
