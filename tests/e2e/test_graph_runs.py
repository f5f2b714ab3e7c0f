"""Whole runs: how a plan is made, mended, written and corrected, whatever the models do."""

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
    RATIO,
    REVENUE,
    REVENUE_OF,
    STEPS,
    TASK,
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
)

from sheets_agent import SheetsAgent
from sheets_agent.errors import UnusableAnswer
from sheets_agent.settings import load
from sheets_agent.state.done import Status


@pytest.fixture(params=["gigachat:GigaChat-2-Max", "openai:gpt-test"])
def model(request: pytest.FixtureRequest) -> tuple[str, ProtocolServer]:
    return request.param, request.getfixturevalue(f"{request.param.partition(':')[0]}_server")


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


def test_a_plan_that_only_adds_a_sheet_is_saved(scripted: ProtocolServer, sales: Path) -> None:
    scripted.script(describes(), plans(STEPS[2]), sums_up())
    result = agent().run(str(sales), "Добавь лист")
    assert openpyxl.load_workbook(result.files[0]).sheetnames == ["Продажи", "Отчёт"]


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
