"""Close a run: the status and the sentence that say how it ended."""

from __future__ import annotations

import json

from langgraph.runtime import Runtime

from sheets_agent.dialogue import turn_of, with_turn
from sheets_agent.run_state import Context, RunState
from sheets_agent.state.done import Status, ToolRecord


def finish(run: RunState, runtime: Runtime[Context]) -> RunState:
    """Settle the status, when no stage has done so, and add the run to the history of its thread."""
    ended: RunState = {**run, **_ending(run)}
    return {
        "status": ended["status"],
        "summary": ended.get("summary", ""),
        "history": with_turn(run.get("history", ()), turn_of(ended)),
    }


def _ending(run: RunState) -> RunState:
    if "status" in run:
        return {}
    errors = run["trial"].errors if "trial" in run and not run.get("tool_calls") else ()
    if errors:
        first = errors[0].sentence
        return {
            "status": Status.INCOMPLETE,
            "summary": f"No plan was found that works; nothing was written. What stands in the way: {first}",
        }
    if run.get("dry_run") and not run.get("calculations"):
        return {"status": Status.DRY_RUN, "summary": "Nothing was written: this was a dry run."}
    if any(run["trial"].requests) and not run.get("wrote"):
        why = next((_error(call) for call in run.get("tool_calls", ()) if not call.success), "")
        said = f"{why or 'The plan was refused, and nothing was written.'} {run.get('summary', '')}"
        return {"status": Status.INCOMPLETE, "summary": said.strip()}
    left = [problem for problem in run.get("problems", ()) if not problem.fixed]
    failed = [call for call in run.get("tool_calls", ()) if not call.success]
    summary, unmet = run.get("summary", ""), run.get("unmet", "")
    status = Status.INCOMPLETE if left or unmet or (failed and not summary) else Status.DONE
    wish = f"The reviewer's wish was not met: {unmet}" if unmet else ""
    return {"status": status, "summary": f"{summary} {wish}".strip()}


def _error(call: ToolRecord) -> str:
    """Why a call failed, as its result tells the model."""
    return str(json.loads(call.result).get("error", ""))
