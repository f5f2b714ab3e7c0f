import io
import json

import pytest

from sheets_agent.errors import FileError
from sheets_agent.events import Note, RunStarted, StageEnded, StageStarted, ToolCalled, Waiting
from sheets_agent.logs import JsonLog
from sheets_agent.state.done import RoleUsage, Status, Usage
from sheets_agent.state.result import RunResult


def lines_of(stream):
    return [json.loads(line) for line in stream.getvalue().splitlines()]


@pytest.fixture
def stream():
    return io.StringIO()


def test_every_event_is_a_line_with_the_time_and_the_run(stream):
    log = JsonLog(stream)
    ended, called = StageEnded("plan", 1.5, "2 steps"), ToolCalled("sort", "A1:B2", True)
    events = RunStarted("r1"), StageStarted("plan"), ended, called
    for event in events:
        log(event)
    lines = lines_of(stream)
    assert all(line.pop("time").endswith("+00:00") for line in lines)
    assert lines == [
        {"run": "r1", "event": "run_started"},
        {"run": "r1", "event": "stage_started", "stage": "plan"},
        {"run": "r1", "event": "stage_ended", "stage": "plan", "seconds": 1.5, "outcome": "2 steps"},
        {"run": "r1", "event": "tool_called", "name": "sort", "target": "A1:B2", "success": True},
    ]


def test_what_stands_in_cells_is_left_out(stream):
    log = JsonLog(stream)
    log(Note("'Sales'!B2 shows “Иванов”; the trial had “Петров”."))
    log(Note("It said: “cut off Иванов"))
    log(Waiting('the server said "Иванов"', 2))
    assert "Иванов" not in stream.getvalue()
    assert lines_of(stream)[0]["text"] == "'Sales'!B2 shows “…”; the trial had “…”."


def test_a_line_break_or_a_quote_stays_inside_its_line(stream):
    JsonLog(stream)(ToolCalled("write", 'a"\n{"event": "forged"}', False))
    (line,) = lines_of(stream)
    assert line["event"] == "tool_called"


def test_how_a_run_ended_in_numbers(stream):
    usage = Usage(roles={"planner": RoleUsage(calls=2, input_tokens=10, output_tokens=5)}, api_reads=3, api_writes=1)
    told = {"run_id": "r2", "task": "t", "summary": "Иванов", "spreadsheet_id": "x"}
    result = RunResult(**told, status=Status.DONE, usage=usage, timings={"plan": 2})
    assert JsonLog(stream).result(result) is result
    (line,) = lines_of(stream)
    line.pop("time")
    assert line == {
        "run": "r2", "event": "ended", "status": "done", "steps": 0, "problems": 0, "seconds": 2.0, "calls": 2,
        "tokens": 15, "api_reads": 3, "api_writes": 1,
    }  # fmt: skip


def test_a_failure_is_the_last_line(stream):
    with pytest.raises(FileError), JsonLog(stream):
        raise FileError("There is no file “x.xlsx”.")
    assert [(line["event"], line["error"], line["text"]) for line in lines_of(stream)] == [
        ("failed", "FileError", "There is no file “…”.")
    ]
    with pytest.raises(LookupError), JsonLog(stream):  # of a defect, only the kind: its text may hold anything
        raise LookupError("Иванов")
    assert "Иванов" not in stream.getvalue()
