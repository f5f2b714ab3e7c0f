"""Argilla through its real SDK, over HTTP, against a small server on loopback."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from argilla_server import KEY, ArgillaServer
from langchain_core.language_models import GenericFakeChatModel
from langchain_core.messages import AIMessage, HumanMessage, SystemMessage

from sheets_agent.cli import main
from sheets_agent.errors import FeedbackError, UsageError
from sheets_agent.feedback.argilla.channel import Argilla
from sheets_agent.feedback.argilla.dataset import Dataset, Row
from sheets_agent.feedback.argilla.handler import ArgillaHandler, judgements
from sheets_agent.feedback.channel import Asked, Reply
from sheets_agent.feedback.channels import Place, opened

PLAN = Asked(id="r1.plan.1", kind="plan", task="Chart it", text="1. Add a sheet", details="+ Adds “Report”")
RESULT = Asked(id="r1.result.1", kind="result", task="Chart it", text="Revenue is charted.", spreadsheet_id="s1")
QUESTION = Asked(id="r1.clarify.1", kind="question", task="Chart it", text="Which year?", options=("2023", "2024"))
PLACE: Any = Place(client=None, spreadsheet_id="s1", reviewers=2)  # type: ignore[arg-type]


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[ArgillaServer]:
    with ArgillaServer() as made:
        monkeypatch.setenv("ARGILLA_API_URL", made.url)
        monkeypatch.setenv("ARGILLA_API_KEY", KEY)
        yield made


def test_a_dataset_is_made_with_fields_questions_guidelines_and_overlap(server: ArgillaServer) -> None:
    opened("argilla://agent", PLACE).post(PLAN)
    dataset = server.dataset("agent")
    assert dataset["status"] == "ready"
    assert [(one["name"], one["settings"]["type"]) for one in dataset["fields"]] == [
        ("prompt", "text"), ("response", "text"), ("plan", "text"),
    ]  # fmt: skip
    questions = {one["name"]: one for one in dataset["questions"]}
    assert {name: one["settings"]["type"] for name, one in questions.items()} == {
        "verdict": "label_selection", "rating": "rating", "critique": "text", "edited": "text",
    }  # fmt: skip
    assert [one["value"] for one in questions["rating"]["settings"]["options"]] == [1, 2, 3, 4, 5]
    assert [name for name, one in questions.items() if one["required"]] == ["verdict"]
    assert dataset["distribution"]["min_submitted"] == 2
    assert "Accept what is right" in dataset["guidelines"]


def test_a_plan_and_a_result_are_records_with_a_suggestion(server: ArgillaServer) -> None:
    channel = opened("argilla://agent", PLACE)
    channel.post(PLAN)
    channel.post(RESULT)
    plan, result = server.records.values()
    assert plan["external_id"] == "r1.plan.1"
    assert plan["fields"] == {"prompt": "Chart it", "plan": "1. Add a sheet\n\n+ Adds “Report”"}
    assert result["fields"] == {"prompt": "Chart it", "response": "Revenue is charted."}
    assert result["metadata"] == {"spreadsheet": "s1", "about": "result"}
    (suggestion,) = result["suggestions"]
    assert (suggestion["value"], suggestion["agent"]) == ("Revenue is charted.", "sheets-agent")


def test_what_was_posted_is_found_by_another_process_and_not_posted_twice(server: ArgillaServer) -> None:
    reference = Argilla("agent").post(PLAN)
    server.submit("ann", PLAN.id, verdict="accept")
    assert Argilla("agent").post(PLAN) == reference
    assert len(server.datasets) == len(server.records) == 1
    assert Argilla("agent").replies(PLAN, reference) == (Reply(who="ann", verdict="accept"),)
    assert Argilla("agent").where(reference) == f"{server.url}/dataset/{server.dataset('agent')['id']}/annotation-mode"


def test_reviews_are_read_back_one_for_each_person_who_has_submitted(server: ArgillaServer) -> None:
    channel = opened("argilla://agent", PLACE)
    reference = channel.post(RESULT)
    assert channel.replies(RESULT, reference) == ()
    server.submit("ann", RESULT.id, verdict="revise", rating=2, critique="By month ", edited="Revenue by month.")
    server.submit("bob", RESULT.id, "draft", verdict="reject")
    server.submit("owner", RESULT.id, verdict="accept", rating=5, edited="Revenue is charted.")
    assert channel.replies(RESULT, reference) == (
        Reply(who="ann", verdict="revise", rating=2, critique="By month", edited="Revenue by month."),
        Reply(who="owner", verdict="accept", rating=5),
    )


def test_questions_have_a_dataset_of_their_own(server: ArgillaServer) -> None:
    channel = opened("argilla://agent", PLACE)
    reference = channel.post(QUESTION)
    (record,) = server.records.values()
    assert record["fields"]["response"] == "Which year?\n• 2023\n• 2024"
    assert [one["name"] for one in server.dataset("agent-questions")["questions"]] == ["answer"]
    server.submit("ann", QUESTION.id, answer="2024")
    server.submit("bob", QUESTION.id, answer="-")
    assert [(reply.who, reply.answer) for reply in channel.replies(QUESTION, reference)] == [
        ("ann", "2024"),
        ("bob", ""),
    ]


def test_who_may_not_list_users_gets_their_ids(server: ArgillaServer) -> None:
    server.role = "annotator"
    channel = Argilla("agent")
    reference = channel.post(PLAN)
    server.submit("ann", PLAN.id, verdict="accept")
    assert [reply.who for reply in channel.replies(PLAN, reference)] == [server.users[1]["id"]]


def test_what_nobody_waits_for_is_taken_away_unless_somebody_answered(server: ArgillaServer) -> None:
    channel = Argilla("agent")
    channel.withdraw(PLAN, channel.post(PLAN))
    assert server.records == {}
    reference = channel.post(RESULT)
    server.submit("ann", RESULT.id, verdict="accept")
    channel.withdraw(RESULT, reference)
    assert len(server.records) == 1


@pytest.mark.parametrize(
    "call", ["POST /datasets", "POST /datasets/{id}/questions", "PUT /datasets/{id}/publish",
             "PUT /datasets/{id}/records/bulk", "GET /me/datasets"]
)  # fmt: skip
def test_a_post_that_broke_off_is_made_whole_by_the_next(server: ArgillaServer, call: str) -> None:
    server.fail = call
    with pytest.raises(FeedbackError):
        Argilla("agent").post(PLAN)
    Argilla("agent").post(PLAN)
    assert server.dataset("agent")["status"] == "ready"
    assert [one["external_id"] for one in server.records.values()] == [PLAN.id]


def test_a_dataset_whose_making_was_killed_is_made_anew(server: ArgillaServer) -> None:
    workspace = server.workspaces[0]["id"]
    server.answer("POST", "/api/v1/datasets", {"name": "agent", "workspace_id": workspace})
    Argilla("agent").post(PLAN)
    assert server.dataset("agent")["status"] == "ready"


# ------------------------------------------------------------------------------------------------ what goes wrong


def test_a_wrong_key_is_said(server: ArgillaServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ARGILLA_API_KEY", "argilla.apikey.of-somebody-else")
    with pytest.raises(FeedbackError, match="refuses the key") as failed:
        opened("argilla://agent", PLACE)
    assert "of-somebody-else" not in str(failed.value) + str(failed.value.__cause__)


def test_without_a_key_nothing_is_asked(server: ArgillaServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ARGILLA_API_KEY")
    with pytest.raises(UsageError, match="no key"):
        opened("argilla://agent", PLACE)
    assert server.calls == []


@pytest.mark.parametrize("page", [(502, "<html>Bad gateway</html>"), (200, "<html>Sign in</html>"), (200, "[]")])
def test_a_page_in_place_of_an_answer_is_said(server: ArgillaServer, page: tuple[int, str]) -> None:
    channel = Argilla("agent")
    reference = channel.post(PLAN)
    server.broken = page
    with pytest.raises(FeedbackError, match="did not do what it was asked"):
        channel.post(RESULT)
    server.broken = None
    assert channel.replies(PLAN, reference) == ()


def test_a_server_that_is_not_there_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ARGILLA_API_KEY", KEY)
    with ArgillaServer() as gone:
        monkeypatch.setenv("ARGILLA_API_URL", gone.url)
    with pytest.raises(FeedbackError, match="did not do what it was asked"):
        opened("argilla://agent", PLACE)


@pytest.mark.parametrize("url", ["argilla://", "argilla://agent?colour=red", "argilla://agent?workspace="])
def test_an_address_that_is_wrong_is_said(server: ArgillaServer, url: str) -> None:
    with pytest.raises(UsageError):
        opened(url, PLACE)


def test_a_workspace_that_is_not_there_is_said(server: ArgillaServer) -> None:
    Argilla("agent", "argilla").post(PLAN)
    with pytest.raises(UsageError, match="no workspace “nowhere”"):
        Argilla("agent", "nowhere").post(PLAN)


def test_a_dataset_of_another_form_is_not_written_to(server: ArgillaServer) -> None:
    Dataset("chat", mode="chat")
    with pytest.raises(UsageError, match="was made for chat mode"):
        Argilla("chat").post(PLAN)
    Argilla("agent").post(QUESTION)
    with pytest.raises(UsageError, match="has no “verdict”"):
        Argilla("agent-questions").post(PLAN)


# ------------------------------------------------------------------------------------------------ any model's calls


def model(handler: ArgillaHandler, *texts: str) -> GenericFakeChatModel:
    return GenericFakeChatModel(messages=iter(map(AIMessage, texts)), callbacks=[handler])


ASKED = [SystemMessage("Be brief."), HumanMessage("Sum up")]


def test_in_chat_mode_the_conversation_is_shown_message_by_message(server: ArgillaServer) -> None:
    model(ArgillaHandler("calls", run_id="r1"), "Done").invoke(ASKED, {"run_name": "executor"})
    (record,) = server.records.values()
    assert record["fields"]["prompt"] == [
        {"role": "system", "content": "Be brief."}, {"role": "user", "content": "Sum up"},
    ]  # fmt: skip
    assert record["fields"]["response"] == "Done"
    assert record["metadata"] == {"role": "executor", "run_id": "r1"}
    assert [one["value"] for one in record["suggestions"]] == ["Done"]


def test_in_prompt_mode_the_conversation_is_one_text(server: ArgillaServer) -> None:
    model(ArgillaHandler("calls", mode="prompt"), "Done").invoke(ASKED)
    (record,) = server.records.values()
    assert record["fields"]["prompt"] == "system:\nBe brief.\n\nuser:\nSum up"


def test_a_server_that_fails_does_not_fail_the_call(server: ArgillaServer) -> None:
    asked = model(ArgillaHandler("calls"), "one", "two")
    server.broken = (500, "no")
    assert asked.invoke(ASKED).text == "one"
    server.broken = None
    asked.invoke(ASKED)
    assert [one["fields"]["response"] for one in server.records.values()] == ["two"]


def test_what_people_say_of_calls_becomes_training_data(server: ArgillaServer, tmp_path: Path, capsys: Any) -> None:
    asked = model(ArgillaHandler("calls", run_id="r1"), *(f"answer {number}" for number in range(3)))
    for _ in range(3):
        asked.invoke(ASKED, {"run_name": "executor"})
    Argilla("other").post(PLAN)
    first, second, _ = [one["external_id"] for one in server.records.values() if "role" in one["metadata"]]
    server.submit("ann", first, verdict="accept", edited="answer 0")
    server.submit("bob", second, verdict="revise", edited="a better answer", critique="Too short")
    records, out = tmp_path / "r.jsonl", tmp_path / "out.jsonl"
    assert main(["feedback", "collect", "argilla://calls", str(records)]) == 0
    assert "2 of 2 judgements are new" in capsys.readouterr().out
    assert main(["feedback", "collect", "argilla://calls", str(records)]) == 0
    assert "0 of 2 judgements are new" in capsys.readouterr().out
    assert main(["feedback", "export", "--format", "supervised", str(records), str(out)]) == 0
    rows = [json.loads(line) for line in out.read_text().splitlines()]
    prompt = [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Sum up"}]
    assert [row["messages"] for row in rows] == [
        [*prompt, {"role": "assistant", "content": "answer 0"}],
        [*prompt, {"role": "assistant", "content": "a better answer"}],
    ]


def test_many_records_are_read_page_by_page(server: ArgillaServer) -> None:
    dataset = Dataset("calls")
    dataset.log(Row("c", "asked", "answer", metadata={"role": "executor"}))
    server.submit("ann", "c", verdict="accept")
    (first,) = server.records.values()
    for _ in range(259):
        other = str(uuid.uuid4())
        server.records[other] = {**first, "id": other, "external_id": other}
    assert len(list(judgements(dataset))) == 260


def test_what_a_run_asked_through_the_channel_is_its_own_to_record(server: ArgillaServer) -> None:
    Argilla("agent").post(RESULT)
    server.submit("ann", RESULT.id, verdict="accept")
    assert list(judgements(Dataset("agent"))) == []


def test_collecting_from_a_dataset_that_is_not_there_makes_none(
    server: ArgillaServer, tmp_path: Path, capsys: Any
) -> None:
    assert main(["feedback", "collect", "argilla://nothing", str(tmp_path / "r.jsonl")]) == 2
    assert "no dataset “nothing”" in capsys.readouterr().err
    assert server.datasets == {}
    assert list(tmp_path.iterdir()) == []
