"""Whole runs whose people are in Label Studio: asked, answered, reviewed, made again, and put on record."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from label_studio_people import Served
from langchain_openai import ChatOpenAI
from protocol_server import ProtocolServer
from scenario import HEADER, STEPS, TASK, cells, describes, good_run, plans, sums_up

from sheets_agent import SheetsAgent
from sheets_agent.cli import main
from sheets_agent.events import Event, Note, Waiting
from sheets_agent.feedback.label_studio.handler import LabelStudioHandler
from sheets_agent.settings import load
from sheets_agent.state.done import Status


@pytest.fixture
def channel(served: Served, title: str, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("LABEL_STUDIO_URL", served.address)
    monkeypatch.setenv("LABEL_STUDIO_API_KEY", served.token)
    return f"label-studio://project/{quote(title)}"


def tasks(served: Served, title: str) -> list[dict[str, Any]]:
    project = served.client.find_project(title)
    return [] if project is None else served.tasks(project.id)


class Annotator:
    """Answers each task when the run waits for it, with what is prepared."""

    def __init__(self, served: Served, title: str, *prepared: Callable[[int], object]) -> None:
        self.served, self.title, self.prepared, self.notes = served, title, list(prepared), list[str]()

    def __call__(self, event: Event) -> None:
        if isinstance(event, Note):
            self.notes.append(event.text)
        if isinstance(event, Waiting) and "Label Studio" in event.why:
            task = tasks(self.served, self.title)[-1]["id"]
            self.prepared.pop(0)(task)


def agent(annotator: Annotator, channel: str, **feedback: Any) -> SheetsAgent:
    settings = {"model": "openai:gpt-test", "reflect": "never", "approve": "always"}
    asked = {"channel": channel, "poll": 0.01, **feedback}
    return SheetsAgent(load(**settings, feedback=asked), on_event=annotator)


def test_a_question_is_answered_and_a_plan_made_again_until_it_is_accepted(
    served: Served, title: str, channel: str, sales: Path, openai_server: ProtocolServer
) -> None:
    openai_server.script(
        describes("Какой год? | 2024 | 2025"), plans({**HEADER, "options": ["value=Сумма"]}), plans(*STEPS), sums_up()
    )
    annotator = Annotator(
        served,
        title,
        lambda task: served.annotate(task, choice="2024"),
        lambda task: served.annotate(task, choice="revise", answer="Нужна сводная"),
        lambda task: served.annotate(task, choice="accept", rating=5),
    )
    result = agent(annotator, channel).run(str(sales), TASK)
    assert result.status is Status.DONE
    assert cells(result.files[0], "Продажи")["E1"] == "Выручка"
    question, first, second = (task["data"] for task in tasks(served, title))
    assert (question["text"], [choice["value"] for choice in question["choices"]]) == ("Какой год?", ["2024", "2025"])
    assert (first["kind"], second["kind"]) == ("plan", "plan")
    assert first["id"] != second["id"]
    assert "Сумма" in first["text"] + first["details"]
    planners = [chat.text for chat in openai_server.chats if "You plan work" in chat.text or "планируешь" in chat.text]
    assert "2024" in planners[0]
    assert "Нужна сводная" in planners[1]
    assert any(f"{served.address}/projects/" in note for note in annotator.notes)
    assert served.token not in "\n".join(annotator.notes)


def test_the_majority_of_three_decides(
    served: Served, title: str, channel: str, sales: Path, openai_server: ProtocolServer
) -> None:
    openai_server.script(*good_run())
    second, third = served.person(), served.person()

    def all_three(task: int) -> None:
        served.annotate(task, choice="accept")
        served.annotate(task, second, choice="reject")
        served.annotate(task, third, choice="accept")

    annotator = Annotator(served, title, all_three)
    result = agent(annotator, channel, reviewers=3).run(str(sales), TASK)
    assert result.status is Status.DONE
    assert annotator.prepared == []
    (task,) = tasks(served, title)
    found = served.client.task(task["id"])
    assert found is not None
    assert (found.overlap, len(found.annotations)) == (3, 3)


def test_a_run_that_nobody_answers_stays_and_goes_on_in_another_process_with_the_same_task(
    served: Served, title: str, channel: str, sales: Path, openai_server: ProtocolServer
) -> None:
    openai_server.script(*good_run())
    first = agent(Annotator(served, title, lambda task: None), channel, deadline=0.001).run(str(sales), TASK)
    assert first.status is Status.PAUSED
    (task,) = tasks(served, title)
    served.annotate(task["id"], choice="accept")
    again = agent(Annotator(served, title), channel)
    result = again.resume(first.run_id)
    assert result.status is Status.DONE
    assert len(tasks(served, title)) == 1


def test_without_a_server_the_command_line_says_what_to_set(
    sales: Path, openai_server: ProtocolServer, capsys: pytest.CaptureFixture[str]
) -> None:
    openai_server.script(*good_run())
    where = ["--feedback", "label-studio://project/Reviews"]
    assert main(["run", str(sales), TASK, "--model", "openai:gpt-test", *where]) == 2
    told = capsys.readouterr().err
    assert "LABEL_STUDIO_URL" in told
    assert "Traceback" not in told


def test_the_calls_of_a_run_are_on_record_with_its_roles_and_its_id(
    served: Served, title: str, channel: str, sales: Path, openai_server: ProtocolServer
) -> None:
    openai_server.script(*good_run())
    handler = LabelStudioHandler(title)
    model = ChatOpenAI(model="gpt-test", callbacks=[handler], timeout=20)
    result = SheetsAgent(load(reflect="never", approve="never"), model=model).run(str(sales), TASK)
    found = [task["data"] for task in served.tasks(handler.project)]
    assert [data["role"] for data in found] == ["retriever", "planner", "executor"]
    assert {data["run_id"] for data in found} == {result.run_id}
    assert {data["model"] for data in found} == {"gpt-test"}
    assert found[1]["usage"]["input"] == 100
    assert "repeat_formula" in found[1]["response"]
