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

_GIVEN = "sheets_agent.given"
"""Where the options that set settings are kept while a command runs."""
_ROLE = re.compile(r"([a-z_]+)=(.+)", re.DOTALL)


def spreadsheet_argument(command: Function) -> Function:
    """The spreadsheet a command works on."""
    return click.argument("spreadsheet", metavar="SPREADSHEET")(command)


def model_options(command: Function) -> Function:
    """Which models answer, and with which prompts. What is given is in `settings_for`."""
    models = setting_option(
        "models",
        "--model",
        "-m",
        multiple=True,
        metavar="[ROLE=]PROVIDER:MODEL",
        help="The model, such as gigachat:GigaChat-2-Max, openai:gpt-5 or ollama:qwen3; with ROLE= only for one "
        "role, such as planner=openai:gpt-5. May be repeated.",
    )
    language = setting_option(
        "language",
        "--language",
        type=click.Choice(["auto", "en", "ru"]),
        help="The language of the prompts; auto, the default, goes by the task. Answers follow the task either way.",
    )
    prompts = setting_option(
        "prompts",
        "--prompts",
        type=click.Path(exists=True, file_okay=False, path_type=Path),
        metavar="DIR",
        help="A folder whose .md files replace the built-in prompts; those in its en and ru only in that language.",
    )
    return models(language(prompts(command)))


def file_option(command: Function) -> Function:
    """Documents that a task needs."""
    return click.option(
        "--file",
        "files",
        multiple=True,
        type=click.Path(path_type=Path),
        help="A document whose tables the task needs: .pdf, .csv, .tsv, .xlsx, .json or .md. May be repeated.",
    )(command)


def feedback_options(command: Function) -> Function:
    """Where people are asked, and what they review. What is given is in `settings_for`."""
    channel = setting_option(
        "feedback.channel",
        "--feedback",
        metavar="CHANNEL",
        help="Where you and others are asked: terminal (the default), comments (of the spreadsheet), or an address "
        "such as label-studio://project/12. The run waits; `resume` goes on waiting.",
    )
    reviewers = setting_option(
        "feedback.reviewers",
        "--reviewers",
        type=click.IntRange(1, 9),
        metavar="N",
        help="How many people are asked the same; the majority counts.  [default: 1]",
    )
    review = setting_option(
        "review",
        "--review",
        multiple=True,
        type=click.Choice(["description", "result"]),
        help="What is reviewed besides plans: how the spreadsheet is understood, what was written. May be repeated.",
    )
    return channel(reviewers(review(command)))


def planning_options(command: Function) -> Function:
    """How a plan is found and criticised. What is given is in `settings_for`."""
    planner = setting_option(
        "planner",
        "--planner",
        type=click.Choice(["auto", "cot", "self-consistency", "tot-greedy", "tot-beam", "tot-dfs", "mcts"]),
        help="How a plan is found: auto, the default, makes one plan and more only where its trial asks for it; cot "
        "makes one; self-consistency several, with a vote; the others search step by step.",
    )
    samples = setting_option(
        "search.samples",
        "--samples",
        type=click.IntRange(1, 16),
        metavar="N",
        help="How many plans self-consistency draws.  [default: 3]",
    )
    calls = setting_option(
        "search.calls",
        "--plan-calls",
        type=click.IntRange(1),
        metavar="N",
        help="How many calls of models planning may take.  [default: 24]",
    )
    reflect = setting_option(
        "reflect",
        "--reflect",
        type=click.Choice(["auto", "always", "never"]),
        help="When reflectors ask a model about the plan: where facts of its trial leave a question (auto, the "
        "default), always, or never.",
    )
    reflectors = setting_option(
        "reflectors",
        "--reflectors",
        type=_Reflectors(),
        metavar="NAMES",
        help="Which reflectors may criticise the plan: any of action,cell,formula,general, or none.  [default: all]",
    )
    return plugin_option(planner(samples(calls(reflect(reflectors(command))))))


def plugin_option(command: Function) -> Function:
    """Whose actions may be used. What is given is in `settings_for`."""
    return setting_option(
        "plugins",
        "--plugin",
        multiple=True,
        metavar="NAME",
        help="An installed package of actions that may be used. May be repeated.",
    )(command)


def scope_options(command: Function) -> Function:
    """What may be written at most. What is given is in `settings_for`."""
    only = setting_option(
        "only",
        "--only",
        multiple=True,
        metavar="RANGE",
        help="A range or sheet that may be written, such as “Report!A1:F50” or “Draft”; nothing else may then. May be "
        "repeated.",
    )
    functions = setting_option(
        "allow_functions",
        "--allow-function",
        multiple=True,
        metavar="NAME",
        help="A function that may be used although it can send cells out of the spreadsheet, such as IMPORTRANGE. May "
        "be repeated.",
    )
    cells = setting_option(
        "max_cells",
        "--max-cells",
        type=click.IntRange(1),
        metavar="N",
        help="How many cells may be written in all.  [default: 200000]",
    )
    return only(functions(cells(command)))


def setting_option(setting: str, *names: str, **attributes: Any) -> Callable[[Function], Function]:
    """An option that sets a setting; `search.samples` is a setting inside another one."""

    def keep(context: click.Context, option: click.Parameter, value: Any) -> None:
        if value is not None and not (option.multiple and not value):
            context.meta.setdefault(_GIVEN, {})[setting] = value

    return click.option(*names, setting.replace(".", "_"), expose_value=False, callback=keep, **attributes)


class _Reflectors(click.ParamType):  # type: ignore[type-arg]
    """Names with commas between them, or `none`."""

    name = "names"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, ...]:
        """The names; that they are known is the settings' to check."""
        return () if value.strip() == "none" else tuple(name.strip() for name in value.split(","))


def json_option(command: Function) -> Function:
    """Machine-readable output."""
    return click.option("--json", "as_json", is_flag=True, help="Print JSON on stdout, and nothing else.")(command)


def settings_for(**given: Any) -> Settings:
    """The settings in force, with the options of the command that runs; None means not given.

    Raises:
        UsageError: a setting is wrong.
    """
    from sheets_agent.settings import load

    options: dict[str, Any] = dict(click.get_current_context().meta.get(_GIVEN, {}))
    models = options.pop("models", ())
    for name in [name for name in options if "." in name]:
        group, _, inner = name.partition(".")
        options.setdefault(group, {})[inner] = options.pop(name)
    return load(**_model_settings(models), **options, **given)


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
