"""Models that misbehave, in every role: a bounded number of calls, a clear end, and a file whole or untouched."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from protocol_replies import Reply, Request
from protocol_server import ProtocolServer
from scenario import HEADER, OPENINGS, REVENUE, TASK, clears, with_a_colleague, workbook

from sheets_agent.cli import main
from sheets_agent.state.done import Status

AT_ONCE = {"retry-after": "0"}
FAULTS = {
    "prose": Reply(text="Sure! I would add a column first, and then a chart."),
    "broken JSON": Reply(text='{"thoughts": "x", "steps": [{"action": "write_cell", }'),
    "wrong schema": Reply(json={"answer": [1, 2, 3]}),
    "wrong types": Reply(json={"thoughts": 5, "steps": "all", "request": 7, "choice": "two", "verdict": []}),
    "nothing": Reply(text=""),
    "cut off": Reply(text='{"thoughts": "x", "steps": [', finish_reason="length"),
    "refusal": Reply(text="", refusal="I cannot help with that."),
    "100 KB": Reply(text="ы" * 100_000),
    "deep JSON": Reply(text='{"steps": ' * 10_000),
    "unknown tool": Reply(calls=[("drop_table", {"target": "A1"})]),
    "tool with bad arguments": Reply(calls=[("write_cell", {"target": 5, "value": {"a": []}})]),
    "429": Reply(error=429, headers=AT_ONCE),
    "500": Reply(error=500, headers=AT_ONCE),
    "time-out": Reply(hang=3),
    "dropped connection": Reply(drop=True),
}
DIVIDES = {
    "why": "Доля", "action": "repeat_formula", "target": "'Продажи'!F2:F13", "options": ["formula==D2/C2"],
}  # fmt: skip


@pytest.fixture
def sales(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SHEETS_AGENT_MODEL_TIMEOUT", "0.5")
    monkeypatch.setattr("sheets_agent.chat.chats.time.sleep", lambda seconds: None)
    return workbook(tmp_path / "sales.xlsx")


class Script:
    """Every role does well, but one."""

    def __init__(self, role: str, fault: Reply) -> None:
        self.role, self.fault = role, fault
        self.asked: Counter[str] = Counter()
        self.steps = [HEADER, REVENUE]

    def __call__(self, request: Request) -> Reply:
        role = next(role for role, opening in OPENINGS.items() if re.search(opening, request.text))
        self.asked[role] += 1
        return self.fault if role == self.role else self.well(role)

    def well(self, role: str) -> Reply:
        match role:
            case "retriever":
                return Reply(json={"request": "command", "tables": [], "columns": [], "questions": []})
            case "planner" if self.role == "voter" and self.asked["planner"] % 2:
                return Reply(json={"thoughts": "", "steps": [{**HEADER, "options": ["value=Итог"]}, REVENUE]})
            case "planner":
                return Reply(json={"thoughts": "", "steps": self.steps})
            case "executor":
                return Reply(text="Готово.")
            case "corrector":
                return Reply(json={"thoughts": "", "steps": []})
            case _:
                return Reply(json={"comment": "", "verdict": "keep"})


def options(role: str) -> list[str]:
    chosen = ["--planner", "self-consistency", "--samples", "2"] if role == "voter" else ["--planner", "cot"]
    return [*chosen, "--reflect", "always" if role == "action" else "never", "--reflectors", "action"]


ASKED = {"refusal": 1, "time-out": 2, "429": 4, "500": 4, "dropped connection": 4}
"""How often a role is asked before the run gives up: three times, where nothing else is said."""
SLOW = {"time-out", "dropped connection"}
"""Faults with real waiting: shown where nothing is written yet, and where something is."""
ANSWERS = {"prose", "broken JSON", "wrong schema", "wrong types", "100 KB", "deep JSON"}
"""To the executor these are just words: its last message is prose."""


def written(sales: Path) -> Any:
    sheet = openpyxl.load_workbook(sales.with_name("sales.agent.xlsx"))["Продажи"]
    return [sheet["E1"].value, *(sheet[f"E{row}"].value for row in range(2, 14))]


def cases(*roles: str) -> list[Any]:
    slow = ("planner", "executor")
    return [
        pytest.param(role, fault, id=f"{role}-{fault}")
        for role in roles
        for fault in FAULTS
        if fault not in SLOW or role in slow
    ]


def run(server: ProtocolServer, script: Script) -> int:
    server.answer_with(script)
    return main(["run", "sales.xlsx", TASK, "--model", "openai:gpt-test", *options(script.role)])


@pytest.mark.parametrize(("role", "fault"), cases("retriever", "planner", "action"))
def test_before_anything_is_written(
    openai_server: ProtocolServer, sales: Path, capsys: Any, role: str, fault: str
) -> None:
    before, script = sales.read_bytes(), Script(role, FAULTS[fault])
    assert run(openai_server, script) == 6
    told = capsys.readouterr().err
    _, _, error = told.partition("Error: ")
    assert script.asked[role] == ASKED.get(fault, 3)
    assert "openai:gpt-test" in error
    if fault not in ("429", "500", *SLOW):
        assert f"As {role}" in error
        assert f"--model {'action_reflector' if role == 'action' else role}=provider:model" in error
    assert "Try again" in error or "Check" in error
    assert len(error) < 700, "an answer is not repeated at length"
    assert sales.read_bytes() == before
    assert [path.name for path in sales.parent.glob("*.xlsx")] == ["sales.xlsx"]


@pytest.mark.parametrize(("role", "fault"), cases("voter"))
def test_a_tie_that_no_model_breaks_takes_the_first_plan_and_says_so(
    openai_server: ProtocolServer, sales: Path, capsys: Any, role: str, fault: str
) -> None:
    script = Script(role, FAULTS[fault])
    assert run(openai_server, script) == 0
    told = capsys.readouterr()
    assert "the tie was not broken" in " ".join((told.out + told.err).split())
    assert script.asked[role] == ASKED.get(fault, 3)
    assert written(sales)[1:] == [f"=C{row}*D{row}" for row in range(2, 14)]


@pytest.mark.parametrize(("role", "fault"), cases("executor"))
def test_after_the_plan_is_written(
    openai_server: ProtocolServer, sales: Path, capsys: Any, role: str, fault: str
) -> None:
    script = Script(role, FAULTS[fault])
    whole = fault in ANSWERS or "tool" in fault
    assert run(openai_server, script) == (0 if whole else 9)
    told = " ".join(capsys.readouterr().out.split())
    assert script.asked[role] == (1 if fault in ANSWERS else ASKED.get(fault, 3))
    if "tool" in fault:
        assert "repeated itself and was stopped" in told
    elif not whole:
        assert "The plan was written, but the run could not go on: " in told
        assert "openai:gpt-test" in told
    assert len(told) < 15_000, "a last word without end is cut"
    assert written(sales) == ["Выручка", *(f"=C{row}*D{row}" for row in range(2, 14))]


@pytest.mark.parametrize(("role", "fault"), cases("corrector"))
def test_while_errors_that_show_after_writing_are_mended(
    openai_server: ProtocolServer, sales: Path, role: str, fault: str
) -> None:
    script = Script(role, FAULTS[fault])
    script.steps = [DIVIDES]
    openai_server.answer_with(script)
    result = with_a_colleague(sales, clears("'Продажи'!C5"), planner="cot")
    assert result.status is Status.INCOMPLETE
    assert "The plan was written, but the run could not go on: " in result.summary
    assert "openai:gpt-test" in result.summary
    assert script.asked[role] == ASKED.get(fault, 3)
    sheet = openpyxl.load_workbook(result.files[0])["Продажи"]
    assert [sheet[f"F{row}"].value for row in range(2, 14)] == [f"=D{row}/C{row}" for row in range(2, 14)]


def test_a_plan_that_contradicts_itself_goes_back_and_is_never_written(
    openai_server: ProtocolServer, sales: Path, capsys: Any
) -> None:
    before, script = sales.read_bytes(), Script("", Reply())
    script.steps = [HEADER, {**HEADER, "options": ["value=Итог"]}]
    assert run(openai_server, script) == 9
    told = " ".join(capsys.readouterr().out.split())
    assert "writes “Итог” to 'Продажи'!E1, where step 1 has written “Выручка”" in told
    assert script.asked == {"retriever": 1, "planner": 3}
    assert sales.read_bytes() == before
    assert [path.name for path in sales.parent.glob("*.xlsx")] == ["sales.xlsx"]


def test_a_contradiction_that_the_planner_mends_is_over(openai_server: ProtocolServer, sales: Path) -> None:
    script = Script("", Reply())
    contrary, mended = [HEADER, {**HEADER, "options": ["value=Итог"]}], script.steps
    told: list[str] = []

    def answer(request: Request) -> Reply:
        if re.search(OPENINGS["planner"], request.text):
            told.append(request.text)
        script.steps = mended if len(told) > 1 else contrary
        return script(request)

    openai_server.answer_with(answer)
    assert main(["run", "sales.xlsx", TASK, "--model", "openai:gpt-test", *options("")]) == 0
    assert "where step 1 has written" in told[1]
    assert written(sales)[0] == "Выручка"


def test_an_answer_in_another_language_is_an_answer(openai_server: ProtocolServer, sales: Path) -> None:
    script = Script("executor", Reply(text="完成：已添加收入列。"))
    assert run(openai_server, script) == 0
    assert written(sales)[0] == "Выручка"


def test_a_model_that_calls_tools_for_ever_is_stopped(openai_server: ProtocolServer, sales: Path, capsys: Any) -> None:
    script = Script("", Reply())
    openai_server.answer_with(
        lambda request: (
            Reply(calls=[("read_range", {"target": f"'Продажи'!A{len(openai_server.chats)}"})])
            if re.search(OPENINGS["executor"], request.text)
            else script(request)
        )
    )
    assert main(["run", "sales.xlsx", TASK, "--model", "openai:gpt-test", *options("")]) == 0
    assert len(openai_server.chats) == 2 + 12
    assert "stopped after 12 rounds of tool calls" in " ".join(capsys.readouterr().out.split())
    assert written(sales)[0] == "Выручка"
