"""Every call of a model in a file of its own."""

from __future__ import annotations

import json
from pathlib import Path

from langchain_core.messages import AIMessage, HumanMessage

from sheets_agent.chat.trace import Trace
from sheets_agent.chat.usage import Tokens


def test_after_a_kill_no_call_is_written_over_although_one_before_it_never_ended(tmp_path: Path) -> None:
    trace = Trace(tmp_path, "r1", lambda text: None)
    trace.begin("planner", "m", [HumanMessage("never answered")], None)
    trace.end(trace.begin("planner", "m", [HumanMessage("asked")], None), 0.1, Tokens(1, 0, 1), AIMessage("first"))
    after = Trace(tmp_path, "r1", lambda text: None)
    after.end(after.begin("planner", "m", [HumanMessage("asked")], None), 0.1, Tokens(1, 0, 1), AIMessage("second"))
    files = sorted(path.name for path in tmp_path.iterdir())
    assert files == ["r1-002-planner.json", "r1-003-planner.json"]
    assert json.loads((tmp_path / files[0]).read_text("utf-8"))["answer"]["content"] == "first"
