"""Actions as tools of a tool-calling model: one flat tool each."""

from __future__ import annotations

from collections.abc import Mapping
from inspect import cleandoc
from typing import Any

from sheets_agent.actions import by_kind
from sheets_agent.actions.base import Action
from sheets_agent.actions.fields import build, shapes

JSON = dict[str, Any]


def tool_schema(action: type[Action]) -> JSON:
    """A tool: `name`, `description`, and `parameters` as a flat JSON schema.

    Types are string (also of an enum), integer, number, boolean, array of strings and array of arrays of strings; a
    parameter that may be left out is simply not required.
    """
    properties: JSON = {}
    required = []
    for name, wanted in shapes(action).items():
        field = action.model_fields[name]
        properties[name] = {"description": field.description or "", **wanted.schema()}
        if field.is_required():
            required.append(name)
    return {
        "name": action.model_fields["kind"].default,
        "description": cleandoc(action.__doc__ or ""),
        "parameters": {"type": "object", "properties": properties, "required": required},
    }


def from_tool_call(name: str, arguments: Mapping[str, Any]) -> Action:
    """The action of a tool call.

    Raises:
        ActionError: no such tool, or everything that is wrong with its arguments.
    """
    return build(by_kind(name), {field: value for field, value in arguments.items() if field != "kind"})
