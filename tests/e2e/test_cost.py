"""What a task may cost with the default planner when the model's first plan is clean."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

from sheets_agent.actions.wire import action_space
from sheets_agent.stages.describe_text import tokens

sys.path.append(str(Path(__file__).parents[2] / "benchmarks"))

from cost import ACTION_SPACE, cost_of, cost_over_http
from cost_tasks import TASKS

REPORT = next(task for task in TASKS if "a pivot, a chart" in task.name)


@pytest.mark.parametrize(
    ("measure", "reads", "writes"),
    [(cost_of, 4, 1), (cost_over_http, 5, 2)],  # a live one is looked at again before the write, and its mark removed
)
def test_a_report_takes_three_calls_of_models_and_few_of_the_api(
    tmp_path: Path, measure: Any, reads: int, writes: int
) -> None:
    cost = measure(REPORT, "auto", tmp_path)
    assert cost.fine
    assert (cost.calls, cost.writes) == (3, writes)
    assert 2 <= cost.reads <= reads
    assert 10_000 < cost.tokens < 25_000


def test_the_list_of_actions_stays_short() -> None:
    assert 500 < tokens(action_space()) <= ACTION_SPACE
