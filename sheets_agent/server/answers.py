"""What comes of a job, as an update of the server's state: a message, a question, or both."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from langchain_core.messages import AIMessage

from sheets_agent.errors import SheetsAgentError
from sheets_agent.redaction import redacted
from sheets_agent.state.result import RunResult

Update = dict[str, Any]


def said(text: str, **result: Any) -> Update:
    """A message, and nothing that waits."""
    return {"messages": [AIMessage(text)], "request": None, "result": result or None}


def failed(error: SheetsAgentError, folder: Path | None) -> Update:
    """What a person is told of an error."""
    text = _relative(redacted(f"{error} {error.hint}".strip()), folder)
    return said(text, status="failed", error=type(error).__name__, summary=text)


def waiting(request: dict[str, Any], first: str = "") -> Update:
    """A question that stands, in the human-in-the-loop shape, and what is said before it."""
    messages = [AIMessage(first)] if first else []
    return {"messages": messages, "request": json.loads(json.dumps(request)), "result": {"status": "paused"}}


def same(one: object, other: object) -> bool:
    """Whether two questions are the same, as JSON."""
    return json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)


def ended(result: RunResult, folder: Path | None, first: str = "") -> Update:
    """How a run ended."""
    files = [_relative(path, folder) for path in result.files]
    notes = [_relative(redacted(note), folder) for note in result.notes]
    lines = [first, _relative(result.summary, folder) or f"The run has ended: {result.status.value}."]
    lines += [f"Result: `{path}`" for path in files]
    lines += [f"- {note}" for note in notes]
    roles = result.usage.roles.values()
    return said(
        "\n\n".join(line for line in lines if line),
        run_id=result.run_id,
        status=result.status.value,
        summary=result.summary,
        files=files,
        notes=notes,
        changed_cells=result.diff.cell_count,
        steps=[{"does": step.action.sentence(), "success": step.success, "error": step.error} for step in result.steps],
        calculations=[found.model_dump(mode="json") for found in result.calculations],
        usage={
            "calls": sum(role.calls for role in roles),
            "tokens": sum(role.input_tokens + role.output_tokens for role in roles),
        },
    )


def _relative(text: str, folder: Path | None) -> str:
    """A text without the path of the server's folder in it."""
    return text if folder is None else text.replace(f"{folder}/", "")
