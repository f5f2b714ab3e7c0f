"""Everything that can be set, from three places.

In rising order: `config.toml` in the user's configuration folder, the environment (`SHEETS_AGENT_…`), and what the
caller gives. A `.env` file in the working folder is not read: a folder somebody else made must not choose the model or
the credentials.

    # ~/.config/sheets-agent/config.toml
    model = "gigachat:GigaChat-2-Max"
    approve = "always"

    [models]
    planner = "openai:gpt-5"

    [prices]                                   # per million tokens: input, cached input, output
    "openai:gpt-5" = [1.25, 0.125, 10.0]
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, Literal

import platformdirs
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    SettingsError,
    TomlConfigSettingsSource,
)

from sheets_agent.a1 import split_place
from sheets_agent.errors import UsageError
from sheets_agent.reference import parse_reference

PREFIX = "SHEETS_AGENT_"

ApprovalPolicy = Literal["always", "risky", "never"]
Reflector = Literal["action", "cell", "formula", "general"]
Planner = Literal["auto", "cot", "self-consistency", "tot-greedy", "tot-beam", "tot-dfs", "mcts"]
Executor = Literal["tools", "lookahead"]
Reflection = Literal["auto", "always", "never"]
PromptLanguage = Literal["auto", "en", "ru"]


Reviewed = Literal["description", "result"]


def config_dir() -> Path:
    """The folder with `config.toml` and the stored sign-in; SHEETS_AGENT_CONFIG_DIR overrides the platform's."""
    given = os.environ.get(f"{PREFIX}CONFIG_DIR")
    return Path(given).expanduser() if given else platformdirs.user_config_path("sheets-agent", appauthor=False)


def config_file() -> Path:
    """The person's configuration file; it need not exist."""
    return config_dir() / "config.toml"


class Search(BaseModel):
    """How broad and deep plans are searched for, and what the search may cost.

    Attributes:
        samples: plans drawn in parallel for self-consistency.
        trees: trees of thoughts that are searched for a vote; 1 searches one.
        options: next steps proposed at each node of a tree.
        together: whether one call proposes all options of a node, or a call each.
        beam: nodes kept on each level of a beam search.
        depth: steps a plan may have in a tree.
        model_value: whether a model, too, values the nodes of a tree; facts alone do otherwise.
        calls: calls of models that planning a task may take.
        tokens: tokens, in and out, that planning a task may take.
        seconds: seconds that one search may take.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", protected_namespaces=())

    samples: int = Field(default=3, ge=1, le=16)
    trees: int = Field(default=1, ge=1, le=8)
    options: int = Field(default=3, ge=1, le=8)
    together: bool = True
    beam: int = Field(default=2, ge=1, le=8)
    depth: int = Field(default=12, ge=1, le=50)
    model_value: bool = False
    calls: int = Field(default=24, ge=1)
    tokens: int = Field(default=200_000, ge=1_000)
    seconds: float = Field(default=300.0, gt=0)


class Feedback(BaseModel):
    """Where people are asked, and how long they are waited for.

    Attributes:
        channel: `terminal`, where whoever is here is asked at once, or a channel by its address, such as `comments` or
            `label-studio://project/12`; see `sheets_agent.feedback.channels`.
        reviewers: how many people are asked the same; the majority counts.
        deadline: seconds after which a run that nobody has answered is left paused.
        rounds: how often they may send the same thing back with a critique.
        poll: the longest pause in seconds between two looks for answers.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", protected_namespaces=())

    channel: str = Field(default="terminal", min_length=1)
    reviewers: int = Field(default=1, ge=1, le=9)
    deadline: float = Field(default=86_400.0, gt=0, le=315_360_000.0)
    rounds: int = Field(default=10, ge=0, le=100)
    poll: float = Field(default=60.0, gt=0, le=86_400.0)


