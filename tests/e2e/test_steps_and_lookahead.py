"""What a run tells of each step, and an executor that tries its next calls before it makes one."""

from __future__ import annotations

from pathlib import Path

from protocol_server import ProtocolServer
from scenario import HEADER, REVENUE, STEPS, TASK, agent, cells, describes, good_run, plans, says, sums_up

from sheets_agent.state.done import Status


def test_a_result_holds_every_step_with_its_reason_its_batch_and_what_it_depends_on(
    scripted: ProtocolServer, sales: Path
) -> None:
    scripted.script(*good_run())
    result = agent().run(str(sales), TASK)
    assert [step.event for step in result.steps] == [step["why"] for step in STEPS]
    assert [step.action.kind for step in result.steps] == [step["action"] for step in STEPS]
    assert {step.batch for step in result.steps} == {1}
    assert result.successful_steps() == result.steps
    header, revenue, sheet, pivot, chart = (step.depends_on for step in result.steps)
    assert (header, revenue, sheet) == ((), (), ())
    assert set(pivot) == {0, 1, 2}
    assert set(chart) == {2, 3}
    assert all(step.seconds >= 0 and not step.error and step.result for step in result.steps)


def test_calls_of_the_executor_are_steps_too_and_failed_ones_say_why(scripted: ProtocolServer, sales: Path) -> None:
    good = ("format_cells", {"target": "'Продажи'!E1", "style": ["bold"]})
    bad = ("write_cell", {"target": "'Нет'!A1", "value": "x"})
    scripted.script(describes(), plans(HEADER), says("executor", calls=[good, bad]), sums_up())
    result = agent().run(str(sales), TASK)
    assert [(step.action.kind, step.batch, step.success) for step in result.steps] == [
        ("write_cell", 1, True),
        ("format_cells", 2, True),
        ("write_cell", None, False),
    ]
    (failed,) = result.failed_steps()
    assert "Нет" in failed.error


class TestLookahead:
    def test_the_call_that_brings_no_error_is_made(self, scripted: ProtocolServer, sales: Path) -> None:
        wrong = says("executor", calls=[("repeat_formula", {"target": "'Продажи'!E2:E13", "formula": "=C2/A2"})])
        right = says("executor", calls=[("repeat_formula", {"target": "'Продажи'!E2:E13", "formula": "=C2*D2"})])
        scripted.script(describes(), plans(HEADER), wrong, wrong, right, *[sums_up()] * 3)
        result = agent(executor="lookahead").run(str(sales), TASK)
        assert result.status is Status.DONE
        assert cells(result.files[0], "Продажи")["E2"] == 40
        assert [step.success for step in result.steps] == [True, True]

    def test_of_equals_the_most_frequent_is_made(self, scripted: ProtocolServer, sales: Path) -> None:
        lone = says("executor", calls=[("write_cell", {"target": "'Продажи'!G1", "value": "раз"})])
        often = says("executor", calls=[("write_cell", {"target": "'Продажи'!G1", "value": "два"})])
        scripted.script(describes(), plans(HEADER, REVENUE), lone, often, often, *[sums_up()] * 3)
        result = agent(executor="lookahead").run(str(sales), TASK)
        assert cells(result.files[0], "Продажи")["G1"] == "два"

    def test_one_draw_that_fails_does_no_harm(self, scripted: ProtocolServer, sales: Path) -> None:
        scripted.script(describes(), plans(HEADER), says("executor", error=400), sums_up(), sums_up())
        result = agent(executor="lookahead").run(str(sales), TASK)
        assert (result.status, result.summary) == (Status.DONE, "Готово: выручка, сводная и диаграмма.")
