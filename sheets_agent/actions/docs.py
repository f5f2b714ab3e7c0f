"""The documentation of all actions, written from their classes.

python -m sheets_agent.actions.docs docs/actions.md            write it
python -m sheets_agent.actions.docs docs/actions.md --check    fail when it is stale
"""

from __future__ import annotations

import json
import sys
from inspect import cleandoc
from pathlib import Path

from sheets_agent.actions import ACTIONS
from sheets_agent.actions.base import Action
from sheets_agent.actions.fields import shapes
from sheets_agent.actions.wire import encode

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
    """Write or check the page.

    Returns:
        The exit code: 1 when the page is stale, 2 when the arguments make no sense.
    """
    paths = [Path(argument) for argument in arguments if argument != "--check"]
    if len(paths) != 1:
        sys.stderr.write("usage: python -m sheets_agent.actions.docs PATH [--check]\n")
        return 2
    if "--check" not in arguments:
        paths[0].write_text(page(), encoding="utf-8")
        return 0
    if paths[0].exists() and paths[0].read_text(encoding="utf-8") == page():
        return 0
    sys.stderr.write(f"{paths[0]} is stale. Type: python -m sheets_agent.actions.docs {paths[0]}\n")
    return 1


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
