"""Answers as protocol messages are written: fields without presence are left out at their default.

Resources are kept with every id spelled out; on the wire the sheet with id 0 is named in its properties only.

Source: recorded answers of the Sheets API, and the proto3 JSON mapping.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from sheets_agent.emulator.schema import discovery

JSON = dict[str, Any]

_ZERO_LEFT_OUT = {
    "GridRange": ("sheetId",),
    "DimensionRange": ("sheetId",),
    "GridCoordinate": ("sheetId", "rowIndex", "columnIndex"),
    "TableColumnProperties": ("columnIndex",),
    "DeveloperMetadataLocation": ("sheetId",),
}

Writer = Callable[[Any], Any]


def without_defaults(message_type: str, body: Any) -> Any:
    """A message (or a list of them) of a type of the discovery document, without fields that are at their default."""
    return _writer(message_type)(body)


@cache
def _writer(message_type: str) -> Writer:
    properties = discovery("sheets", "v4").schemas[message_type].get("properties", {})
    left_out = _ZERO_LEFT_OUT.get(message_type, ())
    inner = {name: below for name, schema in properties.items() if (below := _inner_type(schema)) and _affected(below)}

    def write(body: Any) -> Any:
        if isinstance(body, list):
            return [write(item) for item in body]
        if not isinstance(body, dict):
            return body
        if not any(name in body for name in inner) and not any(name in body for name in left_out):
            return body
        return {
            name: _writer(inner[name])(value) if name in inner else value
            for name, value in body.items()
            if not (name in left_out and value == 0)
        }

    return write


def _inner_type(schema: Mapping[str, Any]) -> str | None:
    while "items" in schema:
        schema = schema["items"]
    return schema.get("$ref")


@cache
def _affected(message_type: str) -> bool:
    """Whether a type, or one it can hold, leaves anything out."""
    schemas = discovery("sheets", "v4").schemas
    seen: set[str] = set()
    waiting = [message_type]
    while waiting:
        name = waiting.pop()
        if name in _ZERO_LEFT_OUT:
            return True
        if name not in seen:
            seen.add(name)
            inner = (_inner_type(schema) for schema in schemas[name].get("properties", {}).values())
            waiting += [found for found in inner if found]
    return False
