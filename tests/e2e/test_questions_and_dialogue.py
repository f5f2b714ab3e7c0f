"""Questions that are answered without writing, and runs that follow one another in a thread."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from protocol_server import ProtocolServer
from scenario import (
    CHART,
    HEADER,
    OPENINGS,
    PIVOT,
    REVENUE,
    SHEET,
    agent,
    cells,
    describes,
    good_run,
    plans,
    says,
    sums_up,
)

from sheets_agent.cli import main
from sheets_agent.errors import UsageError
from sheets_agent.state.done import Intent, Status

SUM_OF_UNITS = {
    "why": "Сумма",
    "action": "calculate",
    "options": ["formula==SUM('Продажи'!C2:C13)", "label=Всего штук"],
}
QUESTION = "Сколько штук продано?"


def prompt_of(server: ProtocolServer, role: str, index: int = 0) -> str:
    """The text of a role's call."""
    return [request.text for request in server.chats if re.search(OPENINGS[role], request.text)][index]


class TestQuestions:
    def test_a_question_is_answered_by_a_formula_and_writes_nothing(
        self, scripted: ProtocolServer, sales: Path
    ) -> None:
        scripted.script(describes(request="question"), plans(SUM_OF_UNITS), sums_up("Продано 78 штук."))
        before = sales.read_bytes()
        result = agent(reflect="auto", approve="always").run(str(sales), QUESTION)
        assert (result.status, result.intent, result.summary) == (Status.DONE, Intent.QUESTION, "Продано 78 штук.")
        (found,) = result.calculations
        assert (found.label, found.rows, found.rests_on) == ("Всего штук", (("78",),), ("'Продажи'!C2:C13",))
        assert '"78"' in str(scripted.chats[-1].body["messages"][-1]["content"])
        assert result.usage.api_writes == 0
        assert result.files == ()
        assert sales.read_bytes() == before
        assert [path.name for path in sales.parent.iterdir()] == ["sales.xlsx"]

    def test_a_plan_that_writes_is_sent_back_when_a_question_was_asked(
        self, scripted: ProtocolServer, sales: Path
    ) -> None:
        scripted.script(describes(), plans(HEADER), plans(SUM_OF_UNITS), sums_up("78"))
        result = agent().run(str(sales), QUESTION, ask=True)
        assert result.status is Status.DONE
        assert result.plan is not None
        assert [step.action.kind for step in result.plan.steps] == ["calculate"]
        assert "write_cell" in prompt_of(scripted, "planner", 1)

    def test_the_executor_of_a_question_is_given_no_tool_that_writes_and_cannot_force_one(
        self, scripted: ProtocolServer, sales: Path
    ) -> None:
        sneaky = says("executor", calls=[("write_cell", {"target": "'Продажи'!A1", "value": "x"})])
        scripted.script(describes(request="question"), plans(SUM_OF_UNITS), sneaky, sums_up("78"))
        result = agent(approve="never").run(str(sales), QUESTION)
        tools = [tool["function"]["name"] for tool in scripted.chats[-1].body["tools"]]
        assert tools == ["read_range", "calculate"]
        assert not result.tool_calls[-1].success
        assert result.usage.api_writes == 0

    def test_both_are_done_and_the_answer_is_of_the_sheet_as_it_is_then(
        self, scripted: ProtocolServer, sales: Path
    ) -> None:
        total = {"why": "Итог", "action": "calculate", "options": ["formula==SUM('Продажи'!E2:E13)"]}
        scripted.script(describes(request="both"), plans(HEADER, REVENUE, total), sums_up())
        result = agent().run(str(sales), "Добавь выручку и скажи, сколько её всего")
        assert result.intent is Intent.BOTH
        assert result.calculations[0].rows == ((str(sum(n * (30 + 10 * n) for n in range(1, 13))),),)
        assert cells(result.files[0], "Продажи")["E1"] == "Выручка"

    def test_an_error_is_told_to_the_model_and_kept(self, scripted: ProtocolServer, sales: Path) -> None:
        wrong = {**SUM_OF_UNITS, "options": ["formula=='Продажи'!C2/0"]}
        scripted.script(describes(request="question"), *[plans(wrong)] * 3)
        result = agent(planner="cot").run(str(sales), QUESTION)
        assert result.status is Status.INCOMPLETE
        assert "#DIV/0!" in result.summary

    def test_at_the_command_line(
        self, scripted: ProtocolServer, sales: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        scripted.script(describes(), plans(SUM_OF_UNITS), sums_up("Продано 78 штук."))
        assert main(["run", str(sales), QUESTION, "--ask", "--model", "openai:gpt-test"]) == 0
        told = capsys.readouterr()
        assert "Продано 78 штук." in told.out
        assert "Всего штук" in told.out
        assert "'Продажи'!C2:C13" in told.out
        assert "question" in told.err


class TestDialogue:
    def test_a_follow_up_knows_what_was_done_and_goes_on_in_the_same_file(
        self, scripted: ProtocolServer, sales: Path
    ) -> None:
        scripted.script(*good_run())
        first = agent().run(str(sales), "Построй сводную с диаграммой")
        line = {
            "why": "Линией",
            "action": "update_chart",
            "target": "Отчёт",
            "options": ["chart=Выручка", "chart_type=line"],
        }
        scripted.script(describes(), plans(line), *[plans(line)] * 6, sums_up("Теперь линия."))
        agent_again = agent(planner="cot")
        result = agent_again.follow(first.run_id, "Сделай её линейной", dry_run=True)
        planner = prompt_of(scripted, "planner", 1)
        assert "Построй сводную с диаграммой" in planner
        assert "Готово: выручка, сводная и диаграмма." in planner
        assert "'Продажи'!E2:E13" in planner
        assert result.run_id.startswith(f"{first.run_id}.")
        assert result.description is not None
        assert {sheet.title for sheet in result.description.sheets} == {"Продажи", "Отчёт"}

    def test_a_second_turn_is_written_to_the_file_of_the_first(self, scripted: ProtocolServer, sales: Path) -> None:
        scripted.script(describes(), plans(HEADER), sums_up("Заголовок есть."))
        first = agent().run(str(sales), "Добавь заголовок")
        scripted.script(describes(), plans(REVENUE), sums_up("Выручка есть."))
        second = agent().follow(first.run_id, "И формулы под ним")
        assert second.files == first.files
        assert cells(second.files[0], "Продажи")["E13"] == 12 * 150
        scripted.script(describes(request="question"), plans(SUM_OF_UNITS), sums_up("78"))
        third = agent().follow(second.run_id, "А сколько всего штук?")
        assert third.calculations[0].rows == (("78",),)
        told = prompt_of(scripted, "planner", -1)
        assert told.index("Добавь заголовок") < told.index("И формулы под ним")
        assert "cells" not in cells(first.files[0], "Продажи")

    def test_a_failed_follow_up_keeps_the_thread(self, scripted: ProtocolServer, sales: Path) -> None:
        scripted.script(describes(), plans(HEADER), sums_up("Заголовок есть."))
        first = agent().run(str(sales), "Добавь заголовок")
        scripted.script(says("retriever", error=401))
        with pytest.raises(Exception, match=r"401|key"):
            agent().follow(first.run_id, "И формулы под ним")
        scripted.script(describes(), plans(REVENUE), sums_up("Выручка есть."))
        assert agent().follow(first.run_id, "И формулы под ним").status is Status.DONE

    def test_what_is_not_known_cannot_be_followed(self) -> None:
        with pytest.raises(UsageError, match="Nothing is known of a run nope"):
            agent().follow("nope", "дальше")
        with pytest.raises(UsageError, match="no earlier run"):
            agent().last_run()

    def test_follow_at_the_command_line_takes_the_last_run(
        self, scripted: ProtocolServer, sales: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        options = ["--model", "openai:gpt-test", "--reflect", "never", "--json"]
        scripted.script(describes(), plans(HEADER), sums_up("Заголовок есть."))
        assert main(["run", str(sales), "Добавь заголовок", *options]) == 0
        first = json.loads(capsys.readouterr().out)
        scripted.script(describes(), plans(SHEET, PIVOT, CHART), *[plans(REVENUE)] * 2, sums_up("Есть."))
        assert main(["follow", "И формулы под ним", "--planner", "cot", *options]) in (0, 9)
        second = json.loads(capsys.readouterr().out)
        assert second["run_id"].startswith(first["run_id"])
