"""The tools of the MCP server, as data: names, descriptions, argument schemas, and what they can do.

A client puts the whole list into every conversation, so it is short: the actions stand once, in the compact form that
our own planner reads, and one tool takes them all.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sheets_agent.actions import offered
from sheets_agent.actions.wire import action_space

JSON = dict[str, Any]

MOST_TOKENS = 4_000
"""What the whole list may cost a conversation."""
NAMED = 8
"""Spreadsheets that are named in the list."""


@dataclass(frozen=True)
class ToolSpec:
    """One tool.

    Attributes:
        name: by which it is called.
        description: what the model reads.
        properties: the JSON schemas of its arguments.
        required: those that must be given.
        reads: whether it changes nothing.
        destroys: whether it may change or remove what is there.
        outside: whether it may reach further than the spreadsheet: a language model, in its case.
    """

    name: str
    description: str
    properties: JSON
    required: tuple[str, ...] = ()
    reads: bool = True
    destroys: bool = False
    outside: bool = False

    @property
    def schema(self) -> JSON:
        """The schema of its arguments."""
        return {
            "type": "object",
            "properties": self.properties,
            "required": list(self.required),
            "additionalProperties": False,
        }


def tools(spreadsheets: Sequence[str], *, writes: bool) -> tuple[ToolSpec, ...]:
    """The tools of a server.

    Args:
        spreadsheets: the names of what it serves; where there are several, each tool takes the name of one.
        writes: whether it may write.
    """
    which: JSON = {}
    if len(spreadsheets) > 1:
        which = {"spreadsheet": {"type": "string"}}
    needed = tuple(which)
    step = _step()
    looking = (
        ToolSpec(
            "describe_spreadsheet",
            "What a spreadsheet holds: sheets, tables, columns, sampled rows, charts. Start here. "
            f"{_here(spreadsheets)}",
            which,
            needed,
        ),
        ToolSpec(
            "read_range",
            "Values and formulas of a range, such as 'My orders'!A1:F20. What is left out is said.",
            {**which, "range": _text()},
            (*needed, "range"),
        ),
        ToolSpec(
            "calculate",
            "Work a formula out without writing it; every reference names its sheet.",
            {**which, "formula": _text()},
            (*needed, "formula"),
        ),
        ToolSpec("read_more", "The next page of a truncated answer.", {"cursor": _text()}, ("cursor",)),
        ToolSpec(
            "explain_action",
            "Fields and an example of one action.",
            {"action": {"type": "string"}},
            ("action",),
        ),
    )
    if not writes:
        return looking
    return (
        *looking,
        ToolSpec(
            "plan_changes",
            "Plan changes and try them on a copy: the answer has the plan's id, the difference, and what speaks "
            "against it. Writes nothing. With steps, as run_action takes them, they are the plan; without, the "
            "server's own model plans the task.",
            {
                **which,
                "task": _text("What the person wants, in their words."),
                "steps": {"type": "array", "items": {"type": "object"}},
            },
            (*needed, "task"),
            outside=True,
        ),
        ToolSpec(
            "apply_plan",
            "Write a plan exactly as plan_changes showed it; refused where the spreadsheet has changed since.",
            {**which, "plan": _text("Its id.")},
            (*needed, "plan"),
            reads=False,
            destroys=True,
        ),
        ToolSpec(
            "run_action",
            f"Try one action on a copy, and write it. Several belong in one plan_changes. The actions are:\n"
            f"{action_space(files=False)}",
            {**which, **step},
            (*needed, "action"),
            reads=False,
            destroys=True,
        ),
        ToolSpec(
            "undo_run",
            "Take back what a run wrote here: by default the last one that is not undone.",
            {**which, "run": _text()},
            needed,
            reads=False,
            destroys=True,
        ),
        ToolSpec("list_runs", "What was written here, newest first, with the ids of the runs.", which, needed),
    )


def _here(spreadsheets: Sequence[str]) -> str:
    """The names of what is served, as far as there is room."""
    more = len(spreadsheets) - NAMED
    return f"Here: {', '.join(spreadsheets[:NAMED])}{f' and {more} more' if more > 0 else ''}."


def _step() -> JSON:
    """The arguments of an action, as in a plan's step."""
    row = {"type": "array", "items": {"type": "string"}}
    return {
        "action": {"type": "string", "description": f"One of the {len(offered(files=False))}."},
        "target": _text(),
        "source": _text(),
        "values": {"type": "array", "items": row},
        "options": {**row, "description": 'field=value, such as ["rows=Region", "formula==D2*E2"]'},
    }


def _text(description: str = "") -> JSON:
    return {"type": "string", "description": description} if description else {"type": "string"}