class Served(BaseModel):
    """Which spreadsheets the LangGraph server opens for its users; none unless they are named here.

    Attributes:
        folder: files in it, and in its folders, are opened; results go to `results/` in it.
        spreadsheets: ids or URLs of Google spreadsheets; "*" is every one that the server's account can open.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    folder: Path | None = None
    spreadsheets: tuple[str, ...] = ()

    @field_validator("spreadsheets")
    @classmethod
    def _references(cls, spreadsheets: tuple[str, ...]) -> tuple[str, ...]:
        for place in spreadsheets:
            try:
                place == "*" or parse_reference(place)
            except UsageError as error:
                raise ValueError(str(error)) from error
        return spreadsheets


class Settings(BaseSettings):
    """Settings of the agent. Frozen; derive others with `load(**changes)`.

    Attributes:
        model: `provider:model` for every role that has none of its own.
        models: models by role: retriever, planner, executor, …; `reflector` stands for all four reflectors.
        temperature: for every model; None leaves it to the provider.
        model_timeout: seconds for one answer of a model; None is the provider's own choice.
        prices: money per million tokens by model: input, cached input, output. For the report only.
        approve: when a person is asked before a plan is written: always, when it would overwrite or delete
            (risky), or never.
        review: what people review besides plans: the description of the spreadsheet before planning, the result after
            writing.
        feedback: where people are asked, how many, and how long they are waited for.
        allow_functions: functions that formulas may call although they can send cells out: IMPORTRANGE, IMAGE, the
            name of a script, …; HYPERLINK for links that are made of cells. They are still shown for approval.
        only: the ranges and sheets that may be written, such as "Report!A1:F50" or "Draft"; empty for all. A sheet that
            is not there may be made.
        max_cells: cells that one run may write.
        plugins: packages whose actions may be used, by the names they have in the entry points `sheets_agent.actions`.
        planner: how a plan is found: one plan, more only where its trial asks for it (auto), or a strategy by name.
        search: how broad and deep the strategies search, and what that may cost.
        reflect: when reflectors ask a model: where facts of the trial leave a question (auto), about every plan
            (always), or never.
        reflectors: which reflectors may look at a plan.
        max_rounds: how often a plan may be made again when facts or the person say no, and how many corrective
            rounds may follow the writing.
        executor: how the executor's model goes on once the plan is written: it calls tools, each checked on a copy
            (tools); or several next calls are drawn, all tried, and the best is made (lookahead).
        max_tool_calls: rounds of tool calls after which the executor's model is stopped.
        sample_budget: cells shown to the model from each sheet, at most.
        description_tokens: tokens the description of the spreadsheet may take in a prompt, roughly counted.
        language: of the prompts; auto is Russian where most letters of the task are Cyrillic, and English otherwise.
            The model answers in the language of the task either way.
        prompts: a folder whose .md files replace the ones in the package; see `sheets_agent.prompts`.
        trace: a folder for every question to a model and its answer, a file for each call; None writes none.
        record: a file to which a feedback record is added for each call of a model and each decision, a JSON object a
            line; None writes none.
        block_list: a file with a regular expression a line; a task or an answer of a model that matches ends the run.
        service_account: path to a service account's key; None looks in the usual places.
        api_timeout: seconds for one answer of the Sheets API.
        api_endpoint: where the Sheets API is served; another one than Google's gets no credentials.
        served: which spreadsheets the LangGraph server opens.
        reads_per_minute: reading calls that all runs of a process make in a minute, for one account; Google allows 60.
        writes_per_minute: the same for writing calls.
        locale: the locale of files, such as ru_RU; None guesses it for a .csv, and is en_US for an .xlsx.
    """

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_nested_delimiter="__", frozen=True, extra="forbid", protected_namespaces=()
    )

    model: str = Field("gigachat:GigaChat-2-Max", min_length=1)
    models: dict[str, str] = Field(default_factory=dict)
    temperature: float | None = Field(None, ge=0)
    model_timeout: float | None = Field(None, gt=0)
    prices: dict[str, tuple[float, float, float]] = Field(default_factory=dict)

    approve: ApprovalPolicy = "risky"
    review: tuple[Reviewed, ...] = ()
    feedback: Feedback = Feedback()
    allow_functions: tuple[str, ...] = ()
    only: tuple[str, ...] = ()
    max_cells: int = Field(200_000, ge=1)
    plugins: tuple[str, ...] = ()
    planner: Planner = "auto"
    search: Search = Search()
    reflect: Reflection = "auto"
    reflectors: tuple[Reflector, ...] = ("action", "cell", "formula", "general")
    max_rounds: int = Field(2, ge=0, le=10)
    executor: Executor = "tools"
    max_tool_calls: int = Field(12, ge=1, le=100)
    sample_budget: int = Field(200, ge=20)
    description_tokens: int = Field(8000, ge=500)
    language: PromptLanguage = "auto"
    prompts: Path | None = None
    trace: Path | None = None
    record: Path | None = None
    block_list: Path | None = None

    service_account: Path | None = None
    api_timeout: float = Field(60.0, gt=0)
    api_endpoint: str = Field("https://sheets.googleapis.com", pattern=r"^https?://[^/]")
    served: Served = Served()
    reads_per_minute: int = Field(60, ge=1)
    writes_per_minute: int = Field(60, ge=1)
    locale: str | None = Field(None, pattern=r"^[a-z]{2,3}_[A-Z]{2}$")

    @field_validator("record")
    @classmethod
    def _wherever_it_goes_on(cls, record: Path | None) -> Path | None:
        """The same file also for a process that goes on with the run from another folder."""
        return None if record is None else record.expanduser().absolute()

    @field_validator("only")
    @classmethod
    def _places(cls, only: tuple[str, ...]) -> tuple[str, ...]:
        for place in only:
            try:
                split_place(place)
            except UsageError as error:
                raise ValueError(str(error)) from error
        return only

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """What the caller gives, then the environment, then the configuration file."""
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls, config_file())


def load(**given: Any) -> Settings:
    """The settings in force, with what the caller gives (None means not given).

    Raises:
        UsageError: a value that is not allowed, or a configuration file that cannot be read.
    """
    try:
        return Settings(**{name: value for name, value in given.items() if value is not None})
    except ValidationError as error:
        raise UsageError(_sentence(error), _where(error)) from error
    except SettingsError as error:
        raise UsageError(f"A setting in the environment cannot be read: {error}.", _JSON_HINT) from error
    except (ValueError, OSError) as error:  # tomllib's errors, and the ones of opening the file
        raise UsageError(
            f"The configuration file {config_file()} cannot be read: {error}.", "Mend or remove it."
        ) from (error)


_JSON_HINT = f"""Lists and tables are written as JSON, such as {PREFIX}MODELS='{{"planner": "openai:gpt-5"}}'."""


def _sentence(error: ValidationError) -> str:
    first = error.errors()[0]
    name = ".".join(str(part) for part in first["loc"])
    if first["type"] == "extra_forbidden":
        return f"There is no setting “{name}”."
    return f"The setting {name} = {first['input']!r} is not allowed: {first['msg']}."


def _where(error: ValidationError) -> str:
    name = str(error.errors()[0]["loc"][0])
    return f"It comes from the command line, from {PREFIX}{name.upper()}, or from {config_file()}."
