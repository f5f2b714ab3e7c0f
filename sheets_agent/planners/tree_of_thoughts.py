"""Tree of thoughts: step by step, with several next steps at each node, every one of them tried.

Three ways through the tree: greedy keeps the best node of each level, beam the best few, depth-first goes down the best
way and comes back where it leads into an error.

Source: Yao et al., "Tree of Thoughts: Deliberate Problem Solving with Large Language Models", 2023.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from sheets_agent.errors import ModelError
from sheets_agent.planners.node import Node, child, joined, root
from sheets_agent.planners.problem import Problem, Proposal
from sheets_agent.planners.self_consistency import vote


@dataclass
class Tree:
    """One tree of a search.

    Attributes:
        problem: the task.
        root: the empty plan.
        best: the best finished plan so far, and `partial` the best unfinished one.
        considered: nodes that were tried.
    """

    problem: Problem
    root: Node
    best: Node | None = None
    partial: Node | None = None
    considered: int = 0
    _seen: set[str] = field(default_factory=set)

    @property
    def chosen(self) -> Node:
        """The best node so far: a finished one, where there is one."""
        return self.best or self.partial or self.root

    def expand(self, node: Node) -> list[Node]:
        """Ask for next steps and try each; those that leave what another node has left are dropped.

        Raises:
            ModelError: when the model gives none and no plan has been found yet.
        """
        if self.problem.budget.exhausted() or len(node.steps) >= self.problem.search.depth:
            return []
        try:
            found = self.problem.generator.continuations(node.tried, self.problem.affordable, whole=False)
        except ModelError:
            if node is self.root:
                raise
            return []
        node.finished = found.done
        fresh = [joined(node, child(self.problem, node, plan.steps[0]), self._seen) for plan in found.plans]
        children = [one for one in fresh if one is not None]
        self.considered += len(children)
        for one in (node, *children):
            self._note(one)
        return sorted(children, key=lambda one: one.value, reverse=True)

    def _note(self, node: Node) -> None:
        if node.finished and (self.best is None or node.value > self.best.value):
            self.best = node
        elif node.steps and (self.partial is None or node.value >= self.partial.value):  # the further the better
            self.partial = node


def greedy(tree: Tree) -> None:
    """Keep the best node of each level."""
    node = tree.root
    while True:
        children = tree.expand(node)
        if node.finished or not children:
            return
        node = children[0]


def beam(tree: Tree) -> None:
    """Keep the best few nodes of each level."""
    level = [tree.root]
    while level:
        children = [one for node in level for one in tree.expand(node)]
        going_on = sorted(children, key=lambda one: one.value, reverse=True)[: tree.problem.search.beam]
        if tree.best is not None and all(node.value <= tree.best.value for node in going_on):
            return
        level = going_on


def depth_first(tree: Tree) -> None:
    """Go down the best way, and come back where a step brings an error or the way leads nowhere."""
    _descend(tree, tree.root)


def _descend(tree: Tree, node: Node) -> bool:
    """Search below a node.

    Returns:
        Whether a finished plan was found that the facts find nothing against, so that the search is over.
    """
    children = tree.expand(node)
    if node.finished:
        return node.tried.clean
    return any(_descend(tree, one) for one in children if not one.broken)


Walk = Callable[[Tree], None]


def tree_of_thoughts(walk: Walk) -> Callable[[Problem], Proposal]:
    """The strategy that goes through its trees in one way."""

    def search(problem: Problem) -> Proposal:
        trees = list(_searched(problem, walk))
        considered = sum(tree.considered for tree in trees)
        if len(trees) == 1:
            chosen, said = trees[0].chosen.tried, ""
        else:
            chosen, said = vote(problem, [tree.chosen.tried for tree in trees])
        shown = next(tree for tree in trees if tree.chosen.plan == chosen.plan)
        note = " ".join(filter(None, (said, _said_of_budget(problem, shown))))
        return Proposal(chosen, considered, note, shown.root.drawn(shown.chosen))

    return search


def _searched(problem: Problem, walk: Walk) -> Iterable[Tree]:
    """The trees, as many as are wanted and the budget allows."""
    for number in range(problem.search.trees):
        if number and problem.budget.exhausted():
            return
        tree = Tree(problem, root(problem))
        walk(tree)
        problem.tell(f"Tree {number + 1}: {tree.considered} steps were tried.")
        yield tree


def _said_of_budget(problem: Problem, tree: Tree) -> str:
    limit = problem.budget.exhausted()
    if not limit:
        return ""
    unfinished = "" if tree.best is not None else ", which may lack steps"
    return f"The search stopped at {limit}; this is the best plan so far{unfinished}."
