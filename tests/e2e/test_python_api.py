"""What the Python API does besides a run to its end: it refuses, streams, plans, describes, shows, is interrupted."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from protocol_server import ProtocolServer
from scenario import (
    PIVOT,
    STEPS,
    TASK,
    agent,
    describes,
    good_run,
    plans,
)

from sheets_agent import SheetsAgent
from sheets_agent.errors import UsageError
from sheets_agent.settings import load
from sheets_agent.state.done import Status


def test_an_empty_task_is_refused(sales: Path) -> None:
    with pytest.raises(UsageError, match="empty"):
        agent().run(str(sales), "  ")


def test_stream_gives_events_and_the_result_last(scripted: ProtocolServer, sales: Path) -> None:
    scripted.script(*good_run())
    seen = list(agent().stream(str(sales), TASK))
    stages = [event.stage for event in seen if type(event).__name__ == "StageEnded"]
    assert stages == [
        "retrieve", "clarify", "review_description", "plan", "reflect", "approve", "execute", "verify", "review_result",
        "finish",
    ]  # fmt: skip
    assert seen[-1].status is Status.DONE


def test_plan_and_describe_write_nothing(scripted: ProtocolServer, sales: Path) -> None:
    scripted.script(describes(), plans(*STEPS))
    planned = agent().plan(str(sales), TASK)
    assert planned.plan is not None
    assert planned.plan.steps[3].action.kind == PIVOT["action"]
    scripted.script(describes())
    described = agent().describe(str(sales))
    assert described.sheets[0].regions[0].range == "'Продажи'!A1:D13"
    asked = len(scripted.chats)
    bare = agent().describe(str(sales), annotate=False)
    assert bare.sheets[0].regions[0].columns[3].header == "Цена"
    assert len(scripted.chats) == asked
    assert [path.name for path in sales.parent.iterdir()] == ["sales.xlsx"]


def test_an_interruption_leaves_the_file_and_says_so(scripted: ProtocolServer, sales: Path) -> None:
    scripted.script(*good_run())
    told: list[Any] = []

    def impatient(event: Any) -> None:
        told.append(event)
        if type(event).__name__ == "ToolCalled":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        SheetsAgent(load(model="openai:gpt-test"), on_event=impatient).run(str(sales), TASK)
    assert told[-1].text == "Interrupted: nothing was saved."
    assert [path.name for path in sales.parent.iterdir()] == ["sales.xlsx"]


def test_a_notebook_shows_the_tables_and_the_chart(scripted: ProtocolServer, sales: Path) -> None:
    scripted.script(*good_run())
    result = agent().run(str(sales), TASK)
    shown = result._repr_html_()
    assert "Выручка" in shown
    assert "data:image/png;base64," in shown
    (picture,) = result.save_pictures(sales.parent)
    assert picture.read_bytes().startswith(b"\x89PNG")


def test_a_file_may_be_named_by_a_path(scripted: ProtocolServer, sales: Path) -> None:
    scripted.script(*good_run())
    result = agent().run(sales, TASK, output=sales.parent / "new.xlsx")
    assert result.files == (str(sales.parent / "new.xlsx"),)
