"""The page about the prompts, written from their files and from the schemas of the answers.

python -m sheets_agent.prompt_page docs/prompts.md            write it
python -m sheets_agent.prompt_page docs/prompts.md --check    fail when it is stale
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from typing import Any

from sheets_agent.actions.wire import action_space, plan_schema
from sheets_agent.chat.schemas import (
    annotation_schema,
    critique_schema,
    exploration_schema,
    judgement_schema,
    reflection_schema,
    vote_schema,
)
from sheets_agent.generated import write_or_check
from sheets_agent.prompts import LANGUAGES, NAMES, Language, Prompts, preamble
from sheets_agent.stages.describe_text import tokens

ANSWERS: dict[str, Callable[[], dict[str, Any]] | None] = {
    "retriever": annotation_schema,
    "planner": plan_schema,
    "action_reflector": reflection_schema,
    "cell_reflector": reflection_schema,
    "formula_reflector": reflection_schema,
    "general_reflector": reflection_schema,
    "voter": vote_schema,
    "explorer": exploration_schema,
    "judge": judgement_schema,
    "executor": None,
    "corrector": plan_schema,
    "moderator": critique_schema,
}
"""The schema of each role's answer; None for tool calls and free text."""

_HEAD = """# Prompts

What each role of the agent is told, and what it answers. The prompts are the Markdown files of `prompts/en` and
`prompts/ru`; the tables below are written from them (`make docs`).

**Language.** `--language auto|en|ru`, or the setting `language`. *auto* takes the Russian prompts where most letters of
the task are Cyrillic, and the English ones otherwise. Whatever the language of the prompts, the answer is in the
language of the task: each prompt says so. Names of actions, fields and functions are English in both.

**Your own prompts.** `--prompts DIR`, or the setting `prompts`. A file directly in the folder, such as `planner.md`,
replaces that prompt in both languages; one in its subfolder `en` or `ru` replaces it in that language, and goes before
the other. What the folder does not hold stays as it is. A file has a `## system` and a `## user` section and uses
exactly the variables of the prompt it replaces; anything else is refused before a model is asked.

**Strict rendering.** `{{ name }}` stands for a variable. One that is missing, or that a prompt does not use, is an
error. What comes from the spreadsheet stands between `<sheet_data>` and `</sheet_data>` and cannot close that block.

**Order.** The system section is the same for every run: nothing in it varies, except that `{{ actions }}` follows the
installed version. In the user section comes first what stays the same throughout a run, then what changes from call to
call. So providers can cache the longest beginning.

**Changing a prompt.** A test compares every rendered prompt with a stored text. Renew the texts and read what
changed:

    python tests/unit/chat/test_prompt_snapshots.py

A new role needs a file in both languages, a line in `sheets_agent/prompts.py`, and its answer in
`sheets_agent/prompt_page.py`.

"""

_TABLE = """| Role | System | User | Answer | Tokens en, ru |
| --- | --- | --- | --- | --- |
"""


def page() -> str:
    """The whole page in markdown."""
    rows = "".join(_row(name) for name in NAMES)
    roles = "".join(f"* **{name}**: {' '.join(preamble(name).split())}\n" for name in NAMES)
    space = _about(tokens(action_space()))
    notes = (
        f"\nTokens are of the fixed text, counted roughly. The variables come on top: `actions` with about {space}, "
        "`description` with\nat most the setting `description_tokens`.\n"
    )
    return _HEAD + "## Roles\n\n" + roles + "\n## Parts\n\n" + _TABLE + rows + notes


def _row(name: str) -> str:
    schema = ANSWERS[name]
    answer = "tool calls, then a text" if schema is None else f"`{_shape(schema())}`"
    system, user = Prompts().variables(name)
    counts = ", ".join(_about(_fixed(name, language)) for language in LANGUAGES)
    return f"| {name} | {_listed(system)} | {_listed(user)} | {answer} | {counts} |\n"


def _fixed(name: str, language: Language) -> int:
    prompts = Prompts(language=language)
    empty = {variable: "" for section in prompts.variables(name) for variable in section}
    return sum(map(tokens, prompts.render(name, empty)))


def _about(count: int) -> str:
    return f"{round(count, -2):,}"


def _listed(variables: Iterable[str]) -> str:
    return ", ".join(f"`{variable}`" for variable in variables) or "fixed"


def _shape(schema: dict[str, Any]) -> str:
    """A schema as short text, choices as `a / b`: `{reason, choice}`, `{steps: [{why, action}]}`."""
    if schema.get("type") == "array":
        inner = _shape(schema["items"])
        return f"[{inner}]" if inner else ""
    if "properties" not in schema:
        return " / ".join(schema.get("enum", ())) if len(schema.get("enum", ())) <= MOST_CHOICES else ""
    parts = ((key, _shape(part)) for key, part in schema["properties"].items())
    return "{" + ", ".join(f"{key}: {inner}" if inner else key for key, inner in parts) + "}"


MOST_CHOICES = 5
"""Choices shown; the actions are more."""


def main(arguments: list[str]) -> int:
    """Write the page, or check it; the exit code."""
    return write_or_check("sheets_agent.prompt_page", page, arguments)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
