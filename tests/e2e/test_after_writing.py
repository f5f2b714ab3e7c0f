"""What a run leaves behind when something goes wrong after it has written, or while it is paused."""

from __future__ import annotations

import re
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from protocol_server import ProtocolServer
from scenario import (
    HEADER,
    OPENINGS,
    OVERWRITING,
    RATIO,
    SHEET,
    TASK,
    Person,
    agent,
    cells,
    clears,
    describes,
    plans,
    says,
    sums_up,
    with_a_colleague,
)

from sheets_agent.checkpoints import data_dir
from sheets_agent.errors import ModelError, UsageError
from sheets_agent.feedback.person import Decision
from sheets_agent.sheets.client import SheetsClient
from sheets_agent.state.done import Status


def takes_the_name(client: SheetsClient, spreadsheet_id: str) -> None:
    """Somebody makes a sheet with the name that the plan wants to give one."""
    client.batch_update(spreadsheet_id, [{"addSheet": {"properties": {"title": "Отчёт"}}}])


class TestAfterWriting:
    """What was written is never lost from sight, whatever goes wrong afterwards."""

    def test_a_refused_batch_is_no_success(self, scripted: ProtocolServer, sales: Path) -> None:
        scripted.script(describes(), plans(SHEET), sums_up("Готово."))
        result = with_a_colleague(sales, takes_the_name, when="approve")
        assert result.status is Status.INCOMPLETE
        assert result.summary.startswith("Google refused the batch, and nothing of it was written: ")
        assert "already exists" in result.summary
        assert result.summary.endswith(" Готово.")
        assert (result.diff.cell_count, result.files) == (0, ())

    def test_single_calls_are_part_of_the_difference(self, scripted: ProtocolServer, sales: Path) -> None:
        call = ("write_cell", {"target": "'Продажи'!G1", "value": "x"})
        scripted.script(describes(), plans(HEADER), says("executor", calls=[call]), sums_up())
        result = agent().run(str(sales), TASK)
        assert [(change.cell, change.after) for change in result.diff.cells] == [("E1", "Выручка"), ("G1", "x")]

    def test_a_model_that_fails_to_sum_up_does_not_cost_the_work(self, scripted: ProtocolServer, sales: Path) -> None:
        scripted.script(describes(), plans(HEADER), says("executor", error=401))
        result = agent().run(str(sales), TASK)
        assert result.summary.startswith("The plan was written, but the run could not go on:")
        assert cells(result.files[0], "Продажи")["E1"] == "Выручка"

    def test_a_corrector_that_fails_does_not_cost_the_work(self, scripted: ProtocolServer, sales: Path) -> None:
        scripted.script(describes(), plans(RATIO), sums_up(), says("corrector", error=401))
        result = with_a_colleague(sales, clears("'Продажи'!C5"))
        assert result.status is Status.INCOMPLETE
        assert "the run could not go on" in result.summary
        assert cells(result.files[0], "Продажи")["F4"] == 20

    def test_a_correction_that_mends_nothing_leaves_the_problem_standing(
        self, scripted: ProtocolServer, sales: Path
    ) -> None:
        beside = {**HEADER, "target": "'Продажи'!H1"}
        scripted.script(
            describes(),
            plans(RATIO),
            sums_up(),
            says("corrector", json={"thoughts": "Мимо.", "steps": [beside]}),
            sums_up(),
        )
        result = with_a_colleague(sales, clears("'Продажи'!C5"), max_rounds=1)
        (problem,) = result.problems
        assert (problem.address, problem.fixed) == ("'Продажи'!F5", False)
        assert result.status is Status.INCOMPLETE

    def test_a_rejected_correction_does_not_deny_what_was_written(self, scripted: ProtocolServer, sales: Path) -> None:
        scripted.script(
            describes(),
            plans(RATIO),
            sums_up("Готово."),
            *[says("corrector", json={"thoughts": "", "steps": [OVERWRITING]})] * 2,
        )
        person = Person(Decision(verdict="reject", comment="Не A1"), Decision(verdict="reject"))
        result = with_a_colleague(sales, clears("'Продажи'!C5"), person=person)
        assert result.status is Status.INCOMPLETE
        assert result.summary == "Готово. A correction was rejected; what was written before it stays."
        assert "Не A1" in [r.text for r in scripted.chats if re.search(OPENINGS["corrector"], r.text)][1]
        assert cells(result.files[0], "Продажи")["A1"] == "Регион"

    def test_what_only_google_calculates_is_no_error_to_correct(self, scripted: ProtocolServer, sales: Path) -> None:
        rate = {**HEADER, "options": ['value==GOOGLEFINANCE("CURRENCY:USDRUB")']}
        scripted.script(describes(), plans(rate), sums_up())
        result = agent(approve="never", allow_functions=["GOOGLEFINANCE"]).run(str(sales), TASK)
        assert (result.status, result.problems) == (Status.DONE, ())
        assert result.notes[0].startswith("'Продажи'!E1 shows an error here, which Google Sheets may not:")

    def test_cells_that_moved_are_not_told_as_different(self, scripted: ProtocolServer, sales: Path) -> None:
        above = {"why": "Место", "action": "insert_rows", "target": "'Продажи'!1:1"}
        scripted.script(describes(), plans(HEADER, above), sums_up())
        result = agent(approve="never").run(str(sales), TASK)
        assert result.status is Status.DONE
        assert [note for note in result.notes if "the trial had" in note] == []


class TestPausedRuns:
    @pytest.mark.parametrize(
        "answer",
        [
            {},
            {"decisions": ["approve"]},
            {"decisions": [{"type": "edit"}]},
            {"decisions": [{"type": "edit", "edited_action": {"args": {"plan": {"steps": [{}]}}}}]},
        ],
    )
    def test_a_malformed_answer_leaves_the_run_paused(
        self, scripted: ProtocolServer, sales: Path, answer: dict[str, Any]
    ) -> None:
        scripted.script(describes(), plans(OVERWRITING), sums_up())
        worker = agent()
        paused = worker.run(str(sales), TASK)
        with pytest.raises(UsageError):
            worker.resume(paused.run_id, answer)
        assert worker.resume(paused.run_id, {"decisions": [{"type": "approve"}]}).status is Status.DONE

    def test_a_run_that_fails_leaves_nothing_behind(self, scripted: ProtocolServer, sales: Path) -> None:
        scripted.script(describes(), says("planner", error=401))
        with pytest.raises(ModelError):
            agent().run(str(sales), TASK)
        connection = sqlite3.connect(data_dir() / "runs.sqlite")
        assert connection.execute("select count(*) from checkpoints").fetchone() == (0,)
        connection.close()
