"""Somebody else edits the spreadsheet while a run works on it: nothing of theirs is written over unseen."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from opened_places import opened_places
from protocol_server import ProtocolServer
from scenario import (
    HEADER,
    OPENINGS,
    RATIO,
    REVENUE,
    SHEET,
    Act,
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

from sheets_agent.emulator.files import open_file
from sheets_agent.emulator.server import serve
from sheets_agent.emulator.service import Emulator
from sheets_agent.events import Note
from sheets_agent.feedback.person import Decision
from sheets_agent.sheets.client import SheetsClient
from sheets_agent.sheets.transport import CarefulHttp
from sheets_agent.state.done import Status
from sheets_agent.state.result import RunResult

ELSEWHERE = [
    {**HEADER, "target": "'Продажи'!G1"},
    {**REVENUE, "target": "'Продажи'!G2:G13"},
]
ONE = {"why": "Деление на ноль", "action": "write_cell", "target": "'Продажи'!F5", "options": ["value=1"]}
STAGES = ("reflect", "approve", "execute")
"""The stages that begin after the plan was tried, and before it is written."""


def enters(cell: str, value: Any) -> Act:
    """Write a cell."""
    return lambda client, spreadsheet_id: client.update_values(spreadsheet_id, cell, [[value]])


def asks(*requests: dict[str, Any]) -> Act:
    """Change something else."""
    return lambda client, spreadsheet_id: client.batch_update(spreadsheet_id, list(requests))


def planned_anew(scripted: ProtocolServer) -> str:
    """What the second planning was told."""
    return [request.text for request in scripted.chats if re.search(OPENINGS["planner"], request.text)][1]


ROWS = {"sheetId": 0, "dimension": "ROWS", "startIndex": 4, "endIndex": 5}
CONFLICTS = {
    "a cell to be written is filled": (
        enters("'Продажи'!E5", "моё"),
        "'Продажи'!E2:E13 was blank, and holds “моё” now",
    ),
    "a source cell changes": (enters("'Продажи'!C5", 999), "does not hold what it held"),
    "a row is inserted": (asks({"insertDimension": {"range": ROWS}}), "“Продажи” has another size"),
    "a row is deleted": (asks({"deleteDimension": {"range": ROWS}}), "“Продажи” has another size"),
    "the sheet is renamed": (
        asks({"updateSheetProperties": {"properties": {"sheetId": 0, "title": "Итоги"}, "fields": "title"}}),
        "changed meanwhile",
    ),
}


class TestConflicts:
    """What the plan takes for granted has changed."""

    @pytest.mark.parametrize("when", STAGES)
    @pytest.mark.parametrize("name", CONFLICTS)
    def test_nothing_is_written_and_another_plan_is_made(
        self, scripted: ProtocolServer, sales: Path, name: str, when: str
    ) -> None:
        act, told = CONFLICTS[name]
        scripted.script(describes(), plans(HEADER, REVENUE), describes(), plans(SHEET), sums_up("Готово."))
        result = with_a_colleague(sales, act, when=when, planner="cot")
        assert result.status is Status.DONE
        assert told in planned_anew(scripted)
        assert [step.action.kind for step in result.successful_steps()] == ["add_sheet"]

    def test_what_a_colleague_wrote_stays(self, scripted: ProtocolServer, sales: Path) -> None:
        scripted.script(describes(), plans(HEADER, REVENUE), describes(), plans(*ELSEWHERE), sums_up("Готово."))
        result = with_a_colleague(sales, enters("'Продажи'!E5", "моё"), when="execute", approve="never", planner="cot")
        shown = cells(result.files[0], "Продажи")
        assert (shown["E5"], shown["G1"], shown["G5"]) == ("моё", "Выручка", 4 * 70)
        assert "E2" not in shown

    def test_where_no_plan_is_left_it_is_told(self, scripted: ProtocolServer, sales: Path) -> None:
        scripted.script(describes(), plans(HEADER, REVENUE))
        result = with_a_colleague(sales, enters("'Продажи'!E5", "моё"), when="execute", max_rounds=0)
        assert result.status is Status.INCOMPLETE
        assert "was blank, and holds “моё” now" in result.summary
        assert (result.files, result.diff.cell_count) == ((), 0)

    def test_the_person_is_not_asked_the_same_twice(self, scripted: ProtocolServer, sales: Path) -> None:
        question = "Что в столбце D?"
        scripted.script(
            describes(question), plans(HEADER), describes(question), plans(ELSEWHERE[0]), sums_up("Готово.")
        )
        person = Person(answers=("Цена.",))
        result = with_a_colleague(sales, enters("'Продажи'!E1", "моё"), when="execute", person=person, planner="cot")
        assert result.status is Status.DONE
        assert "Цена." in planned_anew(scripted)

    def test_a_call_of_the_model_is_held_back_too(self, scripted: ProtocolServer, sales: Path) -> None:
        """The model calls a tool again that was refused: the copy it was tried on is not the latest."""
        bad = ("write_cell", {"target": "'Нет'!G1", "value": "x"})
        good = ("write_cell", {"target": "'Продажи'!G1", "value": "x"})
        scripted.script(
            describes(), plans(HEADER), says("executor", calls=[bad]), says("executor", calls=[good]), sums_up()
        )
        result = with_a_colleague(sales, enters("'Продажи'!G1", "моё"), approve="risky")
        assert result.diff.cell_count == 1
        assert cells(result.files[0], "Продажи")["G1"] == "моё"


def corrects(*values: str) -> list[Any]:
    """A plan that fails once a colleague has emptied C5, and corrections of it, one after the other."""
    mended = [{**RATIO, "options": [f"formula==IFERROR(D2/C2,{value})"]} for value in values]
    return [
        describes(),
        plans(RATIO),
        says("executor", text="Готово."),
        *(says("corrector", json={"thoughts": "Деление на ноль.", "steps": [step]}) for step in mended),
    ]


class TestCorrections:
    """A correction is tried, too, and somebody else may write between its trial and its writing."""

    def run(self, sales: Path, **options: Any) -> RunResult:
        """A colleague empties C5 once the plan is written, and fills F7 right before the correction is."""
        seen: list[str] = []
        self.acted = False
        with opened_places() as opened:

            def colleague(event: Any) -> None:
                name = type(event).__name__ if type(event).__name__ == "ToolCalled" else getattr(event, "stage", "")
                seen.append(name)
                if not opened:
                    return
                client, where = opened[0].client, opened[0].spreadsheet_id
                if name == "ToolCalled" and seen.count(name) == 1:
                    clears("'Продажи'!C5")(client, where)
                started = type(event).__name__ == "StageStarted" and name == "execute"
                if started and "correct" in seen and not self.acted:
                    self.acted = True
                    enters("'Продажи'!F7", "моё")(client, where)

            return agent(on_event=colleague, **options).run(str(sales), "Добавь долю")

    def test_a_correction_is_not_written_over_a_colleague_and_made_again(
        self, scripted: ProtocolServer, sales: Path
    ) -> None:
        again = says("corrector", json={"thoughts": "Только F5.", "steps": [{**ONE, "target": "'Продажи'!F5"}]})
        scripted.script(*corrects("0"), again, sums_up("Исправлено."))
        result = self.run(sales)
        assert self.acted
        shown = cells(result.files[0], "Продажи")
        assert (shown["F5"], shown["F7"]) == (1, "моё")
        assert result.status is Status.DONE
        second = [chat.text for chat in scripted.chats if re.search(OPENINGS["corrector"], chat.text)][1]
        assert "changed meanwhile" in second
        assert any("changed meanwhile" in note for note in result.notes)

    def test_where_no_correction_is_left_it_is_told(self, scripted: ProtocolServer, sales: Path) -> None:
        scripted.script(*corrects("0"))
        result = self.run(sales, max_rounds=1)
        assert self.acted
        assert result.status is Status.INCOMPLETE
        assert cells(result.files[0], "Продажи")["F7"] == "моё"
        assert [problem.address for problem in result.problems if not problem.fixed] == ["'Продажи'!F5"]
        assert any("changed meanwhile" in note for note in result.notes)


class TestNoConflicts:
    """What others do elsewhere is no reason to begin again."""

    @pytest.mark.parametrize("when", STAGES)
    def test_an_edit_elsewhere_lets_the_plan_through(self, scripted: ProtocolServer, sales: Path, when: str) -> None:
        scripted.script(describes(), plans(HEADER, REVENUE), sums_up("Готово."))
        result = with_a_colleague(sales, enters("'Продажи'!H20", "моё"), when=when)
        shown = cells(result.files[0], "Продажи")
        assert (shown["H20"], shown["E1"], shown["E5"]) == ("моё", "Выручка", 4 * 70)

    def test_another_sheet_may_change(self, scripted: ProtocolServer, sales: Path) -> None:
        scripted.script(describes(), plans(HEADER, REVENUE), sums_up("Готово."))
        result = with_a_colleague(
            sales, asks({"addSheet": {"properties": {"title": "Другой"}}}), when="execute", approve="never"
        )
        assert result.status is Status.DONE

    @pytest.mark.parametrize("when", ["retrieve", "clarify", "plan"])
    def test_what_changes_before_the_plan_is_tried_is_seen_in_the_trial(
        self, scripted: ProtocolServer, sales: Path, when: str
    ) -> None:
        scripted.script(describes(), plans(HEADER), sums_up("Готово."))
        person = Person(Decision(verdict="reject"))
        result = with_a_colleague(sales, enters("'Продажи'!E1", "моё"), when=when, person=person)
        assert result.status is Status.REJECTED
        assert "E1" in person.reviews[0].reasons[0]


class TestLive:
    """The same on a spreadsheet that is read over HTTP."""

    @pytest.mark.parametrize("conflict", [True, False])
    def test_conflicts_on_a_served_spreadsheet(self, scripted: ProtocolServer, sales: Path, conflict: bool) -> None:
        emulator = Emulator()
        document = emulator.add(open_file(sales).workbook)
        where = "'Продажи'!E5" if conflict else "'Продажи'!H20"
        replies = [describes(), plans(HEADER, REVENUE), *([describes(), plans(*ELSEWHERE)] if conflict else [])]
        scripted.script(*replies, sums_up("Готово."))
        notes: list[str] = []
        with serve(emulator) as server:
            line = CarefulHttp()
            other = SheetsClient(line, endpoint=server.url.rstrip("/"))

            def listen(event: Any) -> None:
                if getattr(event, "stage", "") == "execute" and not notes:
                    notes.append("")
                    enters(where, "моё")(other, document.spreadsheet_id)
                if isinstance(event, Note):
                    notes.append(event.text)

            worker = agent(on_event=listen, api_endpoint=server.url, approve="never", planner="cot")
            result = worker.run(document.spreadsheet_id, "Выручка")
            assert result.status is Status.DONE
            assert any("changed meanwhile" in note for note in notes) == conflict
            column = "G" if conflict else "E"
            ranges = [where, f"'Продажи'!{column}2"]
            assert other.batch_values(document.spreadsheet_id, ranges) == [[["моё"]], [["40"]]]
            assert other.marked(document.spreadsheet_id) == []
            line.close()
