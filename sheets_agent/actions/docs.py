"""The documentation of all actions, written from their classes.

python -m sheets_agent.actions.docs docs/actions.md            write it
python -m sheets_agent.actions.docs docs/actions.md --check    fail when it is stale
"""

from __future__ import annotations

import json
import sys
from inspect import cleandoc

from sheets_agent.actions import ACTIONS
from sheets_agent.actions.base import Action
from sheets_agent.actions.fields import shapes
from sheets_agent.actions.wire import encode
from sheets_agent.generated import write_or_check

_HEAD = """# Actions

What the agent can do to a spreadsheet. Plans, tools and checks all derive from these classes; this page as well
(`python -m sheets_agent.actions.docs docs/actions.md`).

The risk says what can be lost: *read* changes nothing, *write* loses something only where it writes over cells that are
not empty, *delete* removes or moves what is there.

| Action | Risk | What it does |
| --- | --- | --- |
"""


def page() -> str:
    """The whole page in markdown."""
    overview = "".join(
        f"| [{kind}](#{kind}) | {action.risk.value} | {_cell(_summary(action))} |\n" for kind, action in ACTIONS.items()
    )
    return _HEAD + overview + "".join(_section(kind, action) for kind, action in ACTIONS.items())


def _summary(action: type[Action]) -> str:
    return cleandoc(action.__doc__ or "").split("\n\n")[0].replace("\n", " ")


def _section(kind: str, action: type[Action]) -> str:
    rows = "".join(
        f"| `{name}` | {shape.kind.value}{'' if action.model_fields[name].is_required() else ', optional'} | "
        f"{_cell(action.model_fields[name].description or '')} |\n"
        for name, shape in shapes(action).items()
    )
    example = action.model_validate(action.example)
    step = json.dumps(encode(example), ensure_ascii=False)
    return (
        f"\n## {kind}\n\n{cleandoc(action.__doc__ or '')}\n\n| Field | Type | Meaning |\n| --- | --- | --- |\n{rows}\n"
        f"Example: {example.sentence()}\n\n```json\n{step}\n```\n"
    )


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def main(arguments: list[str]) -> int:
    """Write or check the page; gives the exit code."""
    return write_or_check("sheets_agent.actions.docs", page, arguments)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
