"""Correct plans for tasks over the workbooks of `plan_books`, as a person who knows the sheets would write them.

They are kept in `plans.json`, in the form in which models write plans.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Step = dict[str, Any]


@dataclass(frozen=True)
class Example:
    """A task over a workbook, and a plan that does it."""

    book: str
    task: str
    steps: tuple[Step, ...]


def examples() -> tuple[Example, ...]:
    """All of them, in their order."""
    found = json.loads(Path(__file__).with_name("plans.json").read_text(encoding="utf-8"))
    return tuple(Example(one["book"], one["task"], tuple(one["steps"])) for one in found)


def cell(target: str, value: str) -> Step:
    """Write one cell."""
    return {"action": "write_cell", "target": target, "options": [f"value={value}"]}


def fill(target: str, formula: str) -> Step:
    """Repeat a formula."""
    return {"action": "repeat_formula", "target": target, "options": [f"formula={formula}"]}


def made(action: str, target: str, source: str, *options: str) -> Step:
    """An action on a source."""
    return {"action": action, "target": target, "source": source, "options": list(options)}


def done(action: str, target: str, *options: str) -> Step:
    """An action on a target."""
    return {"action": action, "target": target, "options": list(options)}
