"""Services that speak OpenAI's protocol in their own way, by their base URL: YandexGPT, OpenRouter."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from langchain_core.messages import HumanMessage
from protocol_replies import Reply
from protocol_server import ProtocolServer
from scenario import TASK, good_run, workbook

from sheets_agent import SheetsAgent
from sheets_agent.chat import Chat, Chats
from sheets_agent.errors import ModelUnreachable
from sheets_agent.settings import load
from sheets_agent.state.result import Status

YANDEX = "openai:gpt://b1gfolder/yandexgpt/latest"
OPENROUTER = "openai:qwen/qwen3-235b-a22b:free"
ASK = [HumanMessage("Hello?")]


@pytest.fixture
def waits() -> list[float]:
    return []


@pytest.fixture
def openrouter(openai_server: ProtocolServer, waits: list[float]) -> Iterator[Chat]:
    with Chats(OPENROUTER, sleep=waits.append) as chats:
        yield chats.role("planner")


@pytest.mark.parametrize("spec", [YANDEX, OPENROUTER])
def test_a_whole_run_by_the_full_name_of_the_model(openai_server: ProtocolServer, tmp_path: Path, spec: str) -> None:
    openai_server.script(*good_run())
    result = SheetsAgent(load(model=spec, reflect="never")).run(str(workbook(tmp_path / "sales.xlsx")), TASK)
    assert result.status is Status.DONE
    assert {request.body["model"] for request in openai_server.chats} == {spec.partition(":")[2]}
    assert openai_server.refusals == []


def test_a_failure_inside_an_answer_of_200_is_waited_for(
    openai_server: ProtocolServer, openrouter: Chat, waits: list[float]
) -> None:
    inside = Reply(error=200, body={"error": {"code": 502, "message": "Provider returned error"}})
    openai_server.script(inside, Reply(text="Yes."))
    assert openrouter.text(ASK) == "Yes."
    assert len(waits) == 1


def test_a_failure_inside_an_answer_that_stays_is_one_sentence(openai_server: ProtocolServer, openrouter: Chat) -> None:
    inside = Reply(error=200, body={"error": {"code": 402, "message": "Insufficient credits"}})
    openai_server.script(inside)
    with pytest.raises(ModelUnreachable, match=r"balance .* is used up \(402: Insufficient credits\)"):
        openrouter.text(ASK)
