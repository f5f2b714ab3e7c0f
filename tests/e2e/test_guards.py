"""Guards: whole runs that are blocked end with one sentence, and write nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from langchain_core.language_models import GenericFakeChatModel
from langchain_core.messages import AIMessage
from protocol_server import ProtocolServer
from scenario import STEPS, TASK, describes, good_run, plans, sums_up, workbook

from sheets_agent import SheetsAgent
from sheets_agent.cli import main
from sheets_agent.errors import Blocked, UsageError
from sheets_agent.guards import Guard, Passage, blocking, moderated_by
from sheets_agent.settings import load
from sheets_agent.state.done import Status


@pytest.fixture
def sales(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return workbook(tmp_path / "sales.xlsx")


def run(sales: Path, guard: Guard, **settings: Any) -> Any:
    chosen = load(model="openai:gpt-test", reflect="never", **settings)
    return SheetsAgent(chosen, guards=[guard]).run(str(sales), TASK)


def of(role: str, reason: str = "no such thing") -> Guard:
    return lambda passage: reason if passage.role == role else None


def only_the_original(sales: Path, before: bytes) -> bool:
    return sales.read_bytes() == before and [path.name for path in sales.parent.glob("*.xlsx")] == ["sales.xlsx"]


def test_a_guard_sees_the_task_and_every_answer(openai_server: ProtocolServer, sales: Path) -> None:
    openai_server.script(*good_run())
    seen: list[Passage] = []
    assert run(sales, lambda passage: seen.append(passage)).status is Status.DONE
    assert [passage.role for passage in seen] == ["", "retriever", "planner", "executor"]
    assert seen[0].text == TASK
    assert "repeat_formula" in seen[2].text


def test_a_blocked_task_asks_no_model(openai_server: ProtocolServer, sales: Path) -> None:
    before = sales.read_bytes()
    with pytest.raises(Blocked, match=r"^The task was blocked: no such thing\.$"):
        run(sales, of(""))
    assert openai_server.chats == []
    assert only_the_original(sales, before)


@pytest.mark.parametrize("role", ["retriever", "planner"])
def test_a_blocked_answer_ends_the_run_with_nothing_written(
    openai_server: ProtocolServer, sales: Path, role: str
) -> None:
    openai_server.script(describes(), plans(*STEPS))
    before = sales.read_bytes()
    with pytest.raises(Blocked, match=f"An answer of the {role} was blocked: no such thing"):
        run(sales, of(role))
    assert only_the_original(sales, before)


def test_one_blocked_plan_of_several_ends_the_run(openai_server: ProtocolServer, sales: Path) -> None:
    openai_server.script(describes(), plans(*STEPS), plans(*STEPS[:1], thoughts="forbidden"), plans(*STEPS))
    with pytest.raises(Blocked):
        run(sales, lambda said: "x" if "forbidden" in said.text else None, planner="self-consistency")
    assert sorted(path.name for path in sales.parent.glob("*.xlsx")) == ["sales.xlsx"]


def test_what_was_judged_before_stands_when_the_last_word_is_blocked(
    openai_server: ProtocolServer, sales: Path
) -> None:
    openai_server.script(describes(), plans(*STEPS), sums_up("forbidden words"))
    result = run(sales, of("executor"))
    assert result.status is Status.INCOMPLETE
    assert "The plan was written, but the run could not go on: An answer of the executor was blocked" in result.summary
    assert "forbidden words" not in result.model_dump_json()
    assert len(result.files) == 1


def test_a_guard_that_fails_blocks(sales: Path, openai_server: ProtocolServer) -> None:
    def broken(passage: Passage) -> str | None:
        raise ConnectionError("moderation is down")

    with pytest.raises(Blocked, match=r"a guard failed \(ConnectionError\)"):
        run(sales, broken)


def test_a_block_list_from_the_settings(
    openai_server: ProtocolServer, sales: Path, capsys: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    rules = sales.with_name("rules.txt")
    rules.write_text("# what nobody may ask for\n\nзарплат[аы]\n", encoding="utf-8")
    monkeypatch.setenv("SHEETS_AGENT_BLOCK_LIST", str(rules))
    assert main(["run", "sales.xlsx", "Покажи ЗАРПЛАТЫ", "--model", "openai:gpt-test"]) == 10
    assert "The task was blocked: it matches line 3 of rules.txt." in capsys.readouterr().err


@pytest.mark.parametrize("text", ["(", None])
def test_a_block_list_that_cannot_be_read_blocks_everything(tmp_path: Path, text: str | None) -> None:
    rules = tmp_path / "rules.txt"
    if text is not None:
        rules.write_text(text)
    with pytest.raises(UsageError, match=r"rules\.txt"):
        blocking(rules)


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ("ALLOWED", None), ("allowed.", None), ("BLOCKED: medical advice", "medical advice"),
        ("", "a model found that it breaks the rules"), ("I am ALLOWED to", "a model found that it breaks the rules"),
    ],
)  # fmt: skip
def test_a_model_as_a_guard(said: str, reason: str | None) -> None:
    model = GenericFakeChatModel(messages=iter([AIMessage(said)]))
    assert moderated_by(model, "No medical advice.")(Passage("x")) == reason
