"""Which prompts reach the model: by the task, by the setting, by the option."""

from __future__ import annotations

from pathlib import Path

import pytest
from protocol_server import ProtocolServer
from scenario import agent, describes

from sheets_agent.cli import main

ENGLISH, RUSSIAN = "You read spreadsheets", "Ты читаешь электронные таблицы"


@pytest.mark.parametrize(
    ("task", "language", "said", "unsaid"),
    [
        ("Какая выручка по регионам?", "auto", RUSSIAN, ENGLISH),
        ("What is the revenue by region?", "auto", ENGLISH, RUSSIAN),
        ("Какая выручка по регионам?", "en", ENGLISH, RUSSIAN),
        ("What is the revenue by region?", "ru", RUSSIAN, ENGLISH),
    ],
)
def test_the_prompts_go_by_the_task_or_by_the_setting(
    openai_server: ProtocolServer, sales: Path, task: str, language: str, said: str, unsaid: str
) -> None:
    openai_server.script(describes())
    agent(language=language).describe(sales, task)
    [request] = openai_server.chats
    assert said in request.text
    assert unsaid not in request.text
    assert task in request.text


@pytest.mark.parametrize(("option", "said"), [((), ENGLISH), (("--language", "ru"), RUSSIAN)])
def test_the_option_says_which_prompts_are_used(
    openai_server: ProtocolServer, sales: Path, option: tuple[str, ...], said: str
) -> None:
    openai_server.script(describes())
    assert main(["describe", str(sales), "--model", "openai:gpt-test", *option]) == 0
    assert said in openai_server.chats[0].text


@pytest.mark.parametrize("command", [["describe", "x.xlsx"], ["plan", "x.xlsx", "t"], ["run", "x.xlsx", "t"]])
def test_another_language_is_refused(command: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*command, "--language", "de"]) == 2
    assert "'de' is not one of 'auto', 'en', 'ru'" in capsys.readouterr().err
