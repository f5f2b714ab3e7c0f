"""Whole runs that wait for people in Argilla and on TagMe, by the address a person types."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from argilla_server import KEY, ArgillaServer
from protocol_server import ProtocolServer
from scenario import HEADER, STEPS, TASK, cells, describes, plans, sums_up
from tagme_sdk import installed

from sheets_agent import SheetsAgent
from sheets_agent.events import Waiting
from sheets_agent.feedback.export import preference
from sheets_agent.feedback.record_file import read_records
from sheets_agent.settings import load
from sheets_agent.state.done import Status

Answer = Callable[[], object]


@pytest.fixture
def argilla(monkeypatch: pytest.MonkeyPatch) -> Iterator[ArgillaServer]:
    with ArgillaServer() as server:
        monkeypatch.setenv("ARGILLA_API_URL", server.url)
        monkeypatch.setenv("ARGILLA_API_KEY", KEY)
        yield server


def run(sales: Path, channel: str, *answers: Answer, **settings: Any) -> Any:
    """A run whose people answer when it waits: each time the next thing."""
    left = list(answers)

    def listen(event: object) -> None:
        if isinstance(event, Waiting) and left:
            left.pop(0)()

    feedback = {"channel": channel, "poll": 0.01, **settings.pop("feedback", {})}
    made = load(model="openai:gpt-test", reflect="never", approve="always", feedback=feedback, **settings)
    result = SheetsAgent(made, on_event=listen).run(sales, TASK)
    assert left == []
    return result


def test_a_question_and_a_plan_are_put_to_people_in_argilla(
    argilla: ArgillaServer, openai_server: ProtocolServer, sales: Path
) -> None:
    openai_server.script(describes("Какой год?"), plans(HEADER), plans(*STEPS), sums_up())

    def asked(number: int) -> str:
        return str(list(argilla.records.values())[number]["external_id"])

    records = sales.parent / "records.jsonl"
    result = run(
        sales,
        "argilla://agent",
        lambda: argilla.submit("ann", asked(0), answer="2024"),
        lambda: argilla.submit("ann", asked(1), verdict="revise", critique="Где сводная?"),
        lambda: argilla.submit("ann", asked(2), verdict="accept"),
        record=records,
    )
    assert result.status is Status.DONE
    assert cells(result.files[0], "Продажи")["E13"] == 12 * 150
    assert [answer.answer for answer in result.description.answers] == ["2024"]
    assert len(argilla.records) == 3
    found = list(read_records(records))
    said = [
        (record.about, record.who, record.verdict, record.critique) for record in found if record.channel == "Argilla"
    ]
    assert said == [
        ("question", "ann", None, ""), ("plan", "ann", "revise", "Где сводная?"), ("plan", "ann", "accept", ""),
    ]  # fmt: skip
    (pair,) = preference(found)
    assert "create_pivot" in pair["chosen"][0]["content"]
    assert "create_pivot" not in pair["rejected"][0]["content"]


def test_two_markers_on_tagme_review_a_plan_and_the_result(
    openai_server: ProtocolServer, sales: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    service = installed(monkeypatch)
    openai_server.script(describes(), plans(*STEPS), sums_up())

    def accepted(task: str) -> Answer:
        frame = pd.DataFrame({"OUTPUT:verdict": ["accept", "accept"], "OUTPUT:rating": ["5", None]})
        return lambda: service.frames.update({task: frame})

    class OneByOne(dict[str, Any]):
        """At each look what there is, and by the next look both have answered."""

        def get(self, task: str, default: Any = None) -> Any:
            found = super().get(task, default)
            accepted(task)()
            return found

    service.frames = OneByOne(task0=pd.DataFrame({"OUTPUT:verdict": ["accept"]}))
    result = run(
        sales,
        "tagme://agent",
        feedback={"reviewers": 2},
        review=("result",),
        record=sales.parent / "records.jsonl",
    )
    assert result.status is Status.DONE
    assert [request.overlap for request in service.requests.values()] == [2, 2]
    assert service.stopped == ["task0", "task1"]
    replies = [record for record in read_records(sales.parent / "records.jsonl") if record.channel == "TagMe"]
    assert [(record.about, record.who, record.rating) for record in replies] == [
        ("plan", "marker 1", 5), ("plan", "marker 2", None), ("result", "marker 1", 5), ("result", "marker 2", None),
    ]  # fmt: skip
