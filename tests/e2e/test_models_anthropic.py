"""Anthropic's models, through their real client."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from langchain_core.messages import HumanMessage, SystemMessage
from protocol_replies import Reply, Usage
from protocol_server import ProtocolServer
from scenario import SMALL_PLAN, TASK, good_run, workbook

from sheets_agent import SheetsAgent
from sheets_agent.actions.wire import plan_schema
from sheets_agent.chat import Chat, Chats
from sheets_agent.errors import ModelUnreachable, NoModel, UnusableAnswer
from sheets_agent.settings import load
from sheets_agent.state.result import Status

pytest.importorskip("langchain_anthropic")

ASK = [SystemMessage("You plan."), HumanMessage("Write 5.")]


@pytest.fixture
def planner(anthropic_server: ProtocolServer) -> Iterator[Chat]:
    with Chats("anthropic:claude-test", sleep=lambda _: None) as chats:
        yield chats.role("planner")


def test_a_plan_is_the_forced_call_of_one_tool(anthropic_server: ProtocolServer, planner: Chat) -> None:
    anthropic_server.script(Reply(json=SMALL_PLAN))
    assert planner.structured(ASK, plan_schema(), dict) == SMALL_PLAN
    body = anthropic_server.chats[0].body
    assert body["system"] == "You plan."
    assert body["tool_choice"]["type"] == "tool"
    assert body["tools"][0]["input_schema"]["properties"] == plan_schema()["properties"]
    assert anthropic_server.refusals == []


def test_prose_and_invalid_answers_are_asked_again(anthropic_server: ProtocolServer, planner: Chat) -> None:
    anthropic_server.script(Reply(text="Sure!"), Reply(json={"thoughts": "no steps"}), Reply(json=SMALL_PLAN))
    assert planner.structured(ASK, plan_schema(), dict) == SMALL_PLAN
    assert anthropic_server.refusals == []


def test_a_refusal_ends_it(anthropic_server: ProtocolServer, planner: Chat) -> None:
    anthropic_server.script(Reply(text="", finish_reason="refusal"))
    with pytest.raises(UnusableAnswer, match="refused"):
        planner.structured(ASK, plan_schema(), dict)


def test_tokens_are_counted_with_those_that_were_cached(anthropic_server: ProtocolServer) -> None:
    anthropic_server.script(Reply(text="Yes.", usage=Usage(prompt=1000, completion=7, cached=900)))
    with Chats("anthropic:claude-test") as chats:
        chats.role("planner").text(ASK)
        used = chats.usage()["planner"]
    assert (used.input_tokens, used.cached_tokens, used.output_tokens) == (1000, 900, 7)


@pytest.mark.parametrize(
    ("reply", "error", "says"),
    [
        (Reply(error=401), NoModel, "did not accept the credentials"),
        (Reply(error=403), NoModel, "may not use"),
        (Reply(error=404), NoModel, "does not know"),
        (Reply(error=413), ModelUnreachable, "too long"),
    ],
)
def test_what_cannot_succeed_is_not_tried_again(
    anthropic_server: ProtocolServer, planner: Chat, reply: Reply, error: type[Exception], says: str
) -> None:
    anthropic_server.script(reply)
    with pytest.raises(error, match=says):
        planner.text(ASK)
    assert len(anthropic_server.chats) == 1


def test_an_overloaded_service_is_waited_for(anthropic_server: ProtocolServer) -> None:
    anthropic_server.script(Reply(error=529), Reply(error=429, headers={"retry-after": "2"}), Reply(text="Yes."))
    waits: list[float] = []
    with Chats("anthropic:claude-test", sleep=waits.append) as chats:
        assert chats.role("planner").text(ASK) == "Yes."
    assert len(waits) == 2
    assert waits[1] >= 2


def test_without_a_key_it_says_which_variable_is_missing(
    anthropic_server: ProtocolServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("ANTHROPIC_API_KEY")
    with pytest.raises(NoModel) as caught:
        Chats("anthropic:claude-test").role("planner")
    assert "ANTHROPIC_API_KEY" in caught.value.hint


def test_a_whole_run(anthropic_server: ProtocolServer, tmp_path: Path) -> None:
    anthropic_server.script(*good_run())
    result = SheetsAgent(load(model="anthropic:claude-test", reflect="never")).run(
        str(workbook(tmp_path / "sales.xlsx")), TASK
    )
    assert result.status is Status.DONE
    assert len(result.successful_steps()) == len(result.steps) == 5
    assert anthropic_server.refusals == []
