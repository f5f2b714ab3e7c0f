"""A dry run and a question write nothing, whoever asks for it; a run that did not end is not followed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from protocol_server import ProtocolServer
from scenario import HEADER, OVERWRITING, agent, cells, describes, plans, says, sums_up

from sheets_agent import threads
from sheets_agent.checkpoints import checkpoints
from sheets_agent.errors import UsageError
from sheets_agent.graph import build_graph
from sheets_agent.state.done import Status

TOTAL: dict[str, Any] = {"why": "Сумма", "action": "calculate", "options": ["formula==SUM('Продажи'!C2:C13)"]}
WRITES = says("executor", calls=[("write_cell", {"target": "'Продажи'!E1", "value": "78"})])


def test_a_dry_run_whose_plan_only_reads_gives_the_executor_nothing_to_write_with(
    openai_server: ProtocolServer, sales: Path
) -> None:
    openai_server.script(describes(), plans(TOTAL), WRITES, sums_up("78"))
    result = agent(approve="never").run(str(sales), "Посчитай и впиши сумму на лист «Продажи»", dry_run=True)
    assert result.usage.api_writes == 0
    assert result.files == ()
    assert [tool["function"]["name"] for tool in openai_server.chats[-1].body["tools"]] == ["read_range", "calculate"]


def test_a_reflector_cannot_make_a_question_write(openai_server: ProtocolServer, sales: Path) -> None:
    revised = says("general", json={"comment": "Запишем.", "verdict": "revise", "steps": [TOTAL, HEADER]})
    kept = says("general", json={"comment": "Верно.", "verdict": "keep"})
    openai_server.script(describes(request="question"), plans(TOTAL), revised, kept, sums_up("78"))
    result = agent(reflect="always", reflectors=("general",)).run(str(sales), "Сколько штук продано?")
    assert result.status is Status.DONE
    assert result.usage.api_writes == 0
    assert result.files == ()


def test_reflectors_keep_to_the_budget_of_planning(openai_server: ProtocolServer, sales: Path) -> None:
    openai_server.script(describes(), plans(HEADER), sums_up())
    result = agent(reflect="always", search={"calls": 1}).run(str(sales), "Добавь заголовок")
    assert result.status is Status.DONE
    assert sorted(result.usage.roles) == ["executor", "planner", "retriever"]
    assert "The action reflector was not asked: planning ended at 1 call of models." in result.notes


def test_a_question_whose_model_repeats_itself_is_not_done(openai_server: ProtocolServer, sales: Path) -> None:
    again = says("executor", calls=[("calculate", {"formula": "=SUM('Продажи'!C2:C13)"})])
    openai_server.script(describes(request="question"), plans(TOTAL), again, again, again)
    result = agent().run(str(sales), "Сколько штук продано?")
    assert result.status is Status.INCOMPLETE
    assert "plan was written" not in result.summary


def test_a_run_that_did_not_end_is_resumed_and_not_followed(openai_server: ProtocolServer, sales: Path) -> None:
    openai_server.script(describes(), plans(HEADER), sums_up("Есть."))
    first = agent().run(str(sales), "Добавь заголовок")
    with checkpoints() as saver:  # what a follow-up leaves whose process is killed
        unfinished = {"task": "дальше", "wrote": True}
        build_graph(saver).update_state(threads.config_of(first.run_id), unfinished, as_node="retrieve")
    with pytest.raises(UsageError, match="did not come to its end"):
        agent().follow(first.run_id, "И формулы под ним")


def test_a_relative_output_stays_where_it_was_meant(
    openai_server: ProtocolServer, sales: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = sales.parent / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(sales.parent)
    openai_server.script(describes(), plans(OVERWRITING), sums_up())
    paused = agent().run("sales.xlsx", "Замени заголовок A1", output="out.xlsx")
    assert paused.status is Status.PAUSED
    monkeypatch.chdir(elsewhere)
    result = agent().resume(paused.run_id, {"decisions": [{"type": "approve"}]})
    assert [Path(path).parent for path in result.files] == [sales.parent]
    assert cells(result.files[0], "Продажи")["A1"] == "Выручка"
    assert list(elsewhere.iterdir()) == []
