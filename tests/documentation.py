"""The examples of the documentation: finding them, and a model with prepared replies that they can talk to.

A fenced block of `python` or `sh` is an example. One that cannot be run here stands below a comment that says why:

    <!-- not run: needs a Google account -->
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from protocol_replies import Reply, Request
from scenario import OPENINGS

ROOT = Path(__file__).parents[1]
PAGES = sorted([ROOT / "README.md", *ROOT.glob("README.*.md"), *ROOT.glob("docs/**/*.md")])

_FENCE = re.compile(
    r"^(?P<indent> *)```(?P<language>\w*)[^\n]*\n(?P<code>.*?)^(?P=indent)```", re.MULTILINE | re.DOTALL
)
_TASK = re.compile(r"^(?:The task|Задача)[^\n]*:\n(.*)$", re.MULTILINE)
_NOT_RUN = re.compile(r"<!-- not run: (?P<why>[^>]+) -->\s*$")

HEADING = {"target": "'Продажи'!A1", "value": "Area"}
"""A heading of the demo's workbook, written over: what needs approval."""


@dataclass(frozen=True)
class Example:
    """One block of a page."""

    page: Path
    line: int
    language: str
    code: str
    not_run: str = ""
    """Why it is not run; empty when it is."""


def examples(page: Path) -> Iterator[Example]:
    """The blocks of Python and of shell commands on a page, in order."""
    text = page.read_text(encoding="utf-8")
    for block in _FENCE.finditer(text):
        if block["language"] not in ("python", "sh"):
            continue
        code = "\n".join(line.removeprefix(block["indent"]) for line in block["code"].splitlines())
        why = _NOT_RUN.search(text[: block.start()])
        line = text.count("\n", 0, block.start()) + 1
        yield Example(page, line, block["language"], code, why["why"] if why else "")


class PreparedModel:
    """Answers every role, whatever the spreadsheet: questions by a calculation, tasks by a sheet of its own."""

    def __init__(self) -> None:
        self._plans = 0

    def __call__(self, request: Request) -> Reply:
        """The reply to one request."""
        role = next((role for role, opening in OPENINGS.items() if re.search(opening, request.text)), None)
        task = _TASK.findall(request.text)
        question = "question" if task and task[-1].rstrip().endswith("?") else "command"
        match role:
            case "retriever":
                return Reply(json={"request": question, "tables": [], "columns": [], "questions": []})
            case "planner":
                self._plans += 1
                return Reply(json={"thoughts": "A sheet of its own.", "steps": self._steps(question)})
            case "executor":
                return Reply(text="Done.")
            case "action" | "cell" | "formula" | "general":
                return Reply(json={"comment": "Right.", "verdict": "keep"})
        if request.body.get("tools"):  # somebody else's agent with our tools
            asked = request.body["messages"][-1]["role"] == "user"
            return Reply(calls=[("write_cell", HEADING)]) if asked else Reply(text="Done.")
        raise AssertionError(f"no reply is prepared for {request.text[:300]}")

    def _steps(self, question: str) -> list[dict[str, Any]]:
        if question == "question":
            return [{"why": "It is asked for", "action": "calculate", "options": ["formula==SUM(1,2)"]}]
        sheet = f"Report {self._plans}"
        return [
            {"why": "A place", "action": "add_sheet", "target": sheet},
            {"why": "A title", "action": "write_cell", "target": f"'{sheet}'!A1", "options": ["value=Report"]},
        ]
