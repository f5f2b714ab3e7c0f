"""Options say in words what the settings say in types; importing the settings for `--help` would make it slow."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, get_args

import click
import pytest
from pydantic import BaseModel

from sheets_agent.cli.reference import commands
from sheets_agent.settings import Settings


def fields(model: type[BaseModel], before: str = "") -> Iterator[tuple[str, Any]]:
    """The settings with their fields, by the names that options have."""
    for name, field in model.model_fields.items():
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            yield from fields(field.annotation, f"{before}{name}_")
        else:
            yield f"{before}{name}", field


FIELDS = dict(fields(Settings))
OPTIONS = [
    pytest.param(option, id=f"{name} {option.opts[0]}")
    for name, command in commands()
    for option in command.params
    if isinstance(option, click.Option) and not option.expose_value and option.name in FIELDS
]


def words(annotation: Any) -> set[str]:
    """The texts that a type lets in, in whatever it stands."""
    return {word for inner in get_args(annotation) for word in ([inner] if isinstance(inner, str) else words(inner))}


@pytest.mark.parametrize("option", OPTIONS)
def test_an_option_offers_what_its_setting_takes(option: click.Option) -> None:
    field = FIELDS[str(option.name)]
    if isinstance(option.type, click.Choice):
        assert set(option.type.choices) == words(field.annotation)
    if told := re.search(r"\[default: (\d+)\]", option.help or ""):
        assert int(told[1]) == field.default


def test_there_are_choices_and_defaults_to_compare() -> None:
    found = [option.values[0] for option in OPTIONS]
    assert {option.name for option in found if isinstance(option.type, click.Choice)} >= {"planner", "language"}
    assert any("[default: " in (option.help or "") for option in found)
