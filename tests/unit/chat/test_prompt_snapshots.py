"""Every prompt in every language as it is rendered, beside the text it is meant to be rendered as.

Renew the texts and read their difference: python tests/unit/chat/test_prompt_snapshots.py
"""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest

from sheets_agent.prompts import LANGUAGES, NAMES, Language, Prompts

SNAPSHOTS = Path(__file__).parent / "prompt_snapshots"
RENEW = "Read what changed, then renew the texts: python tests/unit/chat/test_prompt_snapshots.py"

THROUGHOUT = {"actions", "limit"}
IN_A_RUN = {"description", "history", "request", "task"}
"""What stays the same throughout, and what stays the same in a run; all else differs from call to call."""

EACH = [(name, language) for language in LANGUAGES for name in NAMES]


def snapshot(name: str, language: Language) -> str:
    prompts = Prompts(language=language)
    values = {variable: f"<the {variable}>" for section in prompts.variables(name) for variable in section}
    return "=== system ===\n{}\n=== user ===\n{}\n".format(*prompts.render(name, values))


def stored(name: str, language: Language) -> Path:
    return SNAPSHOTS / language / f"{name}.txt"


@pytest.mark.parametrize(("name", "language"), EACH)
def test_a_prompt_is_rendered_as_stored(name: str, language: Language) -> None:
    path = stored(name, language)
    assert path.exists(), RENEW
    assert snapshot(name, language) == path.read_text(encoding="utf-8"), RENEW


def test_nothing_is_stored_that_is_no_prompt() -> None:
    assert {path for path in SNAPSHOTS.rglob("*") if path.is_file()} == {stored(*each) for each in EACH}


@pytest.mark.parametrize("name", NAMES)
def test_a_prompt_has_the_same_variables_in_the_same_order_in_both_languages(name: str) -> None:
    assert Prompts(language="en").variables(name) == Prompts(language="ru").variables(name)


@pytest.mark.parametrize(("name", "language"), EACH)
def test_the_system_section_is_the_same_throughout(name: str, language: Language) -> None:
    system, _ = Prompts(language=language).variables(name)
    assert system in ((), ("actions",))


@pytest.mark.parametrize(("name", "language"), EACH)
def test_what_stays_longest_comes_first(name: str, language: Language) -> None:
    _, user = Prompts(language=language).variables(name)
    ranks = [0 if each in THROUGHOUT else 1 if each in IN_A_RUN else 2 for each in user]
    assert all(before <= after for before, after in pairwise(ranks)), user


def test_the_folders_hold_the_prompts_and_nothing_else() -> None:
    folder = Path(__file__).parents[3] / "prompts"
    assert {path.relative_to(folder) for path in folder.rglob("*") if path.is_file()} == {
        Path(language, f"{name}.md") for name, language in EACH
    }


def renew() -> None:
    for name, language in EACH:
        stored(name, language).parent.mkdir(parents=True, exist_ok=True)
        stored(name, language).write_text(snapshot(name, language), encoding="utf-8")


if __name__ == "__main__":
    renew()
