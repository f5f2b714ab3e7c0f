"""What people say of plans, descriptions and results, and what becomes of a run while it waits for them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from feedback_people import ACCEPT, QUICKLY, Panel, asked_of, reviewed, revise
from protocol_server import ProtocolServer
from scenario import (
    HEADER,
    REVENUE,
    STEPS,
    TASK,
    agent,
    cells,
    describes,
    good_run,
    plans,
    says,
    sums_up,
)

from sheets_agent import SheetsAgent
from sheets_agent.errors import FeedbackError, UsageError
from sheets_agent.events import Note
from sheets_agent.feedback.channel import Asked, Reply
from sheets_agent.settings import load
from sheets_agent.state.done import Status


class TestReviews:
    def test_a_plan_is_revised_twice_and_then_accepted(self, openai_server: ProtocolServer, sales: Path) -> None:
        openai_server.script(describes(), plans(HEADER), plans(HEADER, REVENUE), plans(*STEPS), sums_up())
        panel = Panel([revise("Где выручка?")], [revise("Нужна и сводная.")], [ACCEPT])
        result = reviewed(panel, approve="always").run(sales, TASK)
        assert result.status is Status.DONE
        assert [asked.kind for asked in panel.asked] == ["plan"] * 3
        assert len({asked.id for asked in panel.asked}) == 3
        _, second, third = asked_of(openai_server, "planner")
        assert "Где выручка?" in second
        assert "Нужна и сводная." in third
        assert cells(result.files[0], "Продажи")["E13"] == 12 * 150

    def test_two_reviewers_who_disagree_send_it_back_with_one_critique(
        self, openai_server: ProtocolServer, sales: Path
    ) -> None:
        merged = says("moderator", json={"critique": "Столбец E, и без диаграммы."})
        openai_server.script(describes(), plans(HEADER), merged, plans(*STEPS), sums_up())
        panel = Panel([revise("Столбец E"), revise("Без диаграммы")], [ACCEPT, ACCEPT], overlap=2)
        result = reviewed(panel, approve="always").run(sales, TASK)
        assert result.status is Status.DONE
        [asked] = asked_of(openai_server, "moderator")
        assert "1. Столбец E\n2. Без диаграммы" in asked
        assert "Столбец E, и без диаграммы." in asked_of(openai_server, "planner")[1]

    def test_one_accepts_and_one_rejects_so_nothing_is_written(
        self, openai_server: ProtocolServer, sales: Path
    ) -> None:
        openai_server.script(describes(), plans(*STEPS))
        panel = Panel([ACCEPT, Reply(verdict="reject", critique="не сейчас")], overlap=2)
        result = reviewed(panel, approve="always").run(sales, TASK)
        assert result.status is Status.REJECTED
        assert result.summary == "The plan was rejected; nothing was written. не сейчас"
        assert result.files == ()

    def test_the_rounds_come_to_an_end(self, openai_server: ProtocolServer, sales: Path) -> None:
        openai_server.script(describes(), plans(HEADER), plans(HEADER))
        panel = Panel([revise("иначе")], [revise("ещё иначе")])
        result = reviewed(panel, approve="always", feedback={**QUICKLY, "rounds": 1}).run(sales, TASK)
        assert (result.status, result.files) == (Status.REJECTED, ())
        assert "The rounds for it are used up. What was said last: ещё иначе" in result.summary

    def test_a_result_is_revised_and_then_accepted(self, openai_server: ProtocolServer, sales: Path) -> None:
        other = {**HEADER, "options": ["value=Сумма"]}
        openai_server.script(
            describes(),
            plans(HEADER, REVENUE),
            sums_up("Выручка посчитана."),
            says("corrector", json={"thoughts": "Другой заголовок.", "steps": [other]}),
            sums_up("Заголовок исправлен."),
        )
        panel = Panel([revise("Назови столбец «Сумма»")], [ACCEPT])
        result = reviewed(panel, approve="never", review=("result",)).run(sales, TASK)
        assert (result.status, result.summary) == (Status.DONE, "Заголовок исправлен.")
        assert cells(result.files[0], "Продажи")["E1"] == "Сумма"
        first, second = panel.asked
        assert (first.kind, first.text, first.cell) == ("result", "Выручка посчитана.", "'Продажи'!E1")
        assert "E2:E13: (empty) → =C2*D2" in first.details
        assert "Сумма" in second.details
        [asked] = asked_of(openai_server, "corrector")
        assert "Назови столбец «Сумма»" in asked

    def test_a_wish_that_is_not_met_is_not_called_done(self, openai_server: ProtocolServer, sales: Path) -> None:
        openai_server.script(
            describes(),
            plans(HEADER, REVENUE),
            sums_up("Выручка посчитана."),
            says("corrector", json={"thoughts": "Не вижу, что менять.", "steps": []}),
        )
        result = reviewed(Panel([revise("Не то")]), approve="never", review=("result",)).run(sales, TASK)
        assert result.status is Status.INCOMPLETE
        assert "The reviewer's wish was not met: Не то" in result.summary

    @pytest.mark.parametrize(("answer", "undone"), [("Take it back", True), ("Leave it", False), ("", False)])
    def test_a_rejected_result_is_taken_back_only_if_the_person_says_so(
        self, openai_server: ProtocolServer, sales: Path, answer: str, undone: bool
    ) -> None:
        openai_server.script(describes(), plans(HEADER, REVENUE), sums_up())
        panel = Panel([Reply(verdict="reject", critique="не то")], [Reply(answer=answer)])
        result = reviewed(panel, approve="never", review=("result",)).run(sales, TASK)
        assert result.status is Status.REJECTED
        assert "The result was rejected. не то" in result.summary
        assert [Path(path).exists() for path in result.files] == ([] if undone else [True])
        assert list(sales.parent.glob("*.xlsx")) == [sales, *map(Path, result.files)][: 2 - undone]
        assert any("was taken back" in note for note in result.notes) is undone
        assert (f"sheets-agent undo {result.run_id}" in result.summary) is not undone

    def test_a_description_is_sent_back_and_made_anew(self, openai_server: ProtocolServer, sales: Path) -> None:
        openai_server.script(describes("Что такое цена? | с НДС | без"), describes(), *good_run()[1:])
        panel = Panel([Reply(answer="с НДС")], [revise("Цена — это цена с НДС за коробку")], [ACCEPT])
        result = reviewed(panel, approve="never", review=("description",)).run(sales, TASK)
        assert result.status is Status.DONE
        assert [asked.kind for asked in panel.asked] == ["question", "description", "description"]
        assert "Sheet “Продажи”" in panel.asked[1].text
        assert "<spreadsheet>" not in panel.asked[1].text
        assert panel.asked[0].cell == "'Продажи'!D1", "the header that the question names"
        for role in ("retriever", "planner"):
            assert "Цена — это цена с НДС за коробку" in asked_of(openai_server, role)[-1]

    def test_a_rejected_description_ends_the_run(self, openai_server: ProtocolServer, sales: Path) -> None:
        openai_server.script(describes())
        result = reviewed(Panel([Reply(verdict="reject")]), review=("description",)).run(sales, TASK)
        assert (result.status, result.files) == (Status.REJECTED, ())

    def test_without_feedback_nobody_is_asked_for_more_than_before(
        self, openai_server: ProtocolServer, sales: Path
    ) -> None:
        openai_server.script(*good_run())
        assert agent().run(sales, TASK).status is Status.DONE


class TestWaiting:
    def test_a_run_on_a_file_whose_result_waits_is_found_again(
        self, openai_server: ProtocolServer, sales: Path
    ) -> None:
        openai_server.script(*good_run())
        settings = {"approve": "always", "review": ("result",), "feedback": {**QUICKLY, "deadline": 0.05}}
        panel = Panel([ACCEPT], [])
        first = reviewed(panel, **settings).run(sales, TASK)
        assert first.status is Status.PAUSED
        assert "a review of the result in the panel" in first.summary
        assert f"sheets-agent resume {first.run_id}" in first.summary
        panel.rounds[panel.asked[1].id] = [ACCEPT]
        result = reviewed(panel, **settings).resume(first.run_id)
        assert result.status is Status.DONE
        assert [asked.kind for asked in panel.asked] == ["plan", "result"], "nothing was asked twice"

    def test_a_decision_at_the_command_line_needs_no_channel(self, openai_server: ProtocolServer, sales: Path) -> None:
        openai_server.script(*good_run())
        settings = {"approve": "always", "feedback": {**QUICKLY, "deadline": 0.02}}
        worker = reviewed(Panel([]), **settings)
        first = worker.run(sales, TASK)
        assert first.status is Status.PAUSED
        assert worker.resume(first.run_id, {"decisions": [{"type": "approve"}]}).status is Status.DONE

    def test_a_decision_at_the_command_line_does_not_wait_for_a_service_that_is_away(
        self, openai_server: ProtocolServer, sales: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        openai_server.script(*good_run())
        run = agent(approve="always").run(sales, TASK).run_id
        monkeypatch.setenv("LABEL_STUDIO_URL", "http://127.0.0.1:1")
        monkeypatch.setenv("LABEL_STUDIO_API_KEY", "0" * 40)
        away = agent(approve="always", feedback={"channel": "label-studio://project/12"})
        with pytest.raises(FeedbackError, match="cannot be reached"):
            away.resume(run)
        assert away.resume(run, {"decisions": [{"type": "approve"}]}).status is Status.DONE

    def test_decisions_on_a_file_hold_although_its_run_starts_anew_in_each_process(
        self, openai_server: ProtocolServer, sales: Path
    ) -> None:
        openai_server.script(*good_run())
        settings = {"approve": "always", "review": ("result",)}
        run = agent(**settings).run(sales, TASK).run_id
        approve = {"decisions": [{"type": "approve"}]}
        second = agent(**settings).resume(run, approve)
        assert (second.status, second.questions[0].text) == (Status.PAUSED, "Is this result as it should be?")
        result = agent(**settings).resume(run, approve)
        assert result.status is Status.DONE
        assert cells(result.files[0], "Продажи")["E13"] == 12 * 150
        assert len(openai_server.chats) == 3

    def test_a_service_that_fails_leaves_the_run_paused(self, openai_server: ProtocolServer, sales: Path) -> None:
        openai_server.script(*good_run())

        class Away(Panel):
            def post(self, asked: Asked) -> str:
                raise FeedbackError("The service is away.", "Start it.")

        told: list[Any] = []
        worker = reviewed(Away(), told.append, approve="always")
        with pytest.raises(FeedbackError, match="away"):
            worker.run(sales, TASK)
        run = next(event.run for event in told if type(event).__name__ == "RunStarted")
        assert isinstance(told[-1], Note)
        assert f"sheets-agent resume {run}" in told[-1].text
        assert reviewed(Panel([ACCEPT]), approve="always").resume(run).status is Status.DONE

    def test_what_is_asked_of_nobody_is_said_before_anything_is_done(self, sales: Path) -> None:
        with pytest.raises(UsageError, match="no feedback channel “pigeons”"):
            SheetsAgent(load(model="openai:gpt-test", feedback={"channel": "pigeons://12"}))
        with pytest.raises(UsageError, match="comments of a file"):
            SheetsAgent(load(model="openai:gpt-test", feedback={"channel": "comments"})).run(sales, TASK)
        with pytest.raises(UsageError, match="Both"):
            SheetsAgent(load(model="openai:gpt-test"), person=object(), channel=Panel())  # type: ignore[arg-type]
