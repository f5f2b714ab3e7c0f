"""Fields of actions as plain shapes: their JSON schemas, and actions built from what models write.

A field is flat (see `Action`), so its shape is one of a handful. Building is tolerant where nothing can be
misunderstood (a number for a text, one text for a list, `Stacked column` for `stacked_column`) and otherwise says
everything that is wrong at once, in sentences a model can act on.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import ValidationError
from pydantic.fields import FieldInfo

from sheets_agent.actions.base import Action, field_roles
from sheets_agent.errors import ActionError

JSON = dict[str, Any]


class Kind(StrEnum):
    """What a field holds."""

    TEXT = "string"
    INTEGER = "integer"
    NUMBER = "number"
    BOOLEAN = "boolean"
    TEXTS = "list of strings"
    ROWS = "rows of strings"


@dataclass(frozen=True, slots=True)
class Shape:
    """What a field holds; `choices` are the texts allowed, empty when any is."""

    kind: Kind
    choices: tuple[str, ...] = ()

    def schema(self) -> JSON:
        """The JSON schema: no unions, no constants, no defaults."""
        text: JSON = {"type": "string", "enum": list(self.choices)} if self.choices else {"type": "string"}
        if self.kind is Kind.TEXT:
            return text
        if self.kind is Kind.TEXTS:
            return {"type": "array", "items": text}
        if self.kind is Kind.ROWS:
            return {"type": "array", "items": {"type": "array", "items": text}}
        return {"type": self.kind.value}


_SIMPLE = {str: Kind.TEXT, int: Kind.INTEGER, float: Kind.NUMBER, bool: Kind.BOOLEAN}


def shape(annotation: Any) -> Shape:
    """The shape of a field's annotation.

    Raises:
        TypeError: when it is not flat; a mistake in the action class.
    """
    origin, inside = get_origin(annotation), get_args(annotation)
    if annotation in _SIMPLE:
        return Shape(_SIMPLE[annotation])
    if origin is Annotated:
        return shape(inside[0])
    if origin is Literal:
        return Shape(Kind.TEXT, inside)
    if origin in (Union, UnionType) and len(inside) == 2 and NoneType in inside:
        return shape(next(one for one in inside if one is not NoneType))
    if origin is list:
        item = shape(inside[0])
        if item.kind in (Kind.TEXT, Kind.TEXTS):
            return Shape(Kind.TEXTS if item.kind is Kind.TEXT else Kind.ROWS, item.choices)
    raise TypeError(f"{annotation} is not a flat field")


@lru_cache(maxsize=256)
def shapes(action: type[Action]) -> dict[str, Shape]:
    """The shape of each field of an action class, `kind` left out."""
    return {name: shape(action.model_fields[name].annotation) for name in field_roles(action)}


def build(action: type[Action], raw: Mapping[str, Any]) -> Action:
    """An action from the fields a model wrote.

    Raises:
        ActionError: naming every unknown, missing and wrong field.
    """
    known = shapes(action)
    kind = action.model_fields["kind"].default
    problems = []
    fields: JSON = {}
    for name, value in raw.items():
        if name not in known:
            problems.append(f"{kind} has no field “{name}”; its fields are {', '.join(known)}.")
        elif value is not None:
            fields[name] = _coerced(value, known[name])
    try:
        return action.model_validate({"kind": kind, **fields}) if not problems else _checked(action, fields, problems)
    except ValidationError as error:
        problems += [_sentence(action, found) for found in error.errors()]
        raise ActionError(" ".join(dict.fromkeys(problems))) from error


def _checked(action: type[Action], fields: JSON, problems: list[str]) -> Action:
    """Find what else is wrong before saying what is wrong already.

    Raises:
        ActionError: always, unless validation raises first.
    """
    action.model_validate(fields)
    raise ActionError(" ".join(problems))


def _sentence(action: type[Action], found: Any) -> str:
    """One of Pydantic's errors for a model: which field, what is wrong, what the field is."""
    name = str(found["loc"][0]) if found["loc"] else "kind"
    field: FieldInfo | None = action.model_fields.get(name)
    about = f" {field.description}" if field and field.description else ""
    if found["type"] == "missing":
        return f"{name} is missing: {about.strip()}"
    message = found["msg"].removeprefix("Value error, ").removeprefix("Input ")
    return f"{name} {message}.{about}"


def _coerced(value: Any, wanted: Shape) -> Any:
    """A value in the wanted shape where that is plain; otherwise as it is, for validation to refuse."""
    match wanted.kind:
        case Kind.TEXT:
            return _text(value, wanted.choices)
        case Kind.TEXTS:
            return [_text(item, wanted.choices) for item in _as_list(value)]
        case Kind.ROWS:
            return rows(value)
        case Kind.BOOLEAN if isinstance(value, str):
            return {"yes": True, "no": False}.get(value.strip().casefold(), value.strip().casefold())
        case Kind.INTEGER | Kind.NUMBER if isinstance(value, str):
            return value.strip()
        case _:
            return value


def _as_list(value: Any) -> list[Any]:
    if isinstance(value, str) and value.startswith("[") and value.endswith("]"):
        try:
            parsed = json.loads(value)
        except ValueError:
            return [value]
        return parsed if isinstance(parsed, list) else [value]
    return list(value) if isinstance(value, list | tuple) else [value]


def _text(value: Any, choices: tuple[str, ...]) -> Any:
    if isinstance(value, list | tuple) and len(value) == 1:
        value = value[0]
    text = plain_text(value)
    if choices and isinstance(text, str):
        for choice in choices:
            if _loose(choice) == _loose(text):
                return choice
    return text


def _loose(text: str) -> str:
    return re.sub(r"[\s_-]+", " ", text.strip().casefold())


def plain_text(value: Any) -> Any:
    """A scalar as the text of a cell; anything else as it is."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    return value


def rows(value: Any) -> Any:
    """Rows of texts from what a model wrote: lists of cells, a markdown table, or records.

    Args:
        value: rows as lists; one row as a list of scalars; records as a list of objects; or a markdown table.
    """
    if isinstance(value, str):
        return markdown_rows(value)
    if not isinstance(value, list | tuple):
        return value
    items = list(value)
    if items and all(isinstance(item, Mapping) for item in items):
        names = list(dict.fromkeys(str(name) for item in items for name in item))
        return [names, *([plain_text(item.get(name)) for name in names] for item in items)]
    if items and all(isinstance(item, str) for item in items) and any("|" in item for item in items):
        return markdown_rows("\n".join(items))
    if any(isinstance(item, list | tuple) for item in items):
        return [[plain_text(cell) for cell in item] if isinstance(item, list | tuple) else item for item in items]
    return [[plain_text(cell) for cell in items]] if items else []


def markdown_rows(text: str) -> list[list[str]]:
    r"""The cells of a markdown table; a line without bars is a row of one cell. `\|` is a bar inside a cell."""
    found = []
    for line in text.strip().splitlines():
        bare = line.strip()
        if not bare or re.fullmatch(r"\|?[\s:|-]*-[\s:|-]*\|?", bare):
            continue  # blank, or the rule below the header
        if "|" in bare:
            bare = bare[1:] if bare.startswith("|") else bare
            bare = bare[:-1] if bare.endswith("|") and not bare.endswith("\\|") else bare
        cells = re.split(r"(?<!\\)\|", bare)
        found.append([cell.strip().replace("\\|", "|").replace("<br>", "\n") for cell in cells])
    return found
