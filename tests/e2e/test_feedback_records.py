"""Whole runs on record: each call and each decision once, also where a process was killed; and what is made of it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from langchain_openai import ChatOpenAI
from protocol_server import ProtocolServer
from scenario import HEADER, STEPS, TASK, Person, agent, describes, good_run, keeps, plans, says, sums_up

from sheets_agent import SheetsAgent
from sheets_agent.cli import main
from sheets_agent.feedback.export import preference, supervised
from sheets_agent.feedback.handlers import JsonlHandler
from sheets_agent.feedback.person import Decision
from sheets_agent.feedback.record_file import read_records
from sheets_agent.feedback.records import FeedbackRecord
from sheets_agent.settings import load
from sheets_agent.state.done import Status
from sheets_agent.state.planned import Plan
from sheets_agent.state.result import RunResult


def recorded(path: Path) -> list[FeedbackRecord]:
    return list(read_records(path / "records.jsonl"))


def run(sales: Path, person: Any = None, **settings: Any) -> RunResult:
    made = agent(person, record=sales.parent / "records.jsonl", **settings)
    return made.run(str(sales), TASK)


def test_every_call_of_a_run_is_a_record(
    sales: Path, monkeypatch: pytest.MonkeyPatch, openai_server: ProtocolServer
) -> None:
    monkeypatch.chdir(sales.parent)
    openai_server.script(*good_run())
    assert main(["run", "sales.xlsx", TASK, "--model", "openai:gpt-test", "--record", "records.jsonl"]) == 0
    found = recorded(sales.parent)
    assert [record.role for record in found] == ["retriever", "planner", "executor"]
    assert {record.model for record in found} == {"openai:gpt-test"}
    assert len({record.run_id for record in found}) == 1
    assert found[1].messages[0].role == "system"
    assert TASK in found[1].messages[1].content
    assert "repeat_formula" in found[1].response + json.dumps([call.arguments for call in found[1].tool_calls])
    assert found[1].usage is not None
    assert found[1].usage.input == 100


def test_an_edited_plan_is_preferred_to_the_one_that_was_shown(sales: Path, openai_server: ProtocolServer) -> None:
    openai_server.script(describes("Какой год? | 2024 | 2025"), plans(*STEPS), sums_up())

    class Editor(Person):
        def review(self, review: Any) -> Decision:
            self.reviews.append(review)
            if len(self.reviews) > 1:  # an edited plan is tried and shown again
                return Decision(verdict="approve")
            return Decision(verdict="edit", plan=Plan(thoughts="", steps=review.plan.steps[:-1]))

    editor = Editor(answers=("2024",))
    result = run(sales, editor, approve="always")
    found = [record for record in recorded(sales.parent) if record.kind == "decision"]
    assert (found[0].about, found[0].answer, found[0].role) == ("question", "2024", "retriever")
    assert "Какой год?" in found[0].response
    plan = found[1]
    assert (plan.about, plan.verdict, plan.by) == ("plan", "revise", "person")
    assert TASK in plan.messages[-1].content
    assert "2024" in plan.messages[-1].content  # what the person had answered is what the planner is told
    (pair,) = preference(found)
    chosen, rejected = (json.loads(pair[side][0]["content"])["steps"] for side in ("chosen", "rejected"))
    assert chosen == rejected[:-1]
    assert [record.verdict for record in found[1:]] == ["revise", "accept"]
    assert result.status is Status.DONE


def test_a_rejected_plan_and_the_next_one_that_was_accepted_answer_the_same_prompt(
    sales: Path, openai_server: ProtocolServer
) -> None:
    openai_server.script(describes(), plans(HEADER), plans(*STEPS), sums_up())
    person = Person(Decision(verdict="reject", comment="Нет сводной"), Decision(verdict="approve"))
    assert run(sales, person, approve="always").status is Status.DONE
    found = recorded(sales.parent)
    (pair,) = preference(found)
    (row,) = supervised(found)
    assert pair["prompt"] == row["messages"][:-1]
    assert pair["chosen"] == row["messages"][-1:]
    assert "Нет сводной" not in json.dumps(pair, ensure_ascii=False)
    assert [record.critique for record in found if record.verdict == "revise"] == ["Нет сводной"]


def test_what_reflectors_say_is_on_record_as_a_models_decision(sales: Path, openai_server: ProtocolServer) -> None:
    cell = says("cell", json={"comment": "Не там.", "verdict": "revise", "thoughts": "", "steps": [
        {**HEADER, "target": "'Продажи'!F1"}]})  # fmt: skip
    openai_server.script(describes(), plans(HEADER), *keeps("action", "formula", "general"), cell, sums_up())
    run(sales, reflect="always")
    found = [record for record in recorded(sales.parent) if record.kind == "decision"]
    assert {record.by for record in found} == {"model"}
    verdicts = {record.who: record.verdict for record in found}
    assert verdicts["cell_reflector"] == "revise"
    assert verdicts["general_reflector"] == "accept"
    (pair,) = preference(found, by="model")
    chosen, rejected = (json.loads(pair[side][0]["content"])["steps"][0] for side in ("chosen", "rejected"))
    assert (chosen["target"], rejected["target"]) == ("'Продажи'!F1", "'Продажи'!E1")
    assert list(supervised(found)) == []


def test_a_run_that_goes_on_in_another_process_records_no_call_twice(
    sales: Path, monkeypatch: pytest.MonkeyPatch, openai_server: ProtocolServer
) -> None:
    openai_server.script(describes(), plans(*STEPS), sums_up())
    monkeypatch.chdir(sales.parent)
    settings = ["--model", "openai:gpt-test", "--reflect", "never"]
    assert main(["run", "sales.xlsx", TASK, "--approve", "always", "--record", "records.jsonl", *settings]) == 7
    elsewhere = sales.parent / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    assert main(["resume", "--approve"]) == 0
    found = recorded(sales.parent)
    kinds = [(record.kind, record.role) for record in found]
    assert kinds == [("call", "retriever"), ("call", "planner"), ("decision", "planner"), ("call", "executor")]
    assert len({record.run_id for record in found}) == 1
    assert list(elsewhere.iterdir()) == []


def test_records_that_cannot_be_written_are_told_before_a_model_is_asked(
    sales: Path, openai_server: ProtocolServer, capsys: Any
) -> None:
    before = sales.read_bytes()
    assert main(["run", str(sales), TASK, "--model", "openai:gpt-test", "--record", str(sales)]) == 3
    assert "cannot be read" in capsys.readouterr().err
    assert sales.read_bytes() == before
    assert openai_server.chats == []


def test_a_model_with_a_handler_of_its_own_tells_whose_call_it_was(sales: Path, openai_server: ProtocolServer) -> None:
    openai_server.script(*good_run())
    handler = JsonlHandler(sales.parent / "calls.jsonl")
    model = ChatOpenAI(model="gpt-test", callbacks=[handler])
    result = SheetsAgent(load(reflect="never"), model=model).run(sales, TASK)
    assert result.status is Status.DONE
    found = list(read_records(sales.parent / "calls.jsonl"))
    assert [record.role for record in found] == ["retriever", "planner", "executor"]
    assert {record.run_id for record in found} == {result.run_id}
    assert {record.model for record in found} == {"gpt-test"}
