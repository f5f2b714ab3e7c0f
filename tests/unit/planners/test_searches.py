"""The strategies on real copies of a small workbook, with a generator that proposes from a script."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, cast

import pytest

from sheets_agent.emulator.service import Emulator
from sheets_agent.emulator.transport import EmulatorHttp
from sheets_agent.errors import UnusableAnswer
from sheets_agent.planners.budget import Budget
from sheets_agent.planners.copies import Copies
from sheets_agent.planners.draft import Continuations, read_plan
from sheets_agent.planners.generator import Generator
from sheets_agent.planners.mcts import children_allowed, mcts
from sheets_agent.planners.node import Node, child, root
from sheets_agent.planners.problem import Problem, Proposal, Strategy, Tried
from sheets_agent.planners.self_consistency import self_consistency
from sheets_agent.planners.strategies import LADDER, STRATEGIES, strategy
from sheets_agent.planners.tree_of_thoughts import beam, depth_first, greedy, tree_of_thoughts
from sheets_agent.settings import Search
from sheets_agent.sheets.client import SheetsClient
from sheets_agent.state.done import RoleUsage
from sheets_agent.state.planned import Plan

Wire = dict[str, Any]


def formula(target: str, text: str) -> Wire:
    return {"action": "repeat_formula", "target": f"Sheet1!{target}", "options": [f"formula={text}"]}


def value(target: str, text: str) -> Wire:
    return {"action": "write_cell", "target": f"Sheet1!{target}", "options": [f"value={text}"]}


HEADER = value("D1", "Revenue")
GOOD = formula("D2:D4", "=B2*C2")
BAD = formula("D2:D4", "=C2/B2")
TRAP = value("E1", "Ratio")
DONE = None


Ways = dict[tuple[str, ...], list[list[Wire] | None]]


class Script:
    """A generator that goes by how a plan has begun: the targets written so far.

    Args:
        ways: for each beginning what to propose, whole; None stands for being done.
        failing: beginnings at which the model gives nothing usable.
    """

    def __init__(self, ways: Ways, failing: frozenset[tuple[str, ...]] = frozenset()) -> None:
        self.ways, self.failing, self.calls, self.asked = ways, failing, 0, list[tuple[str, ...]]()
        self.drafted: list[list[Wire]] = []
        self.choice = 0

    def continuations(self, tried: Tried, search: Search, *, whole: bool) -> Continuations:
        self.calls += 1
        begun = tuple(str(step.action.model_dump()["target"]).removeprefix("Sheet1!") for step in tried.plan.steps)
        self.asked.append(begun)
        if begun in self.failing:
            raise UnusableAnswer("nothing came", "try again")
        found = self.ways.get(begun, [])
        plans = [read_plan({"steps": steps if whole else steps[:1]}) for steps in found if steps is not DONE]
        return Continuations(tuple(plans), DONE in found)

    def drafts(self, count: int) -> list[Plan]:
        self.calls += count
        return [read_plan({"steps": steps}) for steps in self.drafted[:count]]

    def choose(self, plans: list[Plan]) -> int:
        self.calls += 1
        return self.choice

    def usage(self) -> RoleUsage:
        return RoleUsage(calls=self.calls)


def problem_of(script: Script, **limits: Any) -> Problem:
    client = SheetsClient(EmulatorHttp(Emulator()), sleep=lambda seconds: None)
    spreadsheet_id = client.create("Book")["spreadsheetId"]
    client.update_values(
        spreadsheet_id,
        "Sheet1!A1",
        [["Region", "Units", "Price"], ["North", 4, 2.5], ["South", 0, 10], ["North", 6, 1]],
    )
    search = Search(**limits)
    return Problem(
        task="",
        generator=cast(Generator, script),
        copies=Copies(client, spreadsheet_id),
        budget=Budget(search, script.usage),
        search=search,
    )


def targets(proposal: Proposal) -> list[str]:
    return [str(step.action.model_dump()["target"]).removeprefix("Sheet1!") for step in proposal.chosen.plan.steps]


def trap() -> Script:
    """The way that looks best at first leads into an error; the second one does not."""
    return Script(
        {
            (): [[TRAP, BAD], [HEADER, GOOD]],
            ("E1",): [[BAD]],
            ("E1", "D2:D4"): [DONE],
            ("D1",): [[GOOD]],
            ("D1", "D2:D4"): [DONE],
        }
    )


SEARCHES = [tree_of_thoughts(greedy), tree_of_thoughts(beam), tree_of_thoughts(depth_first), mcts]


class TestTheTrap:
    def test_greedy_falls_into_it(self) -> None:
        proposal = tree_of_thoughts(greedy)(problem_of(trap()))
        assert targets(proposal) == ["E1", "D2:D4"]
        assert proposal.chosen.trial.errors

    @pytest.mark.parametrize("search", SEARCHES[1:], ids=["beam", "depth first", "mcts"])
    def test_the_others_get_out_of_it(self, search: Strategy) -> None:
        proposal = search(problem_of(trap()))
        assert targets(proposal) == ["D1", "D2:D4"]
        assert proposal.chosen.clean
        assert proposal.note == ""

    def test_depth_first_goes_no_further_where_a_step_brought_an_error(self) -> None:
        script = trap()
        tree_of_thoughts(depth_first)(problem_of(script))
        assert script.asked == [(), ("E1",), ("D1",), ("D1", "D2:D4")]

    def test_mcts_needs_one_call_as_its_rollouts_ask_nobody(self) -> None:
        script = trap()
        mcts(problem_of(script))
        assert script.asked == [()]


class TestBudgets:
    @pytest.mark.parametrize("search", SEARCHES, ids=["greedy", "beam", "depth first", "mcts"])
    def test_each_stops_at_its_budget_with_the_best_so_far_and_says_so(self, search: Strategy) -> None:
        script = Script({(): [[BAD, HEADER], [TRAP, BAD]], ("E1",): [[BAD]], ("D2:D4",): [[HEADER]]})
        proposal = search(problem_of(script, calls=1))
        assert script.calls == 1
        assert proposal.chosen.plan.steps
        assert "stopped at 1 call of models" in proposal.note

    def test_seconds_and_tokens_end_it_too(self) -> None:
        now = [0.0]
        used = [RoleUsage()]
        budget = Budget(Search(calls=9, tokens=1000, seconds=5), lambda: used[0], lambda: now[0])
        assert (budget.calls_left, budget.exhausted()) == (9, "")
        used[0] = RoleUsage(calls=4, input_tokens=600, output_tokens=399)
        assert budget.calls_left == 5
        used[0] = RoleUsage(calls=4, input_tokens=600, output_tokens=400)
        assert (budget.calls_left, budget.exhausted()) == (0, "1,000 tokens")
        used[0], now[0] = RoleUsage(), 5.0
        assert (budget.calls_left, budget.exhausted()) == (0, "5 seconds")

    def test_fewer_plans_are_drawn_where_fewer_are_allowed(self) -> None:
        script = Script({})
        script.drafted = [[HEADER], [HEADER], [GOOD]]
        proposal = self_consistency(problem_of(script, samples=3, calls=2))
        assert script.calls == 2
        assert proposal.note.startswith("2 of 3 plans were drawn")

    def test_a_plan_may_have_no_more_steps_than_the_depth(self) -> None:
        endless: Ways = {
            tuple(f"F{row}" for row in range(1, length + 1)): [[value(f"F{length + 1}", "x")]] for length in range(20)
        }
        proposal = tree_of_thoughts(greedy)(problem_of(Script(endless), depth=3))
        assert targets(proposal) == ["F1", "F2", "F3"]


class TestFailures:
    @pytest.mark.parametrize("search", SEARCHES, ids=["greedy", "beam", "depth first", "mcts"])
    def test_a_model_that_gives_nothing_at_all_ends_the_search_with_its_error(self, search: Strategy) -> None:
        with pytest.raises(UnusableAnswer):
            search(problem_of(Script({}, failing=frozenset({()}))))

    @pytest.mark.parametrize("search", SEARCHES[1:], ids=["beam", "depth first", "mcts"])
    def test_one_that_fails_on_one_node_does_not(self, search: Strategy) -> None:
        script = trap()
        script.failing = frozenset({("E1",)})
        assert targets(search(problem_of(script))) == ["D1", "D2:D4"]


class TestTheTree:
    def test_ways_that_leave_the_same_are_one_node(self) -> None:
        table = {"action": "write_table", "target": "Sheet1!D1", "values": [["Revenue"]]}
        proposal = tree_of_thoughts(beam)(problem_of(Script({(): [[HEADER], [table], [TRAP]], ("D1",): [DONE]})))
        assert proposal.tree is not None
        assert len(proposal.tree.children) == 2

    def test_it_marks_the_way_to_the_plan_and_what_spoke_against_the_others(self) -> None:
        tree = mcts(problem_of(trap())).tree
        assert tree is not None
        bad, good = tree.children
        assert (bad.chosen, good.chosen, tree.chosen) == (False, True, True)
        assert bad.value is not None
        assert good.value is not None
        assert bad.value < good.value == 1.0
        assert (tree.visits, bad.visits, good.visits) == (3, 2, 1)

    def test_several_trees_are_put_to_a_vote(self) -> None:
        proposal = tree_of_thoughts(depth_first)(problem_of(trap(), trees=3))
        assert targets(proposal) == ["D1", "D2:D4"]
        assert proposal.note == "3 of 3 plans agree in what they do."

    def test_a_fork_leaves_its_parent_as_it_was(self) -> None:
        problem = problem_of(trap())
        top = root(problem)
        (good,) = read_plan({"steps": [GOOD]}).steps
        (bad,) = read_plan({"steps": [BAD]}).steps
        one, other = child(problem, top, good), child(problem, top, bad)
        assert not one.trial.errors
        assert other.broken
        assert top.trial.diff.cell_count == 0
        assert one.trial.diff.cell_count == 3


class TestChoosing:
    @staticmethod
    def node(visits: int, total: float, parent: Node | None = None) -> Node:
        return Node((), cast(Any, None), cast(Any, None), parent=parent, visits=visits, total=total)

    def test_ucb1_weighs_the_mean_against_how_seldom_a_node_was_visited(self) -> None:
        top = self.node(10, 5.0)
        often, seldom = self.node(9, 6.3, top), self.node(1, 0.2, top)
        assert often.upper_confidence() == pytest.approx(0.7 + math.sqrt(2) * math.sqrt(math.log(10) / 9))
        assert seldom.upper_confidence() == pytest.approx(0.2 + math.sqrt(2) * math.sqrt(math.log(10)))
        assert seldom.upper_confidence() > often.upper_confidence()
        assert self.node(0, 0.0, top).upper_confidence() == math.inf

    def test_a_node_gets_more_children_as_it_is_visited(self) -> None:
        assert [children_allowed(visits) for visits in (0, 1, 2, 4, 5, 9, 10)] == [1, 1, 2, 2, 3, 3, 4]

    def test_mcts_comes_back_to_what_looks_best_until_the_budget_ends(self) -> None:
        never_clean = Script(
            {
                (): [[BAD], [TRAP, BAD]],
                ("D2:D4",): [[HEADER], [value("F1", "x")]],
                ("E1",): [[BAD]],
                ("D2:D4", "D1"): [[value("F2", "x")]],
                ("D2:D4", "F1"): [[value("F3", "x")]],
            }
        )
        proposal = mcts(problem_of(never_clean, calls=6))
        assert never_clean.calls <= 6
        assert proposal.chosen.trial.errors
        assert proposal.tree is not None
        assert proposal.tree.visits == proposal.considered
        assert proposal.tree.visits > 3


class TestVoting:
    def test_facts_come_before_the_count(self) -> None:
        script = Script({})
        script.drafted = [[HEADER, BAD], [HEADER, BAD], [HEADER, GOOD]]
        proposal = self_consistency(problem_of(script))
        assert targets(proposal) == ["D1", "D2:D4"]
        assert proposal.chosen.clean
        assert proposal.note == "1 of 3 plans agree in what they do."

    def test_a_tie_is_a_models_to_break(self) -> None:
        script = Script({})
        script.drafted, script.choice = [[HEADER, GOOD], [GOOD]], 1
        proposal = self_consistency(problem_of(script, samples=2))
        assert targets(proposal) == ["D2:D4"]
        assert "a model chose between 2 that tie" in proposal.note

    def test_without_budget_the_first_of_a_tie_is_taken(self) -> None:
        script = Script({})
        script.drafted, script.choice = [[HEADER, GOOD], [GOOD]], 1
        proposal = self_consistency(problem_of(script, samples=2, calls=2))
        assert targets(proposal) == ["D1", "D2:D4"]
        assert "the budget leaves no vote" in proposal.note


def test_auto_climbs_its_ladder_and_stays_at_the_top() -> None:
    climbed: list[Callable[..., Proposal]] = [strategy("auto", rounds) for rounds in range(5)]
    assert climbed == [*LADDER, LADDER[-1], LADDER[-1]]
    assert strategy("mcts", 0) is STRATEGIES["mcts"]
