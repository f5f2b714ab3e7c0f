"""Options that several commands share."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from sheets_agent.settings import Settings

Function = TypeVar("Function", bound=Callable[..., Any])

TARGET_HELP = "SPREADSHEET is a path to an .xlsx or .csv file, a spreadsheet id, or a Google Sheets URL."

_ROLE = re.compile(r"([a-z_]+)=(.+)", re.DOTALL)


def spreadsheet_argument(command: Function) -> Function:
    """The spreadsheet a command works on."""
    return click.argument("spreadsheet", metavar="SPREADSHEET")(command)


def model_options(command: Function) -> Function:
    """Which models answer, and with which prompts."""
    command = click.option(
        "--prompts",
        type=click.Path(exists=True, file_okay=False, path_type=Path),
        metavar="DIR",
        help="A folder whose .md files replace the built-in prompts.",
    )(command)
    command = click.option(
        "--language",
        type=click.Choice(["auto", "en", "ru"]),
        help="The language of the prompts; auto, the default, goes by the task. Answers follow the task either way.",
    )(command)
    return click.option(
        "--model",
        "-m",
        "models",
        multiple=True,
        metavar="[ROLE=]PROVIDER:MODEL",
        help="The model, such as gigachat:GigaChat-2-Max, openai:gpt-5 or ollama:qwen3; with ROLE= only for one "
        "role, such as planner=openai:gpt-5. May be repeated.",
    )(command)


def planning_options(command: Function) -> Function:
    """How a plan is made and criticised."""
    command = click.option(
        "--reflectors",
        callback=_reflectors,
        metavar="NAMES",
        help="Which reflectors criticise the plan: any of action,cell,formula,general, or none.  [default: all]",
    )(command)
    return click.option(
        "--plan-samples", type=click.IntRange(1, 16), metavar="N", help="Draw N plans and take a vote."
    )(command)


def _reflectors(context: click.Context, option: click.Parameter, text: str | None) -> tuple[str, ...] | None:
    if text is None:
        return None
    return () if text.strip() == "none" else tuple(name.strip() for name in text.split(","))


def json_option(command: Function) -> Function:
    """Machine-readable output."""
    return click.option("--json", "as_json", is_flag=True, help="Print JSON on stdout, and nothing else.")(command)


def settings_for(models: Sequence[str], **given: Any) -> Settings:
    """The settings in force, with the options of a command; None means not given.

    Raises:
        UsageError: a setting is wrong.
    """
    from sheets_agent.settings import load

    return load(**_model_settings(models), **given)


def _model_settings(models: Sequence[str]) -> dict[str, Any]:
    """What `--model` options mean as settings: `model`, and `models` by role."""
    chosen: dict[str, Any] = {}
    roles: dict[str, str] = {}
    for text in models:
        match = _ROLE.fullmatch(text)
        if match is None:
            chosen["model"] = text
        else:
            roles[match[1]] = match[2]
    return {**chosen, "models": roles} if roles else chosen


def task_text(task: str) -> str:
    """The task, read from standard input when it is `-`.

    Raises:
        UsageError: when it is empty.
    """
    from sheets_agent.errors import UsageError

    try:
        text = (sys.stdin.read() if sys.stdin else "") if task == "-" else task
        text.encode()  # what Python could not decode is in it as lone surrogates
    except UnicodeError as error:
        raise UsageError("The task is not readable text.", "Give it in UTF-8.") from error
    if not text.strip():
        raise UsageError("The task is empty.", 'Say what to do, such as: sheets-agent run sales.xlsx "Chart revenue".')
    return text.strip()
