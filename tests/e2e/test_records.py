"""What a run leaves on record when it is asked to: the log of its events, and the trace of its model calls."""

from __future__ import annotations

import json
import stat
from pathlib import Path
from typing import Any

import pytest
from protocol_replies import Reply
from protocol_server import ProtocolServer
from scenario import OPENINGS, STEPS, TASK, describes, good_run, plans, workbook

from sheets_agent.cli import main

MODEL = ["--model", "openai:gpt-test", "--reflect", "never"]


@pytest.fixture
def sales(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, openai_server: ProtocolServer) -> Path:
    monkeypatch.chdir(tmp_path)
    openai_server.script(*good_run())
    return workbook(tmp_path / "sales.xlsx")


def lines(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines() if line.startswith("{")]


def test_nothing_is_on_record_unless_asked_for(sales: Path) -> None:
    assert main(["run", "sales.xlsx", TASK, *MODEL]) == 0
    assert sorted(path.name for path in sales.parent.iterdir()) == ["sales.agent.xlsx", "sales.xlsx"]


def test_every_call_in_order_with_what_was_asked_and_answered(sales: Path) -> None:
    assert main(["run", "sales.xlsx", TASK, "--trace", "trace", *MODEL]) == 0
    files = sorted((sales.parent / "trace").iterdir())
    assert [path.name.partition("-")[2] for path in files] == [
        "001-retriever.json", "002-planner.json", "003-executor.json",
    ]  # fmt: skip
    assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o600}
    first, second, third = (json.loads(path.read_text()) for path in files)
    assert (second["role"], second["model"], second["number"]) == ("planner", "openai:gpt-test", 2)
    assert TASK in json.dumps(second["messages"], ensure_ascii=False)
    assert "repeat_formula" in str(second["answer"]["content"])
    assert second["tokens"] == {"input": 100, "cached": 0, "output": 20}
    assert second["seconds"] >= 0
    assert second["error"] is None
    assert third["answer"]["content"] == "Готово: выручка, сводная и диаграмма."
    assert "write_cell" in json.dumps(third["bound"])
    assert first["run"] == second["run"] == files[0].name.partition("-")[0]


def test_a_call_that_failed_has_a_file_with_its_error(sales: Path, openai_server: ProtocolServer) -> None:
    openai_server.script(describes(), Reply(error=402, match=OPENINGS["planner"]))
    assert main(["run", "sales.xlsx", TASK, "--trace", "trace", *MODEL]) == 6
    failed = json.loads(sorted((sales.parent / "trace").iterdir())[-1].read_text())
    assert failed["answer"] is None
    assert "402" in failed["error"]


def test_a_plan_alone_is_traced_too(sales: Path, openai_server: ProtocolServer) -> None:
    openai_server.script(describes(), plans(*STEPS))
    assert main(["plan", "sales.xlsx", TASK, "--trace", "trace", *MODEL]) == 0
    assert sorted(path.name for path in (sales.parent / "trace").iterdir()) == [
        "001-retriever.json",
        "002-planner.json",
    ]


def test_a_trace_that_cannot_be_written_is_told_before_a_model_is_asked(
    sales: Path, openai_server: ProtocolServer, capsys: Any
) -> None:
    assert main(["run", "sales.xlsx", TASK, "--trace", "sales.xlsx/trace", *MODEL]) == 3
    assert "No trace can be written to sales.xlsx/trace" in capsys.readouterr().err
    assert openai_server.chats == []


@pytest.mark.parametrize("place", ["log.jsonl", "-"])
def test_the_log_tells_stages_and_tools_and_nothing_of_the_cells(sales: Path, capsys: Any, place: str) -> None:
    assert main(["run", "sales.xlsx", TASK, "--log-json", place, *MODEL]) == 0
    told = capsys.readouterr().err
    path = sales.parent / "log.jsonl"
    text = told if place == "-" else path.read_text(encoding="utf-8")
    found = lines(text)
    if place == "-":
        assert len(found) == len(text.splitlines()), "nothing but JSON"
    else:
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert "✓ Planning" in told
    assert found[0]["event"] == "run_started"
    assert len({line["run"] for line in found}) == 1
    assert [line["stage"] for line in found if line["event"] == "stage_ended"] == [
        "retrieve", "clarify", "review_description", "plan", "reflect", "approve", "execute", "verify",
        "review_result", "finish",
    ]  # fmt: skip
    called = [(line["name"], line["target"]) for line in found if line["event"] == "tool_called"]
    assert ("repeat_formula", "'Продажи'!E2:E13") in called
    assert (found[-1]["event"], found[-1]["status"], found[-1]["calls"]) == ("ended", "done", 3)
    assert not any(word in text for word in ("Север", "Товар", "Выручка", "Готово"))


def test_the_log_of_a_run_that_fails_ends_with_why(sales: Path, openai_server: ProtocolServer) -> None:
    openai_server.script(Reply(error=402))
    assert main(["run", "sales.xlsx", TASK, "--log-json", "log.jsonl", *MODEL]) == 6
    last = lines((sales.parent / "log.jsonl").read_text())[-1]
    assert (last["event"], last["error"]) == ("failed", "ModelUnreachable")
